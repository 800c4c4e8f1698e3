"""How old a backup's newest recovery point in one copy is, and why it is not what it should be. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from agent.core.facts.recovery_points import OF_NO_SET, SETTLING, covers, points_in
from agent.core.judging.anomaly_record import AnomalyRecord, standing
from agent.core.judging.counting import Series
from agent.core.judging.immutability import hidden_about, hidden_in
from agent.core.judging.wal_points import gap_in
from agent.core.judging.wanted_change import DeclaredChange
from agent.core.measures import Seconds
from agent.core.model import WORST_FIRST, Detail, DetailValue, Finding, Observation, State
from agent.core.points import Point
from agent.core.reason import Reason


def recency(
    seen: Observation,
    counted: Sequence[Series],
    *,
    now: datetime,
    limit: timedelta,
    judge_history: bool,
    change: DeclaredChange | None = None,
    declared_hosts: frozenset[str] = frozenset(),
    limits: Mapping[str, timedelta] = MappingProxyType({}),
    cluster: str = "",
) -> Finding:
    """Return the finding of one look at a repository for a source: every path needs a recent point; the worst counts.

    `counted` are the points of each path that the look showed (agent.core.judging.counting).

    `judge_history`: a newest point that is not what the source's own history lets expect is told as well, but for what
    `change` says was wanted. `declared_hosts` are names of machines whose points are a declared backup's own.
    `limits` are those of paths that have their own. `cluster` is what the copy's program should know its cluster by.
    """
    present = seen.one("repository.present")
    if present is not None and present.value is False:
        if hidden := hidden_in(seen):
            return _missed(Reason.HIDDEN, None, limit, {"copy": seen.subject, **hidden_about(hidden)})
        named: Detail = {"cluster": cluster} if cluster else {}
        return _missed(Reason.ABSENT, None, limit, {"copy": seen.subject, "repository": "absent", **named})
    counted = [
        replace(one, elsewhere=tuple(point for point in one.elsewhere if point.host not in declared_hosts))
        for one in counted
    ]
    paths = tuple(one.path for one in counted)
    findings = [
        _of_path(one, paths, seen, now, limits.get(one.path, limit), judge_history=judge_history, change=change)
        for one in counted
    ]
    return min(findings, key=lambda one: (WORST_FIRST.index(one.state), -(one.value or 0.0)))


def _of_path(
    one: Series,
    paths: Sequence[str],
    seen: Observation,
    now: datetime,
    limit: timedelta,
    *,
    judge_history: bool,
    change: DeclaredChange | None,
) -> Finding:
    about: dict[str, DetailValue] = {"copy": seen.subject, "path": one.path}
    newest = one.newest
    age = _age(newest, now)
    gap = gap_in(seen)
    if gap is not None and newest is not None:
        told: Detail = {"newest": newest.time, "segment": gap.missing, "later_segments": gap.later}
        return _missed(Reason.WAL_GAP, age, limit, {**about, **told})
    if newest is None or age is None or age > limit:
        return _without_recent(one, seen, now, limit, about)
    history = standing(one, seen, now, change) if judge_history else AnomalyRecord()
    suspect = history.suspicion
    full = tuple(point for point in one.counted if not point.is_empty)
    if suspect is None and (not full or now - full[0].time > limit):
        hollow = tuple(point for point in one.counted if point.is_empty)
        return _without_recent(replace(one, counted=full, empty=hollow), seen, now, limit, about)
    about["newest"] = newest.time
    if suspect is not None:
        if suspect.reason is not Reason.EMPTY:
            # The figures are those of the whole point: where it holds several paths, nothing shows which one changed.
            about["path"] = ", ".join(path for path in paths if path == one.path or covers(suspect.point, path))
        return _missed(suspect.reason, age, limit, {**about, "point": suspect.point.id, **suspect.about})
    return Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=age.total_seconds(),
        limit=limit.total_seconds(),
        unit="seconds",
        about={**about, **history.beside},
    )


def _without_recent(
    one: Series,
    seen: Observation,
    now: datetime,
    limit: timedelta,
    about: dict[str, DetailValue],
) -> Finding:
    newest = one.newest
    age = _age(newest, now)
    damaged = _damaged(one, now, limit, about)
    if damaged is not None:
        return damaged
    if one.unknown and (newest is None or one.unknown[0].time > newest.time):
        return _untold(seen, {**about, "point": one.unknown[0].id})
    if seen.gaps:
        return _untold(seen, about)
    if newest is not None:
        about["newest"] = newest.time
    if one.empty and (newest is None or one.empty[0].time > newest.time):
        return _missed(Reason.EMPTY, age, limit, {**about, "point": one.empty[0].id})
    if one.ahead:
        ahead = Seconds((one.ahead[0].time - seen.ended).total_seconds())
        return _missed(Reason.IN_FUTURE, age, limit, {**about, "point": one.ahead[0].id, "ahead": ahead})
    if newest is not None:
        return _missed(Reason.TOO_OLD, age, limit, {**about, **_not_the_sources(one, now, limit)})
    unsound = max((*one.damaged, *one.doubtful), key=lambda point: point.time, default=None)
    if unsound is not None:
        # Sound or not, it is too old.
        return _missed(Reason.TOO_OLD, _age(unsound, now), limit, {**about, "newest": unsound.time})
    unreadable = seen.named("repository.damaged_snapshot")
    if unreadable:
        return _missed(Reason.DAMAGED, age, limit, {**about, "snapshots": len(unreadable)})
    if one.path in {fact.value for fact in seen.named(SETTLING)}:
        return Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={**about, "settling": 1})
    return _without_any(one, seen, now, limit, about)


def _without_any(
    one: Series, seen: Observation, now: datetime, limit: timedelta, about: dict[str, DetailValue]
) -> Finding:
    foreign = len(points_in(seen))
    hidden = hidden_in(seen)
    if hidden and not foreign:
        return _missed(Reason.HIDDEN, None, limit, {**about, **hidden_about(hidden)})
    others = seen.one(OF_NO_SET)
    if others is not None:
        about["of_no_set"] = others.value if isinstance(others.value, int) else 0
    reason = Reason.ABSENT if foreign else Reason.EMPTY
    not_its = _not_the_sources(one, now, limit)
    return _missed(reason, None, limit, {**about, **not_its, "foreign_points": foreign})


def _not_the_sources(one: Series, now: datetime, limit: timedelta) -> Detail:
    """Return what would be recent enough and is not the source's: a path that a shell expanded, a renamed machine."""
    about: dict[str, DetailValue] = {}
    narrower = sum(now - point.time <= limit for point in one.narrower)
    if narrower:
        about["narrower_points"] = narrower
    if one.elsewhere and now - one.elsewhere[0].time <= limit:
        about["other_host"] = one.elsewhere[0].host
    return about


