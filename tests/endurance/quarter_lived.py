"""Lives a quarter: real restic, the daemon's own rounds of evaluation, and a clock that the story moves."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from agent.core.model import Reading
from agent.evaluation.evaluation_rounds import Evaluation
from agent.evaluation.session import Session, open_session
from agent.evaluation.tasks import run_task, takes_long, tasks_of
from agent.register.kept import add, amend
from tests.endurance.quarter_story import BACKUPS, HOUR, MINUTE, PackDamage, QuarterStory, Typed
from tests.parts.held_clock import HeldClock
from tests.parts.ports import free_port
from tests.parts.repositories import PASSWORD, Repository, make_repository, make_source, rest_server

CONFIGURATION = """\
[agent]
state_directory = "{folder}/state"
timeout = "5s"

[convention]
reference = "Délibération n° 588 du 24 septembre 2025"
provider = "Communauté Urbaine d'Arras, DIITUN"
signed = 2026-09-15
starts = 2026-10-01

[[beneficiary]]
id = "scota"
name = "Syndicat Mixte du SCOT de l'Arrageois"
signatories = ["Présidente du SCOTA"]

[[host]]
id = "srv-1"
transport = "local"
site = "arras"
perimeter = "own"
beneficiaries = ["scota"]
collect = []

[[flow]]
id = "vault"
from = "srv-1"
to = "127.0.0.1:{port}"
protocol = "tcp"
expect = "open"
"""
BACKUP = """
[[backup]]
id = "{name}"
beneficiary = "scota"
host = "srv-1"
paths = ["{source}"]
snapshot_host = "srv-1"
retention = "400d"

[[backup.copy]]
id = "offsite"
repository = "rest:http://vault.example:8000/{name}"
password_file = "{folder}/password"
environment_file = "{folder}/vault.env"
site = "cambrai"
country = "FR"
"""


@dataclass(slots=True)
class LivedQuarter:
    """A folder with a vault, sources and a configuration, and the instant at which all of it stands."""

    folder: Path
    clock: HeldClock
    port: int = field(default_factory=free_port)
    rounds: int = 0
    differences: int = 0
    _repositories: dict[str, Repository] = field(default_factory=dict)
    _newest_packs: dict[str, list[Path]] = field(default_factory=dict)
    _sound: dict[Path, bytes] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)

    @property
    def configuration(self) -> Path:
        """Return the configuration's file."""
        return self.folder / "beffroi.toml"

    def prepare(self) -> None:
        """Make the repositories, the sources and the configuration."""
        for folder in ("state", "vault"):
            (self.folder / folder).mkdir()
        password, variables = self.folder / "password", self.folder / "vault.env"
        for path in (password, variables):
            path.touch(mode=0o600)
        password.write_text(f"{PASSWORD}\n")
        # Behind a proxy the machine of a copy cannot be told: it is where the configuration says.
        variables.write_text(f"HTTP_PROXY=http://127.0.0.1:{self.port}\n")
        written = CONFIGURATION.format(folder=self.folder, port=self.port)
        for name in BACKUPS:
            self._repositories[name] = make_repository(self.folder / "vault" / name)
            source = make_source(self.folder / "sources" / name)
            written += BACKUP.format(name=name, source=source, folder=self.folder)
        self.configuration.write_text(written)

    def back_up(self, name: str, at: datetime) -> None:
        """Make a night's point. The mail is new every night, the files are nearly all as before."""
        repository, source = self._repositories[name], self.folder / "sources" / name
        changed = source / ("plan.bin" if name == "mail" else "letters/0.txt")
        changed.write_bytes(os.urandom(50_000))
        before = set(repository.packs())
        repository.backup(source, at)
        self._newest_packs[name] = [pack for pack in repository.packs() if pack not in before]

    def damage(self, one: PackDamage) -> None:
        """Flip a byte of a pack."""
        repository = self._repositories[one.backup]
        pack = (repository.packs() if one.of_all else self._newest_packs[one.backup])[0]
        self._sound[pack] = content = pack.read_bytes()
        pack.chmod(0o600)
        place = len(content) // 3
        pack.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])

    def repair(self) -> None:
        """Put back what the packs held."""
        for pack, content in self._sound.items():
            pack.write_bytes(content)
        self._sound.clear()

    def look(self, session: Session, evaluation: Evaluation, *, verify: bool = False) -> None:
        """Take every look that is due, and judge."""
        # What asks the server itself whether it lets files be deleted cannot reach it: it is behind a proxy here.
        todo = [
            one
            for one in tasks_of(session.registry, session.inventory)
            if takes_long(one) is verify and one.collector.name != "append_only"
        ]
        self.judge(evaluation, *(run_task(one, session.context, scheduled=True) for one in todo))

    def judge(self, evaluation: Evaluation, *readings: Reading) -> None:
        """Have one round of evaluation, as the daemon has each minute."""
        done = evaluation.take_turn(readings)
        assert done.not_kept is None
        self.rounds, self.differences = self.rounds + 1, done.differences

    def enter(self, session: Session, one: Typed) -> None:
        """Type an entry."""
        assert session.ledger is not None
        words = [f"{key}={value}" for key, value in one.words.items()] + ["author=RSSI"]
        if one.amends:
            id = self._ids[one.amends]
            amend(session.ledger, one.register, id, words, session.configuration, self.clock.instant)
        else:
            id = add(session.ledger, one.register, words, session.configuration, self.clock.instant)
            self._ids[one.name or f"{one.register} {one.at}"] = id

    @property
    def ids(self) -> dict[str, str]:
        """Return the ids of the entries, by the names that the story gives them."""
        return self._ids

    @contextmanager
    def vault(self) -> Iterator[None]:
        """Have the server of the copies run."""
        with rest_server(self.folder / "vault", port=self.port):
            yield


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    at: datetime
    rank: int
    what: str
    number: int = 0
    backup: str = ""


