"""endpoint-protection: what is said of it (convention, article 5)."""

from agent.core.reason import Reason
from agent.wording.entries import Frame, ReasonWords, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.protection import PROTECTION

TARGET = TargetWords(
    title=Words(fr="Antivirus ou EDR à jour", en="Antivirus or EDR up to date"),
    says=Words(
        fr="Antivirus ou EDR à jour sur les postes, les serveurs et le réseau (article 5).",
        en="Antivirus or EDR up to date on machines and networks (article 5).",
    ),
    measured=Words(
        fr="Protection en marche, signatures en mémoire vieilles de 96 h au "
        "plus, détection prouvée par la chaîne EICAR.",
        en="Protection running, loaded signatures at most 96 h old, detection proven with the EICAR string.",
    ),
    unmeasured=Words(
        fr="La protection du réseau lui-même : seules les machines déclarées sont contrôlées.",
        en="The protection of the network itself: only the machines declared are checked.",
    ),
    mend=Words(
        fr="Relancer le service de protection et la mise à jour de ses signatures.",
        en="Restart the protection service and the update of its signatures.",
    ),
    frame=Frame(
        iso=Words(
            fr="8.7 protection contre les programmes malveillants ; 8.1", en="8.7 protection against malware; 8.1"
        ),
        anssi=Words(fr="14 niveau de sécurité minimal", en="14 minimum level of security"),
        cnil=Words(fr="fiches 6 et 9", en="sheets 6 and 9"),
    ),
    thresholds=Words(
        fr="protection en marche ; détection éprouvée depuis 24 h au plus",
        en="protection running; detection tested within 24 h",
    ),
    held=Words(
        fr="la protection était active, à jour et éprouvée sur les machines surveillées",
        en="protection was running, up to date and tested on the watched hosts",
    ),
    phrases=PROTECTION,
    reasons={
        Reason.ABSENT: ReasonWords(
            short=Words(fr="aucun antivirus", en="no antivirus"),
            means=Words(
                fr="La machine répond, et aucun antivirus ni EDR n'y est installé, ou sa console ne la connaît pas.",
                en="The machine answers, and no antivirus or EDR is installed, or its console does not know it.",
            ),
            why=Words(
                fr="Rien n'y arrêterait un programme malveillant connu.",
                en="Nothing would stop a known malicious program there.",
            ),
            mend=Words(
                fr="Installer la protection convenue (exemple : sudo apt-get install clamav-daemon), ou inscrire la "
                "machine à la console.",
                en="Install the agreed protection (for example: sudo apt-get install clamav-daemon), or enrol the "
                "machine in the console.",
            ),
            listed=Words(fr="aucun antivirus sur {subjects}", en="no antivirus on {subjects}"),
        ),
        Reason.NOT_RUNNING: ReasonWords(
            short=Words(fr="antivirus arrêté", en="antivirus stopped"),
            means=Words(
                fr="L'antivirus est installé, et rien ne répond à sa place : il ne tourne pas.",
                en="The antivirus is installed, and nothing answers in its place: it is not running.",
            ),
            why=Words(
                fr="Une protection à jour mais arrêtée ne protège rien.",
                en="A protection that is up to date and stopped protects nothing.",
            ),
            mend=Words(
                fr="Démarrer la protection et lire son journal, sur la machine. ClamAV : sudo systemctl restart "
                "clamav-daemon ; journalctl -u clamav-daemon -n 50. Sans base de signatures il ne démarre pas : sudo "
                "systemctl restart clamav-freshclam.",
                en="Start the protection and read its log, on the machine. ClamAV: sudo systemctl restart "
                "clamav-daemon; journalctl -u clamav-daemon -n 50. It does not start without its signatures: sudo "
                "systemctl restart clamav-freshclam.",
            ),
            listed=Words(fr="antivirus arrêté sur {subjects}", en="antivirus stopped on {subjects}"),
        ),
        Reason.NOT_ENGAGED: ReasonWords(
            short=Words(fr="antivirus passif", en="antivirus passive"),
            means=Words(
                fr="L'antivirus tourne, et sa protection en temps réel n'agit pas.",
                en="The antivirus runs, and its real-time protection does not act.",
            ),
            why=Words(fr="Un produit en mode passif ne bloque rien.", en="A product in passive mode blocks nothing."),
            mend=Words(
                fr="Activer la protection en temps réel, dans le produit ou dans sa console.",
                en="Switch on the real-time protection, in the product or in its console.",
            ),
            listed=Words(fr="antivirus passif sur {subjects}", en="antivirus passive on {subjects}"),
        ),
        Reason.UNREADABLE: ReasonWords(
            short=Words(fr="antivirus illisible", en="antivirus cannot be read"),
            means=Words(
                fr="L'antivirus est là, et son état ou la date de ses signatures ne peut pas être lu.",
                en="The antivirus is there, and its state or the date of its signatures cannot be read.",
            ),
            why=Words(
                fr="Sans date, rien ne montre que les signatures sont récentes.",
                en="Without a date nothing shows that the signatures are recent.",
            ),
            mend=Words(
                fr="Relancer la protection, puis vérifier que l'utilisateur beffroi peut lire ce que le détail nomme.",
                en="Restart the protection, then check that the user beffroi may read what the detail names.",
            ),
        ),
        Reason.IN_FUTURE: ReasonWords(
            short=Words(fr="signatures datées du futur", en="signatures dated in the future"),
            means=Words(
                fr="Les signatures chargées portent une date en avance sur l'horloge du logiciel de mesure.",
                en="The loaded signatures carry a date ahead of the agent's clock.",
            ),
            why=Words(
                fr="Une date future paraîtrait toujours fraîche et cacherait l'arrêt des mises à jour.",
                en="A future date would always look fresh and hide that the updates have stopped.",
            ),
            mend=Words(
                fr="Vérifier l'heure de la machine et du logiciel de mesure (timedatectl), puis "
                "mettre à jour les signatures.",
                en="Check the clocks of the machine and of the agent (timedatectl), then update the signatures.",
            ),
        ),
    },
)
