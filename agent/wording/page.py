"""The words of the status page that belong to the page itself: headings, column titles, explanations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.core.model import WORST_FIRST, State
from agent.wording.languages import Language
from agent.wording.quantities import PARIS, day, duration, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """Every fixed text of the page in one language."""

    title: str
    skip: str
    as_of: str
    demonstration: str
    provided_by: str
    in_short: str
    targets: str
    finding_count: tuple[str, str]
    targets_by_name: str
    promised: str
    objective: str
    no_objective: str
    quarter: str
    days: tuple[str, str]
    subject: str
    found: str
    since: str
    evidence: str
    no_evidence: str
    unknown: str
    not_yet: str
    not_yet_explained: str
    subjects: str
    no_longer: str
    others: str
    and_more: str
    clocks: str
    clocks_explained: str
    plan: str
    plan_explained: str
    not_watched: str
    not_watched_explained: str
    agent: str
    agent_well: str
    agent_absent: str
    agent_ill: str
    agent_ill_explained: str
    ledger: str
    loop: str
    collectors: str
    collector: str
    last_look: str
    last_success: str
    outcome: str
    succeeded: str
    failed: str
    never: str
    how_to_read: str
    meanings: tuple[tuple[State, str], ...]
    evidence_explained: str
    narrowed: str


FRENCH = PageWords(
    title="Objectifs de sécurité",
    skip="Aller aux objectifs",
    as_of="État au",
    demonstration="Démonstration : le site de chaque copie est cru sur parole.",
    provided_by="assuré par",
    in_short="En bref",
    targets="Les objectifs, les plus préoccupants d'abord",
    finding_count=("constat", "constats"),
    targets_by_name="Objectifs",
    promised="Promis",
    objective="Objectif",
    no_objective="sans seuil chiffré",
    quarter="Ce trimestre",
    days=("jour", "jours"),
    subject="Élément suivi",
    found="Constat",
    since="Depuis",
    evidence="Dernière preuve",
    no_evidence="aucune",
    unknown="inconnu",
    not_yet="Pas encore contrôlés",
    not_yet_explained="Aucun contrôle n'a encore porté sur ces objectifs : on ne peut rien affirmer.",
    subjects="Éléments suivis",
    no_longer="retiré de la configuration",
    others="Les autres éléments suivis, chacun sur sa page",
    and_more="et {count} de plus",
    clocks="Délais en cours",
    clocks_explained="Ce qui est inscrit aux registres et attend une suite, l'échéance la plus proche d'abord.",
    plan="Plan d'amélioration",
    plan_explained="Chaque objectif non atteint, qui y remédie et pour quand (registre « plan »).",
    not_watched="Non surveillé",
    not_watched_explained="Ce qui suit est là et aucun contrôle ne le regarde. Ce silence ne vaut pas conformité.",
    agent="Le logiciel de mesure",
    agent_well="Le logiciel de mesure fonctionne : les contrôles suivent leur rythme, "
    "et le registre des preuves s'écrit.",
    agent_absent="Cette page a été écrite à la demande, hors du service : elle ne dit pas si le service est en marche.",
    agent_ill="Le logiciel de mesure a un problème",
    agent_ill_explained="Tant qu'il dure, les constats ci-dessus peuvent ne plus être renouvelés, ou suivre "
    "l'ancienne configuration.",
    ledger="Dernière écriture au registre des preuves",
    loop="Dernier battement du logiciel",
    collectors="Contrôles",
    collector="Contrôle",
    last_look="Dernier passage",
    last_success="Dernier passage réussi",
    outcome="Résultat",
    succeeded="réussi",
    failed="en échec",
    never="jamais",
    how_to_read="Comment lire cette page",
    meanings=(
        (State.MISSED, "une preuve récente et datée montre que l'objectif n'est pas tenu."),
        (
            State.UNPROVEN,
            "rien ne le montre, ni dans un sens ni dans l'autre : contrôle impossible, refusé ou trop ancien.",
        ),
        (State.ACCEPTED, "le SCOTA, informé, a accepté ce risque par écrit ; ce qui est mesuré reste indiqué."),
        (State.MET, "une preuve récente et datée montre que l'objectif est tenu."),
        (State.NOT_APPLICABLE, "l'inventaire dit que l'objectif ne s'applique pas ici."),
    ),
    evidence_explained="« Dernière preuve » est le moment où le logiciel de mesure a regardé pour la "
    "dernière fois avec succès,"
    " non l'âge de ce qu'il a vu. L'état d'un objectif est le moins bon de ceux de ses éléments suivis.",
    narrowed="Cette page ne montre que ce qui concerne",
)

ENGLISH = PageWords(
    title="Security targets",
    skip="Skip to the targets",
    as_of="As of",
    demonstration="Demonstration: the site of each copy is taken on trust.",
    provided_by="provided by",
    in_short="In short",
    targets="The targets, most worrying first",
    finding_count=("finding", "findings"),
    targets_by_name="Targets",
    promised="Promised",
    objective="Objective",
    no_objective="no figure set",
    quarter="This quarter",
    days=("day", "days"),
    subject="Subject",
    found="What was found",
    since="Since",
    evidence="Newest evidence",
    no_evidence="none",
    unknown="unknown",
    not_yet="Not checked yet",
    not_yet_explained="No check has looked at these targets yet: nothing shows anything, one way or the other.",
    subjects="Subjects",
    no_longer="gone from the configuration",
    others="The other subjects, each on its page",
    and_more="and {count} more",
    clocks="Clocks that run",
    clocks_explained="What stands in the registers and waits for something, the nearest term first.",
    plan="Improvement plan",
    plan_explained="Each objective that is missed, who mends it and until when (register “plan”).",
    not_watched="Not watched",
    not_watched_explained="What follows is there and no check looks at it. Silence here is no conformity.",
    agent="The agent itself",
    agent_well="The agent works: checks keep their rhythm and the ledger of evidence is being written.",
    agent_absent="This page was written on demand, outside the service: it does not tell whether the agent runs.",
    agent_ill="The agent has a problem",
    agent_ill_explained="While it lasts, the findings above may not be renewed, or follow the former configuration.",
    ledger="Last entry in the ledger of evidence",
    loop="Last heartbeat of the agent",
    collectors="Checks",
    collector="Check",
    last_look="Last look",
    last_success="Last look that succeeded",
    outcome="Outcome",
    succeeded="succeeded",
    failed="failing",
    never="never",
    how_to_read="How to read this page",
    meanings=(
        (State.MISSED, "recent, dated evidence shows that the objective does not hold."),
        (State.UNPROVEN, "nothing shows either: the check could not run, was refused, or is too old."),
        (State.ACCEPTED, "SCOTA was told and accepted this risk in writing; what was measured stays shown."),
        (State.MET, "recent, dated evidence shows that the objective holds."),
        (State.NOT_APPLICABLE, "the inventory says that the objective does not apply here."),
    ),
    evidence_explained="“Newest evidence” is when the agent last looked with success, not the age of what it saw."
    " A target stands where the worst of its subjects stands.",
    narrowed="This page shows only what concerns",
)


def page_words(language: Language) -> PageWords:
    """Return the page's own words in one language."""
    return FRENCH if language == "fr" else ENGLISH


