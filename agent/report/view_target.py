"""One target's page, as values: its objective, its figures, its calendar, its tables. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.accounting.quarter import QuarterResult
from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES, RECOVERY_POINT
from agent.core.model import State
from agent.report.amended import with_amended
from agent.report.charts import ChartPart, MonthChart, calendar, parts
from agent.report.figures import EarlierQuarter, Objective, Report, TargetFigures
from agent.report.names import Names
from agent.report.occurrences import Events
from agent.report.other_reading import differs, is_quarterly
from agent.report.storing_said import retention_said
from agent.report.tables import ReportTable, TableMark, mark
from agent.report.target_tables import tables
from agent.wording import report as words
from agent.wording.grounds import limit_of, rests_on
from agent.wording.inert import inert
from agent.wording.quantities import day, duration, instant, quantity, share
from agent.wording.sentences import phrase
from agent.wording.targets.every import TARGETS

# A line of names is read; past that they are counted.
MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """One quarter of a trend; `said` is what its bar shows, in words."""

    quarter: str
    mark: TableMark
    parts: tuple[ChartPart, ...]
    rate: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSheet:
    """One target's page."""

    id: str
    title: str
    article: str
    says: str
    how: str
    mark: TableMark
    measured: str
    sentence: str
    objectives: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    calendar: tuple[MonthChart, ...]
    calendar_note: str
    trend: tuple[TrendRow, ...]
    tables: tuple[ReportTable, ...]


def target_view(one: TargetFigures, report: Report, called: Names) -> TargetSheet:
    """Return one target's page."""
    told = TARGETS[one.target]
    differs = one.measured_outcome is not one.outcome and one.measured_outcome is not None
    return TargetSheet(
        id=one.target,
        title=told.title.fr,
        article=CLAUSES[one.target].article,
        says=told.says.fr,
        how=told.measured.fr,
        mark=mark(one.outcome),
        measured=words.OUTCOMES[one.measured_outcome][1] if differs else "",
        sentence=" ".join(part for part in (with_amended(sentence(one), one, report, called), _rests_on(one)) if part),
        objectives=tuple(_objectives(one, report, called)),
        figures=tuple(_figures(one, report, called)),
        # Of a target that was met every day a calendar shows nothing.
        calendar=calendar(one.days, report.span) if _fell_short(one) else (),
        calendar_note=words.WORST_OF_A_DAY if len(one.subjects) > 1 else "",
        trend=tuple(_trend(one, report)),
        tables=tuple(tables(one, report, called)),
    )


def _fell_short(one: TargetFigures) -> bool:
    return any(day.measured is not State.MET for day in one.days)


def sentence(one: TargetFigures) -> str:
    """Return the result of a target's quarter, in words that name no one."""
    if one.result is not None:
        unseen = sum(day.state is State.ACCEPTED and day.measured is State.UNPROVEN for day in one.days)
        return words.day_sentence(one.target, one.result.figures.tally, one.outcome, one.grounds, unseen)
    if one.events is not None:
        declared = CLAUSES[one.target].declared
        said = words.event_sentence(one.target, _occurred(one.events), one.events.outcome, declared=declared)
        return said + _other_reading(one.target, one.events)
    if not one.standing:
        return "Cette échéance n'a pas été suivie pendant le trimestre."
    last = one.standing[-1]
    return f"Dernier constat du trimestre, {instant(last.at, 'fr')} : {words.OUTCOMES_OF_STATES[last.measured]}."


def _rests_on(one: TargetFigures) -> str:
    """Return on how many things a result rests; nothing is said of one that no look stands behind."""
    tally = one.tally
    return "" if one.result is None or tally is None or tally.unproven == tally.expected else rests_on(one.grounds)


def _other_reading(target: str, events: Events) -> str:
    if events.other is None or not differs(events.other, events.measured_outcome):
        return ""
    period = words.EACH_QUARTER if is_quarterly(target) else words.EACH_YEAR
    return " " + words.OTHER_READING.format(period=period, word=words.OUTCOMES[events.other][1])


def _occurred(events: Events) -> words.Occurred:
    """Return what fell due as counts; what is missed is late where it was done, and to be done where it was not."""
    due = [item for item in events.occurrences if item.month is None]
    states = Counter(item.state for item in due)
    to_do = sum(1 for item in due if item.state is State.MISSED and item.done is None)
    months = dict.fromkeys(item.month for item in events.occurrences if item.month is not None)
    return words.Occurred(
        met=states[State.MET],
        late=states[State.MISSED] - to_do,
        to_do=to_do,
        unproven=states[State.UNPROVEN],
        accepted=states[State.ACCEPTED],
        months=tuple(words.month_name(month.first) for month in months),
        not_yet=events.not_yet,
    )


def _objectives(one: TargetFigures, report: Report, called: Names) -> Iterator[str]:
    """Yield every threshold that a target is judged by: its objectives, what stands beside them, the retentions."""
    retained = CLAUSES[one.target].set_in is not None
    if not retained:
        for subject, own in groupby(one.objectives, key=lambda item: item.subject):
            name = "" if subject is None else f"{called.of(one.target, subject)} : "
            yield from (name + text for text in _changes_of(tuple(own), one))
    for backup, terms in report.retentions if retained else ():
        yield f"{called.of(one.target, backup)} : {retention_said(terms)}"
    if one.target == RECOVERY_POINT and report.run_allowance:
        yield f"tolérance d'exécution d'un jour : {duration(report.run_allowance, 'fr')} de plus"
    if TARGETS[one.target].thresholds:
        yield TARGETS[one.target].thresholds


