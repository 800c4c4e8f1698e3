"""The sentences of the quarterly report, for someone elected who has no time: French ones here, English ones beside.

Figures are counts first, then the rate, cut to one decimal and never rounded up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.core.model import State
from agent.core.period import Quarter
from agent.core.reason import Reason
from agent.wording import report_in_english as english
from agent.wording.entries import Due
from agent.wording.grounds import Grounds, held_words, single
from agent.wording.languages import Language
from agent.wording.quantities import MONTHS, SHORT_MONTHS, day
from agent.wording.tallies import Occurred, percent
from agent.wording.targets.every import due_of, held_of
from agent.wording.translated import translated

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

# Of accepted days on which nothing was shown either way: one of them, and several.
NOT_SHOWN = ("non démontré", "non démontrés")
# Where no day is proven for all that is followed, though some days of some of it are.
LACKING = "Preuves manquantes pour : {lacking}."
SHOWN = "Démontré chaque jour attendu pour : {proven}."
# Of days on which nothing was expected yet, though something is declared.
NOT_FOLLOWED = "Rien n'était suivi pendant cette période : on ne peut rien affirmer."
NOT_YET = "Rien n'était encore suivi pendant cette période."


def rate(tally: Tally, language: Language = "fr") -> str:
    """Return a rate as it is printed: counts, then the share cut to one decimal."""
    if tally.ratio is None:
        return translated("aucun attendu", language)
    of = translated("sur", language)
    return f"{tally.met} {of} {tally.expected} ({percent(tally, language)})"


def split(tally: Tally, language: Language = "fr") -> str:
    """Return how a tally splits, for someone who does not see its bar."""
    if language == "en":
        return english.split(tally)
    return (
        f"Sur {tally.expected} : {count(tally.met, 'atteint', 'atteints')},"
        f" {count(tally.accepted, 'sous risque accepté', 'sous risque accepté')},"
        f" {count(tally.unproven, 'non démontré', 'non démontrés')},"
        f" {count(tally.missed, 'non atteint', 'non atteints')}."
    )


def states(tally: Tally, language: Language = "fr") -> str:
    """Return how many of each state a tally has, none of them left out but those it has none of."""
    named = (
        (tally.met, ("atteint", "atteints")),
        (tally.missed, ("non atteint", "non atteints")),
        (tally.unproven, ("non démontré", "non démontrés")),
        (tally.accepted, ("sous risque accepté", "sous risque accepté")),
    )
    return ", ".join(count(number, *names, language) for number, names in named if number) or "—"


def count(number: int, one: str, several: str, language: Language = "fr") -> str:
    """Return a number with its noun, both given in French; French has the singular below two, English for one."""
    single = number < 2 if language == "fr" else number == 1
    return f"{number} {translated(one if single else several, language)}"


def days(number: int) -> str:
    """Return a number of days."""
    return count(number, "jour", "jours")


def day_sentence(
    target: str,
    tally: Tally,
    outcome: QuarterOutcome | None,
    grounds: Grounds,
    unseen: int = 0,
    language: Language = "fr",
) -> str:
    """Return the result of a quarter counted by day, in one sentence; `rests_on` says on what.

    `unseen` is how many of the accepted days were unproven, and not seen to miss the objective.
    """
    if language == "en":
        return english.day_sentence(target, tally, outcome, grounds, unseen)
    if outcome is QuarterOutcome.NOT_APPLICABLE:
        return "L'inventaire déclare, avec sa raison, que cet objectif ne s'applique à aucun élément suivi."
    if not tally.expected:
        return NOT_FOLLOWED
    if tally.unproven == tally.expected:
        none = f"Aucun de ces {tally.expected} jours n'est" if tally.expected > 1 else "Le seul jour attendu n'est pas"
        whole = "" if single(grounds) else " pour tout ce qui est suivi"
        return f"{none} démontré{whole} : les preuves manquent."
    held = held_words(held_of(target), target, grounds)
    if tally.met == tally.expected:
        return f"{_each(tally.expected)}, {held}."
    other = tally.missed > 0
    parts = [
        f"ce n'était pas le cas pendant {days(tally.missed)}" if tally.missed else "",
        _accepted(tally.accepted - unseen, "hors objectif") if tally.accepted > unseen else "",
        _accepted(unseen, NOT_SHOWN[unseen > 1]) if unseen else "",
        f"pour {_others(tally.unproven, other=other)}, les preuves manquent" if tally.unproven else "",
    ]
    said = " ; ".join(part for part in parts if part)
    return f"{days(tally.met)} sur {tally.expected} ({percent(tally)}), {held} ; {said}."


def _each(expected: int) -> str:
    return f"Chacun des {expected} jours" if expected > 1 else "Le seul jour attendu"


def _accepted(number: int, what: str) -> str:
    covered = "couvert" if number == 1 else "couverts"
    return f"{days(number)} {what}, {covered} par un risque accepté, selon le registre"


def _others(number: int, *, other: bool) -> str:
    if not other:
        return days(number)
    return "1 autre" if number == 1 else f"{number} autres"


def _joined(parts: Iterable[str]) -> str:
    said = [part for part in parts if part]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} et {said[-1]}"


def event_sentence(
    target: str, found: Occurred, outcome: QuarterOutcome, *, declared: bool, language: Language = "fr"
) -> str:
    """Return the result of a quarter counted by event, in one sentence."""
    if language == "en":
        return english.event_sentence(target, found, outcome, declared=declared)
    if not found.due and not found.months:
        if outcome is QuarterOutcome.NOT_APPLICABLE:
            return _by_register(f"{due_of(target).none.fr} ce trimestre", declared=declared)
        return NOT_YET if found.not_yet else "Rien n'est déclaré pour cet objectif : on ne peut rien affirmer."
    parts = []
    if found.due:
        told = due_of(target)
        parts.append(f"{found.due} {(told.one if found.due < 2 else told.several).fr}{_in_time(found, told)}")
    if found.months:
        months = " et ".join((", ".join(found.months[:-1]), found.months[-1])) if found.months[1:] else found.months[0]
        parts.append(f"pour {months}, ni inscription ni attestation d'absence : on ne peut rien affirmer")
    return _by_register(" ; ".join(parts), declared=declared)


def _by_register(said: str, *, declared: bool) -> str:
    """Return a sentence that names the register where it rests on that alone."""
    return f"Selon le registre, {said}." if declared else f"{said[:1].upper()}{said[1:]}."


def _in_time(found: Occurred, told: Due) -> str:
    if found.met == found.due:
        return f", {(told.done if found.due == 1 else told.all_done).fr}"
    parts = [
        told.kept(found.met, "fr") if found.met else "",
        f"{found.late} en retard" if found.late else "",
        f"{found.to_do} à faire, le délai étant passé" if found.to_do else "",
        f"{found.unproven} sans preuve" if found.unproven else "",
        f"{found.accepted} sous risque accepté" if found.accepted else "",
    ]
    said = _joined(parts)
    return f" : {said.removeprefix('1 ')}" if found.due == 1 else f" : {said}"


def lead(outcomes: Iterable[QuarterOutcome | None], language: Language = "fr") -> str:
    """Return the report's first sentence."""
    rated = [one for one in outcomes if one is not None and one is not QuarterOutcome.NOT_APPLICABLE]
    if language == "en":
        return english.lead(rated)
    counted: Counter[QuarterOutcome] = Counter(rated)
    if not rated:
        return "Aucun objectif n'était à évaluer ce trimestre."
    attained = counted[QuarterOutcome.ATTAINED]
    if attained == len(rated):
        return f"Les {len(rated)} objectifs évalués ce trimestre sont tous atteints."
    missed = ("ne l'est pas", "ne le sont pas") if attained else ("est non atteint", "sont non atteints")
    parts = [
        _said(attained, "est atteint", "sont atteints"),
        _said(counted[QuarterOutcome.NOT_ATTAINED], *missed),
        _said(counted[QuarterOutcome.RISK_ACCEPTED], "relève d'un risque accepté", "relèvent d'un risque accepté"),
    ]
    lacking = counted[QuarterOutcome.NOT_DEMONSTRATED]
    known = _joined(parts) if any(parts) else ""
    unproven = f"pour {lacking}, les preuves manquent" if lacking else ""
    said = " ; ".join(part for part in (known, unproven) if part)
    none = "" if attained else "aucun n'est atteint : "
    if lacking == len(rated):
        return f"Des {len(rated)} objectifs évalués ce trimestre, aucun n'est démontré : les preuves manquent."
    return f"Des {len(rated)} objectifs évalués ce trimestre, {none}{said}."


