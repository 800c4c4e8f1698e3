"""Cosignatures are asked for once a checkpoint, kept in the ledger, and a refusal is told apart from an absence."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.config.settings import Agent, Configuration, EvidenceSettings, WitnessSettings
from agent.export.snapshot import OwnState, WitnessStanding
from agent.ledger.attestations import Attestation, cosigned, read
from agent.ledger.keys import verifier
from agent.ledger.ledger import ChainOutcome, Ledger
from agent.proving.cosignature import cosigned_at, parse_witness_key
from agent.proving.signed_note import parse_note
from agent.publishing.attesting import Attestor
from agent.publishing.posting import NoAnswer, Post, PostAnswer, post_bytes
from tests.ledger.samples import DAY, HandClock, day_row, observation, open_ledger
from tests.parts.kept import keep_reading
from tests.parts.witnesses import OURS, Log, RunningWitness, running_witness

pytestmark = [pytest.mark.programs, pytest.mark.network]


@dataclass(slots=True, kw_only=True)
class Signed:
    """A ledger with some signed days, and a witness that is asked about it."""

    folder: Path
    clock: HandClock
    ledger: Ledger
    told: list[tuple[tuple[WitnessStanding, ...], datetime | None]] = field(default_factory=list)

    def live(self, days: int = 1) -> None:
        """Keep something on each day, and sign it."""
        for _ in range(days):
            keep_reading(self.ledger, observation(self.clock.time))
            self.ledger.keep_days([day_row(self.clock.time.date())])
            self.clock.time += DAY
            self.ledger.sign_heads(self.clock.time)

    def ask(self, witness: WitnessSettings, post: Post = post_bytes) -> WitnessStanding:
        """Ask a witness; return how it stands."""
        configuration = Configuration(
            path=self.folder / "beffroi.toml",
            digest="",
            agent=Agent(state_directory=self.folder),
            evidence=EvidenceSettings(witnesses=(witness,)),
        )
        attestor = Attestor(self.ledger, self.clock, lambda *told: self.told.append(told), post)
        attestor.look(configuration)
        attestor.wait(60)
        (((standing,), _),) = self.told[-1:]
        return standing

    def kept(self) -> tuple[Attestation, ...]:
        """Return what was attested."""
        return self.ledger.ask(read)


@contextmanager
def signed(folder: Path, days: int = 3) -> Iterator[Signed]:
    """Yield a ledger whose last signed day is over now: a witness's clock is the machine's."""
    folder.mkdir()
    clock = HandClock(datetime.now(UTC).replace(microsecond=0) - days * DAY)
    with open_ledger(folder, clock) as ledger:
        made = Signed(folder=folder, clock=clock, ledger=ledger)
        made.live(days)
        yield made


@contextmanager
def witnessed(folder: Path, state: Path) -> Iterator[tuple[RunningWitness, WitnessSettings]]:
    """Yield a witness that knows a ledger's log, and how a configuration declares it."""
    with running_witness(OURS, folder, Log.make(), state / "signing-key.pub.pem") as running:
        key_file = folder / "witness.pub"
        key_file.write_text(f"{running.key}\n")
        yield running, WitnessSettings(id="lens", url=running.url, key_file=key_file)


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
            assert made.ask(witness, away) == WitnessStanding(id="lens", cosigned_at=None)
        assert "no route to host" in caplog.text
        first = made.ask(witness)
        made.live()
        assert made.ask(witness, away) == first
        assert OwnState(witnesses=(first,)).trouble() is None


def test_a_witness_with_another_key_begins_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with signed(tmp_path / "state") as made, witnessed(tmp_path / "w", made.folder) as (running, witness):
        made.ask(witness)
        witness.key_file.write_text("nothing\n")
        assert made.ask(witness) == WitnessStanding(id="lens", cosigned_at=None)
        assert "no verifier key" in caplog.text
        witness.key_file.write_text(f"{running.key}\n")
        assert made.ask(witness).cosigned_at is not None
        assert parse_witness_key(str(running.key)).name.startswith("beffroi-witness/")
        assert verifier(made.folder).note_key.name.startswith("beffroi/")
