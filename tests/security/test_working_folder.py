"""A folder that somebody else may fill is where a program is started: no Python imports what lies there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.core.ownership import HOME
from agent.hosts.store_program import script
from agent.installation.release import install_libraries

SET_UP = HOME / "requirements" / "set-up.sh"
# Modules of the standard library, and pip, that a set-up or a hashing imports.
NAMES = ("ensurepip", "venv", "pip", "hashlib", "compileall", "runpy", "pathlib", "shutil", "logging")
TOOLS = ("sh", "find", "awk", "xargs", "date", "stat", "df", "head", "tr", "timeout")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Return a folder whose modules leave a mark beside it wherever they are imported."""
    folder = tmp_path / "hostile"
    for name in NAMES:
        (folder / name).mkdir(parents=True)
        for file in ("__init__.py", "__main__.py"):
            (folder / name / file).write_text(f"open({str(tmp_path / 'taken')!r}, 'a').write('{name} ')\n")
    return folder


def is_untouched(hostile: Path) -> bool:
    return not (hostile.parent / "taken").exists()


@pytest.mark.programs
def test_a_first_start_imports_nothing_of_where_it_is_run(hostile: Path) -> None:
    """Root that starts the program in /tmp must not run /tmp/venv.py."""
    lock = hostile.parent / "lock.txt"
    lock.write_text("")
    lines = f'. {SET_UP}; said={hostile.parent}/said; make_environment "{sys.executable}" {hostile.parent}/made {lock}'
    subprocess.run(["sh", "-c", lines], cwd=hostile, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (hostile.parent / "made" / "bin" / "python").exists()
    assert is_untouched(hostile)


@pytest.mark.programs
def test_an_installation_imports_nothing_of_where_it_is_run(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = hostile.parent / "lock.txt"
    lock.write_text("no-such-library==1.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.chdir(hostile)
    with pytest.raises(UsageError):
        install_libraries(Path(sys.prefix), lock, hostile)
    assert is_untouched(hostile)


@pytest.mark.programs
def test_a_store_imports_nothing_of_what_it_hashes(hostile: Path) -> None:
    """A writer of the repository chooses what lies where python3 hashes it, on a machine without sha256sum."""
    tools = hostile.parent / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or f"/nowhere/{name}")
    (tools / "python3").symlink_to(Path(sys.executable).resolve())
    (hostile / "config").write_bytes(b"config")
    (hostile / "index").mkdir()
    (hostile / "index" / "ab").write_bytes(b"index")
    ran = subprocess.run(
        ["/bin/sh", "-c", script(), "beffroi-store", "hash", str(hostile)],
        input="index/ab\n",
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "tool python3" in ran.stdout
    assert "bad index/ab" in ran.stdout
    assert is_untouched(hostile)


@pytest.mark.parametrize("file", ["beffroi", "requirements/set-up.sh", "agent/hosts/store.sh"])
def test_no_script_starts_a_python_that_imports_from_its_folder(file: str) -> None:
    """The class of it: each start that takes a module or a line of code says -I, or -P."""
    text = (HOME / file).read_text()
    started = re.findall(r"""(?:python3?"?|"\$1"|"\$python") (-\w+)""", text)
    assert started
    assert set(started) <= {"-I", "-P"}
