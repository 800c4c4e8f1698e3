"""Make a restored data folder ready to be started: of what it brings along, its data alone is left in force.

Its own configuration, recovery settings, rules of access and links are foreign: they name commands to run, libraries to
load and folders elsewhere. The server is given a configuration of its own (settings), and what it would read beside
that is put out of its way here.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.core.errors import Damaged, Unreadable
from agent.core.files import shown
from agent.restores.clusters.installed import major_in

_AUTO = "postgresql.auto.conf"
# Leftovers of the running cluster, settings that the server would read, and what would make it anything but a primary
# that is recovered from an archive.
_OUT_OF_THE_WAY = (
    *("postmaster.pid", "postmaster.opts", "standby.signal", "recovery.signal", "recovery.conf", "tablespace_map"),
    *(_AUTO, "postgresql.conf", "pg_hba.conf", "pg_ident.conf"),
)
_SLOTS = "pg_replslot"
_LARGEST_VERSION = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFolder:
    """Where a cluster is restored to, in a private folder: its data, its WAL by segment, its own settings, its socket.

    The socket's folder has the shortest of names, since a path to a socket is short.
    """

    root: Path

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.root / "data"

    @property
    def tablespaces(self) -> Path:
        """Return the folder of its tablespaces, each under its number."""
        return self.root / "tablespaces"

    @property
    def wal(self) -> Path:
        """Return the folder of the archived segments and history files that are to be replayed."""
        return self.root / "wal"

    @property
    def settings(self) -> Path:
        """Return the folder of the settings that are in force."""
        return self.root / "settings"

    @property
    def socket(self) -> Path:
        """Return the folder of the socket."""
        return self.root / "s"


def removed() -> tuple[str, ...]:
    """Return the names of what is put out of the way, folders that are emptied among them."""
    return (*_OUT_OF_THE_WAY, _SLOTS)


def major_of(folder: ClusterFolder) -> int:
    """Return the major version of a restored cluster. Raises Damaged where no cluster came back."""
    path = folder.data / "PG_VERSION"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Damaged(f"{shown(path)} is no file: no cluster came back")
        with path.open("rb") as file:
            major = major_in(file.read(_LARGEST_VERSION).decode(errors="replace"))
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        raise Damaged(f"the restored folder has no PG_VERSION ({why}): no cluster came back") from error
    if major is None:
        raise Damaged("the restored PG_VERSION names no version of PostgreSQL")
    return major


def make_harmless(folder: ClusterFolder) -> None:
    """Leave of a restored cluster its data alone.

    Raises Unreadable for a link to anything but its own tablespaces, Damaged where nothing says from where to replay.
    """
    _own_modes(folder.data)
    _hold_to_labelled(folder.data / "backup_label")
    for name in _OUT_OF_THE_WAY:
        _remove(folder.data / name)
    (folder.data / _AUTO).touch(mode=0o600, exist_ok=False)
    (folder.data / "recovery.signal").touch(mode=0o600, exist_ok=False)
    _remove_slots(folder.data / _SLOTS)
    _link_tablespaces(folder)
    for path in _links(folder.data):
        raise Unreadable(f"the restored cluster holds a link, {shown(path.relative_to(folder.data))}, to elsewhere")
    for own in (folder.settings, folder.socket, folder.wal):
        own.mkdir(mode=0o700, exist_ok=True)


def _own_modes(data: Path) -> None:
    """Give this user, and no other, every right to the folders: the server starts with nothing less."""
    if data.is_symlink():
        raise Unreadable("the restored data folder is a link")
    for root, folders, _ in os.walk(data):
        os.chmod(root, 0o700)
        for name in folders:
            if not os.path.islink(os.path.join(root, name)):
                os.chmod(os.path.join(root, name), 0o700)


def _hold_to_labelled(label: Path) -> None:
    """Raise Damaged where a base backup has lost its label.

    A server replays from the label on. Without it one starts all the same, from a later checkpoint that the control
    file names: what was copied before that stays as it was, and nothing tells.
    """
    if label.is_symlink() or not label.is_file():
        raise Damaged("the base backup has no backup_label, which says from where its WAL is to be replayed")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        raise Unreadable(f"the restored cluster has a folder in the place of {path.name}")
    path.unlink(missing_ok=True)


def _remove_slots(place: Path) -> None:
    """Remove replication slots: their positions are of the running cluster, and WAL is kept for them."""
    if not place.is_dir() or place.is_symlink():
        return
    for root, folders, files in os.walk(place, topdown=False):
        for name in files:
            os.unlink(os.path.join(root, name))
        for name in folders:
            path = os.path.join(root, name)
            os.unlink(path) if os.path.islink(path) else os.rmdir(path)


def _link_tablespaces(folder: ClusterFolder) -> None:
    """Lead each tablespace to where it was restored, wherever its link led."""
    place = folder.data / "pg_tblspc"
    if place.is_symlink() or not place.is_dir():
        raise Damaged("the restored cluster has no folder pg_tblspc")
    own = os.path.realpath(folder.tablespaces)
    for path in place.iterdir():
        if path.is_symlink() and os.path.dirname(os.path.realpath(path)) != own:
            path.unlink()
    known = sorted(folder.tablespaces.iterdir()) if folder.tablespaces.is_dir() else []
    for target in known:
        if target.name.isdecimal() and target.is_dir() and not os.path.lexists(place / target.name):
            (place / target.name).symlink_to(target)


def _links(data: Path) -> Iterator[Path]:
    """Yield every link in the data folder but those to tablespaces."""
    for root, folders, files in os.walk(data):
        if root == str(data / "pg_tblspc"):
            continue
        yield from (Path(root, name) for name in (*folders, *files) if os.path.islink(os.path.join(root, name)))
