"""English of the report's annexes: evidence, places of copies, comparison with Prometheus, by their French."""

ANNEXES = {
    "celle de la source : la copie n'est pas hors site": "the source's own: the copy is not off site",
    "une autre que celle de la source, constatée": "another than the source's, observed",
    "site déclaré, non constaté": "site declared, not observed",
    "un chemin de la machine de mesure": "a path of the agent's host",
    "le programme de dépôt de son hôte": "the store program of its host",
    "le programme de sauvegarde, sur l'hôte de la copie": "the backup program, on the copy's host",
    "SFTP": "SFTP",
    "SSH": "SSH",
    "REST": "REST",
    "S3": "S3",
    "Aucune journée n'est signée : rien ne montrerait une modification faite par qui tient la clé du registre.": (
        "No day is signed: nothing would show a change made by the holder of the ledger's key."
    ),
    "Les journées signées sont closes par une empreinte, la dernière le {day} ; leur nombre est donné plus bas. Une"
    " modification ultérieure se voit si l'empreinte du jour a été reçue à temps par quelqu'un d'autre que le"
    " prestataire : comparer celles du dossier à celles que vous avez reçues.": (
        "The signed days are closed by a digest, the last one on {day}; their number is given below. A later change"
        " shows if someone other than the provider received that day's digest in time: compare those of the bundle with"
        " those that you received."
    ),
    "Aucune empreinte de ce trimestre n'a été envoyée par courriel au bénéficiaire.": (
        "No digest of this quarter was mailed to the beneficiary."
    ),
    "Empreintes envoyées par courriel au bénéficiaire : {months}.": "Digests mailed to the beneficiary: {months}.",
    "{month} (le {day}, à {to})": "{month} (on {day}, to {to})",
    "ISO/IEC 27002:2022": "ISO/IEC 27002:2022",
    "ANSSI, guide d'hygiène (mesure)": "ANSSI, hygiene guide (measure)",
    "CNIL (guide) et RGPD": "CNIL (guide) and GDPR",
    "Correspondance des objectifs": "Targets in other frames of reference",
    "Sauvegarde : les fondamentaux de l'ANSSI (BP-100)": "Backup: ANSSI's fundamentals (BP-100)",
    "Recommandation, en nos termes": "Recommendation, in our words",
    "Connu": "Known",
    "Par quoi": "By what",
    "ANSSI-BP-100, version 1.0 du 18 octobre 2023 : les recommandations sont nommées en nos termes, sans numéro ; le"
    " texte fait foi.": (
        "ANSSI-BP-100, version 1.0 of 18 October 2023: recommendations are named in our words, without a number; the"
        " text itself prevails."
    ),
    "Trouvé sur la machine, sans sauvegarde démontrée": "Found on the host, with no backup shown",
    "Écarté des sauvegardes, avec la raison déclarée": "Excused from backups, with the reason declared",
    "Au dernier constat du trimestre pour chaque machine ; les plus grands d'abord.": (
        "At the last look of the quarter at each host; the largest first."
    ),
    "Élément": "Thing",
    "Taille": "Size",
    "Ce qui est écarté": "What is excused",
    "Raison déclarée": "Reason declared",
    "Éléments": "Things",
    "éléments": "things",
    "motifs": "patterns",
    "Vu depuis le": "Seen since",
    "la page": "the page",
    "Registre des preuves": "Ledger of the evidence",
    "{rows} lignes lues": "{rows} rows read",
    "Empreinte de la dernière ligne": "Digest of the last row",
    "Dernière journée signée, {day} (UTC)": "Last signed day, {day} (UTC)",
    "Clé du logiciel de mesure": "Key of the agent",
    "Dernière configuration chargée (SHA-256)": "Last configuration loaded (SHA-256)",
    "Configurations successives conservées": "Successive configurations kept",
    "Fichier CSV (SHA-256)": "CSV file (SHA-256)",
    "Version du logiciel": "Software version",
    "au-delà de la durée par défaut": "longer than the default",
    "Durée de validité": "Validity",
    "Durée par défaut": "Default",
    "Durée de validité des preuves": "Validity of evidence",
    "Machine": "Host",
    "Machines, à la date du rapport": "Hosts, on the report's date",
    "Adresse": "Address",
    "Site": "Site",
    "Copie": "Copy",
    "Pays": "Country",
    "Jointe par": "Reached by",
    "Garantie de transfert": "Transfer safeguard",
    "Copies des sauvegardes": "Backup copies",
    "Personne": "Person",
    "Comptes": "Accounts",
    "Modifications des inscriptions": "Amendments of entries",
    "Modifié le": "Amended on",
    "Deux facteurs prouvés, à côté de ce qui est jugé": "Two proven factors, beside what is judged",
    "Au dernier constat du trimestre pour chaque machine ; l'objectif est qu'un mot de passe seul ne suffise jamais.": (
        "At the last finding of the quarter on each machine; the objective is that a password alone is never enough."
    ),
    "{proven} sur {pairs}": "{proven} of {pairs}",
    "Couples compte et chemin à deux facteurs": "Pairs of account and path with two factors",
    "Dernière session inscrite": "Last session entered",
    "Promis, non mesuré": "Promised, not measured",
    "Ce qu'aucun contrôle ne compte": "What no check counts",
    "Départs": "Departures",
    "Inscriptions aux registres": "Register entries",
    # Prometheus.
    "Rapport trimestriel comparé avec Prometheus": "Quarterly report compared with Prometheus",
    "Ce qui diffère": "What differs",
    "Cette page compare, jour par jour, l'édition {edition} du rapport trimestriel avec les mesures que Prometheus a"
    " conservées. Comparaison faite le {day}.": (
        "This page compares, day by day, edition {edition} of the quarterly report with the samples that Prometheus"
        " kept. Compared on {day}."
    ),
    "Cette comparaison ne change aucun chiffre du rapport : seul le registre des preuves fait foi.": (
        "This comparison changes no figure of the report: only the ledger of the evidence is authoritative."
    ),
    "Un écart d'un seul jour n'est pas retenu, car les deux outils ne mesurent pas aux mêmes instants. Prometheus ne"
    " peut pas relever non plus ce qu'une preuve datée établit après coup.": (
        "A difference of one day alone is left out, since the two tools do not measure at the same instants. Nor can"
        " Prometheus record what dated evidence establishes afterwards."
    ),
    "Éléments suivis qui diffèrent, énumérés dans la version à diffusion restreinte : {number}.": (
        "Subjects that differ, listed in the restricted version: {number}."
    ),
    "La comparaison avec Prometheus a été demandée, mais le serveur n'a pas donné de réponse exploitable.": (
        "The comparison with Prometheus was asked for, but the server gave no usable answer."
    ),
    "Prometheus{server} n'a conservé aucune mesure de ces jours : rien n'a pu être comparé.": (
        "Prometheus{server} kept no sample of these days: nothing could be compared."
    ),
    "Jours comparés avec Prometheus{server}, tous éléments suivis confondus : {days}.": (
        "Days compared with Prometheus{server}, over all subjects: {days}."
    ),
    " (serveur {server})": " (server {server})",
    "Jours dont Prometheus n'a rien conservé : {days}.": "Days of which Prometheus kept nothing: {days}.",
    "Aucun élément suivi ne diffère sur plus d'un jour.": "No subject differs on more than one day.",
    " ; et {days}": "; and {days}",
    "Écarts avec Prometheus": "Differences from Prometheus",
    "Selon ce rapport": "By this report",
    "Selon Prometheus": "By Prometheus",
}