def _events(story: QuarterStory, until: datetime) -> list[_Event]:
    looks = [_Event(at, 5, "look") for at in story.looks]
    verifications = [_Event(at, 4, "verify") for at in story.verifications]
    nights = [_Event(at, 1, "night", backup=name) for name, times in story.nights.items() for at in times]
    damaged = [_Event(one.at, 2, "damage", number) for number, one in enumerate(story.damages)]
    repaired = [_Event(one.repaired, 2, "repair", number) for number, one in enumerate(story.damages)]
    typed = [_Event(one.at, 3, "type", number) for number, one in enumerate(story.typed)]
    begins = min(story.looks)
    hours = int((until - begins) / HOUR)
    # The daemon's round of each minute, as often as it takes: when a point has become too old, and all three hours.
    turns = [at + 26 * HOUR + MINUTE for times in story.nights.values() for at in times]
    ticks = [_Event(at, 6, "tick") for at in (*turns, *(begins + number * HOUR for number in range(0, hours, 3)))]
    found = chain(looks, verifications, nights, damaged, repaired, typed, ticks)
    return sorted(one for one in found if one.at < until and (one.what == "night" or one.at >= begins))


def live(lived: LivedQuarter, story: QuarterStory, until: datetime) -> None:
    """Let the story happen, the agent being started anew after each of its outages."""
    with ExitStack() as vault, ExitStack() as agent:
        answers, opened = False, None
        for event in _events(story, until):
            lived.clock.instant = event.at
            if answers is not story.answers(event.at):
                answers = not answers
                vault.enter_context(lived.vault()) if answers else vault.close()
            if not story.on(event.at):
                agent.close()
                opened = None
            elif opened is None and event.what in ("look", "verify", "type", "tick"):
                session = agent.enter_context(open_session(lived.configuration, clock=lived.clock))
                opened = session, Evaluation(session)
            _happens(lived, story, event, opened)


def _happens(
    lived: LivedQuarter, story: QuarterStory, event: _Event, opened: tuple[Session, Evaluation] | None
) -> None:
    if event.what == "night":
        lived.back_up(event.backup, event.at)
    elif event.what == "damage":
        lived.damage(story.damages[event.number])
    elif event.what == "repair":
        lived.repair()
    elif opened is None:
        assert event.what == "tick", event
    elif event.what == "tick":
        lived.judge(opened[1])
    elif event.what == "type":
        lived.enter(opened[0], story.typed[event.number])
        lived.judge(opened[1])
    else:
        lived.look(*opened, verify=event.what == "verify")
