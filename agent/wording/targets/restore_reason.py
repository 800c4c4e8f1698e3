"""restore-reason: what is said of it (convention, article 6)."""

from agent.wording.entries import Due, Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.restores import RESTORES
from agent.wording.reasons.of_backups import OF_BACKUPS

TARGET = TargetWords(
    title=Words(fr="Restaurations motivées", en="Restores with a reason"),
    says=Words(
        fr="Aucune restauration sans motif légitime documenté (article 6).",
        en="No restore without a documented legitimate reason (article 6).",
    ),
    measured=Words(
        fr="Part des restaurations inscrites (exercices, échantillons, saisies) qui ont un motif, un auteur et une "
        "date ; celle qui est faite à la main ailleurs sans être inscrite ne se voit pas d'ici.",
        en="Share of the restores entered (exercises, samples, by hand) that have a reason, an author and a date; "
        "one made by hand elsewhere and not entered is out of sight here.",
    ),
    mend=Words(
        fr='Compléter l\'inscription : sudo beffroi register amend restore ID reason="essai".',
        en='Complete the entry: sudo beffroi register amend restore ID reason="trial".',
    ),
    frame=Frame(
        iso=Words(fr="5.34 protection des données personnelles ; 8.13", en="5.34 protection of PII; 8.13"),
        anssi=Words(fr="37 politique de sauvegarde", en="37 backup policy"),
        cnil=Words(fr="fiche 17 ; RGPD, art. 5(2)", en="sheet 17; GDPR, art. 5(2)"),
    ),
    due=Due(
        one=Words(fr="restauration est inscrite", en="restore is entered"),
        several=Words(fr="restaurations sont inscrites", en="restores are entered"),
        none=Words(fr="aucune restauration n'est inscrite", en="no restore is entered"),
        done=Words(fr="avec son motif", en="with its reason"),
        all_done=Words(fr="toutes avec leur motif", en="all with their reason"),
    ),
    phrases=RESTORES,
    reasons=OF_BACKUPS,
)
