"""Days derived from looks equal those that were kept, or are said not to be derived; an honest life is no damage."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from agent.accounting.expectation import Days
from agent.config.load import load
from agent.core.duties.expected import expected
from agent.core.facts.copy_audit import COLLECTOR as AUDITS
from agent.core.facts.verification import Damage
from agent.core.inventory import Backup, Copy
from agent.core.model import Fact, Finding, Observation, State
from agent.core.period import day_of
from agent.core.points import Point
from agent.evaluation.derivation_terms import NotFollowed
from agent.evaluation.registry import find_checks
from agent.evaluation.round import Round
from agent.evaluation.shown_names import DERIVED
from agent.ledger import append
from agent.ledger.entry_rows import EntryRow
from agent.report.day_doubts import RENAMED, SET_BACK
from agent.report.derived import MOST_CHANGES, changes_by
from agent.report.derived_days import BETTER, TURNED_BETWEEN, TURNED_BRIEFLY, UNREAD, DerivedDays
from checks.endpoint_protection import CHECK
from tests.evaluation.test_round import DAY, HOUR, START, World, world
from tests.parts.lived_hosts import LOOKED_AT, LivedHosts, derived_days, lived_hosts, payloads_of

OF_BACKUPS = ("backup-rpo", "backup-offsite")
REPOSITORY = "ab" * 32


@pytest.mark.slow
@pytest.mark.timeout(1800)  # a minute of processor, which a busy machine gives in ten
@pytest.mark.parametrize("seed", [5, 8])
def test_a_life_of_trouble_derives_as_it_was_kept(tmp_path: Path, seed: int) -> None:
    """Looks fail or stop, protection too, updates wait, clocks are off, records stop, the daemon stands still."""
    with lived_hosts(tmp_path) as one:
        one.turn(*LOOKED_AT)
        one.live(START + 5 * DAY, Random(seed))
        found = derived_days(payloads_of(one.held))
    assert found.wrong == []
    assert found.counted["log-collection"] == 10
    assert found.counted["endpoint-protection"] + found.left["endpoint-protection", TURNED_BETWEEN] == 5
    assert found.counted["patching"] + found.left["patching", TURNED_BETWEEN] == 5


def hourly(one: LivedHosts, until: datetime) -> None:
    while one.held.clock.instant < until:
        one.held.clock.instant += 2 * HOUR
        one.trouble.newest_record = one.held.clock.instant
        one.turn(*LOOKED_AT)


def test_what_time_alone_turned_between_two_looks_is_no_damage(tmp_path: Path) -> None:
    """The daemon stands still for two hours; signatures are too old within them, and renewed before the next look."""
    with lived_hosts(tmp_path) as one:
        one.turn(*LOOKED_AT)
        hourly(one, START + 2 * DAY)
        one.trouble.signatures = one.held.clock.instant + 2 * HOUR - 95.5 * HOUR
        hourly(one, START + 2 * DAY + HOUR)
        one.held.clock.instant += 3 * HOUR
        one.trouble.signatures = one.held.clock.instant
        hourly(one, START + 4 * DAY)
        found = derived_days(payloads_of(one.held))
    assert (found.wrong, found.left["endpoint-protection", TURNED_BETWEEN]) == ([], 1)


def with_limit_behind_failed_looks(folder: Path) -> tuple[State, DerivedDays]:
    """Return a day of protection, and what is derived: looks fail while signatures age, and are renewed before one."""
    with lived_hosts(folder) as one:
        one.turn(*LOOKED_AT)
        hourly(one, START + 2 * DAY)
        one.trouble.signatures = one.held.clock.instant + 2 * HOUR - 95.5 * HOUR
        hourly(one, START + 2 * DAY + HOUR)
        day = day_of(one.held.clock.instant)
        one.trouble.of_looks["antivirus"] = "fails"
        for _ in range(6):
            one.held.clock.instant += HOUR / 4
            one.turn(*LOOKED_AT)
        one.trouble.of_looks.clear()
        one.trouble.signatures = one.held.clock.instant
        hourly(one, START + 4 * DAY)
        (row,) = (row for row in one.held.ledger.day_rows(day, day) if row.key.target == "endpoint-protection")
        return row.measured, derived_days(payloads_of(one.held))


def test_a_limit_that_passed_behind_looks_that_failed_leaves_the_day_unproven(tmp_path: Path) -> None:
    measured, found = with_limit_behind_failed_looks(tmp_path)
    assert measured is State.UNPROVEN
    assert (found.wrong, found.counted["endpoint-protection"]) == ([], 4)


def test_a_day_that_an_earlier_release_kept_so_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It took a look that failed to change nothing."""
    monkeypatch.setattr("agent.evaluation.round.has_lapsed", lambda *asked: False)
    measured, found = with_limit_behind_failed_looks(tmp_path)
    assert measured is State.MET
    assert found.wrong == []
    assert found.left["endpoint-protection", TURNED_BRIEFLY] == 1