def clock_line(left: timedelta, due: date, language: Language) -> str:
    """Return how long a clock still runs, or how long it has run over; `due` is a day or an instant."""
    when = instant(due, language) if isinstance(due, datetime) else day(due, language)
    length = duration(abs(left), language)
    if language == "fr":
        return (
            f"reste {length}, échéance le {when}"
            if left >= timedelta(0)
            else f"dépassé de {length}, échéance le {when}"
        )
    return f"{length} left, due {when}" if left >= timedelta(0) else f"over by {length}, was due {when}"


def lead(targets: Mapping[State, int], language: Language) -> str:
    """Return the page's first sentence: how many targets stand badly; `targets` counts them by state."""
    counted = {state: targets.get(state, 0) for state in WORST_FIRST}
    judged = sum(counted.values()) - counted[State.NOT_APPLICABLE]
    if not sum(counted.values()):
        return "Aucun objectif n'est attendu." if language == "fr" else "No target is expected."
    sentence = _french_lead if language == "fr" else _english_lead
    return sentence(judged, counted[State.MISSED], counted[State.UNPROVEN], counted[State.ACCEPTED])


def _french_lead(judged: int, missed: int, unproven: int, accepted: int) -> str:
    if not judged:
        return "Aucun objectif ne s'applique."
    if missed:
        verb = "n'est pas atteint" if missed == 1 else "ne sont pas atteints"
        first = f"{missed} objectif{_s(missed)} sur {judged} {verb}"
        return (
            f"{first} ; {unproven} {'autre reste' if unproven == 1 else 'autres restent'} à démontrer."
            if unproven
            else f"{first}."
        )
    if unproven:
        verb = "n'est pas démontré" if unproven == 1 else "ne sont pas démontrés"
        return f"Aucun objectif n'est constaté non atteint, mais {unproven} sur {judged} {verb}."
    if accepted:
        return f"Tous les objectifs sont atteints, sauf {accepted} dont le risque a été accepté."
    return "L'objectif est atteint." if judged == 1 else f"Les {judged} objectifs sont atteints."


