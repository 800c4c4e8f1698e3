"""Hold entries that another program wrote to the forms of their registers, before anything is judged by them."""

from collections.abc import Iterable, Mapping

from agent.config.values import read_limit, read_ratio
from agent.core.convention import CLAUSES
from agent.core.durations import read_duration
from agent.core.duties.moments import read_when
from agent.core.errors import LedgerDamaged, UsageError
from agent.core.model import State
from agent.core.period import Month
from agent.register.book import BookEntry
from agent.register.registers import REGISTERS, Field, Kind, Register


def hold_to_forms(rows: Iterable[BookEntry]) -> None:
    """Raise LedgerDamaged for an entry whose register, keys or values cannot be read.

    What names something of a configuration is not looked up: only its agent has it.
    """
    for row in rows:
        register = REGISTERS.get(row.register)
        if register is None:
            raise LedgerDamaged(
                f"{row.id[:60]!a} is of the register {row.register[:60]!a}, which this program does not know",
                "upgrade the centre, which goes first: it takes the rows then",
            )
        try:
            _hold(register, row.values)
        except (KeyError, ValueError, OverflowError, UsageError) as error:
            raise LedgerDamaged(f"{row.register}: {row.id[:60]!a} cannot be read: {error}") from error


def _hold(register: Register, values: Mapping[str, str]) -> None:
    if "none" not in values:
        lacking = [
            one.key for one in register.fields if one.required and one.key not in values and one.key not in _MAY_FALL
        ]
        if lacking:
            raise ValueError(f"{lacking[0]} is missing")
    for declared in register.fields:
        if declared.key in values:
            _read(declared, values)


# Papers that fall with what they were given for.
_MAY_FALL = frozenset({"informed_on", "accepted_by"})


def _read(declared: Field, values: Mapping[str, str]) -> None:
    text = values[declared.key]
    match declared.kind:
        case Kind.INSTANT:
            read_when(text)
        case Kind.MONTH:
            Month.parse(text)
        case Kind.DURATION:
            read_duration(text)
        case Kind.RATIO:
            read_ratio(text)
        case Kind.LIMIT:
            read_limit(text, CLAUSES[values["target"]].unit)
        case Kind.TARGET if text not in CLAUSES:
            raise ValueError(f"{text[:60]!a} is no target")
    if declared.key == "state":
        State(text)
