"""The days of a mirror, whose one point moves on with each look, and of a file that is written over each night."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.core.collecting.collector import Look
from agent.core.model import Fact, Failure, Gap, Key, Observation, Reading, State
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.round import Round
from agent.hosts.local import LocalHost
from collectors.files import LOOKS, listing, mirror
from collectors.files.answers import FolderFile, FolderListing, body_of
from collectors.files.remote import RemoteFolder
from tests.evaluation.test_round import DAY, HOUR, START, World, world

FOLDERS = """
[[backup]]
id = "share"
program = "files"
host = "srv-1"
snapshot_host = "srv-1"
paths = ["/srv"]
[[backup.copy]]
id = "nas"
site = "cambrai"
country = "FR"
store = { host = "srv-1", path = "/volume2" }
mirror = true
[[backup]]
id = "dump"
program = "files"
host = "srv-1"
snapshot_host = "srv-1"
[[backup.copy]]
id = "nas"
site = "cambrai"
country = "FR"
store = { host = "srv-1", path = "/volume1" }
sets = [{ id = "sql", match = "*.sql" }]
"""
MET = (State.MET, Reason.WITHIN_LIMIT)


@dataclass(slots=True)
class Site:
    """A source of two files, when each was written, and what a copy's folder holds: its mirror, or a dump."""

    held: World
    folder: Path
    source: dict[str, datetime]
    mirror: dict[str, datetime] = field(default_factory=dict)
    backup: str = "share"
    seen: Observation | None = None
    before: bytes | None = None

    @property
    def now(self) -> datetime:
        """Return what time it is."""
        return self.held.clock.instant

    @property
    def key(self) -> Key:
        """Return what is judged."""
        return Key(target="backup-rpo", subject=self.backup, beneficiary="scota")

    def sync(self) -> None:
        """Mirror the source as it is."""
        self.mirror = dict(self.source)

    def look(self, *beside: Reading) -> tuple[State, Reason]:
        """Look, and judge by that and by what is seen beside it."""
        copy, *_ = next(
            one.copies for one in self.held.session.configuration.inventory.backups if one.id == self.backup
        )
        made = Look(
            now=self.now,
            here=LocalHost("here"),
            host=LocalHost,
            timeout=DAY,
            folder=self.folder,
            previous=self.seen,
        )
        found = tuple(listing.collect(copy, made))
        self.seen = Observation(
            collector=LOOKS.listing,
            host="srv-1",
            subject=copy.subject,
            begun=self.now,
            ended=self.now,
            facts=tuple(one for one in found if isinstance(one, Fact)),
            gaps=tuple(one for one in found if isinstance(one, Gap)),
        )
        turn = Round(self.held.session)
        turn.take(self.seen, *beside)
        verdict = next(one for one in turn.judge(self.held.session.wanted) if one.key == self.key)
        return verdict.state, verdict.reason

    def live(self, until: datetime) -> None:
        """Let time pass: a file is written each hour, and nothing is mirrored."""
        while self.now < until:
            self.held.clock.instant += HOUR
            self.source["mailbox"] = self.now - timedelta(minutes=3)
            self.look()

    def day(self, day: date) -> tuple[State, Reason] | None:
        """Return what a day is by now."""
        rows = [row for row in self.held.ledger.day_rows(day, day) if row.key == self.key]
        return (rows[0].measured, rows[0].reason) if rows else None

    def seen_source(self, timeout: timedelta) -> FolderListing:
        """Return a list of the source, and remember it."""
        found = self.listed(self.source)
        self.before = body_of(found.files)
        return found

    def listed(self, files: dict[str, datetime]) -> FolderListing:
        """Return a list of files, as the store program gives it."""
        made = [(name, int(at.timestamp())) for name, at in files.items()]
        return FolderListing(
            files=tuple(FolderFile(path=name, size=9, written=at, changed=at, room=4096) for name, at in made),
            body=b"",
            wrong=(),
            complaints=0,
            odd=0,
            clock=int(self.now.timestamp()),
            tool="sha256sum",
        )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Give a mirror that is up to date."""
    with world(tmp_path, FOLDERS) as held:
        made = Site(held=held, folder=tmp_path, source=dict.fromkeys(("letter", "mailbox"), START - 9 * DAY))
        made.sync()
        monkeypatch.setattr(RemoteFolder, "tree", lambda self, timeout: made.listed(made.mirror))
        live = SimpleNamespace(tree=made.seen_source, known=lambda: made.before)
        monkeypatch.setattr(mirror, "source_of", lambda copy, path, look: live)
        yield made


def test_a_mirror_that_follows_each_night_has_its_days_met(site: Site) -> None:
    for day in range(3):
        assert site.look() == MET
        site.live(START + (day + 1) * DAY)
        site.sync()
    site.look()
    assert [site.day(date(2026, 11, day)) for day in (3, 4)] == [MET, MET]


def test_a_mirror_to_which_nothing_new_comes_has_its_days_met(site: Site) -> None:
    while site.now < START + 3 * DAY:
        assert site.look() == MET
        site.held.clock.instant += 3 * HOUR
    assert [site.day(date(2026, 11, day)) for day in (3, 4)] == [MET, MET]


def test_a_mirror_that_no_longer_follows_has_missed_days(site: Site) -> None:
    site.look()
    site.live(START + 4 * DAY)
    assert [site.day(date(2026, 11, day)) for day in (4, 5)] == [(State.MISSED, Reason.TOO_OLD)] * 2


def test_a_path_that_follows_hides_no_miss_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each path of a mirror moves on by itself; the day on which the late one came at last was missed until then."""
    with world(tmp_path, FOLDERS.replace('paths = ["/srv"]', 'paths = ["/srv/a", "/srv/b"]')) as held:
        site = Site(held=held, folder=tmp_path, source={}, mirror={f"{one}/x": START - 9 * DAY for one in "ab"})
        sources = {f"/srv/{one}": {"x": START - 9 * DAY} for one in "ab"}
        monkeypatch.setattr(RemoteFolder, "tree", lambda self, timeout: site.listed(site.mirror))
        monkeypatch.setattr(
            mirror,
            "source_of",
            lambda copy, path, look: SimpleNamespace(
                tree=lambda timeout: site.listed(sources[path]), known=lambda: body_of(site.listed(sources[path]).files)
            ),
        )
        assert site.look() == MET
        sources["/srv/b"] = {"x": site.now + HOUR}
        while site.now < START + 3 * DAY:
            held.clock.instant += HOUR
            if site.now == START + 2 * DAY + 5 * HOUR:
                site.mirror["b/x"] = sources["/srv/b"]["x"]
            site.look()
        found = [site.day(date(2026, 11, day)) for day in (3, 4)]
    assert found == [(State.MISSED, Reason.TOO_OLD)] * 2