def _english_lead(judged: int, missed: int, unproven: int, accepted: int) -> str:
    if not judged:
        return "No target applies."
    if missed:
        first = f"{missed} target{_s(missed)} of {judged} {'is' if missed == 1 else 'are'} missed"
        return (
            f"{first}; {unproven} more {'remains' if unproven == 1 else 'remain'} to be proven."
            if unproven
            else f"{first}."
        )
    if unproven:
        return (
            f"No target is seen to be missed, but {unproven} of {judged} {'is' if unproven == 1 else 'are'} unproven."
        )
    if accepted:
        return f"All targets are met, but for {accepted} whose risk was accepted."
    return "The target is met." if judged == 1 else f"All {judged} targets are met."


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def ago(age: timedelta, language: Language) -> str:
    """Return how long ago something was, such as «il y a 5 min»; a moment ahead of this clock reads as now."""
    text = duration(max(age, timedelta(0)), language)
    return f"il y a {text}" if language == "fr" else f"{text} ago"


_SHORT_MONTHS = {
    "fr": ["janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


def short_instant(when: datetime, now: datetime, language: Language) -> str:
    """Return an instant in few letters, on the clocks of Paris, with its year where that is not the present one."""
    local = when.astimezone(PARIS)
    day = "1er" if language == "fr" and local.day == 1 else str(local.day)
    date = f"{day} {_SHORT_MONTHS[language][local.month - 1]}"
    if local.year != now.astimezone(PARIS).year:
        date = f"{date} {local.year}"
    return f"{date}, {local.hour} h {local.minute:02d}" if language == "fr" else f"{date}, {local:%H:%M}"


_BEFORE_A_MARK = re.compile(r" (?=[:;?!»%])")
_AFTER_A_QUOTE = re.compile(r"(?<=«) ")
_BEFORE_A_NUMBER = re.compile(r"(?<=\barticle) (?=\d)|(?<=\bn°) (?=\d)")
_BEFORE_A_UNIT = re.compile(r"(?<=\d) (?=(?:h|min|s|j|d|o|ko|Mo|Go|To|kB|MB|GB|TB|jours?|days?|heures|hours)\b)")


_WITHIN_A_DURATION = re.compile(r"(?<=\d\u00a0[hjd]) (?=\d)")


def typeset(text: str, language: Language) -> str:
    """Return the text with unbreakable spaces at its units and, in French, inside its punctuation."""
    text = _BEFORE_A_NUMBER.sub("\u00a0", _BEFORE_A_UNIT.sub("\u00a0", text))
    text = _WITHIN_A_DURATION.sub("\u00a0", text)
    if language == "fr":
        text = _AFTER_A_QUOTE.sub("\u00a0", _BEFORE_A_MARK.sub("\u00a0", text))
    return text
