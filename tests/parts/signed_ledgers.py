"""Ledgers whose last signed day is over now, and a witness that is asked about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent.config.settings import Agent, Configuration, EvidenceSettings, WitnessSettings
from agent.export.snapshot import WitnessStanding
from agent.ledger.attestations import Attestation, read
from agent.ledger.ledger import Ledger
from agent.publishing.attesting import Attestor
from agent.publishing.posting import Post, post_bytes
from tests.ledger.samples import DAY, HandClock, day_row, observation, open_ledger
from tests.parts.kept import keep_reading
from tests.parts.witnesses import OURS, Log, RunningWitness, running_witness


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
def signed(folder: Path, days: int = 3, left: int = 0) -> Iterator[Signed]:
    """Yield a ledger whose last signed day is over now: a witness's clock is the machine's.

    `left`: so many days still lie between it and now.
    """
    folder.mkdir()
    clock = HandClock(datetime.now(UTC).replace(microsecond=0) - (days + left) * DAY)
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
