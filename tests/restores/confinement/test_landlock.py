"""What is granted to a process, and what is not, for each version that a kernel may offer."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.restores.confinement import landlock
from tests.parts.unprivileged import in_child

pytestmark = pytest.mark.programs


@pytest.mark.parametrize("version", range(1, landlock.version() + 1))
def test_each_version_grants_what_is_named_and_nothing_else(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted, other = tmp_path / "granted", tmp_path / "other"
    granted.mkdir()
    other.mkdir()
    (granted / "file").write_text("granted")
    (other / "file").write_text("other")
    monkeypatch.setattr(landlock, "version", lambda: version)

    def tried() -> str:
        landlock.forgo_privileges()
        used = landlock.restrict({str(granted): landlock.READ, str(tmp_path / "not-there"): landlock.READ})
        refused = []
        acts: dict[str, Callable[[], object]] = {
            "read": lambda: (other / "file").read_text(),
            "write": lambda: (granted / "file").write_text("changed"),
            "make": lambda: (granted / "made").touch(),
            "remove": lambda: (granted / "file").unlink(),
            "make a folder": lambda: (granted / "made").mkdir(),
        }
        for name, act in acts.items():
            try:
                act()
            except PermissionError:
                refused.append(name)
        return f"{used} {(granted / 'file').read_text()} {refused}"

    assert in_child(tried) == f"{version} granted ['read', 'write', 'make', 'remove', 'make a folder']"


def test_without_landlock_nothing_is_refused_and_the_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert in_child(lambda: f"{landlock.restrict({})} {os.path.exists('/etc')}") == "0 True"
