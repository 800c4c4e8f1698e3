"""Restrict what is expected to the targets and subjects named on the command line."""

from collections.abc import Collection, Iterable, Sequence

from agent.core.convention import CLAUSES
from agent.core.duties.expected import Expected
from agent.core.errors import UsageError
from agent.core.inventory import Backup, Copy, DeclaredHost, Flow, Inventory, LogSource, WebFilter
from agent.core.model import Verdict
from agent.wording.nearest import nearest

MOST_KNOWN = 12


def narrow(
    wanted: Sequence[Expected],
    inventory: Inventory,
    *,
    targets: Sequence[str] = (),
    hosts: Sequence[str] = (),
    backups: Sequence[str] = (),
) -> tuple[Expected, ...]:
    """Return what is expected of these targets, hosts and backups; none named: of all. Raises UsageError."""
    _known("target", targets, CLAUSES)
    _known("host", hosts, [host.id for host in inventory.hosts])
    _known("backup", backups, [backup.id for backup in inventory.backups])
    return tuple(
        one
        for one in wanted
        if (not targets or one.key.target in targets)
        and (not hosts or _host_of(one, inventory) in hosts)
        and (not backups or _backup_of(one) in backups)
    )


def about(verdicts: Sequence[Verdict], subject: str | None) -> tuple[Verdict, ...]:
    """Return the verdicts on one subject and on what stands below it; None: all. Raises UsageError."""
    if subject is None:
        return tuple(verdicts)
    found = tuple(one for one in verdicts if one.subject == subject or one.subject.startswith(f"{subject}/"))
    if not found and subject in CLAUSES:
        hint = f"{subject} is a target; beffroi check --target {subject} looks at what it expects"
        raise UsageError(f"unknown subject {subject!r}", hint)
    if not found:
        raise unknown("subject", subject, {one.subject for one in verdicts})
    return found


def unknown(what: str, name: str, known: Iterable[str]) -> UsageError:
    """Return the error for a name that nothing bears, with the nearest one that something does."""
    candidates = sorted(known)
    near = nearest(name, candidates, 1)
    more = f" and {len(candidates) - MOST_KNOWN} more" if len(candidates) > MOST_KNOWN else ""
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(candidates[:MOST_KNOWN]) or 'none'}{more}"
    return UsageError(f"unknown {what} {name[:60]!r}", hint)


def _known(what: str, names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise unknown(what, name, known)


def _backup_of(one: Expected) -> str | None:
    match one.item:
        case Backup():
            return one.item.id
        case Copy():
            return one.item.backup
        case _:
            return None


def _host_of(one: Expected, inventory: Inventory) -> str | None:
    item = one.item
    match item:
        case DeclaredHost():
            return item.id
        case Backup() | LogSource():
            return item.host
        case Copy():
            return inventory.backup(item.backup).host
        case Flow() | WebFilter():
            return item.from_host
        case _:
            return None