def _changes_of(own: Sequence[Objective], one: TargetFigures) -> Iterator[str]:
    """Yield each objective of the same subjects, with the day from which it counts where there are several."""
    for number, item in enumerate(own):
        said = [f"à partir du {day(item.since, 'fr')}" if number else "au début de la période", *_set_by(item)]
        dated = len(own) > 1 or item.adaptation is not None or item.share_adaptation is not None
        yield _objective(item, one) + (f" ({', '.join(said)})" if dated else "")


def _set_by(item: Objective) -> Iterator[str]:
    """Yield which entry set an objective: each figure's own where both were adapted."""
    limit, of_days = item.adaptation, item.share_adaptation
    if limit is not None and of_days is not None and limit != of_days:
        yield f"seuil : inscription {inert(limit)} ; part des jours : inscription {inert(of_days)}"
    elif (only := limit or of_days) is not None:
        yield f"inscription {inert(only)}"


def _objective(item: Objective, one: TargetFigures) -> str:
    text = "sans seuil chiffré" if item.limit is None else limit_of(one.target, item.limit)
    if one.result is not None and item.subject is None:
        text += (
            ", chaque jour" if item.attainment == 1 else f", au moins {share(float(item.attainment), 'fr')} des jours"
        )
    return text


def _figures(one: TargetFigures, report: Report, called: Names) -> Iterator[tuple[str, str]]:
    counted = one.tally
    if counted is None:
        for verdict in one.standing:
            yield "Constat", instant(verdict.at, "fr")
            if verdict.value is not None:
                yield "Mesure", quantity(verdict.value, verdict.unit, "fr")
            if not called.public:
                yield "En clair", f"{phrase(verdict, 'fr')}."
        return
    yield "Jours attendus" if one.result is not None else "Échéances du trimestre", str(counted.expected)
    yield from _counts(counted)
    yield from _stopped(one)
    if one.subjects and not _fell_short(one):
        yield "Éléments suivis", _followed(one, called)
    yield from _perimeters(one, report, called)
    if counted.expected:
        yield "Taux", words.percent(counted)
        if counted.unproven:
            yield "Taux maximal possible", _at_best(counted)
    measured = _measured(one)
    if measured is not None and measured != counted:
        yield "Sans les acceptations de risque", f"{words.rate(measured)}, {mark(one.measured_outcome).word}"
    if one.hypothetical is not None:
        entered = day(one.hypothetical.entered_on, "fr")
        yield f"Si l'accord inscrit le {entered} l'avait été à sa date", mark(one.hypothetical.outcome).word
    if one.result is not None:
        yield from _excluded(one.result)
        late = sum(1 for subject in one.subjects for _, came in subject.days.rows() if came.late)
        if late:
            yield "Jours établis par une preuve tardive", f"{late} (jours × éléments suivis)"


def _perimeters(one: TargetFigures, report: Report, called: Names) -> Iterator[tuple[str, str]]:
    """Yield whose perimeter each subject is in, which decides who may accept a risk (article 5.2)."""
    found: dict[str, list[str]] = {}
    for key in sorted(report.perimeters):
        if key.target == one.target:
            found.setdefault(words.PERIMETERS[report.perimeters[key]], []).append(called.of(one.target, key.subject))
    said = [f"{word} : {', '.join(names[:MOST_NAMED])}{_more(names)}" for word, names in found.items()]
    if found.keys() - {words.PERIMETERS[None]}:
        yield "Périmètre (article 5.2)", " ; ".join(said)


def _more(names: Sequence[str]) -> str:
    return f" et {len(names) - MOST_NAMED} de plus" if len(names) > MOST_NAMED else ""


def _stopped(one: TargetFigures) -> Iterator[tuple[str, str]]:
    if one.silent_days:
        yield "Jours où le logiciel de mesure était à l'arrêt", str(one.silent_days)


def _followed(one: TargetFigures, called: Names) -> str:
    """Return which subjects a target that was met every day rests on; the table of days has all of them."""
    named = sorted(called.of(one.target, subject.days.key.subject) for subject in one.subjects)
    return ", ".join(named[:MOST_NAMED]) + _more(named)


def _counts(counted: Tally) -> Iterator[tuple[str, str]]:
    yield "Atteints", str(counted.met)
    yield "Non atteints", str(counted.missed)
    yield "Non démontrés", str(counted.unproven)
    if counted.accepted:
        yield "Sous risque accepté", str(counted.accepted)


def _at_best(counted: Tally) -> str:
    return words.percent(Tally(met=counted.met + counted.unproven, missed=counted.missed, accepted=counted.accepted))


def _measured(one: TargetFigures) -> Tally | None:
    if one.result is not None:
        return one.result.figures.measured_tally
    return None if one.events is None else one.events.measured_tally


def _excluded(result: QuarterResult) -> Iterator[tuple[str, str]]:
    if result.with_exclusions is not None:
        apart = result.with_exclusions
        yield "Hors jours exclus", f"{words.rate(apart.tally)}, {mark(apart.outcome).word}"


def _trend(one: TargetFigures, report: Report) -> Iterator[TrendRow]:
    counted = one.tally
    if counted is None:
        return
    now = EarlierQuarter(quarter=report.quarter, outcome=one.outcome, tally=counted)
    for past in (*one.past, now):
        known = past.tally
        so_far = " (en cours)" if past is now and report.provisional else ""
        yield TrendRow(
            quarter=words.short_quarter(past.quarter) + so_far,
            mark=TableMark(id="none", word="non mesuré") if known is None else mark(past.outcome),
            parts=() if known is None else parts(known),
            rate="—" if known is None else words.rate(known),
            said="Rien n'a été mesuré." if known is None else words.split(known),
        )
