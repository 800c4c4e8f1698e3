"""The English of the further documents: the half-year's, the month's, the year's annex."""

FURTHER = {
    "sous risque accepté": "under an accepted risk",
    "Document provisoire.": "Provisional document.",
    "Comment c'est compté": "How this is counted",
    "Ce que ce document ne peut pas prouver": "What this document cannot prove",
    "Preuves": "Evidence",
    "Aller au contenu": "Go to the content",
    "La période n'est pas terminée : les jours sont comptés {days}.": (
        "The period is not over: days are counted {days}."
    ),
    "Ce que le logiciel de mesure a enregistré à tort le jour même : les preuves montrent une "
    "modification ultérieure, mais pas que l'enregistrement d'origine était exact.": (
        "What the agent recorded falsely on the day itself: the evidence shows a later change, "
        "and not that the first record was right."
    ),
    "Ce que personne n'a regardé : un silence est dit « non démontré » ou « aucune mesure », "
    "jamais compté comme bon.": (
        "What was not looked at: a silence is called “unproven” or “no measurement”, and never counted as good."
    ),
    "Ce qui est seulement déclaré : les registres contiennent ce que leurs auteurs y ont inscrit.": (
        "What is only declared: registers hold what their authors entered."
    ),
    "{used}, soit {share} de {limit}": "{used}, which is {share} of {limit}",
    "Aucune mesure complète du volume occupé : on ne peut affirmer ni que le volume compris dans le prix a suffi, ni "
    "qu'il a été dépassé.": (
        "No complete measurement of the volume used: nothing can be said, neither that the volume included in the "
        "price was enough nor that it was exceeded."
    ),
    "Plus haute mesure : {use}, le {day} ; le volume compris dans le prix n'a été dépassé aucun jour mesuré "
    "({measured} sur {expected}).": (
        "Highest measurement: {use}, on {day}; the volume included in the price was exceeded on no measured day "
        "({measured} of {expected})."
    ),
    "Plus haute mesure : {use}, le {day} ; le volume compris dans le prix a été dépassé {days} (mesurés : "
    "{measured} sur {expected}).": (
        "Highest measurement: {use}, on {day}; the volume included in the price was exceeded on {days} (measured: "
        "{measured} of {expected})."
    ),
    "Annexe à la facturation : stockage": "Annex to the bill: storage",
    "année {year}": "year {year}",
    "aucune": "none",
    "Compris dans le prix annuel": "Included in the yearly price",
    "Jours mesurés": "Days measured",
    "Jours sans mesure": "Days without a measurement",
    "Dernière mesure": "Last measurement",
    "L'année": "The year",
    "Part du volume": "Share of the volume",
    "Plus haute mesure": "Highest measurement",
    "Jours mesurés sur attendus": "Days measured of those expected",
    "Volume occupé": "Volume used",
    "Mois par mois": "Month by month",
    "Aucune mesure.": "No measurement.",
    "Au plus {use}.": "At most {use}.",
    "Le volume est celui des données du bénéficiaire, sauvegardes non comprises : ce que le "
    "point de reprise le plus récent de chaque source a lu d'elle. 1 To vaut 10¹² octets.": (
        "The volume is that of the beneficiary's data, backups apart: what the newest recovery "
        "point of each source read of it. 1 TB is 10¹² bytes."
    ),
    "Un jour compte par sa plus haute mesure. Seule une mesure de toutes les sources compte ; un "
    "jour où l'une manque est un jour sans mesure, jamais un jour à zéro.": (
        "A day counts by its highest measurement. Only a measurement of all sources counts; a "
        "day on which one is missing is a day without a measurement, and never a day of zero."
    ),
    "Ce volume est suivi pour information : la convention n'y attache ni taux ni verdict.": (
        "This volume is followed for information: the convention attaches neither rate nor verdict to it."
    ),
    "aucun incident n'est inscrit, et le mois n'est pas signé": "no incident is entered and the month is not signed",
    "aucun incident ce mois-ci, le registre en est signé": "no incident this month, the register is signed to say so",
    "aucune machine n'était attendue aux correctifs": "no host was expected to be patched",
    "correctifs à jour : {share} ({met} sur {expected}, toutes machines)": (
        "patches in time: {share} ({met} of {expected}, all hosts)"
    ),
    "aucune action du plan n'est en retard": "no action of the plan is overdue",
    "incident inscrit": "incident entered",
    "incidents inscrits": "incidents entered",
    "action du plan est en retard": "action of the plan is overdue",
    "actions du plan sont en retard": "actions of the plan are overdue",
    "non renseigné": "not reported",
    "Indicateurs mensuels de sécurité": "Monthly security indicators",
    "Ce qui est inscrit aux registres est compté ; un registre signé chaque mois (incidents, "
    "violations, départs) et resté sans inscription ni signature est dit « non renseigné », "
    "jamais zéro.": (
        "What is entered in the registers is counted; a register that is signed each month "
        "(incidents, breaches, departures) and has neither an entry nor a signature is called "
        "“not reported”, and never zero."
    ),
    "Les jours de correctifs sont ceux du décompte trimestriel : un jour que rien ne montre est non démontré.": (
        "The days of patching are those of the quarter's account: a day that nothing shows is unproven."
    ),
    "Incidents": "Incidents",
    "Incidents inscrits": "Incidents entered",
    "Violations de données": "Data breaches",
    "Dont majeurs": "Of these, major",
    "Majeurs sans compte rendu inscrit": "Major ones without a report entered",
    "non renseigné ou non communicable": "not filled in or not disclosed",
    "le nombre d'incidents n'est pas renseigné, ou pas communicable": (
        "the number of incidents is not filled in, or not disclosed"
    ),
    "Incidents du mois et leurs délais": "The month's incidents and their delays",
    "Violations de données du mois et leurs délais": "The month's data breaches and their delays",
    "Dernier constat du mois": "Last finding of the month",
    "Par machine, en jours": "By host, in days",
    "Aucune machine n'était attendue ce mois-ci : rien n'est démontré de ses correctifs.": (
        "No host was expected this month: nothing is proven of its patches."
    ),
    "Correctifs": "Patches",
    "Jours atteints sur attendus, toutes machines": "Days met of those expected, all hosts",
    "aucun": "none",
    " : plus ancien correctif en attente depuis {length}": ": oldest patch pending for {length}",
    "Tests de reprise": "Recovery tests",
    "Exercices inscrits": "Exercises entered",
    "Restaurations inscrites": "Restores entered",
    "Exercices du mois": "The month's exercises",
    "Audits, analyses et tests d'intrusion": "Audits, scans and penetration tests",
    "Audits RGPD inscrits": "GDPR audits entered",
    "Analyses de vulnérabilités inscrites": "Vulnerability scans entered",
    "Tests d'intrusion inscrits": "Penetration tests entered",
    "Sessions de sensibilisation inscrites": "Awareness sessions entered",
    "Dernier audit RGPD": "Last GDPR audit",
    "délai non échu": "not due yet",
    "Ce qui est à refaire": "What is due again",
    "en retard": "overdue",
    "en cours": "open",
    "faite": "done",
    "Où elle en est": "Where it stands",
    "Actions ouvertes, et faites dans le mois": "Actions open, and done in the month",
    "Actions ouvertes": "Open actions",
    "En retard": "Overdue",
    "Faites dans le mois": "Done in the month",
    "Adaptations (article 5)": "Adaptations (article 5)",
    "Plan d'amélioration (article 5)": "Improvement plan (article 5)",
    "Rapport semestriel d'exécution": "Half-year execution report",
    "Un verdict se rend par trimestre : les deux trimestres du "
    "semestre sont montrés côte à côte, leurs comptes sont additionnés, et aucun verdict "
    "semestriel n'en est tiré.": (
        "A verdict is given by quarter: both quarters of the half-year "
        "are shown side by side, their counts are added, and no verdict on the half-year is "
        "drawn from them."
    ),
    "Les comptes d'un trimestre publié sont ceux de son rapport trimestriel, qui en donne la "
    "méthode et les preuves. Ceux d'un trimestre qui ne l'est pas, et les tableaux qui suivent, sont établis d'après "
    "le registre tel qu'il était à la dernière inscription lue, dont la date est donnée plus bas.": (
        "The counts of a published quarter are those of its report, which gives their method and "
        "evidence. Those of a quarter that is not published, and the tables that follow, rest on "
        "the ledger as it was at the last entry that was read, whose date is given below."
    ),
    "{attained} sur {expected} évalués": "{attained} of {expected} assessed",
    "aucun objectif atteint": "no target met",
    "objectif atteint": "target met",
    "objectifs atteints": "targets met",
    "Objectifs de sécurité": "Security targets",
    "Écarts constatés": "Deviations found",
    "Incidents et violations de données": "Incidents and data breaches",
    "Aucun incident ni violation n'est inscrit ; aucun mois attendu et échu n'est resté sans signature.": (
        "No incident and no breach is entered; no month that was due was left unsigned."
    ),
    "Tests, analyses, audits et sensibilisation": "Tests, scans, audits and awareness",
    "Rien n'est inscrit de ce semestre.": "Nothing is entered for this half-year.",
    "Accords inscrits et plan d'amélioration": "Agreements entered, and improvement plan",
    "Aucune acceptation de risque, adaptation ni exclusion n'a porté sur ce semestre ; aucune "
    "action n'est inscrite au plan d'amélioration.": (
        "No risk acceptance, adaptation or exclusion bore on this half-year; no action is "
        "entered in the improvement plan."
    ),
    "Volume de stockage (article 7)": "Storage volume (article 7)",
    "Calendrier de la convention": "Calendar of the convention",
    "Le rapport du {quarter} est publié, édition {edition} : ses comptes sont repris tels quels.": (
        "The report of {quarter} is published, edition {edition}: its counts are taken as they are."
    ),
    "Le {quarter} n'est pas terminé : il est compté jusqu'au {last}.": (
        "{quarter} is not over: it is counted up to {last}."
    ),
    "rien n'était suivi": "nothing was watched",
    "Rien n'était suivi au {quarter} : il n'a aucun résultat.": ("Nothing was watched in {quarter}: it has no result."),
    "Aucun rapport du {quarter} n'est publié.": "No report of {quarter} is published.",
    "{quarter}, verdict": "{quarter}, verdict",
    "atteints sur attendus": "met of expected",
    "pas commencé": "not begun",
    "Dernière inscription lue": "Last entry that was read",
    "semestre": "half-year",
    "Aucun écart n'a été constaté.": "No deviation was found.",
    "Aucun jour n'était attendu de ce semestre : rien n'a été constaté, ni en bien ni en mal.": (
        "No day was expected of this half-year: nothing was found, good or bad."
    ),
    "Jours non atteints ou non démontrés": "Days missed or unproven",
    "les rapports trimestriels": "the quarterly reports",
    "Incidents du semestre et leurs délais": "The half-year's incidents and their delays",
    "Violations de données du semestre et leurs délais": "The half-year's data breaches and their delays",
    "Mois ni signés ni renseignés : rien n'y est démontré": (
        "Months neither signed nor reported: nothing is proven of them"
    ),
    "audit RGPD": "GDPR audit",
    "session de sensibilisation": "awareness session",
    "Quoi": "What",
    "Analyses, tests d'intrusion, audits, sensibilisation": "Scans, penetration tests, audits, awareness",
    "Aucune mesure du volume occupé ne vaut pour ce semestre : on ne peut rien affirmer.": (
        "No measurement of the volume used stands for this half-year: nothing can be said."
    ),
    "Dernière mesure, {instant} : {used}, sauvegardes non comprises, pour {limit} compris dans le prix annuel.": (
        "Last measurement, {instant}: {used}, backups apart, of {limit} included in the yearly price."
    ),
    "La date de signature n'est pas déclarée dans la configuration : les échéances ne peuvent être calculées.": (
        "The date of signature is not declared in the configuration: due dates cannot be computed."
    ),
    "aucune inscription ne montre qu'elle s'est tenue": "no entry shows that it was held",
    "Évaluation à mener dans les six mois (article 9), au plus tard le {day} : {shown}.": (
        "Evaluation due within six months (article 9), by {day}: {shown}."
    ),
    "Reconduction tacite chaque année, préavis de trois mois (article 8) ; titre de recette au "
    "30 octobre (article 7).": (
        "Tacit renewal each year, three months' notice (article 8); titre de recette by 30 October (article 7)."
    ),
    "Convention signée le {day}.": "Convention signed on {day}.",
    "tenue, inscription {entry}, {day}": "held, entry {entry}, {day}",
}
