"""A beneficiary's own rows, as a bundle shows them: each day held to its proof, days and rows without a hole."""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from sys import intern

from agent.core.judging import departures
from agent.ledger import (
    day_rows,
    entry_rows,
    erasure_notice,
    kept_runs,
    load_rows,
    verdict_rows,
)
from agent.ledger.fields import Fields, parse
from agent.ledger.fields import text as read_text
from agent.proving.day_log import row_leaf
from agent.proving.merkle import leaf_hash
from agent.report.archive import NotTheForm
from agent.report.proofs_shown import ProvenDay, is_root_of

_ROW = re.compile(
    rb"([1-9][0-9]{0,17}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([a-z-]{1,40}) (?:erased:([0-9a-f]{64})|(\{.*))"
)
_DIGEST = re.compile(rb"([1-9][0-9]{0,17}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([a-z-]{1,40}) ([0-9a-f]{64})")
# Rows that are shown with their payloads wherever they are: what is declared, agreed and erased.
_ALWAYS_SHOWN = frozenset({load_rows.KIND, entry_rows.KIND, erasure_notice.NOTICE})
# Days are counted from these (agent.report.recount); any other payload is held to its digest and let go.
COUNTED = frozenset({"load", "entry", *day_rows.KINDS, *verdict_rows.KINDS, kept_runs.KIND})


