"""The account of a lived quarter, written from the convention alone: what each day is, for each subject.

It shares no code with the program. A day has the worst state of its moments; a moment is asked about at every instant
at which an answer can change. Sources: the convention, articles 5 to 6, and «From verdicts to a quarter».
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from tests.endurance.quarter_story import AGENT_OFF, DAY, FIRST, HOUR, LAST, PARIS, PackDamage, QuarterStory, Typed

WORST_TO_BEST = ("missed", "unproven", "accepted", "met", "not-applicable")
EVIDENCE_AGE, LONG_EVIDENCE_AGE = 6 * HOUR, 26 * HOUR
ALLOWANCE = 2 * HOUR
VERIFIED_WITHIN = 7 * DAY
LATE_DAYS = 7
BEFORE = timedelta(microseconds=1)

# What a register answers for, and the registers of which an empty month is signed.
BY_EVENT = {
    "access-revocation": "departure",
    "incident-report": "incident",
    "breach-dpo": "breach",
    "breach-cnil": "breach",
    "restore-reason": "restore",
}
SIGNED = ("departure", "incident", "breach")
MONTHS = ("2026-10", "2026-11", "2026-12")
# All Saints, Armistice, Christmas, New Year.
HOLIDAYS = (date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1))

Account = dict[tuple[str, str, date], str]
StateAt = Callable[[datetime], str]


def midnight(day: date) -> datetime:
    """Return the first moment of a civil day in Paris."""
    return datetime.combine(day, time(), tzinfo=PARIS)


def civil(at: datetime) -> date:
    """Return the civil day of a moment in Paris."""
    return at.astimezone(PARIS).date()


def days_of_quarter() -> Iterator[date]:
    """Yield each day of the quarter."""
    day = FIRST
    while day <= LAST:
        yield day
        day += DAY


def worst(states: Iterable[str]) -> str:
    """Return the worst of some states."""
    return min(states, key=WORST_TO_BEST.index)


def worst_of_day(day: date, state: StateAt, turns: Iterable[datetime]) -> str:
    """Return the worst state of a day's moments: of its first one, and of each from which another may hold."""
    begins, ends = midnight(day), midnight(day + DAY)
    within = [one for one in turns if begins < one < ends]
    return worst(state(at) for at in (begins, *within, ends - BEFORE))


