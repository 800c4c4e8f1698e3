"""What is said of backups and their copies, where the general phrase of a reason would be too vague.

The slots are what agent.core.judging.recency and the two rules on backups tell about their findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

_OTHERS_ONLY = When(
    known="foreign_points",
    fr="le dépôt contient des points d'autres sources, mais aucun de {path}",
    en="the repository holds points of other sources, but none of {path}",
)
_NO_FILE = When(
    known="point",
    fr="le dernier point de reprise de {path} ne contient aucune donnée",
    en="the newest recovery point of {path} holds no data at all",
)
_NO_POINT = Words(fr="le dépôt ne contient aucun point de reprise", en="the repository holds no recovery point")
_NO_FILE_OF_SET = When(
    known="of_no_set",
    fr="aucun fichier du dossier ne répond au motif (match) de la série {path} ; fichiers hors de toute série : "
    "{of_no_set}",
    en="no file of the folder matches the pattern (match) of the set {path}; files of no set: {of_no_set}",
)
_SETTLING = When(
    known="settling",
    fr="les fichiers de {path} viennent d'arriver : ils comptent une fois que rien n'y a changé pendant la durée "
    "settle (15 min par défaut)",
    en="the files of {path} have just arrived: they count once nothing has changed in them for settle (15 min by "
    "default)",
)
_AHEAD = Words(
    fr="un point de reprise est daté de {ahead} dans le futur", en="a recovery point is dated {ahead} in the future"
)
_MAYBE_NEWER = When(
    known="point",
    fr="un point plus récent est peut-être là, mais n'a pas pu être lu",
    en="a newer point may be there, but could not be read",
)
_HIDDEN_ROUTE = When(
    known="hidden_route",
    fr="rien ne montre sur quelle machine est la copie {copy} : la configuration de ssh y mène par un programme "
    "(Match exec), qui n'est pas lancé pour la lire",
    en="nothing shows on which machine the copy {copy} lies: ssh's configuration leads there by a program "
    "(Match exec), which is not run to read it",
)
_DAMAGED_FILES = Words(
    fr="des fichiers de la copie sont endommagés ou manquent ({files} au total)",
    en="files of the copy are damaged or missing ({files} in all)",
)

_REACHED = Words(
    fr="les points de reprise assez récents de {path} ont besoin de données endommagées ({damaged_points} au total)",
    en="the recovery points of {path} that are recent enough need data that is damaged ({damaged_points} in all)",
)
_DOUBTFUL = Words(
    fr="la copie {copy} est endommagée, et rien ne montre quels points sont intacts : aucun ne compte",
    en="the copy {copy} is damaged, and nothing shows which points are sound: none counts",
)

_HIDDEN = Words(
    fr="un marqueur de suppression masque le contenu du dépôt, qui y est encore ({hidden_files} fichiers au total, "
    "dont {file} du {written})",
    en="a delete marker hides what the repository holds, and it is there still ({hidden_files} files in all, {file} of "
    "{written} among them)",
)

_WAL_GAP = Words(
    fr="le journal de la base s'interrompt : le segment {segment} manque, et {later_segments} segments plus récents ne "
    "peuvent pas être rejoués ; on ne peut revenir qu'au {newest}",
    en="the database's log is broken: segment {segment} is missing and {later_segments} newer ones cannot be replayed; "
    "it can be recovered to {newest} only",
)

RECOVERY_POINT: Mapping[Reason, Phrases] = {
    Reason.WAL_GAP: (_WAL_GAP,),
    Reason.WITHIN_LIMIT: (
        When(
            known="canary",
            fr="le témoin restauré du dernier point hors site date de {value} (objectif : {limit})",
            en="the canary restored from the newest point off site is {value} old (objective: {limit})",
        ),
        When(
            known="no_canary",
            fr="le dernier point de reprise hors site date de {value} (objectif : {limit}), d'après sa seule date",
            en="the newest recovery point off site is {value} old (objective: {limit}), by its date alone",
        ),
        When(
            known="rests_on",
            fr="le dernier point de reprise hors site date de {value} (objectif : {limit}), "
            "d'après sa seule date, faute de témoin",
            en="the newest recovery point off site is {value} old (objective: {limit}), "
            "by its date alone, for want of a canary",
        ),
        Words(
            fr="le dernier point de reprise hors site date de {value} (objectif : {limit})",
            en="the newest recovery point off site is {value} old (objective: {limit})",
        ),
    ),
    Reason.TOO_OLD: (
        When(
            known="canary",
            fr="le témoin restauré du dernier point hors site date de {value} (objectif : {limit}) : "
            "ce qui est sauvegardé n'est plus la source du jour",
            en="the canary restored from the newest point off site is {value} old (objective: {limit}): "
            "what is backed up is not today's source",
        ),
        Words(
            fr="le dernier point de reprise hors site de {path} date de {value} (objectif : {limit})",
            en="the newest recovery point of {path} off site is {value} old (objective: {limit})",
        ),
        Words(
            fr="le dernier point de reprise hors site date de {value} (objectif : {limit})",
            en="the newest recovery point off site is {value} old (objective: {limit})",
        ),
    ),
    Reason.ABSENT: (
        When(
            known="canary",
            fr="car le dernier point de reprise de {copy} ne contient pas le témoin",
            en="since the newest recovery point of {copy} does not hold the canary",
        ),
        _NO_FILE_OF_SET,
        _OTHERS_ONLY,
        Words(
            fr="le programme de sauvegarde de la copie {copy} ne connaît ni stanza ni serveur du nom de {cluster}",
            en="the backup program of the copy {copy} knows no stanza or server of the name {cluster}",
        ),
        Words(
            fr="le dépôt ou le dossier de la copie {copy} n'est pas là où il devrait être",
            en="the repository or folder of the copy {copy} is not where it should be",
        ),
    ),
    Reason.EMPTY: (
        Words(
            fr="le dernier fichier de {path} fait {holes} et ne contient que des zéros",
            en="the newest file of {path} has {holes} and holds nothing but zeros",
        ),
        _NO_FILE,
        _NO_FILE_OF_SET,
        _NO_POINT,
    ),
    Reason.ON_COURSE: (_SETTLING,),
    Reason.IN_FUTURE: (
        When(
            known="canary",
            fr="car le témoin du dernier point est daté de {ahead} dans le futur",
            en="since the canary of the newest point is dated {ahead} in the future",
        ),
        _AHEAD,
    ),
    Reason.HIDDEN: (_HIDDEN,),
    Reason.DAMAGED: (
        When(
            known="snapshots",
            fr="les points de reprise qui sont là sont endommagés et illisibles",
            en="the recovery points that are there are damaged and cannot be read",
        ),
        _REACHED,
        When(known="doubtful_points", fr=_DOUBTFUL.fr, en=_DOUBTFUL.en),
    ),
    Reason.UNREADABLE: (
        When(
            known="canary",
            fr="le témoin du dernier point de reprise de {copy} est illisible",
            en="the canary of the newest recovery point of {copy} is garbled",
        ),
        _HIDDEN_ROUTE,
        _MAYBE_NEWER,
    ),
    Reason.NOT_OFFSITE: (
        When(
            known="same_machine",
            fr="la copie {copy} est sur la machine même de la source, quel que soit le site déclaré",
            en="the copy {copy} lies on the source's own machine, whatever site is declared",
        ),
        When(
            known="copies_with_own_limit",
            fr="aucune copie hors site ne compte ici, car chacune a sa propre limite, moins stricte",
            en="no off-site copy counts here, since each has a limit of its own, which asks for less",
        ),
        Words(
            fr="aucune copie n'est sur un autre site que la source", en="no copy is at a site other than the source's"
        ),
    ),
}

# Added to the sentence of a verdict on recovery points, each where its slots are known.
REMARKS: Phrases = (
    When(known="declared_site", fr="site déclaré, non constaté", en="site as declared, not observed"),
    Words(
        fr="des points plus étroits sont là, faits de ce qui est sous {path} ({narrower_points} récents) : "
        "sauvegarder le dossier lui-même, sans étoile",
        en="narrower points are there, made of what is below {path} ({narrower_points} recent ones): "
        "back up the folder itself, without a star",
    ),
    Words(
        fr="un point récent de {path} porte un autre nom de machine, {other_host} (voir snapshot_host)",
        en="a recent point of {path} has another machine's name, {other_host} (see snapshot_host)",
    ),
    Words(
        fr="la baisse ou le remplacement constaté est voulu, selon l'inscription de {change_by} pour le {change_on}",
        en="what fell or was replaced was meant to, by the entry of {change_by} for {change_on}",
    ),
    Words(
        fr="rien n'a changé dans {path} depuis {unchanged_age}, ce qui n'est pas habituel",
        en="nothing has changed in {path} for {unchanged_age}, which is not usual",
    ),
)

COPY: Mapping[Reason, Phrases] = {
    Reason.WAL_GAP: (_WAL_GAP,),
    Reason.WITHIN_LIMIT: (
        Words(
            fr="le dernier point de reprise date de {value} (objectif : {limit}), copie vérifiée il y a {verified}",
            en="the newest recovery point is {value} old (objective: {limit}), verified {verified} ago",
        ),
        Words(
            fr="le dernier point de reprise de cette copie date de {value} (objectif : {limit})",
            en="the newest recovery point of this copy is {value} old (objective: {limit})",
        ),
    ),
    Reason.TOO_OLD: (
        Words(
            fr="le dernier point de reprise de cette copie date de {value} (objectif : {limit})",
            en="the newest recovery point of this copy is {value} old (objective: {limit})",
        ),
    ),
    Reason.ABSENT: (
        _NO_FILE_OF_SET,
        _OTHERS_ONLY,
        Words(
            fr="son programme de sauvegarde ne connaît ni stanza ni serveur du nom de {cluster}",
            en="its backup program knows no stanza or server of the name {cluster}",
        ),
        Words(
            fr="le dépôt ou le dossier de cette copie n'est pas là où il devrait être",
            en="the repository or folder of this copy is not where it should be",
        ),
    ),
    Reason.EMPTY: (_NO_FILE, _NO_FILE_OF_SET, _NO_POINT),
    Reason.ON_COURSE: (_SETTLING,),
    Reason.IN_FUTURE: (_AHEAD,),
    Reason.DAMAGED: (
        Words(
            fr="des fichiers restaurés par sondage reviennent endommagés ({failed_samples} au total)",
            en="files restored as a sample come back damaged ({failed_samples} in all)",
        ),
        _DAMAGED_FILES,
        _REACHED,
        When(known="doubtful_points", fr=_DOUBTFUL.fr, en=_DOUBTFUL.en),
    ),
    Reason.TRUNCATED: (
        Words(
            fr="des fichiers de la copie s'arrêtent avant leur fin ({files} au total, dont {file})",
            en="files of the copy end before their end ({files} in all, {file} among them)",
        ),
    ),
    Reason.INCOMPLETE: (
        Words(
            fr="des fichiers restaurés par sondage ne reviennent pas tels que le point les décrit"
            " ({failed_samples} au total)",
            en="files restored as a sample do not come back as the point describes them ({failed_samples} in all)",
        ),
    ),
    Reason.UNREADABLE: (_HIDDEN_ROUTE, _MAYBE_NEWER),
    Reason.HIDDEN: (
        _HIDDEN,
        Words(
            fr="des points de reprise sont masqués par un marqueur de suppression ({points} au total, le plus récent "
            "du {newest}) : leurs données sont encore là, et la conservation prévue ne l'explique pas",
            en="a delete marker hides recovery points ({points} in all, the newest of {newest}): their data is still "
            "there, and the retention agreed does not explain it",
        ),
    ),
    Reason.NOT_IMMUTABLE: (
        When(
            known="deletable",
            fr="le compte du logiciel de mesure peut effacer cette copie, promise protégée pendant {promised}",
            en="the agent's account can delete this copy, which is promised to be protected for {promised}",
        ),
        Words(
            fr="des fichiers peuvent être effacés avant {promised} ({unlocked} sur {lockable}, dont {file}), "
            "faute de verrou ou parce qu'un administrateur peut le lever",
            en="files can be deleted before {promised} are over ({unlocked} of {lockable}, {file} among them), for "
            "want of a lock or since an administrator can lift it",
        ),
    ),
    Reason.LOCK_SHORTER: (
        Words(
            fr="des fichiers ne sont protégés de l'effacement que {value}, au lieu de {limit} ({shorter} sur "
            "{lockable}, dont {file})",
            en="files are protected from deletion for {value} in place of {limit} ({shorter} of {lockable}, {file} "
            "among them)",
        ),
    ),
    Reason.VANISHED: (
        Words(
            fr="des fichiers ont disparu du dépôt ({gone_files} au total, dont {file}), "
            "sans qu'un nettoyage (prune) l'explique",
            en="files have gone from the repository ({gone_files} in all, {file} among them), and no prune explains it",
        ),
        Words(
            fr="des points de reprise ont disparu ({points} au total, le plus récent du {newest}), "
            "sans que la conservation prévue l'explique",
            en="recovery points have gone ({points} in all, the newest of {newest}), "
            "and the retention agreed does not explain it",
        ),
    ),
    Reason.NOT_OFFSITE: (
        When(
            known="same_machine",
            fr="cette copie est sur la machine même de la source, quel que soit le site déclaré",
            en="this copy lies on the source's own machine, whatever site is declared",
        ),
        Words(
            fr="cette copie est sur le site de la source, et aucune autre n'est hors site",
            en="this copy is at the source's own site, and no other one is off site",
        ),
    ),
    Reason.NOT_EXPECTED: (
        Words(
            fr="cette copie est sur le site de la source ; la copie hors site est {other}",
            en="this copy is at the source's own site; the off-site copy is {other}",
        ),
    ),
}

# What the look at a copy's integrity says of itself; the look at its list of points has the phrases above.
VERIFICATION: Mapping[Reason, Phrases] = {
    Reason.NOT_RUN: (
        Words(
            fr="l'intégrité de cette copie n'a encore jamais été vérifiée",
            en="the integrity of this copy has never been verified yet",
        ),
    ),
    Reason.ON_COURSE: (
        Words(
            fr="{bytes_verified} relus et sains sur {bytes_stored} : la première relecture complète n'est pas finie"
            " (il la faut en {whole_limit})",
            en="{bytes_verified} of {bytes_stored} are read back and sound: the first full reading is not over"
            " (within {whole_limit} is needed)",
        ),
        Words(
            fr="la première relecture complète n'est pas finie (il la faut en {whole_limit})",
            en="the first full reading is not over (within {whole_limit} is needed)",
        ),
    ),
    Reason.STALE_EVIDENCE: (
        Words(
            fr="la dernière vérification réussie date de {verified_age} (il en faut une de moins de {verified_limit})",
            en="the last verification that succeeded was {verified_age} ago (one within {verified_limit} is needed)",
        ),
        Words(
            fr="toute la copie n'a pas été relue depuis {whole_age} (il le faut en {whole_limit})",
            en="the whole copy was last read back {whole_age} ago (within {whole_limit} is needed)",
        ),
        Words(
            fr="toute la copie n'a pas encore été relue (il le faut en {whole_limit})",
            en="the whole copy has not been read back yet (within {whole_limit} is needed)",
        ),
        Words(
            fr="la dernière vérification date de {evidence_age} (il en faut une de moins de {evidence_limit})",
            en="the last verification was {evidence_age} ago (one within {evidence_limit} is needed)",
        ),
    ),
    Reason.UNREACHABLE: (
        Words(
            fr="la copie était injoignable pendant sa vérification",
            en="the copy could not be reached while it was verified",
        ),
    ),
    Reason.TIMED_OUT: (Words(fr="la vérification n'a pas fini à temps", en="the verification did not end in time"),),
    Reason.UNREADABLE: (
        Words(
            fr="des fichiers de cette copie n'ont pas pu être lus pour les vérifier",
            en="some files of this copy could not be read to be verified",
        ),
    ),
    Reason.DENIED: (
        Words(
            fr="l'accès à des fichiers de cette copie a été refusé à la vérification",
            en="the verification was refused access to files of this copy",
        ),
    ),
}
