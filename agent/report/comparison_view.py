"""What Prometheus heard otherwise than a report counts, as its reader sees it: sentences and one table. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from agent.core.convention import CLAUSES
from agent.core.model import State
from agent.report.crosscheck import CrossCheck, DayDisagreement, PrometheusComparison
from agent.report.names import Names
from agent.report.tables import Cell, ReportTable, state_mark, table
from agent.wording import report as words
from agent.wording.inert import inert
from agent.wording.targets.every import target_title

# A cell names so many runs of days; past that they are counted.
MOST_RUNS = 4

NOTES = (
    "Cette comparaison ne change aucun chiffre du rapport : seul le registre des preuves fait foi.",
    "Un écart d'un seul jour n'est pas retenu, car les deux outils ne mesurent pas aux mêmes instants. Prometheus ne"
    " peut pas relever non plus ce qu'une preuve datée établit après coup.",
)
NONE_KEPT = "Prometheus{server} n'a conservé aucune mesure de ces jours : rien n'a pu être comparé."
COMPARED = "Jours comparés avec Prometheus{server}, tous éléments suivis confondus : {days}."
COUNTED = "Éléments suivis qui diffèrent, énumérés dans la version à diffusion restreinte : {number}."
NOT_ASKED = "La comparaison avec Prometheus a été demandée, mais le serveur n'a pas donné de réponse exploitable."


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """A comparison as it is printed."""

    sentences: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    notes: tuple[str, ...]


def comparison_view(one: PrometheusComparison, called: Names) -> ComparisonView:
    """Return what a reader sees of a comparison; a version for everyone names neither server nor subjects."""
    if one.found is None:
        return ComparisonView(sentences=(called.say(NOT_ASKED),), tables=(), notes=())
    server = "" if called.public else called.say(" (serveur {server})").format(server=inert(one.server))
    sentences = tuple(_sentences(one.found, server, called))
    if called.public and one.found.differences:
        # What differs may be open: for everyone it is counted.
        number = len(one.found.differences)
        return ComparisonView(
            sentences=(*sentences, called.say(COUNTED).format(number=number)),
            tables=(),
            notes=tuple(called.say(note) for note in NOTES),
        )
    return ComparisonView(
        sentences=sentences,
        tables=tuple(
            table(
                "Écarts avec Prometheus",
                ("Objectif", "Élément suivi", "Jours", "Selon ce rapport", "Selon Prometheus"),
                [row for item in one.found.differences for row in _rows(item, called)],
                left_out="écarts",
                kept_in="les données de Prometheus",
                language=called.language,
            )
        ),
        notes=tuple(called.say(note) for note in NOTES),
    )


def _sentences(found: CrossCheck, server: str, called: Names) -> Iterator[str]:
    if not found.compared:
        yield called.say(NONE_KEPT).format(server=server)
        return
    yield called.say(COMPARED).format(server=server, days=found.compared)
    if found.unheard:
        yield called.say("Jours dont Prometheus n'a rien conservé : {days}.").format(days=found.unheard)
    if not found.differences:
        yield called.say("Aucun élément suivi ne diffère sur plus d'un jour.")


def _rows(item: DayDisagreement, called: Names) -> Iterator[tuple[Cell, ...]]:
    target, subject = item.name
    title = target_title(target, called.language) if target in CLAUSES else inert(target)
    ordered = sorted(item.days, key=lambda one: (one[1].value, one[2].value, one[0]))
    for states, days in groupby(ordered, key=_states):
        here, there = states
        own = _days([day for day, _, _ in days], called)
        marks = (state_mark(here, called.language), state_mark(there, called.language))
        yield title, called.of(target, subject), own, *marks


def _states(one: tuple[date, State, State]) -> tuple[State, State]:
    return one[1], one[2]


def _days(days: Sequence[date], called: Names) -> str:
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    said = called.say(" ; ").join(words.span(run[0], run[-1], called.language) for run in runs[:MOST_RUNS])
    beyond = sum(len(run) for run in runs[MOST_RUNS:])
    more = called.say(" ; et {days}").format(days=words.count(beyond, "autre", "autres", called.language))
    counted = words.count(len(days), "jour", "jours", called.language)
    return f"{counted}{called.say(' : ')}{said}{more if beyond else ''}"
