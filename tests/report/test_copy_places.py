"""Where copies are, and what their verifications by the quarter's end found."""

from datetime import date, datetime
from pathlib import Path

from agent.core.facts.verification import Damage
from agent.core.model import Fact, Observation
from agent.report.copy_places import copy_places
from agent.report.days import Span
from tests.parts.kept import keep_reading
from tests.report.year import SCOTA, noon, year

COPY = "files/offsite"
Q4 = Span(first=date(2026, 10, 1), last=date(2026, 12, 31))


def verified(at: datetime, *facts: Fact) -> Observation:
    return Observation(collector="restic_check", host="srv-1", subject=COPY, begun=at, ended=at, facts=facts)


def test_damage_that_the_newest_verification_found_is_dated_beside_the_last_sound_one(tmp_path: Path) -> None:
    with year(tmp_path, first=date(2026, 11, 20), last=date(2026, 11, 20)) as made:
        sound = Fact(name="verify.sound", subject=COPY, value="sampled", as_of=noon(date(2026, 11, 29)))
        damage = Damage(file="data/aa/aa", reason="hash")
        bad = Fact(name="verify.damage", subject=COPY, value=damage, as_of=noon(date(2026, 12, 10)))
        for facts in ((sound,), (sound, bad)):
            made.clock.time = facts[-1].as_of
            keep_reading(made.ledger, verified(made.clock.time, *facts))
        found = {one.subject: one for one in copy_places(made.configuration, made.ledger, Q4, SCOTA)}
    assert (found[COPY].verified_on, found[COPY].damaged_on) == (date(2026, 11, 29), date(2026, 12, 10))
    assert found["mail/offsite"].damaged_on is None
