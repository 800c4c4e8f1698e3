"""What was seen of one beneficiary, row after row: the looks that its days rest on, and what was declared of it. Pure.

A row is appended once a day, from the readings since the row before, so that it is the beneficiary's own: it has a leaf
in the signed tree. What a later row says again is told by the place of the one before.

Payload: `program` (the version whose rules judged these looks; an earlier release said none), `since` and `through`
(rows of the chain: those after the first up to the second were read), `begins` (the instant from which on every look of
them is told), `part` of `parts`, `whole` (nothing before is needed to read it; it begins earlier, and tells the newest
look of each name before that), `declared` where it changed (agent.ledger.seen_items), and `looks`: for each collector
and subject its `runs` (agent.core.look_runs).

A run holds `first` and `last` (when these looks ended), `looks` (how many), `apart` (the most between two, in seconds),
`unshown` (left out: none), and what differs from the run before of that name: `look`, and `facts` (or `removed` and
`added`, as in agent.ledger.difference). A fact without a date is of the moment of its look. Instants are cut to the
second. `outputs` is the SHA-256 of the digests of all that the commands of these looks put out, name after name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.core.errors import LedgerDamaged
from agent.core.look_runs import LookFace, LookRun
from agent.ledger import encode
from agent.ledger.difference import Difference
from agent.ledger.fields import Fields, each, instant, refuse, text, truth, whole
from agent.ledger.reading_payload import Name, added_fact, stepped

KIND = "seen"
_MOST_FACTS = 200_000
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """One row, read: which rows of the chain it tells of, and the runs of each name as they are kept (`runs_in`).

    `program` is the version that wrote it; empty: one that did not say.
    """

    since: int
    through: int
    begins: datetime
    part: int
    parts: int
    is_whole: bool
    declared: object | None
    runs: Mapping[Name, tuple[object, ...]]
    program: str = ""


def row_in(fields: Fields) -> SeenRow:
    """Return what a payload says. Raises LedgerDamaged."""
    row = SeenRow(
        since=fields.take("since", whole),
        through=fields.take("through", whole),
        begins=fields.take("begins", instant),
        part=fields.take("part", whole),
        parts=fields.take("parts", whole),
        is_whole=fields.take("whole", truth),
        declared=fields.take("declared", _same) if fields.has("declared") else None,
        runs=dict(fields.take("looks", each(_runs_of_name))),
        program=fields.take("program", text) if fields.has("program") else "",
    )
    fields.take("outputs", text)
    fields.end()
    return row


def _runs_of_name(value: object) -> tuple[Name, tuple[object, ...]]:
    fields = Fields(value, "looks of a name")
    name = (fields.take("collector", text), fields.take("subject", text))
    runs = fields.take("runs", each(_same))
    fields.end()
    return name, runs


def runs_in(kept: Iterable[object], before: LookFace | None) -> Iterator[LookRun]:
    """Yield the runs of a name, of which `before` is what its run before them showed. Raises LedgerDamaged."""
    for value in kept:
        run = _run(value, before)
        before = run.face
        yield run


@dataclass(slots=True)
class SeenBook:
    """Read a beneficiary's rows in order; `faces` is what the newest run of each name showed, `declared` the same."""

    faces: dict[Name, LookFace] = field(default_factory=dict)
    declared: object | None = None

    def take(self, row: SeenRow) -> None:
        """Read one row. Raises LedgerDamaged, also where it cannot be read without the one before."""
        if row.is_whole and row.part == 1:
            self.faces, self.declared = {}, None
        self.declared = row.declared if row.declared is not None else self.declared
        for name, kept in row.runs.items():
            for run in runs_in(kept, self.faces.get(name)):
                self.faces[name] = run.face


def _run(value: object, before: LookFace | None) -> LookRun:
    fields = Fields(value, "run of looks")
    first, last = fields.take("first", instant), fields.take("last", instant)
    look = encode.canonical(fields.take("look", _same)) if fields.has("look") else None
    if look is None and before is None:
        raise LedgerDamaged("a run of looks rests on one that is not there")
    facts = _facts_in(fields, () if before is None else before.facts)
    if last < first or len(facts) > _MOST_FACTS:
        refuse("run of looks", value)
    face = before
    if face is None or look is not None or facts is not face.facts:
        face = LookFace(look=look if look is not None else before.look if before else "", facts=facts)
    run = LookRun(
        first=first,
        last=last,
        face=face,
        looks=fields.take("looks", whole),
        apart=_SECOND * fields.take("apart", whole),
        unshown=fields.take("unshown", whole) if fields.has("unshown") else 0,
    )
    fields.end()
    return run


def _facts_in(fields: Fields, before: tuple[str, ...]) -> tuple[str, ...]:
    if fields.has("facts"):
        return fields.take("facts", each(encode.canonical))
    if not fields.has("removed"):
        return before
    change = Difference(removed=fields.take("removed", each(whole)), added=fields.take("added", each(added_fact)))
    return tuple(stepped(before, change))


def _same(value: object) -> object:
    return value
