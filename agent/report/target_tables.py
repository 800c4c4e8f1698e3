"""The tables of one target's page: its subjects, its deviations, what fell due, restores. Pure."""

from collections.abc import Iterator, Sequence

from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES, RECOVERY_POINT
from agent.core.duties.entries import AWARENESS, DUTIES, RegisterEntry
from agent.core.model import State
from agent.core.period import Month, day_of, each_day
from agent.core.reason import Reason
from agent.report.agreed_tables import agreed_tables, dated, entered_mark
from agent.report.amended import dated_by
from agent.report.coverage_said import coverage_tables
from agent.report.entered import entering
from agent.report.entry_tables import breaches, changes, examinations, exercises, incidents, told_within
from agent.report.event_figures import NextDue, Occurrence
from agent.report.figures import Deviation, Report, TargetFigures
from agent.report.first_said import beside_first
from agent.report.intervals import Interval
from agent.report.names import Names
from agent.report.restore_times import restore_times
from agent.report.tables import Cell, ReportTable, state_mark, table
from agent.report.two_factors import two_factors
from agent.report.undisclosed import EXERCISED, undisclosed_targets
from agent.wording import report as words
from agent.wording.quantities import beside, day, duration, instant
from agent.wording.tallies import percent
from agent.wording.targets.every import words_of

INTERVALS = (
    "De point à point, d'après les dates des points que le dernier contrôle a vus hors site. Un point purgé depuis"
    " n'y est plus : l'intervalle peut en paraître plus long. De ce qui précède le premier point connu,"
    " ce tableau ne dit rien."
)
INCIDENTS, BREACHES = "incident", "breach"
# A table of entries stands with each target that they are counted by: of one that is open it says what the others do.
_COUNTED_BY = {
    register: frozenset(target for target, duty in DUTIES.items() if duty.register == register)
    for register in (INCIDENTS, BREACHES)
}
# Days in more runs than these are counted by month; the table for tools lists each.
MOST_SPANS = 15
# A row's heading is narrow: past so many names it would be taller than its page.
MOST_IN_HEADING = 4


def tables(one: TargetFigures, report: Report, called: Names) -> Iterator[ReportTable]:
    """Yield the tables of one target that have anything to say."""
    yield from _subjects(one, called)
    yield from _occurrences(one, report, called)
    yield from _intervals(one, called)
    performed = CLAUSES[one.target].performed
    if performed is not None and not CLAUSES[one.target].exercised:
        within = told_within(report.entries, report.quarter.first, report.quarter.last)
        yield from examinations(within, one.target, performed, called)
    yield from two_factors(one.ways_in, called)
    yield from coverage_tables(one.coverage, called)
    if CLAUSES[one.target].exercised and not EXERCISED & undisclosed_targets(report, called):
        yield from restore_times(one.restore_times, called)
        yield from _restores(report, called)
    if CLAUSES[one.target].dated_evidence:
        yield from changes(report.entries, report.quarter.first, report.quarter.last, called)
    if one.target == AWARENESS:
        yield from _last_session(report, called)
    yield from _deviations(one, called)
    yield from agreed_tables(one.target, report, called)


def _subjects(one: TargetFigures, called: Names) -> list[ReportTable]:
    if one.result is None or all(subject.tally.met == subject.tally.expected for subject in one.subjects):
        return []
    ordered = sorted(one.subjects, key=lambda item: (item.tally.met - item.tally.expected, item.days.key))
    held = [item for item in ordered if item.tally.met == item.tally.expected]
    # One row tells as much as the sentence that would stand for it.
    named = [called.of(one.target, item.days.key.subject) for item in held] if len(held) > 1 else []
    alike: dict[Tally, list[str]] = {}
    for subject in ordered[: len(ordered) - len(named)]:
        alike.setdefault(subject.tally, []).append(called.of(one.target, subject.days.key.subject))
    rows = [
        (
            each_of(names, called),
            str(counted.met),
            str(counted.missed),
            str(counted.unproven),
            str(counted.accepted),
            str(counted.expected),
            percent(counted, called.language),
        )
        for counted, names in alike.items()
    ]
    head = ("Élément suivi", "Atteints", "Non atteints", "Non démontrés", "Acceptés", "Attendus", "Taux")
    note = called.say(words.HELD_EVERY_DAY).format(names=called.listed(named)) if named else ""
    return table("Par élément suivi, en jours", head, rows, note=note, left_out="éléments", language=called.language)


def each_of(names: Sequence[str], called: Names) -> str:
    """Return the heading of a row that is the same for some subjects."""
    if len(names) == 1:
        return names[0]
    return called.say(words.EACH_OF).format(number=len(names), names=called.listed(names, MOST_IN_HEADING))


