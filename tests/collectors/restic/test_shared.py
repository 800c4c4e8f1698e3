"""The list of points that both looks of a round share: made once, taken once, and only while it is fresh."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.collecting.handover import Handover
from agent.core.errors import LookError
from agent.core.inventory import Copy
from agent.core.model import Evidence
from agent.core.reason import Reason
from agent.hosts.evidence import RecordingHost
from collectors.restic import LOOKS as RESTIC
from collectors.restic import shared
from collectors.restic.listing import parse
from collectors.restic.program import prepare
from tests.collectors.restic.conftest import NOW
from tests.parts.repositories import Repository, fake_restic, make_repository, make_source, open_folder

pytestmark = pytest.mark.programs

HOUR = timedelta(hours=1)


class Listing:
    """List one copy's points as a round's looks do."""

    def __init__(self, repository: Repository, folder: Path, look: Callable[..., Look]) -> None:
        self.repository = repository
        self.folder = folder
        self.evidence: list[Evidence] = []
        self.handover = Handover()
        self.copy = Copy(
            program=RESTIC,
            id="offsite",
            backup="files",
            repository=str(repository.folder),
            password_file=repository.password_file,
            snapshot_host="srv-1",
            canary="/srv/.canary",
        )
        self._look = look

    def by(self, name: str) -> int:
        """Return how many points a look of that name finds; its evidence is kept."""
        look = self._look()
        look = replace(look, here=RecordingHost(look.here, self.evidence), handover=self.handover)
        listed = shared.list_points(prepare(self.copy, look, look.timeout), look, name)
        return len(parse(listed.output.stdout, listed.output.stderr, "files/offsite").points)

    def commands(self) -> int:
        """Return how many lists the evidence tells of, and forget it."""
        found = [one for one in self.evidence if " snapshots " in one.command]
        self.evidence.clear()
        return len(found)


@pytest.fixture
def listing(folder: Path, look: Callable[..., Look]) -> Iterator[Listing]:
    with open_folder() as place:
        repository = make_repository(place / "repository")
        source = make_source(place / "source", size=1000)
        for hours in (3, 2):
            repository.backup(source, NOW - hours * HOUR)
        yield Listing(repository, place, look)


def forget_one(listing: Listing) -> None:
    """Take a point away."""
    listing.repository.file("snapshots").unlink()


def test_the_other_look_takes_the_list_once_with_its_evidence(listing: Listing) -> None:
    assert (listing.by("canary"), listing.commands()) == (2, 1)
    forget_one(listing)
    assert (listing.by("points"), listing.commands()) == (2, 1)
    assert (listing.by("points"), listing.commands()) == (1, 1)


def test_a_look_never_takes_its_own_list_again(listing: Listing) -> None:
    assert listing.by("points") == 2
    forget_one(listing)
    assert listing.by("points") == 1


def test_a_list_of_an_earlier_round_is_made_anew(listing: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    assert listing.by("points") == 2
    forget_one(listing)
    monkeypatch.setattr(shared, "FRESH_SECONDS", -1.0)
    assert listing.by("canary") == 1


def test_another_copy_has_a_list_of_its_own(listing: Listing) -> None:
    assert listing.by("points") == 2
    forget_one(listing)
    listing.copy = replace(listing.copy, id="second")
    assert listing.by("canary") == 1


def test_another_session_is_handed_nothing(listing: Listing) -> None:
    assert listing.by("points") == 2
    forget_one(listing)
    listing.handover = Handover()
    assert listing.by("canary") == 1


def test_without_a_canary_nobody_else_needs_the_list(listing: Listing) -> None:
    listing.copy = replace(listing.copy, canary=None)
    assert listing.by("points") == 2
    forget_one(listing)
    assert listing.by("canary") == 1


def test_what_the_first_look_failed_for_the_other_fails_for_too(listing: Listing) -> None:
    listing.repository.password_file.write_text("wrong horse\n")
    for name in ("points", "canary"):
        with pytest.raises(LookError) as failed:
            listing.by(name)
        assert failed.value.reason is Reason.WRONG_PASSWORD
    assert listing.commands() == 2
    shutil.rmtree(listing.repository.folder)
    for name in ("points", "canary"):
        with pytest.raises(RepositoryAbsent):
            listing.by(name)


def test_two_looks_at_once_start_one_restic(listing: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.which("restic")
    counted = listing.folder / "counted"
    script = f'case " $* " in *" snapshots "*) echo >>"{counted}";; esac; exec "{real}" "$@"'
    monkeypatch.setenv("PATH", fake_restic(listing.folder / "bin", script)["PATH"])
    found: list[int] = []
    looks = [threading.Thread(target=lambda name=name: found.append(listing.by(name))) for name in ("canary", "points")]
    for look in looks:
        look.start()
    for look in looks:
        look.join(60)
    assert (found, counted.read_text()) == ([2, 2], "\n")


def test_a_look_waits_for_the_other_no_longer_than_its_own_time(listing: Listing) -> None:
    look = listing._look()
    restic = prepare(listing.copy, look, timedelta(seconds=0.2))
    with shared.place_of(restic, look).lock, pytest.raises(LookError) as late:
        shared.list_points(restic, look, "points")
    assert late.value.reason is Reason.TIMED_OUT
