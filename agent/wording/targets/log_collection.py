"""log-collection: what is said of it (convention, article 5)."""

from agent.core.reason import Reason
from agent.wording.entries import Frame, ReasonWords, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.alert_path import ALERT_PATH
from agent.wording.phrases.clock import CLOCK
from agent.wording.phrases.logs import COLLECTION

TARGET = TargetWords(
    title=Words(fr="Collecte et horodatage des journaux", en="Collection and time stamps of logs"),
    says=Words(
        fr="Journaux collectés de façon centralisée et horodatés, avec supervision des anomalies (article 5).",
        en="Logs collected centrally and time-stamped, with supervision of anomalies (article 5).",
    ),
    measured=Words(
        fr="Par source : âge du dernier enregistrement reçu ; par hôte : écart "
        "d'horloge ; au total : chaîne d'alerte éprouvée.",
        en="Per source: age of the newest record received; per host: clock "
        "offset; for the whole: alert path proven alive.",
    ),
    mend=Words(
        fr="Vérifier l'envoi de la source, la synchronisation des horloges, ou le chemin des alertes.",
        en="Check the sending of the source, the synchronisation of clocks, or the path of alerts.",
    ),
    frame=Frame(
        iso=Words(
            fr="8.15 journalisation ; 8.16 surveillance ; 8.17 horloges",
            en="8.15 logging; 8.16 monitoring; 8.17 clocks",
        ),
        anssi=Words(fr="36 journaux ; 40 gestion des incidents", en="36 logs; 40 incident management"),
        cnil=Words(fr="fiches 16 et 19", en="sheets 16 and 19"),
    ),
    thresholds=Words(
        fr="horloges à 1 s près ; chaîne d'alerte éprouvée depuis 24 h au plus",
        en="clocks within 1 s; alert path tested within 24 h",
    ),
    held=Words(
        fr="les journaux arrivaient, les horloges étaient justes et la chaîne d'alerte répondait",
        en="logs arrived, clocks were right and the alert path answered",
    ),
    phrases={
        reason: (*ALERT_PATH.get(reason, ()), *COLLECTION.get(reason, ()), *CLOCK.get(reason, ()))
        for reason in (*ALERT_PATH, *COLLECTION, *CLOCK)
    },
    reasons={
        Reason.ABSENT: ReasonWords(
            short=Words(fr="aucun journal reçu", en="no log received"),
            means=Words(
                fr="Le collecteur répond, et il n'a aucun enregistrement de cette source.",
                en="The log host answers, and holds no record of this source.",
            ),
            why=Words(
                fr="Une source muette ne laisse aucune trace de ce qui s'y passe.",
                en="A mute source leaves no trace of what happens on it.",
            ),
            mend=Words(
                fr="Vérifier que la source envoie ses journaux (rsyslog, journald) et que le chemin déclaré (path) est "
                "celui où le collecteur les écrit.",
                en="Check that the source sends its logs (rsyslog, journald), and that the declared path is where the "
                "log host writes them.",
            ),
            listed=Words(fr="aucun journal reçu de {subjects}", en="no log received from {subjects}"),
        ),
    },
)
