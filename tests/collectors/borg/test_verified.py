"""What one reading of archives shows, joined with what earlier ones left. Pure."""

from datetime import UTC, datetime, timedelta

from agent.core.facts.archive_parts import ArchivePart
from agent.core.inventory import Copy
from agent.core.model import Fact, Observation
from collectors.borg import LOOKS
from collectors.borg.listing import BorgArchive
from collectors.borg.repository import RepositoryArchives
from collectors.borg.verified import ArchiveRun, facts, of_archive

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
COPY = Copy(id="vault", backup="files", program=LOOKS, repository="/srv/borg")
IDS = ("a" * 64, "b" * 64)


def archives(*ages: timedelta) -> RepositoryArchives:
    """Return a repository of archives of some ages, at most two."""
    listed = (BorgArchive(id=id, name=id[:3], time=NOW - age) for id, age in zip(IDS, ages, strict=False))
    return RepositoryArchives(repository="c" * 64, archives=tuple(listed))


def part(archive: str, number: int = 0, of: int = 1) -> ArchivePart:
    """Return a part of an archive."""
    return ArchivePart(archive=archive, number=number, of=of, bytes=10)


def found(run: ArchiveRun, repository: RepositoryArchives, previous: Observation | None = None) -> dict[str, Fact]:
    """Return the facts by name, the last of each."""
    return {one.name: one for one in facts(COPY, run, repository, previous, NOW) if isinstance(one, Fact)}


def kept(*told: Fact) -> Observation:
    """Return an earlier look."""
    at = NOW - DAY
    return Observation(collector="borg_check", host="srv-1", subject="files/vault", begun=at, ended=at, facts=told)


def test_a_look_that_read_nothing_shows_nothing() -> None:
    seen = found(ArchiveRun(read={}), archives())
    assert seen["verify.depth"].value == "listed"
    assert not {"verify.sound", "verify.whole"} & set(seen)
    assert seen["verify.bytes_stored"].value == 0


def test_everything_is_read_once_each_archive_was() -> None:
    read = {part(IDS[0]): NOW, part(IDS[1], 0, 2): NOW - 9 * DAY}
    half = found(ArchiveRun(read=dict(read), parts_read=1), archives(8 * DAY, 9 * DAY))
    assert "verify.whole" not in half
    read[part(IDS[1], 1, 2)] = NOW
    whole = found(ArchiveRun(read=read, parts_read=1), archives(8 * DAY, 9 * DAY))
    assert whole["verify.whole"].as_of == NOW - 9 * DAY


def test_an_archive_of_this_week_may_wait_for_its_turn() -> None:
    seen = found(ArchiveRun(read={part(IDS[1]): NOW - DAY}, parts_read=1), archives(DAY, 9 * DAY))
    assert seen["verify.whole"].as_of == NOW - DAY


def test_damage_stands_until_its_archive_is_read_sound_or_gone() -> None:
    before = kept(Fact(name="verify.damage", subject="files/vault", value=of_archive(IDS[0]), as_of=NOW - DAY))
    assert "verify.damage" in found(ArchiveRun(read={}), archives(9 * DAY), before)
    assert "verify.damage" not in found(ArchiveRun(read={part(IDS[0]): NOW}, parts_read=1), archives(9 * DAY), before)
    assert "verify.damage" not in found(ArchiveRun(read={}), archives(), before)
