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
    ("backup-offsite", Reason.NOT_RUN): (
        Words(
            fr="l'intégrité de cette copie n'a encore jamais été vérifiée",
            en="the integrity of this copy has never been verified yet",
        ),
    ),
}
