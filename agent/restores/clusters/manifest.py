"""Hold the files of a restored base backup to the list of them that was made with it, by pg_verifybackup.

A server starts from less than was backed up: a table that was cut short has fewer rows, and a lost file of transactions
makes what they wrote disappear, without a word.
"""

import os
import re
import stat
from datetime import timedelta

from agent.core.backup_manifest import NAME, TAIL, is_list_of
from agent.core.errors import Damaged, Unreadable
from agent.core.lines import last_line, one_line
from agent.restores.clusters.harmless import ClusterFolder, removed
from agent.restores.clusters.server import ClusterServer

_DIFFERS = re.compile(
    r"error: (checksum mismatch for file .*|.* has size \d+ on disk but size \d+ in the manifest.*"
    r"|.* is present in the manifest but not on disk|could not (?:open|read|stat) (?:file|directory) .*)"
)
_MORE = re.compile(r"error: .* is present on disk but not in the manifest")
# Barman's own list (generate-manifest) has no file of a tablespace.
_UNLISTED = re.compile(r'error: "pg_tblspc/')


def hold_to_list(server: ClusterServer, begins: int, timeout: timedelta) -> bool:
    """Return whether every file is as the list has it that was made with the backup.

    False: there is no such list, or it has not got the files of tablespaces. `begins` is the LSN at which the backup
    began. Raises Damaged, and a LookError where the list cannot be used.
    """
    if not _is_of_backup(server.folder, begins):
        return False
    ignored = (f"--ignore={name}" for name in removed())
    words = ("--no-parse-wal", *ignored, str(server.folder.data))
    output = server.ask("pg_verifybackup", *words, timeout=timeout, shown="pg_verifybackup: a restored cluster")
    if output.status == 0:
        return True
    lines = output.stderr.decode(errors="replace").splitlines()
    differing = [match[1] for match in map(_DIFFERS.search, lines) if match is not None]
    if differing:
        others = f" ({len(differing) - 1} more)" if len(differing) > 1 else ""
        raise Damaged(f"the base backup is not as its list of files ({NAME}) has it: {one_line(differing[0])}{others}")
    if lines and all(_MORE.search(line) for line in lines):
        return not any(map(_UNLISTED.search, lines))  # nothing of what is listed lacks
    raise Unreadable(f"the base backup's list of files ({NAME}) cannot be used: {last_line(output.stderr)}")


def _is_of_backup(folder: ClusterFolder, begins: int) -> bool:
    """Return whether there is a list, and not that of another backup, copied from the source."""
    try:
        descriptor = os.open(folder.data / NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return False
        file.seek(max(0, status.st_size - TAIL))
        return is_list_of(file.read(TAIL), begins)
