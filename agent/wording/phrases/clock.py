"""What is said of a machine's clock; the slots are what agent.core.judging.clock_offset tells about its findings."""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

CLOCK: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        When(
            known="source",
            fr="l'horloge est juste à {value} près (objectif : {limit}, source : {source})",
            en="the clock is right to within {value} (objective: {limit}, source: {source})",
        ),
    ),
    Reason.CLOCK_OFF: (
        Words(
            fr="l'horloge est décalée d'au moins {value} (objectif : {limit}, source : {source})",
            en="the clock is off by at least {value} (objective: {limit}, source: {source})",
        ),
    ),
    Reason.CLOCK_DOUBTFUL: (
        Words(
            fr="l'horloge de la machine n'est connue qu'à {most_seconds} près ({source})",
            en="the machine's clock is only known to within {most_seconds} ({source})",
        ),
        Words(
            fr="l'horloge de la machine est à {apart_seconds} de celle du logiciel de mesure, que rien ne règle",
            en="the machine's clock is {apart_seconds} from the agent's, which nothing keeps right",
        ),
        When(
            known="unshown",
            fr="rien ne règle ni ne montre l'horloge de la machine",
            en="nothing keeps the machine's clock right or shows it",
        ),
    ),
}
