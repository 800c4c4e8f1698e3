"""What a bundle shows of looks: the rows of what was seen, in order, without a hole between them."""

import marshal
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.core.errors import LedgerDamaged
from agent.core.look_runs import MOST_APART, LookFace, LookRun
from agent.evaluation.run_looks import RunLooks, joined
from agent.ledger import kept_runs
from agent.ledger.fields import Fields, instant, parse, text
from agent.ledger.kept_runs import SeenRow, runs_in
from agent.ledger.reading_payload import Name
from agent.ledger.seen_items import SEEN_ITEMS, SeenItems
from agent.report.own_rows import BeneficiaryPayload

# What a look may be kept later than it ended: an hour in which the ledger could not be written.
KEPT_WITHIN = timedelta(hours=1)
# Two clocks, or one before and after it was set.
_AHEAD = timedelta(minutes=5)
# From a look to the end of the judgement that it is kept with.
_LONGEST_ROUND = timedelta(hours=12)
# Characters of all rows of what was seen: a quarter of fifty hosts takes a quarter of it.
MOST_SEEN = 64 * 1024 * 1024
# Pieces of a name that are compressed together.
_LOOSE = 12
# Facts of all runs of one name: a repository of a thousand points, each day of a quarter.
MOST_FACTS = 1_500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The runs of a name in one row; `floor`: what is dated before it was told by the rows before, or by none."""

    is_whole: bool
    floor: datetime
    ceiling: datetime
    runs: Sequence[object]

    def silence(self) -> tuple[datetime, datetime]:
        """Return between which instants no look can have been taken: a row of before would have told of it.

        Each UTC day on which anything is judged has a row, which tells of what was seen until then. The day after the
        row before is left out: a process may have ended between a look and its judgement, and a first row tells of two.
        """
        since = (self.floor + KEPT_WITHIN).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return since + timedelta(days=2), self.ceiling - _LONGEST_ROUND


@dataclass(slots=True)
class _Pieces:
    """The pieces of one name in order, most of them compressed: they would take ten times as much."""

    told: list[tuple[bool, datetime, datetime]] = field(default_factory=list)
    loose: list[bytes] = field(default_factory=list)
    pressed: list[bytes] = field(default_factory=list)

    def add(self, piece: _Piece) -> None:
        self.told.append((piece.is_whole, piece.floor, piece.ceiling))
        # What was JSON already, and never leaves this process: three times as fast as JSON once more.
        try:
            self.loose.append(marshal.dumps(list(piece.runs)))
        except ValueError as error:
            raise LedgerDamaged(f"runs of looks that no one writes: {error}") from error
        if len(self.loose) == _LOOSE:
            self.pressed.append(zlib.compress(marshal.dumps(self.loose), 1))
            self.loose = []

    def __iter__(self) -> Iterator[_Piece]:
        blocks = (marshal.loads(zlib.decompress(block)) for block in self.pressed)
        every = chain(chain.from_iterable(blocks), self.loose)
        for (is_whole, floor, ceiling), piece in zip(self.told, every, strict=True):
            yield _Piece(is_whole=is_whole, floor=floor, ceiling=ceiling, runs=marshal.loads(piece))


@dataclass(slots=True)
class ShownStretch:
    """Rows without a hole: every look from `begins` up to `ends` is told, those of the newest row from `floor` on.

    `items` are what was declared, and when, `programs` the versions that kept the rows, and when; `set_back` is what a
    clock ran through twice, as looks show it. `told_late` are times of which looks are told by a row of long after.
    `part` is which part the newest row is, of how many, and `part_since` when the first of these was kept.
    """

    begins: datetime
    ends: datetime
    through: int
    floor: datetime
    part_since: datetime
    items: list[tuple[datetime, SeenItems]] = field(default_factory=list)
    pieces: dict[Name, _Pieces] = field(default_factory=dict)
    set_back: set[tuple[datetime, datetime]] = field(default_factory=set)
    told_late: set[tuple[datetime, datetime]] = field(default_factory=set)
    programs: list[tuple[datetime, str]] = field(default_factory=list)
    part: tuple[int, int] = (1, 1)

    @property
    def is_told(self) -> bool:
        """Return whether each part of its newest row is there."""
        return self.part[0] == self.part[1]

    def awaits(self, row: SeenRow, at: datetime) -> bool:
        """Return whether a row is the next part of what its newest one tells: all are kept at once."""
        is_next = (self.through, self.part[0] + 1, self.part[1]) == (row.through, row.part, row.parts)
        return is_next and at <= self.part_since + KEPT_WITHIN

    def judged_by(self, begins: datetime, ends: datetime) -> frozenset[str]:
        """Return the versions of the program that kept what was seen between two instants, and judged it."""
        first = bisect_right(self.programs, begins, key=_instant)
        last = bisect_left(self.programs, ends, key=_instant)
        return frozenset(program for _, program in self.programs[first : last + 1])

    def row_before(self, at: datetime) -> datetime:
        """Return when the newest row before an instant was kept: what is told later was not told then."""
        number = bisect_left(self.programs, at, key=_instant)
        return self.programs[number - 1][0] if number else self.begins

    def looks(self, name: Name) -> RunLooks:
        """Return the looks of a name. Raises LedgerDamaged."""
        runs: list[LookRun] = []
        face: LookFace | None = None
        facts = 0
        for piece in self.pieces.get(name, _Pieces()):
            piece_last: datetime | None = None
            silent_from, silent_until = piece.silence()
            for run in runs_in(piece.runs, None if piece.is_whole else face):
                face, facts = run.face, facts + len(run.face.facts)
                if run.last > piece.ceiling:
                    raise LedgerDamaged(f"a look of {name[0]} at {name[1]} is dated {run.last:%F %T}, after its row")
                if facts > MOST_FACTS:
                    raise LedgerDamaged(f"the looks of {name[0]} at {name[1]} show more facts than are read")
                if piece_last is not None and run.first < piece_last - CLOCK_TOLERANCE:
                    self.set_back.add((run.first, piece_last))
                piece_last = run.last if piece_last is None else max(piece_last, run.last)
                if run.first < silent_until and run.last >= silent_from:
                    self.told_late.add((silent_from, silent_until))
                # Of the time that the rows before tell, nothing is added later.
                if run.last > piece.floor or not runs:
                    run.first = max(run.first, piece.floor) if runs else run.first
                    runs.append(run)
        return RunLooks(name, joined(runs, MOST_APART))


def stretches(payloads: Sequence[BeneficiaryPayload], told: list[str], first_day: date) -> list[ShownStretch]:
    """Return the stretches that rows of what was seen make; what cannot be read is added to `told`.

    A row before the first day of the quarter may rest on one that is not shown: the quarter's first row needs neither.
    Raises LedgerDamaged for a row that is not one.
    """
    found: list[ShownStretch] = []
    size = 0
    for one in payloads:
        if one.kind != kept_runs.KIND or one.text is None:
            continue
        content = one.text if one.text.startswith(b"{") else zlib.decompress(one.text)
        size += len(content)
        if size > MOST_SEEN:
            told.append(f"more than {MOST_SEEN >> 20} MiB of what was seen: the rest is not read")
            break
        fields = Fields(parse(content.decode()), "payload of what was seen")
        fields.take("salt", text)
        row, at = kept_runs.row_in(fields), instant(one.instant)
        before = found[-1] if found else None
        is_other = before is not None and before.ends.date() >= first_day and row.since != before.through
        stretch = _stretch_of(row, at, found)
        if stretch is not None:
            _add(stretch, row, at)
        if (stretch is None and one.instant >= first_day.isoformat()) or (stretch is not before and is_other):
            told.append(f"what was seen before {at:%F %T} UTC is not all there: nothing is derived until it is whole")
    return found


def _stretch_of(row: SeenRow, at: datetime, found: list[ShownStretch]) -> ShownStretch | None:
    """Return the stretch that a row goes on with, or begins; None: it cannot be read without what is not there."""
    last = found[-1] if found else None
    if row.part > 1:
        return last if last is not None and last.awaits(row, at) else None
    is_next = last is not None and last.is_told and row.since == last.through
    if is_next and not (row.is_whole and last is not None and row.begins > last.ends):
        return last
    if not row.is_whole:
        return None
    found.append(ShownStretch(begins=row.begins, ends=row.begins, through=row.through, floor=row.begins, part_since=at))
    return found[-1]


def _add(stretch: ShownStretch, row: SeenRow, at: datetime) -> None:
    if row.part == 1 and stretch.ends != stretch.begins:
        stretch.floor = stretch.ends - KEPT_WITHIN
    floor = stretch.floor
    if row.declared is not None:
        stretch.items.append((at, SEEN_ITEMS.decode(row.declared)))
    for name, runs in row.runs.items():
        stretch.pieces.setdefault(name, _Pieces()).add(
            _Piece(is_whole=row.is_whole, floor=floor, ceiling=at + _AHEAD, runs=runs)
        )
    stretch.through, stretch.part = row.through, (row.part, row.parts)
    if row.part == 1:
        stretch.part_since = at
    stretch.programs.append((at, row.program))
    if row.part == row.parts:
        stretch.ends = at


def _instant(one: tuple[datetime, str]) -> datetime:
    return one[0]
