"""Signed notes: the published vectors, the exact form, and whatever an attacker may send instead."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from agent.proving.signed_note import (
    LARGEST_NOTE,
    MOST_SIGNATURES,
    NotANote,
    NoteKey,
    NoteSignature,
    hold_to_key,
    is_name,
    parse_key,
    parse_note,
    sign_note,
)

# c2sp.org/signed-note, «Example».
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
# The example of the Go library sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = NoteKey(name="beffroi/test", public=PRIVATE.public_key().public_bytes_raw())


@pytest.mark.parametrize(("key", "note"), [(EXAMPLE_KEY, EXAMPLE), (GO_KEY, GO_NOTE)])
def test_a_published_note_holds_for_its_published_key(key: str, note: str) -> None:
    read = parse_note(note.encode())
    hold_to_key(read, parse_key(key))
    assert (str(read), str(parse_key(key))) == (note, key)
    with pytest.raises(NotANote, match="does not hold"):
        hold_to_key(parse_note(note.replace("message", "massage").replace("crypto", "krypto").encode()), parse_key(key))


def test_a_signed_text_is_read_again_as_it_was_signed() -> None:
    text = "ed è subito sera.\n\n\nlast\n"
    note = sign_note(text, KEY, PRIVATE.sign)
    assert parse_note(str(note).encode()) == note
    hold_to_key(note, KEY)


def test_a_signature_of_an_unknown_key_is_ignored() -> None:
    note = sign_note("text\n", KEY, PRIVATE.sign)
    same_name = NoteSignature(name=KEY.name, key_id=KEY.key_id ^ 1, content=b"nothing")
    same_number = NoteSignature(name="other", key_id=KEY.key_id, content=b"nothing")
    hold_to_key(note.with_signatures([same_name, same_number]), KEY)


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    note = sign_note("text\n", KEY, PRIVATE.sign)
    wrong = NoteSignature(name=KEY.name, key_id=KEY.key_id, content=bytes(64))
    with pytest.raises(NotANote, match="does not hold"):
        hold_to_key(note.with_signatures([wrong]), KEY)


def test_a_note_without_a_signature_of_the_key_is_refused() -> None:
    note = sign_note("text\n", KEY, PRIVATE.sign)
    with pytest.raises(NotANote, match="bears no signature of elsewhere"):
        hold_to_key(note, NoteKey(name="elsewhere", public=KEY.public))


def test_a_signature_of_another_kind_never_passes_for_ed25519() -> None:
    note = sign_note("text\n", KEY, PRIVATE.sign)
    cosigner = NoteKey(name=KEY.name, public=KEY.public, kind=4)
    renamed = NoteSignature(name=KEY.name, key_id=cosigner.key_id, content=note.signatures[0].content)
    with pytest.raises(NotANote, match="does not hold"):
        hold_to_key(note.with_signatures([renamed]), cosigner)


def test_the_same_signature_is_kept_once() -> None:
    note = sign_note("text\n", KEY, PRIVATE.sign)
    assert note.with_signatures(note.signatures) == note


SIGNATURE = f"— {KEY.name} AAAAAAAA\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"text\n\n",
        SIGNATURE.encode(),
        f"text\n{SIGNATURE}".encode(),
        f"text\n\n{SIGNATURE}".rstrip().encode(),
        f"text\n\n{SIGNATURE}\n".encode(),
        f"text\r\n\n{SIGNATURE}".encode(),
        f"te\0xt\n\n{SIGNATURE}".encode(),
        f"text\n\n{SIGNATURE}more\n".encode(),
        b"text\xff\n\n" + SIGNATURE.encode(),
        b"text\n\n- name AAAAAAAA\n",
        "text\n\n— name\n".encode(),
        "text\n\n—  AAAAAAAA\n".encode(),
        "text\n\n— a+b AAAAAAAA\n".encode(),
        "text\n\n— a\N{NO-BREAK SPACE}b AAAAAAAA\n".encode(),
        "text\n\n— name AAAA\n".encode(),
        "text\n\n— name AAAAAAA\n".encode(),
        "text\n\n— name AAAAAAB=\n".encode(),
        "text\n\n— name AAAA AAAA\n".encode(),
        f"text\n\n{SIGNATURE * (MOST_SIGNATURES + 1)}".encode(),
        b"x" * LARGEST_NOTE + f"\n\n{SIGNATURE}".encode(),
    ],
)
def test_what_is_no_note_is_refused(content: bytes) -> None:
    with pytest.raises(NotANote):
        parse_note(content)


def test_sixteen_large_signatures_are_accepted() -> None:
    large = NoteSignature(name="post-quantum", key_id=1, content=bytes(5000))
    many = tuple(NoteSignature(name=f"w{number}", key_id=1, content=large.content) for number in range(16))
    note = sign_note("text\n", KEY, PRIVATE.sign).with_signatures(many)
    assert parse_note(str(note).encode()) == note


@given(st.binary(max_size=400))
@example(GO_NOTE.encode())
def test_any_bytes_are_a_note_that_is_written_the_same_or_are_refused(content: bytes) -> None:
    try:
        note = parse_note(content)
    except NotANote:
        return
    assert str(note).encode() == content


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("530d903a", "530D903A"),
        EXAMPLE_KEY + "\n",
        EXAMPLE_KEY.replace("example.com", "example com"),
        EXAMPLE_KEY + "=",
        "name+00000000+",
        "n" * 600 + EXAMPLE_KEY,
    ],
)
def test_what_is_no_verifier_key_is_refused(key: str) -> None:
    with pytest.raises(NotANote):
        parse_key(key)


def test_a_key_of_a_wrong_length_verifies_nothing() -> None:
    short = NoteKey(name="short", public=bytes(31))
    note = parse_note(b"text\n\n" + NoteSignature(name="short", key_id=short.key_id, content=bytes(64)).line.encode())
    with pytest.raises(NotANote, match="does not hold"):
        hold_to_key(note, short)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\N{ZERO WIDTH SPACE}b", "a\N{LINE SEPARATOR}b", "x" * 513])
def test_a_name_that_misleads_its_reader_is_none(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize("text", ["", "no end", "a\tb\n"])
def test_no_text_of_broken_lines_is_signed(text: str) -> None:
    with pytest.raises(ValueError, match="whole lines"):
        sign_note(text, KEY, PRIVATE.sign)
