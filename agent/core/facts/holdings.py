"""What a machine holds that may need a backup: file systems, folders, databases, guests, volumes of containers."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.core.globs import name_expression, path_expression
from agent.core.model import Observation
from agent.core.reason import Reason
from agent.core.registered import registered

HOLDING = "coverage.holding"
# Value: a Link. A path that a backup names, and where it really leads.
LINK = "coverage.link"

MOUNT, FOLDER, MAIL, WEB, REMOTE = "mount", "folder", "mail", "web", "remote"
CONTAINER, POSTGRESQL, MARIADB, LIBVIRT, PROXMOX = "container", "postgresql", "mariadb", "libvirt", "proxmox"
PATHS = frozenset({MOUNT, FOLDER, MAIL, WEB, REMOTE})
DATABASES = frozenset({POSTGRESQL, MARIADB})
GUESTS = frozenset({LIBVIRT, PROXMOX})
# What lies in these is no data: it tells of guests, web folders and servers, and no path excuses that it was not seen.
TELLING = (
    "/proc",
    "/etc/fstab",
    "/etc/docker",
    "/etc/containers",
    "/run/libvirt",
    "/etc/libvirt",
    "/etc/pve",
    "/etc/nginx",
    "/etc/apache2",
    "/etc/httpd",
)
# What a `what` or an entry of `dumps` may begin with, before a colon.
KINDS = (POSTGRESQL, MARIADB, LIBVIRT, PROXMOX, CONTAINER)


@registered("coverage.holding")
@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One thing that was found; `name` is its path where it is one of the file tree.

    `paths` are where it lies: of a file system each place where it is mounted whole, of a guest what it calls its
    disks. `shown` are the places where bind mounts show it as well: a backup may hold it there, and what is said of
    such a place says nothing of the thing itself. `bytes` is its size to two figures; None: not counted. `since` is
    when it was first seen. `holds` are the names at the top of a file system that has few. `server` is the machine that
    it is mounted from. `hindered`: it is there, and what is in it could not be listed, by a reason code, with what was
    `said`.
    """

    kind: str
    name: str
    since: datetime
    paths: tuple[str, ...] = ()
    bytes: int | None = None
    holds: tuple[str, ...] = ()
    server: str = ""
    hindered: str = ""
    said: str = ""
    shown: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return the name under which people meet it."""
        return self.name if self.kind in PATHS else f"{self.kind}:{self.name}"

    @property
    def reason(self) -> Reason:
        """Return why it could not be listed."""
        return Reason(self.hindered)


@registered("coverage.link")
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A path that a backup names: where it leads once each link above it is followed; `link`: it is one itself."""

    path: str
    real: str
    link: bool


def holdings_in(observation: Observation) -> Iterator[Holding]:
    """Yield what a look found."""
    for fact in observation.named(HOLDING):
        if isinstance(fact.value, Holding):
            yield fact.value


def links_in(observation: Observation) -> Mapping[str, Link]:
    """Return where the paths of backups lead, by the paths."""
    return {fact.value.path: fact.value for fact in observation.named(LINK) if isinstance(fact.value, Link)}


def is_pattern(text: str) -> bool:
    """Return whether a text can name something that is found: an absolute path, or `kind:NAME`."""
    kind, colon, name = text.partition(":")
    return text.startswith("/") or (bool(colon and name) and kind in KINDS)


def is_named(holding: Holding, pattern: str) -> bool:
    """Return whether a pattern names what was found; `*` stays within a name, `**` is any number of folders.

    A path that ends in `/**` names the folder itself as well. A file system is named by its name, or where the pattern
    names each of its places: one place alone says nothing of what another one shows.
    """
    kind, _, name = pattern.partition(":")
    if not pattern.startswith("/"):
        return kind == holding.kind and re.fullmatch(name_expression(name), holding.name, re.DOTALL) is not None
    if holding.kind not in PATHS and holding.kind != CONTAINER:
        return False
    folder = pattern.removesuffix("/**")
    expression = path_expression(folder) + ("(?:/.*)?" if folder != pattern else "")
    named = [re.fullmatch(expression, path, re.DOTALL) is not None for path in holding.paths]
    by_name = holding.kind in PATHS and re.fullmatch(expression, holding.name, re.DOTALL) is not None
    # A volume at two places is one folder, which a bind mount shows again.
    return by_name or (bool(named) and (any(named) if holding.kind == CONTAINER else all(named)))


def lies_in(path: str, folder: str) -> bool:
    """Return whether a path is a folder, or lies below it."""
    path, folder = posixpath.normpath(path), posixpath.normpath(folder)
    return path == folder or folder == "/" or path.startswith(folder + "/")
