"""What a report proves and what it does not, in plain words; the English is in agent.wording.english_proof."""

SIGNED = "Journées (UTC) du trimestre closes par une signature : {signed}."
NO_OTHER = (
    "Aucun témoin ni aucun horodatage n'est déclaré : en dehors du prestataire, seules des empreintes que vous"
    " auriez reçues attesteraient ces journées."
)
IN_TIME = "À temps : au plus tard à la fin du lendemain (UTC) de la journée."
NO_AUDIT = "Aucun audit par tirage au sort n'a été fait au cours du trimestre."

COUNTED = (
    "Les journées comptées dans ce rapport suivent des lignes du registre que contient le dossier de preuves :"
    " beffroi evidence verify refait le compte à partir d'elles seules. Avec le fichier des chiffres, il recompte"
    " aussi les taux et les échéances par événement (tests, analyses, incidents, violations, départs, restaurations)."
)
DERIVED = (
    "Les constats que le registre garde pour le bénéficiaire (sauvegardes, correctifs, protections, journaux) sont"
    " dans le dossier de preuves : la même commande en déduit de nouveau les journées, et dit celles qu'elle ne peut"
    " pas déduire."
)
UNCHANGED = (
    "Une ligne d'une journée signée qui aurait été modifiée, retirée ou ajoutée par quelqu'un qui ne détient pas la clé"
    " du registre se verrait."
)
ONE_VERSION = (
    "Pour {days} des {signed} journées signées, un même point de contrôle n'admet qu'une version : sous ce point, même"
    " le détenteur de la clé ne peut pas en présenter une autre."
)
DOCUMENTS = (
    "Cette page et les tableaux ont leur empreinte dans le dossier signé ; un PDF n'y a la sienne que s'il a été fait"
    " en même temps qu'eux."
)
WITNESSED = (
    "Une journée qu'un témoin a contresignée à temps n'a pas été refaite depuis, même par le détenteur de la clé, tant"
    " que le témoin ne s'entend pas avec lui."
)
STAMPED = "Une journée horodatée à temps existait telle quelle à l'heure du jeton."
AUDITED = "Ce qu'un audit a tiré et relu était bien présent, ce jour-là, sur la copie."

NOT_TRUE = (
    "Que ce qui a été enregistré le jour même était exact : la preuve montre que rien n'a changé depuis, non que"
    " c'était vrai."
)
NOT_ATTESTED = (
    "Que {days} des {signed} journées signées n'ont pas été refaites par le détenteur de la clé : personne d'autre ne"
    " les a attestées à temps."
)
NOT_SHOWN_ALIKE = (
    "Qu'un autre lecteur a reçu le même registre : il faut comparer vos points de contrôle, ou interroger un témoin."
)
NOT_ONE_VERSION = (
    "Que le détenteur de la clé n'a pas signé deux versions de {days} des {signed} journées signées, closes par une"
    " version antérieure du programme : seule la comparaison de deux dossiers le montre."
)
NOT_AUDITED = "Que ce qu'aucun audit n'a relu est intact sur la copie."
NOT_ITS_AUTHOR = "Qui a fait une inscription : son auteur est celui qui est déclaré."

# Of a report over a whole fleet.
ADDED_UP = (
    "Ce rapport additionne les registres de {agents} et les inscriptions du centre. Chaque constat est une ligne de"
    " l'un de ces registres, auquel le logiciel de mesure ne fait qu'ajouter."
)
AT_AGENTS = (
    "Le centre ne remet pas de dossier de preuves : celui de chaque logiciel de mesure prouve ses propres"
    " journées, et se vérifie hors ligne. Il s'obtient sur la machine de ce logiciel, par cette commande."
)
LATE_ROWS = (
    "Preuve tardive : journées pendant lesquelles le centre est resté un temps sans nouvelles du logiciel de mesure, et"
    " dont les lignes sont arrivées dans les sept jours. Elles sont comptées et marquées."
)
LOST_ROWS = (
    "Sans nouvelles : journées dont les lignes ne sont pas arrivées, ou l'ont été après sept jours. Ce que le"
    " logiciel de mesure y aurait constaté d'atteint reste non démontré."
)
NEVER_HEARD = (
    "Rien n'est jamais venu de {number}{which} : ce qui devait y être surveillé n'est pas connu du centre, et n'est pas"
    " compté dans ce rapport."
)
FOLLOWED = (
    "Chaque ligne reçue suit celle qui la précède, et son contenu correspond à son empreinte : le centre l'a vérifié à"
    " l'arrivée. Une ligne réécrite ensuite dans la base aurait été vue."
)
ADDED_RIGHTLY = "Le dernier état de chaque registre est celui dont l'empreinte figure dans le tableau."
