"""breach-dpo: what is said of it (convention, article 6)."""

from agent.wording.entries import Due, Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.registers import EVENTS

TARGET = TargetWords(
    title=Words(fr="Violation de données signalée au DPO", en="Data breach signalled to the DPO"),
    says=Words(
        fr="Violation de données personnelles signalée au DPO, dans un délai maximal de vingt-quatre heures après sa "
        "détection (article 6).",
        en="A personal-data breach is signalled to the DPO within at most twenty-four hours of its detection "
        "(article 6).",
    ),
    measured=Words(
        fr="Heures entre la détection et le signalement au DPO.", en="Hours from detection until the DPO is informed."
    ),
    mend=Words(
        fr="Prévenir le DPO, puis sudo beffroi register amend breach ID dpo_informed=$(date -Iminutes).",
        en="Inform the DPO, then sudo beffroi register amend breach ID dpo_informed=$(date -Iminutes).",
    ),
    frame=Frame(
        iso=Words(fr="5.34 protection des données personnelles ; 5.26", en="5.34 protection of PII; 5.26"),
        anssi=Words(fr="40 gestion des incidents", en="40 incident management"),
        cnil=Words(fr="fiche 19 ; RGPD, art. 33(2) et 33(5)", en="sheet 19; GDPR, art. 33(2) and 33(5)"),
    ),
    due=Due(
        one=Words(fr="violation de données était à signaler", en="data breach had to be reported"),
        several=Words(fr="violations de données étaient à signaler", en="data breaches had to be reported"),
        none=Words(fr="aucune violation de données n'était à signaler", en="no data breach had to be reported"),
        done=Words(fr="signalée dans le délai", en="reported in time"),
        all_done=Words(fr="toutes signalées dans le délai", en="all reported in time"),
    ),
    phrases=EVENTS,
)
