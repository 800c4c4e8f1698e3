"""A snapshot as Prometheus reads it: the text format 0.0.4, and OpenMetrics 1.0 for who asks for it.

The families are prometheus_client's own; only their text is written here, family by family: the library's writer
takes 12 ms of processor for 2,000 series, and 18 for OpenMetrics, which with the reading of the ledger is more than a
whole scrape may take (tests/benchmarks/test_scrape.py). The tests read every text back with the library's own parsers.

Sources: Prometheus «Exposition formats» 0.0.4; OpenMetrics 1.0.0.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from enum import Enum
from functools import lru_cache

from prometheus_client import Metric as Family

from agent.core.model import State
from agent.core.period import Quarter, day_of
from agent.export.catalogue import METRICS, Metric
from agent.export.fleet_metrics import FLEET_SERIES, LABEL
from agent.export.snapshot import CopyNumbers, CurrentVerdict, Snapshot
from agent.export.verdicts_json import agent_of

Sample = tuple[tuple[str, ...], float | int]


class Exposition(Enum):
    """The two forms of the same text; the value is the content type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def chosen(accept: str) -> Exposition:
    """Return the form that an Accept header prefers; plain text where it does not say."""
    open_metrics = plain = 0.0
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = _quality(parameters)
        if media == "application/openmetrics-text" and "version=0.0.1" not in parameters:
            open_metrics = max(open_metrics, quality)
        elif media == "text/plain":
            plain = max(plain, quality)
    return Exposition.OPEN_METRICS if open_metrics and open_metrics >= plain else Exposition.TEXT


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def exposition(snapshot: Snapshot, form: Exposition = Exposition.TEXT) -> bytes:
    """Return every family of the catalogue that has a series, in the catalogue's order."""
    # Family by family: the text of a thousand hosts is ten megabytes, its lines one by one several times that.
    text = bytearray()
    for family in families(snapshot):
        metric = METRICS[family.name]
        text += "\n".join((*_head(metric, form), *_lines(metric, family), "")).encode()
    if form is Exposition.OPEN_METRICS:
        text += b"# EOF\n"
    return bytes(text)


def families(snapshot: Snapshot) -> Iterator[Family]:
    """Yield the families that have a series, built anew, as a scrape's collector gives them."""
    for name, metric in METRICS.items():
        family = Family(name, metric.help, "gauge")
        agents = snapshot.agent_names if "subject" in metric.labels else None
        for values, value in _SERIES[name](snapshot):
            labels = dict(zip(metric.labels, values, strict=True))
            if agents is not None:
                labels[LABEL] = agent_of(labels["subject"], agents)
            family.add_sample(name, labels, value)
        if family.samples:
            yield family


def _head(metric: Metric, form: Exposition) -> Iterator[str]:
    name, kind = metric.name, "counter" if metric.counter else "gauge"
    if form is Exposition.OPEN_METRICS and metric.info:
        name, kind = name.removesuffix("_info"), "info"
    if form is Exposition.OPEN_METRICS and metric.counter:
        name = name.removesuffix("_total")
    yield f"# HELP {name} {metric.help}"
    yield f"# TYPE {name} {kind}"
    if form is Exposition.OPEN_METRICS and metric.unit:
        yield f"# UNIT {name} {metric.unit}"


def _lines(metric: Metric, family: Family) -> Iterator[str]:
    names = family.samples[0].labels
    pairs = ",".join(f'{label}="%s"' for label in names)
    pattern = f"{metric.name}{{{pairs}}} %r" if pairs else f"{metric.name} %r"
    return (pattern % (*map(escaped, sample.labels.values()), sample.value) for sample in family.samples)


@lru_cache(maxsize=4096)
def escaped(text: str) -> str:
    """Return a label value that no reader can take for anything else.

    Beyond the three characters that both formats escape, what is not printable becomes U+FFFD: a NUL ends
    Prometheus' own parser, and half a surrogate pair is no UTF-8.
    """
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    kept = "".join(one if one.isprintable() or one == "\n" else "\ufffd" for one in text)
    return kept.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _declared(snapshot: Snapshot) -> Iterator[CurrentVerdict]:
    return (standing for standing in snapshot.standings if standing.declared)


def _key(standing: CurrentVerdict) -> tuple[str, str, str]:
    verdict = standing.verdict
    return verdict.target, verdict.subject, verdict.beneficiary


def _states(snapshot: Snapshot) -> Iterator[Sample]:
    for standing in _declared(snapshot):
        key, now = _key(standing), standing.verdict.state
        for state in State:
            yield (*key, state.value), 1 if state is now else 0


