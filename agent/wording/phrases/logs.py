"""What is said of collected logs; the slots are what checks/log_retention.py and checks/log_collection.py tell."""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

WAITING = When(
    known="waiting",
    fr="tous les fichiers ne sont pas encore lus (restent : {waiting})",
    en="not all files have been read yet (left: {waiting})",
)
JOINED = Words(
    fr="la source est attendue depuis le {joined}, rien n'est encore arrivé",
    en="the source is expected since {joined}, nothing has come yet",
)
NO_RECORD = When(
    known="records", fr="aucun enregistrement de cette source n'a été trouvé", en="no record of this source was found"
)

RETENTION: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="journaux lisibles sur {value}, depuis le {oldest}, sans interruption (objectif : {limit} au moins) ; "
            "au rythme actuel la place manquera le {full_on}",
            en="logs can be read back {value}, to {oldest}, without a hole (objective: {limit} at least); at this "
            "rate the room ends on {full_on}",
        ),
        Words(
            fr="journaux lisibles sur {value}, depuis le {oldest}, sans interruption (objectif : {limit} au moins)",
            en="logs can be read back {value}, to {oldest}, without a hole (objective: {limit} at least)",
        ),
    ),
    Reason.ON_COURSE: (
        WAITING,
        JOINED,
        Words(
            fr="les journaux ne sont lisibles que sur {value} : environ douze mois le {reached_on} ; mais la "
            "configuration les efface au bout de {erased_age}",
            en="logs can be read back only {value}: about twelve months on {reached_on}; but the configuration erases "
            "them after {erased_age}",
        ),
        Words(
            fr="les journaux ne sont lisibles que sur {value} : environ douze mois le {reached_on} ; mais au rythme "
            "actuel la place manquera le {full_on}",
            en="logs can be read back only {value}: about twelve months on {reached_on}; but at this rate the room "
            "ends on {full_on}",
        ),
        Words(
            fr="les journaux ne sont lisibles que sur {value}, en bonne voie : environ douze mois le {reached_on}",
            en="logs can be read back only {value}, on course: about twelve months on {reached_on}",
        ),
    ),
    Reason.INCOMPLETE: (
        Words(
            fr="le plus ancien enregistrement lisible ({oldest}) n'a que {value} (objectif : {limit} au moins) : "
            "ce qui précède n'est plus là",
            en="the oldest record that can be read ({oldest}) is only {value} old (objective: {limit} at least): what "
            "came before is gone",
        ),
    ),
    Reason.GAP: (
        Words(
            fr="interruption de {value} entre le {from} et le {until} (au plus {limit}) ; interruptions : {holes}",
            en="a hole of {value} between {from} and {until} (at most {limit}); holes: {holes}",
        ),
    ),
    Reason.RETENTION_EXCEEDED: (
        Words(
            fr="des journaux de {value}, depuis le {oldest}, sont encore là (au plus {limit})",
            en="logs {value} old, from {oldest} on, are still there (at most {limit})",
        ),
    ),
    Reason.CONTENT_CHANGED: (
        Words(
            fr="des journaux anciens ont été réécrits depuis leur première lecture (le premier : {day} ; "
            "jours : {days})",
            en="past logs were rewritten since they were first read (the first: {day}; days: {days})",
        ),
    ),
    Reason.VANISHED: (
        Words(
            fr="des journaux anciens ont disparu du milieu de ce qui est conservé (le premier : {day} ; "
            "jours : {days})",
            en="past logs have gone from the midst of what is kept (the first: {day}; days: {days})",
        ),
    ),
    Reason.ABSENT: (NO_RECORD,),
}

COLLECTION: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="dernier enregistrement reçu il y a {value} (objectif : {limit}) ; mais les horodatages de la source "
            "sont à {stamps_seconds} de la réception",
            en="the newest record came {value} ago (objective: {limit}); but the source's stamps are {stamps_seconds} "
            "from the time of reception",
        ),
        Words(
            fr="dernier enregistrement reçu il y a {value} (objectif : {limit}) ; le message témoin est arrivé en "
            "{marker_seconds}",
            en="the newest record came {value} ago (objective: {limit}); the marker arrived within {marker_seconds}",
        ),
        Words(
            fr="dernier enregistrement reçu il y a {value} (objectif : {limit} ; d'ordinaire un toutes les "
            "{usual_seconds})",
            en="the newest record came {value} ago (objective: {limit}; usually one every {usual_seconds})",
        ),
    ),
    Reason.SILENT: (
        Words(
            fr="le message témoin envoyé le {marker_lost} par le syslog de la source n'est pas arrivé",
            en="the marker sent on {marker_lost} through the source's own syslog did not arrive",
        ),
        Words(
            fr="rien n'est arrivé depuis {value} (objectif : {limit} ; d'ordinaire un enregistrement toutes les "
            "{usual_seconds})",
            en="nothing has come for {value} (objective: {limit}; usually a record every {usual_seconds})",
        ),
    ),
    Reason.ON_COURSE: (
        WAITING,
        JOINED,
        When(known="marker_sent", fr="le message témoin est en route", en="the marker is on its way"),
    ),
    Reason.ABSENT: (NO_RECORD,),
}
