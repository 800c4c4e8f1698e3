"""Days of the chain that a bundle shows whole: each row after the one before, each day as it was signed."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from agent.ledger import reading_payload
from agent.ledger.erasure_notice import OWN_RULES
from agent.report.archive import NotTheForm
from agent.report.own_rows import COUNTED, BeneficiaryPayload

_STATEMENT = re.compile(rb"beffroi\.head/1 ([0-9-]{10}) rows ([0-9]{1,18})-([0-9]{1,18}) ([0-9a-f]{64})\n")
_LINE = re.compile(rb"([0-9a-f]{64}) ([0-9]{1,18}) (\S{1,40}) (\S{1,200}) (\S{1,400}) ([0-9a-f]{64})")
_LINK = re.compile(rb"[0-9a-f]{64}")
# Payloads that a rule erases (docs/ledger.md, «Erasure»); any other one that is not there is damage.
_ERASABLE = frozenset({reading_payload.KIND, *OWN_RULES})
ERASED = b"erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDay:
    """One signed day as a bundle shows it; `digest` is its head as listed, `found` that of its file."""

    name: str
    statement: bytes
    digest: str
    lines: Iterator[bytes]
    found: str


class SignedDays:
    """Follow days and tail in order; what does not hold is added to `damage`.

    From the quarter's first day on (`first_day`, an ISO day) every signed day is there; before it, those that the
    quarter rests on.
    """

    def __init__(self, damage: list[str], first_day: str = "") -> None:
        self.damage = damage
        self._first_day = first_day
        self._within = False
        self.rows = 0
        self.heads = 0
        # The instant of the latest row, as the rows have it; empty: there is none.
        self.until = ""
        self.loads: list[tuple[int, str]] = []
        self.ends: list[tuple[int, str]] = []
        self._own: list[tuple[int, str, str, str, str]] = []
        self._last = 0
        self._link = b""
        self._head = ""
        self._number = 0

    def day(self, shown: SignedDay) -> None:
        """Take one signed day."""
        self.heads += 1
        signed = _STATEMENT.fullmatch(shown.statement)
        number = int(shown.name[:5]) if shown.name[:5].isdigit() else 0
        if signed is None or shown.name != f"{number:05d}-{signed[1].decode()}":
            self.damage.append(f"what was signed for {shown.name} is no head of it")
            return
        if signed[4].decode() != shown.digest or shown.found != shown.digest:
            self.damage.append(f"{shown.name} is not the day that was signed")
            return
        first, last = int(signed[2]), int(signed[3])
        before = next(shown.lines, b"").decode(errors="replace")
        if number == self._number + 1 and self._head and before != self._head:
            self.damage.append(f"{shown.name} does not follow the day before it")
        if self._within and number != self._number + 1:
            self.damage.append(f"signed days are missing between number {self._number} and {shown.name}")
        self._within = self._within or signed[1].decode() >= self._first_day
        self._head, self._number = shown.digest, number
        if first != self._last + 1:
            self._link = b""  # days between were left out
        self._follow(shown.lines, first, shown.name)
        self.ends.append((self._last, shown.name))
        if self._last != last:
            self.damage.append(f"{shown.name} ends with row {self._last}, {last} was signed")

    def tail(self, lines: Iterator[bytes]) -> None:
        """Take what follows the last signed day."""
        before = next(lines, b"")
        if not before:
            return
        if not _LINK.fullmatch(before) or (self._link and before != self._link):
            self.damage.append("the rows after the last signed day do not follow it")
            return
        self._link = before
        self._follow(lines, self._last + 1 if self._last else None, "tail.txt")

    def _follow(self, lines: Iterator[bytes], first: int | None, name: str) -> None:
        for line in lines:
            row = _LINE.fullmatch(line)
            if row is None:
                self.damage.append(f"{name} holds a line that is no row")
                return
            sequence = int(row[2])
            first = sequence if first is None else first
            if sequence != first or (self._link and row[1] != self._link):
                self.damage.append(f"{name}: row {sequence} does not follow the one before it")
                return
            self._link = hashlib.sha256(line + b"\n").hexdigest().encode()
            self._take(row)
            first, self._last = sequence + 1, sequence

    def _take(self, row: re.Match[bytes]) -> None:
        self.rows += 1
        self.until = max(self.until, row[3].decode())
        kind, beneficiary = unquote(row[4].decode()), unquote(row[5].decode())
        self._own.append((int(row[2]), row[3].decode(), kind, beneficiary, row[6].decode()))
        if kind == "load":
            self.loads.append((int(row[2]), row[3].decode()))

    def payloads(self, lines: Iterator[bytes], beneficiary: str) -> list[BeneficiaryPayload]:
        """Return the payloads of a beneficiary's rows, each held to its row's digest; all of them must be there."""
        found: list[BeneficiaryPayload] = []
        for sequence, instant, kind, owner, digest in self._own:
            if owner != beneficiary:
                continue
            number, _, text = next(lines, b"").partition(b" ")
            if number != str(sequence).encode():
                self.damage.append(f"the payload of row {sequence} is not where it should be")
                return found
            if text == ERASED and kind in _ERASABLE:
                found.append(BeneficiaryPayload(sequence=sequence, instant=instant, kind=kind, text=None))
                continue
            if hashlib.sha256(text).hexdigest() != digest:
                self.damage.append(f"the payload of row {sequence} is not the one that was digested")
                continue
            kept = text if kind in COUNTED else None
            found.append(BeneficiaryPayload(sequence=sequence, instant=instant, kind=kind, text=kept))
        if next(lines, None) is not None:
            raise NotTheForm("payloads.txt holds payloads of no row")
        return found
