"""A canary from its planting to the verdict: a backup that runs on time over a dead source is caught."""

import shutil
from pathlib import Path

import pytest

from tests.parts.program import Said, beffroi
from tests.parts.watched import Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    site = Watched(tmp_path)
    site.declare("files", more=f'canary = "{site.source("files")}/.canary"')
    site.make("files")
    return site


def backup(watched: Watched) -> None:
    """Back the source up, now."""
    watched.restic(
        str(watched.repository("files")), "backup", "--quiet", "--host", "srv-1", str(watched.source("files"))
    )


def plant(watched: Watched, backup: str = "files") -> Said:
    """Plant the canary."""
    return beffroi("canary", "plant", backup, "--config", watched.configuration)


def verdict(watched: Watched) -> tuple[str, str]:
    """Look, and return what the recovery point comes to."""
    said = beffroi("check", "--target", "backup-rpo", "--json", "--config", watched.configuration)
    return said.verdict("backup-rpo", "files")


def test_a_planted_canary_is_met_and_a_dead_source_is_not(watched: Watched) -> None:
    planted = plant(watched)
    assert (planted.code, planted.err) == (0, "")
    assert ".canary: canary of 20" in planted.out
    backup(watched)
    assert verdict(watched) == ("met", "within-limit")

    canary = watched.source("files") / ".canary"
    text = canary.read_text()
    year = text.partition("date: ")[2][:4]
    canary.write_text(text.replace(year, str(int(year) - 1)))
    backup(watched)
    assert verdict(watched) == ("missed", "too-old")

    # The disk is not mounted: its folder is empty, and what someone leaves there is no source.
    shutil.rmtree(watched.source("files"))
    (watched.folder / "sources" / "files").mkdir()
    refused = plant(watched)
    assert (refused.code, refused.out) == (2, "")
    (watched.source("files") / "forgotten.txt").write_text("x")
    backup(watched)
    # Two earlier points tell that it fell; without them it would be unproven, by the canary that is absent.
    assert verdict(watched) == ("missed", "shrunk")


def test_what_cannot_be_planted_says_why(watched: Watched) -> None:
    watched.declare("bare", source=watched.source("files"))
    for name, word in (("fils", "files"), ("bare", "canary =")):
        said = plant(watched, name)
        message, hint = said.err.splitlines()
        assert (said.code, said.out) == (2, "")
        assert word in hint
        assert name in message
