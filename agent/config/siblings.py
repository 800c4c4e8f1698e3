"""Find the copies that are kept in one repository: what is known to be damaged there concerns each of them. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from agent.core.inventory import Backup, Copy


def with_siblings(backups: Iterable[Backup]) -> tuple[Backup, ...]:
    """Return backups of which each copy names those in the same repository, by its address or its declared id.

    Of a repository that is reached by two addresses, only the id tells. Where each point is a file by itself, a folder
    that two backups share is no such repository.
    """
    found = tuple(backups)
    together: dict[tuple[str, str], list[str]] = {}
    for copy in (copy for backup in found for copy in backup.copies):
        for place in _places(copy):
            together.setdefault(place, []).append(copy.subject)

    def known(copy: Copy) -> Copy:
        names = {subject for place in _places(copy) for subject in together[place]}
        return replace(copy, siblings=tuple(sorted(names - {copy.subject})))

    return tuple(replace(backup, copies=tuple(map(known, backup.copies))) for backup in found)


def _places(copy: Copy) -> tuple[tuple[str, str], ...]:
    if copy.program.whole_files:
        return ()
    address = ("address", copy.repository.rstrip("/"))
    return (address,) if copy.repository_id is None else (address, ("id", copy.repository_id.lower()))
