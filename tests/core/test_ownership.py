"""One owner for each of our package names."""

import sys
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.core.ownership import refuse_strangers, strangers


def install(folder: Path, name: str, *files: str) -> None:
    """Lay what pip leaves of an installed distribution."""
    information = folder / f"{name}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (information / "RECORD").write_text("".join(f"{file},sha256=x,1\n" for file in files))


def test_nothing_else_owns_our_names_here() -> None:
    assert strangers() == ()


def test_a_distribution_that_writes_over_our_package_is_named(tmp_path: Path) -> None:
    install(tmp_path, "some-agent", "some_agent/__init__.py", "agent/__init__.py", "agent/core.py")
    assert strangers([str(tmp_path)]) == ("agent: some-agent",)


def test_a_module_of_our_name_is_named_too(tmp_path: Path) -> None:
    install(tmp_path, "healthchecks", "checks.py")
    assert strangers([str(tmp_path)]) == ("checks: healthchecks",)


def test_our_own_distribution_is_no_stranger(tmp_path: Path) -> None:
    install(tmp_path, "beffroi", "agent/__init__.py", "checks/__init__.py", "collectors/__init__.py")
    assert strangers([str(tmp_path)]) == ()


def test_a_name_that_only_begins_like_ours_is_free(tmp_path: Path) -> None:
    install(
        tmp_path, "others", "agents/__init__.py", "agent_core/__init__.py", "vendor/agent/__init__.py", "checks_x.py"
    )
    assert strangers([str(tmp_path)]) == ()


def test_the_mend_is_said_when_there_is_a_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "some-agent", "agent/__init__.py")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    with pytest.raises(UsageError, match="agent: some-agent") as refused:
        refuse_strangers()
    assert "virtual environment" in refused.value.hint