def _values(snapshot: Snapshot) -> Iterator[Sample]:
    for standing in _declared(snapshot):
        if standing.verdict.value is not None and math.isfinite(standing.verdict.value):
            yield (*_key(standing), standing.verdict.unit), float(standing.verdict.value)


def _limits(snapshot: Snapshot) -> Iterator[Sample]:
    for standing in _declared(snapshot):
        if standing.verdict.limit is not None:
            yield (*_key(standing), standing.verdict.unit), float(standing.verdict.limit)


def _evidence(snapshot: Snapshot) -> Iterator[Sample]:
    for standing in _declared(snapshot):
        if standing.verdict.observed_at is not None:
            yield _key(standing), standing.verdict.observed_at.timestamp()


def _reasons(snapshot: Snapshot) -> Iterator[Sample]:
    for standing in _declared(snapshot):
        yield (*_key(standing), standing.verdict.reason.value), 1


def _of_standings(instant: Callable[[CurrentVerdict], datetime | None]) -> Callable[[Snapshot], Iterator[Sample]]:
    def samples(snapshot: Snapshot) -> Iterator[Sample]:
        for standing in _declared(snapshot):
            yield from _instant(instant(standing), *_key(standing))

    return samples


def _tallies(snapshot: Snapshot) -> Iterator[Sample]:
    for standing in _declared(snapshot):
        key = _key(standing)
        for state in State:
            yield (*key, state.value), standing.tally.get(state, 0)


def _attainments(snapshot: Snapshot) -> Iterator[Sample]:
    for one in snapshot.attainments:
        if one.expected:
            yield (one.target, one.beneficiary), one.met / one.expected


def _objectives(snapshot: Snapshot) -> Iterator[Sample]:
    for one in snapshot.attainments:
        yield (one.target, one.beneficiary), float(one.objective)


def _target_tallies(snapshot: Snapshot) -> Iterator[Sample]:
    for one in snapshot.attainments:
        for state in State:
            yield (one.target, one.beneficiary, state.value), one.tally.get(state, 0)


def _quarter(count: Callable[[Quarter, date], int]) -> Callable[[Snapshot], Iterator[Sample]]:
    def samples(snapshot: Snapshot) -> Iterator[Sample]:
        if snapshot.attainments:
            today = day_of(snapshot.at)
            yield (), count(Quarter.of(today), today)

    return samples


def _of_copies(value: Callable[[CopyNumbers], datetime | int | None]) -> Callable[[Snapshot], Iterator[Sample]]:
    def samples(snapshot: Snapshot) -> Iterator[Sample]:
        for copy in snapshot.copies:
            known = value(copy)
            if known is not None:
                yield (copy.backup, copy.copy), known.timestamp() if isinstance(known, datetime) else known

    return samples


def _sampled(snapshot: Snapshot) -> Iterator[Sample]:
    for copy in snapshot.copies:
        for result, files in (copy.sampled or {}).items():
            yield (copy.backup, copy.copy, result), files


def _last_runs(snapshot: Snapshot) -> Iterator[Sample]:
    for run in snapshot.runs:
        yield from _instant(run.last_run, run.collector, run.host)


def _last_successes(snapshot: Snapshot) -> Iterator[Sample]:
    for run in snapshot.runs:
        yield from _instant(run.last_success, run.collector, run.host)


def _durations(snapshot: Snapshot) -> Iterator[Sample]:
    for run in snapshot.runs:
        yield (run.collector, run.host), run.duration.total_seconds()


def _successes(snapshot: Snapshot) -> Iterator[Sample]:
    for run in snapshot.runs:
        yield (run.collector, run.host), int(run.success)


def _cosigned(snapshot: Snapshot) -> Iterator[Sample]:
    for witness in snapshot.own.witnesses:
        yield from _instant(witness.cosigned_at, witness.id)


def _refused(snapshot: Snapshot) -> Iterator[Sample]:
    for witness in snapshot.own.witnesses:
        yield (witness.id,), int(witness.refused is not None)


def _instant(instant: datetime | None, *labels: str) -> Iterator[Sample]:
    if instant is not None:
        yield labels, instant.timestamp()


def _number(value: float | None) -> Iterator[Sample]:
    if value is not None:
        yield (), int(value) if isinstance(value, bool) else value


