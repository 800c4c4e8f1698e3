"""From the entries that are kept to the accounting's values: acceptances, adaptations, exclusions."""

from collections.abc import Iterable, Mapping, Set
from datetime import date

from agent.accounting.agreements import Acceptance, Adaptation, Agreements, Exclusion, perimeter_of
from agent.config.values import read_limit, read_ratio
from agent.core.convention import CLAUSES
from agent.core.entries import Entry, duties_of
from agent.core.expected import expected
from agent.core.inventory import Inventory, Item
from agent.core.model import Key
from agent.core.moments import When, read_when
from agent.core.period import ONE_DAY, day_of
from agent.register.book import EntryRow, last_revisions
from agent.register.entries import signatories_of


def agreements_in_force(rows: Iterable[EntryRow], inventory: Inventory, convention_starts: date | None) -> Agreements:
    """Return everything that was agreed, from the entries of every register (any revisions, in the ledger's order).

    Which of it is in force on a day is for the values' own rules. An acceptance whose subject the configuration no
    longer declares is left out: nothing tells any more whose perimeter it was in.
    """
    last = last_revisions(rows)
    accepting = [row for row in last if row.register == "acceptance"]
    declared = expected(inventory, convention_starts) if accepting else ()
    items = {one.key: one.item for one in declared if not isinstance(one.item, Entry)}
    judged = {row.id for row in last if duties_of(row.register)}
    acceptances = (_acceptance(row, items, judged, inventory) for row in accepting)
    return Agreements(
        acceptances=tuple(acceptance for acceptance in acceptances if acceptance is not None),
        adaptations=tuple(_adaptation(row) for row in last if row.register == "adaptation"),
        exclusions=tuple(_exclusion(row) for row in last if row.register == "exclusion"),
    )


def _key(values: Mapping[str, str]) -> Key:
    return Key(target=values["target"], subject=values["subject"], beneficiary=values["beneficiary"])


def _last_day(when: When) -> date:
    # A date is included; so is the day in which an instant falls.
    return day_of(when.ends) if when.begins == when.ends else day_of(when.ends) - ONE_DAY


def _acceptance(row: EntryRow, items: Mapping[Key, Item], judged: Set[str], inventory: Inventory) -> Acceptance | None:
    values = row.values
    key = _key(values)
    item = items.get(key)
    if item is None and key.subject not in judged:
        return None
    return Acceptance(
        id=row.id,
        key=key,
        author=values["author"],
        accepted_by=values["accepted_by"],
        accepted_on=read_when(values["accepted_on"]).day,
        until=_last_day(read_when(values["until"])),
        reason=values["reason"],
        recommendation=values.get("recommendation"),
        signatories=signatories_of(key.beneficiary, inventory),
        perimeter=None if item is None else perimeter_of(item, inventory),
    )


def _adaptation(row: EntryRow) -> Adaptation:
    values = row.values
    unit = CLAUSES[values["target"]].unit
    return Adaptation(
        id=row.id,
        target=values["target"],
        beneficiary=values["beneficiary"],
        subject=values.get("subject"),
        informed_on=read_when(values["informed_on"]).day,
        effective_on=read_when(values["effective_on"]).day,
        limit=read_limit(values["limit"], unit) if "limit" in values else None,
        attainment=read_ratio(values["attainment"]) if "attainment" in values else None,
        reason=values["reason"],
        author=values["author"],
    )


def _exclusion(row: EntryRow) -> Exclusion:
    values = row.values
    return Exclusion(
        id=row.id,
        key=_key(values),
        begins=read_when(values["from"]).begins,
        ends=read_when(values["to"]).ends,
        reason=values["reason"],
        author=values["author"],
    )
