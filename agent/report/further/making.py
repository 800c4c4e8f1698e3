"""Make a further document of what the ledger holds now. Nothing of it is published or kept, as the report is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.accounting.expectation import keys_of
from agent.config.settings import Configuration
from agent.core.convention import PATCHING, STORAGE
from agent.core.errors import UsageError
from agent.core.model import Key, State, Verdict
from agent.core.period import PARIS, HalfYear, Month, Quarter, Year, day_end, day_of, day_start
from agent.ledger.ledger import Ledger
from agent.report.further import execution, indicators, storage
from agent.report.further.execution_view import execution_view
from agent.report.further.indicators_view import indicators_view
from agent.report.further.sheet import Period, Sheet, over, render
from agent.report.further.storage_view import storage_view
from agent.report.material import Material
from agent.report.names import names
from agent.report.read_material import choose_beneficiary, read
from agent.wording.languages import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherDocument:
    """A document: the name that its files bear, its page, its table for tools. `over`: its period is."""

    stem: str
    page: str
    table: str
    over: bool


def make(
    configuration: Configuration,
    ledger: Ledger,
    period: Period,
    beneficiary: str | None,
    now: datetime,
    *,
    public: bool,
    language: Language = "fr",
) -> FurtherDocument:
    """Return the document on a period; `public` leaves out every name. Raises UsageError where nothing can be told."""
    chosen = choose_beneficiary(configuration, beneficiary)
    zone = PARIS
    quarter = _newest_quarter(period, now, zone)
    material = _up_to(period, read(configuration, ledger, quarter, chosen, now), ledger)
    shown, table = _made(period, material, ledger, public=public, language=language)
    suffix = "-annex" if isinstance(period, Year) else ""
    return FurtherDocument(
        stem=f"beffroi-{chosen}-{period}{suffix}", page=render(shown), table=table, over=over(material, period)
    )


def _newest_quarter(period: Period, now: datetime, zone: ZoneInfo) -> Quarter:
    """Return the last quarter of a period of which a day is over."""
    today = day_of(now, zone)
    if today <= period.first:
        raise UsageError(f"no day of {period} is over yet", "ask for it from its second day on")
    yesterday = today.fromordinal(today.toordinal() - 1)
    return Quarter.of(min(period.last, yesterday))


def _up_to(period: Period, material: Material, ledger: Ledger) -> Material:
    """Return the material with the newest signed day of the period, which stays the same once the period is over."""
    heads = [head for head in ledger.heads() if head.day <= period.last.isoformat()]
    last = heads[-1] if heads else None
    proof = replace(
        material.proof, head_day=None if last is None else last.day, head=None if last is None else last.head
    )
    return replace(material, proof=proof)


def _made(period: Period, material: Material, ledger: Ledger, *, public: bool, language: Language) -> tuple[Sheet, str]:
    called = names(keys_of(material.loads), material.beneficiary, public=public, language=language)
    match period:
        case HalfYear():
            counted = execution.execution(material, period)
            return execution_view(counted, material, called), execution.table_text(counted)
        case Month():
            found = indicators.indicators(material, period, dict(_patching(ledger, material, period)))
            return indicators_view(found, material, called), indicators.table_text(found)
        case Year():
            used = storage.storage(material, period, _volumes(ledger, material, period))
            return storage_view(used, material, public=public, language=language), storage.table_text(used)


def _patching(ledger: Ledger, material: Material, month: Month) -> Iterator[tuple[Key, Verdict]]:
    """Yield each machine's last verdict of a month that measured anything."""
    begins, ends = day_start(month.first, material.zone), day_end(month.last, material.zone)
    for key in keys_of(material.loads):
        if key.target != PATCHING or key.beneficiary != material.beneficiary:
            continue
        told = [one for one in ledger.verdict_changes(begins, key) if one.at < ends and _measured(one)]
        yield from ((key, one) for one in told[-1:])


def _measured(verdict: Verdict) -> bool:
    return verdict.measured in (State.MET, State.MISSED)


def _volumes(ledger: Ledger, material: Material, year: Year) -> tuple[Verdict, ...]:
    key = Key(target=STORAGE, subject=material.beneficiary, beneficiary=material.beneficiary)
    return ledger.verdict_changes(day_start(year.first, material.zone), key)
