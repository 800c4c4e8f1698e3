"""Cosignatures: the published example holds, and nothing else does."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from agent.proving.cosignature import COSIGNATURE, cosign, cosigned_at, cosigned_content, parse_witness_key
from agent.proving.signed_note import NotANote, NoteKey, NoteSignature, SignedNote

TEXT = "beffroi/log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = NoteKey(name="temoin.example", public=PRIVATE.public_key().public_bytes_raw(), kind=COSIGNATURE)


def cosigned(seconds: int, text: str = TEXT) -> NoteSignature:
    """Return a cosignature of a text."""
    return cosign(text, KEY, PRIVATE.sign, seconds)


def test_what_is_signed_is_header_time_and_text() -> None:
    # The example of c2sp.org/tlog-cosignature.
    assert cosigned_content("example.com/behind-the-sofa\n1\nroot\n", 1679315147) == (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n1\nroot\n"
    )


@given(seconds=st.integers(0, 2**63 - 1))
def test_a_cosignature_tells_its_time(seconds: int) -> None:
    assert cosigned_at(SignedNote(text=TEXT, signatures=(cosigned(seconds),)), KEY) == seconds


def test_the_newest_of_several_counts_and_another_witness_is_ignored() -> None:
    other = NoteSignature(name="other.example", key_id=KEY.key_id, content=b"x" * 72)
    note = SignedNote(text=TEXT, signatures=(cosigned(5), other, cosigned(9), cosigned(7)))
    assert cosigned_at(note, KEY) == 9


@pytest.mark.parametrize(
    "signature",
    [
        cosigned(5, TEXT.replace("7", "8")),
        NoteSignature(name=KEY.name, key_id=KEY.key_id, content=(6).to_bytes(8) + cosigned(5).content[8:]),
        NoteSignature(name=KEY.name, key_id=KEY.key_id, content=cosigned(5).content[:-1]),
        NoteSignature(name=KEY.name, key_id=KEY.key_id, content=(2**63).to_bytes(8) + cosigned(5).content[8:]),
    ],
    ids=["another text", "another time", "cut short", "a time beyond all"],
)
def test_a_cosignature_that_does_not_hold_spoils_the_note(signature: NoteSignature) -> None:
    with pytest.raises(NotANote):
        cosigned_at(SignedNote(text=TEXT, signatures=(cosigned(5), signature)), KEY)


def test_a_note_without_one_says_so() -> None:
    with pytest.raises(NotANote, match=r"no cosignature of temoin\.example"):
        cosigned_at(SignedNote(text=TEXT, signatures=()), KEY)


def test_a_log_key_is_no_witness_key() -> None:
    assert parse_witness_key(f" {KEY}\n") == KEY
    with pytest.raises(NotANote, match="makes no cosignatures"):
        parse_witness_key(str(NoteKey(name="a.example", public=KEY.public)))
