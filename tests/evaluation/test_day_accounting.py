"""The line of states of a backup with a canary: moments between two looks are judged by points and canaries both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.recovery import CopyObservation, GonePoint
from agent.core.facts.verification import Damage
from agent.core.inventory import Backup
from agent.core.judging.anomaly_record import remembered
from agent.core.judging.points_gone import gone
from agent.core.judging.sighting import sightings
from agent.core.judging.terms import under_terms
from agent.core.model import Fact, Failure, Observation, State
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.evaluate import NewestLooks
from agent.evaluation.judged_stretch import copy_seen
from agent.evaluation.round import Round
from agent.register.kept import add
from tests.checks.backups import BACKUP
from tests.evaluation.test_round import DAY, HOUR, RPO, START, World, world

PLANTED = replace(BACKUP, canary="/srv/scota/.canary")


@pytest.fixture
def held(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, of_backup='canary = "/srv/.canary"') as made:
        yield made


def look(held: World, canaries: Mapping[datetime, datetime | None]) -> tuple[State, Reason]:
    """Take both looks at the copy as they stand now: its points, and the canary of each; None: it is missing."""
    now = held.clock.instant
    listed, dated = [], []
    for at, planted in canaries.items():
        point = Point(id=f"p{at:%d%H%M}", time=at, host="srv-1", paths=("/srv",), files=3)
        listed.append(Fact(name="backup.point", subject="files/offsite", value=point, as_of=at))
        name = "canary.missing" if planted is None else "canary.planted"
        dated.append(Fact(name=name, subject="files/offsite", value=point.id, as_of=planted or at))
    newest = max(canaries)
    dated.append(Fact(name="canary.newest", subject="files/offsite", value=f"p{newest:%d%H%M}", as_of=newest))
    turn = Round(held.session)
    for collector, facts in (("restic_snapshots", listed), ("canary", dated)):
        turn.take(observed(collector, now, *facts))
    verdict = next(one for one in turn.judge(held.session.wanted) if one.key == RPO)
    return verdict.state, verdict.reason


def observed(collector: str, at: datetime, *facts: Fact) -> Observation:
    """Return a look that saw some facts."""
    return Observation(
        collector=collector, host="srv-1", subject="files/offsite", begun=at, ended=at, facts=tuple(facts)
    )


def fours(first: int, last: int) -> list[datetime]:
    """Return four o'clock of some days of November."""
    return [datetime(2026, 11, day, 4, tzinfo=UTC) for day in range(first, last + 1)]


def test_fresh_canaries_found_after_a_silence_show_that_its_days_were_met(held: World) -> None:
    canaries: dict[datetime, datetime | None] = {at: at - timedelta(minutes=5) for at in fours(2, 2)}
    look(held, canaries)
    held.clock.instant = START + 4 * DAY
    look(held, canaries | {at: at - timedelta(minutes=5) for at in fours(3, 6)})
    assert held.day(date(2026, 11, 4)) == (State.MET, Reason.WITHIN_LIMIT, True)


def test_points_of_every_day_over_a_stale_mirror_show_that_its_days_were_missed(held: World) -> None:
    canaries: dict[datetime, datetime | None] = {at: at - timedelta(minutes=5) for at in fours(2, 2)}
    assert look(held, canaries) == (State.MET, Reason.WITHIN_LIMIT)
    stale = fours(2, 2)[0] - timedelta(minutes=5)
    held.clock.instant = START + 4 * DAY
    assert look(held, canaries | dict.fromkeys(fours(3, 6), stale)) == (State.MISSED, Reason.TOO_OLD)
    assert held.day(date(2026, 11, 4)) == (State.MISSED, Reason.TOO_OLD, True)


def test_a_missing_canary_makes_the_moment_unproven(held: World) -> None:
    assert look(held, {fours(2, 2)[0]: None}) == (State.UNPROVEN, Reason.ABSENT)


def seen(observation: Observation, previous: datetime | None = None, *, fresh: bool = True) -> NewestLooks:
    """Return a look as the turn knows it."""
    return NewestLooks(
        reading=observation,
        evidence_id="r-1",
        observation=observation,
        observation_id="r-1",
        fresh=fresh,
        previous_ended=previous,
    )


def test_both_looks_are_needed_and_the_older_one_tells_as_of_when_all_was_seen() -> None:
    listing = seen(observed("restic_snapshots", START + HOUR), START)
    canary = seen(observed("canary", START + 2 * HOUR), START + HOUR / 2)
    assert copy_seen(PLANTED, "files/offsite", listing, None) == CopyObservation(copy="files/offsite")
    found = copy_seen(PLANTED, "files/offsite", listing, canary)
    assert (found.at, found.previous, found.unproven) == (START + HOUR, START, Reason.ABSENT)
    found = copy_seen(PLANTED, "files/offsite", replace(listing, fresh=False), canary)
    assert (found.at, found.previous) == (START + HOUR, START + HOUR / 2)
    assert copy_seen(PLANTED, "files/offsite", listing, replace(canary, previous_ended=None)).previous is None


