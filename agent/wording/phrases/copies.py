"""What is said of a source that no longer looks like itself, of copies beside each other, and of what is kept too long.

The slots are what anomalies.py and copy_lag.py in agent.core.judging and rules on backups tell about their findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

SUSPICIONS: Mapping[Reason, Phrases] = {
    Reason.SHRUNK: (
        Words(
            fr="le nombre de fichiers du dernier point de {path} est tombé à {files}, contre {usual_files} d'habitude",
            en="the newest point of {path} is down to {files} files, where {usual_files} are usual",
        ),
        Words(
            fr="{removed_percent} % des fichiers de {path} ont disparu d'un point à l'autre "
            "({files} restent, sur {files_before})",
            en="{removed_percent} % of the files of {path} went from one point to the next "
            "({files} of {files_before} are left)",
        ),
        Words(
            fr="le dernier point de {path} ne contient plus que {bytes}, contre {usual_bytes} d'habitude",
            en="the newest point of {path} is down to {bytes}, where {usual_bytes} are usual",
        ),
        Words(
            fr="le nombre de fichiers du dernier point de {path} est tombé à {files}, contre {files_before} "
            "dans un point antérieur",
            en="the files of the newest point of {path} are down to {files}, where an earlier one holds {files_before}",
        ),
        Words(
            fr="le dernier point de {path} ne contient plus que {bytes}, contre {bytes_before} dans un point antérieur",
            en="the newest point of {path} is down to {bytes}, where an earlier one holds {bytes_before}",
        ),
    ),
    Reason.CONTENT_CHANGED: (
        Words(
            fr="{rewritten_percent} % des fichiers de {path} ont été réécrits en moins d'un jour dans le miroir, comme "
            "le ferait un chiffrement malveillant",
            en="{rewritten_percent} % of the files of {path} were written anew in the mirror within a day, as "
            "ransomware would do",
        ),
        Words(
            fr="des fichiers passés de {path} ont changé ({files_changed} au total, dont {file}), alors qu'une "
            "sauvegarde passée ne change jamais",
            en="past files of {path} have changed ({files_changed} in all, {file} among them), and a past backup never "
            "changes",
        ),
        Words(
            fr="{removed_percent} % des fichiers de {path} ont été remplacés d'un point à l'autre "
            "({added_bytes} nouveaux, contre {usual_bytes} d'habitude), comme le ferait un chiffrement malveillant",
            en="{removed_percent} % of the files of {path} were replaced from one point to the next "
            "({added_bytes} new, where {usual_bytes} are usual), as ransomware would",
        ),
        Words(
            fr="{path} a reçu {added_bytes} qui ne se compressent plus, contre {usual_bytes} d'habitude, "
            "comme le ferait un chiffrement malveillant",
            en="{path} gained {added_bytes} that no longer compress, where {usual_bytes} are usual, "
            "as ransomware would do",
        ),
    ),
    Reason.UNCHANGED: (
        Words(fr="rien n'avait changé dans {path} depuis longtemps", en="nothing had changed in {path} for long"),
    ),
}

COPIES: Mapping[Reason, Phrases] = {
    Reason.NOT_DECLARED: (
        Words(
            fr="le pays où se trouve cette copie n'est pas renseigné",
            en="the country in which this copy stands is not given",
        ),
    ),
    Reason.CONTENT_CHANGED: (
        Words(
            fr="des fichiers restaurés par sondage n'ont pas le contenu de la source, qui n'a pas changé depuis"
            " ({failed_samples} au total)",
            en="files restored as a sample do not hold what the source holds, which has not changed since"
            " ({failed_samples} in all)",
        ),
        Words(
            fr="des points de reprise de cette copie n'ont pas le contenu qu'ils ont dans {source_copy} "
            "({points} au total)",
            en="recovery points of this copy do not hold what they hold in {source_copy} ({points} in all)",
        ),
    ),
    Reason.PROTECTION_LOST: (
        Words(
            fr="le compte du logiciel de mesure peut désormais effacer cette copie, ce qui lui était "
            "refusé jusqu'au {held_until}",
            en="the agent's account can now delete this copy, which was refused to it until {held_until}",
        ),
    ),
}

LIFECYCLE: Mapping[Reason, Phrases] = {
    Reason.NOT_DECLARED: (
        Words(
            fr="des points plus anciens que la durée fixée restent dans {copy} : {unowned_points} (machine "
            "{unowned_host}) ; rien de déclaré ne dit à qui ils sont",
            en="points older than the retention stay in {copy}: {unowned_points} (host {unowned_host}), and nothing "
            "that is declared says whose they are",
        ),
        Words(
            fr="la durée de conservation convenue pour cette sauvegarde n'est pas renseignée",
            en="the retention agreed for this backup is not given",
        ),
    ),
    Reason.WITHIN_LIMIT: (
        Words(
            fr="le plus ancien point de reprise encore présent date de {value} (durée fixée : {limit}, "
            "et un jour pour la purge)",
            en="the oldest recovery point still there is {value} old (retention fixed: {limit}, and a day for pruning)",
        ),
    ),
    Reason.RETENTION_EXCEEDED: (
        Words(
            fr="un point de reprise de {value} est encore là, dans {copy} (durée fixée : {limit})",
            en="a recovery point {value} old is still there, in {copy} (retention fixed: {limit})",
        ),
    ),
    Reason.ABSENT: (
        Words(
            fr="aucun point de cette sauvegarde n'a été vu dans {copy}, donc rien ne dit ce qui y est gardé",
            en="no point of this backup was seen in {copy}, so that nothing tells what is kept there",
        ),
    ),
    Reason.EMPTY: (
        Words(
            fr="{copy} ne contient aucun point de reprise, donc rien ne dit ce qui y est gardé",
            en="{copy} holds no recovery point, so that nothing tells what is kept there",
        ),
    ),
    Reason.UNREADABLE: (
        When(
            known="file",
            fr="un point de reprise de {copy} est illisible, et son âge inconnu",
            en="a recovery point of {copy} cannot be read, and its age is unknown",
        ),
    ),
}
