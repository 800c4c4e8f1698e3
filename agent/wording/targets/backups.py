"""The targets on backups (convention, articles 5 and 6)."""

from agent.wording.entries import TargetWords
from agent.wording.languages import Words

BACKUPS = {
    "backup-rpo": TargetWords(
        title=Words(fr="Sauvegarde quotidienne", en="Daily backup"),
        says=Words(
            fr="Sauvegardes quotidiennes ; perte de données maximale admise de 24 heures (article 5).",
            en="Daily backups; a recovery point objective of 24 hours (article 5).",
        ),
        measured=Words(
            fr="Âge du plus récent point de reprise réellement présent hors site, ou du témoin qu'il contient.",
            en="Age of the newest recovery point that is really there off site, or of the canary inside it.",
        ),
        mend=Words(
            fr="Relancer la sauvegarde, vérifier son journal et l'envoi hors site, "
            "puis beffroi check --target backup-rpo.",
            en="Run the backup again, read its log, check the sending off site, "
            "then beffroi check --target backup-rpo.",
        ),
    ),
    "backup-offsite": TargetWords(
        title=Words(fr="Copie hors site intacte", en="Intact off-site copy"),
        says=Words(
            fr="Les sauvegardes sont copiées hors site (article 5).",
            en="Backups are copied off site (article 5).",
        ),
        measured=Words(
            fr="Pour chaque copie : autre site, dans l'EEE, point récent, vérifiée depuis "
            "7 jours au plus, relue en entier en 90 jours.",
            en="For each copy: another site, in the EEA, a recent point, verified "
            "within 7 days, wholly re-read within 90 days.",
        ),
        mend=Words(
            fr="Lancer beffroi verify sur la copie ; vérifier l'envoi hors site et la place qui reste au dépôt.",
            en="Run beffroi verify on the copy; check the sending off site and the room left in the repository.",
        ),
    ),
    "backup-rto": TargetWords(
        title=Words(fr="Délai de restauration", en="Time to restore"),
        says=Words(
            fr="Délai maximal de reprise de 48 heures (article 5).",
            en="A recovery time objective of 48 hours (article 5).",
        ),
        measured=Words(
            fr="Durée d'une restauration complète : mesurée par un exercice, sinon estimée avec une borne haute.",
            en="Time of a full restore: measured by an exercise, else estimated with an upper bound.",
        ),
        mend=Words(
            fr="Faire un exercice de restauration complet et l'inscrire au registre recovery-test.",
            en="Run a full restore exercise and enter it in the register recovery-test.",
        ),
    ),
    "recovery-test": TargetWords(
        title=Words(fr="Test de reprise annuel", en="Yearly recovery test"),
        says=Words(
            fr="Le plan de reprise est testé, en principe une fois par an (article 5).",
            en="The recovery plan is tested, in principle once a year (article 5).",
        ),
        measured=Words(
            fr="Temps écoulé depuis le dernier exercice réussi, qui donne l'âge des données restaurées et la durée.",
            en="Time since the last successful exercise that gives both the age "
            "of the data restored and the time taken.",
        ),
        mend=Words(
            fr="Faire l'exercice, puis beffroi register add recovery-test.",
            en="Run the exercise, then beffroi register add recovery-test.",
        ),
    ),
    "backup-lifecycle": TargetWords(
        title=Words(fr="Durée de conservation des sauvegardes", en="Retention of backups"),
        says=Words(
            fr="Les sauvegardes suivent le cycle de vie des données : rien n'est "
            "gardé au-delà de la durée fixée (article 6).",
            en="Backups follow the data's life cycle: nothing is kept beyond the retention fixed (article 6).",
        ),
        measured=Words(
            fr="Âge du plus ancien point de reprise encore présent, comparé à la durée de conservation fixée.",
            en="Age of the oldest recovery point still there, compared with the retention fixed.",
        ),
        mend=Words(
            fr="Appliquer la purge prévue (restic forget --prune) depuis la machine qui en a la charge.",
            en="Apply the agreed pruning (restic forget --prune) from the machine in charge of it.",
        ),
    ),
}
