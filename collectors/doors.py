"""Ways in that no sshd shows (VPN, bastion, web console): what an identity provider tells of their second factor.

Reads:  on the agent's machine, the exports (fact = "second-factor") that the doors ([[door]]) of a host name:
        Entra ID's registration details (userPrincipalName, isMfaCapable, lastUpdatedDateTime), or a table with the
        columns account, second_factor, date and, if it is known, required
Needs:  to read those files
Blind:  having a second factor is not having to show it: unless the export says so of an account, or required_by names
        what asks for it, it stays unproven; nothing is tried at the provider itself
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from agent.core.collecting.collector import Collector, Look
from agent.core.errors import LookError, Unreadable
from agent.core.facts.access import PASSWORD, SECOND_FACTOR, UNKNOWN, AccessPath, way_fact
from agent.core.facts.console_exports import Row, instant_in, read_rows
from agent.core.inventory import DeclaredHost, Door, Export
from agent.core.lines import one_line
from agent.core.model import Fact, Gap

# Microsoft Graph, «userRegistrationDetails»: isMfaCapable is «registered, and allowed by the policy for it».
ENTRA = ("userprincipalname", "ismfacapable", "lastupdateddatetime")
PLAIN = ("account", "second_factor", "date")
REQUIRED = "required"
YES = frozenset({"yes", "true", "1", "oui", "vrai"})
NO = frozenset({"no", "false", "0", "non", "faux"})
NO_EVIDENCE = frozenset({f"{UNKNOWN}no-evidence"})
# What a date may lie ahead of this machine's clock.
AHEAD = timedelta(minutes=5)


def collect(machine: DeclaredHost, look: Look) -> Iterator[Fact | Gap]:
    """Yield what each account must show at each door; what no evidence tells is a factor that no one knows."""
    for door in machine.doors:
        rows: Mapping[str, tuple[frozenset[str], datetime]] = {}
        if door.export is not None:
            try:
                rows = asked_in(read_rows(look.here, door.export), door.export, door)
            except LookError as error:
                yield Gap(subject=f"{machine.id}/door:{door.id}", reason=error.reason, detail=error.message)
        yield from _facts(door, rows, look.now)


def _facts(door: Door, rows: Mapping[str, tuple[frozenset[str], datetime]], now: datetime) -> Iterator[Fact]:
    for account in door.accounts:
        factors, as_of = rows.get(account.casefold(), (NO_EVIDENCE, now))
        if as_of > now + AHEAD:  # it would be fresh until then, whatever becomes of the export
            factors = NO_EVIDENCE
        way = AccessPath(account=account, path=f"door:{door.id}", alternatives=frozenset({factors}))
        yield way_fact(way, min(as_of, now))


# account;second_factor;date;required
# direction@scota.example;oui;2026-11-24T06:00:00+01:00;oui
def asked_in(listed: Sequence[Row], export: Export, door: Door) -> Mapping[str, tuple[frozenset[str], datetime]]:
    """Return what each account of a door must show, and when the provider said so. Raises Unreadable.

    An account that is there twice counts with its weaker row: which one is in force cannot be determined. A provider
    lists everyone it knows; what it says of others, readable or not, is no matter of this door.
    """
    required, held = door.required_by is not None, {account.casefold() for account in door.accounts}
    rows = [{str(name).strip().casefold(): cell for name, cell in row.items()} for row in listed]
    names = {name for row in rows for name in row}
    columns = next((form for form in (ENTRA, PLAIN) if names >= set(form)), None)
    if columns is None:
        wanted = " or ".join(", ".join(form) for form in (ENTRA, PLAIN))
        raise Unreadable(f"the export {export.id} lacks a column: it needs {wanted}")
    found: dict[str, tuple[frozenset[str], datetime]] = {}
    for row in rows:
        account = str(row.get(columns[0]) or "").strip().casefold()
        if account not in held:
            continue
        told = _factors(row, columns[1], export, required=required), instant_in(row.get(columns[2]), export, account)
        found[account] = min(told, found.get(account, told), key=_worth)
    return found


def _worth(told: tuple[frozenset[str], datetime]) -> tuple[int, datetime]:
    """Return what one row is worth beside another of its account: the weaker one counts, of two alike the older."""
    factors, at = told
    return (2 if SECOND_FACTOR in factors else len(factors) - 1), at


def _factors(row: Row, column: str, export: Export, *, required: bool) -> frozenset[str]:
    if not _yes(row.get(column), export):
        return frozenset({PASSWORD})
    asked = required
    if row.get(REQUIRED) not in (None, ""):
        asked = _yes(row.get(REQUIRED), export)
    # It is had, and whether it must be shown no one says.
    return frozenset({PASSWORD, SECOND_FACTOR if asked else f"{UNKNOWN}not-required"})


def _yes(cell: object, export: Export) -> bool:
    text = str(cell).strip().casefold()
    if text not in YES | NO:
        raise Unreadable(f"the export {export.id} says neither yes nor no: {one_line(repr(cell), 40)}")
    return text in YES


COLLECTOR = Collector(
    name="doors",
    schedule="access",
    looks_at=DeclaredHost,
    collect=collect,
    subject_of=lambda machine: machine.id,
    host_of=lambda machine: machine.id,
    applies=lambda machine: bool(machine.doors),
)
