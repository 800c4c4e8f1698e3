"""Days derived again from the looks of a bundle: what was kept of them is held to it, and what is not shown is said."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from agent.accounting.days import DayRow
from agent.core.duties.expected import expected
from agent.core.model import Fact, Failure, Observation, State
from agent.core.period import Quarter
from agent.core.points import Point
from agent.core.reason import Reason
from agent.core.version import VERSION
from agent.evaluation.round import Round
from agent.ledger.day_rows import DayResult
from agent.ledger.ledger import ChainOutcome
from agent.ledger.tables import CHAIN, ERASED, PAYLOAD
from agent.publishing.reports import ReportRequest, published
from agent.report.derived import derive
from agent.report.derived_days import BETTER, NO_LOOKS, NOT_OVER, OTHER_RULES, UNREAD, UNTOLD, DerivedDays
from agent.report.own_rows import BeneficiaryPayload
from agent.report.recount import kept_days
from agent.report.verifying import EvidenceOutcome, Verified
from tests.evaluation.test_round import DAY, HOUR, RPO, START, World, listing, world
from tests.parts.kept import append_entry
from tests.report.published_bundle import Files, check, resigned, run_script, unpack

ABOUT = {"beneficiary": "scota", "first_day": "2026-10-01", "last_day": "2026-12-31", "timezone": "Europe/Paris"}
MISSED_ON = date(2026, 11, 6)
LATER = tuple(f"2026-11-{day:02d}".encode() for day in range(6, 10))
Q4 = Quarter(2026, 4)
START_OF_2027 = datetime(2027, 1, 1, 5, 0, tzinfo=UTC)


JUDGED = ("backup-rpo", "backup-offsite")


def turn(held: World, *, looks: bool = True, fails: Reason | None = None, present: bool = True) -> None:
    """Judge the two targets of backups, after one look or none: all the others would take ten times as long."""
    now = Round(held.session)
    if looks:
        held.take(now, "offsite", fails=fails, present=present)
    wanted = expected(held.session.configuration.inventory, None)
    now.judge(
        [one for one in wanted if one.key.target in JUDGED],
        names=[(name, "files/offsite") for name in ("restic_snapshots", "restic_check")],
    )


def live(held: World, until: datetime, *, backups: bool = True, looks: bool = True) -> None:
    """Let time pass with a turn every four hours, and a point each day at 04:00 UTC where backups run."""
    while held.clock.instant < until:
        held.clock.instant += 4 * HOUR
        four = held.clock.instant.replace(hour=4, minute=0)
        if backups and held.points[-1] < four <= held.clock.instant:
            held.points.append(four)
        turn(held, looks=looks)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a world of eight days, without a backup on the fifth."""
    with world(tmp_path_factory.mktemp("lived")) as held:
        turn(held)
        live(held, START + 3 * DAY)
        live(held, START + 5 * DAY, backups=False)
        live(held, START + 8 * DAY)
        yield held


COPIES = ("offsite", "second")
SECOND = """
[[backup.copy]]
id = "second"
repository = "/farther"
password_file = "password"
site = "lille"
country = "FR"
"""


NIGHTLY = tuple(5 * HOUR + day * DAY for day in range(6))


def go_off(
    held: World,
    *first: Sequence[str],
    keep: Callable[[], None] = lambda: None,
    points: Sequence[timedelta] = NIGHTLY,
    rounds: int = 6,
) -> None:
    """Let two copies lose points while the agent is off, and the first rounds after it look at some copies each.

    `keep` is done as it goes off, at 20:00 UTC of the 3rd; `points` are how much later points are made, `rounds` how
    many rounds look at both copies afterwards.
    """
    while held.clock.instant < START + 39 * HOUR:
        look_at(held, *COPIES)
        held.clock.instant += 3 * HOUR
        if held.clock.instant.hour == 5:
            held.points.append(held.clock.instant - HOUR)
    look_at(held, *COPIES)
    keep()
    gone, off = held.points, held.clock.instant
    held.points = [off + made for made in points]
    held.clock.instant = off + 4 * DAY + 9 * HOUR
    for looked in (*first, *[COPIES] * rounds):
        look_at(held, *looked, gone=gone)
        held.clock.instant += 4 * HOUR


