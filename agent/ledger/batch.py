"""Looks kept together in one row: each as what it differs by from an earlier reading of its name, its origin. Pure.

A payload holds `looks`, pressed (agent.ledger.pressed): a JSON object with one list for each field, each with one
value a look.

* `origins`  the sequence of the origin's row, as the difference from the look before
* `before`   the row with the look before it of the same name and UTC day, as so many rows back; 0: there is none
* `ended`    when it ended, in microseconds after the row's instant
* `took`     how long it took, in microseconds
* `spent`    how much less each of its commands took, in microseconds
* `dates`    null, or [old, new]: facts of the one date have the other, in microseconds after the end of the origin's
             look and of its own
* `outputs`  [place of a look, place of a command, digest] where a command's output is another one
* `changes`  [place of a look, removed, added] where facts went or came, as in agent.ledger.difference
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.core.errors import LedgerDamaged
from agent.ledger import encode
from agent.ledger.appended_row import AppendedRow
from agent.ledger.difference import Difference
from agent.ledger.fields import Fields, each, instant, optional, parse, refuse, text, whole
from agent.ledger.pressed import press, unpress
from agent.ledger.reading_payload import added_fact, stepped

KIND = "batch"
# A row's looks as JSON take no more bytes than this; what is larger was not written by this program.
LARGEST = 4 * 1024 * 1024
_MICROSECOND = timedelta(microseconds=1)
# Characters that a number and a digest take.
_NUMBER, _DIGEST = 6, 64
_COLUMNS = ("origins", "before", "ended", "took", "spent", "dates")

# A look as JSON has it, its facts apart (agent.ledger.kept_types.LOOK).
LookFields = Mapping[str, object]


def look_in(kept: str) -> LookFields:
    """Return the look that a text holds. Raises LedgerDamaged."""
    return as_look(parse(kept))


def as_look(value: object) -> LookFields:
    """Return the look that a payload holds. Raises LedgerDamaged."""
    return value if isinstance(value, dict) else refuse("look", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchedLook:
    """One look of a row; the fields are those of the payload, `outputs` by the place of the command."""

    origin: int
    before: int
    ended: int
    took: int
    spent: tuple[int, ...]
    dates: tuple[int, int] | None = None
    outputs: Mapping[int, str] = field(default_factory=dict)
    removed: tuple[int, ...] = ()
    added: tuple[tuple[int, str], ...] = ()

    @property
    def extent(self) -> int:
        """Return how much it takes of its row, in characters of its JSON, about."""
        numbers = len(_COLUMNS) + len(self.spent) + len(self.removed) + len(self.added)
        return numbers * _NUMBER + len(self.outputs) * _DIGEST + sum(len(line) for _, line in self.added)

    def look(self, origin: LookFields, row_instant: str) -> dict[str, object]:
        """Return the look as JSON has it. Raises LedgerDamaged where the origin is another one."""
        commands = origin.get("evidence")
        if not isinstance(commands, list) or len(commands) != len(self.spent):
            refuse("look's origin", origin)
        ended = _after(instant(row_instant), self.ended)
        return {
            **origin,
            "begun": encode.instant(_after(ended, -self.took)),
            "ended": encode.instant(ended),
            "evidence": [self._command(place, command) for place, command in enumerate(commands)],
        }

    def _command(self, place: int, command: object) -> dict[str, object]:
        if not isinstance(command, dict):
            refuse("command", command)
        found = {**command, "duration": self.took - self.spent[place]}
        return {**found, "output_sha256": self.outputs[place]} if place in self.outputs else found

    def difference(self, origin: LookFields, look: LookFields) -> Difference:
        """Return how its facts come from those of its origin."""
        dates = None
        if self.dates is not None:
            starts = instant(origin.get("ended")), instant(look.get("ended"))
            old, new = (_after(start, far) for start, far in zip(starts, self.dates, strict=True))
            dates = (encode.instant(old), encode.instant(new))
        return Difference(redated=dates, removed=self.removed, added=self.added)

    def lines(self, origin: LookFields, look: LookFields, lines: Sequence[str]) -> list[str]:
        """Return its facts, one a line; `lines` are those of its origin."""
        return stepped(lines, self.difference(origin, look))


def _after(moment: datetime, microseconds: int) -> datetime:
    try:
        return moment + microseconds * _MICROSECOND
    except OverflowError:
        refuse("time after another", microseconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeLook:
    """A look and its facts, as JSON has them."""

    look: LookFields
    lines: Sequence[str] = ()


def batched(
    origin: int, said: WholeLook, taken: WholeLook, change: Difference, *, row_instant: str, before: int
) -> BatchedLook | None:
    """Return a look as what it differs by from its origin, which said this; None where that leaves anything out."""
    try:
        found = _batched(origin, said, taken, change, instant(row_instant), before)
        same = found.look(said.look, row_instant) == taken.look
        return found if same and found.difference(said.look, taken.look) == change else None
    except (LedgerDamaged, OverflowError, KeyError, TypeError, ValueError):
        return None  # an instant at the end of the calendar, another number of commands


def _batched(
    origin: int, said: WholeLook, taken: WholeLook, change: Difference, row_instant: datetime, before: int
) -> BatchedLook:
    ended, began = instant(taken.look["ended"]), instant(taken.look["begun"])
    took = encode.duration(ended - began)
    commands, earlier = taken.look["evidence"], said.look["evidence"]
    if not isinstance(commands, list) or not isinstance(earlier, list):
        refuse("list of commands", commands)
    dates = None
    if change.redated is not None:
        old, new = (instant(date) for date in change.redated)
        dates = encode.duration(old - instant(said.look["ended"])), encode.duration(new - ended)
    return BatchedLook(
        origin=origin,
        before=before,
        ended=encode.duration(ended - row_instant),
        took=took,
        spent=tuple(took - command["duration"] for command in commands),
        dates=dates,
        outputs={
            place: command["output_sha256"]
            for place, (command, other) in enumerate(zip(commands, earlier, strict=True))
            if command["output_sha256"] != other["output_sha256"]
        },
        removed=change.removed,
        added=change.added,
    )


def packed(sequence: int, looks: Sequence[BatchedLook]) -> dict[str, object]:
    """Return the payload of a row with some looks, in their order."""
    origins = [one.origin for one in looks]
    columns: dict[str, object] = {
        "origins": [own - last for own, last in zip(origins, [0, *origins], strict=False)],
        "before": [sequence - one.before if one.before else 0 for one in looks],
        "ended": [one.ended for one in looks],
        "took": [one.took for one in looks],
        "spent": [list(one.spent) for one in looks],
        "dates": [None if one.dates is None else list(one.dates) for one in looks],
        "outputs": [
            [place, command, digest]
            for place, one in enumerate(looks)
            for command, digest in sorted(one.outputs.items())
        ],
        "changes": [
            [place, list(one.removed), [[at, parse(line)] for at, line in one.added]]
            for place, one in enumerate(looks)
            if one.removed or one.added
        ],
    }
    return {"looks": press(columns)}


def looks_of(one: AppendedRow) -> tuple[BatchedLook, ...]:
    """Return the looks of a row. Raises LedgerDamaged."""
    fields = one.fields()
    columns = Fields(unpress(fields.take("looks", text), "batch of looks", LARGEST), "batch of looks")
    fields.end()
    origins, before, ended, took = (columns.take(name, each(whole)) for name in _COLUMNS[:4])
    spent = columns.take("spent", each(each(whole)))
    dates = columns.take("dates", each(optional(_pair)))
    if len({len(column) for column in (origins, before, ended, took, spent, dates)}) != 1:
        raise LedgerDamaged(f"the batch of row {one.row.sequence} has columns of different lengths")
    outputs: dict[int, dict[int, str]] = {}
    for place, command, digest in columns.take("outputs", each(_output)):
        outputs.setdefault(place, {})[command] = digest
    changes = dict(columns.take("changes", each(_change)))
    columns.end()
    found, origin = [], 0
    for place, step in enumerate(origins):
        origin += step
        removed, added = changes.get(place, ((), ()))
        found.append(
            BatchedLook(
                origin=origin,
                before=_row_before(one.row.sequence, before[place]),
                ended=ended[place],
                took=took[place],
                spent=spent[place],
                dates=dates[place],
                outputs=outputs.get(place, {}),
                removed=removed,
                added=added,
            )
        )
    return tuple(found)


def _row_before(sequence: int, back: int) -> int:
    if not 0 <= back < sequence:
        refuse("row before another", back)
    return sequence - back if back else 0


def _pair(value: object) -> tuple[int, int]:
    parts = each(whole)(value)
    return (parts[0], parts[1]) if len(parts) == 2 else refuse("pair of dates", value)


def _three(value: object) -> tuple[object, object, object]:
    return (value[0], value[1], value[2]) if isinstance(value, list) and len(value) == 3 else refuse("triple", value)


def _output(value: object) -> tuple[int, int, str]:
    place, command, digest = _three(value)
    return whole(place), whole(command), text(digest)


def _change(value: object) -> tuple[int, tuple[tuple[int, ...], tuple[tuple[int, str], ...]]]:
    place, removed, added = _three(value)
    return whole(place), (each(whole)(removed), each(added_fact)(added))
