"""Names in what is backed up that speak like restic beside an error that their author brought about."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.collecting.backup_program import Node, RestoreResult
from agent.core.host import Output
from agent.core.reason import Reason
from agent.restores.exercise import ExerciseOutcome
from collectors.restic.restore import outcome
from tests.end_to_end.test_drill import exercise
from tests.parts.unprivileged import open_folder
from tests.parts.watched import Watched

# A path of this length can be made, and is too long once it is restored below another folder.
LONGEST = 4085
SPEAKS = "q\nciphertext verification failed"


@pytest.fixture
def site() -> Iterator[Watched]:
    """Return a site whose source holds one file, far down, whose name ends in a line of restic's."""
    with open_folder() as folder:
        own = Watched(folder)
        place = str(own.source("files"))
        while len(place) + 61 < LONGEST - len(SPEAKS) - 1:
            place += "/" + "b" * 60
            os.mkdir(place)
        name = SPEAKS + "z" * (LONGEST - len(place) - len(SPEAKS) - 1)
        Path(place, name).write_text("letter\n")
        own.make("files")
        own.restic(str(own.repository("files")), "backup", "--quiet", "--host", "srv-1", str(own.source("files")))
        own.declare("files")
        yield own


@pytest.mark.programs
@pytest.mark.network
def test_a_name_that_speaks_like_restic_is_no_damage(site: Watched) -> None:
    done = exercise(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.UNPROVEN, Reason.UNREADABLE)
    assert done.comparison is not None
    assert done.comparison.too_deep == 1


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("q\nhash mismatch", ["hash mismatch: open /t/srv/q", "hash mismatch: file name too long"]),
        ("q\nhash mismatch\n", ["hash mismatch"]),
        ("q\nhash mismatch\r\n", ["hash mismatch"]),
        ("q: hash mismatch\n", ["ignoring error for /srv/q: hash mismatch", ": open /t/srv/q: hash mismatch"]),
        ("q\n\ufffd\ufffdhash mismatch", ["\ufffdhash mismatch: open /t/srv/q"]),
        ('q\n{"message": "hash mismatch"}\n', ["hash mismatch"]),
    ],
)
def test_what_a_name_puts_into_lines_is_no_word_of_damage(name: str, lines: list[str]) -> None:
    plain, odd = node("/srv/a"), node(f"/srv/{name}")
    damaged = RestoreResult(took=timedelta(seconds=1), damaged=True, words=tuple(lines))
    assert damaged.of([plain]) == damaged
    found = damaged.of([plain, odd])
    assert (found.damaged, found.hindered) == (False, Reason.EXITED)


def test_a_word_of_damage_counts_beside_a_name_with_a_line_break() -> None:
    words = ("hash mismatch: open /t/srv/q", "ignoring error for /srv/a: ciphertext verification failed")
    damaged = RestoreResult(took=timedelta(seconds=1), damaged=True, words=words)
    assert damaged.of([node("/srv/a"), node("/srv/q\nhash mismatch")]) == damaged


@pytest.mark.parametrize("ends", ["\u2028", "\x85", "\x1c", "\x0b", "\r"])
def test_only_a_line_feed_ends_a_line_of_restic(ends: str) -> None:
    said = (
        f"ignoring error for /srv/q{ends}hash mismatch: lchown: operation not permitted\nFatal: There were 1 errors\n"
    )
    output = Output(stdout=b"", stderr=said.encode(), status=1, duration=timedelta(seconds=1))
    assert (outcome(output).damaged, outcome(output).hindered) == (False, Reason.EXITED)


def node(path: str) -> Node:
    """Return one file of a point."""
    return Node(path=path, type="file", mode=0o644, uid=0, gid=0, size=1, modified=None, inode=1)