def test_a_folder_that_was_moved_has_not_waited_since_its_files_were_written(site: Site) -> None:
    """Its files keep their dates of change. They are more than can be remembered, and some never arrive."""
    site.source = {f"drafts/{number}": START - 90 * DAY for number in range(250)}
    site.sync()
    assert site.look() == MET
    site.source = {name.replace("drafts", "final"): at for name, at in site.source.items()}
    for _ in range(4):
        site.held.clock.instant += 5 * HOUR
        assert site.look() == MET
    site.held.clock.instant += 5 * HOUR
    assert site.look() == (State.MISSED, Reason.TOO_OLD)
    site.sync()
    assert site.look() == MET
    # What a mirror has lost is missing since it was written.
    del site.mirror["final/3"]
    assert site.look() == (State.MISSED, Reason.TOO_OLD)


def test_nothing_is_said_of_a_mirror_in_a_long_silence(site: Site) -> None:
    site.look()
    site.held.clock.instant = START + 4 * DAY
    site.look()
    site.sync()
    site.live(START + 5 * DAY)
    found = [site.day(date(2026, 11, day)) for day in range(3, 7)]
    assert found == [*[(State.UNPROVEN, Reason.STALE_EVIDENCE)] * 3, (State.UNPROVEN, Reason.NOT_RUN)]