def look_at(held: World, *copies: str, gone: Sequence[datetime] = ()) -> None:
    """Judge `backup-rpo` after a look at some copies, that no longer lists some points."""
    made = Round(held.session)
    for copy in copies:
        made.take(lacking(held, copy, gone))
    judge_recovery(made, held)


def judge_recovery(made: Round, held: World) -> None:
    """Judge `backup-rpo` after the looks of a round."""
    made.judge(
        [one for one in expected(held.session.configuration.inventory, None) if one.key == RPO],
        names=[(name, f"files/{copy}") for copy in COPIES for name in ("restic_snapshots", "restic_check")],
    )


def keep_as_met(held: World) -> None:
    """Keep 3 November as met now, whatever its looks show."""
    row = DayRow(
        key=RPO, day=date(2026, 11, 3), state=State.MET, measured=State.MET,
        reason=Reason.WITHIN_LIMIT, late=False, judged_at=held.clock.instant,
    )  # fmt: skip
    held.ledger.keep_days([row])


def test_a_day_stays_met_which_one_copy_told_before_the_other_s_look_lost_a_point(tmp_path: Path) -> None:
    """An agent that was off for days finds points thinned out at both copies, in one round after the other."""
    with world(tmp_path, SECOND, 'thinned_after = "5d"') as held:
        go_off(held, *([one] for one in COPIES))
        assert held.day(date(2026, 11, 4)) == (State.MET, Reason.WITHIN_LIMIT, True)
        assert check(bundle_of(held), tmp_path).derived.counted["backup-rpo"] == 7


@pytest.mark.parametrize("after", [timedelta(0), 3 * HOUR + timedelta(minutes=1)])
def test_a_day_kept_as_met_before_a_look_after_its_end_is_held_to_the_next_looks(
    tmp_path: Path, after: timedelta
) -> None:
    """The key's holder keeps a day before it is over, or as soon as it is: no agent does."""
    with world(tmp_path, SECOND, 'thinned_after = "5d"') as held:

        def keep() -> None:
            held.clock.instant += after
            keep_as_met(held)

        go_off(held, keep=keep)
        assert check(bundle_of(held), tmp_path).damage == [
            "2026-11-03 backup-rpo files is kept as met, and its looks show unproven"
        ]


@pytest.mark.parametrize("collector", ["restic_check", "copy_place"])
def test_no_look_at_anything_else_closes_a_day_that_is_kept_as_met(tmp_path: Path, collector: str) -> None:
    """The key's holder keeps it after a verification: an agent waits for the list of the points."""
    with world(tmp_path, SECOND, 'thinned_after = "5d"') as held:

        def keep() -> None:
            at = held.clock.instant = held.clock.instant + 3 * HOUR + timedelta(minutes=1)
            made = Round(held.session)
            made.take(replace(listing([], at), collector=collector, facts=()))
            made.judge([])
            keep_as_met(held)

        go_off(held, keep=keep)
        assert check(bundle_of(held), tmp_path).damage == [
            "2026-11-03 backup-rpo files is kept as met, and its looks show unproven"
        ]


def test_a_day_is_held_to_the_looks_of_when_it_was_kept_though_a_point_was_made_just_before(tmp_path: Path) -> None:
    """Days after it had not begun then, and the state had turned within the minutes before."""
    points = [*NIGHTLY[:3], 4 * DAY + 9 * HOUR - timedelta(minutes=2)]
    with world(tmp_path, SECOND, 'thinned_after = "5d"') as held:
        go_off(held, *([one] for one in COPIES), points=points, rounds=12)
        assert held.day(date(2026, 11, 4)) == (State.MET, Reason.WITHIN_LIMIT, True)
        assert held.day(date(2026, 11, 9)) == (State.MISSED, Reason.TOO_OLD, False)
        found = derived(payloads(held))
    assert ([one for one in found.wrong if "backup-rpo" in one], found.counted["backup-rpo"]) == ([], 8)


