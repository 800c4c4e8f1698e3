"""The machine that each test installs on."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from agent.installation import release, service
from tests.installation.machine import Machine, made


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setattr(service, "WELL_FOR", timedelta(0))
    # pytest's own folder is closed to others, as is the Python of some who run these tests.
    monkeypatch.setattr(release, "_require_for_all", lambda python: None)
    monkeypatch.setattr(release, "install_libraries", lambda folder, lock, wheels: None)
    return made(tmp_path, tools)
