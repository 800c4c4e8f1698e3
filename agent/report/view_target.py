"""One target's page, as values: its objective, its figures, its calendar, its tables. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.accounting.quarter import QuarterResult
from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES
from agent.core.model import State
from agent.report.amended import with_amended
from agent.report.charts import MonthChart, calendar
from agent.report.event_figures import Events
from agent.report.figures import Report, SubjectFigures, TargetFigures
from agent.report.names import Names
from agent.report.objectives_said import objectives
from agent.report.other_reading import differs, is_quarterly
from agent.report.tables import ReportTable, TableMark, mark
from agent.report.target_tables import tables
from agent.report.trends import TrendRow, said_in_line, trend_rows
from agent.report.undisclosed import counts_said, undisclosed
from agent.wording import report as words
from agent.wording.front import RESTRICTED_DETAIL
from agent.wording.grounds import rests_on
from agent.wording.inert import quoted
from agent.wording.languages import Language
from agent.wording.quantities import day, instant, quantity
from agent.wording.sentences import phrase
from agent.wording.tallies import Occurred, percent
from agent.wording.targets.every import TARGETS
from agent.wording.translated import translated

IF_IN_TIME = "Si l'accord inscrit le {day} l'avait été à sa date"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSheet:
    """One target's page."""

    id: str
    title: str
    article: str
    says: str
    quotation: str
    how: str
    unmeasured: str
    mark: TableMark
    measured: str
    sentence: str
    objectives: tuple[str, ...]
    perimeters: str
    followed: str
    figures: tuple[tuple[str, str], ...]
    calendar: tuple[MonthChart, ...]
    calendar_note: str
    trend: tuple[TrendRow, ...]
    trend_line: str
    tables: tuple[ReportTable, ...]


def target_view(one: TargetFigures, report: Report, called: Names) -> TargetSheet:
    """Return one target's page."""
    told = TARGETS[one.target]
    trend = tuple(trend_rows(one, report, called))
    trend_line = said_in_line(trend, called)
    differs = one.measured_outcome is not one.outcome and one.measured_outcome is not None
    is_disclosed = not undisclosed(one, report, called)
    return TargetSheet(
        id=one.target,
        title=told.title.of(called.language),
        article=CLAUSES[one.target].article,
        says=told.says.of(called.language),
        quotation=quoted(report.quotations.get(one.target, "")),
        how=told.measured.of(called.language),
        unmeasured="" if told.unmeasured is None else told.unmeasured.of(called.language),
        mark=mark(one.outcome, called.language),
        measured=mark(one.measured_outcome, called.language).word if differs else "",
        sentence=_said(one, report, called) if is_disclosed else counts_said(one, called),
        objectives=tuple(objectives(one, report, called)) if is_disclosed else _objectives_alone(one, report, called),
        perimeters=_perimeters(one, report, called) if is_disclosed else "",
        followed=_followed(one, report, called) if is_disclosed and not _fell_short(one) else "",
        figures=tuple(_figures(one, called, is_disclosed=is_disclosed)),
        # Of a target that was met every day a calendar shows nothing.
        calendar=calendar(one.days, report.span, called.language) if is_disclosed and _fell_short(one) else (),
        calendar_note=called.say(words.WORST_OF_A_DAY) if len(one.subjects) > 1 else "",
        trend=() if trend_line else trend,
        trend_line=trend_line,
        tables=tuple(tables(one, report, called)) if is_disclosed else (),
    )


def _objectives_alone(one: TargetFigures, report: Report, called: Names) -> tuple[str, ...]:
    """Return the objectives of a target that is open; for an adapted one, that they are not for everyone."""
    adapted = any(item.subject or item.adaptation or item.share_adaptation for item in one.objectives)
    return (called.say(RESTRICTED_DETAIL),) if adapted else tuple(objectives(one, report, called))


def _said(one: TargetFigures, report: Report, called: Names) -> str:
    """Return the result of a quarter, and on how many things it rests."""
    return " ".join(part for part in (_sentence(one, report, called), _rests_on(one, called.language)) if part)