@dataclass(frozen=True, slots=True, kw_only=True)
class BeneficiaryPayload:
    """One payload of the beneficiary, and its row; `text` None: erased, or no day is counted by it.

    `sequence` orders the rows of one bundle.
    """

    sequence: int
    instant: str
    kind: str
    text: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One row of the beneficiary; `text` as in BeneficiaryPayload."""

    instant: str
    kind: str
    text: bytes | None


class OwnRows:
    """Read days in order, then the tail; what does not hold is added to `damage`.

    What no day is counted by is held to its proof and let go: a quarter has tens of thousands of verdicts.
    """

    def __init__(self, damage: list[str], *, is_provisional: bool) -> None:
        self.damage = damage
        self.rows = 0
        # The instant of the latest row; empty: there is none.
        self.until = ""
        self._is_provisional = is_provisional
        self._erased: dict[str, str] = {}
        self._told: set[str] = set()

    def day(self, day: ProvenDay, lines: Iterable[bytes]) -> list[ShownRow]:
        """Return the rows of one proven day. Raises NotTheForm."""
        rows, hashes = self._read(f"days/{day.name}.txt", day.first, lines)
        if not is_root_of(day, hashes):
            self.damage.append(f"the rows of {day.name} are not those that were signed, or not all of them")
        return rows

    def before(self, day: ProvenDay, lines: Iterable[bytes]) -> None:
        """Hold a day that no figure rests on: all of its rows are of kinds that are not shown. Raises NotTheForm."""
        name, hashes = f"before/{day.name}.txt", []
        for number, line in enumerate(lines, day.first):
            row = _DIGEST.fullmatch(line)
            if row is None or int(row[1]) != number:
                raise NotTheForm(f"{name}: what should be row {number} is not")
            instant, kind, payload = row[2].decode(), row[3].decode(), row[4].decode()
            if kind in _ALWAYS_SHOWN:
                self.damage.append(f"{name}: row {number} is of kind {kind}, and is not shown")
            hashes.append(leaf_hash(row_leaf(number=number, instant=instant, kind=kind, payload=payload).encode()))
        if not is_root_of(day, hashes):
            self.damage.append(f"the rows of {day.name} are not those that were signed, or not all of them")

    def tail(self, first: int, lines: Iterable[bytes]) -> list[ShownRow]:
        """Return the rows after the last signed day, of which the first has a number. Raises NotTheForm."""
        return self._read("tail.txt", first, lines)[0]

    def _read(self, name: str, first: int, lines: Iterable[bytes]) -> tuple[list[ShownRow], list[bytes]]:
        rows, hashes = [], []
        for number, line in enumerate(lines, first):
            row = _ROW.fullmatch(line)
            if row is None or int(row[1]) != number:
                raise NotTheForm(f"{name}: what should be row {number} is not")
            instant, kind, text = row[2].decode(), row[3].decode(), row[5]
            if text is None and kind not in erasure_notice.OWN_RULES:
                raise NotTheForm(f"{name}: row {number} is said to be erased, and no rule erases a {kind}")
            digest = row[4].decode() if text is None else hashlib.sha256(text).hexdigest()
            hashes.append(leaf_hash(row_leaf(number=number, instant=instant, kind=kind, payload=digest).encode()))
            self.rows, self.until = self.rows + 1, max(self.until, instant)
            if text is None:
                self._erased[digest] = f"{name}: row {number}"
            elif kind == erasure_notice.NOTICE:
                self._told |= _payloads_in(text)
            if self._is_counted(kind, text):
                # What was seen takes tens of megabytes a quarter (agent.report.seen_rows reads it again).
                kept = zlib.compress(text, 1) if text is not None and kind == kept_runs.KIND else text
                rows.append(ShownRow(instant=intern(instant), kind=intern(kind), text=kept))
        return rows, hashes

    def hold_erasures(self) -> None:
        """Hold each payload that is said to be erased to the row that says so, once all rows were read."""
        for digest, where in self._erased.items():
            if digest not in self._told:
                self.damage.append(f"{where} is said to be erased, and no row of an erasure names its payload")

    def _is_counted(self, kind: str, text: bytes | None) -> bool:
        """Return whether a day may be counted by a row; of a verdict, that it may be of a departure that closed.

        None of these shares a row with others.
        """
        if kind not in verdict_rows.KINDS or text is None or self._is_provisional:
            return kind in COUNTED
        return kind == verdict_rows.KIND and departures.TARGET.encode() in text


def _payloads_in(notice: bytes) -> set[str]:
    fields = Fields(parse(notice.decode()), "payload of an erasure's notice")
    fields.take("salt", read_text)
    return set(erasure_notice.payloads_in(fields))


def holes(days: Iterable[ProvenDay], whole: Iterable[tuple[int, str]], first_day: str, size: int) -> Iterator[str]:
    """Yield which signed days are missing: from the one before the quarter's first on, every one is there.

    `whole` are the number and day of those that are shown whole, `first_day` is the quarter's first, as an ISO date,
    and `size` is how many leaves the log has.
    """
    proven = {day.number: day for day in days}
    named = dict(whole) | {number: one.day for number, one in proven.items()}
    for number in sorted(named):
        one, before = proven.get(number), proven.get(number - 1)
        name = f"{number:05d}-{named[number]}"
        begins = number == min(named) if one is None else _begins(one, named, first_day)
        if named[number] >= first_day and number - 1 not in named and not begins:
            yield f"signed days are missing before {name}"
        if one is not None and before is not None and one.first != before.next:
            yield f"rows are missing between {before.name} and {name}"
    if proven and proven[max(proven)].position != size - 1:
        yield f"signed days are missing after {proven[max(proven)].name}"


def first_gap(days: Iterable[ProvenDay]) -> str:
    """Return the first day before which rows of the beneficiary are missing, counted from its first row; else ""."""
    following = 1
    for one in sorted(days, key=lambda day: day.number):
        if one.first != following:
            return one.name
        following = one.next
    return ""


def _begins(day: ProvenDay, named: Mapping[int, str], first_day: str) -> bool:
    """Return whether nothing of the beneficiary is before a day: it has the beneficiary's first row in the log.

    A log that goes on from days which were signed before it has one leaf more. The last of them is shown then, where
    the log begins with this day or days of the quarter are among them.
    """
    last_before = day.number - day.position
    if day.first != 1 or last_before <= 1:
        return day.first == 1
    is_asked = day.position == 1 or any(name >= first_day for number, name in named.items() if number <= last_before)
    return last_before in named or not is_asked
