"""backup-lifecycle: what is said of it (convention, article 6)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.copies import LIFECYCLE
from agent.wording.reasons.of_backups import OF_BACKUPS

TARGET = TargetWords(
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
    frame=Frame(
        iso=Words(fr="8.10 suppression des informations ; 8.13", en="8.10 information deletion; 8.13"),
        anssi=Words(fr="37 politique de sauvegarde", en="37 backup policy"),
        cnil=Words(fr="RGPD, art. 5(1)e", en="GDPR, art. 5(1)(e)"),
    ),
    held=Words(
        fr="aucune sauvegarde n'était gardée au-delà de la durée fixée",
        en="no backup was kept beyond the retention set",
    ),
    phrases=LIFECYCLE,
    reasons=OF_BACKUPS,
)
