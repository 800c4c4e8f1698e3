"""A copy that gets another id in the configuration: what was wrong with its repository stays known."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.parts.program import Said, beffroi
from tests.parts.repositories import flip_byte
from tests.parts.watched import Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

Rename = Callable[[Watched], None]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    site = Watched(tmp_path)
    site.declare("files")
    # Of two points of one day the last is enough.
    site.make("files", timedelta(hours=30), timedelta(minutes=10))
    return site


def copy_renamed(site: Watched) -> None:
    """Give the copy another id."""
    site.backups = site.backups.replace('id = "offsite"', 'id = "away"')


def backup_renamed(site: Watched) -> None:
    """Give the backup another id."""
    site.backups = site.backups.replace('id = "files"', 'id = "documents"')


RENAMED = pytest.mark.parametrize("rename", [copy_renamed, backup_renamed])


def check(site: Watched, *arguments: str) -> Said:
    """Look at everything once."""
    return beffroi("check", "--json", "--config", site.configuration, *arguments)


def told(said: Said, target: str) -> tuple[str, str]:
    """Return what is said of the one subject of a target, whatever its name."""
    (subject,) = [subject for name, subject in said.verdicts if name == target]
    return said.verdict(target, subject)


def offsite(said: Said) -> tuple[str, str]:
    """Return what is said of the one copy."""
    return told(said, "backup-offsite")


def damage(site: Watched) -> None:
    """Damage the largest pack, and have that found."""
    flip_byte(site.pack("files"), 100)
    assert beffroi("verify", "--config", site.configuration).code == 1


@pytest.mark.slow
@RENAMED
def test_damage_stays_known_when_an_id_changes(watched: Watched, rename: Rename) -> None:
    check(watched)
    damage(watched)
    assert offsite(check(watched)) == ("missed", "damaged")
    rename(watched)
    said = check(watched)
    assert offsite(said) == ("missed", "damaged")
    assert told(said, "backup-rpo") in {("missed", "damaged"), ("unproven", "damaged")}


def test_damage_that_is_mended_is_over_under_the_new_id_as_well(watched: Watched) -> None:
    check(watched)
    sound = shutil.copytree(watched.repository("files"), watched.folder / "sound")
    damage(watched)
    copy_renamed(watched)
    assert offsite(check(watched)) == ("missed", "damaged")
    shutil.rmtree(watched.repository("files"))
    shutil.copytree(sound, watched.repository("files"))
    assert beffroi("verify", "--all", "--config", watched.configuration).code == 0
    assert offsite(check(watched)) == ("met", "within-limit")


@RENAMED
def test_a_point_that_vanished_stays_told_when_an_id_changes(watched: Watched, rename: Rename) -> None:
    check(watched)
    watched.restic(str(watched.repository("files")), "forget", "--keep-last", "1")
    rename(watched)
    assert offsite(check(watched)) == ("missed", "vanished")
    assert offsite(check(watched)) == ("missed", "vanished")


def test_a_copy_that_gets_its_first_id_back_knows_what_was_seen_between(watched: Watched) -> None:
    check(watched)
    copy_renamed(watched)
    check(watched)
    watched.restic(str(watched.repository("files")), "forget", "--keep-last", "1")
    assert offsite(check(watched)) == ("missed", "vanished")
    watched.backups = watched.backups.replace('id = "away"', 'id = "offsite"')
    assert offsite(check(watched)) == ("missed", "vanished")


def test_another_repository_at_the_place_takes_nothing_over(watched: Watched) -> None:
    check(watched)
    damage(watched)
    shutil.rmtree(watched.repository("files"))
    watched.make("files", timedelta(minutes=5))
    copy_renamed(watched)
    assert offsite(check(watched)) == ("unproven", "not-run")
