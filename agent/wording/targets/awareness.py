"""awareness: what is said of it (convention, article 6)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.registers import PERIODIC

TARGET = TargetWords(
    title=Words(fr="Sensibilisation annuelle au RGPD", en="Yearly GDPR awareness"),
    says=Words(
        fr="Plan annuel de sensibilisation au RGPD (article 6).", en="A yearly GDPR awareness plan (article 6)."
    ),
    measured=Words(fr="Âge de la dernière session inscrite.", en="Age of the last session entered."),
    unmeasured=Words(
        fr="Le contenu du plan et ceux qui l'ont suivi : seule la date de la dernière session est comptée.",
        en="What the plan holds and who followed it: only the date of the last session is counted.",
    ),
    mend=Words(
        fr="Tenir la session, puis sudo beffroi register add awareness.",
        en="Hold the session, then sudo beffroi register add awareness.",
    ),
    frame=Frame(
        iso=Words(fr="6.3 sensibilisation et formation", en="6.3 awareness, education and training"),
        anssi=Words(fr="2 sensibiliser les utilisateurs", en="2 make users aware"),
        cnil=Words(fr="fiche 3 ; RGPD, art. 39", en="sheet 3; GDPR, art. 39"),
    ),
    held=Words(
        fr="une session de sensibilisation de moins d'un an était inscrite au registre",
        en="an awareness session less than a year old stood in the register",
    ),
    phrases=PERIODIC,
)
