"""What one verification of base backups shows, joined with what earlier ones left."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.core.facts.base_readings import BaseReadings, base_facts, damage_before, read_before
from agent.core.facts.verification import Damage
from agent.core.inventory import Copy, ProgramLooks
from agent.core.model import Fact, Observation

NOW = datetime(2026, 12, 2, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)
COPY = Copy(
    id="vault",
    backup="db",
    program=ProgramLooks(name="pg", listing="pg_list", verification="pg_verify"),
    repository="pg:db-1:main",
)
BAD = Damage(file="snapshots/a", reason="damaged")
SOUND = BaseReadings(
    ids=frozenset("ab"),
    sound=frozenset("ab"),
    damage=frozenset(),
    standing={},
    depth="hashed",
    whole=NOW,
    files_read=2,
    files_sound=2,
    bytes_read=20,
    bytes_sound=20,
    bytes_stored=20,
)
NOTHING = replace(SOUND, sound=frozenset(), depth=None, whole=None)


def looked(found: BaseReadings, previous: Observation | None = None, now: datetime = NOW) -> Observation:
    """Return the look that read so much."""
    facts = tuple(one for one in base_facts(COPY, found, previous, now) if isinstance(one, Fact))
    return Observation(collector="pg_verify", host="", subject=COPY.subject, begun=now, ended=now, facts=facts)


def dates(seen: Observation) -> Mapping[str, datetime]:
    """Return as of when everything that was read is sound, and is whole."""
    return {fact.name: fact.as_of for fact in seen.facts if fact.name in ("verify.sound", "verify.whole")}


def test_a_look_that_read_nothing_leaves_what_was_sound_as_it_was() -> None:
    seen = looked(NOTHING, looked(SOUND), NOW + DAY)
    assert dates(seen) == {"verify.sound": NOW, "verify.whole": NOW}
    assert read_before(seen, NOW + DAY) == {"a": NOW, "b": NOW}


def test_nothing_is_newly_sound_while_damage_of_an_earlier_look_stands() -> None:
    found = replace(SOUND, whole=NOW + DAY, standing={BAD: NOW})
    seen = looked(found, looked(SOUND), NOW + DAY)
    assert dates(seen) == {"verify.sound": NOW, "verify.whole": NOW}
    assert damage_before(seen) == {BAD: NOW}


def test_what_is_dated_ahead_of_the_clock_does_not_stand() -> None:
    seen = looked(NOTHING, looked(replace(SOUND, whole=NOW + DAY), now=NOW + DAY))
    assert dates(seen) == {}
    assert read_before(seen, NOW) == {}


def test_a_backup_that_is_gone_is_forgotten() -> None:
    seen = looked(replace(NOTHING, ids=frozenset("b")), looked(SOUND))
    assert set(read_before(seen, NOW)) == {"b"}
