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
        iso=Words(fr="5.29, 5.30 continuité d'activité ; 8.13", en="5.29, 5.30 business continuity; 8.13"),
        anssi=Words(fr="37 politique de sauvegarde", en="37 backup policy"),
        cnil=Words(fr="fiche 18 ; RGPD, art. 32(1)c", en="sheet 18; GDPR, art. 32(1)(c)"),
    ),
    held=Words(
        fr="la durée de restauration, mesurée ou estimée, tenait dans le délai",
        en="the time to restore, measured or estimated, was within the limit",
    ),
    phrases=RESTORE_TIME,
    reasons=OF_BACKUPS,
)
