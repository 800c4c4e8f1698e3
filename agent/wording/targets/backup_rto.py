"""backup-rto: what is said of it (convention, article 5)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.restores import RESTORE_TIME
from agent.wording.reasons.of_backups import OF_BACKUPS

TARGET = TargetWords(
    title=Words(fr="Délai de restauration", en="Time to restore"),
    says=Words(
        fr="Restauration visant un objectif de temps de reprise de 48 heures (article 5).",
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
    frame=Frame(
        iso="5.29, 5.30 continuité d'activité ; 8.13",
        anssi="37 politique de sauvegarde",
        cnil="fiche 18 ; RGPD, art. 32(1)c",
    ),
    held="la durée de restauration, mesurée ou estimée, tenait dans le délai",
    phrases=RESTORE_TIME,
    reasons=OF_BACKUPS,
)