def test_a_copy_whose_canary_never_could_be_looked_at_shows_nothing() -> None:
    failed = Failure(
        collector="canary",
        host="srv-1",
        subject="files/offsite",
        begun=START,
        ended=START,
        reason=Reason.UNREACHABLE,
        detail="no route",
    )
    look = NewestLooks(reading=failed, evidence_id="r-2", observation=None, observation_id=None)
    assert copy_seen(PLANTED, "files/offsite", seen(observed("restic_snapshots", START)), look).at is None


def listed(held: World, *points: Point) -> tuple[State, Reason]:
    """Take a look at some points as the collector does, with the look before; return the verdict."""
    now = held.clock.instant
    before = held.ledger.latest_observation("restic_snapshots", "files/offsite")
    previous = before.reading if before is not None and isinstance(before.reading, Observation) else None
    facts = [Fact(name="backup.point", subject="files/offsite", value=point, as_of=point.time) for point in points]
    turn = Round(held.session)
    seen = observed("restic_snapshots", now, *facts, *sightings(points, previous, "files/offsite"))
    (source,) = held.session.configuration.inventory.backups
    turn.take(replace(seen, facts=(*seen.facts, *remembered(source, seen, previous))))
    verdict = next(one for one in turn.judge(held.session.wanted) if one.key == RPO)
    return verdict.state, verdict.reason


@pytest.mark.parametrize("every", [range(0, 97, 6), (0, 96)], ids=["looked at", "after a silence"])
def test_points_dated_ahead_cover_no_day_after_they_were_seen(tmp_path: Path, every: Iterable[int]) -> None:
    with world(tmp_path) as held:
        ahead = [
            Point(id=f"p{day}", time=START + day * DAY, host="srv-1", paths=("/srv",), files=3) for day in range(4)
        ]
        for hours in every:
            held.clock.instant = START + hours * HOUR
            told = listed(held, *ahead)
        assert told == (State.MISSED, Reason.TOO_OLD)
        days = [held.day(date(2026, 11, day)) for day in (4, 5)]
        assert [day and day[0] for day in days] == [State.MISSED, State.MISSED]


def test_a_point_that_damage_reaches_makes_no_moment_met() -> None:
    first = Point(id="1" * 64, time=START + HOUR, host="srv-1", paths=("/srv/scota",), files=3)
    points = (first, replace(first, id="2" * 64, time=START + 2 * HOUR))
    facts = [Fact(name="backup.point", subject="files/offsite", value=one, as_of=one.time) for one in points]
    listing = seen(observed("restic_snapshots", START + 3 * HOUR, *facts))
    damage = Fact(
        name="verify.damage",
        subject="files/offsite",
        value=Damage(file=f"snapshots/{'2' * 64}", reason="damaged"),
        as_of=START,
    )
    verified = observed("restic_check", START + 3 * HOUR, damage)
    known = {"restic_check": verified}
    found = copy_seen(BACKUP, "files/offsite", listing, last_look=lambda name, subject: known.get(name))
    assert (found.series, found.without_point) == (((first.time,),), Reason.DAMAGED)
    assert found.unproven is None


def test_points_in_doubt_show_nothing_either_way() -> None:
    point = Point(id="1" * 64, time=START + HOUR, host="srv-1", paths=("/srv/scota",), files=3)
    fact = Fact(name="backup.point", subject="files/offsite", value=point, as_of=point.time)
    damage = Fact(
        name="verify.damage", subject="files/offsite", value=Damage(file="index", reason="damaged"), as_of=START
    )
    known = {"store_hash": observed("store_hash", START + 3 * HOUR, damage)}
    listing = seen(observed("restic_snapshots", START + 3 * HOUR, fact))
    found = copy_seen(BACKUP, "files/offsite", listing, last_look=lambda name, subject: known.get(name))
    assert (found.series, found.unproven) == (((),), Reason.DAMAGED)


def gone_since(first: Observation, ended: datetime, *points: Point, backup: Backup = BACKUP) -> Observation:
    """Return a look at some points as the collector remembers what an earlier one saw."""
    lost = tuple(gone("files/offsite", points, (), first, ended))
    facts = [Fact(name="backup.point", subject="files/offsite", value=one, as_of=one.time) for one in points]
    return observed("restic_snapshots", ended, *facts, *lost, *under_terms(backup, "files/offsite", lost, first, ended))


