"""What is said of backups and their copies, where the general phrase of a reason would be too vague."""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases import Phrases

BACKUPS: Mapping[tuple[str, Reason], Phrases] = {
    ("backup-rpo", Reason.WITHIN_LIMIT): (
        Words(
            fr="le dernier point de reprise hors site date de {value} (objectif : {limit})",
            en="the newest recovery point off site is {value} old (objective: {limit})",
        ),
    ),
    ("backup-rpo", Reason.TOO_OLD): (
        Words(
            fr="le dernier point de reprise hors site date de {value} (objectif : {limit})",
            en="the newest recovery point off site is {value} old (objective: {limit})",
        ),
    ),
    ("backup-rpo", Reason.ABSENT): (
        Words(fr="aucun point de reprise dans la copie {copy}", en="no recovery point in the copy {copy}"),
    ),
    ("backup-offsite", Reason.TOO_OLD): (
        Words(
            fr="le dernier point de reprise de cette copie date de {value} (objectif : {limit})",
            en="the newest recovery point of this copy is {value} old (objective: {limit})",
        ),
    ),
}

# What the look at a copy's integrity says of itself; the look at its list of points has the general phrases.
VERIFIER = "restic_check"
VERIFICATION: Mapping[Reason, Phrases] = {
    Reason.NOT_RUN: (
        Words(
            fr="l'intégrité de cette copie n'a encore jamais été vérifiée",
            en="the integrity of this copy has never been verified yet",
        ),
    ),
    Reason.STALE_EVIDENCE: (
        Words(
            fr="la dernière vérification date de {evidence_age} (il en faut une de moins de {evidence_limit})",
            en="the last verification was {evidence_age} ago (one within {evidence_limit} is needed)",
        ),
    ),
    Reason.UNREACHABLE: (
        Words(
            fr="la copie était injoignable pendant sa vérification",
            en="the copy could not be reached while it was verified",
        ),
    ),
    Reason.TIMED_OUT: (Words(fr="la vérification n'a pas fini à temps", en="the verification did not end in time"),),
    Reason.UNREADABLE: (
        Words(
            fr="des fichiers de cette copie n'ont pas pu être lus pour les vérifier",
            en="some files of this copy could not be read to be verified",
        ),
    ),
    Reason.DENIED: (
        Words(
            fr="l'accès à des fichiers de cette copie a été refusé à la vérification",
            en="the verification was refused access to files of this copy",
        ),
    ),
}
