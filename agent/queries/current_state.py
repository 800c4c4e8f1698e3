"""The state of everything at one instant, read from the ledger: the source of page, JSON and metrics."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from agent.accounting.acknowledgements import after_recovery
from agent.accounting.agreements import Agreements
from agent.accounting.expectation import Expectation, dropped_at, expectation, keys_of
from agent.accounting.timeline import Start
from agent.config.health_command import health_command
from agent.config.settings import Configuration
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import Expected, expected
from agent.core.duties.host_relations import relation_of_former, relations_of
from agent.core.facts.restore_samples import COLLECTOR as SAMPLES
from agent.core.facts.restore_samples import failed_in, tally
from agent.core.facts.verification import verifier_of
from agent.core.inventory import Copy
from agent.core.judging.counting import newest_that_counts
from agent.core.model import Key, Observation, State, Verdict
from agent.core.period import PARIS, day_end, day_of
from agent.core.reason import Reason
from agent.core.version import VERSION
from agent.evaluation.combining import as_it_stands, not_run
from agent.evaluation.former_names import FormerNames
from agent.evaluation.past_days import PastDayInputs, derived
from agent.evaluation.round import accepted, clock_doubt_from
from agent.evaluation.session import entered, entries_in, still_watched
from agent.export.quarter_so_far import QuarterDayCounts, QuarterSoFar
from agent.export.snapshot import (
    Attainment,
    CheckpointNumbers,
    CollectorRun,
    CopyNumbers,
    CurrentVerdict,
    Snapshot,
    UnwatchedItem,
)
from agent.ledger.ledger import LastRun, Ledger
from agent.queries.without_evidence import without_evidence
from agent.register.agreed import agreements_in_force


def current_snapshot(
    configuration: Configuration,
    ledger: Ledger | None,
    *,
    now: datetime,
    unwatched: Sequence[UnwatchedItem] = (),
    heartbeat: datetime | None = None,
    fault: str | None = None,
    quarter: QuarterSoFar | None = None,
) -> Snapshot:
    """Return everything that is known; without a ledger, everything that is expected, unproven.

    `quarter` remembers the counts of the quarter from one survey of the same ledger to the next.
    """
    inventory = still_watched(configuration, ledger, now)
    wanted = expected(inventory, configuration.convention.starts)
    names = FormerNames(ledger=ledger, inventory=configuration.inventory)
    if ledger is not None:
        wanted += entered(ledger, configuration, now)
    zone = PARIS
    kept = {} if ledger is None else {verdict.key: verdict for verdict in ledger.standing()}
    starts = ledger.last_starts() if ledger is not None else {}
    moment = current_rules(configuration, ledger, now)
    days = QuarterDayCounts()
    if ledger is not None:
        books = PastDayInputs(agreements=moment.agreements, entries=entries_in(ledger))
        days = (quarter or QuarterSoFar()).counted(
            ledger, now, zone, acceptances=moment.agreements.acceptances, derived=derived(ledger, books, now)
        )
    return Snapshot(
        at=now,
        version=VERSION,
        language=configuration.agent.language,
        convention=configuration.convention,
        beneficiaries=configuration.inventory.beneficiaries,
        targets=configuration.targets,
        standings=(
            *(_standing(one, configuration, kept, days, starts, moment) for one in wanted),
            *vanished(wanted, ledger, kept, days, now),
            *_retired(configuration, ledger, days, now),
        ),
        attainments=tuple(_attainments(wanted, configuration, days, moment)),
        copies=tuple(_copy_numbers(copy, ledger, names) for copy in inventory.copies),
        runs=tuple(_runs(ledger, wanted)),
        unwatched=tuple(unwatched),
        hosts={host.id: host.beneficiaries for host in configuration.inventory.hosts},
        planned=() if ledger is None else _planned(ledger),
        last_append=ledger.last_append() if ledger is not None else None,
        checkpoint=None if ledger is None else _checkpoint(ledger),
        heartbeat=heartbeat,
        fault=fault,
        demonstration=configuration.agent.demonstration,
        health=health_command(configuration.agent),
    )


def _checkpoint(ledger: Ledger) -> CheckpointNumbers | None:
    newest = ledger.newest_checkpoint()
    return None if newest is None else CheckpointNumbers(size=newest.size, signed_at=newest.signed_at)


def _planned(ledger: Ledger) -> tuple[RegisterEntry, ...]:
    return tuple(entry for entry in entries_in(ledger) if entry.register == "plan" and entry.get("done") is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentRules:
    """What a verdict that was kept must still be held to at an instant: its clock, and what is agreed that day."""

    now: datetime
    day: date
    zone: ZoneInfo = PARIS
    agreements: Agreements = field(default_factory=Agreements)
    doubtful_clock: str | None = None


def current_rules(configuration: Configuration, ledger: Ledger | None, now: datetime) -> CurrentRules:
    """Return what a kept verdict is held to at an instant: the day's agreements, and this machine's clock."""
    zone = PARIS
    day = day_of(now, zone)
    if ledger is None:
        return CurrentRules(now=now, day=day, zone=zone)
    starts = configuration.convention.starts
    agreed = agreements_in_force(ledger.entries(None), configuration.inventory, starts, ledger.written_loads())
    acknowledged = after_recovery(agreed.acknowledgements, ledger.verdict_changes, now)
    return CurrentRules(
        now=now,
        day=day,
        zone=zone,
        agreements=replace(agreed, acknowledgements=acknowledged),
        doubtful_clock=clock_doubt_from(ledger, now),
    )


def standing_verdict(verdict: Verdict, moment: CurrentRules) -> Verdict:
    """Return a kept verdict as it stands: its evidence may have aged out, and an acceptance begun or ended since.

    Where the clock went back nothing says how old the evidence is.
    """
    stands = as_it_stands(verdict, moment.now)
    if moment.doubtful_clock is not None and stands.stands_until is not None:
        stands = replace(
            stands,
            measured=State.UNPROVEN,
            day_state=State.UNPROVEN,
            reason=Reason.CLOCK_DOUBTFUL,
            about={"said": moment.doubtful_clock},
            rest=(),
        )
    if stands.state is not stands.measured or stands.acceptance is not None:
        stands = replace(stands, state=stands.measured, acceptance=None)
    return accepted(stands, moment.agreements, moment.day)


def _standing(
    one: Expected,
    configuration: Configuration,
    kept: Mapping[Key, Verdict],
    days: QuarterDayCounts,
    starts: Mapping[Key, Start],
    moment: CurrentRules,
) -> CurrentVerdict:
    before = kept.get(one.key)
    if before is None:
        before = not_run(one, configuration.targets[one.key.target], moment.now)
    verdict = standing_verdict(before, moment)
    accepted_until = moment.agreements.accepted_until(one.key, moment.day)
    exclusion = moment.agreements.silenced(one.key, moment.now)
    return CurrentVerdict(
        verdict=verdict,
        since=_since(kept.get(one.key), verdict, starts),
        tally=days.keys.get(one.key, {}),
        day_unproven=days.unproven.get(one.key),
        accepted_until=None if accepted_until is None else day_end(accepted_until, moment.zone),
        excluded_until=None if exclusion is None else exclusion.ends,
        hosts=relations_of(one.item, configuration.inventory),
        acknowledged=moment.agreements.acknowledged(one.key, verdict.state, moment.now),
    )


def _since(kept: Verdict | None, shown: Verdict, starts: Mapping[Key, Start]) -> datetime | None:
    if kept is None:
        return None
    if shown.reason is Reason.STALE_EVIDENCE and kept.reason is not Reason.STALE_EVIDENCE:
        return kept.stands_until
    start = starts.get(kept.key)
    return start.at if start is not None and start.state is shown.day_state else None


def vanished(
    wanted: Iterable[Expected],
    ledger: Ledger | None,
    kept: Mapping[Key, Verdict],
    days: QuarterDayCounts,
    now: datetime,
) -> Iterator[CurrentVerdict]:
    """Yield a verdict on each subject gone from the file without `ends`: named until its end is said."""
    if ledger is None:
        return
    declared = {one.key for one in wanted}
    loads = ledger.loads()
    for key in keys_of(loads):
        if key in declared or key not in kept or dropped_at(key, loads) is None:
            continue
        if expectation(key, day_of(now), loads) is Expectation.NOT_EXPECTED:
            continue
        verdict = kept[key]
        gone = without_evidence(
            key,
            Reason.NO_LONGER_DECLARED,
            now,
            unit=verdict.unit,
            limit=verdict.limit,
            observed_at=verdict.observed_at,
        )
        yield CurrentVerdict(verdict=gone, declared=False, tally=days.keys.get(key, {}), hosts=relation_of_former(key))


def _retired(
    configuration: Configuration, ledger: Ledger | None, days: QuarterDayCounts, now: datetime
) -> Iterator[CurrentVerdict]:
    # Named for as long as its entry stays in the file.
    retired = () if ledger is None else ledger.retired(day_of(now)).values()
    for one in expected(configuration.inventory, configuration.convention.starts) if retired else ():
        if not any(retirement.covers(one.key) for retirement in retired):
            continue
        verdict = replace(
            not_run(one, configuration.targets[one.key.target], now),
            state=State.NOT_APPLICABLE,
            measured=State.NOT_APPLICABLE,
            day_state=State.NOT_APPLICABLE,
            reason=Reason.RETIRED,
        )
        yield CurrentVerdict(verdict=verdict, declared=False, tally=days.keys.get(one.key, {}))


def _attainments(
    wanted: Iterable[Expected], configuration: Configuration, days: QuarterDayCounts, moment: CurrentRules
) -> Iterator[Attainment]:
    named = {(one.key.target, one.key.beneficiary): None for one in wanted}
    for target, beneficiary in named | dict.fromkeys(days.targets):
        counted = days.targets.get((target, beneficiary), {})
        whole = Key(target=target, subject="", beneficiary=beneficiary)
        promised = configuration.targets[target].attainment if target in configuration.targets else Fraction(1)
        objective = moment.agreements.attainment(promised, whole, moment.day)
        yield Attainment(target=target, beneficiary=beneficiary, tally=counted, objective=objective)


def _copy_numbers(copy: Copy, ledger: Ledger | None, names: FormerNames) -> CopyNumbers:
    points = _latest(ledger, copy.program.listing, copy.subject)
    verified = _latest(ledger, verifier_of(copy), copy.subject)
    store_listing = copy.program.store_listing or copy.program.listing
    stored = _latest(ledger, store_listing, copy.subject) if copy.store is not None else None
    sample = _latest(ledger, SAMPLES, copy.subject) if copy.sample is not None else None
    newest = None
    if points is not None:
        newest = newest_that_counts(copy, points, names.last_look)
    failing = None if sample is None else failed_in(sample)
    return CopyNumbers(
        backup=copy.backup,
        copy=copy.id,
        newest=newest,
        verified_bytes=_number(verified, "verify.bytes_verified"),
        stored_bytes=_number(verified, "verify.bytes_stored"),
        whole=_as_of(verified, "verify.whole"),
        store_free_bytes=_number(stored, "store.free_bytes"),
        store_free_inodes=_number(stored, "store.free_inodes"),
        store_locks=_number(stored, "store.locks"),
        store_oldest_lock=_as_of(stored, "store.oldest_lock"),
        sampled=None if sample is None else tally(sample),
        sampled_at=None if sample is None else sample.ended,
        failing=None if failing is None else len(failing),
        failing_since=min((since for _, since in failing or ()), default=None),
    )


def _latest(ledger: Ledger | None, collector: str, subject: str) -> Observation | None:
    kept = ledger.latest_observation(collector, subject) if ledger is not None else None
    return kept.reading if kept is not None and isinstance(kept.reading, Observation) else None


def _as_of(observation: Observation | None, name: str) -> datetime | None:
    fact = observation.one(name) if observation is not None else None
    return fact.as_of if fact is not None else None


def _number(observation: Observation | None, name: str) -> int | None:
    fact = observation.one(name) if observation is not None else None
    return fact.value if fact is not None and isinstance(fact.value, int) else None


def _runs(ledger: Ledger | None, wanted: Iterable[Expected]) -> Iterator[CollectorRun]:
    groups: dict[tuple[str, str], list[LastRun]] = {}
    # A place of logs is looked at as a whole; the verdicts are on its sources.
    subjects = {subject for one in wanted for subject in (one.key.subject, getattr(one.item, "log", None))}
    for run in ledger.runs() if ledger is not None else ():
        if run.subject in subjects:
            groups.setdefault((run.collector, run.host), []).append(run)
    for (collector, host), runs in groups.items():
        succeeded = [run.last_success for run in runs]
        known = [instant for instant in succeeded if instant is not None]
        yield CollectorRun(
            collector=collector,
            host=host,
            last_run=min(run.last_run for run in runs),
            last_success=min(known) if len(known) == len(succeeded) else None,
            duration=sum((run.duration for run in runs), timedelta(0)),
            success=all(run.success for run in runs),
        )
