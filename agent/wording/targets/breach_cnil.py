"""breach-cnil: what is said of it (convention, article 6)."""

from agent.wording.entries import Due, Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.registers import EVENTS

TARGET = TargetWords(
    title=Words(fr="Violation de données notifiée à la CNIL", en="Data breach notified to the CNIL"),
    says=Words(
        fr="Notification à la CNIL lorsqu'elle est due, dans un délai de soixante-douze heures (article 6 ; "
        "RGPD, article 33).",
        en="Notification to the CNIL where it is due, within seventy-two hours (article 6; GDPR, article 33).",
    ),
    measured=Words(
        fr="Heures entre la détection et la notification, comptées depuis le point de départ le plus strict.",
        en="Hours from detection to notification, counted from the strictest start.",
    ),
    mend=Words(
        fr="Le DPO notifie, puis sudo beffroi register amend breach ID cnil_notified=$(date -Iminutes).",
        en="The DPO notifies, then sudo beffroi register amend breach ID cnil_notified=$(date -Iminutes).",
    ),
    frame=Frame(
        iso=Words(
            fr="5.34 protection des données personnelles ; 5.5 relations avec les autorités",
            en="5.34 protection of PII; 5.5 contact with authorities",
        ),
        anssi=Words(fr="40 gestion des incidents", en="40 incident management"),
        cnil=Words(fr="fiche 19 ; RGPD, art. 33(1) et 34", en="sheet 19; GDPR, art. 33(1) and 34"),
    ),
    due=Due(
        one=Words(fr="notification à la CNIL était due", en="notification to the CNIL was owed"),
        several=Words(fr="notifications à la CNIL étaient dues", en="notifications to the CNIL were owed"),
        none=Words(fr="aucune notification à la CNIL n'était due", en="no notification to the CNIL was owed"),
        done=Words(fr="faite dans le délai", en="made in time"),
        all_done=Words(fr="toutes faites dans le délai", en="all made in time"),
    ),
    phrases=EVENTS,
)
