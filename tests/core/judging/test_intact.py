"""What verifications of a copy show of it, where the last one is too old to be judged by itself."""

from datetime import timedelta

import pytest

from agent.core.facts.verification import Damage
from agent.core.judging.intact import damage_of_old, verified
from agent.core.model import Finding, State
from agent.core.reason import Reason
from tests.checks.backups import DAY, NOW, SECOND, look

DAMAGED = Finding(state=State.MISSED, reason=Reason.DAMAGED, about={"files": 2, "file": "data/aa"})


@pytest.mark.parametrize("ago", [7 * DAY, 7 * DAY + SECOND])
def test_damage_that_was_found_more_than_seven_days_ago_is_told_by_itself(ago: timedelta) -> None:
    more = [
        ("verify.damage", Damage(file="data/aa", reason="damaged"), NOW),
        ("verify.damage", Damage(file="data/bb", reason="damaged"), NOW),
    ]
    seen = look(collector="restic_check", more=more, ended=NOW - ago)
    assert list(damage_of_old(seen, NOW)) == ([DAMAGED] if ago > 7 * DAY else [])


def test_damage_that_was_found_ahead_of_now_is_told_by_itself() -> None:
    more = [("verify.damage", Damage(file="data/aa", reason="damaged"), NOW + 200 * DAY)]
    seen = look(collector="restic_check", more=more, ended=NOW + 200 * DAY)
    assert [one.reason for one in damage_of_old(seen, NOW)] == [Reason.DAMAGED]


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(minutes=5, seconds=1)])
@pytest.mark.parametrize("name", ["verify.sound", "verify.whole"])
def test_a_verification_dated_ahead_of_now_shows_nothing(name: str, ahead: timedelta) -> None:
    dates = {"verify.sound": NOW, "verify.whole": NOW, name: NOW + ahead}
    seen = look(collector="restic_check", more=[(one, "hashed", at) for one, at in dates.items()])
    shown = [(one.state, one.reason) for one in verified(seen, NOW, NOW)]
    doubtful = (State.UNPROVEN, Reason.CLOCK_DOUBTFUL)
    told = [one.about for one in verified(seen, NOW, NOW) if one.reason is Reason.CLOCK_DOUBTFUL]
    assert told == [{"collector": "restic_check", "dated": NOW + ahead}] * (ahead > timedelta(minutes=5))
    assert (doubtful in shown) == (ahead > timedelta(minutes=5))
    assert ((State.MET, Reason.WITHIN_LIMIT) in shown) == (shown != [doubtful])


def test_an_old_verification_without_damage_and_none_at_all_tell_nothing() -> None:
    sound = look(collector="restic_check", more=[("verify.sound", "sampled", NOW)], ended=NOW - 9 * DAY)
    assert list(damage_of_old(sound, NOW)) == []
    assert list(damage_of_old(None, NOW)) == []
