"""The words of the pages of a target and of a subject that belong to these pages: headings, labels, days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from agent.core.model import State
from agent.wording.languages import Language
from agent.wording.quantities import MONTHS, day
from agent.wording.states import state_count


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailPageWords:
    """Every fixed text of these pages in one language; a pair is the singular and the plural."""

    status_page: str
    skip: str
    other_language: str
    where: str
    state: str
    measured: str
    limit: str
    objective: str
    attainment: str
    since: str
    newest_evidence: str
    accepted_until: str
    excluded_until: str
    acknowledged: str
    adapted: str
    means: str
    why: str
    what_to_do: str
    check_again: str
    on_agent: str
    runbook: str
    last_days: str
    days_expected: tuple[str, str]
    no_day_expected: str
    by_event: str
    of_whole_target: str
    weekdays: tuple[str, ...]
    not_over: str
    not_expected_yet: str
    no_longer_expected: str
    excluded: tuple[str, str]
    late: str
    deviations: str
    earlier_ones: tuple[str, str]
    period: str
    reason: str
    evidence: str
    evidence_explained: str
    no_evidence: str
    entry: str
    gone: str
    from_to: str
    outcome: str
    succeeded: str
    failed: str
    host: str
    seen: str
    not_seen: str
    more: str
    depth: str
    facts: tuple[str, str]
    commands: tuple[str, str]
    was_run: str
    exit_status: str
    ledger_row: str
    row_of_verdict: str
    payload: str
    link: str
    asked: str
    quoted: str
    how_measured: str
    evidence_age: str
    subjects: str
    same_as_json: str
    absent: str
    absent_explained: str
    colon: str


FRENCH = DetailPageWords(
    status_page="Tous les objectifs",
    skip="Aller au constat",
    other_language="English",
    where="Vous êtes ici",
    state="Constat",
    measured="Mesuré",
    limit="Limite",
    objective="Objectif",
    attainment="Part des jours à atteindre",
    since="Depuis",
    newest_evidence="Dernière preuve",
    accepted_until="Risque accepté jusqu'au",
    excluded_until="Maintenance convenue jusqu'au",
    acknowledged="Alerte",
    adapted="objectif adapté, inscription",
    means="Ce que cela veut dire",
    why="Pourquoi c'est important",
    what_to_do="Que faire",
    check_again="Revoir et contrôler de nouveau",
    on_agent="sur la machine de l'agent",
    runbook="Fiche d'astreinte",
    last_days="Les 92 derniers jours",
    days_expected=("jour compté", "jours comptés"),
    no_day_expected="Aucun de ces jours n'est encore compté.",
    by_event="Cet objectif se compte par échéance, non par jour : le calendrier montre l'état de chaque jour.",
    of_whole_target="Un jour n'est « atteint » que si tous les éléments suivis le sont.",
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    not_over="en cours",
    not_expected_yet="pas encore attendu",
    no_longer_expected="plus attendu",
    excluded=("exclu", "exclus"),
    late="preuve tardive",
    deviations="Les jours qui ne sont pas atteints",
    earlier_ones=("période plus ancienne", "périodes plus anciennes"),
    period="Période",
    reason="Motif",
    evidence="La preuve",
    evidence_explained="Ce que le logiciel de mesure a lu, quand, et la ligne du registre où c'est scellé.",
    no_evidence="Aucune preuve ne soutient ce constat : c'est pourquoi il n'est pas « atteint ».",
    entry="Inscription au registre",
    gone="Ne se lit plus : effacé par la règle de conservation, jamais écrit, ou abîmé (voir beffroi ledger verify).",
    from_to="Quand",
    outcome="Résultat",
    succeeded="réussi",
    failed="en échec",
    host="Machine",
    seen="Relevé",
    not_seen="Non relevé",
    more="et {more} autres",
    depth="Profondeur",
    facts=("fait relevé", "faits relevés"),
    commands=("commande", "commandes"),
    was_run="Ce qui a été exécuté",
    exit_status="code de sortie",
    ledger_row="Ligne du registre des preuves",
    row_of_verdict="Dernière ligne où ce constat a été écrit",
    payload="Empreinte du contenu (SHA-256)",
    link="Maillon de la chaîne (SHA-256)",
    asked="Ce que demande la convention (résumé)",
    quoted="Texte de la convention, article {article}",
    how_measured="Comment c'est mesuré",
    evidence_age="Une preuve vaut",
    subjects="Les éléments suivis",
    same_as_json="Les mêmes données en JSON",
    absent="Rien de ce nom n'est suivi ici",
    absent_explained="L'adresse est erronée, ou ce nom n'est plus dans la configuration.",
    colon=" : ",
)

ENGLISH = DetailPageWords(
    status_page="All targets",
    skip="Skip to what was found",
    other_language="Français",
    where="You are here",
    state="Finding",
    measured="Measured",
    limit="Limit",
    objective="Objective",
    attainment="Share of days to be met",
    since="Since",
    newest_evidence="Newest evidence",
    accepted_until="Risk accepted until",
    excluded_until="Agreed maintenance until",
    acknowledged="Alert",
    adapted="objective adapted, entry",
    means="What it means",
    why="Why it counts",
    what_to_do="What to do",
    check_again="See and check again",
    on_agent="on the machine of the agent",
    runbook="Runbook",
    last_days="The last 92 days",
    days_expected=("day counted", "days counted"),
    no_day_expected="None of these days counts yet.",
    by_event="This target is counted by its terms, not by days: the calendar shows how each day stood.",
    of_whole_target="Each day is that of the worst subject.",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    not_over="not over yet",
    not_expected_yet="not expected yet",
    no_longer_expected="no longer expected",
    excluded=("excluded", "excluded"),
    late="late evidence",
    deviations="The days that are not met",
    earlier_ones=("earlier period", "earlier periods"),
    period="Period",
    reason="Reason",
    evidence="The evidence",
    evidence_explained="What the agent read, when, and the row of the ledger that seals it.",
    no_evidence="No evidence stands behind this finding: that is why it is not “met”.",
    entry="Entry of the register",
    gone="Cannot be read any more: erased by the rule of retention, never written, or damaged"
    " (see beffroi ledger verify).",
    from_to="When",
    outcome="Outcome",
    succeeded="succeeded",
    failed="failed",
    host="Host",
    seen="Seen",
    not_seen="Not seen",
    more="and {more} more",
    depth="Depth",
    facts=("fact seen", "facts seen"),
    commands=("command", "commands"),
    was_run="What was run",
    exit_status="exit status",
    ledger_row="Row of the ledger of evidence",
    row_of_verdict="Last row in which this finding was written",
    payload="Digest of the content (SHA-256)",
    link="Link of the chain (SHA-256)",
    asked="What the convention asks (summary)",
    quoted="The convention's own words, article {article}",
    how_measured="How it is measured",
    evidence_age="Evidence holds for",
    subjects="The subjects",
    same_as_json="The same data as JSON",
    absent="Nothing of that name is watched here",
    absent_explained="The address is wrong, or the name is no longer in the configuration.",
    colon=": ",
)

# How deep a verification looked (docs/verification.md).
DEPTHS = {
    "fr": {
        "listed": "listé",
        "structure": "structure relue",
        "sampled": "une part des octets stockés, relue et hachée",
        "hashed": "chaque octet stocké, relu et haché",
        "restored": "restauré",
    },
    "en": {
        "listed": "listed",
        "structure": "structure read",
        "sampled": "a share of the stored bytes read and hashed",
        "hashed": "every stored byte read and hashed",
        "restored": "restored",
    },
}


def detail_page_words(language: Language) -> DetailPageWords:
    """Return these pages' own words in one language."""
    return FRENCH if language == "fr" else ENGLISH


