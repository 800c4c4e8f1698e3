"""Runs something in a child process, without root's rights where the tests have them, or under limits of its own."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


def may_play_another_user() -> bool:
    """Return whether this is root, with a Python that every other user may read: one below /root is not."""
    lies_in = (Path(os.__file__), Path(sys.prefix), Path(__file__))
    folders = {folder for path in lies_in for folder in path.resolve().parents}
    return os.geteuid() == 0 and all(folder.stat().st_mode & 0o001 for folder in folders)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Lend a folder that a stranger may enter, as pytest's own may not be."""
    with tempfile.TemporaryDirectory(prefix="beffroi-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def give_to_group(folder: Path) -> None:
    """Let a stranger read a folder's files as a member of their group, where we may give them away at all."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 0, NOBODY, follow_symlinks=False)


def in_child(work: Callable[[], str], *, uid: int | None = None) -> str:
    """Return what some work says in a child process; what it raises is said as `Type: message`.

    The child takes the identity of `uid` first, where the tests run as root. It ends without running anything else.
    """
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        _carry_out(work, writable, uid)
    os.close(writable)
    with os.fdopen(readable) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def _carry_out(work: Callable[[], str], writable: int, uid: int | None) -> None:
    try:
        if uid is not None and os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        said = work()
    except BaseException as error:
        said = f"{type(error).__name__}: {error}"
    os.write(writable, said.encode(errors="backslashreplace")[:60000])
    os._exit(0)
