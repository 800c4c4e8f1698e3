"""incident-report: what is said of it (convention, article 5.1)."""

from agent.wording.entries import Due, Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.registers import EVENTS

TARGET = TargetWords(
    title=Words(fr="Compte rendu des incidents majeurs", en="Report on major incidents"),
    says=Words(
        fr="Incident majeur : compte rendu au SCOTA dès que possible, en principe sous dix jours ouvrés (article 5.1).",
        en="Major incident: a report to SCOTA as soon as possible, in principle within ten working days (article 5.1).",
    ),
    measured=Words(
        fr="Jours ouvrés de la détection au compte rendu ; le jour de la détection ne compte pas.",
        en="Working days from detection to report; the day of detection is not counted.",
    ),
    unmeasured=Words(
        fr="« Dès que possible » : seul le délai de dix jours ouvrés est compté.",
        en="“As soon as possible”: only the ten working days are counted.",
    ),
    mend=Words(
        fr="Envoyer le compte rendu, puis sudo beffroi register amend incident ID reported=$(date -Iminutes).",
        en="Send the report, then sudo beffroi register amend incident ID reported=$(date -Iminutes).",
    ),
    frame=Frame(
        iso=Words(fr="5.24 à 5.28 gestion des incidents ; 6.8", en="5.24 to 5.28 incident management; 6.8"),
        anssi=Words(fr="40 gestion des incidents", en="40 incident management"),
        cnil=Words(fr="fiche 19", en="sheet 19"),
    ),
    due=Due(
        one=Words(fr="compte rendu d'incident majeur était attendu", en="report on a major incident was expected"),
        several=Words(
            fr="comptes rendus d'incident majeur étaient attendus", en="reports on major incidents were expected"
        ),
        none=Words(
            fr="aucun compte rendu d'incident majeur n'était attendu", en="no report on a major incident was expected"
        ),
        done=Words(fr="rendu dans le délai", en="delivered in time"),
        all_done=Words(fr="tous rendus dans le délai", en="all delivered in time"),
    ),
    phrases=EVENTS,
)