def test_a_day_stays_met_until_the_end_by_the_copy_that_was_looked_at_last_before_a_silence(tmp_path: Path) -> None:
    """The evidence of the other one ends an hour before the day does."""
    with world(tmp_path, SECOND) as held:
        while held.clock.instant <= START + 35 * HOUR:
            if held.clock.instant == START + 19 * HOUR:
                held.points.append(held.clock.instant)
            look_at(held, *COPIES)
            held.clock.instant += HOUR
        held.clock.instant += HOUR
        look_at(held, "second")
        held.clock.instant += 9 * DAY
        for _ in range(6):
            look_at(held, *COPIES)
            held.clock.instant += 4 * HOUR
        assert held.day(START.date() + DAY) == (State.MET, Reason.WITHIN_LIMIT, False)
        found = derived(payloads(held))
    assert [one for one in found.wrong if "backup-rpo" in one] == []


def test_looks_that_show_the_same_judge_nothing_anew_of_before_the_last_of_them(tmp_path: Path) -> None:
    """One copy shows for hours that it is not there, while points of another one are thinned out and new ones come."""
    with world(tmp_path, SECOND) as held:
        lost: list[Fact] = []
        for hour in range(30):
            at = held.clock.instant = START + hour * HOUR
            if hour and hour % 4 == 0:
                held.points.append(at)
            if hour == 13:
                lost = [
                    Fact(name="backup.point.gone", subject="files/offsite", value=point(one), as_of=at)
                    for one in held.points[:-1]
                ]
                del held.points[:-1]
            made, seen = Round(held.session), lacking(held, "offsite", ())
            made.take(replace(seen, facts=(*seen.facts, *lost)))
            made.take(listing([], at, "files/second", present=False))
            judge_recovery(made, held)
        assert held.day(START.date()) == (State.MET, Reason.WITHIN_LIMIT, False)
        found = derived(payloads(held))
    assert [one for one in found.wrong if "backup-rpo" in one] == []


def test_a_limit_that_passes_before_a_look_that_fails_beside_one_that_goes_on_is_no_damage(tmp_path: Path) -> None:
    """No verification has run yet, so that its days are unproven; the point is too old between two rounds."""
    with world(tmp_path, SECOND) as held:
        held.clock.instant += timedelta(minutes=45)
        for hour in range(3 * 24):
            made = Round(held.session)
            made.take(lacking(held, "offsite", ()))
            at = held.clock.instant
            cannot = Failure(
                collector="restic_snapshots", host="srv-1", subject="files/second",
                begun=at, ended=at, reason=Reason.UNREACHABLE, detail="no route",
            )  # fmt: skip
            made.take(lacking(held, "second", ()) if hour < 25 else cannot)
            made.judge(
                [one for one in expected(held.session.configuration.inventory, None) if one.key.target in JUDGED],
                names=[(name, f"files/{copy}") for copy in COPIES for name in ("restic_snapshots", "restic_check")],
            )
            held.clock.instant += HOUR
        kept = {one.key.subject: one.measured for one in held.ledger.day_rows(START.date() + DAY, START.date() + DAY)}
        found = derived(payloads(held))
    assert kept["files/second"] is State.UNPROVEN
    assert found.wrong == []


def point(at: datetime) -> Point:
    """Return a recovery point of some instant."""
    return Point(id=f"p{at:%d%H%M}", time=at, host="srv-1", paths=("/srv",), files=3)


