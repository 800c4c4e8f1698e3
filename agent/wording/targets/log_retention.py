"""log-retention: what is said of it (convention, article 5)."""

from agent.wording.entries import Frame, TargetWords
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
        iso="8.15 journalisation ; 8.17 synchronisation des horloges ; "
        "8.10 suppression ; 5.33 protection des enregistrements",
        anssi="36 journaux des composants importants",
        cnil="fiche 16 ; délibération 2021-122 ; RGPD, art. 5(1)e",
    ),
    held="les journaux étaient conservés environ douze mois, ou depuis l'entrée de la source, sans interruption",
    phrases=RETENTION,
)
