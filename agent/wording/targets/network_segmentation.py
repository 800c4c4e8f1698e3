"""network-segmentation: what is said of it (convention, article 5)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.network import NETWORK

TARGET = TargetWords(
    title=Words(fr="Cloisonnement du réseau", en="Network segmentation"),
    says=Words(
        fr="VLAN et pare-feu de nouvelle génération configurés selon les risques identifiés (article 5).",
        en="VLANs and next-generation firewalls configured for the identified risks (article 5).",
    ),
    measured=Words(
        fr="Par flux déclaré : essai réel, l'interdit doit échouer et le nécessaire "
        "passer ; par hôte : pare-feu à refus par défaut.",
        en="Per declared flow: really tried, forbidden ones must fail, required "
        "ones pass; per host: a default-deny firewall.",
    ),
    mend=Words(
        fr="Corriger la règle du pare-feu ou du VLAN que l'essai met en cause.",
        en="Correct the rule of the firewall or the VLAN that the trial points at.",
    ),
    frame=Frame(
        iso="8.20, 8.21 sécurité des réseaux ; 8.22 cloisonnement",
        anssi="19 segmentation ; 23 ; 25 ; 28",
        cnil="fiche 8",
    ),
    held="les flux déclarés interdits étaient bloqués et les flux nécessaires passaient",
    phrases=NETWORK,
)
