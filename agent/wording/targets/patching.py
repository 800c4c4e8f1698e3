"""patching: what is said of it (convention, article 5)."""

from agent.wording.entries import Frame, TargetWords
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
        iso="8.8 vulnérabilités techniques ; 8.19 ; 8.32",
        anssi="34 mises à jour ; 35 fin de maintenance",
        cnil="fiche 9",
    ),
    held="les correctifs de sécurité des machines surveillées étaient installés dans le délai",
    phrases=PATCHING,
)
