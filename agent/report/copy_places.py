"""Where a beneficiary's copies are, when they were last verified, and whose perimeter each subject is in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from agent.accounting.agreements import perimeter_of
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
from agent.report.figures import CopyPlace


def copy_places(
    configuration: Configuration, ledger: Ledger, quarter: Quarter, beneficiary: str
) -> Iterator[CopyPlace]:
    """Yield where each copy of a beneficiary is, and when it was last verified by the quarter's end."""
    for backup in configuration.inventory.backups:
        for copy in backup.copies if backup.beneficiary == beneficiary else ():
            seen = None if copy.believed else _last_look(ledger, copy.program.place, copy.subject)
            sound, whole, damaged = _verified(ledger, copy, quarter)
            yield CopyPlace(
                subject=copy.subject,
                site=copy.site or "",
                country=copy.country or "",
                reached_by=kind_of(copy),
                machine=place_in(seen, copy).machine,
                transfer_basis=copy.transfer_basis or "",
                verified_on=sound,
                wholly_on=whole,
                damaged_on=damaged,
            )


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