def _said(number: int, one: str, several: str) -> str:
    return "" if not number else f"{number} {one if number == 1 else several}"


# Beside a value of a register that was amended, and behind the sentence that rests on it.
FIRST_SAID = "d'abord {first}, modifié le {day}{by}"
KEY_AMENDED = "{id}, {key}, {first}"
AMENDED = "Inscriptions modifiées : {changes}."
CORRECTED = "Selon la correction du {day}{by} : {word}."
IN_TIME = "Sans ce qui a été inscrit après l'échéance ({entries}) : {word}."
ENTERED_AFTER = "{id}, le {day}{by}"
BY_NEW_ENTRY = "Selon l'inscription faite le {day}{by} : {word}."
BY_CORRECTION = "selon la correction : {word}"
MORE_AMENDED = "{number} autres modifications, dans les tableaux"

# Beside the word, where the convention can be read otherwise with another result.
OTHER_READING = "Autre lecture, {period} : {word}."
EACH_QUARTER, EACH_YEAR = "une fois par trimestre civil", "une fois par année civile"

# Why a day was not shown, or a part of it: never looked at, or not until noon, or no trial or exercise was ever made.
NOTHING_KEPT = (
    "constat manquant : rien de ce qui est enregistré ne montre, pour tout ou partie de ces jours, si l'objectif était"
    " atteint."
)
# A result is what its author entered: one that took too long is entered as a success, and stands beside «non atteint».
EXERCISES = (
    "Selon le registre. Un exercice ne compte comme test de reprise que s'il a réussi et atteint les deux objectifs, de"
    " point et de temps de reprise."
)
TOO_SLOW_FOR_A_TEST = "{result} ; ne compte pas comme test : plus de {limit} de restauration"
TOO_OLD_FOR_A_TEST = "{result} ; ne compte pas comme test : données de plus de {limit}"
TOO_VAGUE_FOR_A_TEST = "{result} ; ne compte pas comme test : dates ou durée trop imprécises"
NO_TEST: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.TOO_SLOW: TOO_SLOW_FOR_A_TEST,
        Reason.TOO_OLD: TOO_OLD_FOR_A_TEST,
        Reason.INCOMPLETE: TOO_VAGUE_FOR_A_TEST,
    }
)
PERIMETERS: Mapping[str | None, str] = MappingProxyType(
    {"own": "propre au bénéficiaire", "mutualised": "mutualisé", None: "non déclaré"}
)
# Of an agreement that was amended, or that has no effect any more.
EARLIER_FORM = "tel qu'inscrit jusqu'au {day}"
ACCEPTED_BEFORE = "{remark} ; {days} sous risque accepté auparavant, {span}"
NO_SIGNATORY = "aucun signataire n'était déclaré à son inscription"
WORST_OF_A_DAY = "Un jour n'est « atteint » que si tous les éléments suivis le sont."
HELD_EVERY_DAY = "Atteint chaque jour attendu pour : {names}."
EACH_OF = "{number} éléments, pour chacun : {names}"
TREND = "Sur quatre trimestres : {quarters}."
DEMONSTRATION = "Démonstration : le site de chaque copie est cru sur parole. "
ORDINALS = ("1er", "2e", "3e", "4e")