def test_a_short_silence_on_a_day_that_time_alone_turned_is_no_damage(tmp_path: Path) -> None:
    """Evidence had aged out for three minutes, which a reader may take for a part of a round."""
    with lived_hosts(tmp_path) as one:
        one.turn(*LOOKED_AT)
        hourly(one, START + 2 * DAY)
        one.held.clock.instant += 6 * HOUR + timedelta(minutes=3)
        one.trouble.newest_record = one.trouble.signatures = one.held.clock.instant
        one.turn(*LOOKED_AT)
        one.trouble.signatures = one.held.clock.instant + 2 * HOUR - 95.5 * HOUR
        hourly(one, one.held.clock.instant + HOUR)
        day = day_of(one.held.clock.instant)
        one.held.clock.instant += 3 * HOUR
        one.trouble.signatures = one.held.clock.instant
        hourly(one, START + 4 * DAY)
        (row,) = (row for row in one.held.ledger.day_rows(day, day) if row.key.target == "endpoint-protection")
        found = derived_days(payloads_of(one.held))
    assert row.measured is State.UNPROVEN
    assert (found.wrong, found.left["endpoint-protection", TURNED_BETWEEN]) == ([], 1)


def test_what_one_look_of_a_round_shows_before_the_others_end_is_no_damage(tmp_path: Path) -> None:
    """Nothing is judged in between: the list that the last look left is too old for some seconds alone."""
    with world(tmp_path) as held:
        turn(held)
        held.clock.instant += HOUR + HOUR / 2
        while held.clock.instant < START + 4 * DAY:
            held.clock.instant += 5 * HOUR
            turn(held, apart=timedelta(seconds=2))
        found = derived_days(payloads_of(held))
    assert found.wrong == []
    assert found.left["backup-offsite", TURNED_BETWEEN]


def test_a_miss_that_a_second_look_ended_within_minutes_is_held_to_it(tmp_path: Path) -> None:
    """The same is looked at twice: that was no round, of which only the end is judged."""
    with lived_hosts(tmp_path) as one:
        one.turn(*LOOKED_AT)
        hourly(one, START + 2 * DAY)
        one.held.clock.instant += HOUR
        one.trouble.stopped = True
        one.turn("antivirus")
        one.held.clock.instant += timedelta(minutes=3)
        one.trouble.stopped = False
        one.turn("antivirus")
        day = day_of(one.held.clock.instant)
        hourly(one, START + 4 * DAY)
        (row,) = (row for row in one.held.ledger.day_rows(day, day) if row.key.target == "endpoint-protection")
        assert row.measured is State.MISSED
        one.held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET)])
        found = derived_days(payloads_of(one.held))
    assert found.wrong == [f"{day} endpoint-protection srv-2 is kept as met, and its looks show missed"]


def test_what_the_rules_cannot_judge_is_not_derived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*asked: object) -> Iterator[Finding]:
        raise TypeError("a fact of a later release")

    with lived_hosts(tmp_path) as one:
        one.turn(*LOOKED_AT)
        hourly(one, START + 2 * DAY)
        rows = payloads_of(one.held)
    monkeypatch.setattr("checks.endpoint_protection.CHECK", replace(CHECK, judge=broken))
    found = derived_days(rows)
    assert (found.wrong, found.left["endpoint-protection", UNREAD]) == ([], 2)