def lacking(held: World, copy: str, gone: Sequence[datetime]) -> Observation:
    """Return a look that no longer lists some points, if any."""
    now, subject = held.clock.instant, f"files/{copy}"
    made = listing([point(at) for at in held.points], now, subject)
    lost = [Fact(name="backup.point.gone", subject=subject, value=point(at), as_of=now) for at in gone]
    return replace(made, facts=(*made.facts, *lost))


def bundle_of(held: World, quarter: Quarter = Q4) -> Files:
    """Return the files of the bundle of a provisional report."""
    wish = ReportRequest(quarter=quarter, beneficiary="scota")
    with published(held.session.configuration, held.ledger, wish, held.clock.instant) as made:
        (path,) = (one for one in made.folder.iterdir() if one.name.endswith("evidence.zip"))
        with ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def payloads(held: World) -> list[BeneficiaryPayload]:
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.beneficiary == "scota")
        .order_by(CHAIN.c.sequence)
    )
    return [
        BeneficiaryPayload(sequence=row.sequence, instant=row.instant, kind=row.kind, text=row.text.encode())
        for row in held.ledger.ask(lambda connection: connection.execute(query).all())
    ]


def derived(rows: Sequence[BeneficiaryPayload]) -> DerivedDays:
    return derive(rows, kept_days(rows, ABOUT))


def test_each_day_is_derived_again_from_the_looks_shown(lived: World, tmp_path: Path) -> None:
    found = check(bundle_of(lived), tmp_path)
    assert (found.outcome, found.damage) == (EvidenceOutcome.SOUND, [])
    assert found.derived.counted["backup-rpo"] == 8
    assert lived.day(MISSED_ON) == (State.MISSED, Reason.TOO_OLD, False)
    assert "derived again from the looks shown: 16 days (backup-offsite 8, backup-rpo 8)" in found.derived.lines()


def test_a_provisional_report_that_ends_before_its_rows_do_is_doubted(lived: World, tmp_path: Path) -> None:
    """The day without a backup would be left out by the choice of the last day."""
    files = bundle_of(lived)
    about = files["about.txt"].replace(b"last_day: 2026-11-09", b"last_day: 2026-11-05")
    table = b"".join(line for line in files["days.csv"].splitlines(keepends=True) if line[:10] not in LATER)
    found = held_to({**files, "about.txt": about, "days.csv": table}, lived, tmp_path)
    assert found.damage == []
    assert [said for said in found.doubts if said.startswith("it counts days up to 2026-11-05, and its rows go on")]


def test_a_target_of_which_no_look_is_shown_is_said_not_to_be_derived(lived: World) -> None:
    found = derived(payloads(lived))
    assert {target for target, reason in found.left if reason == NO_LOOKS} == {"log-collection"}


def test_a_day_that_the_key_s_holder_made_better_is_damage(tmp_path: Path) -> None:
    """The row, the table and every signature agree with each other: the looks alone contradict them."""
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 3 * DAY)
        live(held, START + 5 * DAY, backups=False)
        (row,) = (one for one in held.ledger.day_rows(MISSED_ON, MISSED_ON) if one.key == RPO)
        held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET, reason=Reason.WITHIN_LIMIT)])
        live(held, START + 6 * DAY)
        found = check(bundle_of(held), tmp_path)
        by_looks = derived(payloads(held))
    assert found.outcome is EvidenceOutcome.DAMAGED
    assert found.damage == ["2026-11-06 backup-rpo files is kept as met by a later row, and was measured as missed"]
    assert by_looks.wrong == ["2026-11-06 backup-rpo files is kept as met, and its looks show missed"]


def test_a_day_kept_as_met_of_which_no_look_was_taken_is_damage(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 2 * DAY)
        live(held, START + 5 * DAY, looks=False)
        live(held, START + 6 * DAY)
        (row,) = (
            one
            for one in held.ledger.day_rows(date(2026, 11, 5), date(2026, 11, 5))
            if one.key.target == "backup-offsite"
        )
        held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET)])
        found = derived(payloads(held))
    assert [one for one in found.wrong if one.startswith("2026-11-05 backup-offsite")]


