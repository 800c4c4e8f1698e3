"""Where a beneficiary's copies are, when they were last verified, and whose perimeter each subject is in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from agent.accounting.agreements import perimeter_of
from agent.config.settings import Configuration
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import expected
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
            sound, whole = _verified(ledger, copy, quarter)
            yield CopyPlace(
                subject=copy.subject,
                site=copy.site or "",
                country=copy.country or "",
                reached_by=kind_of(copy),
                machine=place_in(seen, copy).machine,
                transfer_basis=copy.transfer_basis or "",
                verified_on=sound,
                wholly_on=whole,
            )


def _verified(ledger: Ledger, copy: Copy, quarter: Quarter) -> tuple[date | None, date | None]:
    """Return the days of the newest verifications of a copy by the quarter's end: of one that was sound, of a whole."""
    found: dict[str, datetime] = {}
    begins, ends = day_start(quarter.first) - WHOLE_WITHIN, day_end(quarter.last)
    for collector in copy.program.verifiers:
        for kept in ledger.looks(collector, copy.subject, begins, ends):
            for name in ("verify.sound", "verify.whole"):
                fact = kept.reading.one(name) if isinstance(kept.reading, Observation) else None
                if fact is not None:
                    found[name] = max(fact.as_of, found.get(name, fact.as_of))
    sound, whole = found.get("verify.sound"), found.get("verify.whole")
    return None if sound is None else day_of(sound), None if whole is None else day_of(whole)


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
