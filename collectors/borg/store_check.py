"""Segments of a copy's repository, read by borg on the host that holds them: checksums and index, without the key.

A checksum of 32 bits shows what a disk or a transfer spoilt, and nothing of what someone put there on purpose: the
archives that are read with the key show that.
"""

from datetime import timedelta
from importlib import resources

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.errors import Denied, Exited, LookError, ToolMissing, Unreadable
from agent.core.facts.verification import Damage
from agent.core.host import LARGE_OUTPUT, Host, Output
from agent.core.inventory import Copy, Store
from agent.core.lines import last_line
from collectors.borg.faults import messages_in
from collectors.borg.reading import limit_for
from collectors.borg.steady import steady
from collectors.borg.whole import WholeCheck, damage_in, shows_damage

NAME = "beffroi-borg"
# What the script exits with, from sysexits.h: links among the data, no repository, not to be read, no room for ours.
_LINKED, _ABSENT, _DENIED, _NO_FOLDER, _NO_BORG = 65, 66, 77, 73, 127
_REFUSED = b"refused "


def script() -> str:
    """Return the script that is sent along to the host of a store."""
    return resources.files("collectors.borg").joinpath("store.sh").read_text()


def checked_where_it_lies(copy: Copy, store: Store, look: Look) -> WholeCheck:
    """Return what `borg check --repository-only` finds on the host of a store. Raises RepositoryAbsent, a LookError.

    What seems bad is looked at again, since a backup or a prune may have written meanwhile.
    """
    host = look.host(store.host)
    segments: dict[str, int] = {}

    def check() -> Output:
        segments.clear()
        segments.update(_segments(_asked(host, store, "list", look.timeout), copy))
        return _asked(host, store, "check", limit_for(sum(segments.values())))

    output = steady(check, copy.subject, shows_damage)
    damage = _found(output, {name.rpartition("/")[2]: name for name in segments}, copy)
    return WholeCheck(damage=damage, bytes=sum(segments.values()), segments=len(segments))


def _asked(host: Host, store: Store, verb: str, timeout: timedelta) -> Output:
    shown = f"sh -c … {NAME} {verb} {store.path}"
    argv = ("sh", "-c", script(), NAME, verb, store.path)
    output = host.run(*argv, timeout=timeout, accept=None, output_limit=LARGE_OUTPUT, shown=shown)
    if output.status in (_LINKED, _ABSENT, _DENIED, _NO_FOLDER, _NO_BORG) or _REFUSED in output.stdout[:200]:
        raise _refusal(output, store)
    return output


def _refusal(output: Output, store: Store) -> LookError:
    """Return why the host did not look. Raises RepositoryAbsent."""
    where = f"{store.path} on {store.host}"
    if output.status == _ABSENT:
        raise RepositoryAbsent(f"there is no repository at {where}")
    if output.status == _LINKED:
        return Unreadable(f"{where} has links among its segments: what they lead to may be anything")
    if output.status == _NO_BORG:
        return ToolMissing(f"{store.host} has no borg", "install borgbackup there, or leave `store` out")
    if output.status == _DENIED:
        return Denied(f"{where} may not be read", "let that account read the repository, and nothing more")
    if output.status == _NO_FOLDER:
        return Exited(f"{store.host} has no room for a temporary folder: {last_line(output.stderr)}")
    return Denied(f"{store.host} only lets this key list and hash files", "give it an account with a shell")


# 301216 data/0/2
def _segments(output: Output, copy: Copy) -> dict[str, int]:
    """Return the size of each segment by its path. Raises Exited."""
    found: dict[str, int] = {}
    for line in output.stdout.decode(errors="replace").splitlines():
        size, _, name = line.partition(" ")
        if size.isdecimal() and len(size) < 19 and name.rpartition("/")[2].isdecimal():
            found[name] = int(size)
    if output.status != 0:
        raise Exited(f"{copy.subject}: the segments could not be listed: {last_line(output.stderr)}")
    return found


def _found(output: Output, names: dict[str, str], copy: Copy) -> tuple[Damage, ...]:
    if output.status == 0:
        return ()
    messages = messages_in(output.stderr)
    if not shows_damage(messages):
        raise Exited(f"{copy.subject}: borg check failed on the store's host: {last_line(output.stderr)}")
    return damage_in(messages, names)