def test_the_second_quarter_s_bundle_needs_nothing_of_what_was_seen_in_the_first(tmp_path: Path) -> None:
    """It shows earlier days whole, as the one of an entry and the one before the quarter: without those before them."""
    with world(tmp_path, begins=datetime(2026, 12, 26, 5, 0, tzinfo=UTC)) as held:
        turn(held)
        live(held, START_OF_2027 - 3 * DAY)
        append_entry(held.ledger, "awareness", {"performed": "2026-12-28", "by": "DPO"}, beneficiary="scota")
        live(held, START_OF_2027 + 3 * DAY)
        files = bundle_of(held, Quarter(2027, 1))
    before = {name[11:21] for name, content in files.items() if name.startswith("days/") and b" seen {" in content}
    assert {"2026-12-29", "2026-12-31"} <= before
    found = check(files, tmp_path)
    assert (found.outcome, found.damage, list(found.doubts)) == (EvidenceOutcome.SOUND, [], [])
    assert found.derived.counted["backup-rpo"] == 3


def bundle_without_first_looks(folder: Path) -> Files:
    """Return the files of a bundle of which a rule erased the first rows of what was seen."""
    with world(folder) as held:
        turn(held)
        live(held, START + 3 * DAY)
        held.clock.instant += 10 * DAY
        live(held, START + 15 * DAY)
        assert held.ledger.erase_expired(held.clock.instant, keep_readings=5 * DAY, keep_personal=4000 * DAY, needed=())
        live(held, START + 16 * DAY + 4 * HOUR)
        files = bundle_of(held)
    assert any(b" seen erased:" in content for content in files.values())
    return files


