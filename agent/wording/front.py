"""The words of a report's first page. French here; `translated` has the English of each."""

from collections.abc import Mapping
from types import MappingProxyType

from agent.accounting.quarter import QuarterOutcome
from agent.core.model import State
from agent.wording.languages import Language
from agent.wording.report import count
from agent.wording.translated import translated

OPEN_SINCE = "depuis le {day}, toujours ouvert"
CLOSED = "{days}, terminé depuis"
# Of a target of which something is watched no more whose last day seen was missed. It may have held later that day.
LEFT = "{days} ; {subjects} : plus suivi ensuite, non atteint le dernier jour constaté"
# Of days after which the quarter ended otherwise than met.
THEN = "{days} ; {word} depuis le {day}"
THEN_WORDS: Mapping[State, str] = MappingProxyType(
    {
        State.MISSED: "non atteint",
        State.UNPROVEN: "non démontré",
        State.ACCEPTED: "sous risque accepté",
    }
)
MADE_GOOD = "échéance du {due}, honorée le {done}"
MORE_LATE = "également en retard, dans le tableau de l'objectif : {number}"
# That it ran and could not write, or that what it wrote was lost, looks the same.
OUTAGE = "Le logiciel de mesure n'a rien enregistré {days} : le registre ne contient aucun contrôle de ces jours-là."
OUTAGE_OF_A_DAY = (
    "Le logiciel de mesure n'a rien enregistré {days} : le registre ne contient aucun contrôle de ce jour-là."
)
DAYS_MORE = "{days} autres jours"
# Of a quarter in which nothing was expected at first, and of a target that was expected on fewer days than others.
BEGINS = "Les objectifs évalués jour par jour ne le sont que depuis le {day} : les jours d'avant ne sont pas comptés."
FEWER_DAYS = "{counted} comptés sur {all}"
STOPPED = "aucun enregistrement"
NOTHING_KEPT = "constat manquant"
UNSIGNED = "mois ni signé ni renseigné"
SEEN = "constaté : {reasons}"
ENTERED = "selon le registre : {reasons}"
CAUSE = "selon le registre ({id}, le {day}{by}) : {cause}"
WITHOUT_ACCEPTANCE = "sans cette acceptation : {word}"
NO_FINDING = "aucun contrôle"
NO_ACTION = "sans action inscrite"
ACTION = "{action} ({owner}, {due}{late})"
# Of an action, a report for everyone says that it was entered, and its term.
ACTION_ENTERED = "une action est inscrite ({due}{late})"
OVERDUE = ", échéance dépassée"
NO_TREND, STABLE, BETTER, WORSE = "—", "= stable", "▲ mieux", "▼ moins bien"
ACCEPTED = (
    "{target}, {subject}, {days} ; signataire, selon le registre : {signer} ; préconisation écartée : {recommendation}."
)
NO_RECOMMENDATION = "non indiquée"
RENEW = "Reconduire ou non le risque accepté {id} ({target}, {subject}), qui prend fin le {until}."
RENEW_ENDED = "Reconduire ou non le risque accepté {id} ({target}, {subject}), qui a pris fin le {until}."
ACKNOWLEDGE = "Accuser réception de l'inscription {id} ({target}), du {entered}, ou la contester."
# What a beneficiary signed is for it to confirm: the provider entered it.
CONFIRM = "Confirmer le risque accepté {id} ({target}), inscrit au registre le {entered}, ou le contester."
OVERDUE_REVIEW = "{target} : une échéance est passée ; elle est à fixer avec le prestataire."
# Of what is open, a report for everyone gives the counts alone.
UNDISCLOSED = "non communicable"
COUNTS_OF_DAYS = "Sur {expected} jours attendus : {parts}."
COUNTS_DUE = "Sur {expected} cas : {parts}."
COUNTS_OR_MONTHS = "Sur {expected} cas ou mois sans signature ni inscription : {parts}."
NOTHING_DUE = "Aucune échéance n'est tombée dans la période."
RESTRICTED_DETAIL = (
    "Le détail n'est pas communicable (code des relations entre le public et l'administration, article L. 311-5) : il"
    " figure dans la version à diffusion restreinte."
)
# Of tables that may show what is open: what is closed among them would be for everyone.
TABLES_ELSEWHERE = (
    "Ce détail n'est pas donné ici, parce qu'il peut comporter des éléments non communicables (code des relations entre"
    " le public et l'administration, article L. 311-5) : il figure dans la version à diffusion restreinte."
)
OPEN_COUNTED = (
    "Objectifs pour lesquels un écart ou un risque accepté subsistait à la fin de la période ou du suivi, ou une"
    " démarche reste à faire : {number}. Leur détail n'est pas communicable (code des relations entre le public et"
    " l'administration, article L. 311-5) : seuls leurs décomptes sont donnés."
)
RISKS_COUNTED = "Risques acceptés pour des objectifs dont le détail n'est pas communicable : {number}."
DECISIONS_COUNTED = "Décisions attendues, énumérées dans la version à diffusion restreinte : {number}."
CONTEST = (
    "Un chiffre se conteste par écrit auprès du prestataire ; ce rapport ne fixe aucun délai pour cela. Une"
    " correction donne une nouvelle édition, qui dit ce qu'elle change ; à défaut d'accord, articles 4 et 10."
)

OTHERS: tuple[tuple[QuarterOutcome | None, str], ...] = (
    (QuarterOutcome.RISK_ACCEPTED, "Risques acceptés, selon le registre"),
    (QuarterOutcome.ATTAINED, "Objectifs atteints"),
    (QuarterOutcome.NOT_APPLICABLE, "Objectifs sans objet ce trimestre"),
    (None, "Autres suivis, à titre d'information"),
)

# By which targets' subjects each kind of thing is counted.
KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "machine": frozenset({"endpoint-protection", "patching", "strong-authentication"}),
        "sauvegarde": frozenset({"backup-rpo"}),
        "copie": frozenset({"backup-offsite"}),
        "source de journaux": frozenset({"log-retention"}),
        "flux": frozenset({"network-segmentation"}),
        "filtre web": frozenset({"web-filtering"}),
        "périmètre": frozenset({"vulnerability-scan"}),
    }
)
_SEVERAL = MappingProxyType(
    {
        "source de journaux": "sources de journaux",
        "flux": "flux déclarés",
        "filtre web": "filtres web",
    }
)


COVERAGE = (
    "Ces chiffres portent sur : {rests}. Postes de travail, Office 365 et téléphonie ne sont vus que si un export"
    " déclaré les décrit."
)
APART = (
    "Objectifs mesurés : {measured} sur {of_measured}. Objectifs déclarés (selon les registres, sauf la conservation"
    " des sauvegardes, qui est contrôlée) : {declared} sur {of_declared}."
)


def coverage(subjects: Mapping[str, int], language: Language = "fr") -> str:
    """Return what the figures are about, in one sentence, and what is out of sight."""
    counted = [
        count(number, kind, _SEVERAL.get(kind, f"{kind}s"), language) for kind, number in subjects.items() if number
    ]
    rests = ", ".join(counted) or translated("aucun élément déclaré", language)
    return translated(COVERAGE, language).format(rests=rests)


def apart(measured: tuple[int, int], declared: tuple[int, int], language: Language = "fr") -> str:
    """Return how many of how many targets are attained, those that are measured and those that are declared apart."""
    return translated(APART, language).format(
        measured=count(measured[0], "atteint", "atteints", language),
        of_measured=measured[1],
        declared=count(declared[0], "atteint", "atteints", language),
        of_declared=declared[1],
    )
