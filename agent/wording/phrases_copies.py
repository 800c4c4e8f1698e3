"""What is said of a source that no longer looks like itself, of copies beside each other, and of what is kept too long.

The slots are what agent.core.anomalies, agent.core.matched and the rules on backups tell about their findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases import Phrases, When

LIFECYCLE: Mapping[Reason, Phrases] = {
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
            words=Words(
                fr="un point de reprise de {copy} est illisible, et son âge inconnu",
                en="a recovery point of {copy} cannot be read, and its age is unknown",
            ),
        ),
    ),
}
