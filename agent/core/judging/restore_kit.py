"""Whether the files that a restore needs first lie in a copy that opens without them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.core.facts.holdings import Link, lies_in
from agent.core.inventory import Copy, DeclaredHost
from agent.core.judging.check import Question
from agent.core.judging.protected_paths import holds_path, real_path, running


@dataclass(frozen=True, slots=True, kw_only=True)
class KitFile:
    """One file of a backup's kit; `held`: a copy that opens without the kit has it, None: no fresh list tells."""

    path: str
    backup: str
    held: bool | None


def kit_files(host: DeclaredHost, question: Question, links: Mapping[str, Link]) -> Iterator[KitFile]:
    """Yield the files of the kits of a host's backups."""
    backups = [backup for backup in running(question) if backup.host == host.id and backup.kit]
    if not backups:
        return
    kept = frozenset(path for backup in running(question) for path in backup.kit)
    opened = _opened(kept, host, question, links)
    for backup in backups:
        for path in backup.kit:
            shown = [_holding(copy, path, host, question, links) for copy in opened]
            held = True if True in shown else None if None in shown else False
            yield KitFile(path=path, backup=backup.id, held=held)


def _opened(
    kept: frozenset[str], host: DeclaredHost, question: Question, links: Mapping[str, Link]
) -> tuple[Copy, ...]:
    """Return the copies that open without any kit: those whose key is in none, and those whose key lies in one of them.

    Of a copy whose key was not seen anywhere nothing is known: it opens nothing.
    """
    copies = [copy for backup in running(question) for copy in backup.copies]
    opened = [copy for copy in copies if copy.password_file is None or str(copy.password_file) not in kept]
    waiting = [copy for copy in copies if copy not in opened]
    while True:
        more = [
            copy
            for copy in waiting
            if any(_holding(one, str(copy.password_file), host, question, links) for one in opened)
        ]
        if not more:
            return tuple(opened)
        opened += more
        waiting = [copy for copy in waiting if copy not in more]


def _holding(copy: Copy, path: str, host: DeclaredHost, question: Question, links: Mapping[str, Link]) -> bool | None:
    """Return whether a copy has a recovery point of a path of the host; None: no fresh list of it tells."""
    backup = question.inventory.backup(copy.backup)
    real = {own: real_path(backup, links[own]) if own in links else own for own in backup.paths}
    covering = [own for own in backup.paths if backup.host == host.id and lies_in(path, real[own])]
    shown = [holds_path(backup, copy, own, question) for own in covering]
    return True if True in shown else None if None in shown else False
