"""The faults of a repository: how each is made for real, what restic is asked then, and what that must come to.

The recorder runs each once with one version of restic and keeps what was said; the tests hold the recordings, and
repositories broken anew, to the same expectations.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.reason import Reason
from tests.parts import repositories
from tests.parts.ports import free_port
from tests.parts.repositories import Repository, flip_byte, make_repository, make_source
from tests.parts.sshd import LOOPBACK, running_sshd, silent_server

LISTING = ("snapshots", "--json", "--no-lock")
CHECK = ("check", "--json", "--no-lock")
READ = ("check", "--json", "--no-lock", "--read-data")

MADE = (
    datetime(2026, 11, 1, 3, tzinfo=UTC),
    datetime(2026, 11, 2, 3, tzinfo=UTC),
    datetime(2026, 11, 3, 3, tzinfo=UTC),
)
POINTS = len(MADE)
# Past it, restic 0.14 has tried twice or three times what it will try for a quarter of an hour.
PATIENCE = timedelta(seconds=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What restic is asked, and about which repository."""

    address: str
    password_file: Path
    arguments: tuple[str, ...] = LISTING
    environment: Mapping[str, str] = field(default_factory=dict)
    nobody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What an answer must come to.

    `fault`: there is no answer, for this reason (ABSENT: there is no repository). Of a list: how many points, and why
    some snapshots were left out. Of a check: whether it is sound, in which folders the damage lies, what hindered it.
    """

    fault: Reason | None = None
    points: int | None = None
    left_out: Reason | None = None
    sound: bool | None = None
    damage: frozenset[str] = frozenset()
    hindered: Reason | None = None
    remark: bool = False


Make = Callable[["Laboratory", Path], "Iterator[Ask]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One fault: its name, its making, and what it must come to, with those outcomes that a version may have.

    `tried_for_long`: restic below 0.17 tries again for a quarter of an hour, which no test waits for.
    """

    name: str
    make: Make
    expect: tuple[Expect, ...]
    network: bool = False
    needs_rest_server: bool = False
    tried_for_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """A sound repository of three points, which is never broken itself, and the source of its points."""

    sound: Repository
    source: Path

    def duplicate(self, folder: Path) -> Repository:
        """Return a copy of the sound repository."""
        return self.sound.duplicate(folder / "repository")


def make_laboratory(folder: Path, program: str = "restic") -> Laboratory:
    """Return a laboratory in a folder."""
    repository = make_repository(folder / "sound", program=program)
    source = make_source(folder / "source")
    for number, at in enumerate(MADE):
        (source / "day.txt").write_text(f"day {number}\n")
        repository.backup(source, at)
    return Laboratory(sound=repository, source=source)


CASES: dict[str, Case] = {}


def case(
    *expect: Expect, network: bool = False, needs_rest_server: bool = False, tried_for_long: bool = False
) -> Callable[[Make], Make]:
    """Enter a fault into the table, under its function's name."""

    def enter(make: Make) -> Make:
        name = make.__name__.replace("_", "-")
        CASES[name] = Case(
            name=name,
            make=make,
            expect=expect,
            network=network,
            needs_rest_server=needs_rest_server,
            tried_for_long=tried_for_long,
        )
        return make

    return enter


