"""Collectors are found by listing their package; what they declare holds together."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import collectors
from agent.config.schedule_keys import collect_words, schedule_keys
from agent.core.convention import CLAUSES
from agent.core.inventory import DeclaredHost
from agent.evaluation.registry import find

DECLARED = """
from agent.core.collecting.collector import Collector
from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import DeclaredHost

SCHEDULE = ScheduleKey(name="{key}", default="03:30", description="Look.")
COLLECTOR = Collector(
    name="lonely",
    schedule="{used}",
    collect_word={word!r},
    looks_at=DeclaredHost,
    collect=lambda machine, look: (),
    subject_of=lambda machine: machine.id,
    host_of=lambda machine: machine.id,
)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder whose files are found as if they lay in `collectors`."""
    collectors.__path__.append(str(tmp_path))
    try:
        yield tmp_path
    finally:
        collectors.__path__.remove(str(tmp_path))
        sys.modules.pop("collectors.lonely", None)
        vars(collectors).pop("lonely", None)


@pytest.mark.parametrize(
    ("key", "used", "word", "said"),
    [
        ("lonely", "hours", None, r"collectors\.lonely: no collector declares \[schedule\] hours"),
        ("lonely", "lonely", "lonely", r"collectors\.lonely: no collector declares lonely as a word of collect"),
        ("patches", "patches", None, r"\[schedule\] patches is declared by two collectors"),
    ],
)
def test_a_collector_uses_no_key_that_none_declares(
    folder: Path, key: str, used: str, word: str | None, said: str
) -> None:
    (folder / "lonely.py").write_text(DECLARED.format(key=key, used=used, word=word))
    with pytest.raises(ValueError, match=said):
        find()


def test_each_key_of_the_schedule_has_a_collector_and_each_word_a_target() -> None:
    registry = find()
    assert {one.schedule for one in registry.collectors.values()} == set(schedule_keys())
    assert {one.collect_word for one in registry.collectors.values()} - {None} == set(collect_words())
    of_hosts = [clause for clause in CLAUSES.values() if DeclaredHost in clause.subjects]
    assert {clause.collect_word for clause in of_hosts} == set(collect_words())
