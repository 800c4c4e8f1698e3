"""Reasons that come from looking at machines, their logs, their accesses and their network."""

from agent.core.reason import Reason
from agent.wording.entries import ReasonWords
from agent.wording.languages import Words

MACHINES = {
    Reason.GAP: ReasonWords(
        short=Words(fr="interruption dans les journaux", en="a hole in the logs"),
        means=Words(
            fr="Il manque, au milieu de ce qui est conservé, une période plus longue que l'objectif.",
            en="In the midst of what is kept, a stretch longer than the objective is missing.",
        ),
        why=Words(
            fr="Un incident survenu pendant cette période ne peut plus être reconstitué.",
            en="An incident during that time can no longer be traced.",
        ),
        mend=Words(
            fr="Chercher si la machine émettait encore, et récupérer ses journaux locaux tant qu'ils existent.",
            en="Find out whether the machine was still sending, and fetch its local logs while they exist.",
        ),
    ),
    Reason.SILENT: ReasonWords(
        short=Words(fr="silencieux", en="silent"),
        means=Words(
            fr="Rien n'est arrivé de cette source depuis plus longtemps que l'objectif.",
            en="Nothing has come from this source for longer than the objective.",
        ),
        why=Words(
            fr="Une source muette ne laisse aucune trace de ce qui s'y passe, et n'alerte personne.",
            en="A mute source leaves no trace of what happens on it, and alerts no one.",
        ),
        mend=Words(
            fr="Vérifier l'envoi sur la machine (rsyslog, journald), le réseau et la réception au collecteur.",
            en="Check the sending on the machine (rsyslog, journald), the network, and the reception at the collector.",
        ),
    ),
    Reason.NOT_RUNNING: ReasonWords(
        short=Words(fr="à l'arrêt", en="not running"),
        means=Words(
            fr="Le service qui doit tourner ne tourne pas, ou n'est pas installé.",
            en="The service that has to run is not running, or is not installed.",
        ),
        why=Words(
            fr="Un service arrêté ne rend pas ce qui en est attendu.",
            en="A service that is stopped does not do what is expected of it.",
        ),
        mend=Words(
            fr="Démarrer le service et lire son journal (systemctl status, journalctl -u).",
            en="Start the service and read its log (systemctl status, journalctl -u).",
        ),
    ),
    Reason.NOT_ENGAGED: ReasonWords(
        short=Words(fr="protection non engagée", en="protection not engaged"),
        means=Words(
            fr="Le produit est là, mais il ne bloque rien.",
            en="The product is there and blocks nothing.",
        ),
        why=Words(
            fr="Un produit présent mais inactif ne protège pas.",
            en="A product that is present and inactive protects nothing.",
        ),
        mend=Words(
            fr="Activer la protection que le détail nomme.",
            en="Switch on the protection that the detail names.",
        ),
    ),
    Reason.NOT_DETECTING: ReasonWords(
        short=Words(fr="ne détecte pas", en="does not detect"),
        means=Words(
            fr="La chaîne d'essai EICAR a été présentée, et le produit ne l'a pas reconnue.",
            en="The EICAR test string was shown to the product, which did not recognise it.",
        ),
        why=Words(
            fr="Tout produit sain la reconnaît : celui-ci ne détecterait rien d'autre non plus.",
            en="Every sound product knows it: this one would detect nothing else either.",
        ),
        mend=Words(
            fr="Recharger les signatures, relancer le service, puis sudo beffroi check --target endpoint-protection.",
            en="Reload the signatures, restart the service, then sudo beffroi check --target endpoint-protection.",
        ),
    ),
    Reason.OUTDATED: ReasonWords(
        short=Words(fr="pas à jour", en="out of date"),
        means=Words(
            fr="Les signatures ou le moteur chargés en mémoire sont plus vieux que l'objectif.",
            en="The signatures or the engine loaded in memory are older than the objective.",
        ),
        why=Words(
            fr="Ce qui est en mémoire décide ; un fichier plus récent sur le disque n'est pas encore utilisé.",
            en="What is in memory decides; a newer file on the disk is not yet in use.",
        ),
        mend=Words(
            fr="Vérifier la mise à jour des signatures (freshclam, console) et leur rechargement par le service.",
            en="Check that signatures are updated (freshclam, console) and reloaded by the service.",
        ),
    ),
    Reason.UPDATES_PENDING: ReasonWords(
        short=Words(fr="correctifs de sécurité en attente", en="security updates pending"),
        means=Words(
            fr="Un correctif de sécurité publié attend depuis plus longtemps que l'objectif.",
            en="A published security update has been waiting for longer than the objective.",
        ),
        why=Words(
            fr="Une faille publiée est une faille que d'autres savent utiliser.",
            en="A published flaw is one that others know how to use.",
        ),
        mend=Words(
            fr="Installer les correctifs de sécurité, paquets retenus (hold) et épinglés compris.",
            en="Install the security updates, held and pinned packages included.",
        ),
    ),
    Reason.CAMPAIGN_LATE: ReasonWords(
        short=Words(fr="campagne de correctifs en retard", en="patch campaign late"),
        means=Words(
            fr="La dernière campagne de correctifs confirmée est plus vieille que l'objectif.",
            en="The last confirmed patch campaign is older than the objective.",
        ),
        why=Words(
            fr="La convention prévoit des campagnes régulières, à titre indicatif mensuelles.",
            en="The convention provides for regular campaigns, indicatively monthly.",
        ),
        mend=Words(
            fr="Mener la campagne ; une simulation ou un paquet téléchargé et non installé ne compte pas.",
            en="Run the campaign; a dry run, or a package downloaded and not installed, does not count.",
        ),
    ),
    Reason.RESTART_OWED: ReasonWords(
        short=Words(fr="redémarrage dû", en="restart owed"),
        means=Words(
            fr="Un correctif est installé, mais l'ancien noyau ou l'ancien programme tourne encore.",
            en="An update is installed, but the old kernel or the old program still runs.",
        ),
        why=Words(
            fr="Tant que l'ancien code tourne, la faille corrigée sur le disque reste ouverte.",
            en="While the old code runs, the flaw mended on the disk stays open.",
        ),
        mend=Words(
            fr="Redémarrer la machine ou les services nommés (needrestart).",
            en="Restart the machine or the services named (needrestart).",
        ),
    ),
    Reason.UNSUPPORTED_SYSTEM: ReasonWords(
        short=Words(fr="système hors maintenance", en="system out of support"),
        means=Words(
            fr="Cette version du système ne reçoit plus de correctifs de sécurité.",
            en="This release of the system receives no more security updates.",
        ),
        why=Words(
            fr="« Aucun correctif en attente » n'y veut plus rien dire.",
            en="“No update pending” no longer means anything on it.",
        ),
        mend=Words(
            fr="Migrer vers une version maintenue, ou faire accepter le risque par écrit (register add acceptance).",
            en="Move to a supported release, or have the risk accepted in writing (register add acceptance).",
        ),
    ),
    Reason.CLOCK_OFF: ReasonWords(
        short=Words(fr="horloge décalée", en="clock off"),
        means=Words(
            fr="L'horloge de cette machine s'écarte de l'heure de référence de plus que l'objectif.",
            en="This machine's clock is further from reference time than the objective.",
        ),
        why=Words(
            fr="Des journaux mal datés ne se recoupent pas d'une machine à l'autre.",
            en="Logs with wrong times cannot be matched from one machine to the next.",
        ),
        mend=Words(
            fr="Vérifier la synchronisation (chronyc tracking, timedatectl) et l'accès au serveur de temps.",
            en="Check the synchronisation (chronyc tracking, timedatectl) and the way to the time server.",
        ),
    ),
    Reason.WEAK_AUTHENTICATION: ReasonWords(
        short=Words(fr="un mot de passe seul suffit", en="a password alone is enough"),
        means=Words(
            fr="Au moins un compte peut entrer, par au moins un chemin, avec un simple mot de passe.",
            en="At least one account can enter, by at least one path, with a password alone.",
        ),
        why=Words(
            fr="Un mot de passe se devine, se vole et se réutilise ; une clé ou un second facteur, non.",
            en="A password is guessed, stolen and reused; a key or a second factor is not.",
        ),
        mend=Words(
            fr="Imposer la clé ou le second facteur pour ce compte et ce chemin (sshd_config, blocs Match compris).",
            en="Require the key or the second factor for that account and path (sshd_config, Match blocks included).",
        ),
    ),
    Reason.RIGHT_REMAINING: ReasonWords(
        short=Words(fr="droit encore ouvert", en="a right still open"),
        means=Words(
            fr="Une personne partie garde un compte, une clé, une session ou un droit sur un système surveillé.",
            en="Someone who has left still has an account, a key, a session or a right on a watched system.",
        ),
        why=Words(
            fr="Verrouiller le mot de passe ne suffit pas : une clé SSH continue d'ouvrir.",
            en="Locking the password is not enough: an SSH key goes on opening.",
        ),
        mend=Words(
            fr="Retirer ce que le détail nomme, sur chaque hôte : compte expiré, clés, sudo, tâches, sessions.",
            en="Remove what the detail names, on each host: account expired, keys, sudo, jobs, sessions.",
        ),
    ),
    Reason.FLOW_OPEN: ReasonWords(
        short=Words(fr="un flux à bloquer passait", en="forbidden flow is open"),
        means=Words(
            fr="Un flux réseau qui doit être bloqué a été essayé, et il est passé.",
            en="A network flow that has to be blocked was tried, and it passes.",
        ),
        why=Words(
            fr="Le cloisonnement n'arrête un intrus que s'il est effectif, pas seulement écrit.",
            en="Segmentation stops an intruder only where it is real, not merely written down.",
        ),
        mend=Words(
            fr="Corriger la règle du pare-feu ou du VLAN, puis sudo beffroi check --target network-segmentation.",
            en="Correct the rule of the firewall or the VLAN, then sudo beffroi check --target network-segmentation.",
        ),
    ),
    Reason.FLOW_BLOCKED: ReasonWords(
        short=Words(fr="flux nécessaire, et bloqué", en="required flow is blocked"),
        means=Words(
            fr="Un flux réseau qui doit passer a été essayé, et il ne passe pas.",
            en="A network flow that has to pass was tried, and it does not.",
        ),
        why=Words(
            fr="Le service qui en dépend est coupé, ou le sera.",
            en="The service that depends on it is cut off, or will be.",
        ),
        mend=Words(
            fr="Vérifier que le service visé écoute, puis la règle du pare-feu sur le trajet.",
            en="Check that the service aimed at is listening, then the firewall's rule on the way.",
        ),
    ),
    Reason.NOT_FILTERED: ReasonWords(
        short=Words(fr="non filtré", en="not filtered"),
        means=Words(
            fr="L'adresse d'essai d'une catégorie interdite s'est ouverte normalement.",
            en="The test address of a blocked category opened as any other.",
        ),
        why=Words(
            fr="Le filtrage web est promis ; seul un essai réel montre qu'il agit.",
            en="Web filtering is promised; only a real trial shows that it acts.",
        ),
        mend=Words(
            fr="Vérifier que l'hôte passe bien par le filtre, et que la catégorie y est bloquée.",
            en="Check that the host does go through the filter, and that the category is blocked there.",
        ),
    ),
}
