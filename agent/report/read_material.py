"""Read once what a report is made of: from the ledger, and from the configuration what the ledger lacks."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from agent.accounting.agreements import Agreements
from agent.accounting.expectation import keys_of
from agent.config.settings import Configuration
from agent.core.convention import CLAUSES, COVERAGE, RECOVERY_POINT, RECOVERY_TIME, STRONG_AUTHENTICATION, CountingRule
from agent.core.duties.entries import RegisterEntry, duties_of
from agent.core.errors import UsageError
from agent.core.facts.recovery_points import off_site_copies
from agent.core.judging import departures
from agent.core.judging.counting import counted_points
from agent.core.judging.departures import with_closings
from agent.core.model import Key, Verdict
from agent.core.period import PARIS, Quarter, day_end, day_of, day_start
from agent.core.places import elsewhere
from agent.evaluation.former_names import FormerNames
from agent.evaluation.past_days import PastDayInputs, derived
from agent.evaluation.session import entries_in
from agent.ledger import mailed
from agent.ledger.append import tip
from agent.ledger.keys import verifier
from agent.ledger.ledger import Ledger, Load
from agent.ledger.silence import silent_days
from agent.ledger.stored_days import of_keys
from agent.register.agreed import agreements_in_force
from agent.register.book import as_entries
from agent.report.attested import attested_by, days_without_places, signed_days
from agent.report.begun import begun_on
from agent.report.copy_places import copy_places, perimeters_of, retentions
from agent.report.days import Span
from agent.report.figures import HeadsMailed, LedgerReference
from agent.report.material import Heading, Material, PointDates, happened_on, quarters_up_to
from agent.report.published import newest_editions
from agent.report.waiting import with_waiting
from agent.wording.nearest import nearest

# The last verdict on each of their subjects is printed beside their rate.
BESIDE_RATES = (RECOVERY_TIME, STRONG_AUTHENTICATION, COVERAGE)


def choose_beneficiary(configuration: Configuration, asked: str | None) -> str:
    """Return the beneficiary that a report is for. Raises UsageError where no one or too many can be meant."""
    known = [one.id for one in configuration.inventory.beneficiaries]
    if asked is not None:
        if asked not in known:
            near = nearest(asked, known, 1)
            again = "one that was taken out of the file is reported on once its id and name are declared again"
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known) or 'none'}; {again}"
            raise UsageError(f"no such beneficiary: {asked[:60]!r}", hint)
        return asked
    if len(known) != 1:
        raise UsageError(
            f"{len(known)} beneficiaries are declared, and none was named",
            f"give --beneficiary, one of: {', '.join(known)}" if known else "declare a [[beneficiary]]",
        )
    return known[0]


def read(configuration: Configuration, ledger: Ledger, quarter: Quarter, beneficiary: str, now: datetime) -> Material:
    """Return what the report on a quarter rests on, as it stands at one row of the ledger.

    Raises UsageError where nothing can be told of the quarter, LedgerError.
    """
    return ledger.at_once(lambda: _read(configuration, ledger, quarter, beneficiary, now))


def _read(configuration: Configuration, ledger: Ledger, quarter: Quarter, beneficiary: str, now: datetime) -> Material:
    hold_to_time(quarter, day_of(now), begun_on(ledger.loads(), configuration.convention.starts))
    published = newest_editions(ledger, beneficiary, configuration.agent.state_directory)
    return replace(read_ledger(configuration, ledger, quarter, beneficiary, now), published=published)


def read_ledger(
    configuration: Configuration,
    ledger: Ledger,
    quarter: Quarter,
    beneficiary: str,
    now: datetime,
    elsewhere: Container[Key] = frozenset(),
) -> Material:
    """Return what one ledger, which has a load, holds of a quarter; of what was published of it before, nothing.

    `elsewhere`: keys that are declared though not by the configuration's inventory. Raises LedgerError.
    """
    zone = PARIS
    today = day_of(now, zone)
    yesterday = today - timedelta(days=1)
    loads = ledger.loads()
    rows, begins = ledger.entries(None), quarters_up_to(quarter)[0].first
    written = ledger.written_loads()
    agreed = agreements_in_force(rows, configuration.inventory, configuration.convention.starts, written, elsewhere)
    known = entries_in(ledger)
    own = frozenset(_keys((*written, *loads), known, beneficiary))
    span = Span(first=quarter.first, last=min(quarter.last, yesterday))
    return Material(
        quarter=quarter,
        beneficiary=beneficiary,
        heading=heading_of(configuration, beneficiary),
        today=today,
        zone=zone,
        silent=ledger.ask(lambda kept: silent_days(kept, quarter.first, min(quarter.last, yesterday), zone)),
        kept=with_waiting(
            ledger.ask(lambda kept: of_keys(kept, begins, quarter.last, own)),
            derived(ledger, PastDayInputs(agreements=agreed, entries=known), now, own),
            beneficiary,
        ),
        loads=loads,
        entries=tuple(
            entry
            for entry in with_closings(as_entries(rows), ledger.standing())
            if entry.beneficiary == beneficiary and happened_on(entry) <= quarter.last
        ),
        agreements=_own(agreed, beneficiary),
        proof=reference_of(configuration, ledger, written, beneficiary, span),
        verdicts=_of_departures(ledger, beneficiary),
        last_verdicts=(
            *_without_rate(ledger, loads, quarter, beneficiary),
            *(one for target in BESIDE_RATES for one in ledger.last_verdicts(day_end(span.last), target, beneficiary)),
        ),
        points=(
            *_points(configuration, ledger, beneficiary),
            *_points_of_removed(configuration, ledger, loads, span, beneficiary),
        ),
        copies=tuple(copy_places(configuration, ledger, span, beneficiary)),
        perimeters=perimeters_of(configuration, beneficiary),
        retentions=tuple(retentions(configuration, ledger, span, beneficiary)),
        retirements=tuple(one for one in ledger.retirements() if one.beneficiary == beneficiary),
        hosts=tuple(
            (host.id, host.address or "", host.site or "")
            for host in configuration.inventory.hosts
            if beneficiary in host.beneficiaries
            or any(one.host == host.id and one.beneficiary == beneficiary for one in configuration.inventory.backups)
        ),
    )


def _keys(loads: Sequence[Load], entries: Sequence[RegisterEntry], beneficiary: str) -> Iterator[Key]:
    """Yield whatever may have days of one beneficiary: others of a large fleet are not even read."""
    yield from (key for load in loads for key in load.declared if key.beneficiary == beneficiary)
    for one in entries:
        if one.beneficiary == beneficiary:
            duties = duties_of(one.register)
            yield from (Key(target=duty.target, subject=one.id, beneficiary=beneficiary) for duty in duties)


def hold_to_time(quarter: Quarter, today: date, begun: date | None) -> None:
    """Raise UsageError where nothing can be told of a quarter yet, or measuring began after it."""
    if today <= quarter.first:
        raise UsageError(f"no day of {quarter} is over yet", "ask for it from its second day on")
    if begun is None or quarter.last < begun:
        hint = f"measuring began on {begun}" if begun else "beffroi check, or the daemon, begins to"
        raise UsageError(f"nothing was measured in {quarter}", hint)


def _own(agreements: Agreements, beneficiary: str) -> Agreements:
    return Agreements(
        acceptances=tuple(one for one in agreements.acceptances if one.key.beneficiary == beneficiary),
        adaptations=tuple(one for one in agreements.adaptations if one.beneficiary == beneficiary),
        exclusions=tuple(one for one in agreements.exclusions if one.key.beneficiary == beneficiary),
    )


def _of_departures(ledger: Ledger, beneficiary: str) -> Mapping[Key, Verdict]:
    """Return the newest verdict of which each departure has a row: no bundle shows what was renewed without one."""
    found = ledger.last_verdicts(datetime.max.replace(tzinfo=UTC), departures.TARGET, beneficiary)
    return {one.key: one for one in found if one.key.subject != beneficiary}


def heading_of(configuration: Configuration, beneficiary: str) -> Heading:
    """Return what is printed of a beneficiary of the configuration, and of its convention."""
    return Heading(
        name=next(one.name for one in configuration.inventory.beneficiaries if one.id == beneficiary),
        provider=configuration.convention.provider,
        reference=configuration.convention.reference,
        quotations=configuration.convention.quotations,
        signed=configuration.convention.signed,
        demonstration=configuration.agent.demonstration,
    )


def _without_rate(ledger: Ledger, loads: Sequence[Load], quarter: Quarter, beneficiary: str) -> Iterator[Verdict]:
    """Yield the last verdict of the quarter on each target that has no rate."""
    begins, ends = day_start(quarter.first), day_end(quarter.last)
    for key in keys_of(loads):
        if key.beneficiary == beneficiary and CLAUSES[key.target].counted is CountingRule.NOT:
            told = [one for one in ledger.verdict_changes(begins, key) if one.at < ends]
            yield from told[-1:]


def _points(configuration: Configuration, ledger: Ledger, beneficiary: str) -> Iterator[PointDates]:
    last_look = FormerNames(ledger=ledger, inventory=configuration.inventory).last_look
    for backup in configuration.inventory.backups:
        if backup.beneficiary != beneficiary:
            continue
        for part in backup.parts:
            dates: set[datetime] = set()
            seen: list[datetime] = []
            for copy in elsewhere(off_site_copies(backup), last_look):
                listing = last_look(copy.program.listing, copy.subject)
                if listing is not None and part in backup.parts_of(copy.subject, daily=True):
                    (one,) = counted_points(backup, listing, last_look, parts=(part,))
                    dates |= set(one.told_apart)
                    seen.append(listing.ended)
            if seen:
                yield PointDates(backup=backup.id, dates=tuple(sorted(dates)), seen_at=max(seen))


def _points_of_removed(
    configuration: Configuration, ledger: Ledger, loads: Sequence[Load], span: Span, beneficiary: str
) -> Iterator[PointDates]:
    """Yield the points of each backup that was removed, as its verdicts dated them: what was not judged is not known.

    The age of the newest point that a verdict gives is exact; a point that no verdict saw as the newest is missing, so
    that an interval can only look longer.
    """
    kept = {one.id for one in configuration.inventory.backups}
    for key in keys_of(loads):
        if key.target != RECOVERY_POINT or key.beneficiary != beneficiary or key.subject in kept:
            continue
        told = [one for one in ledger.verdict_changes(day_start(span.first), key) if one.at < day_end(span.last)]
        dates = {one.at - timedelta(seconds=round(one.value)) for one in told if one.value is not None}
        if told:
            yield PointDates(backup=key.subject, dates=tuple(sorted(dates)), seen_at=told[-1].at, removed=True)


def reference_of(
    configuration: Configuration, ledger: Ledger, loads: Sequence[Load], beneficiary: str, span: Span
) -> LedgerReference:
    """Return where the evidence of some days stands in a ledger, which has a load. Raises LedgerError."""
    heads = ledger.heads()
    last = ledger.ask(tip)
    return LedgerReference(
        rows=last.sequence,
        link=last.link,
        head_day=heads[-1].day if heads else None,
        head=heads[-1].head if heads else None,
        fingerprint=verifier(configuration.agent.state_directory).fingerprint,
        configuration=loads[-1].digest,
        loads=len(loads),
        signed_days=signed_days(ledger, span.first, span.last),
        days_without_places=days_without_places(ledger, span.first, span.last),
        attested=attested_by(ledger, configuration.evidence, span.first, span.last),
        heads_mailed=tuple(
            HeadsMailed(month=month, on=day_of(letter.kept_at), addresses=letter.addresses)
            for letter in ledger.ask(partial(mailed.read, beneficiary=beneficiary))
            if (month := letter.heads_of) is not None and letter.kept_at is not None
        ),
    )
