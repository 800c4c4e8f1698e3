"""English of the report's sentences and of the words that join them, by their French."""

SENTENCES = {
    "—": "—",
    " et ": " and ",
    " : ": ": ",
    " ; ": "; ",
    "sur": "of",
    "aucun attendu": "none expected",
    # States and outcomes.
    "non atteint": "missed",
    "non atteints": "missed",
    "non démontré": "unproven",
    "non démontrés": "unproven",
    "risque accepté": "risk accepted",
    "risques acceptés": "risk accepted",
    "atteint": "met",
    "atteints": "met",
    "sans objet": "not applicable",
    "sans taux": "no rate",
    "non attendu": "not expected",
    "non attendus": "not expected",
    "non mesuré": "not measured",
    "dans les limites": "within the limits",
    "hors des limites": "outside the limits",
    # A target's result.
    "Rien n'était encore suivi pendant cette période.": "Nothing was watched yet in this period.",
    "Rien n'était suivi pendant cette période : on ne peut rien affirmer.": (
        "Nothing was watched in this period: nothing can be said."
    ),
    "Autre lecture, {period} : {word}.": "Other reading, {period}: {word}.",
    "une fois par trimestre civil": "once in each calendar quarter",
    "une fois par année civile": "once in each calendar year",
    "constat manquant : rien de ce qui est enregistré ne montre, pour tout ou partie de ces jours, si l'objectif était"
    " atteint.": (
        "finding missing: nothing that was recorded shows for all or part of these days whether the objective was met."
    ),
    "Un jour n'est « atteint » que si tous les éléments suivis le sont.": (
        "A day is “met” only if every subject watched is."
    ),
    "Démonstration : le site de chaque copie est cru sur parole. ": (
        "Demonstration: the declared site of each copy is taken on trust. "
    ),
    "{word} si l'accord inscrit le {day} l'avait été à sa date": (
        "{word} if the agreement entered on {day} had been entered on its own date"
    ),
    "Preuves manquantes pour : {lacking}.": "Evidence is lacking for: {lacking}.",
    "Démontré chaque jour attendu pour : {proven}.": "Proven on every day expected for: {proven}.",
    "Aucun contrôle n'a porté sur ce point pendant le trimestre.": "No check looked at this during the quarter.",
    "aucun contrôle": "no check",
    "mois ni signé ni renseigné": "month neither signed nor filled in",
    "Dernier constat du trimestre, {instant} : {word}.": "Last finding of the quarter, {instant}: {word}.",
    "propre au bénéficiaire": "the beneficiary's own",
    "mutualisé": "shared",
    "non déclaré": "not declared",
    # What a result rests on.
    "machine": "host",
    "machines": "hosts",
    "sauvegarde": "backup",
    "sauvegardes": "backups",
    "copie": "copy",
    "copies": "copies",
    "source": "source",
    "source de journaux": "log source",
    "sources de journaux": "log sources",
    "flux": "flow",
    "flux déclarés": "declared flows",
    "filtre": "filter",
    "filtrage": "filter",
    "filtre web": "web filter",
    "filtres web": "web filters",
    "périmètre": "perimeter",
    "périmètres": "perimeters",
    "chaîne d'alerte": "alert path",
    "convention": "convention",
    "la chaîne d'alerte": "the alert path",
    "(texte réservé à l'annexe de diffusion restreinte)": "(text kept for the restricted annex)",
    "Ce résultat repose sur {things}.": "This result rests on {things}.",
    "{hosts} (sur {declared} déclarées)": "{hosts} (of {declared} declared)",
    "Site déclaré, non constaté, pour {copies} sur {all}.": "Site declared, not observed, for {copies} of {all}.",
    ", faite le {day}": ", made on {day}",
    ", faite entre le {first} et le {last}": ", made between {first} and {last}",
    ", et intactes à leur dernière vérification": ", and intact at their last verification",
    " (date inconnue pour {copies} sur {all})": " (date unknown for {copies} of {all})",
    " ; la date de leur dernière vérification n'est pas connue": "; the date of their last verification is not known",
    " saine{when} (dommage constaté sur {copies} sur {all}{found})": (
        " that was sound{when} (damage observed on {copies} of {all}{found})"
    ),
    ", le {day}": ", on {day}",
    ", entre le {first} et le {last}": ", between {first} and {last}",
    "environ douze mois ({limit} au moins)": "about twelve months (at least {limit})",
    "au moins {limit}": "at least {limit}",
    "depuis son entrée, le {day}": "since it was added, on {day}",
    "depuis leur entrée, entre le {first} et le {last}": "since they were added, between {first} and {last}",
    "depuis leur entrée, le {day}": "since they were added, on {day}",
    "{whole} pour {old}, et {since} pour {young}": "{whole} for {old}, and {since} for {young}",
    # Of entries that were amended.
    "d'abord {first}, modifié le {day}{by}": "first {first}, amended on {day}{by}",
    "les journaux arrivaient": "logs arrived",
    "les horloges étaient justes": "clocks were right",
    "la chaîne d'alerte répondait": "the alert path answered",
    "les flux déclarés interdits étaient bloqués et les flux nécessaires passaient": (
        "flows declared forbidden were blocked and necessary flows passed"
    ),
    "le pare-feu des machines surveillées refusait par défaut": ("the firewall of the watched hosts denied by default"),
    "aucune source de journaux n'est déclarée": "no log source is declared",
    "aucun flux n'est déclaré": "no flow is declared",
    "l'objectif adapté ({limit}) était respecté": "the adapted objective ({limit}) was met",
    "l'objectif en vigueur ce jour-là (au plus souple : {limit}) était respecté": (
        "the objective in force on that day (at its loosest: {limit}) was met"
    ),
    "Selon la correction du {day}{by} : {word}.": "By the correction of {day}{by}: {word}.",
    "Selon l'inscription faite le {day}{by} : {word}.": "By the entry made on {day}{by}: {word}.",
    "Sans ce qui a été inscrit après l'échéance ({entries}) : {word}.": (
        "Without what was entered after the due date ({entries}): {word}."
    ),
    "{id}, le {day}{by}": "{id}, on {day}{by}",
    "inscrit le {day}{by}, après l'échéance": "entered on {day}{by}, after the due date",
    "selon la correction : {word}": "by the correction: {word}",
    "{id}, {key}, {first}": "{id}, {key}, {first}",
    "Inscriptions modifiées : {changes}.": "Entries amended: {changes}.",
    "{number} autres modifications, dans les tableaux": "{number} other amendments, in the tables",
    "une autre pièce": "another proof",
    "{age} (point de reprise : {point})": "{age} (recovery point: {point})",
    # The first page.
    "depuis le {day}, toujours ouvert": "since {day}, still open",
    "non communicable": "not disclosed",
    "Sur {expected} jours attendus : {parts}.": "Of {expected} days expected: {parts}.",
    "Sur {expected} cas : {parts}.": "Cases: {expected}, of which {parts}.",
    "Sur {expected} cas ou mois sans signature ni inscription : {parts}.": (
        "Cases, or months without signature or entry: {expected}, of which {parts}."
    ),
    "Aucune échéance n'est tombée dans la période.": "No term fell within the period.",
    "Ce détail n'est pas donné ici, parce qu'il peut comporter des éléments non communicables (code des relations entre"
    " le public et l'administration, article L. 311-5) : il figure dans la version à diffusion restreinte.": (
        "These details are not given here, since they may hold what is not disclosed (French code of relations between"
        " the public and the administration, article L. 311-5): they stand in the restricted version."
    ),
    "une action est inscrite ({due}{late})": "an action is entered ({due}{late})",
    "Objectifs pour lesquels un écart ou un risque accepté subsistait à la fin de la période ou du suivi, ou une"
    " démarche reste à faire : {number}. Leur détail n'est pas communicable (code des relations entre le public et"
    " l'administration, article L. 311-5) : seuls leurs décomptes sont donnés.": (
        "Targets with a deviation or an accepted risk still standing at the end of the period or of the watch, or a"
        " step still to be taken: {number}. Their details are not disclosed (French code of relations between the"
        " public and the administration, article L. 311-5): only their counts are given."
    ),
    "Le détail n'est pas communicable (code des relations entre le public et l'administration, article L. 311-5) : il"
    " figure dans la version à diffusion restreinte.": (
        "The details are not disclosed (French code of relations between the public and the administration, article"
        " L. 311-5): they stand in the restricted version."
    ),
    "Risques acceptés pour des objectifs dont le détail n'est pas communicable : {number}.": (
        "Risks accepted for targets whose details are not disclosed: {number}."
    ),
    "Décisions attendues, énumérées dans la version à diffusion restreinte : {number}.": (
        "Decisions awaited, listed in the restricted version: {number}."
    ),
    "Confirmer le risque accepté {id} ({target}), inscrit au registre le {entered}, ou le contester.": (
        "Confirm the accepted risk {id} ({target}), entered in the register on {entered}, or contest it."
    ),
    "{days}, terminé depuis": "{days}, closed since",
    "{days} ; {subjects} : plus suivi ensuite, non atteint le dernier jour constaté": (
        "{days}; {subjects}: watched no more after, missed on the last day seen"
    ),
    "{days} ; {word} depuis le {day}": "{days}; {word} since {day}",
    "échéance du {due}, honorée le {done}": "due on {due}, done on {done}",
    "également en retard, dans le tableau de l'objectif : {number}": "also late, in the target's table: {number}",
    "Le logiciel de mesure n'a rien enregistré {days} : le registre ne contient aucun contrôle de ces jours-là.": (
        "The agent recorded nothing {days}: the ledger holds no look of those days."
    ),
    "Le logiciel de mesure n'a rien enregistré {days} : le registre ne contient aucun contrôle de ce jour-là.": (
        "The agent recorded nothing {days}: the ledger holds no look of that day."
    ),
    "{days} autres jours": "{days} other days",
    "aucun enregistrement": "no record",
    "constat manquant": "finding missing",
    "constaté : {reasons}": "observed: {reasons}",
    "selon le registre : {reasons}": "by the register: {reasons}",
    "selon le registre ({id}, le {day}{by}) : {cause}": "by the register ({id}, on {day}{by}): {cause}",
    "sans cette acceptation : {word}": "without this acceptance: {word}",
    "sans action inscrite": "no action entered",
    "{action} ({owner}, {due}{late})": "{action} ({owner}, {due}{late})",
    ", échéance dépassée": ", overdue",
    "= stable": "= stable",
    "▲ mieux": "▲ better",
    "▼ moins bien": "▼ worse",
    "{target}, {subject}, {days} ; signataire, selon le registre : {signer} ; préconisation écartée :"
    " {recommendation}.": (
        "{target}, {subject}, {days}; accepted, by the register, by {signer}; recommendation declined:"
        " {recommendation}."
    ),
    "non indiquée": "not stated",
    "Reconduire ou non le risque accepté {id} ({target}, {subject}), qui prend fin le {until}.": (
        "Renew the accepted risk {id} ({target}, {subject}) or not, which ends on {until}."
    ),
    "Reconduire ou non le risque accepté {id} ({target}, {subject}), qui a pris fin le {until}.": (
        "Renew the accepted risk {id} ({target}, {subject}) or not, which ended on {until}."
    ),
    "Les objectifs évalués jour par jour ne le sont que depuis le {day} : les jours d'avant ne sont pas comptés.": (
        "Targets assessed day by day are so only since {day}: the days before are not counted."
    ),
    "{counted} comptés sur {all}": "{counted} counted of {all}",
    "Accuser réception de l'inscription {id} ({target}), du {entered}, ou la contester.": (
        "Acknowledge {id} ({target}), entered on {entered}, or contest it."
    ),
    "{target} : une échéance est passée ; elle est à fixer avec le prestataire.": (
        "{target}: a due date has passed; a new one is to be set with the provider."
    ),
    "Un chiffre se conteste par écrit auprès du prestataire ; ce rapport ne fixe aucun délai pour cela. Une"
    " correction donne une nouvelle édition, qui dit ce qu'elle change ; à défaut d'accord, articles 4 et 10.": (
        "A figure is contested in writing with the provider; this report sets no term for it. A correction makes a new"
        " edition, which states what it changes; failing agreement, articles 4 and 10 apply."
    ),
    "Risques acceptés, selon le registre": "Risks accepted, by the register",
    "Objectifs atteints": "Targets met",
    "Objectifs sans objet ce trimestre": "Targets not applicable this quarter",
    "Autres suivis, à titre d'information": "Others watched, for information",
    "aucun élément déclaré": "nothing declared",
    "Ces chiffres portent sur : {rests}. Postes de travail, Office 365 et téléphonie ne sont vus que si un export"
    " déclaré les décrit.": (
        "These figures are about: {rests}. Workstations, Office 365 and telephony are seen only if a declared export"
        " describes them."
    ),
    "Objectifs mesurés : {measured} sur {of_measured}. Objectifs déclarés (selon les registres, sauf la conservation"
    " des sauvegardes, qui est contrôlée) : {declared} sur {of_declared}.": (
        "Measured targets: {measured} of {of_measured}. Declared targets (by the registers, but for the retention of"
        " backups, which is checked): {declared} of {of_declared}."
    ),
    # Amounts.
    "jour": "day",
    "jours": "days",
    "autre": "other",
    "autres": "others",
    "adresse": "address",
    "adresses": "addresses",
}
