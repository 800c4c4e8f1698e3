"""Cosignatures are asked for once a checkpoint, kept in the ledger, and a refusal is told apart from an absence."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from agent.export.snapshot import OwnState, WitnessStanding
from agent.ledger.attestations import cosigned
from agent.ledger.keys import verifier
from agent.ledger.ledger import ChainOutcome
from agent.proving.cosignature import cosigned_at, parse_witness_key
from agent.proving.signed_note import parse_note
from agent.publishing.posting import NoAnswer, PostAnswer
from tests.parts.signed_ledgers import signed, witnessed

pytestmark = [pytest.mark.programs, pytest.mark.network]


def test_a_checkpoint_is_cosigned_once_and_kept_in_the_ledger(tmp_path: Path) -> None:
    with signed(tmp_path / "state") as made, witnessed(tmp_path / "w", made.folder) as (running, witness):
        standing = made.ask(witness)
        assert standing.refused is None
        assert made.ask(witness) == standing
        (one,) = made.kept()
        assert (one.by, one.size, one.at) == ("lens", 3, standing.cosigned_at)
        newest = made.ledger.newest_checkpoint()
        assert newest is not None
        note = parse_note(cosigned(newest.note, made.kept()).encode())
        assert cosigned_at(note, running.key) == int(one.at.timestamp())
        made.ledger.rebuild()
        assert made.ledger.verify().outcome is ChainOutcome.SOUND
        assert made.kept() == (one,)


def test_a_ledger_that_was_rolled_back_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with signed(tmp_path / "state") as made, witnessed(tmp_path / "w", made.folder) as (_, witness):
        made.ask(witness)
        with signed(tmp_path / "other", days=2) as other, caplog.at_level(logging.ERROR):
            for name in ("signing-key.pem", "signing-key.pub.pem"):
                (other.folder / name).write_bytes((made.folder / name).read_bytes())
            standing = other.ask(witness)
        assert standing.refused is not None
        assert "rolled back" in standing.refused
        assert "witness lens refuses" in caplog.text
        assert "lens refuses this agent's log" in (OwnState(witnesses=(standing,)).trouble() or "")


def test_a_witness_that_is_away_is_no_refusal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def away(address: str, body: bytes, content_type: str) -> PostAnswer:
        raise NoAnswer("no route to host")

    with signed(tmp_path / "state") as made, witnessed(tmp_path / "w", made.folder) as (_, witness):
        with caplog.at_level(logging.WARNING):
            assert made.ask(witness, away) == WitnessStanding(id="lens", cosigned_at=None, answered=False)
        assert "no route to host" in caplog.text
        first = made.ask(witness)
        made.live()
        assert made.ask(witness, away) == replace(first, answered=False)
        assert OwnState(witnesses=(first,)).trouble() is None


def test_a_witness_with_another_key_begins_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with signed(tmp_path / "state") as made, witnessed(tmp_path / "w", made.folder) as (running, witness):
        made.ask(witness)
        witness.key_file.write_text("nothing\n")
        assert made.ask(witness) == WitnessStanding(id="lens", cosigned_at=None, answered=False)
        assert "no verifier key" in caplog.text
        witness.key_file.write_text(f"{running.key}\n")
        assert made.ask(witness).cosigned_at is not None
        assert parse_witness_key(str(running.key)).name.startswith("beffroi-witness/")
        assert verifier(made.folder).note_key.name.startswith("beffroi/")
