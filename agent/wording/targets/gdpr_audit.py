"""gdpr-audit: what is said of it (convention, article 6)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.registers import PERIODIC

TARGET = TargetWords(
    title=Words(fr="Audit RGPD", en="GDPR audit"),
    says=Words(
        fr="Audit possible tous les trois ans, un par an au plus (article 6).",
        en="An audit may be run every three years, at most one a year (article 6).",
    ),
    measured=Words(
        fr="Âge du dernier audit inscrit, à titre d'information.", en="Age of the last audit entered, for information."
    ),
    mend=Words(
        fr="Après un audit : sudo beffroi register add audit.", en="After an audit: sudo beffroi register add audit."
    ),
    frame=Frame(
        iso=Words(fr="5.34 ; 5.35 revue indépendante ; 5.22", en="5.34; 5.35 independent review; 5.22"),
        anssi=Words(fr="3 infogérance", en="3 outsourcing"),
        cnil=Words(fr="fiche 14 ; RGPD, art. 28(3)h", en="sheet 14; GDPR, art. 28(3)(h)"),
    ),
    phrases=PERIODIC,
)
