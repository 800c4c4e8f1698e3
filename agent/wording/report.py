"""The sentences of the quarterly report, for somebody elected who has no time. French: it is what SCOTA reads.

Figures are counts first, then the rate, cut to one decimal and never rounded up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally, cut
from agent.core.model import State
from agent.core.period import Quarter
from agent.wording.entries import Due
from agent.wording.quantities import MONTHS, day
from agent.wording.targets.every import TARGETS

OUTCOMES: Mapping[QuarterOutcome | None, tuple[str, str]] = MappingProxyType(
    {
        QuarterOutcome.NOT_ATTAINED: ("missed", "non atteint"),
        QuarterOutcome.NOT_DEMONSTRATED: ("unproven", "non démontré"),
        QuarterOutcome.RISK_ACCEPTED: ("accepted", "risque accepté"),
        QuarterOutcome.ATTAINED: ("met", "atteint"),
        QuarterOutcome.NOT_APPLICABLE: ("not-applicable", "sans objet"),
        None: ("no-rate", "sans taux"),
    }
)
GROUPS: Mapping[QuarterOutcome | None, str] = MappingProxyType(
    {
        QuarterOutcome.NOT_ATTAINED: "Objectifs non atteints",
        QuarterOutcome.NOT_DEMONSTRATED: "Objectifs non démontrés",
        QuarterOutcome.RISK_ACCEPTED: "Risques acceptés par le bénéficiaire",
        QuarterOutcome.ATTAINED: "Objectifs atteints",
        QuarterOutcome.NOT_APPLICABLE: "Objectifs sans objet ce trimestre",
        None: "Suivis sans taux, pour information",
    }
)


def rate(tally: Tally) -> str:
    """Return a rate as it is printed: counts, then the share cut to one decimal."""
    if tally.ratio is None:
        return "aucun attendu"
    return f"{tally.met} sur {tally.expected} ({percent(tally)})"


def percent(tally: Tally) -> str:
    """Return a tally's rate alone, cut, with a decimal comma; `—` where nothing was expected."""
    if tally.ratio is None:
        return "—"
    text = f"{cut(tally.ratio):f}".removesuffix(".0")
    return f"{text.replace('.', ',')} %"


def split(tally: Tally) -> str:
    """Return how a tally splits, for somebody who does not see its bar."""
    return (
        f"Sur {tally.expected} : {count(tally.met, 'atteint', 'atteints')},"
        f" {count(tally.accepted, 'sous risque accepté', 'sous risque accepté')},"
        f" {count(tally.unproven, 'non démontré', 'non démontrés')},"
        f" {count(tally.missed, 'non atteint', 'non atteints')}."
    )


def count(number: int, one: str, several: str) -> str:
    """Return a number with its noun; French has the singular below two."""
    return f"{number} {one if number < 2 else several}"


def days(number: int) -> str:
    """Return a number of days."""
    return count(number, "jour", "jours")


def day_sentence(target: str, tally: Tally, outcome: QuarterOutcome | None) -> str:
    """Return what a quarter counted by day came to, in one sentence."""
    if outcome is QuarterOutcome.NOT_APPLICABLE:
        return "L'inventaire déclare, avec sa raison, que cet objectif ne s'applique à aucun sujet."
    if not tally.expected:
        return "Aucun sujet n'était attendu pendant la période comptée : rien ne le démontre, ni ne le dément."
    if tally.unproven == tally.expected:
        return f"Rien ne le démontre, ni ne le dément, sur {_all(tally.expected)}."
    held = TARGETS[target].held
    if tally.met == tally.expected:
        return f"{_each(tally.expected)}, {held}."
    parts = [
        f"le contraire a été constaté {days(tally.missed)}" if tally.missed else "",
        f"rien ne le démontre {days(tally.unproven)}" if tally.unproven else "",
        f"{days(tally.accepted)} relèvent d'un risque accepté" if tally.accepted > 1 else "",
        "1 jour relève d'un risque accepté" if tally.accepted == 1 else "",
    ]
    return f"{days(tally.met)} sur {tally.expected} ({percent(tally)}), {held} ; {_joined(parts)}."


def _each(expected: int) -> str:
    return f"Chacun des {expected} jours" if expected > 1 else "Le seul jour attendu"


def _all(expected: int) -> str:
    return f"les {expected} jours attendus" if expected > 1 else "le seul jour attendu"


def _joined(parts: Iterable[str]) -> str:
    said = [part for part in parts if part]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} et {said[-1]}"