def _deviations(one: TargetFigures, called: Names) -> list[ReportTable]:
    alike: dict[tuple[object, ...], list[Deviation]] = {}
    for item in one.deviations:
        if not item.silent:
            # What is alike but for its days is told once.
            same = (item.subject, item.state, item.measured, item.reason, item.late)
            alike.setdefault(same, []).append(item)
    # So is what is alike but for its subject.
    rows: dict[tuple[object, ...], list[list[Deviation]]] = {}
    for (_, *what), items in alike.items():
        rows.setdefault((*what, *((item.first, item.last) for item in items)), []).append(items)
    head = ("Élément suivi", "Quand", "Jours", "État", "Cause constatée", "Comment y remédier")
    cells = [_deviation(subjects, one.target, called) for subjects in rows.values()]
    return table("Écarts, avec leur cause", head, cells, left_out="écarts", language=called.language)


def _deviation(subjects: Sequence[Sequence[Deviation]], target: str, called: Names) -> tuple[Cell, ...]:
    """Return a row of one subject's deviations, or of several subjects' that are the same."""
    items = subjects[0]
    item = items[0]
    told = words_of(target, item.reason)
    short, means = told.short.of(called.language), told.means.of(called.language)
    cause = f"{short}{called.say(' : ')}{means[:1].lower()}{means[1:]}"
    if item.reason is Reason.NOT_RUN:
        cause = called.say(words.NOTHING_KEPT)
    if item.state is State.ACCEPTED:
        word = state_mark(item.measured, called.language).word
        cause += called.say(" Sans cette acceptation : {word}.").format(word=word)
    if item.late:
        cause += called.say(" (preuve tardive)")
    return (
        each_of([called.of(target, own[0].subject) for own in subjects], called),
        _when(items, called),
        str(sum(one.days for one in items)),
        state_mark(item.state, called.language),
        cause,
        told.mend.of(called.language),
    )


def _when(items: Sequence[Deviation], called: Names) -> str:
    """Return the days of deviations: one in words, several by month in figures, many as their number by month."""
    if len(items) == 1:
        return words.span(items[0].first, items[0].last, called.language)
    months: dict[Month, list[int]] = {}
    for date in sorted(date for one in items for date in each_day(one.first, one.last)):
        months.setdefault(Month.of(date), []).append(date.day)
    listed = len(items) <= MOST_SPANS
    said = (
        f"{words.short_month(month.first, called.language)}{called.say(' : ')}"
        f"{words.ranges(days) if listed else words.spread(days, called.language)}"
        for month, days in months.items()
    )
    return called.say(" ; ").join(said)


def _occurrences(one: TargetFigures, report: Report, called: Names) -> Iterator[ReportTable]:
    if one.events is None:
        return
    rows = [_occurrence(item, one, report, called) for item in one.events.occurrences]
    head = ("Objet", "Échéance", "Fait", "Mesure", "État")
    yield from table("Ce qui était dû", head, rows, left_out="échéances", language=called.language)
    ahead = [
        (
            called.of(one.target, item.key.subject),
            _last(item, one.target, report, called),
            day(item.due, called.language),
        )
        for item in one.events.ahead
    ]
    head_ahead = ("Élément suivi", "Fait pour la dernière fois", "À refaire au plus tard le")
    yield from table("Prochaines échéances", head_ahead, ahead, language=called.language)
    counted_by = _COUNTED_BY.get(DUTIES[one.target].register) if one.target in DUTIES else None
    if counted_by is not None and not counted_by & undisclosed_targets(report, called):
        yield from _clocks(one, report, called)


def _last(item: NextDue, target: str, report: Report, called: Names) -> str:
    if item.last is None:
        return called.say("jamais")
    shown, key = day(item.last, called.language), dated_by(target)
    entry = next((one for one in report.entries if one.id == item.entry), None)
    return shown if entry is None or key is None else shown + entered_mark(entry, key, called)


def _occurrence(item: Occurrence, one: TargetFigures, report: Report, called: Names) -> tuple[Cell, ...]:
    if item.month is not None:
        month = f"{words.month_name(item.month.first, called.language)} {item.month.year}"
        what = called.say("{month}, ni signé ni renseigné").format(month=month)
    elif item.reason is Reason.NO_LONGER_DECLARED:
        subject = called.of(one.target, item.key.subject)
        what = called.say("{subject}, retiré de la configuration sans date de fin").format(subject=subject)
    else:
        what = called.of(one.target, item.key.subject)
    if item.carried:
        what += called.say(" (échu avant le trimestre)")
    what += _entered(item, report, called)
    unit = one.objectives[-1].unit if one.objectives else ""
    limit = one.limit_of(item.key.subject)
    measured = beside(item.value, limit, unit, called.language) if item.value is not None and unit else "—"
    done = done_said(item, one.target, report, called)
    return what, day(item.due, called.language), done, measured, state_mark(item.state, called.language)


