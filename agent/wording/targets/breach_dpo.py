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
        fr="Prévenir le DPO, puis sudo beffroi register amend breach breach-1 dpo_informed=$(date -Iminutes).",
        en="Inform the DPO, then sudo beffroi register amend breach breach-1 dpo_informed=$(date -Iminutes).",
    ),
    frame=Frame(
        iso="5.34 protection des données personnelles ; 5.26",
        anssi="40 gestion des incidents",
        cnil="fiche 19 ; RGPD, art. 33(2) et 33(5)",
    ),
    due=Due(
        one="violation de données était à signaler",
        several="violations de données étaient à signaler",
        none="aucune violation de données n'était à signaler",
        done="signalée dans le délai",
        all_done="toutes signalées dans le délai",
    ),
    phrases=EVENTS,
)