def test_the_instant_of_a_mirror_is_no_finer_than_a_bundle_shows_its_looks(site: Site) -> None:
    site.held.clock.instant += timedelta(milliseconds=547)
    assert site.look() == MET
    assert site.seen is not None
    (point,) = site.seen.named("backup.point")
    assert point.as_of == START


def test_a_dump_that_is_written_over_each_night_has_its_days_met(site: Site) -> None:
    site.backup = "dump"
    for day in range(4):
        for hours in (3, 8, 13, 18, 23):
            # Written at two, an hour before the first look.
            site.held.clock.instant = START + day * DAY + hours * HOUR
            site.mirror = {"shop.sql": START + day * DAY + 2 * HOUR}
            assert site.look() == MET
    assert [site.day(date(2026, 11, day)) for day in (3, 4)] == [MET, MET]


def test_nothing_is_said_of_a_dump_that_was_written_over_in_a_long_silence(site: Site) -> None:
    site.backup = "dump"
    for hours in (3, 8, 99, 104, 109, 114):
        site.held.clock.instant = START + hours * HOUR
        site.mirror = {"shop.sql": START + (98 if hours > 98 else 2) * HOUR}
        assert site.look() == MET
    unproven = {State.UNPROVEN}
    assert {found[0] for day in range(3, 7) if (found := site.day(date(2026, 11, day)))} == unproven


def test_a_dump_that_was_missing_when_it_was_too_old_is_not_covered_by_the_one_before(site: Site) -> None:
    site.backup = "dump"
    for hours in (3, 8, 13, 18, 23, 28, 33, 38):
        site.held.clock.instant = START + hours * HOUR
        # The second one came six hours late.
        site.mirror = {"shop.sql": START + (34 if hours > 34 else 2) * HOUR}
        site.look()
    for hours in (43, 48, 53, 58):
        site.held.clock.instant = START + hours * HOUR
        assert site.look() == MET
    assert site.day(date(2026, 11, 3)) == (State.MISSED, Reason.TOO_OLD)


@pytest.mark.parametrize(("late", "state"), [(0, State.MET), (6, State.MISSED)])
def test_a_dump_counts_until_it_was_written_over_beside_a_copy_that_is_behind(
    late: int, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other copy is not reached from before the nightly dump until after a second look at the new one."""
    nas = FOLDERS[FOLDERS.rindex("[[backup.copy]]") :]
    second = nas.replace('"nas"', '"second"').replace("cambrai", "lille").replace("/volume1", "/volume3")
    with world(tmp_path, FOLDERS + second) as held:
        site = Site(held=held, folder=tmp_path, source={}, backup="dump")
        monkeypatch.setattr(RemoteFolder, "tree", lambda self, timeout: site.listed(site.mirror))
        old = Point(id="shop.sql (old)", time=START - 3 * DAY, host="srv-1", paths=("sql",), files=1)
        for hours in range(3, 52, 4):
            held.clock.instant = START + hours * HOUR
            site.mirror = {"shop.sql": START + (2 if hours < 26 + late else 26 + late) * HOUR}
            about = {"collector": LOOKS.listing, "host": "srv-1", "subject": "dump/second"}
            at = {"begun": site.now, "ended": site.now}
            behind = Fact(name="backup.point", subject="dump/second", value=old, as_of=old.time)
            away = Failure(**about, **at, reason=Reason.UNREACHABLE, detail="no route")  # type: ignore[arg-type]
            there = Observation(**about, **at, facts=(behind,))  # type: ignore[arg-type]
            site.look(away if hours in (23, 27, 31, 35) else there)
        found = site.day(date(2026, 11, 3))
    assert found is not None
    assert found[0] is state
