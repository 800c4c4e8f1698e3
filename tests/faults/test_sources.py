"""What happens to a source shows in its next point: attacks and an empty disk at once, busy days never."""

import gzip
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.laboratory import Laboratory, laboratory, restic_is_old
from tests.parts.program import Said, beffroi

pytestmark = [pytest.mark.programs, pytest.mark.network]

NUMBER, SIZE, DAYS = 60, 200_000, 8
RECENT = timedelta(minutes=10)
WORDS = [f"paragraphe {number} du schéma de cohérence\n" for number in range(5000)]


def text(chance: random.Random, size: int = SIZE) -> bytes:
    """Return a text that is like no other, and that compresses as texts do."""
    return "".join(chance.choices(WORDS, k=size // 35)).encode()[:size]


def usual_day(source: Path, chance: random.Random) -> None:
    for path in chance.sample(sorted(source.iterdir()), 8):
        path.write_bytes(text(chance))


def nothing_but_ctimes(source: Path, chance: random.Random) -> None:
    for path in source.iterdir():
        path.chmod(0o640)


def encrypt(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


def encrypt_a_tenth(source: Path, chance: random.Random) -> None:
    usual_day(source, chance)
    for path in chance.sample(sorted(source.iterdir()), NUMBER // 10):
        # Each is larger than the usual ones, as the documents that matter are.
        path.write_bytes(os.urandom(3_000_000))


def encrypt_all_and_rename(source: Path, chance: random.Random) -> None:
    for path in sorted(source.iterdir()):
        encrypt(path)
        path.rename(path.with_suffix(".locked"))


def lose_everything(source: Path, chance: random.Random) -> None:
    for path in source.iterdir():
        path.unlink()


def lose_two_fifths(source: Path, chance: random.Random) -> None:
    for path in sorted(source.iterdir())[: NUMBER * 2 // 5]:
        path.unlink()


def move_everything(source: Path, chance: random.Random) -> None:
    for path in sorted(source.iterdir()):
        path.rename(path.with_suffix(".old"))


def grow_by_text(source: Path, chance: random.Random) -> None:
    for number in range(20):
        (source / f"new-{number}.txt").write_bytes(text(chance, 1_000_000))


def grow_by_archives(source: Path, chance: random.Random) -> None:
    for number in range(20):
        (source / f"new-{number}.gz").write_bytes(gzip.compress(os.urandom(1_000_000), 1))


Change = Callable[[Path, random.Random], None]
MET = ("met", "within-limit")
DAYS_AFTER: Mapping[str, tuple[Change, tuple[str, str]]] = {
    "usual": (usual_day, MET),
    "ctimes": (nothing_but_ctimes, MET),
    "moved": (move_everything, MET),
    "grown": (grow_by_text, MET),
    "encrypted-tenth": (encrypt_a_tenth, ("missed", "content-changed")),
    "encrypted-all": (encrypt_all_and_rename, ("missed", "content-changed")),
    "archives": (grow_by_archives, ("missed", "content-changed")),
    "emptied": (lose_everything, ("missed", "empty")),
    "less": (lose_two_fifths, ("missed", "shrunk")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the program said, and the summary of each last point."""

    said: Said
    last: Mapping[str, Mapping[str, int]]


def make_history(lab: Laboratory) -> Path:
    """Return a source of which the bare repository has a point of each of the last days."""
    source = lab.watched.folder / "office"
    source.mkdir()
    chance = random.Random(7)
    for number in range(NUMBER):
        (source / f"{number:02}.txt").write_bytes(text(chance))
    for day in range(DAYS, 0, -1):
        usual_day(source, chance)
        lab.bare.backup(source, datetime.now(UTC) - timedelta(days=day))
    return source


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    if restic_is_old():
        pytest.skip("points of a restic before 0.17 hold no summary")
    with laboratory() as lab:
        source = make_history(lab)
        aside = source.rename(source.with_name("aside"))
        summaries = {}
        for name, (change, _) in DAYS_AFTER.items():
            shutil.copytree(aside, source)
            change(source, random.Random(name))
            repository = replace(lab.take(name, bare=True))
            repository.backup(source, datetime.now(UTC) - RECENT)
            summaries[name] = json.loads(repository.run("snapshots", "--json", "--latest", "1"))[-1]["summary"]
            shutil.rmtree(source)
            lab.declare(name, source=source)
        said = beffroi("check", "--json", "--target", "backup-rpo", "--config", lab.watched.configuration)
        yield Seen(said=said, last=summaries)


@pytest.mark.parametrize("name", DAYS_AFTER)
def test_a_day_in_a_source_is_judged_by_the_days_before_it(name: str, seen: Seen) -> None:
    assert seen.said.verdict("backup-rpo", name) == DAYS_AFTER[name][1], seen.last[name]


def test_what_must_be_no_alarm_was_a_day_on_which_much_changed(seen: Seen) -> None:
    assert seen.last["ctimes"]["files_changed"] == NUMBER
    assert seen.last["moved"]["files_new"] == NUMBER
    assert seen.last["grown"]["data_added"] > 5 * seen.last["usual"]["data_added"]


def test_the_figures_behind_an_alarm_are_told(seen: Seen) -> None:
    for name in ("encrypted-tenth", "encrypted-all"):
        assert "usual_bytes=" in seen.said.verdicts["backup-rpo", name]["detail"]
