"""Check an entry against its register's table, the configuration's inventory, the clock and the entries before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agent.accounting.accepting import AcceptanceTerms, terms_declared
from agent.config.values import read_limit
from agent.core.convention import CLAUSES, DUTIES, BetterSide
from agent.core.duties.entries import duties_of
from agent.core.duties.expected import expected
from agent.core.duties.moments import CivilMoment, read_when
from agent.core.errors import EntryRefused, UsageError
from agent.core.inventory import Inventory
from agent.core.model import Key
from agent.core.period import Month, day_end
from agent.register.acceptance import check_acceptance, with_perimeter
from agent.register.book import BookEntry
from agent.register.fleet_subjects import FleetSubjects
from agent.register.papers import AGREED, PAPERS, amended
from agent.register.reading import EntryMistakes, read_pairs, read_value
from agent.register.registers import REGISTERS, Kind, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryContext:
    """What an entry is checked against; `kept` are the last revisions of every register's entries.

    `known` is `keys`, worked out once for many entries; None: each time. `loaded` is what the last load that was kept
    says of acceptances; None: it says nothing of them, or there is none. `fleet` is what the agents declare, at the
    centre of a fleet.
    """

    inventory: Inventory
    convention_starts: date | None
    now: datetime
    kept: Sequence[BookEntry] = ()
    known: tuple[Key, ...] | None = None
    loaded: AcceptanceTerms | None = None
    fleet: FleetSubjects | None = None

    @property
    def terms(self) -> AcceptanceTerms:
        """Return what the configuration says of acceptances."""
        own = terms_declared(self.inventory, self.convention_starts)
        return own if self.fleet is None else self.fleet.terms(own)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Return everything that has a verdict: what the inventory expects, and each entry that is judged itself."""
        if self.known is not None:
            return self.known
        declared = tuple(one.key for one in expected(self.inventory, self.convention_starts))
        judged = tuple(
            Key(target=duty.target, subject=row.id, beneficiary=row.values.get("beneficiary", ""))
            for row in self.kept
            if "none" not in row.values
            for duty in duties_of(row.register)
        )
        return (*declared, *(() if self.fleet is None else self.fleet), *judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEntry:
    """An entry that may be kept."""

    values: Mapping[str, str]
    beneficiary: str


def find_register(name: str) -> Register:
    """Return a register by its name. Raises UsageError with the nearest known one."""
    if name in REGISTERS:
        return REGISTERS[name]
    from difflib import get_close_matches

    close = get_close_matches(name, REGISTERS, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"known: {', '.join(REGISTERS)}"
    raise UsageError(f"no such register: {name[:60]!r}", hint)


def open_register(name: str) -> Register:
    """Return a register that takes entries by `beffroi register`. Raises UsageError."""
    register = find_register(name)
    if register.by_command is not None:
        raise UsageError(f"{name}: entries are made by a command of their own", f"run: {register.by_command}")
    return register


def check(
    register: Register, words: Sequence[str], setting: EntryContext, previous: BookEntry | None = None
) -> CheckedEntry:
    """Return the entry that some `key=value` words make, on top of its previous revision where there is one.

    In a revision, `key=` takes an optional value back. Raises EntryRefused with every mistake.
    """
    mistakes = EntryMistakes(register.name)
    values = dict(previous.values) if previous is not None else {}
    given = read_pairs(words, register, mistakes)
    for key, text in given.items():
        declared = register.field(key)
        if declared is None:
            continue
        if not text and previous is not None and not declared.required:
            values.pop(key, None)
            continue
        try:
            values[key] = read_value(declared, text, setting.inventory)
        except UsageError as error:
            values.pop(key, None)
            mistakes.add(key, error.message, error.hint)
    if previous is not None and register.name in AGREED:
        values = amended(previous.values, values, given)
    _check_keys(register, values, mistakes, PAPERS if previous is not None else frozenset())
    _check_dates(register, values, setting, mistakes)
    _check_limit(values, mistakes)
    if setting.fleet is not None and "limit" in values:
        mistakes.add("limit", "is judged by the agent", "adapt it there; at the centre give attainment=…")
    _check_duty(register, values, mistakes)
    _check_beneficiary(values, previous, mistakes)
    beneficiary = _beneficiary(values, setting, previous, mistakes)
    if beneficiary is not None:
        if register.name == "acceptance":
            check_acceptance(values, beneficiary, setting.terms, setting.loaded, mistakes)
        _check_none(register, values, beneficiary, setting, previous, mistakes)
    if mistakes.found or beneficiary is None:
        raise EntryRefused(mistakes.found)
    values = {**values, "beneficiary": beneficiary}
    if register.name == "acceptance":
        values = with_perimeter(values, setting.keys, setting.terms)
    return CheckedEntry(values=values, beneficiary=beneficiary)


def _check_keys(register: Register, values: Mapping[str, str], mistakes: EntryMistakes, fallen: frozenset[str]) -> None:
    wrong = frozenset(mistakes.keys)
    if "none" in values:
        strays = [key for key in values if key not in ("none", "author", "beneficiary")]
        for key in strays:
            mistakes.add(key, "cannot stand beside none", "sign a month as empty, or enter what happened in it")
    for field in register.fields:
        asked = field.required and ("none" not in values or field.key == "author")
        if asked and field.key not in values and field.key not in wrong | fallen:
            mistakes.add(field.key, "is missing", f"add {field.key}=…: {field.kind.value}")
    if register.one_of and not any(key in values or key in wrong for key in register.one_of):
        choice = " or ".join(register.one_of)
        mistakes.add(choice, "is missing", f"add {register.one_of[0]}=…, the figure that was agreed")


def _moments(register: Register, values: Mapping[str, str]) -> dict[str, CivilMoment]:
    return {
        field.key: read_when(values[field.key])
        for field in register.fields
        if field.kind is Kind.INSTANT and field.key in values
    }


def _check_dates(register: Register, values: Mapping[str, str], setting: EntryContext, mistakes: EntryMistakes) -> None:
    moments = _moments(register, values)
    for key, when in moments.items():
        declared = register.field(key)
        if declared is not None and declared.happened and when.begins > setting.now:
            mistakes.add(key, f"{when.text} lies ahead", "enter what has happened once it has")
    for order in register.orders:
        earlier, later = moments.get(order.earlier), moments.get(order.later)
        if earlier is None or later is None:
            continue
        # The end of a day is the first instant that is no longer of it; an instant is its own.
        exclusive = order.strict or later.begins < later.ends
        if later.ends < earlier.begins or (exclusive and later.ends == earlier.begins):
            mistakes.add(order.later, f"{later.text} comes before {order.earlier}={earlier.text}", "check both dates")


def _check_beneficiary(values: Mapping[str, str], previous: BookEntry | None, mistakes: EntryMistakes) -> None:
    """Refuse a revision that takes an entry out of one beneficiary's report and into another's."""
    before = None if previous is None else previous.values.get("beneficiary")
    if before is not None and values.get("beneficiary", before) != before:
        mistakes.add(
            "beneficiary",
            f'"{values["beneficiary"][:60]}" cannot take the place of "{before}"',
            "this entry stays where it was entered; add another one for the other beneficiary",
        )


def _check_duty(register: Register, values: Mapping[str, str], mistakes: EntryMistakes) -> None:
    target = values.get("target")
    if register.name in AGREED and target in DUTIES:
        article = CLAUSES[target].article
        mistakes.add(
            "target",
            f"{target} is a duty of article {article}: no {register.name} reaches it",
            "agreements are for the targets of article 5; enter what happened in its own register",
        )


def _check_limit(values: Mapping[str, str], mistakes: EntryMistakes) -> None:
    target, limit = values.get("target"), values.get("limit")
    if target is None or limit is None:
        return
    clause = CLAUSES[target]
    if clause.limit is None:
        mistakes.add("limit", f"{target} has no figure to adapt", "leave limit out")
        return
    try:
        figure = read_limit(limit, clause.unit)
        if not figure and clause.better is BetterSide.HIGHER:
            raise ValueError("asks for nothing")
    except ValueError as error:
        mistakes.add("limit", f'"{limit[:60]}" {error}', f"{target} is counted in {clause.unit}")


# What an entry is about. A revision that leaves these alone may be about what the configuration no longer declares.
ABOUT = ("target", "subject", "backup", "perimeter", "beneficiary")


def _beneficiary(
    values: Mapping[str, str], setting: EntryContext, previous: BookEntry | None, mistakes: EntryMistakes
) -> str | None:
    # For whom an entry is: as it says, else the only one that it can be about.
    if previous is not None and all(values.get(key) == previous.values.get(key) for key in ABOUT):
        return previous.values["beneficiary"]
    candidates = _candidates(values, setting, mistakes)
    if candidates is None:
        return None
    given = values.get("beneficiary")
    if given in candidates:
        return given
    choice = f"give one of: {', '.join(candidates)}"
    if given is not None:
        mistakes.add("beneficiary", f'"{given}" has no part in this subject', choice)
    elif len(candidates) == 1:
        return candidates[0]
    else:
        mistakes.add("beneficiary", "is missing, and several can be meant", choice)
    return None


def _candidates(values: Mapping[str, str], setting: EntryContext, mistakes: EntryMistakes) -> tuple[str, ...] | None:
    inventory = setting.inventory
    target, subject = values.get("target"), values.get("subject")
    if target is not None and subject is not None:
        found = tuple(key.beneficiary for key in setting.keys if (key.target, key.subject) == (target, subject))
        if not found:
            known = sorted({key.subject for key in setting.keys if key.target == target})
            hint = f"{target} is judged for: {', '.join(known)}" if known else f"nothing is judged under {target}"
            mistakes.add("subject", f'"{subject[:60]}" is not judged under {target}', hint)
            return None
        return tuple(dict.fromkeys(found))
    if "backup" in values:
        return tuple(one.beneficiary for one in inventory.backups if one.id == values["backup"])
    if "perimeter" in values:
        return tuple(one.beneficiary for one in inventory.perimeters if one.id == values["perimeter"])
    everyone = tuple(beneficiary.id for beneficiary in inventory.beneficiaries)
    if not everyone:
        mistakes.add("beneficiary", "none is declared", "declare a [[beneficiary]] in the configuration")
        return None
    return everyone


def _check_none(
    register: Register,
    values: Mapping[str, str],
    beneficiary: str,
    setting: EntryContext,
    previous: BookEntry | None,
    mistakes: EntryMistakes,
) -> None:
    if "none" not in values:
        return
    month = Month.parse(values["none"])
    if day_end(month.last) > setting.now:
        mistakes.add("none", f"{month} is not over", "sign a month once it is over")
    for row in setting.kept:
        same = row.register == register.name and row.values.get("beneficiary") == beneficiary
        if same and (previous is None or row.id != previous.id) and month_of(register, row) == month:
            what = "was signed already" if "none" in row.values else "has an entry"
            mistakes.add("none", f"{month} {what}: {row.id}", f"see: beffroi register list {register.name}")
            return


def month_of(register: Register, row: BookEntry) -> Month | None:
    """Return the month that an entry is about: the one that it signs as empty, or that of what happened; else None."""
    if "none" in row.values:
        return Month.parse(row.values["none"])
    if register.month_of is None or register.month_of not in row.values:
        return None
    return Month.of(read_when(row.values[register.month_of]).day)