def test_a_fact_of_a_later_release_is_not_derived(tmp_path: Path) -> None:
    with lived_hosts(tmp_path) as one:
        one.turn(*LOOKED_AT)
        hourly(one, START + 2 * DAY)
        rows = payloads_of(one.held)
    unknown = [
        replace(row, text=(row.text or b"").replace(b'"system.release"', b'"system.of_a_later_release"'))
        if row.kind == "seen"
        else row
        for row in rows
    ]
    found = derived_days(unknown)
    assert (found.wrong, found.counted["patching"] + found.left["patching", UNREAD]) == ([], 2)


def loaded(held: World, folder: Path, *, change: tuple[str, str]) -> None:
    """Load the configuration with a change."""
    path = folder / "beffroi.toml"
    path.write_text(path.read_text().replace(*change))
    configuration = load(path, strict=False)
    held.session = replace(held.session, configuration=configuration)
    wanted = expected(configuration.inventory, None)
    held.ledger.keep_load(
        configuration.digest,
        {one.key: Days(starts=one.starts, ends=one.ends) for one in wanted},
        configuration.targets,
    )


def turn(held: World, copy: str = "offsite", *, apart: timedelta = timedelta(0)) -> None:
    """Look at the copy, which is verified, and judge both targets of backups once both looks have ended."""
    now, subject = held.clock.instant, f"files/{copy}"
    made = Round(held.session)
    four = now.replace(hour=4, minute=0)
    if held.points[-1] < four <= now:
        held.points.append(four)
    points = [Point(id=f"p{at:%d%H%M}", time=at, host="srv-1", paths=("/srv",), files=3) for at in held.points]
    own = Fact(name="repository.id", subject=subject, value=REPOSITORY, as_of=now)
    listed = [Fact(name="backup.point", subject=subject, value=point, as_of=point.time) for point in points]
    there = Fact(name="repository.present", subject=subject, value=True, as_of=now)
    made.take(observed("restic_snapshots", subject, now, [own, there, *listed]))
    facts = [own]
    facts += [Fact(name=f"verify.{name}", subject=subject, value="read", as_of=START) for name in ("sound", "whole")]
    made.take(observed("restic_check", subject, now - apart, facts))
    wanted = expected(held.session.configuration.inventory, None)
    made.judge(
        [one for one in wanted if one.key.target in OF_BACKUPS],
        names=[(name, subject) for name in ("restic_snapshots", "restic_check")],
    )


def observed(collector: str, subject: str, at: datetime, facts: list[Fact]) -> Observation:
    return Observation(collector=collector, host="srv-1", subject=subject, begun=at, ended=at, facts=tuple(facts))


def backed_up(held: World, until: datetime, copy: str = "offsite") -> None:
    while held.clock.instant < until:
        held.clock.instant += 4 * HOUR
        turn(held, copy)


def test_a_clock_that_ran_ahead_and_was_set_back_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is believed again after some rows, long before the instant that it had shown."""
    monkeypatch.setattr(append, "RECENT_ROWS", 3)
    with lived_hosts(tmp_path) as one:
        one.turn(*LOOKED_AT)
        hourly(one, START + 2 * DAY)
        one.held.clock.instant += 12 * HOUR
        one.turn(*LOOKED_AT)
        one.held.clock.instant -= 12 * HOUR
        hourly(one, START + 4 * DAY)
        found = derived_days(payloads_of(one.held))
    assert found.wrong == []
    assert found.left["endpoint-protection", SET_BACK] == 1


def test_a_life_of_changed_terms_derives_as_it_was_kept(tmp_path: Path) -> None:
    """Another objective and age of evidence, then an adaptation and an acceptance, then the host's end."""
    with lived_hosts(tmp_path) as one:
        one.turn(*LOOKED_AT)
        one.trouble.signatures = START - 20 * HOUR
        hourly(one, START + 2 * DAY)
        terms = '[targets.endpoint-protection]\nlimit = "72h"\nevidence_age = "5h"\n[[beneficiary]]'
        loaded(one.held, tmp_path, change=("[[beneficiary]]", terms))
        hourly(one, START + 4 * DAY)
        about = {
            "target": "endpoint-protection",
            "beneficiary": "scota",
            "subject": "srv-2",
            "reason": "x",
            "author": "a",
        }
        on = f"{one.held.clock.instant:%F}"
        adapted = {**about, "informed_on": on, "effective_on": on, "limit": "200h"}
        accepted = {**about, "accepted_by": "b", "accepted_on": on, "until": "2026-11-09"}
        for register, values in (("adaptation", adapted), ("acceptance", accepted)):
            one.held.ledger.enter(register, lambda rows, values=values: [(values, "scota")])  # type: ignore[misc]  # bound at once
        hourly(one, START + 6 * DAY)
        loaded(one.held, tmp_path, change=('collect = ["antivirus"', 'ends = 2026-11-09\ncollect = ["antivirus"'))
        hourly(one, START + 8 * DAY)
        found = derived_days(payloads_of(one.held))
        kept = one.held.ledger.day_rows(date(2026, 11, 2), date(2026, 11, 9))
    states = {row.day: row.measured for row in kept if row.key.target == "endpoint-protection"}
    assert {State.MET, State.MISSED} <= set(states.values())
    assert found.wrong == []
    assert found.counted["endpoint-protection"] == len(states)


