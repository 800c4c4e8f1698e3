"""backup-offsite: what is said of it (convention, article 5)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.backups import COPY
from agent.wording.phrases.copies import COPIES
from agent.wording.reasons.of_backups import OF_BACKUPS

TARGET = TargetWords(
    title=Words(fr="Copie hors site intacte", en="Intact off-site copy"),
    says=Words(fr="Les sauvegardes sont copiées hors site (article 5).", en="Backups are copied off site (article 5)."),
    measured=Words(
        fr="Pour chaque copie : autre site, dans l'EEE, point récent, vérifiée depuis "
        "7 jours au plus, relue en entier en 90 jours.",
        en="For each copy: another site, in the EEA, a recent point, verified "
        "within 7 days, wholly re-read within 90 days.",
    ),
    mend=Words(
        fr="Lancer sudo beffroi verify sur la copie ; vérifier l'envoi hors site et la place qui reste au dépôt.",
        en="Run sudo beffroi verify on the copy; check the sending off site and the room left in the repository.",
    ),
    frame=Frame(
        iso=Words(fr="8.13 sauvegarde ; 8.14 redondance", en="8.13 information backup; 8.14 redundancy"),
        anssi=Words(fr="37 politique de sauvegarde", en="37 backup policy"),
        cnil=Words(fr="fiche 17 ; RGPD, art. 32 et 44", en="sheet 17; GDPR, art. 32 and 44"),
    ),
    thresholds=Words(
        fr="autre site que la source, dans l'EEE ; vérifiée depuis 7 j au plus, relue en entier depuis 90 j au plus",
        en="another site than the source, within the EEA; verified within 7 d, read in full within 90 d",
    ),
    held=Words(
        fr="les copies hors site étaient récentes{verified}",
        en="the off-site copies were recent{verified}",
    ),
    phrases={**COPY, **COPIES},
    reasons=OF_BACKUPS,
)