def _sentence(one: TargetFigures, report: Report, called: Names) -> str:
    parts = (sentence(one, called.language), lacking(one, called), _only_late(one, called.language))
    said = " ".join(part for part in parts if part)
    return with_amended(said, one, report, called)


def _only_late(one: TargetFigures, language: Language) -> str:
    """Return when the only thing that fell due did and was done, where that was late; empty otherwise."""
    due = [] if one.events is None else [item for item in one.events.occurrences if item.month is None]
    # What is measured in hours or working days says how late by its measure.
    if len(due) != 1 or due[0].done is None or due[0].value is not None or due[0].done <= due[0].due:
        return ""
    late = words.count((due[0].done - due[0].due).days, "jour", "jours", language)
    said = translated("Échéance du {due}, honorée le {done}, {days} plus tard.", language)
    return said.format(due=day(due[0].due, language), done=day(due[0].done, language), days=late)


def _fell_short(one: TargetFigures) -> bool:
    return any(day.measured is not State.MET for day in one.days)


def sentence(one: TargetFigures, language: Language) -> str:
    """Return the result of a target's quarter, in words that name no one."""
    if one.result is not None:
        unseen = sum(day.state is State.ACCEPTED and day.measured is State.UNPROVEN for day in one.days)
        return words.day_sentence(one.target, one.result.figures.tally, one.outcome, one.grounds, unseen, language)
    if one.events is not None:
        declared = CLAUSES[one.target].declared
        found = _occurred(one.events, language)
        said = words.event_sentence(one.target, found, one.events.outcome, declared=declared, language=language)
        return said + _other_reading(one.target, one.events, language)
    if not one.standing:
        return translated("Aucun contrôle n'a porté sur ce point pendant le trimestre.", language)
    last = one.standing[-1]
    word = translated(words.OUTCOMES_OF_STATES[last.measured], language)
    said = translated("Dernier constat du trimestre, {instant} : {word}.", language)
    return said.format(instant=instant(last.at, language), word=word)


def lacking(one: TargetFigures, called: Names) -> str:
    """Return which subjects lack evidence, where no day is proven for all of them and some are proven on some days."""
    tally = one.tally
    if one.result is None or tally is None or not tally.expected or tally.unproven < tally.expected:
        return ""
    counted = sorted(one.subjects, key=lambda item: item.days.key)
    short = [item for item in counted if item.tally.unproven]
    if all(item.tally.unproven == item.tally.expected for item in counted):
        return ""
    # A day of an accepted risk may have been seen by no one, or missed.
    proven = [item for item in counted if item.tally.expected and item.tally.met == item.tally.expected]
    said = [called.say(words.LACKING).format(lacking=_named(short, one.target, called))]
    said += [called.say(words.SHOWN).format(proven=_named(proven, one.target, called))] if proven else []
    return " ".join(said)


def _named(subjects: Sequence[SubjectFigures], target: str, called: Names) -> str:
    return called.listed([called.of(target, item.days.key.subject) for item in subjects])


def _rests_on(one: TargetFigures, language: Language) -> str:
    """Return on how many things a result rests; nothing is said of one that no look stands behind."""
    tally = one.tally
    if one.result is None or tally is None:
        return ""
    if tally.expected in (tally.unproven, one.result.figures.measured_tally.unproven):
        return ""
    return rests_on(one.grounds, language)


def _other_reading(target: str, events: Events, language: Language) -> str:
    if events.other is None or not differs(events.other, events.measured_outcome):
        return ""
    period = words.EACH_QUARTER if is_quarterly(target) else words.EACH_YEAR
    word = mark(events.other, language).word
    return " " + translated(words.OTHER_READING, language).format(period=translated(period, language), word=word)


def _occurred(events: Events, language: Language) -> Occurred:
    """Return what fell due as counts; what is missed is late where it was done, and to be done where it was not."""
    due = [item for item in events.occurrences if item.month is None]
    states = Counter(item.state for item in due)
    to_do = sum(1 for item in due if item.state is State.MISSED and item.done is None)
    months = dict.fromkeys(item.month for item in events.occurrences if item.month is not None)
    return Occurred(
        met=states[State.MET],
        late=states[State.MISSED] - to_do,
        to_do=to_do,
        unproven=states[State.UNPROVEN],
        accepted=states[State.ACCEPTED],
        months=tuple(words.month_name(month.first, language) for month in months),
        not_yet=events.not_yet,
    )