def done_said(item: Occurrence, target: str, report: Report, called: Names) -> str:
    """Return when something was done, marked where the entry that says so was late, but not after the term."""
    if item.done is None:
        return called.say("non")
    shown, key = day(item.done, called.language), dated_by(target)
    entry = next((one for one in report.entries if one.id == item.entry), None)
    if entry is None or key is None or item.entered_after is not None or entry.changed(key) is not None:
        return shown
    return shown + entered_mark(entry, key, called)


def _entered(item: Occurrence, report: Report, called: Names) -> str:
    """Return when someone left, of a departure, and what happened to the entry behind an occurrence.

    It was amended, or entered after the term: when and by whom; and the state by a later word, if another one.
    """
    entry = next((one for one in report.entries if one.id == item.entry), None)
    left = dated(entry, "left", called) if entry is not None and entry.get("left") else ""
    left = called.say(", parti le {day}").format(day=left) if left else ""
    said = [] if entry is None else list(_how_entered(item, entry, report, called))
    if item.corrected is not None:
        said.append(_by_correction(item.corrected, called))
    return f"{left} ({called.say(' ; ').join(said)})" if said else left


def _how_entered(item: Occurrence, entry: RegisterEntry, report: Report, called: Names) -> Iterator[str]:
    made = entering(entry, report.quarter)
    if entry.earlier:
        on, by = day(day_of(made.last_at), called.language), called.by(made.author)
        yield called.say("inscription modifiée le {day}{by}").format(day=on, by=by)
    if item.entered_after is not None:
        on, by = day(item.entered_after, called.language), "" if entry.earlier else called.by(made.author)
        yield called.say("inscrit le {day}{by}, après l'échéance").format(day=on, by=by)


def _by_correction(state: State, called: Names) -> str:
    return called.say(words.BY_CORRECTION).format(word=state_mark(state, called.language).word)


def _clocks(one: TargetFigures, report: Report, called: Names) -> list[ReportTable]:
    """Return what happened in the quarter with its clocks, and what fell due in it or is still open from before."""
    told = {entry.id for entry in told_within(report.entries, report.quarter.first, report.quarter.last)}
    within = [entry for entry in report.entries if entry.id in told | one.owed]
    if DUTIES[one.target].register == INCIDENTS:
        return incidents(within, "Incidents et leurs délais", called)
    return breaches(within, "Violations de données et leurs délais", called)


def _intervals(one: TargetFigures, called: Names) -> list[ReportTable]:
    rows = [_interval(item, called) for item in one.intervals]
    note = called.say(INTERVALS)
    head = ("Sauvegarde", "Intervalle le plus long", "Du", "Au", "Points vus le")
    return table("Plus long intervalle sans point de reprise", head, rows, note=note, language=called.language)


def _interval(item: Interval, called: Names) -> tuple[Cell, ...]:
    seen = instant(item.seen_at, called.language)
    subject = called.of(RECOVERY_POINT, item.subject)
    if item.removed:
        subject += called.say(" (retirée de la configuration : d'après ses constats)")
    if item.begins is None or item.length is None:
        return subject, called.say("non établi"), "—", "—", seen
    begins = instant(item.begins, called.language)
    if item.known_from is not None:
        known = instant(item.known_from, called.language)
        begins += called.say(" (aucun point connu avant le {instant})").format(instant=known)
    ends = called.say("aucun point depuis") if item.ends is None else instant(item.ends, called.language)
    return subject, duration(item.length, called.language), begins, ends, seen


def _last_session(report: Report, called: Names) -> list[ReportTable]:
    """Return the last session entered that was held by the quarter's end: what its target rests on."""
    held = [(when.begins, entry) for entry in report.entries
            if entry.register == AWARENESS and (when := entry.when("performed")) is not None]  # fmt: skip
    rows = [
        (
            entry.id,
            dated(entry, "performed", called),
            beside_first(called.text(entry.get("by")) or "—", entry, "by", called),
        )
        for _, entry in sorted(held, key=lambda one: one[0])[-1:]
    ]
    return table("Dernière session inscrite", ("Inscription", "Fait", "Par"), rows, language=called.language)


def _restores(report: Report, called: Names) -> list[ReportTable]:
    told = told_within(report.entries, report.quarter.first, report.quarter.last)
    return exercises(told, report.short_exercises, called)