@contextmanager
def made(one: Case, laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Yield what to ask while a fault stands, and put it away afterwards."""
    yield from one.make(laboratory, folder)


def _ask(repository: Repository, arguments: tuple[str, ...] = LISTING, *, nobody: bool = False) -> Ask:
    return Ask(
        address=str(repository.folder), password_file=repository.password_file, arguments=arguments, nobody=nobody
    )


# ---- what opening a repository comes to


@case(Expect(points=POINTS))
def sound(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Break nothing."""
    yield _ask(laboratory.sound)


@case(Expect(fault=Reason.ABSENT))
def no_repository(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask at a place where nothing is."""
    yield Ask(address=str(folder / "nowhere"), password_file=laboratory.sound.password_file)


@case(Expect(fault=Reason.ABSENT))
def empty_folder(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask at an empty folder."""
    (folder / "empty").mkdir()
    yield Ask(address=str(folder / "empty"), password_file=laboratory.sound.password_file)


@case(Expect(fault=Reason.WRONG_PASSWORD))
def wrong_password(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Give another password."""
    (folder / "other").write_text("battery staple\n")
    yield Ask(address=str(laboratory.sound.folder), password_file=folder / "other")


@case(Expect(fault=Reason.WRONG_PASSWORD))
def empty_password_file(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Give no password at all."""
    (folder / "empty").write_text("")
    yield Ask(address=str(laboratory.sound.folder), password_file=folder / "empty")


@case(Expect(fault=Reason.UNREADABLE))
def password_file_missing(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Name a password file that is not there."""
    yield Ask(address=str(laboratory.sound.folder), password_file=folder / "nowhere")


@case(Expect(fault=Reason.DENIED))
def password_file_denied(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Name a password file that may not be read."""
    (folder / "closed").write_text(repositories.PASSWORD)
    (folder / "closed").chmod(0o000)
    yield Ask(address=str(laboratory.sound.folder), password_file=folder / "closed", nobody=True)


@case(Expect(fault=Reason.DENIED))
def repository_denied(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Close the repository's folder."""
    yield from _closed(laboratory, folder, "")


@case(Expect(fault=Reason.DENIED))
def config_denied(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Close the repository's configuration."""
    yield from _closed(laboratory, folder, "config")


@case(Expect(fault=Reason.DENIED))
def snapshots_denied(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Close the folder of snapshots, which prints an empty list and exits with 0."""
    yield from _closed(laboratory, folder, "snapshots")


@case(Expect(points=POINTS - 1, left_out=Reason.DENIED), Expect(fault=Reason.DENIED))
def snapshot_file_denied(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Close one snapshot."""
    yield from _closed(laboratory, folder, f"snapshots/{laboratory.sound.names('snapshots')[0]}")


@case(Expect(points=POINTS - 1, left_out=Reason.DAMAGED))
def snapshot_damaged(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of one snapshot, which exits with 0."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.file("snapshots"), 40)
    yield _ask(repository)


@case(Expect(points=0))
def no_snapshot(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Remove every snapshot."""
    repository = laboratory.duplicate(folder)
    for name in repository.names("snapshots"):
        (repository.folder / "snapshots" / name).unlink()
    yield _ask(repository)


@case(Expect(fault=Reason.UNREADABLE))
def config_damaged(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of the repository's configuration."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.folder / "config", 40)
    yield _ask(repository)


@case(Expect(fault=Reason.WRONG_PASSWORD))
def no_key(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Remove the repository's keys."""
    repository = laboratory.duplicate(folder)
    repository.file("keys").unlink()
    yield _ask(repository)


@case(Expect(points=POINTS))
def exclusive_lock(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Leave an exclusive lock behind: the agent takes none and is not kept out."""
    repository = laboratory.duplicate(folder)
    repositories.hold_exclusively(repository)
    yield _ask(repository)


@case(Expect(fault=Reason.LOCKED))
def lock_respected(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask with a lock while another is held, as the agent never does."""
    repository = laboratory.duplicate(folder)
    repositories.hold_exclusively(repository)
    yield _ask(repository, ("snapshots", "--json"))


@case(Expect(fault=Reason.EXITED))
def unknown_kind(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Name a kind of store that restic does not know."""
    yield Ask(address="carrier-pigeon:loft", password_file=laboratory.sound.password_file)


# ---- behind ssh and HTTP


@case(Expect(points=POINTS), network=True)
def sftp_sound(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask through ssh."""
    with running_sshd(folder / "sshd") as sshd:
        yield _sftp(laboratory, sshd.port, laboratory.sound.folder, sshd.environment())


@case(Expect(fault=Reason.ABSENT), network=True)
def sftp_no_repository(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask through ssh at a place where nothing is."""
    with running_sshd(folder / "sshd") as sshd:
        yield _sftp(laboratory, sshd.port, folder / "nowhere", sshd.environment())


@case(Expect(fault=Reason.UNREACHABLE), network=True)
def sftp_host_down(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask where no one listens."""
    yield _sftp(laboratory, free_port(), laboratory.sound.folder, {})


@case(Expect(fault=Reason.UNREACHABLE), network=True)
def sftp_host_silent(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask a host that accepts and never speaks."""
    with silent_server() as port:
        yield _sftp(laboratory, port, laboratory.sound.folder, {})


@case(Expect(fault=Reason.HOST_KEY_CHANGED), network=True)
def sftp_host_key_changed(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Let another key stand behind a known name."""
    with running_sshd(folder / "sshd") as sshd:
        sshd.change_host_key()
        yield _sftp(laboratory, sshd.port, laboratory.sound.folder, sshd.environment())


@case(Expect(fault=Reason.DENIED), network=True)
def sftp_key_refused(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Refuse the agent's key."""
    with running_sshd(folder / "sshd") as sshd:
        sshd.refuse_key()
        yield _sftp(laboratory, sshd.port, laboratory.sound.folder, sshd.environment())


@case(
    Expect(hindered=Reason.UNREACHABLE, sound=False),
    Expect(fault=Reason.UNREACHABLE),
    network=True,
    tried_for_long=True,
)
def link_lost(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Cut the connection while data is read: restic says that the repository is damaged and must be repaired."""
    folder.joinpath("sshd").mkdir()
    server = repositories.cutting_sftp(folder / "sshd", 150_000)
    with running_sshd(folder / "sshd", sftp=server) as sshd:
        yield _sftp(laboratory, sshd.port, laboratory.sound.folder, sshd.environment(), READ)


@case(Expect(points=POINTS), network=True, needs_rest_server=True)
def rest_sound(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask through HTTP."""
    laboratory.duplicate(folder)
    with repositories.rest_server(folder) as address:
        yield Ask(address=f"{address}repository/", password_file=laboratory.sound.password_file)


@case(Expect(fault=Reason.ABSENT), network=True, needs_rest_server=True)
def rest_no_repository(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask through HTTP at a place where nothing is."""
    with repositories.rest_server(folder) as address:
        yield Ask(address=f"{address}nowhere/", password_file=laboratory.sound.password_file)


@case(Expect(fault=Reason.DENIED), network=True, needs_rest_server=True)
def rest_refused(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask through HTTP as someone who is not let in."""
    laboratory.duplicate(folder)
    digest = base64.b64encode(hashlib.sha1(b"other", usedforsecurity=False).digest()).decode()
    environment = {"RESTIC_REST_USERNAME": "agent", "RESTIC_REST_PASSWORD": "wrong"}
    with repositories.rest_server(folder, users=f"agent:{{SHA}}{digest}\n") as address:
        yield Ask(
            address=f"{address}repository/",
            password_file=laboratory.sound.password_file,
            environment=environment,
        )


@case(Expect(fault=Reason.UNREACHABLE), network=True)
def rest_host_down(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Ask through HTTP where no one listens."""
    yield Ask(address=f"rest:http://{LOOPBACK}:{free_port()}/", password_file=laboratory.sound.password_file)


# ---- what reading it all comes to


@case(Expect(sound=True))
def check_sound(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Read a sound repository."""
    yield _ask(laboratory.sound, READ)


@case(Expect(sound=True))
def data_flipped_unread(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of the data and look at the structure alone, which cannot see it."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.packs()[0], 1000)
    yield _ask(repository, CHECK)


@case(Expect(sound=False, damage=frozenset({"data"})))
def data_flipped(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of the data."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.packs()[0], 1000)
    yield _ask(repository, READ)


@case(Expect(sound=False, damage=frozenset({"data"})))
def pack_header_flipped(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of a pack's header."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.packs()[0], -20)
    yield _ask(repository, READ)


@case(Expect(sound=False, damage=frozenset({"data"})))
def tree_flipped(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of a tree, which the structure alone shows."""
    repository = laboratory.duplicate(folder)
    for pack in repository.packs()[1:]:
        flip_byte(pack, 50)
    yield _ask(repository, CHECK)


@case(Expect(sound=False, damage=frozenset({"index"})), Expect(sound=False, damage=frozenset({"index", "data"})))
def index_flipped(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of an index."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.file("index"), 50)
    yield _ask(repository, CHECK)


@case(Expect(sound=False, damage=frozenset({"index"}), remark=True))
def index_deleted(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Remove every index."""
    repository = laboratory.duplicate(folder)
    for name in repository.names("index"):
        (repository.folder / "index" / name).unlink()
    yield _ask(repository, CHECK)


@case(Expect(sound=False, damage=frozenset({"data"})))
def pack_deleted(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Remove a pack of data."""
    repository = laboratory.duplicate(folder)
    repository.packs()[0].unlink()
    yield _ask(repository, CHECK)


@case(Expect(sound=False, damage=frozenset({"data"})))
def pack_cut_short(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Take the end off a pack."""
    repository = laboratory.duplicate(folder)
    repositories.cut_short(repository.packs()[0], 100)
    yield _ask(repository, READ)


@case(Expect(sound=False, damage=frozenset({"snapshots"})))
def check_snapshot_damaged(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of one snapshot."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.file("snapshots"), 40)
    yield _ask(repository, CHECK)


@case(Expect(sound=False, damage=frozenset({"config"})))
def check_config_damaged(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Flip a bit of the repository's configuration."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.folder / "config", 40)
    yield _ask(repository, CHECK)


@case(Expect(sound=True, remark=True))
def loose_packs(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Leave packs behind that no index names: a remark, no damage."""
    repository = laboratory.duplicate(folder)
    repositories.lose_index(repository, make_source(folder / "more"))
    yield _ask(repository, CHECK)


@case(Expect(sound=False, hindered=Reason.DENIED), Expect(fault=Reason.DENIED), tried_for_long=True)
def data_denied(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Close the folder of packs: «does not exist» is no damage then."""
    yield from _closed(laboratory, folder, "data", CHECK)


@case(Expect(sound=False, hindered=Reason.DENIED), Expect(fault=Reason.DENIED), tried_for_long=True)
def pack_denied(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Close one pack."""
    pack = laboratory.sound.packs()[0].relative_to(laboratory.sound.folder)
    yield from _closed(laboratory, folder, str(pack), READ)


@case(
    Expect(sound=False, hindered=Reason.DENIED, damage=frozenset({"data"})),
    Expect(fault=Reason.DENIED),
    tried_for_long=True,
)
def pack_denied_and_another_flipped(laboratory: Laboratory, folder: Path) -> Iterator[Ask]:
    """Close one pack and flip a bit of another: the refusal does not hide the damage."""
    repository = laboratory.duplicate(folder)
    flip_byte(repository.packs()[0], 1000)
    repository.packs()[1].chmod(0o000)
    yield _ask(repository, READ, nobody=True)
    repository.packs()[1].chmod(0o400)


def _closed(laboratory: Laboratory, folder: Path, name: str, arguments: tuple[str, ...] = LISTING) -> Iterator[Ask]:
    repository = laboratory.duplicate(folder)
    closed = repository.folder / name
    mode = closed.stat().st_mode
    closed.chmod(0o000)
    try:
        yield _ask(repository, arguments, nobody=True)
    finally:
        closed.chmod(mode)


def _sftp(
    laboratory: Laboratory,
    port: int,
    place: Path,
    environment: Mapping[str, str],
    arguments: tuple[str, ...] = LISTING,
) -> Ask:
    return Ask(
        address=f"sftp://{LOOPBACK}:{port}/{place}",
        password_file=laboratory.sound.password_file,
        arguments=arguments,
        environment=environment,
    )
