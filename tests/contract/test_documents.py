"""The documents name only what exists, and their examples work."""

import ast
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.app import app
from agent.config.load import load
from agent.core.collecting.collector import Collector, Look
from agent.core.convention import CLAUSES
from agent.core.errors import LookError
from agent.core.inventory import DeclaredHost
from agent.core.model import Fact, State
from agent.core.reason import Reason
from agent.evaluation.registry import find
from agent.export.catalogue import METRICS
from agent.export.pages.verdict_details import DayWithoutState
from agent.register.registers import REGISTERS
from agent.wording.languages import LANGUAGES
from agent.wording.reasons.every import REASONS
from agent.wording.targets.every import TARGETS
from tests.parts.checkout import HOME
from tests.parts.of_each import of_each

DOCUMENTS = [
    HOME / "README.md",
    HOME / "CHANGELOG.md",
    HOME / "SECURITY.md",
    HOME / "CONTRIBUTING.md",
    *sorted((HOME / "docs").rglob("*.md")),
]

CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
COMMAND = re.compile(r"(?<![\w/.-])(?:\./)?beffroi((?: +[^\s|`,;()]+)*)")
ANYWHERE = {"--config", "--language", "--help", "--version"}

# What names of roles in the fleet's database begin with; documents name no other.
ROLES = {"beffroi_", "beffroi_arras_", "beffroi_centre", "beffroi_reader_"}


def code(document: Path) -> Iterator[str]:
    """Yield each span and block of code of a document."""
    for block, span in CODE.findall(document.read_text()):
        yield block or span


