"""patching: what is said of it (convention, article 5)."""

from agent.core.reason import Reason
from agent.wording.entries import Frame, ReasonWords, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.patching import PATCHING

TARGET = TargetWords(
    title=Words(fr="Correctifs de sécurité", en="Security updates"),
    says=Words(
        fr="Campagnes régulières de correctifs, à titre indicatif mensuelles (article 5).",
        en="Regular patch campaigns, indicatively monthly (article 5).",
    ),
    measured=Words(
        fr="Âge du plus ancien correctif de sécurité en attente, dernière campagne, redémarrage dû, système maintenu.",
        en="Age of the oldest pending security update, last campaign, restart owed, system still supported.",
    ),
    mend=Words(
        fr="Installer les correctifs de sécurité et redémarrer ce qui doit l'être.",
        en="Install the security updates and restart what has to be.",
    ),
    frame=Frame(
        iso=Words(fr="8.8 vulnérabilités techniques ; 8.19 ; 8.32", en="8.8 technical vulnerabilities; 8.19; 8.32"),
        anssi=Words(fr="34 mises à jour ; 35 fin de maintenance", en="34 updates; 35 end of support"),
        cnil=Words(fr="fiche 9", en="sheet 9"),
    ),
    thresholds=Words(
        fr="dernière campagne dans le même délai ; redémarrage dû depuis 7 j au plus ; système maintenu",
        en="last campaign within the same limit; restart owed for 7 d at most; system supported",
    ),
    held=Words(
        fr="les correctifs de sécurité des machines surveillées étaient installés dans le délai",
        en="the security updates of the watched hosts were installed in time",
    ),
    phrases=PATCHING,
    reasons={
        Reason.ABSENT: ReasonWords(
            short=Words(fr="aucune source de correctifs", en="no source of updates"),
            means=Words(
                fr="La machine n'a aucune source de correctifs de sécurité, ou l'export de la console l'ignore.",
                en="The machine has no source of security updates, or the console's export does not know it.",
            ),
            why=Words(
                fr="« Aucun correctif en attente » n'y veut rien dire.", en="“No update pending” means nothing there."
            ),
            mend=Words(
                fr="Ajouter la source de sécurité de la distribution (/etc/apt/sources.list.d), puis sudo apt-get "
                "update ; ou inscrire la machine à la console.",
                en="Add the distribution's security source (/etc/apt/sources.list.d), then sudo apt-get update; or "
                "enrol the machine in the console.",
            ),
            listed=Words(
                fr="aucune source de correctifs sur {subjects}", en="no source of security updates on {subjects}"
            ),
        ),
        Reason.INCOMPLETE: ReasonWords(
            short=Words(fr="relevé incomplet", en="account incomplete"),
            means=Words(
                fr="Ce qui a été lu ne dit pas tout ce que l'objectif demande : il manque une liste de correctifs "
                "de sécurité, ou une colonne de l'export de la console.",
                en="What was read does not tell all that the target asks for: a list of security updates is missing, "
                "or a column of the console's export.",
            ),
            why=Words(
                fr="Ce qui manque ne prouve rien, ni en bien ni en mal.",
                en="What is missing proves nothing, neither good nor bad.",
            ),
            mend=Words(
                fr="Compléter ce que le détail nomme (beffroi status HÔTE --json) : la source d'apt, ou la colonne "
                "de l'export, à déclarer.",
                en="Complete what the detail names (beffroi status HOST --json): apt's source, or the export's column, "
                "to be declared.",
            ),
        ),
    },
)
