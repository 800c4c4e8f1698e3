"""A witness that runs: ours, and a foreign one held to the same; and what ours alone must do."""

import concurrent.futures
import json
import os
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.export.witness.memory import NAME, WitnessMemory, held_alone, write_seen
from agent.proving.add_checkpoint import SeenCheckpoint
from agent.proving.cosignature import cosigned_at
from agent.proving.signed_note import SignedNote, parse_signature
from tests.parts.program import beffroi
from tests.parts.witnesses import KINDS, OURS, Log, RunningWitness, running_witness, tree

pytestmark = [pytest.mark.programs, pytest.mark.network]

LOG = Log.make()


def cosigned(witness: RunningWitness, size: int, old: int) -> int:
    """Submit a checkpoint, hold the answer's cosignature to the witness's key, and return its time."""
    status, _, body = witness.post(LOG.request(tree(size), old))
    assert status == 200, body
    lines = [parse_signature(line) for line in body.decode().splitlines()]
    return cosigned_at(SignedNote(text=LOG.note(tree(size)).text, signatures=tuple(lines)), witness.key)


@pytest.mark.parametrize("kind", KINDS)
def test_a_log_that_grows_is_cosigned_and_a_fork_is_not(kind: str, tmp_path: Path) -> None:
    with running_witness(kind, tmp_path / kind, LOG) as witness:
        first = cosigned(witness, 3, 0)
        assert cosigned(witness, 8, 3) >= first > 1_700_000_000
        assert cosigned(witness, 8, 8) >= first
        assert witness.post(LOG.request(tree(9), 3))[0] == 409
        # The specification wants 409; sigsum-witness holds the proof of a tree to itself instead.
        assert witness.post(LOG.request(tree(8, "forked"), 8))[0] == (409 if kind == OURS else 422)
        assert witness.post(LOG.request(tree(9, "forked"), 8))[0] == 422
        assert witness.post(Log.make(2).request(tree(9), 8))[0] in (403, 404)
        assert witness.post(b"old x\n\n")[0] == 400
        assert cosigned(witness, 9, 8) >= first


@pytest.mark.parametrize("kind", KINDS)
def test_a_conflict_tells_the_size_that_was_cosigned(kind: str, tmp_path: Path) -> None:
    with running_witness(kind, tmp_path / kind, LOG) as witness:
        cosigned(witness, 5, 0)
        assert witness.post(LOG.request(tree(9), 0)) == (409, "text/x.tlog.size", b"5\n")


@pytest.mark.parametrize("kind", KINDS)
def test_a_witness_that_was_killed_remembers(kind: str, tmp_path: Path) -> None:
    with running_witness(kind, tmp_path / kind, LOG) as witness:
        cosigned(witness, 5, 0)
        witness.stop()
        witness.start([witness.folder / "log.key"])
        assert witness.post(LOG.request(tree(5, "forked"), 0))[0] == 409
        assert cosigned(witness, 6, 5) > 0


def test_of_many_at_once_one_is_cosigned(tmp_path: Path) -> None:
    with running_witness(OURS, tmp_path / OURS, LOG) as witness:
        bodies = [LOG.request(tree(5, flavour), 0) for flavour in "abcdefgh"]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            found = sorted(status for status, _, _ in pool.map(witness.post, bodies))
        assert found == [200] + [409] * 7
        (kept,) = json.loads((witness.folder / "state" / NAME).read_text())["logs"]
        assert (kept["origin"], kept["size"]) == (LOG.key.name, 5)


def test_an_agent_key_in_pem_stands_for_its_log(tmp_path: Path) -> None:
    state = tmp_path / "other"
    beffroi("witness", "--state", state, "--print-key", anew=True)
    with running_witness(OURS, tmp_path / OURS, LOG, state / "signing-key.pub.pem") as witness:
        assert cosigned(witness, 3, 0) > 0


def test_what_is_no_submission_is_refused(tmp_path: Path) -> None:
    with running_witness(OURS, tmp_path / OURS, LOG) as witness:
        assert witness.post(LOG.request(tree(3), 0), "/metrics")[0] == 404
        assert witness.post(b"x" * 400_000)[0] == 413


def test_what_cannot_be_kept_is_not_cosigned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_seen(tmp_path / NAME, {})
    memory = WitnessMemory(tmp_path)
    before = SeenCheckpoint(size=3, root=tree(3).root)
    memory.keep("a", before)

    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("agent.export.witness.memory.replace_file", full)
    with pytest.raises(OSError, match="no space"):
        memory.keep("a", SeenCheckpoint(size=9, root=tree(9).root))
    assert memory.seen == WitnessMemory(tmp_path).seen == {"a": before}


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"schema": "beffroi.witnessed/1", "logs": [{"origin": "a", "size": -1, "root": ""}]}', "[" * 100_000],
)
def test_a_memory_that_is_lost_or_malformed_is_no_empty_one(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        WitnessMemory(tmp_path)
    (tmp_path / NAME).write_text(text)
    with pytest.raises(UsageError, match="malformed"):
        WitnessMemory(tmp_path)


def test_two_witnesses_never_share_a_folder(tmp_path: Path) -> None:
    with held_alone(tmp_path), pytest.raises(UsageError, match="another witness"), held_alone(tmp_path):
        raise AssertionError("the second one began")


def test_the_key_is_made_once_and_goes_with_its_memory(tmp_path: Path) -> None:
    state = tmp_path / "state"
    first = beffroi("witness", "--state", state, "--print-key")
    assert first.out.startswith("beffroi-witness/")
    assert beffroi("witness", "--state", state, "--print-key").out == first.out
    assert beffroi("witness", "--state", state, "--name", "temoin.example", "--print-key").out.startswith("temoin.")
    assert (state / "signing-key.pem").stat().st_mode & 0o077 == 0
    os.rename(state / NAME, tmp_path / "kept")
    log = tmp_path / "log.key"
    log.write_text(f"{LOG.key}\n")
    said = beffroi("witness", "--listen", "127.0.0.1:0", "--state", state, "--log", log, anew=True)
    assert (said.code, "cannot be read" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--log", "{log}"), "--listen is missing"),
        (("--listen", "127.0.0.1:0"), "--log is missing"),
        (("--listen", "127.0.0.1:0", "--log", "{bad}"), "no verifier key"),
        (("--listen", "0.0.0.0:0", "--log", "{log}"), "give --web-config"),
        (("--listen", "127.0.0.1:0", "--log", "{log}", "--name", "a b"), "no name"),
    ],
)
def test_what_a_witness_cannot_serve_is_refused(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    names = {"log": tmp_path / "log.key", "bad": tmp_path / "bad.key"}
    names["log"].write_text(f"{LOG.key}\n")
    names["bad"].write_text("nothing\n")
    said = beffroi("witness", "--state", tmp_path / "state", *(one.format(**names) for one in arguments), anew=True)
    assert said.code == 2
    assert words in said.err