@pytest.mark.slow
def test_a_copy_that_was_renamed_and_named_back_is_no_damage(tmp_path: Path) -> None:
    """Damage that was repaired meanwhile, under the other name, no longer counts; its looks are not followed."""
    damage = Fact(
        name="verify.damage", subject="files/offsite", value=Damage(file="data/ab", reason="damaged"), as_of=START + DAY
    )
    with world(tmp_path) as held:
        turn(held)
        backed_up(held, START + DAY)
        looked = Round(held.session)
        looked.take(observed(AUDITS, "files/offsite", held.clock.instant, [damage]))
        backed_up(held, START + 2 * DAY)
        loaded(held, tmp_path, change=('id = "offsite"', 'id = "vault"'))
        backed_up(held, START + 3 * DAY, "vault")
        looked = Round(held.session)
        looked.take(observed(AUDITS, "files/vault", held.clock.instant, []))
        loaded(held, tmp_path, change=('id = "vault"', 'id = "offsite"'))
        backed_up(held, START + 6 * DAY)
        found = derived_days(payloads_of(held))
    assert found.wrong == []
    assert found.left["backup-offsite", RENAMED]


COPIES = """
[[host]]
id = "vault"
transport = "local"
site = "cambrai"
collect = []
[[backup]]
id = "mails"
host = "srv-1"
snapshot_host = "srv-1"
paths = ["/mail"]
[[backup.copy]]
id = "offsite"
repository = "/elsewhere"
password_file = "password"
site = "cambrai"
country = "FR"
[[backup]]
id = "archives"
program = "borg"
host = "srv-1"
snapshot_host = "srv-1"
paths = ["/srv"]
[[backup.copy]]
id = "vault"
repository = "/borg"
site = "cambrai"
country = "FR"
[[backup]]
id = "images"
program = "files"
host = "srv-1"
retention = "30d"
[[backup.copy]]
id = "nas"
site = "cambrai"
country = "FR"
store = { host = "vault", path = "/volume1" }
sets = [{ id = "erp", match = "erp/*.vbk", limit = "8d" }, { id = "increments", match = "**/*.vib" }]
[[backup]]
id = "share"
program = "files"
host = "srv-1"
paths = ["/srv"]
[[backup.copy]]
id = "mirror"
site = "cambrai"
country = "FR"
store = { host = "vault", path = "/volume2" }
mirror = true
"""


def looked(held: World, backup: Backup, points: list[datetime], damage: list[Fact]) -> Iterator[Observation]:
    """Yield the list of a copy's points and its verification."""
    (copy,), now = backup.copies, held.clock.instant
    there = Fact(name="repository.present", subject=copy.subject, value=True, as_of=now)
    listed = [
        Point(id=f"{part[-3:]}{at:%d%H}", time=at, host=backup.snapshot_host, paths=(part,), files=3)
        for at in points
        for part in backup.parts
    ]
    facts = [Fact(name="backup.point", subject=copy.subject, value=one, as_of=one.time) for one in listed]
    yield observed(copy.program.listing, copy.subject, now, [there, *facts])
    sound = [
        Fact(name=f"verify.{name}", subject=copy.subject, value="read", as_of=START) for name in ("sound", "whole")
    ]
    yield observed(copy.program.verifiers[0], copy.subject, now, [*sound, *damage])