def test_a_ledger_from_which_a_rule_erased_what_was_seen_is_sound(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        turn(held)
        live(held, START + DAY)
        held.clock.instant += 10 * DAY
        live(held, START + 13 * DAY)
        held.ledger.erase_expired(held.clock.instant, keep_readings=5 * DAY, keep_personal=4000 * DAY, needed=())
        kinds = select(CHAIN.c.kind).where(CHAIN.c.sequence.in_(select(ERASED.c.sequence)))
        assert "seen" in held.ledger.ask(lambda connection: set(connection.execute(kinds).scalars()))
        found = held.ledger.verify()
    assert (found.outcome, found.damage) == (ChainOutcome.SOUND, ())


@pytest.mark.programs
def test_looks_that_a_rule_erased_are_no_damage_and_derive_nothing(tmp_path: Path) -> None:
    files = bundle_without_first_looks(tmp_path)
    found = check(files, tmp_path)
    assert (found.outcome, found.damage) == (EvidenceOutcome.UNPROVEN, [])
    assert all("is not all there" in doubt for doubt in found.doubts)
    assert (RPO.target, UNTOLD) in found.derived.left
    code, said = run_script(unpack(files, tmp_path / "bundle"))
    assert (code, said[-1]) == (0, "Tout se tient.")


def test_a_day_that_other_rules_judged_is_named_and_no_damage(lived: World) -> None:
    """A later release may judge otherwise: its reader is told which version to verify with."""
    rows = payloads(lived)
    kept = kept_days(rows, ABOUT)
    better = DayResult(state=State.MET, measured=State.MET, reason=Reason.WITHIN_LIMIT)
    kept = replace(kept, days={**kept.days, RPO: {**kept.days[RPO], MISSED_ON: better}})
    own, of_another = derive(rows, kept), derive([judged_by("0.0.9", row) for row in rows], kept)
    assert (len(own.wrong), list(own.doubts())) == (1, [])
    assert (of_another.wrong, of_another.left["backup-rpo", OTHER_RULES]) == ([], 1)
    assert of_another.counted["backup-rpo"] == own.counted["backup-rpo"] == 7
    (said,) = of_another.doubts()
    assert said.startswith("1 days are kept better") and said.endswith(
        "judged by 0.0.9: verify the bundle with that version"
    )


def judged_by(version: str, row: BeneficiaryPayload) -> BeneficiaryPayload:
    text = (row.text or b"").replace(f'"program":"{VERSION}"'.encode(), f'"program":"{version}"'.encode())
    return replace(row, text=text)


def seen_row(files: Files) -> tuple[str, bytes]:
    """Return the file with the newest row of what was seen in a signed day, and the row."""
    for name in sorted((name for name in files if name.startswith("days/")), reverse=True):
        for line in files[name].splitlines(keepends=True):
            if b" seen {" in line:
                return name, line
    raise AssertionError("no row of what was seen")


def held_to(files: Files, lived: World, tmp_path: Path) -> Verified:
    return check(resigned(files, tmp_path_of(lived)), tmp_path)


def tmp_path_of(held: World) -> Path:
    return held.session.configuration.agent.state_directory


def test_a_look_that_was_changed_later_is_not_the_signed_one(lived: World, tmp_path: Path) -> None:
    files = bundle_of(lived)
    name, line = seen_row(files)
    changed = line.replace(b'"looks":1', b'"looks":2', 1)
    assert changed != line
    found = held_to({**files, name: files[name].replace(line, changed)}, lived, tmp_path)
    assert (
        found.damage == [f"the rows of {name[11:21]} are not those that were signed, or not all of them"]
        or found.damage
    )


def test_a_row_of_looks_that_was_left_out_is_missed(lived: World, tmp_path: Path) -> None:
    files = bundle_of(lived)
    name, line = seen_row(files)
    assert held_to({**files, name: files[name].replace(line, b"")}, lived, tmp_path).damage


def test_a_hole_between_what_was_seen_is_told_and_bridged_by_nothing(lived: World) -> None:
    rows = payloads(lived)
    seen = [row for row in rows if row.kind == "seen"]
    found = derived([row for row in rows if row is not seen[3]])
    assert found.told == [
        f"what was seen before {row.instant[:10]} {row.instant[11:19]} UTC is not all there: "
        "nothing is derived until it is whole"
        for row in seen[4:]
    ]
    assert found.left["backup-rpo", UNTOLD] == 5
    assert not found.wrong


@pytest.mark.parametrize(
    ("hidden", "values"),
    [
        (slice(3, 4), {}),
        (slice(2, 5), {"since": 1, "begins": 4}),  # each the number of the row whose end is said to be there
    ],
)
def test_a_row_that_calls_itself_whole_hides_no_rows_before_it(
    lived: World, hidden: slice, values: Mapping[str, int]
) -> None:
    """The key's holder keeps no row of some days, and lets the next one need none."""
    rows = payloads(lived)
    seen = [row for row in rows if row.kind == "seen"]
    content = {**json.loads(seen[hidden.stop].text or b""), "whole": True}
    if values:
        content["since"] = json.loads(seen[values["since"]].text or b"")["through"]
        content["begins"] = seen[values["begins"]].instant
    whole = replace(seen[hidden.stop], text=json.dumps(content).encode())
    found = derived([whole if row is seen[hidden.stop] else row for row in rows if row not in seen[hidden]])
    assert len(found.told) == 1


def test_looks_that_are_told_later_for_an_earlier_day_do_not_count(tmp_path: Path) -> None:
    """What had to be seen on the day cannot be made up later, with the key in hand."""
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 2 * DAY)
        silent_from = held.clock.instant
        live(held, START + 4 * DAY, looks=False)
        live(held, START + 5 * DAY)
        rows = payloads(held)
    (last,) = [row for row in rows if row.kind == "seen"][-1:]
    text = last.text or b""
    at = text.index(b'"first":"') + len(b'"first":"')
    early = (silent_from + HOUR).isoformat(timespec="seconds")[:19].encode() + b"Z"
    moved = text[:at] + early + text[at + len(early) :]
    assert moved != text
    found = derived([replace(row, text=moved) if row is last else row for row in rows])
    honest = derived(rows)
    assert (found.counted, found.wrong) == (honest.counted, honest.wrong)


