"""What verifications of a copy show of it, where the last one is too old to be judged by itself."""

from datetime import timedelta

import pytest

from agent.core.facts.verification import Damage
from agent.core.judging.intact import damage_of_old
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


def test_an_old_verification_without_damage_and_none_at_all_tell_nothing() -> None:
    sound = look(collector="restic_check", more=[("verify.sound", "sampled", NOW)], ended=NOW - 9 * DAY)
    assert list(damage_of_old(sound, NOW)) == []
    assert list(damage_of_old(None, NOW)) == []
