"""English of what the report's page itself says: headings, marks, what an edition changes, by its French."""

PAGE = {
    "Rapport trimestriel de sécurité informatique": "Quarterly IT security report",
    "Brouillon": "Draft",
    "Provisoire": "Provisional",
    "Édition {edition}": "Edition {edition}",
    "Traduction de l'édition {edition} ; le texte français fait foi.": (
        "Translation of edition {edition}; the French text prevails."
    ),
    "Traduction ; le texte français fait foi.": "Translation; the French text prevails.",
    "Rien n'en est publié ni envoyé. Les jours sont comptés {days}.": (
        "Nothing of it is published or sent. Days are counted {days}."
    ),
    "Le trimestre n'est pas terminé : les jours sont comptés {days}.": (
        "The quarter is not over: days are counted {days}."
    ),
    "{before} devient {after}": "{before} becomes {after}",
    "{key}, {before} devient {after} (le {day}{by})": "{key}, {before} becomes {after} (on {day}{by})",
    ", par {author}": ", by {author}",
    "Inscription {id} ajoutée": "Entry {id} added",
    "Inscription {id} effacée, sa durée de conservation étant passée": "Entry {id} erased, its retention being over",
    "Inscription {id} modifiée": "Entry {id} amended",
    "{title} : le verdict {was} devient {comes}": "{title}: the verdict {was} becomes {comes}",
    "{title} : sans les acceptations de risque, le verdict {was} devient {comes}": (
        "{title}: without accepted risks, the verdict {was} becomes {comes}"
    ),
    "{title} : décompte des jours ou échéances, {was} devient {comes}": (
        "{title}: count of days or occurrences, {was} becomes {comes}"
    ),
    # Signs.
    "croix": "cross",
    "point d'interrogation": "question mark",
    "drapeau": "flag",
    "coche": "tick",
    "tiret": "dash",
    # Masthead, summary.
    "Aller aux objectifs": "Skip to the targets",
    "version communicable": "public version",
    "diffusion restreinte": "restricted",
    "Prestataire non déclaré": "Provider not declared",
    "non déclarée": "not declared",
    "Pour": "For",
    "Convention": "Convention",
    "Période": "Period",
    "Édition": "Edition",
    "Synthèse": "Summary",
    "Brouillon.": "Draft.",
    "Rapport provisoire.": "Provisional report.",
    "Il n'est ni arrêté ni conservé.": "It is neither final nor kept.",
    "Ce que cette édition corrige": "What this edition corrects",
    "Inscrit ou modifié après la fin du trimestre": "Entered or amended after the quarter's end",
    "Ces inscriptions ont été faites après la fin du trimestre ; leur auteur est celui qui est déclaré. Ce qui date un"
    " événement peut entrer dans les chiffres de ce rapport ; une acceptation, une adaptation ou une exclusion n'agit"
    " qu'à partir du jour de son inscription et ne change aucun jour du trimestre.": (
        "These entries were made after the quarter's end; their author is the one who is declared. What dates an event"
        " may count in this report's figures; an acceptance, an adaptation or an exclusion acts from the day of its"
        " entry on and changes no day of the quarter."
    ),
    "Ce qui n'est plus attendu": "What is no longer expected",
    "Ce qui n'est pas atteint, le plus grave d'abord": "What is not met, the most serious first",
    "Objectif": "Target",
    "Objectifs": "Targets",
    "Résultat": "Result",
    "Depuis quand": "Since when",
    "Cause": "Cause",
    "Action, responsable, échéance": "Action, owner, due date",
    "Tendance": "Trend",
    "Risques acceptés (article 5.2)": "Accepted risks (article 5.2)",
    "Décisions attendues du bénéficiaire": "Decisions awaited from the beneficiary",
    "Remise et prise de connaissance": "Delivery and acknowledgement",
    "Établi le {day}. Prestataire : {provider}. Bénéficiaire : {beneficiary}.": (
        "Issued on {day}. Provider: {provider}. Beneficiary: {beneficiary}."
    ),
    "Pris connaissance le": "Read on",
    "Pour le bénéficiaire, nom et signature": "For the beneficiary, name and signature",
    "Pour le prestataire, nom et signature": "For the provider, name and signature",
    # Contents.
    "Annexes": "Annexes",
    "A. Méthode de décompte": "A. Counting method",
    "B. Lectures du texte": "B. Readings of the text",
    "C. Référentiels": "C. Frames of reference",
    "D. Preuves": "D. Evidence",
    "E. Diffusion restreinte": "E. Restricted",
    "Annexe A. Méthode de décompte": "Annex A. Counting method",
    "Annexe B. Lectures du texte": "Annex B. Readings of the text",
    "Annexe C. Référentiels": "Annex C. Frames of reference",
    "Annexe D. Ce que ce rapport prouve, et comment le vérifier": (
        "Annex D. What this report proves, and how to verify it"
    ),
    "Annexe E. Diffusion restreinte": "Annex E. Restricted",
    "Cette annexe nomme des machines, des adresses, des comptes et des personnes. Elle n'est pas communicable ; beffroi"
    " report --public l'omet, ainsi que tout nom dans le corps du rapport.": (
        "This annex names hosts, addresses, accounts and persons. It is not public; beffroi report --public leaves it"
        " out, and every name in the body of the report."
    ),
    "Ce que ce rapport ne peut pas prouver": "What this report cannot prove",
    # Target by target.
    "Objectif par objectif": "Target by target",
    "Article {article} de la convention": "Article {article} of the convention",
    "sans l'acceptation du risque": "without the accepted risk",
    "Ce que prévoit la convention (résumé)": "What the convention provides (summary)",
    "Texte de la convention": "The convention's own words",
    "Objectif en vigueur": "Objective in force",
    "Comment c'est mesuré": "How it is measured",
    "sans seuil chiffré": "no numeric threshold",
    "aucune durée de conservation n'est renseignée": "no retention period is declared",
    ", chaque jour": ", every day",
    ", au moins {part} des jours": ", at least {part} of the days",
    "à partir du {day}": "from {day}",
    "au début de la période": "at the start of the period",
    "inscription {entry}": "entry {entry}",
    "seuil : inscription {limit} ; part des jours : inscription {of_days}": (
        "threshold: entry {limit}; share of days: entry {of_days}"
    ),
    "durée non fixée": "no retention set",
    "durée de conservation": "retention",
    "site": "site",
    "pays": "country",
    "garantie de transfert": "transfer basis",
    "nom du bénéficiaire": "name of the beneficiary",
    "prestataire": "provider",
    "référence de la convention": "reference of the convention",
    "objectif en vigueur": "objective in force",
    "texte de la convention": "the convention's own words",
    "tolérance d'exécution": "run allowance",
    "durée de validité des preuves": "validity of evidence",
    "périmètre": "perimeter",
    "accès à la copie": "access to the copy",
    "machine de la copie": "machine of the copy",
    "dernière vérification saine": "last sound verification",
    "dommage constaté": "damage found",
    "entrée des sources récentes": "entry of recent sources",
    "intervalle le plus long": "longest interval",
    "durée de restauration": "time to restore",
    "échéance": "due date",
    "{due}, rien de fait, {state}": "{due}, nothing done, {state}",
    "{due}, fait le {done}, {state}": "{due}, done on {done}, {state}",
    "non consigné": "not recorded",
    " (à la date du rapport)": " (on the report's date)",
    " (non consigné avant le {day})": " (not recorded before {day})",
    "modifié": "changed",
    "≤ {limit}, et un jour pour la purge": "≤ {limit}, and one day to prune",
    "tolérance d'exécution d'un jour, en plus de l'objectif : {allowance}": (
        "run allowance of a day, added to the objective: {allowance}"
    ),
    "{said}, au-delà de la durée par défaut ({usual})": "{said}, beyond the default ({usual})",
    "Constat": "Finding",
    "Mesure": "Value",
    "En clair": "In words",
    "Jours attendus": "Days expected",
    "Échéances du trimestre": "Due this quarter",
    "Éléments suivis": "Subjects",
    "Taux": "Rate",
    "Taux maximal possible": "Highest possible rate",
    "Sans les acceptations de risque": "Without accepted risks",
    "Si l'accord inscrit le {day} l'avait été à sa date": "If the agreement entered on {day} had been on its own date",
    "Jours établis par une preuve tardive": "Days established by late evidence",
    "{late} (jours × éléments suivis)": "{late} (days × subjects)",
    "Périmètre (article 5.2), à la date du rapport": "Perimeter (article 5.2), on the report's date",
    " et {number} de plus": " and {number} more",
    "Non démontrés, faute de tout enregistrement": "Unproven, for lack of any record",
    "Atteints": "Met",
    "Non atteints": "Missed",
    "Non démontrés": "Unproven",
    "Sous risque accepté": "Under an accepted risk",
    "Sans ce que les exclusions couvrent": "Without what the exclusions cover",
    " (en cours)": " (so far)",
    "Rien n'a été mesuré.": "Nothing was measured.",
    # Charts.
    "Calendrier": "Calendar",
    "Calendrier en chiffres": "Calendar in figures",
    "Les mêmes jours, en chiffres": "The same days, in figures",
    "Jours {month} : {said}.": "Days of {month}: {said}.",
    "Mois": "Month",
    "Sur quatre trimestres": "Over four quarters",
    "Atteint chaque jour attendu pour : {names}.": "Met on each expected day for: {names}.",
    "Sur quatre trimestres : {quarters}.": "Over four quarters: {quarters}.",
    "quatre trimestres": "four quarters",
    "Trimestre": "Quarter",
    "Part": "Share",
    "Verdict": "Verdict",
    "Atteints sur attendus": "Met of expected",
}