@pytest.mark.parametrize(("silent", "doubts"), [(1, 0), (3, 1)])
def test_looks_of_days_that_one_later_row_tells_are_doubted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: int, doubts: int
) -> None:
    """The key's holder keeps days as met and no row of their looks, which are made up afterwards."""
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 3 * DAY)
        with monkeypatch.context() as patch:
            patch.setattr("agent.evaluation.round.keep_shown", lambda *asked: None)
            live(held, START + (3 + silent) * DAY)
        live(held, START + 8 * DAY)
        found = check(bundle_of(held), tmp_path)
    told = [said for said in found.doubts if "told by a row of after it alone" in said]
    assert (found.damage, len(told)) == ([], doubts)


def test_late_evidence_of_a_look_that_no_row_tells_yet_is_no_damage(tmp_path: Path) -> None:
    """Looks fail from midday on; the first that succeeds is of the day on which a provisional report is made."""
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 2 * DAY)
        while held.clock.instant < START + 3 * DAY + 4 * HOUR:
            held.clock.instant += HOUR
            turn(held, fails=Reason.UNREACHABLE)
        held.points += [START + 2 * DAY + 12 * HOUR, START + 3 * DAY]
        turn(held)
        day = (START + 2 * DAY).date()
        assert held.day(day) == (State.MET, Reason.WITHIN_LIMIT, True)
        found = derived(payloads(held))
        live(held, START + 5 * DAY)
        later = derived(payloads(held))
    assert (found.wrong, found.left["backup-rpo", NOT_OVER]) == ([], 1)
    assert (later.wrong, later.counted["backup-rpo"]) == ([], 5)


def test_an_agent_that_was_off_for_days_tells_no_look_late(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 3 * DAY)
        held.clock.instant += 5 * DAY
        live(held, START + 9 * DAY)
        found = derived(payloads(held))
    assert (found.wrong, found.told) == ([], [])


@pytest.mark.parametrize(("part", "after", "is_doubted"), [(2, 0, False), (2, 3, True), (3, 0, True)])
def test_a_part_of_a_row_of_looks_that_is_kept_later_or_in_another_place_does_not_count(
    lived: World, part: int, after: int, is_doubted: bool
) -> None:
    """The key's holder makes up the looks of a copy that was silent, and calls them a part of what was told."""
    rows = payloads(lived)
    seen = [row for row in rows if row.kind == "seen"]
    content = json.loads(seen[3].text or b"")
    first = replace(seen[3], text=json.dumps({**content, "parts": part, "looks": []}).encode())
    later = json.dumps({**content, "part": part, "parts": part}).encode()
    parts = [first, replace(seen[3], instant=seen[3 + after].instant, text=later)]
    found = derived([one for row in rows for one in (parts if row is seen[3] else [row])])
    assert (bool(found.told), found.counted["backup-rpo"] == 8) == (is_doubted, not is_doubted)


def test_a_row_of_looks_that_lacks_a_part_is_followed_by_nothing(lived: World) -> None:
    rows = payloads(lived)
    seen = [row for row in rows if row.kind == "seen"]
    cut = replace(seen[3], text=json.dumps({**json.loads(seen[3].text or b""), "parts": 2}).encode())
    found = derived([cut if row is seen[3] else row for row in rows])
    assert (len(found.told), found.left["backup-rpo", UNTOLD]) == (len(seen) - 4, 5)


