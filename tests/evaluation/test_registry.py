"""Collectors are found by listing their package; what they declare holds together."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import collectors
from agent.config.load import load
from agent.config.schedule_keys import collect_words, own_keys, schedule_keys
from agent.core.collecting.backup_program import BackupProgram, opens_nothing
from agent.core.convention import CLAUSES
from agent.core.inventory import Copy, DeclaredHost, Flow, Inventory, Log
from agent.evaluation.registry import find
from agent.evaluation.tasks import tasks_of
from collectors.logs.collect import COLLECTOR

WHOLE = Path(__file__).parents[1] / "config" / "recorded" / "whole.toml"
DECLARED = """
from agent.core.collecting.collector import Collector
from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import Copy, DeclaredHost, Flow, Inventory, Log

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


def test_a_folder_is_loaded_only_for_what_it_looks_at() -> None:
    always = {"doors"}
    clock = DeclaredHost(id="srv-1", collect=("clock",))
    assert set(find(Inventory()).collectors) == always
    assert set(find(Inventory(hosts=(clock,))).collectors) == always | {"clock"}
    flow = Flow(id="dns", from_host="srv-1", to="srv-2:53", protocol="udp", expect="open")
    assert set(find(Inventory(flows=(flow,))).collectors) == always | {"firewall", "flows", "web_filter"}


@pytest.mark.parametrize("what", ["hosts", "backups", "log_sources", "flows", "web_filters"])
def test_an_inventory_has_every_collector_that_looks_at_it(what: str) -> None:
    declared = load(WHOLE, strict=False).inventory
    alone = Inventory(**{what: getattr(declared, what)})
    wanted = [task.name for task in tasks_of(find(), alone)]
    assert wanted
    assert [task.name for task in tasks_of(find(alone), alone)] == wanted


@pytest.mark.parametrize(
    ("looks_at", "collect_word", "said"),
    [
        (DeclaredHost, "patches", "looks at hosts, but not by logs, the word of its folder"),
        (Copy, None, "looks at Copy, not in LOOKS_AT of its folder"),
    ],
)
def test_a_collector_that_its_folder_does_not_declare_is_refused(
    monkeypatch: pytest.MonkeyPatch, looks_at: type, collect_word: str | None, said: str
) -> None:
    declared = replace(COLLECTOR, looks_at=looks_at, collect_word=collect_word)
    monkeypatch.setattr("collectors.logs.collect.COLLECTOR", declared)
    monkeypatch.setattr("collectors.logs.LOOKS_AT", (Log, DeclaredHost))
    with pytest.raises(ValueError, match=f"collectors.logs.collect {said}"):
        find()


def test_each_key_of_the_schedule_has_a_collector_and_each_word_a_target() -> None:
    registry = find()
    assert {one.schedule for one in registry.collectors.values()} == set(schedule_keys())
    words = {*collect_words(), *own_keys()}
    assert {one.collect_word for one in registry.collectors.values()} - {None} == words
    of_hosts = [clause for clause in CLAUSES.values() if DeclaredHost in clause.subjects]
    assert {clause.collect_word for clause in of_hosts} == words
    assert {clause.collect_word for clause in of_hosts if clause.on_request} == set(own_keys())


@pytest.mark.parametrize("program", find().programs.values(), ids=lambda program: program.looks.name)
def test_a_program_carries_out_what_its_looks_promise(program: BackupProgram) -> None:
    """The configuration reads the promise alone: it knows no collector."""
    assert program.looks.started is (program.clusters is not None)
    assert program.looks.restores is (program.opens is not opens_nothing)
