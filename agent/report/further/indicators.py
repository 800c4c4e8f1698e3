"""A month's indicators (article 5): incidents, patches, recovery tests, audits, the improvement plan. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from agent.accounting.rate import Tally, tally
from agent.core.convention import PATCHING, RECOVERY_TIME
from agent.core.duties.entries import AWARENESS, RECOVERY_TESTS, RegisterEntry
from agent.core.judging.recovery_tests import Shortfall
from agent.core.model import Key, State, Verdict
from agent.core.period import ONE_DAY, Month, Quarter, day_of
from agent.register.registers import REGISTERS
from agent.report.counting import Counting
from agent.report.entry_tables import within_days
from agent.report.event_books import PERIODIC
from agent.report.event_figures import NextDue, Occurrence
from agent.report.material import Material, happened_on
from agent.report.occurrences import SIGNED_BY_MONTH
from agent.report.periodic_terms import short_exercises

HEADER = ("indicator", "subject", "value", "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineMonth:
    """A machine's days of the month under `patching`, and the last verdict of the month that measured anything."""

    key: Key
    days: Tally
    last: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyStatus:
    """How what comes back stands when the month ends: what is next due; what is overdue, and when last done."""

    ahead: tuple[NextDue, ...]
    overdue: tuple[tuple[Occurrence, date | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """A month: `happened` are the entries of what happened in it, `known` the registers that tell of it at all.

    `short_exercises` says, by entry, why an exercise that succeeded is no test passed.
    """

    month: Month
    happened: tuple[RegisterEntry, ...]
    known: frozenset[str]
    machines: tuple[MachineMonth, ...]
    standing: Mapping[str, DutyStatus]
    last_audit: date | None
    open_actions: tuple[RegisterEntry, ...]
    done_actions: tuple[RegisterEntry, ...]
    as_of: date
    short_exercises: Mapping[str, Shortfall]

    def of(self, register: str) -> tuple[RegisterEntry, ...]:
        """Return one register's entries of the month."""
        return tuple(one for one in self.happened if one.register == register)

    def count(self, register: str) -> int | None:
        """Return how many entries a register has of the month; None: nothing tells, an absence is not a zero."""
        return len(self.of(register)) if register in self.known else None

    @property
    def overdue_actions(self) -> tuple[RegisterEntry, ...]:
        """Return the open actions whose day has passed."""
        return tuple(one for one in self.open_actions if (due := one.when("due")) is not None and due.day < self.as_of)

    @property
    def patching(self) -> Tally:
        """Return all machines' days together."""
        return sum((one.days for one in self.machines), Tally())


def indicators(material: Material, month: Month, patching: Mapping[Key, Verdict]) -> Indicators:
    """Return a month's indicators as they stood when it ended, or stand now; `patching` are its last verdicts."""
    as_of = min(material.today, month.last + ONE_DAY)
    entries = tuple(one for one in material.entries if happened_on(one) <= month.last)
    counting = Counting(replace(material, today=as_of, entries=entries), Quarter.of(month.first))
    happened = within_days(entries, month.first, month.last)
    audits = [when.day for one in entries if one.register == "audit" and (when := one.when("performed")) is not None]
    plans = [one for one in entries if one.register == "plan" and day_of(one.received_at) < as_of]
    return Indicators(
        month=month,
        happened=happened,
        known=_known(entries, happened, month),
        machines=tuple(_machines(counting, month, patching)),
        standing={target: _standing(counting, target) for target in PERIODIC},
        last_audit=max(audits, default=None),
        open_actions=tuple(one for one in plans if (_done_on(one) or as_of) >= as_of),
        done_actions=tuple(one for one in plans if _done_on(one) in set(month.days())),
        as_of=as_of,
        short_exercises=short_exercises(happened, counting.event_inputs(RECOVERY_TIME)),
    )


def _known(entries: tuple[RegisterEntry, ...], happened: tuple[RegisterEntry, ...], month: Month) -> frozenset[str]:
    told = {one.register for one in happened} | {one.register for one in entries if one.signs == month}
    # Of a register that no one signs by the month an absence says what it says: nothing was entered.
    return frozenset(told | (REGISTERS.keys() - SIGNED_BY_MONTH))


def _machines(counting: Counting, month: Month, patching: Mapping[Key, Verdict]) -> Iterator[MachineMonth]:
    for subject in counting.declared(PATCHING):
        states = [came.state for day, came in subject.rows() if day >= month.first]
        if states:
            yield MachineMonth(key=subject.key, days=tally(states), last=patching.get(subject.key))


def _standing(counting: Counting, target: str) -> DutyStatus:
    events = counting.events(target)
    overdue = (one for one in events.occurrences if one.done is None and one.measured is not State.MET)
    return DutyStatus(
        ahead=events.ahead,
        overdue=tuple((one, _last_done(target, one.key.subject, counting.material.entries)) for one in overdue),
    )


def _last_done(target: str, subject: str, entries: Iterable[RegisterEntry]) -> date | None:
    performed = PERIODIC[target]
    own = (one for one in entries if one.register == performed.register and one.get(performed.subject) == subject)
    done = (one.when("performed") for one in own if one.get("result") in (None, "ok"))
    return max((when.day for when in done if when is not None), default=None)


def _done_on(entry: RegisterEntry) -> date | None:
    done = entry.when("done")
    return None if done is None else done.day


def table_text(found: Indicators) -> str:
    """Return the indicators as a table for tools; an empty value: nothing tells."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(HEADER)
    for name, subject, value, unit in _rows(found):
        rows.writerow([name, subject, "" if value is None else f"{value:.15g}", unit])
    return written.getvalue()


def _rows(found: Indicators) -> Iterator[tuple[str, str, float | None, str]]:
    majors = None if found.count("incident") is None else sum(one.get("major") == "yes" for one in found.of("incident"))
    yield "incidents", "", found.count("incident"), "count"
    yield "incidents-major", "", majors, "count"
    yield "breaches", "", found.count("breach"), "count"
    yield "departures", "", found.count("departure"), "count"
    for machine in found.machines:
        subject, days = machine.key.subject, machine.days
        for word, number in (
            ("met", days.met),
            ("missed", days.missed),
            ("unproven", days.unproven),
            ("accepted", days.accepted),
        ):
            yield f"patching-days-{word}", subject, number, "count"
        yield "patching-oldest-update", subject, None if machine.last is None else machine.last.value, "seconds"
    for register, name in (
        (RECOVERY_TESTS, "recovery-tests"),
        ("restore", "restores"),
        ("scan", "scans"),
        ("pentest", "penetration-tests"),
        ("audit", "audits"),
        (AWARENESS, "awareness-sessions"),
    ):
        yield name, "", found.count(register), "count"
    yield "actions-open", "", len(found.open_actions), "count"
    yield "actions-overdue", "", len(found.overdue_actions), "count"
    yield "actions-done", "", len(found.done_actions), "count"