def test_a_look_dated_after_its_row_does_not_count(lived: World) -> None:
    rows = payloads(lived)
    first = next(row for row in rows if row.kind == "seen")
    text = (first.text or b"").replace(b'"last":"2026-11-02', b'"last":"2026-11-22', 1)
    found = derived([replace(row, text=text) if row is first else row for row in rows])
    assert (found.wrong, found.left["backup-rpo", UNREAD]) == ([], 8)


def test_a_form_that_is_not_known_is_doubted_and_no_damage(lived: World) -> None:
    rows = payloads(lived)
    first = next(row for row in rows if row.kind == "seen")
    text = (first.text or b"").replace(b'"declared":{', b'"declared":{"of_a_later_release":1,', 1)
    found = derived([replace(row, text=text) if row is first else row for row in rows])
    assert (found.wrong, found.counted.total(), len(found.told)) == ([], 0, 1)


def test_what_is_nested_without_end_is_doubted_and_no_damage(lived: World) -> None:
    rows = payloads(lived)
    first = next(row for row in rows if row.kind == "seen")
    text = (first.text or b"").replace(b'"runs":[', b'"runs":[' + b"[" * 5000 + b"]" * 5000 + b",", 1)
    found = derived([replace(row, text=text) if row is first else row for row in rows])
    assert (found.wrong, found.counted.total(), len(found.told)) == ([], 0, 1)


def test_a_day_kept_worse_than_its_looks_is_no_damage_and_is_said(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 3 * DAY)
        (row,) = (one for one in held.ledger.day_rows(date(2026, 11, 3), date(2026, 11, 3)) if one.key == RPO)
        held.ledger.keep_days([replace(row, state=State.MISSED, measured=State.MISSED)])
        found = derived(payloads(held))
    assert (found.wrong, found.left["backup-rpo", BETTER]) == ([], 1)


def test_a_copy_that_was_verified_derives_as_it_was_kept(tmp_path: Path) -> None:
    """Its looks go on showing the same between two points, for longer than one look is evidence."""
    with world(tmp_path) as held:
        verified = tuple(
            Fact(name=f"verify.{name}", subject="files/offsite", value="read", as_of=START)
            for name in ("sound", "whole")
        )
        Round(held.session).take(
            Observation(
                collector="restic_check",
                host="srv-1",
                subject="files/offsite",
                begun=START,
                ended=START,
                facts=verified,
            )
        )
        while held.clock.instant < START + 3 * DAY:
            held.clock.instant += 2 * HOUR
            four = held.clock.instant.replace(hour=4, minute=0)
            if held.points[-1] < four <= held.clock.instant:
                held.points.append(four)
            turn(held)
        (row,) = (
            one for one in held.ledger.day_rows(date(2026, 11, 3), date(2026, 11, 3)) if one.key.target == JUDGED[1]
        )
        found = derived(payloads(held))
    assert row.measured is State.MET
    assert (found.wrong, found.counted["backup-offsite"], found.left["backup-offsite", BETTER]) == ([], 3, 0)


def test_a_life_of_outages_derives_as_it_was_kept(tmp_path: Path) -> None:
    """Backups and looks that fail, are absent or stop at random: the daemon judges each quarter of an hour or later."""
    chance = Random(8)
    with world(tmp_path) as held:
        turn(held)
        mode = "sound"
        while held.clock.instant < START + 4 * DAY:
            if chance.random() < 0.05:
                mode = chance.choice(["sound", "sound", "fails", "no backup", "silent", "absent"])
            held.clock.instant += timedelta(minutes=chance.choice([30, 60]))
            four = held.clock.instant.replace(hour=4, minute=0)
            if mode not in ("no backup", "fails") and held.points[-1] < four <= held.clock.instant:
                held.points.append(four)
            looks = mode != "silent" and chance.random() < 0.5
            turn(held, looks=looks, fails=Reason.UNREACHABLE if mode == "fails" else None, present=mode != "absent")
        found = derived(payloads(held))
    assert found.wrong == []
    assert (found.counted["backup-rpo"], found.left["backup-rpo", BETTER]) == (4, 0)
