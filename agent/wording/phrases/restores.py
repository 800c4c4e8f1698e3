"""What is said of restores: how long they take, when the last exercise was, and whether each one has its reason.

The slots are what checks/backup_rto.py, checks/recovery_test.py and checks/restore_reason.py tell about their findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When
from agent.wording.phrases.registers import PERIODIC

_ESTIMATED: Phrases = (
    Words(
        fr="une restauration complète prendrait au plus {value}, estimé à 95 % d'après {draws} restaurations "
        "partielles et calé sur {calibrated_by} (objectif : {limit})",
        en="a full restore would take {value} at the most, estimated at 95 % from {draws} partial restores "
        "and set by {calibrated_by} (objective: {limit})",
    ),
    Words(
        fr="une restauration complète prendrait au plus {value}, estimé à 95 % d'après {draws} restaurations "
        "partielles (objectif : {limit})",
        en="a full restore would take {value} at the most, estimated at 95 % from {draws} partial restores "
        "(objective: {limit})",
    ),
)

RESTORE_TIME: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="une restauration complète prend {value}, mesuré le {performed} (objectif : {limit})",
            en="a full restore takes {value}, measured {performed} (objective: {limit})",
        ),
        *_ESTIMATED,
    ),
    Reason.ON_COURSE: (
        Words(
            fr="une restauration complète n'est pas encore estimée ({draws} restaurations partielles mesurées, "
            "il en faut {draws_needed})",
            en="a full restore is not estimated yet ({draws} partial restores timed, {draws_needed} are needed)",
        ),
    ),
    Reason.TOO_SLOW: (
        Words(
            fr="une restauration complète prend {value}, mesuré le {performed} (objectif : {limit})",
            en="a full restore takes {value}, measured {performed} (objective: {limit})",
        ),
        *_ESTIMATED,
    ),
    Reason.INCOMPLETE: (
        Words(
            fr="le dernier exercice complet, du {performed}, a échoué ({entry})",
            en="the last full exercise, of {performed}, failed ({entry})",
        ),
    ),
    Reason.NOT_RUN: (
        When(
            known="register",
            fr="aucun exercice de restauration complet n'a encore été fait",
            en="no full restore exercise has been made yet",
        ),
    ),
    Reason.STALE_EVIDENCE: (
        When(
            known="performed",
            fr="le dernier exercice complet, du {performed}, date de {evidence_age} "
            "(il en faut un de moins de {evidence_limit})",
            en="the last full exercise, of {performed}, was {evidence_age} ago (one within {evidence_limit} is needed)",
        ),
    ),
}

FAILED: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="l'exercice du {short} n'a pas atteint les objectifs ; le dernier qui les a atteints date du "
            "{performed} ({value}, objectif : {limit})",
            en="the exercise of {short} did not attain the objectives; the last one that did was {performed} "
            "({value}, objective: {limit})",
        ),
        Words(
            fr="l'exercice du {failed} a échoué ; le dernier réussi date du {performed} ({value}, objectif : {limit})",
            en="the exercise of {failed} failed; the last one that succeeded was {performed} "
            "({value}, objective: {limit})",
        ),
    ),
    Reason.OVERDUE: (
        Words(
            fr="l'exercice du {failed} a échoué ; le dernier réussi date du {performed} ({value}, objectif : {limit}) "
            "et c'était dû le {due}",
            en="the exercise of {failed} failed; the last one that succeeded was {performed} "
            "({value}, objective: {limit}), and it was due {due}",
        ),
        Words(
            fr="l'exercice du {failed} a échoué et aucun n'a jamais réussi ; c'était dû le {due}",
            en="the exercise of {failed} failed and none ever succeeded; it was due {due}",
        ),
    ),
    Reason.ON_COURSE: (
        Words(
            fr="l'exercice du {failed} a échoué ; le premier réussi est dû le {due} au plus tard",
            en="the exercise of {failed} failed; the first that succeeds is due {due} at the latest",
        ),
    ),
}
# Both objectives, of point and of time, are those in force on the day of the exercise.
SHORT: Mapping[Reason, Phrases] = {
    Reason.TOO_SLOW: (
        Words(
            fr="l'exercice du {performed} a restauré en {value}, au-delà de l'objectif de durée ({limit})",
            en="the exercise of {performed} took {value} to restore, beyond the time objective ({limit})",
        ),
    ),
    Reason.TOO_OLD: (
        Words(
            fr="l'exercice du {performed} a restauré un point âgé de {value}, au-delà de l'objectif de point ({limit})",
            en="the exercise of {performed} restored a point {value} old, beyond the point objective ({limit})",
        ),
    ),
    Reason.INCOMPLETE: (
        Words(
            fr="les dates et la durée inscrites pour l'exercice du {performed} ne disent pas s'il a atteint les "
            "objectifs",
            en="the dates and the time entered for the exercise of {performed} do not tell whether it attained the "
            "objectives",
        ),
    ),
}
EXERCISE: Mapping[Reason, Phrases] = {
    **{reason: (*FAILED.get(reason, ()), *phrases) for reason, phrases in PERIODIC.items() if reason in FAILED},
    **SHORT,
}

# Convention, article 6: what no one enters leaves no trace that the agent could find.
OUT_OF_SIGHT = Words(
    fr=" ; une restauration faite à la main ailleurs, sans être inscrite, échappe à ce contrôle",
    en="; a restore made by hand elsewhere and not entered is out of sight here",
)
RESTORES: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="chaque restauration inscrite (exercices, échantillons, saisies) a son motif et son auteur "
            "({restores} au total)" + OUT_OF_SIGHT.fr,
            en="each restore that was entered (exercises, samples, by hand) has its reason and its author "
            "({restores} in all)" + OUT_OF_SIGHT.en,
        ),
    ),
    Reason.INCOMPLETE: (
        Words(
            fr="{entry} n'a pas de motif ou pas d'auteur ({restores} restaurations au total)",
            en="{entry} has no reason or no author ({restores} restores in all)",
        ),
    ),
    Reason.NOT_EXPECTED: (
        Words(
            fr="aucune restauration (exercice, échantillon, saisie) n'est inscrite pour {month}" + OUT_OF_SIGHT.fr,
            en="no restore (exercise, sample, by hand) was entered for {month}" + OUT_OF_SIGHT.en,
        ),
    ),
}
