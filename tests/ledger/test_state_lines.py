"""Lines of states: those of many keys are drawn together, and each is the line that it would be alone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from agent.accounting.timeline import Timeline, TimelineUpdate, fold, merged
from agent.core.model import Key, State
from agent.ledger.ledger import Ledger, VerdictRecord
from tests.ledger.samples import DAY, KEY, MORNING, QUARTER_HOUR, STRETCH, judged, open_ledger, verdict

KEYS = tuple(KEY._replace(subject=name) for name in ("files", "mail", "wiki"))


def statements_of_keeping(ledger: Ledger, records: list[VerdictRecord]) -> int:
    """Return how many statements keeping some verdicts takes; many sets of parameters are one."""
    counted = 0

    def count(*told: object) -> None:
        nonlocal counted
        counted += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        ledger.keep_verdicts(records)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return counted


@settings(max_examples=40)
@given(st.lists(st.tuples(*(STRETCH for _ in KEYS)), max_size=5))
def test_a_line_drawn_together_with_others_is_its_own_fold(
    tmp_path_factory: object, rounds: list[tuple[TimelineUpdate, ...]]
) -> None:
    directory = tmp_path_factory.mktemp("ledger")  # type: ignore[attr-defined]  # pytest's factory
    with open_ledger(directory) as ledger:
        for stretches in rounds:
            told = zip(KEYS, stretches, strict=True)
            ledger.keep_verdicts([VerdictRecord(verdict=verdict(MORNING, key=key), stretch=one) for key, one in told])
        lines = [ledger.timeline(key, MORNING - DAY) for key in KEYS]
        ledger.rebuild()
        rebuilt = [ledger.timeline(key, MORNING - DAY) for key in KEYS]

    for number, line in enumerate(lines):
        expected = fold([stretches[number] for stretches in rounds])
        assert line == Timeline(starts=merged(expected.starts), stands_until=expected.stands_until)
        assert rebuilt[number].starts == line.starts


def test_many_lines_take_no_more_statements_than_one(tmp_path: Path) -> None:
    many = [Key(target="patching", subject=f"srv-{number}", beneficiary="scota") for number in range(50)]
    later = MORNING + QUARTER_HOUR
    with open_ledger(tmp_path) as ledger:
        first = statements_of_keeping(ledger, [judged(MORNING, key=many[0])])
        assert statements_of_keeping(ledger, [judged(MORNING, key=key) for key in many[1:]]) <= first
        alone = statements_of_keeping(ledger, [judged(later, State.MISSED, key=many[0])])
        assert statements_of_keeping(ledger, [judged(later, State.MISSED, key=key) for key in many[1:]]) <= alone


def test_an_end_that_stays_is_not_written_again(tmp_path: Path) -> None:
    def again(hours: int) -> VerdictRecord:
        same = verdict(MORNING + QUARTER_HOUR, stands_until=MORNING + timedelta(hours=hours))
        stretch = judged(same.at).stretch
        assert stretch is not None
        return VerdictRecord(verdict=same, stretch=replace(stretch, stands_until=same.stands_until))

    with open_ledger(tmp_path) as ledger:
        ledger.keep_verdicts([judged(MORNING)])
        _, same, moved = (statements_of_keeping(ledger, [again(hours)]) for hours in (6, 6, 5))
        assert moved == same + 1
        assert ledger.timeline(KEY, MORNING).stands_until == MORNING + timedelta(hours=5)


def test_a_start_that_is_drawn_over_at_its_own_instant_leaves_one_line(tmp_path: Path) -> None:
    later = MORNING + QUARTER_HOUR
    with open_ledger(tmp_path) as ledger:
        for record in (judged(MORNING), judged(later, State.MISSED), judged(later)):
            ledger.keep_verdicts([record])

        assert [start.at for start in ledger.timeline(KEY, MORNING).starts] == [MORNING]
