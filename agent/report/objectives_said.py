"""The thresholds that a target was judged by, in words: its objectives, retentions and run allowance. Pure."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from agent.core.convention import CLAUSES, OF_POINTS
from agent.report.figures import Objective, Report, TargetFigures
from agent.report.names import Names
from agent.report.storing_said import allowance_said, retention_said
from agent.wording.grounds import limit_of
from agent.wording.inert import inert
from agent.wording.quantities import day, share
from agent.wording.targets.every import TARGETS

NO_RETENTION = "aucune durée de conservation n'est renseignée"
EACH_SET_BY = "seuil : inscription {limit} ; part des jours : inscription {of_days}"


def objectives(one: TargetFigures, report: Report, called: Names) -> Iterator[str]:
    """Yield every threshold that a target is judged by: its objectives, what stands beside them, the retentions."""
    retained = CLAUSES[one.target].set_in is not None
    for subject, own in () if retained else by_subject(one):
        name = "" if subject is None else f"{called.of(one.target, subject)}{called.say(' : ')}"
        yield from (name + text for text in changes_of(own, one, called))
    alike: dict[str, list[str]] = {}
    for backup, terms in report.retentions if retained else ():
        alike.setdefault(retention_said(terms, called.language), []).append(called.of(one.target, backup))
    yield from (f"{called.listed(names)}{called.say(' : ')}{said}" for said, names in alike.items())
    if retained and not alike:
        yield called.say(NO_RETENTION)
    if one.target in OF_POINTS and any(item.value for item in report.run_allowances):
        allowance = allowance_said(report.run_allowances, called.language)
        yield called.say("tolérance d'exécution d'un jour, en plus de l'objectif : {allowance}").format(
            allowance=allowance
        )
    thresholds = TARGETS[one.target].thresholds
    if thresholds is not None:
        yield thresholds.of(called.language)


def by_subject(one: TargetFigures) -> Iterator[tuple[str | None, tuple[Objective, ...]]]:
    """Yield the objectives of a target: those of all subjects (None), then those of each that has its own."""
    for subject, own in groupby(one.objectives, key=lambda item: item.subject):
        yield subject, tuple(own)


def changes_of(own: Sequence[Objective], one: TargetFigures, called: Names) -> Iterator[str]:
    """Yield each objective of the same subjects, with the day from which it counts where there are several."""
    for number, item in enumerate(own):
        since = called.say("à partir du {day}" if number else "au début de la période")
        said = [since.format(day=day(item.since, called.language)), *_set_by(item, called)]
        dated = len(own) > 1 or item.adaptation is not None or item.share_adaptation is not None
        yield _objective(item, one, called) + (f" ({', '.join(said)})" if dated else "")


def _set_by(item: Objective, called: Names) -> Iterator[str]:
    """Yield which entry set an objective: each figure's own where both were adapted."""
    limit, of_days = item.adaptation, item.share_adaptation
    if limit is not None and of_days is not None and limit != of_days:
        yield called.say(EACH_SET_BY).format(limit=inert(limit), of_days=inert(of_days))
    elif (only := limit or of_days) is not None:
        yield called.say("inscription {entry}").format(entry=inert(only))


def _objective(item: Objective, one: TargetFigures, called: Names) -> str:
    none = called.say("sans seuil chiffré")
    text = none if item.limit is None else limit_of(one.target, item.limit, called.language)
    if one.result is not None and item.subject is None:
        part = share(float(item.attainment), called.language)
        days = ", chaque jour" if item.attainment == 1 else ", au moins {part} des jours"
        text += called.say(days).format(part=part)
    return text
