"""Which paths of a host the recovery points of its backups hold, as the newest lists of its copies show. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.core.convention import CLAUSES, RECOVERY_POINT
from agent.core.facts.holdings import Link
from agent.core.facts.recovery_points import TREE_UNTOLD, points_in
from agent.core.facts.wal_archive import MATCHED, NOWHERE
from agent.core.inventory import Backup, Copy, DeclaredHost
from agent.core.judging.check import Question
from agent.core.judging.counting import counted_points, points_with_files
from agent.core.model import Observation
from agent.core.period import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedPath:
    """A path of a backup, and where it leads (`real`); of dumps and databases their pattern or kind is the path.

    `held`: a copy's list shows a recovery point of it. `seen`: every copy's list is fresh, or one shows such a point.
    `sockets` are those on which the database clusters answer that it holds; empty: nothing shows which they are.
    """

    path: str
    real: str
    backup: str
    held: bool
    seen: bool
    sockets: frozenset[str] = frozenset()

    @property
    def rank(self) -> int:
        """Return how little it shows: 0 held, 1 not known, 2 not held."""
        if self.held:
            return 0
        return 2 if self.seen else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedPaths:
    """What a host's backups hold: paths, what they name as `dumps`, and kinds of databases that are their program's."""

    paths: tuple[ProtectedPath, ...]
    dumps: tuple[ProtectedPath, ...]
    databases: tuple[ProtectedPath, ...]


def protected_paths_of(host: DeclaredHost, question: Question, links: Mapping[str, Link]) -> ProtectedPaths:
    """Return what the backups of a host hold; `links` are where their paths lead."""
    backups = [backup for backup in running(question) if backup.host == host.id]
    whole = [(backup, _path_of(backup, "", question)) for backup in backups]
    return ProtectedPaths(
        paths=tuple(path for backup in backups for path in _paths(backup, question, links)),
        dumps=tuple(_under(path, name) for backup, path in whole for name in backup.dumps),
        databases=tuple(
            _of_clusters(_under(path, backup.program.databases), _sockets(backup, question))
            for backup, path in whole
            if backup.program.databases
        ),
    )


def running(question: Question) -> Iterator[Backup]:
    """Yield the backups that are made: of one that has ended, old points may be kept, and nothing new will be."""
    today = day_of(question.now)
    yield from (one for one in question.inventory.backups if one.ends is None or today <= one.ends)


def _of_clusters(whole: ProtectedPath, sockets: frozenset[str]) -> ProtectedPath:
    """Return what a backup holds of the clusters on some sockets; of one that answers no more nothing shows what is."""
    if sockets == {NOWHERE}:
        return replace(whole, held=False, seen=False)
    return replace(whole, sockets=sockets - {NOWHERE})


def _sockets(backup: Backup, question: Question) -> frozenset[str]:
    """Return the sockets on which the clusters that a backup holds answer; empty: nothing shows them."""
    looks = (question.beside(copy.program.listing, copy.subject) for copy in backup.copies)
    found = (fact.value for look in looks if look is not None for fact in look.named(MATCHED))
    return frozenset(socket_named(one) for one in found if isinstance(one, str))


def socket_named(path: str) -> str:
    """Return a socket's path as it is compared: Debian's /var/run is /run."""
    return path.removeprefix("/var") if path.startswith("/var/run/") else path


def _under(path: ProtectedPath, name: str) -> ProtectedPath:
    return ProtectedPath(path=name, real=name, backup=path.backup, held=path.held, seen=path.seen)


def _paths(backup: Backup, question: Question, links: Mapping[str, Link]) -> Iterator[ProtectedPath]:
    """Yield each path that a backup declares, then what else its newest points hold."""
    for path in backup.paths:
        yield _path_of(backup, path, question, links.get(path))
    for path, held in sorted(_beside(backup, question).items()):
        yield ProtectedPath(path=path, real=path, backup=backup.id, held=held, seen=held)


def _path_of(backup: Backup, path: str, question: Question, link: Link | None = None) -> ProtectedPath:
    """Return what the lists of a backup's copies show of one path; empty: of all that it declares."""
    shown = [holds_path(backup, copy, path, question) for copy in backup.copies]
    held = any(shown)
    return ProtectedPath(
        path=path,
        real=path if link is None else real_path(backup, link),
        backup=backup.id,
        held=held,
        seen=held or None not in shown,
    )


def holds_path(backup: Backup, copy: Copy, path: str, question: Question) -> bool | None:
    """Return whether a copy has a recovery point of a path that its backup declares; None: no fresh list tells."""
    seen = question.beside(copy.program.listing, copy.subject)
    return None if seen is None else _holds(backup, copy, path, seen)


def real_path(backup: Backup, link: Link) -> str:
    """Return where the files lie that a backup holds under one of its paths."""
    # What is named as `PATH/` is followed, as mirrors name it; a backup program keeps the link itself.
    followed = any(copy.mirror for copy in backup.copies)
    return link.real if followed or not link.link else link.path


def _holds(backup: Backup, copy: Copy, path: str, seen: Observation) -> bool | None:
    """Return whether a copy has a recovery point of a path; None where its list does not settle that."""
    parts = backup.parts_of(copy.subject)
    wanted = (path,) if path in parts else parts
    if not wanted:
        return bool(points_in(seen))
    series = counted_points(backup, seen, whatever_damage=True, parts=wanted)
    if all(one.newest is not None for one in series):
        return True
    return None if any(one.newest is None and one.unknown for one in series) else False


def _beside(backup: Backup, question: Question) -> Mapping[str, bool]:
    """Return the paths that a backup does not declare and its recent points hold; no other rule asks how old those are.

    False: of each point that names the path, nothing shows whether its tree is there.
    """
    allowed = timedelta(seconds=CLAUSES[RECOVERY_POINT].limit or 0) + CLAUSES[RECOVERY_POINT].run_allowance
    found: dict[str, bool] = {}
    for copy in backup.copies if backup.program.sourced else ():
        seen = question.beside(copy.program.listing, copy.subject)
        if seen is None:
            continue
        untold = frozenset(str(fact.value) for fact in seen.named(TREE_UNTOLD))
        for point in points_with_files(backup, seen, question.last_look):
            if seen.ended - point.time <= (copy.limit or allowed):
                for path in point.paths:
                    found[path] = found.get(path) or point.id not in untold
    return {path: held for path, held in found.items() if path not in backup.paths}