def month_and_year(when: date, language: Language) -> str:
    """Return the month of a day, such as «novembre 2026»."""
    return f"{MONTHS[language].split()[when.month - 1]} {when.year}"


def days_in_words(first: date, last: date, language: Language) -> str:
    """Return one day, or the first and the last of several in a row, such as «3 – 7 mars 2026»."""
    if first == last:
        return day(first, language)
    if (first.year, first.month) != (last.year, last.month):
        return f"{day(first, language)} – {day(last, language)}"
    begins = "1er" if language == "fr" and first.day == 1 else str(first.day)
    return f"{begins} – {day(last, language)}"


def subjects_in_words(counts: Mapping[State, int], language: Language) -> str:
    """Return how a target's subjects stand, such as «1 non atteint, sur 3 éléments suivis.», worst first."""
    total = sum(counts.values())
    said = ", ".join(state_count(state, count, language) for state, count in counts.items() if count)
    if language == "fr":
        return f"{said}, sur {total} {'éléments suivis' if total > 1 else 'élément suivi'}."
    return f"{said}, of {total} subject{'s' if total > 1 else ''}."


def findings_in_words(counts: Mapping[State, int], language: Language) -> str:
    """Return how a host's findings stand, such as «1 non atteint, 2 atteints, sur 3 constats.», worst first."""
    total = sum(counts.values())
    said = ", ".join(state_count(state, count, language) for state, count in counts.items() if count)
    if language == "fr":
        return f"{said}, sur {total} constat{'s' if total > 1 else ''}."
    return f"{said}, of {total} finding{'s' if total > 1 else ''}."
