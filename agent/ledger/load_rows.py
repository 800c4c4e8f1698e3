"""Loads of the configuration in the ledger: what was declared and which targets were in force, from when on. Pure.

One load is one row for each beneficiary that it or an earlier one names, so that a bundle shows one's, and nothing of
the others'. Its payload: `number` of the load, `of` how many rows it is, `digest` of the configuration, `declared`
(key, first and last day), `targets`, `signatories` and `mutualised` (keys) that acceptances are judged by, and
`storing` (what is said of each backup), which older rows do not have, and under a clock that was set back `not_before`,
an instant of a row before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.accounting.accepting import AcceptanceTerms
from agent.accounting.expectation import Days, Loading
from agent.accounting.storing import StoringTerms
from agent.core.errors import LedgerDamaged
from agent.core.model import Key, Target
from agent.ledger.appended_row import AppendedRow
from agent.ledger.fields import Fields, day, each, instant, optional, refuse, text, whole
from agent.ledger.kept_types import KEY, STORING, TARGET

KIND = "load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load(Loading):
    """One load of the configuration: what it declared, the digest of its file, the targets in force.

    `accepting` None: the load was kept before signatories and perimeters were; `storing` None: before what is said of
    each backup was.
    """

    digest: str
    targets: Mapping[str, Target]
    accepting: AcceptanceTerms | None = None
    storing: tuple[StoringTerms, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPart:
    """One row of a load: what it says of one beneficiary."""

    sequence: int
    at: str
    number: int
    of: int
    digest: str
    declared: Mapping[Key, Days]
    targets: Mapping[str, Target]
    accepting: AcceptanceTerms | None
    storing: tuple[StoringTerms, ...] | None
    not_before: datetime | None = None


def part_of(one: AppendedRow) -> LoadPart:
    """Return what one row of a load says. Raises LedgerDamaged."""
    fields = one.fields()
    part = LoadPart(
        sequence=one.row.sequence,
        at=one.row.instant,
        number=fields.take("number", whole),
        of=fields.take("of", whole),
        digest=fields.take("digest", text),
        declared=dict(fields.take("declared", each(_declared))),
        targets={target.id: target for target in fields.take("targets", each(TARGET.decode))},
        accepting=_accepting(one.row.beneficiary, fields),
        storing=fields.take("storing", each(STORING.decode)) if fields.has("storing") else None,
        not_before=fields.take("not_before", instant) if fields.has("not_before") else None,
    )
    fields.end()
    return part


def _accepting(beneficiary: str, fields: Fields) -> AcceptanceTerms | None:
    if not fields.has("signatories"):
        return None
    signatories = fields.take("signatories", optional(each(text)))
    return AcceptanceTerms(
        signatories={} if signatories is None else {beneficiary: signatories},
        mutualised=frozenset(fields.take("mutualised", each(KEY.decode))),
    )


def declared_in(one: AppendedRow) -> Mapping[Key, Days]:
    """Return what one row of a load declared. Raises LedgerDamaged."""
    return part_of(one).declared


def own_load(one: AppendedRow) -> Load:
    """Return a load as the one row of it says that a beneficiary has. Raises LedgerDamaged."""
    part = part_of(one)
    return Load(
        at=instant(part.at),
        not_before=part.not_before,
        declared=part.declared,
        sequence=part.sequence,
        digest=part.digest,
        targets=part.targets,
        accepting=part.accepting,
        storing=part.storing,
    )


def _declared(value: object) -> tuple[Key, Days]:
    if not isinstance(value, list) or len(value) != 5:
        refuse("declared subject", value)
    starts, ends = (optional(day)(one) for one in value[3:])
    return KEY.decode(value[:3]), Days(starts=starts, ends=ends)


def joined(parts: tuple[LoadPart, ...]) -> Load:
    """Return a load from all of its rows. Raises LedgerDamaged where some are missing."""
    if len(parts) != parts[0].of:
        raise LedgerDamaged(f"load {parts[0].number} has {len(parts)} of its {parts[0].of} rows")
    declared = {key: days for part in parts for key, days in part.declared.items()}
    first = parts[0]
    return Load(
        at=instant(first.at),
        not_before=first.not_before,
        declared=declared,
        sequence=first.sequence,
        digest=first.digest,
        targets=first.targets,
        storing=None
        if any(part.storing is None for part in parts)
        else tuple(one for part in parts for one in part.storing or ()),
        accepting=_joined_terms([part.accepting for part in parts if part.accepting is not None]),
    )


def _joined_terms(terms: Sequence[AcceptanceTerms]) -> AcceptanceTerms | None:
    if not terms:
        return None
    return AcceptanceTerms(
        signatories={one: names for own in terms for one, names in own.signatories.items()},
        mutualised=frozenset(key for own in terms for key in own.mutualised),
    )
