"""log-retention: what is said of it (convention, article 5)."""

from agent.core.reason import Reason
from agent.wording.entries import Frame, ReasonWords, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.logs import RETENTION

TARGET = TargetWords(
    title=Words(fr="Conservation des journaux", en="Retention of logs"),
    says=Words(
        fr="Journaux des équipements, systèmes et applications centralisés et "
        "conservés environ douze mois (article 5).",
        en="Logs of equipment, systems and applications kept centrally for about twelve months (article 5).",
    ),
    measured=Words(
        fr="Par source : âge du plus ancien enregistrement (350 à 400 jours), sans interruption de plus de 24 h.",
        en="Per source: age of the oldest record kept (350 to 400 days), with no hole longer than 24 h.",
    ),
    mend=Words(
        fr="Ajuster la rotation et la place du collecteur ; purger ce qui dépasse 400 jours.",
        en="Adjust rotation and room at the collector; purge what is older than 400 days.",
    ),
    frame=Frame(
        iso=Words(
            fr="8.15 journalisation ; 8.17 synchronisation des horloges ; "
            "8.10 suppression ; 5.33 protection des enregistrements",
            en="8.15 logging; 8.17 clock synchronisation; 8.10 deletion; 5.33 protection of records",
        ),
        anssi=Words(fr="36 journaux des composants importants", en="36 logs of the important components"),
        cnil=Words(
            fr="fiche 16 ; délibération 2021-122 ; RGPD, art. 5(1)e",
            en="sheet 16; deliberation 2021-122; GDPR, art. 5(1)(e)",
        ),
    ),
    thresholds=Words(
        fr="rien au-delà de 400 j ; aucun trou de plus de 24 h", en="nothing beyond 400 d; no gap of more than 24 h"
    ),
    held=Words(
        fr="les journaux étaient conservés {kept}, sans interruption de plus de 24 h",
        en="logs were kept {kept}, without a gap of more than 24 h",
    ),
    phrases=RETENTION,
    reasons={
        Reason.ABSENT: ReasonWords(
            short=Words(fr="aucun journal conservé", en="no log kept"),
            means=Words(
                fr="Le collecteur répond, et il ne conserve aucun enregistrement de cette source.",
                en="The log host answers, and keeps no record of this source.",
            ),
            why=Words(
                fr="Sans journal, un incident ne peut pas être reconstitué.",
                en="Without logs an incident cannot be traced.",
            ),
            mend=Words(
                fr="Vérifier le chemin déclaré (path), l'envoi de la source (rsyslog, journald) et la rotation, qui a "
                "pu tout supprimer.",
                en="Check the declared path, the sending of the source (rsyslog, journald) and the rotation, which may "
                "have removed everything.",
            ),
            listed=Words(fr="aucun journal conservé de {subjects}", en="no log kept of {subjects}"),
        ),
        Reason.VANISHED: ReasonWords(
            short=Words(fr="journaux disparus", en="logs vanished"),
            means=Words(
                fr="Des journaux déjà lus ont disparu du milieu de ce qui est conservé.",
                en="Logs that were read before have gone from the midst of what is kept.",
            ),
            why=Words(
                fr="Effacer ses traces est un geste d'intrus ; une rotation mal réglée le fait aussi.",
                en="Erasing traces is what an intruder does; a wrong rotation does it too.",
            ),
            mend=Words(
                fr="Chercher qui a supprimé ces fichiers sur le collecteur, et les récupérer sur la machine d'origine "
                "tant qu'ils existent.",
                en="Find out who removed these files on the log host, and fetch them from the machine of origin while "
                "they exist.",
            ),
        ),
        Reason.CONTENT_CHANGED: ReasonWords(
            short=Words(fr="journaux réécrits", en="logs rewritten"),
            means=Words(
                fr="Des journaux anciens ne sont plus ce qu'ils étaient à leur première lecture.",
                en="Past logs are no longer what they were when first read.",
            ),
            why=Words(
                fr="Un journal que l'on peut réécrire ne prouve plus rien.",
                en="A log that can be rewritten proves nothing any more.",
            ),
            mend=Words(
                fr="Chercher qui écrit dans les fichiers des jours passés sur le collecteur, et en garder un "
                "exemplaire en l'état.",
                en="Find out who writes to the files of past days on the log host, and keep a copy of them.",
            ),
        ),
        Reason.RETENTION_EXCEEDED: ReasonWords(
            short=Words(fr="journaux conservés trop longtemps", en="logs kept too long"),
            means=Words(
                fr="Des journaux sont encore là au-delà de la durée de conservation fixée.",
                en="Logs are still there beyond the retention fixed for them.",
            ),
            why=Words(
                fr="Conserver plus que nécessaire est aussi un écart (RGPD, article 5.1 e).",
                en="Keeping more than needed is a fault as well (GDPR, article 5(1)(e)).",
            ),
            mend=Words(
                fr="Régler la rotation du collecteur (logrotate) sur la durée convenue ; le logiciel "
                "de mesure ne supprime rien.",
                en="Set the log host's rotation (logrotate) to the agreed time; the agent never removes anything.",
            ),
        ),
        Reason.INCOMPLETE: ReasonWords(
            short=Words(fr="profondeur insuffisante", en="not deep enough"),
            means=Words(
                fr="Les journaux conservés ne remontent pas assez loin : ce qui précède n'est plus là.",
                en="The logs that are kept do not reach back far enough: what came before is gone.",
            ),
            why=Words(
                fr="Une intrusion se découvre souvent des mois après.", en="An intrusion is often found months later."
            ),
            mend=Words(
                fr="Allonger la rotation du collecteur (logrotate) et la place qui lui est donnée ; ce qui est perdu "
                "ne revient pas.",
                en="Lengthen the log host's rotation (logrotate) and the space that it has; what is lost does not come "
                "back.",
            ),
        ),
    },
)