def event_sentence(target: str, tally: Tally, outcome: QuarterOutcome, months: Sequence[str]) -> str:
    """Return what a quarter counted by event came to; `months` are those that nobody signed, in words."""
    if not tally.expected:
        if outcome is QuarterOutcome.NOT_APPLICABLE:
            return f"{_due(target).none} ce trimestre."
        return "Rien n'est déclaré pour cet objectif : rien ne le démontre, ni ne le dément."
    due = tally.expected - len(months)
    parts = []
    if due:
        told = _due(target)
        parts.append(f"{count(due, told.one, told.several)} : {_in_time(tally, told, len(months))}")
    if months:
        noun = "mois n'a été ni signé ni renseigné" if len(months) == 1 else "mois n'ont été ni signés ni renseignés"
        parts.append(f"{len(months)} {noun} ({', '.join(months)}), rien n'y est démontré")
    return f"{' ; '.join(parts)}."


def _due(target: str) -> Due:
    due = TARGETS[target].due
    if due is None:
        raise ValueError(f"{target} is counted by event, and has no words for what falls due")
    return due


def _in_time(tally: Tally, told: Due, unsigned: int) -> str:
    due = tally.expected - unsigned
    unproven = max(0, tally.unproven - unsigned)
    if tally.met == due:
        return told.done if due == 1 else told.all_done
    if due == 1:
        return told.late if tally.missed else "sans preuve" if unproven else "risque accepté"
    parts = [
        f"{tally.met} dans les règles" if tally.met else "",
        f"{tally.missed} {told.late}" if tally.missed else "",
        f"{unproven} sans preuve" if unproven else "",
        f"{tally.accepted} sous risque accepté" if tally.accepted else "",
    ]
    return _joined(parts)


def lead(outcomes: Iterable[QuarterOutcome | None]) -> str:
    """Return the report's first sentence."""
    listed = list(outcomes)
    rated = [one for one in listed if one is not None and one is not QuarterOutcome.NOT_APPLICABLE]
    counted: Counter[QuarterOutcome] = Counter(rated)
    if not rated:
        return "Aucun objectif n'appelait de décompte ce trimestre."
    attained = counted[QuarterOutcome.ATTAINED]
    if attained == len(rated):
        return f"Les {len(rated)} objectifs décomptés ont été atteints."
    missed = ("ne l'est pas", "ne le sont pas") if attained else ("est non atteint", "sont non atteints")
    parts = [
        _said(attained, "est atteint", "sont atteints"),
        _said(counted[QuarterOutcome.NOT_ATTAINED], *missed),
        _said(counted[QuarterOutcome.NOT_DEMONSTRATED], "n'est pas démontré", "ne sont pas démontrés"),
        _said(counted[QuarterOutcome.RISK_ACCEPTED], "relève d'un risque accepté", "relèvent d'un risque accepté"),
    ]
    none = "" if attained else "aucun n'est atteint : "
    return f"Sur {len(rated)} objectifs décomptés, {none}{_joined(parts)}."


def _said(number: int, one: str, several: str) -> str:
    return "" if not number else f"{number} {one if number == 1 else several}"


DEMONSTRATION = "Démonstration : le site de chaque copie est cru sur parole. "
ORDINALS = ("1er", "2e", "3e", "4e")


def quarter_name(quarter: Quarter) -> str:
    """Return a quarter in words, such as «4e trimestre 2026»."""
    return f"{ORDINALS[quarter.number - 1]} trimestre {quarter.year}"


def short_quarter(quarter: Quarter) -> str:
    """Return a quarter in few letters, such as «T4 2026»."""
    return f"T{quarter.number} {quarter.year}"


def month_name(when: date) -> str:
    """Return a day's month in words, such as «octobre»."""
    return MONTHS["fr"].split()[when.month - 1]


def span(first: date, last: date) -> str:
    """Return some days in words: one day, days of one month, or from one date to another."""
    if first == last:
        return f"le {day(first, 'fr')}"
    begins = "1er" if first.day == 1 else str(first.day)
    if (first.year, first.month) == (last.year, last.month):
        return f"du {begins} au {day(last, 'fr')}"
    same_year = first.year == last.year
    return f"du {begins} {month_name(first)}{'' if same_year else f' {first.year}'} au {day(last, 'fr')}"


def hypothetical(outcome: QuarterOutcome, entered_on: date) -> str:
    """Return the word that a target would have if an agreement had been entered on its own date."""
    return f"{OUTCOMES[outcome][1]} si l'accord inscrit le {day(entered_on, 'fr')} l'avait été à sa date"


def ranges(numbers: Sequence[int]) -> str:
    """Return whole numbers in ascending order, those in a row joined: «1–3, 7»."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


OUTCOMES_OF_STATES: Mapping[State, str] = MappingProxyType(
    {
        State.MET: "dans les limites",
        State.MISSED: "hors des limites",
        State.UNPROVEN: "non démontré",
        State.ACCEPTED: "risque accepté",
        State.NOT_APPLICABLE: "sans objet",
    }
)


def outcome_word(id: str | None) -> str:
    """Return the word of an outcome by its id, as it was kept."""
    return f"« {OUTCOMES[None if id is None else QuarterOutcome(id)][1]} »"