def test_a_point_that_went_was_there_until_the_look_that_saw_it_last() -> None:
    one, two = (
        Point(id=f"{night}" * 64, time=START + night * HOUR, host="srv-1", paths=("/srv/scota",), files=3)
        for night in (1, 2)
    )
    backup = replace(BACKUP, retention=9 * DAY, thinned_after=DAY)
    first = gone_since(observed("restic_snapshots", START), START + 3 * HOUR, one, two, backup=backup)
    second = gone_since(first, START + 3 * DAY, two, backup=backup)
    found = copy_seen(backup, "files/offsite", seen(second, first.ended))
    went = GonePoint(made=one.time, gone_by=second.ended, there_until=first.ended)
    assert (found.series, found.gone, found.thinned_after) == (((two.time,),), ((went,),), DAY)
    third = gone_since(second, START + 4 * DAY, two, backup=backup)
    found = copy_seen(backup, "files/offsite", seen(third, second.ended))
    assert found.gone == ((GonePoint(made=one.time, gone_by=second.ended),),)
    (canary,) = (observed("canary", second.ended),)
    found = copy_seen(replace(PLANTED, thinned_after=DAY), "files/offsite", seen(second, first.ended), seen(canary))
    assert found.gone == ((went,), (replace(went, there_until=None),))


def test_thinning_typed_since_the_look_before_excuses_nothing() -> None:
    first = gone_since(observed("restic_snapshots", START), START + HOUR)
    second = gone_since(first, START + DAY, backup=replace(BACKUP, thinned_after=HOUR))
    assert copy_seen(BACKUP, "files/offsite", seen(second, first.ended)).thinned_after is None


def test_a_day_whose_only_point_was_thinned_before_the_next_look_is_not_missed(tmp_path: Path) -> None:
    with world(tmp_path, of_backup='retention = "9d"\nthinned_after = "1d"') as held:
        nights = [Point(id=f"p{at:%d}", time=at, host="srv-1", paths=("/srv",), files=3) for at in fours(2, 6)]
        (backup,) = held.session.configuration.inventory.backups
        first = gone_since(observed("restic_snapshots", START), START, nights[0], backup=backup)
        held.clock.instant = START + 4 * DAY
        second = gone_since(first, held.clock.instant, *nights[3:], backup=backup)
        for look in (first, second):
            held.clock.instant = look.ended
            turn = Round(held.session)
            turn.take(look)
            turn.judge(held.session.wanted)
        assert (held.day(date(2026, 11, 4)) or ())[:1] == (State.UNPROVEN,)


def test_an_entry_of_change_settles_a_fall_from_its_day_and_no_day_before(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        nightly = [
            Point(id=f"p{day}", time=START + day * DAY - HOUR, host="srv-1", paths=("/srv",), files=100)
            for day in range(-9, 0)
        ]
        fallen = [replace(nightly[0], id=f"q{day}", time=START + day * DAY - HOUR, files=10) for day in range(4)]
        for day in range(4):
            held.clock.instant = START + day * DAY
            assert listed(held, *nightly, *fallen[: day + 1]) == (State.MISSED, Reason.SHRUNK)
        words = ["backup=files", "reason=archivage des dossiers clos", "author=RSSI"]
        add(held.ledger, "change", words, held.session.configuration, held.clock.instant)
        assert listed(held, *nightly, *fallen) == (State.MET, Reason.WITHIN_LIMIT)
        kept = held.ledger.verdict_changes(START, RPO)[-1]
        assert (kept.about["change_on"], kept.about["change_by"]) == (date(2026, 11, 5), "RSSI")
        days = [held.day(date(2026, 11, day)) for day in (3, 4)]
        assert [day and day[0] for day in days] == [State.MISSED, State.MISSED]


@pytest.mark.parametrize(
    ("before", "edited", "expected"),
    [(26, 6, [State.MET, State.UNPROVEN]), (6, 26, [State.UNPROVEN, State.MET])],
)
def test_an_edited_age_of_evidence_changes_no_earlier_moment(
    tmp_path: Path, before: int, edited: int, expected: list[State]
) -> None:
    """One copy was good at the start; the other, which is bad, is looked at before and after the edit."""
    more = f'{SECOND}[targets.backup-rpo]\nevidence_age = "{before}h"\n'
    with world(tmp_path, more) as held:
        turn = Round(held.session)
        held.take(turn, "offsite")
        held.points = [START - 60 * HOUR]
        held.take(turn, "second")
        turn.judge(held.session.wanted)
        held.clock.instant = START + 14 * HOUR
        configuration = held.session.configuration
        target = replace(configuration.targets["backup-rpo"], evidence_age=edited * HOUR)
        targets = {**configuration.targets, "backup-rpo": target}
        held.session = replace(held.session, configuration=replace(configuration, targets=targets))
        (load,) = held.ledger.loads()
        held.ledger.keep_load("f" * 64, load.declared, targets)
        Round(held.session).judge(held.session.wanted)
        held.clock.instant = START + 16 * HOUR
        turn = Round(held.session)
        held.take(turn, "second")
        turn.judge(held.session.wanted)
        starts = held.ledger.timeline(RPO, START).starts
    at = [START + 10 * HOUR, START + 15 * HOUR]
    assert [[start.state for start in starts if start.at <= one][-1] for one in at] == expected


SECOND = """
[[backup.copy]]
id = "second"
repository = "/further"
password_file = "password"
site = "lens"
country = "FR"
"""
