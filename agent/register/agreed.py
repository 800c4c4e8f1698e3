"""From the entries that are kept to the accounting's values: acceptances, adaptations, exclusions."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from agent.accounting.accepting import AcceptanceTerms, LoadedTerms, terms_declared, terms_in_force
from agent.accounting.acknowledgements import REGISTER as ACKNOWLEDGEMENT
from agent.accounting.acknowledgements import Acknowledgement
from agent.accounting.agreements import MUTUALISED, Acceptance, Adaptation, Agreements, Exclusion, perimeter_of
from agent.config.values import read_limit, read_ratio
from agent.core.convention import CLAUSES, DUTIES
from agent.core.duties.entries import RegisterEntry, duties_of
from agent.core.duties.expected import expected
from agent.core.duties.moments import CivilMoment, read_when
from agent.core.inventory import Inventory, Item
from agent.core.model import Key, State
from agent.core.period import ONE_DAY, day_of
from agent.register.acceptance import PERIMETER
from agent.register.book import BookEntry, entered_at, last_revisions
from agent.register.papers import AGREED, standing


def agreements_in_force(
    rows: Iterable[BookEntry],
    inventory: Inventory,
    convention_starts: date | None,
    loads: Sequence[LoadedTerms],
    elsewhere: Container[Key] = frozenset(),
) -> Agreements:
    """Return everything that was agreed, from the entries of every register (any revisions, in the ledger's order).

    Which of it is in force on a day is for the values' own rules. An acceptance whose subject the configuration no
    longer declares is kept without effect. Each is judged by the signatories in force when it was entered, as `loads`
    (those of the configuration, in the ledger's order) have them. `elsewhere`: keys that are declared though not by
    `inventory`, such as those of agents at the centre of their fleet.
    """
    rows = tuple(rows)
    last = last_revisions(rows)
    # What was entered before duties were refused has no effect.
    terms = tuple(term for term in _terms(rows) if term.values.get("target") not in DUTIES)
    accepting = [term for term in terms if term.row.register == "acceptance"]
    declared = expected(inventory, convention_starts) if accepting else ()
    items = {one.key: one.item for one in declared if not isinstance(one.item, RegisterEntry)}
    judged = {row.id for row in last if duties_of(row.register)}
    configured = terms_declared(inventory, convention_starts) if accepting else AcceptanceTerms(signatories={})
    acceptances = (
        _acceptance(term, items, judged, inventory, terms_in_force(term.row.sequence, loads, configured))
        for term in accepting
    )
    acceptances = (replace(one, declared=one.declared or one.key in elsewhere) for one in acceptances)
    return Agreements(
        acceptances=tuple(acceptances),
        adaptations=tuple(_adaptation(term) for term in terms if term.row.register == "adaptation"),
        exclusions=tuple(_exclusion(term) for term in terms if term.row.register == "exclusion"),
        acknowledgements=tuple(_acknowledgement(row) for row in rows if row.register == ACKNOWLEDGEMENT),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    # One revision, its values with the papers that it still rests on, the civil day of its entry, and the day from
    # which the next one stands in its place.
    row: BookEntry
    values: Mapping[str, str]
    entered_on: date
    superseded_on: date | None


def _terms(rows: Iterable[BookEntry]) -> Iterator[_Term]:
    revisions: dict[tuple[str, str], list[BookEntry]] = {}
    for row in rows:
        if row.register in AGREED:
            revisions.setdefault((row.register, row.id), []).append(row)
    for own in revisions.values():
        own.sort(key=lambda row: row.revision)
        # A clock that was set back before an amendment brings it no earlier than what it amends.
        days = tuple(accumulate((day_of(entered_at(row)) for row in own), max))
        held = standing([row.values for row in own])
        for row, values, day, following in zip(own, held, days, (*days[1:], None), strict=True):
            yield _Term(row=row, values=values, entered_on=day, superseded_on=following)


def _key(values: Mapping[str, str]) -> Key:
    return Key(target=values["target"], subject=values["subject"], beneficiary=values["beneficiary"])


def _last_day(when: CivilMoment) -> date:
    # A date is included; so is the day in which an instant falls.
    return day_of(when.ends) if when.begins == when.ends else day_of(when.ends) - ONE_DAY


def _acceptance(
    term: _Term, items: Mapping[Key, Item], judged: Set[str], inventory: Inventory, terms: AcceptanceTerms
) -> Acceptance:
    own = _acceptance_alone(term)
    item = items.get(own.key)
    # What was entered before an entry noted it was mutualised where the configuration of its day says so.
    mutualised = own.outside_article or own.key in terms.mutualised
    perimeter = None if item is None else perimeter_of(item, inventory)
    return replace(
        own,
        # Of a beneficiary that was not declared, none was there to accept.
        signatories=terms.signatories.get(own.key.beneficiary, ("",)),
        perimeter=MUTUALISED if mutualised else perimeter,
        declared=item is not None or own.key.subject in judged,
    )


def acceptances_alone(rows: Iterable[BookEntry]) -> Iterator[Acceptance]:
    """Yield each acceptance by its entry alone, for a reader without the configuration.

    Any name but its author's may accept, every subject is taken for declared: it covers no fewer days than in force.
    """
    return (_acceptance_alone(term) for term in _terms(rows) if term.row.register == "acceptance")


def _acceptance_alone(term: _Term) -> Acceptance:
    values = term.values
    return Acceptance(
        id=term.row.id,
        entered_on=term.entered_on,
        superseded_on=term.superseded_on,
        key=_key(values),
        author=values["author"],
        accepted_by=values.get("accepted_by", ""),
        accepted_on=read_when(values["accepted_on"]).day,
        until=_last_day(read_when(values["until"])),
        reason=values["reason"],
        recommendation=values.get("recommendation"),
        perimeter=MUTUALISED if values.get(PERIMETER) == MUTUALISED else None,
    )


def _adaptation(term: _Term) -> Adaptation:
    values = term.values
    unit = CLAUSES[values["target"]].unit
    return Adaptation(
        id=term.row.id,
        entered_on=term.entered_on,
        superseded_on=term.superseded_on,
        target=values["target"],
        beneficiary=values["beneficiary"],
        subject=values.get("subject"),
        informed_on=read_when(values["informed_on"]).day if "informed_on" in values else None,
        effective_on=read_when(values["effective_on"]).day,
        limit=read_limit(values["limit"], unit) if "limit" in values else None,
        attainment=read_ratio(values["attainment"]) if "attainment" in values else None,
        reason=values["reason"],
        author=values["author"],
    )


def _exclusion(term: _Term) -> Exclusion:
    values = term.values
    return Exclusion(
        id=term.row.id,
        entered_on=term.entered_on,
        superseded_on=term.superseded_on,
        key=_key(values),
        begins=read_when(values["from"]).begins,
        ends=read_when(values["to"]).ends,
        reason=values["reason"],
        author=values["author"],
    )


def _acknowledgement(row: BookEntry) -> Acknowledgement:
    values = row.values
    return Acknowledgement(
        id=row.id,
        key=_key(values),
        state=State(values["state"]),
        entered_at=row.received_at,
        until=read_when(values["until"]).ends,
        author=values["author"],
        reason=values.get("reason"),
    )
