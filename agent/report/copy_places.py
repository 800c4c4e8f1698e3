"""Where a beneficiary's copies are, when they were last verified, and whose perimeter each subject is in."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial

from agent.accounting.agreements import perimeter_of
from agent.accounting.storing import CopyTerms, StoringTerms, copy_terms, storing_declared
from agent.config.settings import Configuration
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import expected
from agent.core.facts.verification import damage_in
from agent.core.inventory import Beneficiary, Copy, Perimeter
from agent.core.judging.intact import WHOLE_WITHIN
from agent.core.model import Key, Observation
from agent.core.period import Quarter, day_end, day_of, day_start
from agent.core.places import kind_of, place_in
from agent.ledger.ledger import Ledger
from agent.report.days import Span
from agent.report.figures import CopyPlace, InForce
from agent.report.storing import in_force


def copy_places(configuration: Configuration, ledger: Ledger, span: Span, beneficiary: str) -> Iterator[CopyPlace]:
    """Yield where each copy of a beneficiary is, and when it was last verified by the quarter's end."""
    quarter, retained = Quarter.of(span.first), dict(retentions(configuration, ledger, span, beneficiary))
    for backup in configuration.inventory.backups:
        for copy in backup.copies if backup.beneficiary == beneficiary else ():
            seen = None if copy.believed else _last_look(ledger, copy.program.place, copy.subject)
            terms = _of_copy(retained[backup.id], copy, span)
            last = terms[-1].value
            sound, whole, damaged = _verified(ledger, copy, quarter)
            yield CopyPlace(
                subject=copy.subject,
                site=last.site,
                country=last.country,
                reached_by=kind_of(copy),
                machine=place_in(seen, copy).machine,
                transfer_basis=last.transfer_basis,
                verified_on=sound,
                wholly_on=whole,
                damaged_on=damaged,
                terms=terms,
            )


def retentions(
    configuration: Configuration, ledger: Ledger, span: Span, beneficiary: str
) -> Iterator[tuple[str, tuple[InForce[StoringTerms], ...]]]:
    """Yield each backup of a beneficiary with its terms in force in the span, by the loads that were kept."""
    loads, days = ledger.written_loads(), tuple(span.days)
    for today in storing_declared(configuration.inventory):
        if today.beneficiary == beneficiary:
            own = partial(_of_backup, backup=today.backup, beneficiary=beneficiary)
            yield today.backup, tuple(in_force(days, loads, own, today))


def _of_backup(terms: tuple[StoringTerms, ...], backup: str, beneficiary: str) -> StoringTerms | None:
    return next((one for one in terms if (one.backup, one.beneficiary) == (backup, beneficiary)), None)


def _of_copy(backup: Iterable[InForce[StoringTerms]], copy: Copy, span: Span) -> tuple[InForce[CopyTerms], ...]:
    """Return the terms of a copy that were in force; of one that no load of the quarter had, today's."""
    found: list[InForce[CopyTerms]] = []
    for one in backup:
        said = one.value.copy(copy.subject)
        if said is not None and (not found or found[-1].value != said):
            found.append(InForce(since=one.since, value=said, recorded=one.recorded, since_recorded=one.since_recorded))
    return tuple(found) or (InForce(since=span.first, value=copy_terms(copy), recorded=False),)


def _verified(ledger: Ledger, copy: Copy, quarter: Quarter) -> tuple[date | None, date | None, date | None]:
    """Return the days of the newest verifications of a copy by the quarter's end: a sound one, a whole, its damage."""
    found: dict[str, datetime] = {}
    newest: dict[str, Observation] = {}
    begins, ends = day_start(quarter.first) - WHOLE_WITHIN, day_end(quarter.last)
    for collector in copy.program.verifiers:
        for kept in ledger.looks(collector, copy.subject, begins, ends):
            if not isinstance(kept.reading, Observation):
                continue
            newest[collector] = kept.reading
            for name in ("verify.sound", "verify.whole"):
                fact = kept.reading.one(name)
                if fact is not None:
                    found[name] = max(fact.as_of, found.get(name, fact.as_of))
    damage = [at for look in newest.values() for _, at in damage_in(look)]
    sound, whole, damaged = found.get("verify.sound"), found.get("verify.whole"), max(damage, default=None)
    return _day(sound), _day(whole), _day(damaged)


def _day(at: datetime | None) -> date | None:
    return None if at is None else day_of(at)


def perimeters_of(configuration: Configuration, beneficiary: str) -> Mapping[Key, str | None]:
    """Return whose each subject is that lies on a host: the beneficiary's own, or mutualised; None: not declared."""
    inventory = configuration.inventory
    return {
        one.key: perimeter_of(one.item, inventory)
        for one in expected(inventory, configuration.convention.starts)
        if one.key.beneficiary == beneficiary
        and one.item is not None
        and not isinstance(one.item, Beneficiary | Perimeter | RegisterEntry)
    }


def _last_look(ledger: Ledger, collector: str, subject: str) -> Observation | None:
    kept = ledger.latest_observation(collector, subject)
    return kept.reading if kept is not None and isinstance(kept.reading, Observation) else None
