"""What is said of flows that were tried: what came of it, and what shows that the trial itself could have passed.

The slots are what checks/network_segmentation.py tells about its findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases import Phrases, When

_ANSWERS = {
    "refused": Words(fr="la connexion est refusée", en="the connection is refused"),
    "filtered": Words(fr="la tentative reste sans réponse", en="nothing answers the attempt"),
    "silent": Words(fr="la tentative reste sans réponse", en="nothing answers the attempt"),
    "unreachable": Words(
        fr="le réseau répond qu'il n'y a pas de passage", en="the network answers that there is no way"
    ),
    "no_route": Words(fr="la machine n'a aucun chemin", en="the machine has no way at all"),
}


def _after(fr: str, en: str) -> Phrases:
    """Return, for each answer, a phrase that begins with it."""
    return tuple(
        When(known=known, words=Words(fr=f"{answer.fr}{fr}", en=f"{answer.en}{en}"))
        for known, answer in _ANSWERS.items()
    )


NETWORK: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        When(
            known="passes", words=Words(fr="le flux nécessaire vers {to} passe", en="the required flow to {to} passes")
        ),
        *_after(
            " vers {to}, alors que la destination répond à {witness} et qu'un flux témoin passe",
            " to {to}, while the destination answers {witness} and a control flow passes",
        ),
        *_after(
            " vers {to}, alors qu'un flux témoin de la même machine passe",
            " to {to}, while a control flow from the same machine passes",
        ),
    ),
    Reason.FLOW_OPEN: (Words(fr="le flux interdit vers {to} passe", en="the forbidden flow to {to} passes"),),
    Reason.FLOW_BLOCKED: _after(
        " vers {to}, alors que ce flux est nécessaire", " to {to}, while this flow is required"
    ),
    Reason.NO_CONTROL: (
        When(
            known="undeclared",
            words=Words(
                fr="aucun flux nécessaire de la même machine n'est déclaré, et un refus seul ne montre rien",
                en="no required flow from the same machine is declared, and a refusal alone shows nothing",
            ),
        ),
        When(
            known="silent",
            words=Words(
                fr="un serveur peut laisser un datagramme sans réponse : il en faut une, reçue d'ailleurs",
                en="a server may leave a datagram unanswered: an answer is needed, got from elsewhere",
            ),
        ),
        Words(
            fr="aucun flux témoin vers un réseau n'est passé de la même façon depuis cette machine",
            en="no control flow over a network passed in the same way from that machine",
        ),
    ),
    Reason.TIMED_OUT: (
        When(
            known="silent",
            words=Words(
                fr="la destination laisse un datagramme sans réponse, ce qu'un serveur peut faire",
                en="the destination leaves a datagram unanswered, which a server may do",
            ),
        ),
    ),
}
