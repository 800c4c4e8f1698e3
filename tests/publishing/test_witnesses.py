"""A log asks a witness: what it cosigns is held to its key, a refusal is no absence, and no answer is neither."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.ledger.keys import Signer
from agent.proving.cosignature import COSIGNATURE, cosign, cosigned_at
from agent.proving.merkle import MerkleTree
from agent.proving.signed_note import NoteKey, SignedNote
from agent.publishing.posting import NoAnswer, Post, PostAnswer, post_bytes
from agent.publishing.witnesses import AskedWitness, WitnessAway, WitnessRefusal, cosigned_note
from tests.parts.ports import free_port
from tests.parts.witnesses import KINDS, Log, running_witness, tree

LOG = Log.make()
SIGNER = Signer(LOG.private)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
KEY = NoteKey(name="temoin.example", public=PRIVATE.public_key().public_bytes_raw(), kind=COSIGNATURE)
WITNESS = AskedWitness(url="https://temoin.example/w/", key=KEY, origin=LOG.key.name)


def answering(*answers: tuple[int, bytes]) -> tuple[Post, list[tuple[str, bytes]]]:
    """Return a post that answers so, one after another, and what it was asked."""
    asked: list[tuple[str, bytes]] = []
    left = iter(answers)

    def post(address: str, body: bytes, content_type: str) -> PostAnswer:
        asked.append((address, body))
        status, content = next(left)
        return PostAnswer(status=status, content_type="text/plain", body=content)

    return post, asked


def ask(answers: Iterable[tuple[int, bytes]], grown: MerkleTree, known: int = 0) -> tuple[SignedNote, datetime]:
    """Ask a witness that answers so."""
    post, _ = answering(*answers)
    return cosigned_note(WITNESS, grown, SIGNER, known, NOW, post)


def cosignature(grown: MerkleTree, at: datetime = NOW) -> bytes:
    """Return what the witness answers."""
    return cosign(LOG.note(grown).text, KEY, PRIVATE.sign, int(at.timestamp())).line.encode()


def test_a_cosignature_is_kept_beside_the_logs_own() -> None:
    post, asked = answering((200, cosignature(tree(5))))
    note, at = cosigned_note(WITNESS, tree(5), SIGNER, 3, NOW, post)
    assert (at, cosigned_at(note, KEY)) == (NOW, int(NOW.timestamp()))
    assert [one.name for one in note.signatures] == [LOG.key.name, KEY.name]
    ((address, body),) = asked
    assert (address, body) == ("https://temoin.example/w/add-checkpoint", LOG.request(tree(5), 3))


def test_a_witness_that_is_behind_is_asked_from_there() -> None:
    post, asked = answering((409, b"2\n"), (200, cosignature(tree(5))))
    cosigned_note(WITNESS, tree(5), SIGNER, 3, NOW, post)
    assert [body for _, body in asked] == [LOG.request(tree(5), 3), LOG.request(tree(5), 2)]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(409, b"9\n")], "has cosigned 9 leaves, and this log has 5"),
        ([(409, b"5\n"), (409, b"5\n")], "rewritten"),
        ([(409, b"5\n"), (409, b"conflict")], "rewritten"),
        ([(409, b"4\n"), (422, b"")], "refuses the proof"),
        ([(422, b"")], "refuses the proof"),
    ],
)
def test_a_witness_that_has_cosigned_another_history_refuses(answers: list[tuple[int, bytes]], words: str) -> None:
    with pytest.raises(WitnessRefusal, match=words):
        ask(answers, tree(5), 3)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(404, b"unknown")], "answered 404"),
        ([(403, b"")], "answered 403"),
        ([(500, b"")], "answered 500"),
        ([(301, b"")], "answered 301"),
        ([(200, b"")], "no cosignature of its key"),
        ([(200, "— temoin.example AAAA\n".encode())], "no cosignature of its key"),
        ([(200, b"\xff")], "no cosignature of its key"),
        ([(200, cosignature(tree(6)))], "no cosignature of its key"),
        ([(200, cosignature(tree(5), NOW + timedelta(hours=1)))], "clock is ahead"),
        ([(409, b"<html>")], "not which size"),
        ([(409, b"3\n")], "not which size"),
        ([(409, b"9" * 30)], "not which size"),
        ([(409, b"1\n"), (409, b"2\n"), (409, b"1\n")], "another size at each attempt"),
    ],
)
def test_what_is_no_refusal_is_an_absence(answers: list[tuple[int, bytes]], words: str) -> None:
    with pytest.raises(WitnessAway, match=words):
        ask(answers, tree(5), 3)


@pytest.mark.network
def test_a_witness_that_does_not_listen_is_away() -> None:
    with pytest.raises(WitnessAway, match="connection refused"):
        cosigned_note(replace(WITNESS, url=f"http://127.0.0.1:{free_port()}"), tree(5), SIGNER, 0, NOW, post_bytes)


@pytest.mark.parametrize("address", ["http://temoin.example/", "ftp://127.0.0.1/", "https://[", "https://x:0/"])
def test_plain_http_goes_to_loopback_only(address: str) -> None:
    with pytest.raises(NoAnswer, match="address"):
        post_bytes(address, b"", "text/plain")


@pytest.mark.programs
@pytest.mark.network
@pytest.mark.parametrize("kind", KINDS)
def test_a_real_witness_cosigns_a_log_and_refuses_another(kind: str, tmp_path: Path) -> None:
    with running_witness(kind, tmp_path / kind, LOG) as running:
        witness = AskedWitness(url=running.url, key=running.key, origin=LOG.key.name)
        now = datetime.now(UTC)
        first, at = cosigned_note(witness, tree(4), SIGNER, 0, now, post_bytes)
        assert abs(at - now) < timedelta(minutes=5)
        assert first.text == LOG.note(tree(4)).text
        # What was kept here may be lost, or behind: the witness tells where it is.
        assert cosigned_note(witness, tree(9), SIGNER, 0, now, post_bytes)[0].text == LOG.note(tree(9)).text
        assert cosigned_note(witness, tree(9), SIGNER, 4, now, post_bytes)[0].text == LOG.note(tree(9)).text
        for other, known in ((tree(7), 7), (tree(9, "forked"), 9), (tree(12, "forked"), 9), (tree(12, "forked"), 0)):
            with pytest.raises(WitnessRefusal):
                cosigned_note(witness, other, SIGNER, known, now, post_bytes)
        with pytest.raises(WitnessAway):
            cosigned_note(replace(witness, key=KEY), tree(10), SIGNER, 9, now, post_bytes)