def quarter_name(quarter: Quarter, language: Language = "fr") -> str:
    """Return a quarter in words, such as «4e trimestre 2026»."""
    if language == "en":
        return f"quarter {quarter.number} of {quarter.year}"
    return f"{ORDINALS[quarter.number - 1]} trimestre {quarter.year}"


def short_quarter(quarter: Quarter, language: Language = "fr") -> str:
    """Return a quarter in few letters, such as «T4 2026» or “Q4 2026”."""
    return f"{'T' if language == 'fr' else 'Q'}{quarter.number} {quarter.year}"


def month_name(when: date, language: Language = "fr") -> str:
    """Return a day's month in words, such as «octobre»."""
    return MONTHS[language].split()[when.month - 1]


def short_month(when: date, language: Language = "fr") -> str:
    """Return a day's month in few letters, such as «oct.»."""
    return SHORT_MONTHS[language].split()[when.month - 1]


def spread(numbers: Sequence[int], language: Language = "fr") -> str:
    """Return how many days of a month some are, between which two: «14 jours entre le 2 et le 30»."""
    first, last = ("1er" if one == 1 and language == "fr" else str(one) for one in (numbers[0], numbers[-1]))
    said = translated("{days} entre le {first} et le {last}", language)
    return said.format(days=count(len(numbers), "jour", "jours", language), first=first, last=last)


def of_month(name: str) -> str:
    """Return a month's name after the French preposition: «d'octobre 2026», «de mai 2026»."""
    return f"d'{name}" if name[:1] in "ao" else f"de {name}"


def span(first: date, last: date, language: Language = "fr") -> str:
    """Return some days in words: one day, days of one month, or from one date to another."""
    if language == "en":
        return english.span(first, last)
    if first == last:
        return f"le {day(first, 'fr')}"
    begins = "1er" if first.day == 1 else str(first.day)
    if last.day - first.day == 1 and (first.year, first.month) == (last.year, last.month):
        return f"les {begins} et {day(last, 'fr')}"
    if (first.year, first.month) == (last.year, last.month):
        return f"du {begins} au {day(last, 'fr')}"
    same_year = first.year == last.year
    return f"du {begins} {month_name(first)}{'' if same_year else f' {first.year}'} au {day(last, 'fr')}"


HYPOTHETICAL = "{word} si l'accord inscrit le {day} l'avait été à sa date"


def hypothetical(outcome: QuarterOutcome, entered_on: date, language: Language = "fr") -> str:
    """Return the word that a target would have if an agreement had been entered on its own date."""
    word = translated(OUTCOMES[outcome][1], language)
    return translated(HYPOTHETICAL, language).format(word=word, day=day(entered_on, language))


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


def outcome_word(id: str | None, language: Language = "fr") -> str:
    """Return the word of an outcome by its id, as it was kept, between quotation marks."""
    word = translated(OUTCOMES[None if id is None else QuarterOutcome(id)][1], language)
    return f"« {word} »" if language == "fr" else f"“{word}”"