@dataclass(frozen=True, slots=True)
class QuarterAccount:
    """What is known of a story, as an accountant needs it."""

    story: QuarterStory

    def rows(self) -> Account:
        """Return the state of each day of each target and subject that is counted by the day."""
        found: Account = {}
        for day in days_of_quarter():
            for backup in self.story.nights:
                found["backup-rpo", backup, day] = self.recovery_point(backup, day)
                found["backup-offsite", f"{backup}/offsite", day] = self.off_site(backup, day)
                found["backup-lifecycle", backup, day] = self.seen(day, self.listed(), lambda at: "met")
                found["backup-rto", backup, day] = self.since_entry(day, "recovery-test", backup)
                found["recovery-test", backup, day] = self.since_entry(day, "recovery-test", backup)
            found["network-segmentation", "vault", day] = self.flow(day)
            found["awareness", "scota", day] = self.since_entry(day, "awareness")
            found["log-collection", "alert-path", day] = "unproven"  # nothing proves one
            for target, register in BY_EVENT.items():
                found[target, "scota", day] = self.read(day, partial(self.months, register))
            found["gdpr-audit", "scota", day] = self.read(day, lambda at: "not-applicable")
            found["convention-review", "convention", day] = self.read(day, lambda at: "met")
            found["storage-quota", "scota", day] = self.seen(day, self.listed(), lambda at: "met")
        return found | self.entry_rows()

    # Looks and what they show

    def tried(self) -> list[datetime]:
        """Return when the agent looked."""
        return sorted(one for one in self.story.looks if self.story.on(one))

    def listed(self) -> list[datetime]:
        """Return when the machine of the copies answered a look."""
        return [one for one in self.tried() if self.story.answers(one)]

    def verified(self) -> list[datetime]:
        """Return when the copies were verified."""
        return sorted(one for one in self.story.verifications if self.story.on(one) and self.story.answers(one))

    def seen(self, day: date, looks: Sequence[datetime], shown: StateAt) -> str:
        """Return the state of a day of which looks show the state of their own moment, for a day and two hours."""

        def state(at: datetime) -> str:
            last = newest(looks, at)
            return "unproven" if last is None or at - last >= LONG_EVIDENCE_AGE else shown(last)

        return worst_of_day(day, state, ends_too(looks, LONG_EVIDENCE_AGE))

    def flow(self, day: date) -> str:
        """Return the state of a day of the flow: open where the machine answered, after acceptances."""
        state = self.seen(day, self.tried(), lambda at: "met" if self.story.answers(at) else "missed")
        return self.after_acceptances("network-segmentation", "vault", day, state)

    def since_entry(self, day: date, register: str, backup: str | None = None) -> str:
        """Return the state of a day of what an entry shows from its entry on, for a year."""
        entered = [
            one.at for one in self.typed(register) if backup is None or one.words.get("backup") == backup
        ]  # what was done a year ago is not in this story
        return worst_of_day(day, lambda at: "unproven" if newest(entered, at) is None else "met", entered)

    # Recovery points

    def recovery_point(self, backup: str, day: date) -> str:
        """Return the state of a day by the points' own dates, as later looks show them, within seven days."""
        points, looks = self.story.nights[backup], self.listed()
        damages = [one for one in self.story.damages if one.backup == backup]

        def state(at: datetime) -> str:
            later = next((one for one in looks if one >= at), None)
            if later is None or civil(later) > day + LATE_DAYS * DAY:
                last = newest(looks, at)
                if last is None or at - last >= EVIDENCE_AGE:
                    return "unproven"
            counting = [
                one for one in points if one <= at and not any(is_known_bad(one, points, bad, at) for bad in damages)
            ]
            return "met" if counting and at - counting[-1] <= self.limit(day) + ALLOWANCE else "missed"

        turns = [*ends_too(looks, EVIDENCE_AGE), *points]
        turns += [one - BEFORE for one in points]
        turns += [when for bad in damages for when in (bad.found, bad.settled, bad.settled - BEFORE)]
        return self.after_acceptances("backup-rpo", backup, day, worst_of_day(day, state, turns))

    def off_site(self, backup: str, day: date) -> str:
        """Return the state of a day of a copy: its newest point is recent, it was verified, it is not known damaged."""
        points, looks, verified = self.story.nights[backup], self.listed(), self.verified()
        damages = [one for one in self.story.damages if one.backup == backup]

        def state(at: datetime) -> str:
            look, verification = newest(looks, at), newest(verified, at)
            # While the agent is off its last word stands, until its evidence has aged out.
            judged = next((one.begins for one in AGENT_OFF if one.holds(at)), at)
            found = ["met"]
            if any(one.found <= at < one.settled for one in damages):
                found.append("missed")
            if look is None or at - look >= EVIDENCE_AGE:
                found.append("unproven")
            elif judged - (newest(points, look) or judged - 1000 * DAY) > 24 * HOUR + ALLOWANCE:
                found.append("missed")
            if verification is None or at - verification >= VERIFIED_WITHIN:
                found.append("unproven")
            return worst(found)

        turns = [*ends_too(looks, EVIDENCE_AGE), *ends_too(verified, VERIFIED_WITHIN)]
        turns += [one + 26 * HOUR + BEFORE for one in points]
        turns += [when for bad in damages for when in (bad.found, bad.settled, bad.settled - BEFORE)]
        return worst_of_day(day, state, turns)

    # Registers

    def read(self, day: date, shown: StateAt) -> str:
        """Return the state of a day of what registers show: they are read while the agent runs."""

        def state(at: datetime) -> str:
            off = next((one for one in AGENT_OFF if one.begins + LONG_EVIDENCE_AGE <= at < one.ends), None)
            return "unproven" if off else shown(at)

        turns = [when for one in AGENT_OFF for when in (one.begins + LONG_EVIDENCE_AGE, one.ends)]
        turns += [one.at for one in self.story.typed]
        return worst_of_day(day, state, turns)

    def months(self, register: str, at: datetime) -> str:
        """Return what a register shows at a moment: the worst of its entries and of the months that no one signed."""
        known = [one for one in self.typed(register) if one.at <= at]
        told = [one for one in known if not one.amends and "none" not in one.words and one.words.get("major") != "no"]
        shown = {month_of(one.words.get("none") or opened(one)) for one in known if not one.amends}
        found = [self.entry(one, at) for one in told if self.closed(one, at) is None or is_of_month(one, at)]
        if register in SIGNED:
            over = [month for month in MONTHS if at >= midnight(working_days_after(last_of(month), 5) + DAY)]
            found += ["unproven" for month in over if month not in shown]
        return worst(found or ["not-applicable"])

    def entry(self, one: Typed, at: datetime) -> str:
        """Return what is known of an entry at a moment: reported within ten working days, or still in time."""
        if one.register == "restore":
            return "met"  # with its reason
        if one.words.get("major") == "no":
            return "not-applicable"
        begun = date.fromisoformat(opened(one)[:10])
        closed = self.closed(one, at)
        return "met" if (civil(at) if closed is None else closed) <= working_days_after(begun, 10) else "missed"

    def closed(self, one: Typed, at: datetime) -> date | None:
        """Return the day on which an entry was closed, as far as it was entered by a moment."""
        if one.register == "restore":
            return date.fromisoformat(opened(one)[:10])
        reports = [two for two in self.story.typed if two.amends == one.name and "reported" in two.words]
        return next((date.fromisoformat(two.words["reported"][:10]) for two in reports if two.at <= at), None)

    def entry_rows(self) -> Account:
        """Return the days of each entry, from its opening to its closing, or to the same day where nothing is due."""
        found: Account = {}
        for target, register in BY_EVENT.items():
            told = [one for one in self.typed(register) if not one.amends and "none" not in one.words]
            for number, one in enumerate(told, 1):
                day, closed = date.fromisoformat(opened(one)[:10]), self.closed(one, midnight(LAST + 7 * DAY))
                if one.words.get("major") == "no":
                    closed = day
                while day <= (closed or LAST):
                    key = (target, f"{register}-{number}", day)
                    # A day that was over before anyone entered it shows nothing.
                    found[key] = "unproven" if day < civil(one.at) else self.read_since(one, day)
                    day += DAY
        return found

    def read_since(self, one: Typed, day: date) -> str:
        """Return the state of an entry's day; before its entry nothing was known to be read."""
        return self.read(day, lambda at: self.entry(one, max(at, one.at)))

    # What was agreed

    def typed(self, register: str) -> list[Typed]:
        """Return the entries of a register, in the order of their entry."""
        return [one for one in self.story.typed if one.register == register]

    def limit(self, day: date) -> timedelta:
        """Return the limit of `backup-rpo` on a day: adapted from the latest of its three days on, never before."""
        found = 24 * HOUR
        for one in self.typed("adaptation"):
            told, effective = (date.fromisoformat(one.words[key]) for key in ("informed_on", "effective_on"))
            if max(told, effective, civil(one.at)) <= day:
                found = int(one.words["limit"].removesuffix("h")) * HOUR
        return found

    def after_acceptances(self, target: str, subject: str, day: date, state: str) -> str:
        """Return a day's state after the acceptances that were entered by then."""
        for one in self.typed("acceptance"):
            first, last = (date.fromisoformat(one.words[key]) for key in ("accepted_on", "until"))
            is_covered = (one.words["target"], one.words["subject"]) == (target, subject)
            if is_covered and max(first, civil(one.at)) <= day <= last and state in ("missed", "unproven"):
                return "accepted"
        return state


