"""The curve of what was measured: a point a day, the objective as a line, a gap where nothing was seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.core.model import Key
from agent.export.pages.shown import bound
from agent.export.pages.verdict_details import DayValue, ObjectiveInForce
from agent.wording.languages import Language
from agent.wording.quantities import day as written_day
from agent.wording.quantities import quantity

# The drawing's own units; the style sheet stretches it.
WIDTH, HEIGHT = 920, 160
# Fewer days are read faster than looked at.
FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveView:
    """A drawing and its figures: `lines` are paths of days on end, `dots` single days, `rows` the newest first.

    `limit_at` is the height of the objective's line, None where there is none.
    """

    lines: tuple[str, ...]
    dots: tuple[tuple[int, int], ...]
    limit_at: int | None
    limit: str
    top: str
    first: str
    last: str
    rows: tuple[tuple[str, str], ...]


def curve_view(
    key: Key, values: Sequence[DayValue], objective: ObjectiveInForce, language: Language
) -> CurveView | None:
    """Return the curve of some days, the oldest first; None where too few were measured for one."""
    if len(values) < FEWEST:
        return None
    limit = objective.limit
    top = max([one.value for one in values] + ([] if limit is None else [limit])) or 1.0
    first, last = values[0].day, values[-1].day
    span = max(1, (last - first).days)

    def place(one: DayValue) -> tuple[int, int]:
        return round((one.day - first).days / span * WIDTH), _height(one.value, top)

    runs = [[place(one) for one in run] for run in _on_end(values)]
    return CurveView(
        lines=tuple("M" + "L".join(f"{x} {y}" for x, y in run) for run in runs if len(run) > 1),
        dots=tuple(run[0] for run in runs if len(run) == 1),
        limit_at=None if limit is None else _height(limit, top),
        limit=bound(key.target, limit, objective.unit, language),
        top=quantity(top, objective.unit, language),
        first=written_day(first, language),
        last=written_day(last, language),
        rows=tuple(
            (written_day(one.day, language), quantity(one.value, objective.unit, language)) for one in reversed(values)
        ),
    )


def _height(value: float, top: float) -> int:
    return round(HEIGHT - min(max(value / top, 0.0), 1.0) * HEIGHT)


def _on_end(values: Sequence[DayValue]) -> Iterator[list[DayValue]]:
    run: list[DayValue] = []
    for one in values:
        if run and one.day - run[-1].day > timedelta(days=1):
            yield run
            run = []
        run.append(one)
    yield run
