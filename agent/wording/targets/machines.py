"""The targets on machines, logs, accesses and the network (convention, article 5)."""

from agent.wording.entries import TargetWords
from agent.wording.languages import Words

MACHINES = {
    "log-retention": TargetWords(
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
    ),
    "log-collection": TargetWords(
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
    ),
    "endpoint-protection": TargetWords(
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
        mend=Words(
            fr="Relancer le service de protection et la mise à jour de ses signatures.",
            en="Restart the protection service and the update of its signatures.",
        ),
    ),
    "patching": TargetWords(
        title=Words(fr="Correctifs de sécurité", en="Security updates"),
        says=Words(
            fr="Campagnes régulières de correctifs, à titre indicatif mensuelles (article 5).",
            en="Regular patch campaigns, indicatively monthly (article 5).",
        ),
        measured=Words(
            fr="Âge du plus ancien correctif de sécurité en attente, dernière "
            "campagne, redémarrage dû, système maintenu.",
            en="Age of the oldest pending security update, last campaign, restart owed, system still supported.",
        ),
        mend=Words(
            fr="Installer les correctifs de sécurité et redémarrer ce qui doit l'être.",
            en="Install the security updates and restart what has to be.",
        ),
    ),
    "vulnerability-scan": TargetWords(
        title=Words(fr="Analyse de vulnérabilités trimestrielle", en="Quarterly vulnerability scan"),
        says=Words(
            fr="Analyses de vulnérabilités au moins trimestrielles (article 5).",
            en="Vulnerability scans at least quarterly (article 5).",
        ),
        measured=Words(
            fr="Âge de la dernière analyse inscrite pour chaque périmètre.",
            en="Age of the last scan entered for each perimeter.",
        ),
        mend=Words(
            fr="Faire l'analyse, puis beffroi register add scan.",
            en="Run the scan, then beffroi register add scan.",
        ),
    ),
    "penetration-test": TargetWords(
        title=Words(fr="Test d'intrusion annuel", en="Yearly penetration test"),
        says=Words(
            fr="Tests d'intrusion annuels sur les périmètres exposés (article 5).",
            en="Yearly penetration tests of exposed perimeters (article 5).",
        ),
        measured=Words(
            fr="Âge du dernier test inscrit pour chaque périmètre exposé.",
            en="Age of the last test entered for each exposed perimeter.",
        ),
        mend=Words(
            fr="Faire le test, puis beffroi register add pentest.",
            en="Have the test done, then beffroi register add pentest.",
        ),
    ),
    "strong-authentication": TargetWords(
        title=Words(fr="Authentification forte", en="Strong authentication"),
        says=Words(
            fr="Authentification forte pour tout compte d'administration et toute connexion à distance (article 5).",
            en="Strong authentication for every administrator account and every remote connection (article 5).",
        ),
        measured=Words(
            fr="Part des couples compte et chemin d'accès où un mot de passe seul ne suffit jamais.",
            en="Share of pairs of account and access path on which a password alone is never enough.",
        ),
        mend=Words(
            fr="Imposer une clé, un certificat ou un second facteur sur le chemin nommé.",
            en="Require a key, a certificate or a second factor on the path named.",
        ),
    ),
    "access-revocation": TargetWords(
        title=Words(fr="Retrait des droits au départ", en="Rights removed on departure"),
        says=Words(
            fr="Droits révoqués dans un délai cible de 24 heures après un départ, "
            "identités gérées de façon centralisée (article 5).",
            en="Rights revoked within a target of 24 hours after a departure, "
            "identities managed centrally (article 5).",
        ),
        measured=Words(
            fr="Par départ : temps jusqu'au dernier droit retiré sur chaque système surveillé.",
            en="Per departure: time until the last right is removed on every watched system.",
        ),
        mend=Words(
            fr="Retirer les comptes et clés nommés sur chaque hôte ; inscrire les départs (register add departure).",
            en="Remove the accounts and keys named on each host; enter departures (register add departure).",
        ),
    ),
    "network-segmentation": TargetWords(
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
    ),
    "web-filtering": TargetWords(
        title=Words(fr="Filtrage web", en="Web filtering"),
        says=Words(
            fr="Filtrage web (article 5).",
            en="Web filtering (article 5).",
        ),
        measured=Words(
            fr="Par catégorie bloquée : une adresse d'essai, réellement demandée, est refusée.",
            en="Per blocked category: a test address, really asked for, is refused.",
        ),
        mend=Words(
            fr="Vérifier que le trafic passe par le filtre et que la catégorie y est bloquée.",
            en="Check that traffic goes through the filter and that the category is blocked there.",
        ),
    ),
}