def newest(instants: Sequence[datetime], at: datetime) -> datetime | None:
    """Return the newest of some instants, in order, that is not after another; None: there is none."""
    return next((one for one in reversed(instants) if one <= at), None)


def ends_too(looks: Sequence[datetime], age: timedelta) -> list[datetime]:
    """Return when looks came, the moment before each, and when each was too old."""
    return [when for one in looks for when in (one - BEFORE, one, one + age)]


def is_known_bad(point: datetime, points: Sequence[datetime], bad: PackDamage, at: datetime) -> bool:
    """Return whether a point is known to be damaged at a moment: found, and not found sound again."""
    if not bad.found <= at < bad.settled:
        return False
    return point < bad.repaired if bad.of_all else point == newest(points, bad.at)


def opened(one: Typed) -> str:
    """Return when what an entry tells of began."""
    return one.words.get("detected") or one.words["performed"]


def month_of(text: str) -> str:
    """Return the month of a date."""
    return text[:7]


def is_of_month(one: Typed, at: datetime) -> bool:
    """Return whether an entry's clock began in the month of a moment."""
    return month_of(opened(one)) == month_of(civil(at).isoformat())


def last_of(month: str) -> date:
    """Return the last day of a month."""
    first = date.fromisoformat(f"{month}-01")
    return (first + 31 * DAY).replace(day=1) - DAY


def working_days_after(day: date, number: int) -> date:
    """Return the `number`th working day after a day: Monday to Friday less the public holidays."""
    while number:
        day += DAY
        number -= day.weekday() < 5 and day not in HOLIDAYS
    return day
