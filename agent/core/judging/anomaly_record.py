"""Anomalies of a copy's points, kept from look to look until they are over: pruning must not hide them. Pure.

A lost mount is `shrunk` at first. After some nights the points of before are pruned, and the few files that are left
would look usual. So each look keeps what the level was. A fall is over once the level is back; encryption, and a fall
that was wanted, once someone says so (register `change`); a standstill once a point shows a change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.core.facts.recovery_points import overlap
from agent.core.judging.anomalies import REMOVED_ABOVE, Suspicion, history_of, looks_wrong, still_since, suspicion
from agent.core.judging.counting import BackupOrCopy, Series, counted_points, with_gone
from agent.core.judging.wanted_change import DeclaredChange
from agent.core.measures import ByteCount, Seconds
from agent.core.model import Detail, DetailValue, Fact, Observation
from agent.core.points import Point
from agent.core.reason import Reason
from agent.core.registered import registered

# Value: one anomaly; `as_of`: the date of the first point that shows it, of the last one that changed.
ANOMALY = "backup.anomaly"
# Of its level before, so much of the files and bytes must be there again.
BACK_FROM = 1 - REMOVED_ABOVE
_LEVELS = {"files": ("usual_files", "files_before"), "bytes": ("usual_bytes", "bytes_before")}


@registered("backup.anomaly")
@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """An anomaly of one path: when and with which point it began, and the figures that say so."""

    path: str
    at: datetime
    point: str
    reason: Reason
    about: Detail


def anomalies_in(listing: Observation) -> tuple[Anomaly, ...]:
    """Return the anomalies that a list of a copy's points remembers, those that begin last first."""
    found = [fact.value for fact in listing.named(ANOMALY) if isinstance(fact.value, Anomaly)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def remembered(source: BackupOrCopy, listing: Observation, previous: Observation | None) -> Iterator[Fact]:
    """Yield the anomalies that stand after a look: those of the look before that are not over, and new ones."""
    before = () if previous is None else anomalies_in(previous)
    earlier = () if previous is None else counted_points(source, previous)
    # Where seven points are kept, six come before the newest: those that went lately tell its level too.
    ever = counted_points(source, with_gone(listing))
    for index, one in enumerate(counted_points(source, listing)):
        own = tuple(_under(one.path, source.parts, before))
        known = earlier[index].newest if earlier else None
        for anomaly in _kept(one, own, known, ever[index].counted):
            yield Fact(name=ANOMALY, subject=listing.subject, value=anomaly, as_of=anomaly.at)


def _under(path: str, paths: Sequence[str], anomalies: Iterable[Anomaly]) -> Iterator[Anomaly]:
    """Yield the anomalies of a path, those included of one that it was declared as before: above it, or below it."""
    for anomaly in anomalies:
        if anomaly.path == path or (anomaly.path not in paths and overlap(anomaly.path, path)):
            yield replace(anomaly, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyRecord:
    """What a path's history says of its newest point: an anomaly or none, and figures to be told beside the verdict."""

    suspicion: Suspicion | None = None
    beside: Detail = field(default_factory=dict)


def standing(one: Series, listing: Observation, now: datetime, change: DeclaredChange | None) -> AnomalyRecord:
    """Return what the history of a path says; what an entry of register `change` covers is told beside, as levelled."""
    kept = [anomaly for anomaly in anomalies_in(listing) if overlap(anomaly.path, one.path)]
    begun = [anomaly for anomaly in kept if anomaly.reason is not Reason.UNCHANGED]
    open_ones = [anomaly for anomaly in begun if change is None or anomaly.at > change.covers_until]
    found = suspicion(one, now, change)
    if open_ones and one.newest is not None and (found is None or found.reason is not Reason.EMPTY):
        found = _as_suspicion(open_ones[0], one.newest)
    beside: dict[str, DetailValue] = {}
    if change is not None and len(open_ones) < len(begun):
        beside |= {"change_on": change.on, "change_by": change.author}
    still = [anomaly.at for anomaly in kept if anomaly.reason is Reason.UNCHANGED]
    still += [at for at in (still_since(one, change),) if at is not None]
    if still and one.newest is not None and (change is None or min(still) > change.levelled_from):
        beside["unchanged_age"] = Seconds((one.newest.time - min(still)).total_seconds())
    return AnomalyRecord(suspicion=found, beside=beside)


def _as_suspicion(anomaly: Anomaly, newest: Point) -> Suspicion:
    about: dict[str, DetailValue] = {**anomaly.about, "since": anomaly.at}
    for figure in ("files", "bytes"):
        held = getattr(newest, figure)
        if figure in about and held is not None:
            about[figure] = ByteCount(held) if figure == "bytes" else held
    return Suspicion(point=newest, reason=anomaly.reason, about=about)


def _kept(one: Series, before: Sequence[Anomaly], known: Point | None, ever: Sequence[Point]) -> Iterable[Anomaly]:
    newest = one.newest
    if newest is None:
        return before
    new = [point for point in one.counted if known is not None and point.time > known.time]
    kept = list(before)
    for point in reversed(new or [newest]):
        kept = [anomaly for anomaly in kept if not _over(anomaly, point)]
        found = _wrong(point, ever, kept)
        if found is not None and all(anomaly.point != point.id for anomaly in kept):
            about = {**found.about, "point": point.id}
            kept.append(Anomaly(path=one.path, at=point.time, point=point.id, reason=found.reason, about=about))
    still = still_since(one)
    if still is not None and all(anomaly.reason is not Reason.UNCHANGED for anomaly in kept):
        kept.append(Anomaly(path=one.path, at=still, point=newest.id, reason=Reason.UNCHANGED, about={}))
    return kept


def _wrong(point: Point, ever: Iterable[Point], standing: Iterable[Anomaly]) -> Suspicion | None:
    """Return what is wrong with a point; after an anomaly, compared with what came since alone."""
    history = history_of(point, [before for before in ever if before.time < point.time])
    begun = [anomaly.at for anomaly in standing if anomaly.reason is not Reason.UNCHANGED]
    if not begun:
        return looks_wrong(point, history)
    return looks_wrong(point, [before for before in history if before.time >= max(begun)], at_least=1)


def _over(anomaly: Anomaly, point: Point) -> bool:
    """Return True where a point ends an anomaly: its level is back, or it shows a change after a standstill."""
    if anomaly.reason is Reason.UNCHANGED:
        return any(figure for figure in (point.files_new, point.files_changed, point.added_bytes))
    if anomaly.reason is not Reason.SHRUNK:
        return False
    levels = [
        (getattr(point, figure), anomaly.about[name])
        for figure, names in _LEVELS.items()
        for name in names
        if name in anomaly.about
    ]
    return all(
        held is not None and isinstance(level, (int, float)) and held > BACK_FROM * level for held, level in levels
    )
