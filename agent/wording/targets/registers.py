"""The targets that rest on registers and reminders (convention, articles 5.1, 6, 7, 8 and 9)."""

from agent.wording.entries import TargetWords
from agent.wording.languages import Words

REGISTERS = {
    "incident-report": TargetWords(
        title=Words(fr="Compte rendu des incidents majeurs", en="Report on major incidents"),
        says=Words(
            fr="Incident majeur : compte rendu au SCOTA dès que possible, en "
            "principe sous dix jours ouvrés (article 5.1).",
            en="Major incident: a report to SCOTA as soon as possible, in principle "
            "within ten working days (article 5.1).",
        ),
        measured=Words(
            fr="Jours ouvrés de la détection au compte rendu ; le jour de la détection ne compte pas.",
            en="Working days from detection to report; the day of detection is not counted.",
        ),
        mend=Words(
            fr="Envoyer le compte rendu, puis beffroi register amend incident ID reported=DATE.",
            en="Send the report, then beffroi register amend incident ID reported=DATE.",
        ),
    ),
    "breach-dpo": TargetWords(
        title=Words(fr="Violation de données signalée au DPO", en="Data breach signalled to the DPO"),
        says=Words(
            fr="Violation de données personnelles signalée au DPO (article 6).",
            en="A personal-data breach is signalled to the DPO (article 6).",
        ),
        measured=Words(
            fr="Heures entre la détection et le signalement au DPO.",
            en="Hours from detection until the DPO is informed.",
        ),
        mend=Words(
            fr="Prévenir le DPO, puis beffroi register amend breach ID dpo_informed=DATE.",
            en="Inform the DPO, then beffroi register amend breach ID dpo_informed=DATE.",
        ),
    ),
    "breach-cnil": TargetWords(
        title=Words(fr="Violation de données notifiée à la CNIL", en="Data breach notified to the CNIL"),
        says=Words(
            fr="Notification à la CNIL lorsqu'elle est due (article 6 ; RGPD, article 33).",
            en="Notification to the CNIL where it is due (article 6; GDPR, article 33).",
        ),
        measured=Words(
            fr="Heures entre la détection et la notification, comptées depuis le point de départ le plus strict.",
            en="Hours from detection to notification, counted from the strictest start.",
        ),
        mend=Words(
            fr="Le DPO notifie, puis beffroi register amend breach ID cnil_notified=DATE.",
            en="The DPO notifies, then beffroi register amend breach ID cnil_notified=DATE.",
        ),
    ),
    "restore-reason": TargetWords(
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
            fr="Compléter l'inscription : beffroi register amend restore ID reason=MOTIF.",
            en="Complete the entry: beffroi register amend restore ID reason=REASON.",
        ),
    ),
    "gdpr-audit": TargetWords(
        title=Words(fr="Audit RGPD", en="GDPR audit"),
        says=Words(
            fr="Audit possible tous les trois ans, un par an au plus (article 6).",
            en="An audit may be run every three years, at most one a year (article 6).",
        ),
        measured=Words(
            fr="Âge du dernier audit inscrit, à titre d'information.",
            en="Age of the last audit entered, for information.",
        ),
        mend=Words(
            fr="Après un audit : beffroi register add audit.",
            en="After an audit: beffroi register add audit.",
        ),
    ),
    "awareness": TargetWords(
        title=Words(fr="Sensibilisation annuelle au RGPD", en="Yearly GDPR awareness"),
        says=Words(
            fr="Plan annuel de sensibilisation au RGPD (article 6).",
            en="A yearly GDPR awareness plan (article 6).",
        ),
        measured=Words(
            fr="Âge de la dernière session inscrite.",
            en="Age of the last session entered.",
        ),
        mend=Words(
            fr="Tenir la session, puis beffroi register add awareness.",
            en="Hold the session, then beffroi register add awareness.",
        ),
    ),
    "storage-quota": TargetWords(
        title=Words(fr="Espace de stockage", en="Storage"),
        says=Words(
            fr="1 To de stockage compris dans le prix annuel (article 7).",
            en="1 TB of storage within the yearly price (article 7).",
        ),
        measured=Words(
            fr="Octets occupés par les sources du bénéficiaire, sauvegardes non comprises, à titre d'information.",
            en="Bytes used by the beneficiary's sources, backups apart, for information.",
        ),
        mend=Words(
            fr="Trier les données, ou convenir d'un autre volume.",
            en="Sort out the data, or agree on another volume.",
        ),
    ),
    "convention-review": TargetWords(
        title=Words(fr="Échéances de la convention", en="Dates of the convention"),
        says=Words(
            fr="Évaluation dans les six mois de la signature (article 9), préavis de trois "
            "mois (8), titre de recette au 30 octobre (7).",
            en="Evaluation within six months of signature (article 9), three months' "
            "notice (8), titre de recette by 30 October (7).",
        ),
        measured=Words(
            fr="Jours restants avant la prochaine échéance, comptés depuis la date de signature.",
            en="Days left until the next date, counted from the day of signature.",
        ),
        mend=Words(
            fr="Écrire la date de signature dans la configuration ([convention] signed), et tenir l'évaluation.",
            en="Write the day of signature in the configuration ([convention] signed); hold the evaluation session.",
        ),
    ),
}
