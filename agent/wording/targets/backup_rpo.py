"""backup-rpo: what is said of it (convention, article 5)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.backups import RECOVERY_POINT
from agent.wording.phrases.copies import SUSPICIONS
from agent.wording.reasons.of_backups import OF_BACKUPS

TARGET = TargetWords(
    title=Words(fr="Sauvegarde quotidienne", en="Daily backup"),
    says=Words(
        fr="Sauvegardes quotidiennes, visant un objectif de point de reprise de 24 heures (article 5).",
        en="Daily backups; a recovery point objective of 24 hours (article 5).",
    ),
    measured=Words(
        fr="Âge du plus récent point de reprise réellement présent hors site, ou du témoin qu'il contient.",
        en="Age of the newest recovery point that is really there off site, or of the canary inside it.",
    ),
    mend=Words(
        fr="Relancer la sauvegarde, lire son journal, vérifier l'envoi, puis sudo beffroi check --target backup-rpo.",
        en="Run the backup again, read its log, check the sending, then sudo beffroi check --target backup-rpo.",
    ),
    frame=Frame(
        iso=Words(fr="8.13 sauvegarde des informations", en="8.13 information backup"),
        anssi=Words(fr="37 politique de sauvegarde", en="37 backup policy"),
        cnil=Words(fr="fiche 17 ; RGPD, art. 32", en="sheet 17; GDPR, art. 32"),
    ),
    held=Words(
        fr="une sauvegarde assez récente était présente hors site", en="a recent enough backup was present off site"
    ),
    phrases={**RECOVERY_POINT, **SUSPICIONS},
    reasons=OF_BACKUPS,
)
