"""Looks that share a row: every reader gives what it gives where each look has a row of its own."""

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.errors import LedgerDamaged
from agent.core.manifest import ManifestChange, StoredFile
from agent.core.model import Evidence, Fact, Observation, Reading
from agent.core.reason import Reason
from agent.ledger import batch, cited, reading_rows
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import ChainRow
from agent.ledger.ledger import ChainOutcome, Ledger
from agent.ledger.looks_since import younger
from agent.ledger.places import place_of
from tests.ledger.samples import DAY, MORNING, QUARTER_HOUR, HandClock, asked, failure, observation, open_ledger

COLLECTOR = "restic_snapshots"
SUBJECTS = ("a/offsite", "b/offsite", "c/offsite")
KEPT = timedelta(days=400)


def fact(name: str, value: Any, as_of: datetime) -> Fact:
    return Fact(name=name, subject="srv-1", value=value, as_of=as_of)


def look(
    at: datetime, subject: str, *, offset: int = 0, version: str = "1", output: str = "5", took: int = 700
) -> Observation:
    """Return a look with a fact of its moment, one that may differ at each, one that stays, and one of long ago."""
    seen = observation(at - timedelta(milliseconds=took % 13), subject=subject)
    return replace(
        seen,
        begun=seen.ended - timedelta(milliseconds=took, microseconds=took * 7),
        facts=(
            fact("clock.offset", offset, seen.ended),
            fact("tool.version", version, seen.ended),
            fact("tool.installed", "long ago", MORNING - 30 * DAY),
            *(fact(f"plain{number}", number, seen.ended) for number in range(3)),
        ),
        evidence=(
            *(
                replace(one, duration=timedelta(milliseconds=took - 3), output_sha256=output * 64)
                for one in seen.evidence
            ),
            Evidence(command="date", status=0, duration=timedelta(microseconds=took), output_sha256="6" * 64),
        ),
    )


_LOOK = st.tuples(
    st.sampled_from(SUBJECTS),
    st.sampled_from(["same", "same", "same", "offset", "version", "output", "failed", "other failure", "manifest"]),
    st.integers(0, 3),
)
_STEP = st.tuples(
    st.lists(_LOOK, max_size=4),
    st.sampled_from(
        [
            timedelta(seconds=20),
            QUARTER_HOUR,
            QUARTER_HOUR,
            timedelta(hours=7),
            31 * DAY,
            390 * DAY,
            -timedelta(hours=5),
        ]
    ),
    st.sampled_from(["keep", "keep", "keep", "erase", "rebuild"]),
)


def _reading(at: datetime, subject: str, kind: str, number: int) -> Reading:
    took = 500 + 40 * number
    if kind == "failed":
        return failure(at, subject=subject)
    if kind == "other failure":
        return replace(failure(at, subject=subject), reason=Reason.UNREADABLE, detail=f"number {number}")
    seen = look(
        at,
        subject,
        offset=number if kind == "offset" else 0,
        version=str(number) if kind == "version" else "1",
        output=str(number) if kind == "output" else "5",
        took=took,
    )
    added = ManifestChange(added=(StoredFile(name=f"data/{number}", size=number),))
    return replace(seen, manifest=added) if kind == "manifest" else seen


@dataclass
class History:
    """A ledger, and the ids of the readings that it kept, in their order."""

    ledger: Ledger
    clock: HandClock
    ids: list[str] = field(default_factory=list)

    def take(self, looks: Sequence[tuple[str, str, int]], then: timedelta, what: str) -> None:
        """Keep some looks, do something, and let time pass."""
        found = [_reading(self.clock.time, *one) for one in looks]
        self.ids += [str(kept) for kept in self.ledger.keep_readings(found)]
        if what == "erase":
            self.ledger.erase_expired(self.clock.time, keep_readings=KEPT, keep_personal=3 * KEPT)
        elif what == "rebuild":
            self.ledger.rebuild()
        self.clock.time += then

    def answers(self) -> dict[str, object]:
        """Return what every reader says, evidence named by the order in which it came."""
        order = {id: f"reading {number}" for number, id in enumerate(self.ids)}
        names = [(COLLECTOR, subject) for subject in SUBJECTS]
        ledger, now = self.ledger, self.clock.time

        def named(kept: Any) -> object:
            return None if kept is None else (order[kept.evidence_id], kept.reading)

        spans = [(MORNING - DAY, now + DAY), (now - 8 * DAY, now), (now - KEPT / 2, now - timedelta(hours=3))]
        with open_ledger(ledger._directory, self.clock, readonly=True) as anew:
            return {
                "newest": {name: named(one) for name, one in anew.newest_looks(names).items()},
                "newest here": {name: named(one) for name, one in ledger.newest_looks(names).items()},
                "seen": {name: named(one) for name, one in anew.newest_observations(names).items()},
                "runs": anew.runs(),
                "runs here": ledger.runs(),
                "subjects": anew.subjects(COLLECTOR),
                "between": [[named(one) for one in ledger.looks(*name, *span)] for name in names for span in spans],
                "manifests": [list(anew.manifest(subject).present()) for subject in SUBJECTS],
            }

    def by_id(self) -> list[tuple[object, ...]]:
        """Return what is said of each reading that was kept, by its id."""
        places = [place for id in self.ids if (place := place_of(id)) is not None]
        later = self.ledger.ask(lambda connection: younger(connection, places))
        return [(*self._told(id), later.get(place)) for id, place in zip(self.ids, places, strict=True)]

    def _told(self, id: str) -> tuple[object, ...]:
        kept, found = self.ledger.reading(id), cited_in(self.ledger, id)
        return (
            None if kept is None else kept.reading,
            None if found is None else found.reading,
            self.ledger.ran_ahead(id),
        )


