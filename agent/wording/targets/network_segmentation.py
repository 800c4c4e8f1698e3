"""network-segmentation: what is said of it (convention, article 5)."""

from agent.core.reason import Reason
from agent.wording.entries import Frame, ReasonWords, TargetWords
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
    unmeasured=Words(
        fr="Le caractère « de nouvelle génération » des pare-feu, et leur configuration au-delà des flux déclarés.",
        en="That firewalls are next-generation ones, and how they are configured beyond the flows declared.",
    ),
    mend=Words(
        fr="Corriger la règle du pare-feu ou du VLAN que l'essai met en cause.",
        en="Correct the rule of the firewall or the VLAN that the trial points at.",
    ),
    frame=Frame(
        iso=Words(
            fr="8.20, 8.21 sécurité des réseaux ; 8.22 cloisonnement",
            en="8.20, 8.21 network security; 8.22 segregation",
        ),
        anssi=Words(fr="19 segmentation ; 23 ; 25 ; 28", en="19 segmentation; 23; 25; 28"),
        cnil=Words(fr="fiche 8", en="sheet 8"),
    ),
    thresholds=Words(
        fr="tous les flux déclarés essayés ; pare-feu actif, qui refuse par défaut",
        en="every declared flow tried; firewall active, denying by default",
    ),
    held=Words(
        fr="les flux déclarés interdits étaient bloqués et les flux nécessaires passaient",
        en="flows declared forbidden were blocked and necessary flows passed",
    ),
    phrases=NETWORK,
    reasons={
        Reason.ABSENT: ReasonWords(
            short=Words(fr="aucun pare-feu", en="no firewall"),
            means=Words(
                fr="La machine répond, et aucun pare-feu n'y filtre ce qui entre.",
                en="The machine answers, and no firewall on it filters what comes in.",
            ),
            why=Words(
                fr="Tout service qui y écoute est ouvert à tout le réseau, prévu ou non.",
                en="Any service that listens there is open to the whole network, on purpose or not.",
            ),
            mend=Words(
                fr="Installer nftables, écrire une politique d'entrée « drop » dans /etc/nftables.conf avec les seules "
                "ouvertures voulues (SSH compris), puis : sudo systemctl enable --now nftables",
                en="Install nftables, write an input policy of drop into /etc/nftables.conf with the wanted openings "
                "alone (SSH included), then: sudo systemctl enable --now nftables",
            ),
            listed=Words(fr="aucun pare-feu sur {subjects}", en="no firewall on {subjects}"),
        ),
        Reason.NOT_ENGAGED: ReasonWords(
            short=Words(fr="pare-feu qui laisse tout entrer", en="firewall that lets everything in"),
            means=Words(
                fr="Un pare-feu est chargé, et ce qu'aucune règle ne nomme peut entrer.",
                en="A firewall is loaded, and what no rule names may come in.",
            ),
            why=Words(
                fr="Une règle par défaut qui laisse tout passer ne bloque rien.",
                en="A default rule that lets everything through blocks nothing.",
            ),
            mend=Words(
                fr="Donner à la chaîne d'entrée une politique de refus par défaut (drop), SSH restant ouvert.",
                en="Give the input chain a default policy of drop, with SSH left open.",
            ),
            listed=Words(
                fr="pare-feu qui laisse tout entrer sur {subjects}", en="firewall that lets everything in on {subjects}"
            ),
        ),
        Reason.UNREADABLE: ReasonWords(
            short=Words(fr="règles illisibles", en="rules cannot be followed"),
            means=Words(
                fr="Les règles du pare-feu ont été lues, et le logiciel de mesure ne sait pas en suivre une.",
                en="The rules of the firewall were read, and the agent cannot follow one of them.",
            ),
            why=Words(
                fr="Une règle mal comprise peut laisser entrer ce que les autres refusent.",
                en="A rule that is not understood may let in what the others refuse.",
            ),
            mend=Words(
                fr="Simplifier la règle que le détail nomme, ou la placer après le refus par défaut.",
                en="Simplify the rule that the detail names, or place it behind the default deny.",
            ),
        ),
        Reason.TIMED_OUT: ReasonWords(
            short=Words(fr="pas de réponse à temps", en="no answer in time"),
            means=Words(
                fr="L'essai du flux, ou la lecture du pare-feu, n'a pas reçu de réponse à temps.",
                en="The trial of the flow, or the reading of the firewall, got no answer in time.",
            ),
            why=Words(
                fr="Un silence ne dit pas si le réseau bloque ou si le service visé ne répond pas.",
                en="Silence does not tell whether the network blocks or the service does not answer.",
            ),
            mend=Words(
                fr="Vérifier que le service visé écoute (ss -tln sur sa machine), puis chercher la règle qui jette le "
                "paquet sans répondre.",
                en="Check that the service listens (ss -tln on its machine), then find the rule that drops the packet "
                "without an answer.",
            ),
        ),
    },
)
