"""Where a beneficiary's copies are, when they were last verified, and whose perimeter each subject is in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial

from agent.accounting.agreements import perimeter_of
from agent.accounting.storing import CopyTerms, StoringTerms, storing_declared
from agent.config.programs import programs
from agent.config.settings import Configuration
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import expected
from agent.core.facts.verification import damage_in
from agent.core.inventory import Beneficiary, Copy, Perimeter
from agent.core.judging.intact import WHOLE_WITHIN
from agent.core.model import Key, Observation
from agent.core.period import Quarter, day_end, day_of, day_start
from agent.core.places import CopyMachine, place_in, seen_machine
from agent.ledger.ledger import Ledger, Load
from agent.report.days import Span
from agent.report.figures import CopyPlace, InForce
from agent.report.loaded_terms import in_force


def copy_places(configuration: Configuration, ledger: Ledger, span: Span, beneficiary: str) -> Iterator[CopyPlace]:
    """Yield where each copy of a beneficiary was, and when it was last verified by the quarter's end.

    A copy that the configuration has no longer was there all the same.
    """
    declared = {copy.subject: copy for copy in configuration.inventory.copies}
    for _, retained in retentions(configuration, ledger, span, beneficiary):
        subjects = dict.fromkeys(copy.subject for one in retained if one.value for copy in one.value.copies)
        for subject in subjects:
            sound, whole, damaged = _verified(ledger, subject, declared.get(subject), Quarter.of(span.first))
            yield CopyPlace(
                subject=subject,
                machine=_machine(ledger, subject, declared.get(subject)),
                verified_on=sound,
                wholly_on=whole,
                damaged_on=damaged,
                terms=_of_copy(retained, subject),
            )


def retentions(
    configuration: Configuration, ledger: Ledger, span: Span, beneficiary: str
) -> Iterator[tuple[str, tuple[InForce[StoringTerms | None], ...]]]:
    """Yield each backup of a beneficiary with its terms in force in the span, by the loads that were kept.

    None: it was not declared. A backup that was declared on no day of the span is left out.
    """
    loads, today = ledger.written_loads(), storing_declared(configuration.inventory)
    said = [load.storing or () for load in loads]
    own = (one.backup for terms in (*said, today) for one in terms if one.beneficiary == beneficiary)
    for backup in sorted(set(own)):
        of = partial(_of_backup, backup, beneficiary)
        found = in_force(span, loads, partial(_of_load, of), of(today), _has_storing)
        if any(one.value is not None for one in found):
            yield backup, found


def _has_storing(load: Load) -> bool:
    return load.storing is not None


def _of_load(of: Callable[[tuple[StoringTerms, ...]], StoringTerms | None], load: Load) -> StoringTerms | None:
    return of(load.storing or ())


def _of_backup(backup: str, beneficiary: str, terms: tuple[StoringTerms, ...]) -> StoringTerms | None:
    return next((one for one in terms if (one.backup, one.beneficiary) == (backup, beneficiary)), None)


def _of_copy(backup: Iterable[InForce[StoringTerms | None]], subject: str) -> tuple[InForce[CopyTerms | None], ...]:
    """Return the terms of a copy that were in force; None: it was not declared."""
    found: list[InForce[CopyTerms | None]] = []
    for one in backup:
        said = None if one.value is None else one.value.copy(subject)
        if not found or found[-1].value != said:
            found.append(InForce(since=one.since, value=said, recorded=one.recorded, since_recorded=one.since_recorded))
    return tuple(found)


def _machine(ledger: Ledger, subject: str, copy: Copy | None) -> CopyMachine:
    """Return on which machine a copy was last seen to lie."""
    if copy is not None:
        seen = None if copy.believed else _last_look(ledger, copy.program.place, subject)
        return place_in(seen, copy).machine
    looks = (_last_look(ledger, program.place, subject) for program in programs().values() if program.place)
    return next((seen_machine(look) for look in looks if look is not None), CopyMachine.UNKNOWN)


def _verified(
    ledger: Ledger, subject: str, copy: Copy | None, quarter: Quarter
) -> tuple[date | None, date | None, date | None]:
    """Return the days of the newest verifications of a copy by the quarter's end: a sound one, a whole, its damage."""
    found: dict[str, datetime] = {}
    newest: dict[str, Observation] = {}
    begins, ends = day_start(quarter.first) - WHOLE_WITHIN, day_end(quarter.last)
    for program in programs().values() if copy is None else (copy.program,):
        for collector in program.verifiers:
            for kept in ledger.looks(collector, subject, begins, ends):
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
