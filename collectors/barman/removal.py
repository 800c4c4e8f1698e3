"""Whether a base backup was removed by its retention, or is being removed: what lacks of it then is no damage.

Barman removes the files of a backup before it takes it off its list. From about 3.12 on it marks the backup first,
until its files and its WAL are gone; an older one is seen by its files, which become fewer. A removal that was cut
short leaves its mark, and a list that still has the backup: only a new mark excuses anything.
"""

import time
from datetime import timedelta

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.errors import Exited
from collectors.barman.answers import DONE, listed
from collectors.barman.catalogue import folder_of
from collectors.barman.program import Barman

# Between two looks at its files; looks at one that has none and is listed, which is about to go or lost them.
PAUSE, LOOKS_AT_NOTHING = timedelta(seconds=1), 10
# A removal that takes longer is seen by its files. Barman's own retention marks anew what it tries again.
MARKED_WITHIN = timedelta(hours=6)


def is_removed(program: Barman, id: str) -> bool:
    """Return whether a backup is no longer kept, or is about to go. Raises a LookError."""
    before: int | None = None
    for _ in range(LOOKS_AT_NOTHING):
        try:
            backups = listed(program.ask("list-backups"), program.copy.cluster, program.copy.subject)
        except RepositoryAbsent:
            return False
        done = [one for one in backups if one.status == DONE]
        if id not in {one.id for one in done} or _is_marked(program, folder_of(program, done), id):
            return True
        files = _files(program, id)
        if before is not None and files < before:
            return True
        if before == files and files:
            return False
        before = files
        time.sleep(PAUSE.total_seconds())
    return False


def _files(program: Barman, id: str) -> int:
    """Return how many files a backup has; 0 also where it has just been removed."""
    try:
        lines = program.ask("list-files", "--target", "data", id).get("_INFO")
    except Exited:
        return 0
    return len(lines) if isinstance(lines, list) else 0


def _is_marked(program: Barman, wal: str | None, id: str) -> bool:
    """Return whether Barman marked a backup to remove it, of late, beside the folder of its WAL by default."""
    if wal is None:
        return False
    server = wal.rpartition("/")[0]
    marks = (f"{server}/meta/{id}-delete_this", f"{server}/base/{id}/annotations/delete_this")
    late = ("-maxdepth", "0", "-mmin", f"-{MARKED_WITHIN // timedelta(minutes=1)}")
    return bool(program.host.run("find", *marks, *late, timeout=program.remaining, accept=None).stdout)
