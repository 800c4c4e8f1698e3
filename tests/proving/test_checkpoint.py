"""Checkpoints: the published form, the origin that a key gives, and what is none."""

import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from agent.ledger.keys import fingerprint, make_key, signer, verifier
from agent.proving.checkpoint import Checkpoint, origin_of, parse_checkpoint, parse_text, sign_checkpoint
from agent.proving.merkle import EMPTY_ROOT
from agent.proving.signed_note import NotANote, NoteKey, NoteSignature, parse_key, sign_note
from tests.parts.checkout import HOME

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
ORIGIN = origin_of(fingerprint(PRIVATE.public_key()))
KEY = NoteKey(name=ORIGIN, public=PRIVATE.public_key().public_bytes_raw())
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def test_the_published_text_is_read_and_written_again() -> None:
    """The example of c2sp.org/tlog-checkpoint."""
    text = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
    read = parse_text(text)
    assert (read.origin, read.size, read.root.hex()[:8]) == ("example.com/behind-the-sofa", 20852163, "0ac5186a")
    assert read.text == text


def test_an_origin_is_the_fingerprint_in_the_alphabet_of_addresses() -> None:
    assert origin_of("SHA256:" + "+/" * 21 + "8") == "beffroi/" + "-_" * 21 + "8"
    with pytest.raises(ValueError, match="no fingerprint"):
        origin_of("SHA256:short")


def test_a_signed_checkpoint_is_read_again() -> None:
    checkpoint = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    note = sign_checkpoint(checkpoint, KEY, PRIVATE.sign)
    assert parse_checkpoint(str(note).encode(), KEY) == (checkpoint, note)


def test_a_checkpoint_of_another_log_is_refused_under_our_signature() -> None:
    elsewhere = Checkpoint(origin="elsewhere", size=0, root=EMPTY_ROOT)
    with pytest.raises(NotANote, match="is of 'elsewhere'"):
        parse_checkpoint(str(sign_note(elsewhere.text, KEY, PRIVATE.sign)).encode(), KEY)
    with pytest.raises(ValueError, match="signs no checkpoint of elsewhere"):
        sign_checkpoint(elsewhere, KEY, PRIVATE.sign)


def test_an_agent_signs_checkpoints_under_the_name_of_its_log(tmp_path: Path) -> None:
    make_key(tmp_path)
    key = verifier(tmp_path).note_key
    note = sign_checkpoint(Checkpoint(origin=key.name, size=0, root=EMPTY_ROOT), key, signer(tmp_path).sign_bytes)
    assert key == signer(tmp_path).note_key == parse_key(str(key))
    assert key.name == origin_of(verifier(tmp_path).fingerprint)
    assert parse_checkpoint(str(note).encode(), key)[0].size == 0


@pytest.mark.programs
def test_openssl_alone_verifies_a_checkpoint_as_the_document_says(tmp_path: Path) -> None:
    """The recipe of docs/evidence.md, over a checkpoint that someone else has signed as well."""
    (recipe,) = re.findall(r"```sh\n( *sed .*?)```", (HOME / "docs/evidence.md").read_text(), re.DOTALL)
    make_key(tmp_path)
    key = verifier(tmp_path).note_key
    note = sign_checkpoint(Checkpoint(origin=key.name, size=0, root=EMPTY_ROOT), key, signer(tmp_path).sign_bytes)
    other = NoteSignature(name="beffroi/witness", key_id=1, content=bytes(72))
    file = tmp_path / "checkpoint.txt"
    for changed, code in (("", 0), ("1", 1)):
        signed = str(note.with_signatures([other]))
        file.write_text(signed.replace("\n0\n", f"\n{changed}0\n"))
        ran = subprocess.run(
            ["sh", "-e", "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )
        assert (ran.returncode, "Success" in ran.stdout) == (code, code == 0), ran.stderr


@pytest.mark.parametrize("changed", [("\n1\n", "\n2\n"), (ORIGIN, ORIGIN[:-1] + "A")])
def test_a_changed_checkpoint_is_refused(changed: tuple[str, str]) -> None:
    note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=1, root=EMPTY_ROOT), KEY, PRIVATE.sign)
    with pytest.raises(NotANote):
        parse_checkpoint(str(note).replace(*changed).encode(), KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"origin\n1\n{ROOT}",
        f"origin\n1\n{ROOT}\n\n",
        f"\n1\n{ROOT}\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n+1\n{ROOT}\n",
        f"origin\n1 \n{ROOT}\n",
        f"origin\n\N{ARABIC-INDIC DIGIT ONE}\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n{2**63}\n{ROOT}\n",
        f"origin\n{'9' * 5000}\n{ROOT}\n",
        "origin\n1\nAAAA\n",
        f"origin\n1\n{ROOT[:-1]}\n",
        f"origin\n1\n{ROOT.replace('2I=', '2J=')}\n",
        f"origin\n1\n{ROOT}\n" + "more\n" * 101,
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NotANote):
        parse_text(text)


@given(st.text(max_size=200))
def test_any_text_is_written_as_it_was_read_or_is_refused(text: str) -> None:
    for asked in (text, f"{text}\n1\n{ROOT}\n{text}\n"):
        try:
            checkpoint = parse_text(asked)
        except NotANote:
            continue
        assert checkpoint.text == asked