@cache
def functions(module: Path) -> frozenset[str]:
    """Return the names of a module's functions, none where it is not there."""
    if not module.is_file():
        return frozenset()
    tree = ast.parse(module.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def blocks(document: Path, language: str) -> list[str]:
    """Return the blocks of one language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", document.read_text(), re.DOTALL | re.MULTILINE)


def wrong_commands(text: str) -> list[str]:
    """Return each command, or option of one, that a text names and the program does not have."""
    return [f"beffroi{words}" for words in COMMAND.findall(text) if not known(words.split())]


@cache
def program() -> Any:
    """Return the program's commands."""
    return typer.main.get_command(app)


def known(words: list[str]) -> bool:
    """Return whether the program has this command with these options."""
    command = program()
    options = set(ANYWHERE)
    for word in words:
        commands = getattr(command, "commands", {})
        if word.startswith("-"):
            options |= {option for parameter in command.params for option in parameter.opts}
            if word.split("=")[0] not in options:
                return False
        elif commands:
            if word not in commands:
                return not re.fullmatch(r"[a-z-]+", word)
            command = commands[word]
    return True


def test_the_search_for_commands_sees_what_does_not_exist() -> None:
    assert wrong_commands("run beffroi chekc now, or beffroi check --fast; beffroi ledger verfy") == [
        "beffroi chekc now",
        "beffroi check --fast",
        "beffroi ledger verfy",
    ]
    assert not wrong_commands("beffroi check --target backup-rpo | awk; ./beffroi demo; BEFFROI; beffroi-store@host")


@of_each(DOCUMENTS)
def test_every_command_and_option_in_a_document_exists(document: Path) -> None:
    assert [wrong for text in code(document) for wrong in wrong_commands(text)] == []


@pytest.mark.programs
def test_the_commands_of_moving_are_sound_shell() -> None:
    found = blocks(HOME / "docs/moving.md", "sh")
    assert len(found) > 7
    for block in found:
        subprocess.run(["/bin/sh", "-n"], input=block, text=True, check=True, timeout=60)


def test_every_command_that_is_recommended_to_people_exists() -> None:
    said = [words for target in TARGETS.values() for words in (target.mend, target.measured)]
    said += [words for reason in REASONS.values() for words in (reason.mend, reason.why)]
    texts = [re.sub(r"beffroi (itself|lui)", "", words.of(language)) for words in said for language in LANGUAGES]
    found = [COMMAND.findall(text) for text in texts]
    assert any(found)
    assert [wrong for text in texts for wrong in wrong_first_words(text)] == []


def wrong_first_words(text: str) -> list[str]:
    """Return each command of a sentence, where prose may follow it, that the program does not have."""
    names = program().commands
    said = re.findall(r"(?<![\w-])(?:beffroi) ([a-z]+)", text)
    return [word for word in said if word not in names and word not in ("to", "tourne", "runs", "service", "the", "le")]


@of_each(DOCUMENTS)
def test_every_metric_in_a_document_exists(document: Path) -> None:
    named = set(re.findall(r"\bbeffroi_[a-z_]+", document.read_text()))
    assert named - ROLES <= set(METRICS)


# Kebab-case words in code that are neither reasons, targets, states nor registers.
OTHERS = {
    "alert-path",
    "beffroi-reader",
    "beffroi-root",
    "beffroi-store",
    "files-password",
    "openssh-client",
    "python3-venv",
    "srv-1",
    "store-outdated",
    "known-hosts",
    "adding-a-backup-program",
    "adding-a-collector",
    "adding-a-target",
    "machine-restart",
    "import-linter",
    "iptables-save",
    "prometheus-client",
    "time-machine",
    "working-days",
    "sigsum-witness",
}


@of_each(DOCUMENTS)
def test_every_code_in_a_document_is_one_that_the_program_knows(document: Path) -> None:
    spans = re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", document.read_text())
    codes = {*CLAUSES, *(reason.value for reason in Reason), *(state.value for state in State), *REGISTERS}
    codes |= {untold.value for untold in DayWithoutState}
    assert {span for span in spans if span not in codes and span not in OTHERS} == set()


@pytest.mark.parametrize("name", ["README.md", "docs/operating.md", "docs/decisions.md", "CHANGELOG.md"])
def test_every_key_of_the_configuration_in_a_document_exists(name: str) -> None:
    known = set(re.findall(r"\w+", (HOME / "docs" / "configuration.md").read_text()))
    known |= {field.key for register in REGISTERS.values() for field in register.fields}
    spans = re.findall(r"`(?:\[\w+\] )?([a-z]+(?:_[a-z]+)+)`", (HOME / name).read_text())
    assert {
        span for span in spans if span not in known and span not in METRICS and span not in find().collectors
    } == set()


@of_each(DOCUMENTS)
def test_every_file_that_a_document_links_to_is_there(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


@of_each(DOCUMENTS)
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    named = re.findall(r"`(tests/[\w./-]*)::(\w+)`", document.read_text())
    assert [f"{path}::{name}" for path, name in named if name not in functions(HOME / path)] == []


@of_each(DOCUMENTS)
def test_every_path_of_the_tree_that_a_document_names_is_there(document: Path) -> None:
    paths = re.findall(
        r"`((?:agent|collectors|checks|systemd|requirements|docs|tests)/[\w./-]*)`", document.read_text()
    )
    examples = re.compile(
        r"collectors/(uptime\.py|aside/\w+\.py)|(checks|agent/wording/targets)/machine_restart\.py"
        r"|docs/runbooks/(en/)?machine-restart-missed\.md|tests/collectors/(uptime|aside)/"
    )
    assert [path for path in paths if not examples.fullmatch(path) and not (HOME / path).exists()] == []


def test_the_configuration_on_the_first_screen_is_sound(tmp_path: Path) -> None:
    (example,) = blocks(HOME / "README.md", "toml")
    assert len([line for line in example.splitlines() if line.strip()]) <= 10
    path = tmp_path / "beffroi.toml"
    path.write_text(example)
    configuration = load(path, strict=False)
    assert [copy.subject for copy in configuration.inventory.copies] == ["files/offsite"]
    assert configuration.inventory.copies[0].offsite


def test_every_dependency_has_its_reason() -> None:
    decisions = (HOME / "docs" / "decisions.md").read_text().lower()
    needed = [line.split()[0].lower() for line in (HOME / "requirements" / "runtime.in").read_text().splitlines()]
    assert [name for name in needed if name != "#" and name not in decisions] == []


def test_the_collector_that_is_shown_as_an_example_works() -> None:
    module = example_collector()
    assert all(f"\n{field}" in (module.__doc__ or "") for field in ("Reads:", "Needs:", "Blind:"))
    assert isinstance(module.COLLECTOR, Collector)
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    facts = list(module.collect(DeclaredHost(id="srv-1"), Look(**given_to_look(now, b"350735.47 234388.90\n"))))
    assert facts == [
        Fact(name="machine.start.time", subject="srv-1", value=now - timedelta(seconds=350735.47), as_of=now)
    ]


@given(st.binary(max_size=64))
def test_the_example_s_parser_gives_facts_or_a_typed_error_for_any_bytes(content: bytes) -> None:
    module = example_collector()
    try:
        facts = list(module.parse(content, "srv-1", datetime(2026, 11, 24, tzinfo=UTC)))
    except LookError:
        return
    assert len(facts) == 1


def example_collector() -> Any:
    """Return the module that the document on collectors shows."""
    (text,) = blocks(HOME / "docs" / "adding-a-collector.md", "python")
    module = ModuleType("uptime")
    module.__doc__ = ast.get_docstring(ast.parse(text), clean=False)
    exec(compile(text, "docs/adding-a-collector.md", "exec"), module.__dict__)
    return module


def given_to_look(now: datetime, content: bytes) -> dict[str, Any]:
    """Return what a look is made of, with a host whose every file holds the same."""

    class Machine:
        id = "srv-1"

        def read(self, path: str, *, limit: int) -> bytes:
            return content[:limit]

    machine: Any = Machine()
    return {
        "now": now,
        "here": machine,
        "host": lambda id: machine,
        "timeout": timedelta(seconds=60),
        "folder": Path("/nonexistent"),
    }


def test_each_release_of_the_changelog_opens_with_what_to_do() -> None:
    releases = re.split(r"(?m)^## ", (HOME / "CHANGELOG.md").read_text())[1:]
    assert releases
    for release in releases:
        first = re.search(r"(?m)^### (.+)$", release)
        assert first is not None and first[1] == "What you must do", release.splitlines()[0]