def _age(point: Point | None, now: datetime) -> timedelta | None:
    return None if point is None else max(timedelta(0), now - point.time)


def _damaged(one: Series, now: datetime, limit: timedelta, about: dict[str, DetailValue]) -> Finding | None:
    """Return that what would be recent enough is damaged, or may be; None where none of it would be.

    Where no one can say which points the damage reaches, none of them is shown to be sound, and none to be bad.
    """
    for points, state, name in (
        (one.doubtful, State.UNPROVEN, "doubtful_points"),
        (one.damaged, State.MISSED, "damaged_points"),
    ):
        recent = [point for point in points if now - point.time <= limit]
        if recent:
            told = {**about, "point": recent[0].id, name: len(recent)}
            file = {"file": one.damage} if one.damage else {}
            return Finding(state=state, reason=Reason.DAMAGED, about={**told, **file})
    return None


def _untold(seen: Observation, about: Detail) -> Finding:
    """Return that a newer point may be there: it could not be read, which is no miss."""
    if not seen.gaps:
        return Finding(state=State.UNPROVEN, reason=Reason.UNREADABLE, about=about)
    gap = seen.gaps[0]
    return Finding(state=State.UNPROVEN, reason=gap.reason, about={**about, "said": gap.detail})


def _missed(reason: Reason, age: timedelta | None, limit: timedelta, about: Detail) -> Finding:
    return Finding(
        state=State.MISSED,
        reason=reason,
        value=None if age is None else age.total_seconds(),
        limit=limit.total_seconds(),
        unit="seconds",
        about=about,
    )