def _figures(one: TargetFigures, called: Names, *, is_disclosed: bool) -> Iterator[tuple[str, str]]:
    counted = one.tally
    if counted is None:
        for verdict in one.standing:
            yield called.say("Constat"), instant(verdict.at, called.language)
            if verdict.value is not None:
                yield called.say("Mesure"), quantity(verdict.value, verdict.unit, called.language)
            if not called.public:
                yield called.say("En clair"), f"{phrase(verdict, called.language)}."
        return
    expected = called.say("Jours attendus" if one.result is not None else "Échéances du trimestre")
    yield expected, str(counted.expected)
    yield from _counts(counted, called)
    yield from _stopped(one, called)
    if counted.expected:
        yield called.say("Taux"), percent(counted, called.language)
        if counted.unproven:
            yield called.say("Taux maximal possible"), _at_best(counted, called.language)
    measured = _measured(one)
    if measured is not None and measured != counted:
        word = mark(one.measured_outcome, called.language).word
        yield called.say("Sans les acceptations de risque"), f"{words.rate(measured, called.language)}, {word}"
    if one.hypothetical is not None and is_disclosed:
        entered = called.say(IF_IN_TIME).format(day=day(one.hypothetical.entered_on, called.language))
        yield entered, mark(one.hypothetical.outcome, called.language).word
    if one.result is not None:
        yield from _excluded(one.result, called.language)
        late = sum(1 for subject in one.subjects for _, came in subject.days.rows() if came.late)
        if late:
            shown = called.say("{late} (jours × éléments suivis)").format(late=late)
            yield called.say("Jours établis par une preuve tardive"), shown


def _perimeters(one: TargetFigures, report: Report, called: Names) -> str:
    """Return whose perimeter each subject is in, which decides who may accept a risk; empty where none is declared."""
    found: dict[str, list[str]] = {}
    for key in sorted(report.perimeters):
        if key.target == one.target:
            word = words.PERIMETERS[report.perimeters[key]]
            found.setdefault(word, []).append(called.of(one.target, key.subject))
    said = [f"{called.say(word)}{called.say(' : ')}{called.listed(names)}" for word, names in found.items()]
    return called.say(" ; ").join(said) if found.keys() - {words.PERIMETERS[None]} else ""


def _stopped(one: TargetFigures, called: Names) -> Iterator[tuple[str, str]]:
    if one.silent_days:
        yield called.say("Non démontrés, faute de tout enregistrement"), str(one.silent_days)


def _followed(one: TargetFigures, report: Report, called: Names) -> str:
    """Return the subjects of a target that no other line of its page names; empty where it has only the beneficiary."""
    keys = [subject.days.key for subject in one.subjects]
    if all(key.subject == report.beneficiary or key in report.perimeters for key in keys):
        return ""
    return called.listed(sorted(called.of(one.target, key.subject) for key in keys))


def _counts(counted: Tally, called: Names) -> Iterator[tuple[str, str]]:
    yield called.say("Atteints"), str(counted.met)
    yield called.say("Non atteints"), str(counted.missed)
    yield called.say("Non démontrés"), str(counted.unproven)
    if counted.accepted:
        yield called.say("Sous risque accepté"), str(counted.accepted)


def _at_best(counted: Tally, language: Language) -> str:
    best = Tally(met=counted.met + counted.unproven, missed=counted.missed, accepted=counted.accepted)
    return percent(best, language)


def _measured(one: TargetFigures) -> Tally | None:
    if one.result is not None:
        return one.result.figures.measured_tally
    return None if one.events is None else one.events.measured_tally


def _excluded(result: QuarterResult, language: Language) -> Iterator[tuple[str, str]]:
    if result.with_exclusions is not None:
        apart = result.with_exclusions
        said = f"{words.rate(apart.tally, language)}, {mark(apart.outcome, language).word}"
        yield translated("Sans ce que les exclusions couvrent", language), said
