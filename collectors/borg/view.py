"""A view of a repository on this machine: a folder of our own with a link to each of its files.

borg writes where it is only asked to read: `borg list --bypass-lock` removes an index that is damaged or older than the
data, writes another one and commits it (1.2.4 and 1.4.0), and `borg check` always takes the exclusive lock. In a view
all of that ends up in our folder. It holds no lock of the repository, so that none is waited for and none is broken.
"""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.deadline import within
from agent.core.errors import Denied, Missing, Unreadable
from agent.core.files import read_file, shown

CONFIG_LIMIT = 1024 * 1024
# `config` is a file of our own, since borg writes over it where it stands.
_READ = re.compile(r"(?:index|hints|integrity)\.\d{1,20}|README")


def refreshed(repository: str, view: Path, timeout: timedelta) -> Path:
    """Return the view of a repository as its folder is now.

    Raises RepositoryAbsent where there is none, Denied, Unreadable, and TimedOut where its disk does not answer.
    """
    within(timeout, repository, lambda: _refresh(Path(os.path.abspath(repository)), view))
    return view


def stored_bytes(view: Path) -> int:
    """Return how many bytes the segments of a view hold; one that is gone counts for nothing."""
    return sum(_size(file) for folder in _folders(view / "data") for file in os.scandir(folder))


def _size(file: "os.DirEntry[str]") -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _refresh(repository: Path, view: Path) -> None:
    try:
        config = read_file(repository / "config", limit=CONFIG_LIMIT)
        wanted = dict(_links(repository))
    except (Missing, FileNotFoundError, NotADirectoryError) as error:
        raise RepositoryAbsent(f"there is no repository at {repository}") from error
    except PermissionError as error:
        raise Denied(
            f"{repository} may not be read", "let the agent's user read the repository, and nothing more"
        ) from error
    except OSError as error:
        raise Unreadable(f"{repository} cannot be read: {error.strerror}") from error
    _clear(view, wanted)
    for name, target in wanted.items():
        link = view / name
        link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(target)
    (view / "config").write_bytes(config)


def _links(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of each file below a view, and what it leads to. Raises Unreadable for a link among the data.

    Of the others those alone that borg reads: through a link of the name of one that it writes (`hints.5.tmp`,
    `transactions`) it would write to wherever that leads.
    """
    for entry in os.scandir(repository):
        if _READ.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
            yield entry.name, entry.path
    for folder in _folders(repository / "data"):
        for entry in os.scandir(folder):
            if entry.name.isdecimal():
                _hold_to_no_link(entry)
                yield f"data/{os.path.basename(folder)}/{entry.name}", entry.path


def _folders(data: Path) -> list[str]:
    found = [entry for entry in os.scandir(data) if entry.name.isdecimal() and entry.is_dir()]
    for entry in found:
        _hold_to_no_link(entry)
    return [entry.path for entry in found]


def _hold_to_no_link(entry: "os.DirEntry[str]") -> None:
    if entry.is_symlink():
        raise Unreadable(f"{shown(entry.path)} is a link: what it leads to may be anything")


def _clear(view: Path, wanted: dict[str, str]) -> None:
    """Remove from a view what the repository has not: what was there before, and what borg wrote."""
    view.mkdir(mode=0o700, parents=True, exist_ok=True)
    (view / "data").mkdir(mode=0o700, exist_ok=True)
    for folder, folders, files in os.walk(view):
        below = os.path.relpath(folder, view)
        for name in files:
            path = os.path.join(folder, name)
            target = wanted.get(name if below == "." else f"{below}/{name}")
            if target is None or not os.path.islink(path) or os.readlink(path) != target:
                os.unlink(path)
        for name in [name for name in folders if name.startswith("lock.")]:
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
            folders.remove(name)
