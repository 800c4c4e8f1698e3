"""convention-review: what is said of it (convention, article 9)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.registers import CONVENTION

TARGET = TargetWords(
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
    frame=Frame(
        iso=Words(fr="5.19, 5.20, 5.22 relations avec les fournisseurs", en="5.19, 5.20, 5.22 supplier relationships"),
        anssi=Words(fr="3 infogérance", en="3 outsourcing"),
        cnil=Words(fr="fiche 14 ; RGPD, art. 28", en="sheet 14; GDPR, art. 28"),
    ),
    phrases=CONVENTION,
)