def test_a_life_of_copies_of_each_program_derives_as_kept(tmp_path: Path) -> None:
    """A day without a point, a day without looks, damage in a repository that two backups share, an exclusion."""
    damage = Fact(
        name="verify.damage", subject="mails/offsite", value=Damage(file="data/ab", reason="damaged"), as_of=START + DAY
    )
    with world(tmp_path, COPIES) as held:
        backups = held.session.configuration.inventory.backups
        names = [(one, copy.subject) for backup in backups for copy in backup.copies for one in looks_of(copy)]
        wanted = [one for one in held.session.wanted if one.key.target in OF_BACKUPS]
        about = {"target": "backup-rpo", "subject": "archives", "reason": "travaux", "author": "a"}
        span = {"from": f"{START:%F}", "to": f"{START + 2 * DAY:%F}"}
        held.ledger.enter("exclusion", lambda rows: [({**about, **span, "beneficiary": "scota"}, "scota")])
        points = [START - HOUR]
        while held.clock.instant < START + 5 * DAY:
            now, made = held.clock.instant, Round(held.session)
            four = now.replace(hour=4, minute=0)
            if points[-1] < four <= now and now.day != 4:
                points.append(four)
            for backup in backups if now.day != 6 else ():
                harmed = backup.id == "mails" and START + DAY < now < START + 1.5 * DAY
                made.take(*looked(held, backup, points, [damage] if harmed else []))
            made.judge(wanted, names=names)
            held.clock.instant += 4 * HOUR
        found = derived_days(payloads_of(held))
        kept = held.ledger.day_rows(date(2026, 11, 2), date(2026, 11, 7))
    assert found.wrong == []
    assert {row.measured for row in kept} == {State.MET, State.MISSED, State.UNPROVEN}
    # Damage that another backup's copy knows of is not in this copy's looks.
    assert found.left["backup-offsite", BETTER] == 1
    assert found.counted["backup-rpo"] + found.counted["backup-offsite"] >= 40


def looks_of(copy: Copy) -> tuple[str, ...]:
    return (copy.program.listing, *copy.program.verifiers)


def test_a_change_counts_from_when_it_was_received_on() -> None:
    """A change of November is not forgotten because another one was entered in December."""
    kept = [entered("change", number, START + number * DAY) for number in (1, 9)]
    given = changes_by(kept, "scota")
    assert [[one.id for one in given(START + after * DAY)] for after in (0, 1, 8, 9)] == [
        [],
        ["change-1"],
        ["change-1"],
        ["change-1", "change-9"],
    ]
    assert changes_by(kept, "other")(START + 9 * DAY) == ()


def entered(register: str, number: int, at: datetime) -> EntryRow:
    return EntryRow(
        id=f"{register}-{number}",
        register=register,
        revision=1,
        sequence=number,
        received_at=at,
        values={"backup": "files", "beneficiary": "scota"},
        beneficiary="scota",
    )


def test_restores_of_samples_cost_no_judgement_of_days() -> None:
    """Each enters the register: judged by all of them, moments would cost what years of restores are."""
    given = changes_by([entered("restore", number, START + number * HOUR) for number in range(5000)], "scota")
    assert given(START + 200 * DAY) == ()


def test_more_changes_than_anyone_types_are_not_followed() -> None:
    given = changes_by(
        [entered("change", number, START + number * HOUR) for number in range(MOST_CHANGES + 1)], "scota"
    )
    assert len(given(START + (MOST_CHANGES - 1) * HOUR)) == MOST_CHANGES
    with pytest.raises(NotFollowed):
        given(START + MOST_CHANGES * HOUR)


def test_what_is_derived_asks_the_registers_for_changes_alone() -> None:
    """What else a rule would ask for, its days are derived without."""
    assert [name for name, check in find_checks().items() if name in DERIVED and check.entered is not None] == []
