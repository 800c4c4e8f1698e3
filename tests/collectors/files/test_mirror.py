"""A mirror made by rsync beside its live source: how far it is behind, and what it follows that it should not have."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.late_files import BEHIND, longest_late
from agent.core.facts.recovery_points import LEFT, points_in
from agent.core.inventory import Copy
from agent.core.model import Fact, Observation
from agent.core.points import Point
from agent.core.reason import Reason
from agent.hosts.local import LocalHost
from collectors.files import LOOKS, drawn, mirror
from collectors.files.answers import FolderFile, FolderListing
from tests.parts.folders import DAY, DIGESTS, HOUR, LISTING, FolderSite, archive, content, dated
from tests.parts.unprivileged import open_folder

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.slow]

FILES = 60
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


class MirrorSite(FolderSite):
    """A site with one mirror, of one path or of several."""

    @property
    def source(self) -> Path:
        """Return the live source."""
        return self.folder / "source" / "srv"

    @property
    def mirror(self) -> Path:
        """Return the mirror."""
        return self.folder / "nas" / "share"

    def rsync(self, *options: str) -> None:
        """Mirror the source as it is now."""
        argv = ["rsync", "-a", *options, f"{self.source}/", f"{self.mirror}/"]
        subprocess.run(argv, check=True, timeout=60)

    def told(self) -> tuple[str, str]:
        """Look at the mirror, and return its verdicts."""
        seen = self.look(LISTING)[LISTING, "share"]
        assert isinstance(seen, Observation), seen
        return self.verdicts()["share"]


@pytest.fixture
def site() -> Iterator[MirrorSite]:
    """Give a mirror that is up to date, and was looked at and read."""
    with open_folder() as folder:
        made = MirrorSite(folder)
        for number in range(FILES):
            archive(made.source / f"{number % 5}" / f"letter-{number}.odt", age=3 * DAY + number * HOUR, size=2000)
        archive(made.source / ".hidden", age=3 * DAY)
        made.declare("share", sets="", more="mirror = true", backup=f'paths = ["{made.source}"]')
        made.rsync()
        made.look(LISTING, DIGESTS, LISTING)
        yield made


def test_a_mirror_that_is_up_to_date_is_met(site: MirrorSite) -> None:
    assert site.told() == ("met", "met")
    seen = site.observed(DIGESTS, "share")
    remarks = [fact.value for fact in seen.named("verify.remark")]
    assert "50 files that were drawn hold what the source holds" in remarks


def test_a_file_that_has_not_arrived_dates_the_mirror(site: MirrorSite) -> None:
    archive(site.source / "new.odt", age=HOUR)
    assert site.told()[0] == "met"
    seen = site.observed(LISTING, "share")
    assert [fact.value for fact in seen.named("mirror.waiting")] == ["new.odt"]
    (point,) = seen.named("backup.point")
    assert timedelta(0) <= seen.ended - point.as_of < HOUR
    site.rsync()
    seen = site.observed(LISTING, "share")
    assert seen.named("mirror.waiting") == ()


def test_a_mirror_that_stands_still_is_as_old_as_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = int(NOW.timestamp())

    def listed(*ages: timedelta) -> FolderListing:
        made = [clock - int(age.total_seconds()) for age in ages]
        files = tuple(
            FolderFile(path=f"{number}", size=9, written=at, changed=at, room=4096) for number, at in enumerate(made)
        )
        return FolderListing(files=files, body=b"", wrong=(), complaints=0, odd=0, clock=clock, tool="sha256sum")

    live = listed(9 * DAY, 3 * DAY, HOUR)
    monkeypatch.setattr(
        mirror, "source_of", lambda copy, path, look: SimpleNamespace(tree=lambda timeout: live, known=lambda: None)
    )
    look = Look(now=NOW, here=LocalHost("here"), host=LocalHost, timeout=DAY, folder=Path("/nonexistent"))
    copy = Copy(id="nas", backup="share", program=LOOKS, repository="store:nas:/v", paths=("/srv",), mirror=True)
    (one,) = mirror.compared(copy, look, listed(9 * DAY))
    assert (one.arrived, one.waiting) == (NOW - 3 * DAY, ("1", "2"))
    (one,) = mirror.compared(copy, look, listed(9 * DAY, 3 * DAY, HOUR))
    assert (one.arrived, one.waiting) == (NOW, ())
    # A NAS that keeps every other second is up to date all the same; a file that is older there is not.
    (one,) = mirror.compared(copy, look, listed(9 * DAY, 3 * DAY + timedelta(seconds=2), HOUR))
    assert one.waiting == ()
    (one,) = mirror.compared(copy, look, listed(9 * DAY, 3 * DAY, HOUR + timedelta(minutes=1)))
    assert (one.arrived, one.waiting) == (NOW - HOUR, ("2",))


def test_a_file_that_never_arrives_is_as_old_as_its_first_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """An open mailbox, a database: it changes each day, and no run can copy it."""

    def listed(now: datetime, *files: tuple[datetime, datetime]) -> FolderListing:
        made = [(int(written.timestamp()), int(changed.timestamp())) for written, changed in files]
        return FolderListing(
            files=tuple(
                FolderFile(path=f"{number}.pst", size=9, written=written, changed=changed, room=4096)
                for number, (written, changed) in enumerate(made)
            ),
            body=b"",
            wrong=(),
            complaints=0,
            odd=0,
            clock=int(now.timestamp()),
            tool="sha256sum",
        )

    copy = Copy(id="nas", backup="share", program=LOOKS, repository="store:nas:/v", paths=("/srv",), mirror=True)
    before: Observation | None = None

    def looked(now: datetime, live: FolderListing, there: FolderListing) -> datetime | None:
        nonlocal before
        monkeypatch.setattr(
            mirror, "source_of", lambda copy, path, look: SimpleNamespace(tree=lambda timeout: live, known=lambda: None)
        )
        look = Look(
            now=now, here=LocalHost("here"), host=LocalHost, timeout=DAY, folder=Path("/nonexistent"), previous=before
        )
        (one,) = mirror.compared(copy, look, there)
        before = Observation(
            collector=LISTING,
            host="nas",
            subject="share/nas",
            begun=now,
            ended=now,
            facts=tuple(
                Fact(name=BEHIND, subject="share/nas", value=late, as_of=at)
                for late, at in longest_late(one.behind, now)
            ),
        )
        return one.arrived

    first = NOW - HOUR
    for day in range(4):
        now, change = NOW + day * DAY, NOW + day * DAY - HOUR
        assert looked(now, listed(now, (change, change)), listed(now)) == first
    # A run that was cut short left a part of it, written just now.
    now = NOW + 3 * DAY
    assert looked(now, listed(now, (now - HOUR, now - HOUR)), listed(now, (now, now))) == first
    # The version of an hour ago arrived, and it has changed since.
    change = now - HOUR / 2
    assert looked(now, listed(now, (change, change)), listed(now, (now - HOUR, now))) == change
    # A change that its clock dates ahead was there at the look that saw it.
    late = now + 400 * DAY
    assert looked(now, listed(now, (now - DAY, late)), listed(now)) == change
    before = None
    assert looked(now, listed(now, (now - DAY, late)), listed(now)) == now
    assert looked(now + DAY, listed(now + DAY, (now - DAY, late)), listed(now + DAY)) == now
    assert looked(now + DAY, listed(now + DAY, (now, now)), listed(now + DAY, (now, now))) == now + DAY


def test_what_the_source_has_deleted_is_kept_since_it_was_seen_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Copy(id="nas", backup="share", program=LOOKS, repository="store:nas:/v", paths=("/srv",), mirror=True)
    old = FolderFile(path="old.odt", size=9, written=1, changed=1, room=4096)
    kept: Observation | None = None

    def left(now: datetime, *found: mirror.MirroredPath) -> list[Point]:
        nonlocal kept
        look = Look(
            now=now, here=LocalHost("here"), host=LocalHost, timeout=DAY, folder=Path("/nonexistent"), previous=kept
        )
        points = mirror.left_over(found, copy.snapshot_host, look)
        facts = tuple(Fact(name=LEFT, subject="share/nas", value=point, as_of=point.time) for point in points)
        kept = Observation(collector=LISTING, host="nas", subject="share/nas", begun=now, ended=now, facts=facts)
        return points

    stays = mirror.MirroredPath(path="/srv", mirror={"old.odt": old}, left=(old,))
    untold = mirror.MirroredPath(path="/srv", mirror={"old.odt": old}, unseen=("denied",))
    for day in range(3):
        (point,) = left(NOW + day * DAY, stays)
        assert (point.time, point.paths, point.bytes) == (NOW, ("/srv",), 9)
    # Where nothing says what the source has, what was seen stands.
    assert [point.time for point in left(NOW + 3 * DAY, untold)] == [NOW]
    assert [point.time for point in left(NOW + 4 * DAY)] == [NOW]
    assert left(NOW + 5 * DAY, replace(stays, left=())) == []


def test_a_mirror_that_deletes_nothing_keeps_beyond_the_retention(site: MirrorSite) -> None:
    site.backups = site.backups.replace("snapshot_host", 'retention = "1d"\nsnapshot_host', 1)
    (site.source / "0" / "letter-0.odt").unlink()
    site.rsync()
    seen = site.observed(LISTING, "share")
    (left,) = points_in(seen, LEFT)
    assert left.id.startswith(f"{site.source}/0/letter-0.odt (")
    assert site.kept()["backup-lifecycle", "share"].state.value == "met"
    site.rsync("--delete")
    assert site.observed(LISTING, "share").named(LEFT) == ()


def test_one_file_that_is_gone_or_written_anew_is_told_of_no_one(site: MirrorSite) -> None:
    (site.source / "0" / "letter-0.odt").unlink()
    archive(site.source / "1" / "letter-1.odt", age=HOUR, data=content("other", 2000))
    site.rsync("--delete")
    site.look(LISTING, DIGESTS, LISTING)
    assert site.verdicts()["share"] == ("met", "met")


def test_a_mass_deletion_that_is_followed_is_told_within_a_round(site: MirrorSite) -> None:
    for one in sorted(site.source.rglob("*.odt"))[:25]:
        (site.folder / "aside").mkdir(exist_ok=True)
        one.rename(site.folder / "aside" / f"{one.parent.name}+{one.name}")
    site.rsync("--delete")
    assert site.told()[0] == "missed shrunk"
    assert site.told()[0] == "missed shrunk"
    verdict = site.kept()["backup-rpo", "share"]
    assert (verdict.about["files"], verdict.about["files_before"]) == (FILES + 1 - 25, FILES + 1)
    for one in (site.folder / "aside").iterdir():
        one.rename(site.source / one.name.replace("+", "/"))
    site.rsync("--delete")
    assert site.told()[0] == "met"


def test_an_encryption_that_is_followed_is_told_within_a_round(site: MirrorSite) -> None:
    for one in site.source.rglob("*.odt"):
        archive(one, age=HOUR, data=content(f"encrypted {one}", 2000))
    site.rsync()
    assert site.told()[0] == "missed content-changed"
    assert site.kept()["backup-rpo", "share"].about["rewritten_percent"] == 98


def test_an_encryption_under_other_names_is_told_as_gone(site: MirrorSite) -> None:
    for one in sorted(site.source.rglob("*.odt")):
        archive(one, age=HOUR, data=content(f"encrypted {one}", 2100)).rename(one.with_suffix(".locked"))
    site.rsync("--delete")
    assert site.told()[0] == "missed shrunk"


def test_a_folder_that_was_moved_is_no_deletion(site: MirrorSite) -> None:
    (site.source / "0").rename(site.source / "moved")
    (site.source / "1").rename(site.source / "moved too")
    (site.source / "2").rename(site.source / "moved as well")
    site.rsync("--delete")
    assert site.told() == ("met", "met")


def test_a_byte_that_changed_in_the_mirror_is_damage(site: MirrorSite) -> None:
    one = site.mirror / "0" / "letter-0.odt"
    status = one.stat()
    one.write_bytes(content("rotten", 2000))
    dated(one, timedelta(0))
    subprocess.run(["touch", "-d", f"@{int(status.st_mtime)}", str(one)], check=True, timeout=60)
    site.look(LISTING, DIGESTS, LISTING)
    # The mirror is one point, and a point that is known to be damaged is none.
    assert site.verdicts()["share"] == ("missed damaged", "missed damaged")
    one.unlink()
    site.rsync()
    site.look(LISTING, DIGESTS, LISTING)
    assert site.verdicts()["share"] == ("met", "met")


def test_a_file_that_never_was_the_sources_is_damage_until_it_is(
    site: MirrorSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side, seed in ((site.source, "the source"), (site.mirror, "the mirror")):
        archive(side / "5" / "late.odt", age=2 * DAY, data=content(seed, 2000))
    monkeypatch.setattr(drawn, "DRAWN", 0)
    site.look(LISTING, DIGESTS)
    assert site.verdicts()["share"] == ("met", "met")
    monkeypatch.setattr(drawn, "DRAWN", 500)
    site.look(DIGESTS)
    assert site.verdicts()["share"] == ("missed damaged", "missed damaged")
    # Of thousands of files the same one is hardly drawn again: what is found stands.
    monkeypatch.setattr(drawn, "DRAWN", 0)
    site.look(DIGESTS)
    assert site.verdicts()["share"] == ("missed damaged", "missed damaged")
    monkeypatch.setattr(drawn, "DRAWN", 1)
    site.look(DIGESTS)
    assert site.verdicts()["share"] == ("missed damaged", "missed damaged")
    shutil.copy2(site.source / "5" / "late.odt", site.mirror / "5" / "late.odt")
    site.look(LISTING, DIGESTS, DIGESTS)
    assert site.verdicts()["share"] == ("met", "met")
    monkeypatch.setattr(drawn, "DRAWN", 0)
    site.look(DIGESTS)
    assert site.verdicts()["share"] == ("met", "met")


def test_a_document_that_is_broken_at_its_source_is_no_damage_of_the_mirror(site: MirrorSite) -> None:
    archive(site.source / "half-fetched.zip", age=2 * DAY, data=b"PK\x03\x04" + content("half", 4000))
    archive(site.source / "notes.gz", age=2 * DAY, data=b"no gzip at all")
    site.rsync()
    site.look(LISTING, DIGESTS, LISTING)
    assert site.verdicts()["share"] == ("met", "met")


def test_a_source_that_is_not_mounted_is_empty(site: MirrorSite) -> None:
    site.source.rename(site.folder / "source" / "elsewhere")
    site.source.mkdir()
    assert site.told()[0] == "missed empty"


def test_a_source_that_cannot_be_listed_proves_nothing(site: MirrorSite) -> None:
    site.source.rename(site.folder / "source" / "elsewhere")
    assert site.failed(LISTING, "share").reason is Reason.UNREADABLE
    assert site.verdicts()["share"][0] == "unproven unreadable"


def test_a_mirror_that_is_gone_is_missed(site: MirrorSite) -> None:
    site.mirror.rename(site.folder / "nas" / "elsewhere")
    site.look(LISTING)
    assert site.verdicts()["share"] == ("missed absent", "missed absent")


def test_several_paths_lie_each_under_its_own_name(site: MirrorSite) -> None:
    paths = [site.folder / "many" / "erp", site.folder / "many" / "paie"]
    for path in paths:
        archive(path / "a", age=DAY)
    both = site.declare("many", sets="", more="mirror = true", backup=f'paths = ["{paths[0]}", "{paths[1]}"]')
    subprocess.run(["rsync", "-a", *map(str, paths), f"{both}/"], check=True, timeout=60)
    assert site.observed(LISTING, "many").named("mirror.waiting") == ()
    archive(paths[1] / "b", age=HOUR)
    assert [fact.value for fact in site.observed(LISTING, "many").named("mirror.waiting")] == ["b"]