def cited_in(ledger: Ledger, evidence: str) -> cited.CitedReading | None:
    """Return what a page cites of some evidence."""
    return ledger.ask(lambda connection: cited.reading(connection, evidence))


@settings(max_examples=12)
@given(steps=st.lists(_STEP, max_size=9))
def test_every_reader_says_the_same_of_looks_that_share_a_row(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("forms")
    said = {}
    for form in ("apart", "together"):
        with pytest.MonkeyPatch.context() as patch:
            if form == "apart":
                patch.setattr(reading_rows, "TOGETHER", 10**6)
            with open_ledger(folder / form, HandClock()) as ledger:
                history = History(ledger, ledger._store._clock)  # type: ignore[arg-type]  # the clock that was given
                for step in steps:
                    history.take(*step)
                found = ledger.verify()
                assert found.outcome is ChainOutcome.SOUND, found.damage
                said[form] = (history.answers(), history.by_id())
    apart, together = said["apart"], said["together"]
    assert together[0] == apart[0]
    # What shares a row with the newest look of another name stays longer, and is never another one.
    for one, other in zip(apart[1], together[1], strict=True):
        assert one == other or one[0] is None


def _keep(ledger: Ledger, clock: HandClock, times: int, subjects: Sequence[str] = SUBJECTS) -> list[Any]:
    """Keep looks that say the same, a quarter of an hour apart; return their ids."""
    ids: list[Any] = []
    for number in range(times):
        ids += ledger.keep_readings([look(clock.time, one, took=500 + 40 * number) for one in subjects])
        clock.time += QUARTER_HOUR
    return ids


def test_looks_that_say_the_same_share_a_row(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        assert _keep(ledger, clock, 2) == ["r-1", "r-2", "r-3", "r-4.1", "r-4.2", "r-4.3"]
        assert ledger.verify().outcome is ChainOutcome.SOUND
    assert asked(tmp_path, "SELECT kind FROM chain") == [*[("reading",)] * 3, ("batch",)]


def test_every_look_of_a_day_is_told_however_many_rows_share_it(tmp_path: Path) -> None:
    """Only a day's last row of a name is found by an index: each look names the row before it."""
    clock = HandClock()
    taken: list[Reading] = []
    with open_ledger(tmp_path, clock) as ledger:
        for number in range(90):  # from 04:12 on, so that they end on the next day
            looks = [look(clock.time, one, took=500 + 40 * number) for one in SUBJECTS]
            ledger.keep_readings(looks)
            taken.append(looks[1])
            clock.time += QUARTER_HOUR
        assert [day for (day,) in asked(tmp_path, "SELECT DISTINCT day FROM batch_day ORDER BY day")] == [
            "2026-11-24",
            "2026-11-25",
        ]
        for first, last in ((0, 89), (3, 17), (40, 41), (70, 89)):
            since, until = (MORNING + number * QUARTER_HOUR for number in (first, last))
            found = ledger.looks(COLLECTOR, SUBJECTS[1], since, until)
            assert [one.reading for one in found] == taken[first : last + 1]


def test_a_failure_that_goes_on_shares_a_row(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for _ in range(3):
            ids = ledger.keep_readings([failure(clock.time, subject=one) for one in SUBJECTS])
            clock.time += QUARTER_HOUR
        assert ids == ("r-5.1", "r-5.2", "r-5.3")
        assert ledger.latest(COLLECTOR, SUBJECTS[0]) == ledger.reading("r-5.1")


def test_a_look_that_comes_alone_has_a_row_of_its_own(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        assert _keep(ledger, clock, 3, SUBJECTS[:1]) == ["r-1", "r-2", "r-3"]


def test_what_differs_at_each_look_shares_a_row_and_what_changed_for_good_does_not(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        kept = []
        for offset, version in ((0, "1"), (3, "1"), (5, "1"), (5, "2"), (5, "2"), (5, "2"), (8, "2")):
            looks = [look(clock.time, one, offset=offset, version=version) for one in SUBJECTS[:2]]
            kept.append([one.count(".") for one in ledger.keep_readings(looks) if isinstance(one, str)])
            clock.time += QUARTER_HOUR
    assert kept == [[0, 0], [1, 1], [1, 1], [0, 0], [1, 1], [1, 1], [1, 1]]


def test_a_look_in_a_batch_is_cited_by_its_place(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        _keep(ledger, clock, 3)
        found = cited_in(ledger, "r-5.2")
        assert found is not None
        assert (found.row.sequence, found.row.kind) == (5, "batch")
        assert isinstance(found.reading, Observation)
        assert (found.reading.subject, found.reading.ended) == (
            SUBJECTS[1],
            look(clock.time - QUARTER_HOUR, SUBJECTS[1], took=580).ended,
        )
        for nowhere in ("r-5.4", "r-4.0", "r-1.1", "r-5"):
            assert cited_in(ledger, nowhere) is None
            assert ledger.reading(nowhere) is None


def test_a_batch_expires_unless_it_holds_the_newest_look_of_a_name(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        _keep(ledger, clock, 4)
        _keep(ledger, clock, 3, SUBJECTS[:2])
        newest = ledger.latest(COLLECTOR, SUBJECTS[2])
        clock.time += KEPT + 2 * DAY
        _keep(ledger, clock, 100, SUBJECTS[:2])
        assert ledger.erase_expired(clock.time, keep_readings=KEPT, keep_personal=KEPT) > 0
        assert _kept_batches(tmp_path)[0] == 6  # with the last look at the third
        assert 5 not in _kept_batches(tmp_path)
        assert newest is not None
        assert (newest.evidence_id, ledger.reading("r-6.3")) == ("r-6.3", newest)
        found = ledger.verify()
        assert found.outcome is ChainOutcome.SOUND, found.damage
        ledger.rebuild()
        assert ledger.latest(COLLECTOR, SUBJECTS[2]) == newest


OTHERS = ("d/offsite", "e/offsite")


def test_the_newest_failure_of_a_name_keeps_its_batch(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for _ in range(3):
            ledger.keep_readings([failure(clock.time, subject=one) for one in SUBJECTS])
            clock.time += QUARTER_HOUR
        newest = ledger.latest(COLLECTOR, SUBJECTS[1])
        clock.time += KEPT + 2 * DAY
        _keep(ledger, clock, 100, OTHERS)
        assert ledger.erase_expired(clock.time, keep_readings=KEPT, keep_personal=KEPT) > 0
        assert newest is not None
        assert (newest.evidence_id, ledger.reading("r-5.2"), ledger.reading("r-4.2")) == ("r-5.2", newest, None)
        ledger.rebuild()
        assert ledger.latest(COLLECTOR, SUBJECTS[1]) == newest


def test_the_newest_success_keeps_its_batch_though_later_looks_failed(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        _keep(ledger, clock, 4)
        newest = ledger.latest_observation(COLLECTOR, SUBJECTS[1])
        clock.time += KEPT + 2 * DAY
        for _ in range(2):
            ledger.keep_readings([failure(clock.time, subject=one) for one in SUBJECTS])
            clock.time += QUARTER_HOUR
        _keep(ledger, clock, 100, OTHERS)
        assert ledger.erase_expired(clock.time, keep_readings=KEPT, keep_personal=KEPT) > 0
        assert newest is not None
        assert (newest.evidence_id, ledger.reading("r-6.2"), ledger.reading("r-5.2")) == ("r-6.2", newest, None)
        ledger.rebuild()
        assert ledger.latest_observation(COLLECTOR, SUBJECTS[1]) == newest


def test_what_the_looks_of_a_kept_batch_rest_on_stays(tmp_path: Path) -> None:
    """A success rests on the change before it and that on the last one kept whole; a failure rests on a failure."""
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for version in "122":  # what changed for good gets a row of its own at the second look
            ledger.keep_readings([look(clock.time, one, version=version) for one in SUBJECTS])
            ledger.keep_readings([failure(clock.time, subject=one) for one in OTHERS])
            clock.time += QUARTER_HOUR
        clock.time += 25 * DAY
        ids = ledger.keep_readings([look(clock.time, one, version="2") for one in SUBJECTS])
        ids += ledger.keep_readings([failure(clock.time, subject=one) for one in OTHERS])
        known = [ledger.reading(str(one)) for one in ids]
        clock.time += 15 * DAY  # long enough for the next to be kept whole
        for _ in range(2):
            ledger.keep_readings([look(clock.time, one, version="3") for one in (*SUBJECTS, *OTHERS)])
            clock.time += 2 * DAY
        assert all("." in str(one) for one in ids)
        assert None not in known
        ledger.erase_expired(clock.time, keep_readings=39 * DAY, keep_personal=KEPT)
        assert [ledger.reading(str(one)) for one in ids] == known
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_the_batches_of_a_day_expire_together(tmp_path: Path) -> None:
    """Each names the one before it of its day: from one in the middle on, none would be found."""
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        _keep(ledger, clock, 150)  # until the evening of the next day
        _keep(ledger, clock, 3, OTHERS)
        (last,) = asked(tmp_path, "SELECT max(sequence) FROM batch_row")[0]
        clock.time = MORNING + DAY + KEPT
        _keep(ledger, clock, 100)
        days = "SELECT sequence, instant < '2026-11-25' FROM batch_row JOIN chain USING (sequence)"
        before = dict(asked(tmp_path, days))
        middle_of_second = datetime(2026, 11, 25, 12, tzinfo=MORNING.tzinfo)
        ledger.erase_expired(clock.time, keep_readings=clock.time - middle_of_second, keep_personal=KEPT)
        assert last in before
        assert set(_kept_batches(tmp_path)) == {one for one, is_first_day in before.items() if not is_first_day}


def _kept_batches(directory: Path) -> list[int]:
    return [sequence for (sequence,) in asked(directory, "SELECT sequence FROM batch_row ORDER BY sequence")]


def test_many_looks_of_a_batch_take_some_tens_of_bytes_each(tmp_path: Path) -> None:
    subjects = [f"host-{number}" for number in range(50)]
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        _keep(ledger, clock, 9, subjects)
    sizes = [size for (size,) in asked(tmp_path, "SELECT length(text) FROM payload JOIN batch_row USING (sequence)")]
    assert len(sizes) == 8
    assert max(sizes) / len(subjects) <= 30


def _row(columns: object, *, sequence: int = 7) -> AppendedRow:
    pressed = zlib.compress(json.dumps(columns).encode() if not isinstance(columns, bytes) else columns)
    row = ChainRow(
        sequence=sequence,
        instant="2026-11-24T04:12:07.000000Z",
        kind="batch",
        beneficiary="",
        payload_sha256="",
        link="",
    )
    return AppendedRow(row=row, text=json.dumps({"looks": base64.b64encode(pressed).decode(), "salt": ""}))


_ONE = {
    "origins": [3],
    "before": [0],
    "ended": [-5],
    "took": [9],
    "spent": [[1]],
    "dates": [None],
    "outputs": [],
    "changes": [],
}


def test_a_row_of_one_look_is_read() -> None:
    (found,) = batch.looks_of(_row(_ONE))
    assert found == batch.BatchedLook(origin=3, before=0, ended=-5, took=9, spent=(1,))


@pytest.mark.parametrize(
    "columns",
    [
        {**_ONE, "took": []},
        {**_ONE, "before": [-1]},
        {**_ONE, "before": [7]},
        {**_ONE, "dates": [[1]]},
        {**_ONE, "outputs": [[0, 0]]},
        {**_ONE, "more": []},
        b"no JSON",
        b" " * (batch.LARGEST + 1),
    ],
)
def test_a_row_that_no_program_wrote_is_damage(columns: object) -> None:
    with pytest.raises(LedgerDamaged):
        batch.looks_of(_row(columns))


def test_what_is_not_packed_is_damage() -> None:
    row = replace(_row(_ONE), text='{"looks":"%%%","salt":""}')
    with pytest.raises(LedgerDamaged):
        batch.looks_of(row)


def test_a_look_whose_origin_has_other_commands_is_damage() -> None:
    (found,) = batch.looks_of(_row(_ONE))
    with pytest.raises(LedgerDamaged):
        found.look({"outcome": "observation", "evidence": []}, "2026-11-24T04:12:07.000000Z")
