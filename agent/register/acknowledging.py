"""Enter that someone takes a verdict in hand, so that its alert is silent until an instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.accounting.acknowledgements import LONGEST, REGISTER, rings
from agent.core.durations import read_duration
from agent.core.duties.moments import read_when
from agent.core.errors import UsageError
from agent.core.inventory import Inventory
from agent.core.model import Verdict
from agent.ledger.ledger import Ledger
from agent.register.book import BookEntry
from agent.register.reading import read_value
from agent.register.registers import REGISTERS, needed

EXAMPLE = "write a duration such as 4h, or an instant such as 2026-12-01T08:00+01:00, at most 72 h ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementRequest:
    """What is to be acknowledged: the verdicts of a subject, until when, by whom and why."""

    verdicts: tuple[Verdict, ...]
    until: datetime
    author: str
    reason: str | None = None


def acknowledge(ledger: Ledger, inventory: Inventory, request: AcknowledgementRequest) -> tuple[str, ...]:
    """Enter an acknowledgement for each verdict that rings; return the ids. Raises UsageError, LedgerError."""
    bad = [one for one in request.verdicts if rings(one.state)]
    if not bad:
        one = request.verdicts[0]
        raise UsageError(
            f"{one.target} of {one.subject} is {one.state.value}: no alert rings for it",
            "acknowledge what is missed or unproven: beffroi status",
        )
    words = {"author": request.author, **({"reason": request.reason} if request.reason else {})}
    read = {key: _read(key, text, inventory) for key, text in words.items()}

    def made(rows: Sequence[BookEntry]) -> list[tuple[Mapping[str, str], str]]:
        return [(_values(one, request.until, read), one.beneficiary) for one in bad]

    return ledger.enter(REGISTER, made)


def read_until(text: str, now: datetime) -> datetime:
    """Return the instant that a duration or an instant names. Raises UsageError for one past or beyond 72 h."""
    try:
        until = now + read_duration(text)
    except ValueError:
        try:
            until = read_when(text).ends
        except ValueError as error:
            raise UsageError(f"--until: {text[:60]!r} is no duration and no instant", EXAMPLE) from error
    if until <= now:
        raise UsageError(f"--until: {text[:60]!r} is not ahead", EXAMPLE)
    if until - now > LONGEST:
        raise UsageError(f"--until: {text[:60]!r} is more than 72 h ahead", "acknowledge again when it rings again")
    return until


def _values(verdict: Verdict, until: datetime, words: Mapping[str, str]) -> Mapping[str, str]:
    return {
        "target": verdict.target,
        "subject": verdict.subject,
        "state": verdict.state.value,
        "until": until.isoformat(timespec="seconds"),
        **words,
        "beneficiary": verdict.beneficiary,
    }


def _read(key: str, text: str, inventory: Inventory) -> str:
    field = REGISTERS[REGISTER].field(key) or needed(key)
    try:
        return read_value(field, text.strip(), inventory)
    except UsageError as error:
        raise UsageError(f"--{key}: {error.message}", error.hint) from error