_SERIES: dict[str, Callable[[Snapshot], Iterator[Sample]]] = {
    "beffroi_build_info": lambda snapshot: iter([((snapshot.version,), 1)]),
    "beffroi_target_state": _states,
    "beffroi_target_value": _values,
    "beffroi_target_limit": _limits,
    "beffroi_target_evidence_timestamp_seconds": _evidence,
    "beffroi_target_reason_info": _reasons,
    "beffroi_target_since_timestamp_seconds": _of_standings(lambda standing: standing.since),
    "beffroi_target_accepted_until_timestamp_seconds": _of_standings(lambda standing: standing.accepted_until),
    "beffroi_target_excluded_until_timestamp_seconds": _of_standings(lambda standing: standing.excluded_until),
    "beffroi_target_acknowledged_until_timestamp_seconds": _of_standings(
        lambda standing: None if standing.acknowledged is None else standing.acknowledged.until
    ),
    "beffroi_target_day_unproven_timestamp_seconds": _of_standings(lambda standing: standing.day_unproven),
    "beffroi_quarter_tally": _tallies,
    "beffroi_attainment_ratio": _attainments,
    "beffroi_attainment_objective_ratio": _objectives,
    "beffroi_attainment_tally": _target_tallies,
    "beffroi_quarter_length": _quarter(lambda quarter, today: quarter.length),
    "beffroi_quarter_elapsed": _quarter(lambda quarter, today: (today - quarter.first).days),
    "beffroi_backup_newest_timestamp_seconds": _of_copies(lambda copy: copy.newest),
    "beffroi_backup_verified_bytes": _of_copies(lambda copy: copy.verified_bytes),
    "beffroi_backup_stored_bytes": _of_copies(lambda copy: copy.stored_bytes),
    "beffroi_backup_whole_timestamp_seconds": _of_copies(lambda copy: copy.whole),
    "beffroi_backup_store_free_bytes": _of_copies(lambda copy: copy.store_free_bytes),
    "beffroi_backup_store_free_inodes": _of_copies(lambda copy: copy.store_free_inodes),
    "beffroi_backup_store_locks": _of_copies(lambda copy: copy.store_locks),
    "beffroi_backup_store_oldest_lock_timestamp_seconds": _of_copies(lambda copy: copy.store_oldest_lock),
    "beffroi_backup_sample_files": _sampled,
    "beffroi_backup_sample_timestamp_seconds": _of_copies(lambda copy: copy.sampled_at),
    "beffroi_backup_sample_failing_files": _of_copies(lambda copy: copy.failing),
    "beffroi_backup_sample_failing_since_timestamp_seconds": _of_copies(lambda copy: copy.failing_since),
    "beffroi_collector_last_run_timestamp_seconds": _last_runs,
    "beffroi_collector_last_success_timestamp_seconds": _last_successes,
    "beffroi_collector_duration_seconds": _durations,
    "beffroi_collector_success": _successes,
    "beffroi_ledger_last_append_timestamp_seconds": lambda snapshot: _instant(snapshot.last_append),
    "beffroi_ledger_free_bytes": lambda snapshot: _number(snapshot.own.free_bytes),
    "beffroi_ledger_sound": lambda snapshot: _number(snapshot.own.sound),
    "beffroi_ledger_verified_timestamp_seconds": lambda snapshot: _instant(snapshot.own.verified_at),
    "beffroi_checkpoint_size": lambda snapshot: _number(
        None if snapshot.checkpoint is None else snapshot.checkpoint.size
    ),
    "beffroi_checkpoint_timestamp_seconds": lambda snapshot: _instant(
        None if snapshot.checkpoint is None else snapshot.checkpoint.signed_at
    ),
    "beffroi_timestamp_token_timestamp_seconds": lambda snapshot: _instant(snapshot.own.stamped_at),
    "beffroi_witness_cosigned_timestamp_seconds": _cosigned,
    "beffroi_witness_refused": _refused,
    "beffroi_configuration_refused": lambda snapshot: _number(
        None if snapshot.own.configuration_refused is None else bool(snapshot.own.configuration_refused)
    ),
    "beffroi_evaluation_seconds": lambda snapshot: _number(snapshot.own.evaluation_seconds),
    "beffroi_evaluated_targets": lambda snapshot: _number(snapshot.own.evaluated_targets),
    "beffroi_evaluation_differences_total": lambda snapshot: _number(snapshot.own.evaluation_differences),
    "beffroi_heartbeat_timestamp_seconds": lambda snapshot: _instant(snapshot.heartbeat),
    **FLEET_SERIES,
}
