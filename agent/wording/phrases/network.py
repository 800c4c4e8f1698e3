"""What is said of flows and web pages that were tried: the outcome, and what shows that it could have passed.

The slots are what checks/network_segmentation.py and checks/web_filtering.py tell about their findings.
"""

from collections.abc import Iterable, Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

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
    return tuple(When(known=known, fr=f"{answer.fr}{fr}", en=f"{answer.en}{en}") for known, answer in _ANSWERS.items())


_FAMILIES = (Words(fr=" en {family}", en=" over {family}"), Words(fr="", en=""))


def _in_each_family(fr: str, en: str) -> tuple[Words, ...]:
    """Return a phrase with the family where only one is meant, and without."""
    return tuple(Words(fr=fr.replace("*", one.fr), en=en.replace("*", one.en)) for one in _FAMILIES)


NETWORK: Mapping[Reason, Phrases] = {
    Reason.NOT_ENGAGED: _in_each_family(
        "le pare-feu ({by}) laisse entrer* ce qu'aucune règle ne nomme (chaîne {chain}, interface {interface})",
        "the firewall ({by}) lets in* what no rule names (chain {chain}, interface {interface})",
    ),
    Reason.ABSENT: _in_each_family("aucun pare-feu ne filtre ce qui entre*", "no firewall filters what comes in*"),
    Reason.UNREADABLE: (
        *_in_each_family(
            "une règle du pare-feu ({by}) que le logiciel de mesure ne sait pas suivre laisse peut-être entrer* "
            "ce qu'aucune ne nomme (chaîne {chain})",
            "a rule of the firewall ({by}) that the agent cannot follow may let in* what none names (chain {chain})",
        ),
    ),
    Reason.WITHIN_LIMIT: (
        When(
            known="by",
            fr="le pare-feu ({by}) refuse ce qu'aucune règle ne nomme",
            en="the firewall ({by}) refuses what no rule names",
        ),
        When(known="passes", fr="le flux nécessaire vers {to} passe", en="the required flow to {to} passes"),
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
            fr="aucun flux nécessaire de la même machine n'est déclaré, et un refus seul ne montre rien",
            en="no required flow from the same machine is declared, and a refusal alone shows nothing",
        ),
        When(
            known="silent",
            fr="un serveur peut laisser un datagramme sans réponse : il en faut une, reçue d'ailleurs",
            en="a server may leave a datagram unanswered: an answer is needed, got from elsewhere",
        ),
        Words(
            fr="aucun flux témoin vers un réseau n'est passé de la même façon depuis cette machine",
            en="no control flow over a network passed in the same way from that machine",
        ),
    ),
    Reason.TIMED_OUT: (
        When(
            known="silent",
            fr="la destination laisse un datagramme sans réponse, ce qu'un serveur peut faire",
            en="the destination leaves a datagram unanswered, which a server may do",
        ),
    ),
}


_INTERCEPTED = Words(
    fr=" ; certificat d'une autorité locale ({issuer}) : TLS est intercepté, ou le site est interne",
    en="; certificate of a local authority ({issuer}): TLS is intercepted, or the site is an internal one",
)
_THROUGH = Words(fr=" par le mandataire {proxy}", en=" through the proxy {proxy}")
_NOTHING = Words(fr="", en="")


_REFUSED = {
    "refused_status": Words(fr="réponse {refused_status}", en="answer {refused_status}"),
    "refused_text": Words(fr="« {refused_text} »", en="“{refused_text}”"),
    "refused_reset": Words(fr="connexion coupée", en="connection cut"),
}
_ENDS = {
    "status": Words(fr="réponse {status}", en="answer {status}"),
    "ended_reset": Words(fr="connexion coupée", en="connection cut"),
    "ended_redirects": Words(fr="renvois sans fin", en="redirects without an end"),
    "ended_timed_out": Words(fr="sans réponse à temps", en="no answer in time"),
    "ended_unresolved": Words(fr="nom inconnu du DNS", en="name unknown to the DNS"),
    "ended_refused": Words(fr="connexion refusée", en="connection refused"),
    "ended_unreachable": Words(fr="réseau injoignable", en="network out of reach"),
    "ended_proxy": Words(fr="mandataire injoignable", en="proxy out of reach"),
    "ended_tls": Words(fr="échec de TLS", en="TLS fails"),
    "ended_error": Words(fr="réponse incompréhensible", en="answer not understood"),
}


def _for_each(ways: Mapping[str, Words], before: str, phrases: Iterable[Words]) -> Phrases:
    """Return, for each way that is known, the phrases with it in the place of `@`."""
    return tuple(
        When(
            known=before + known,
            fr=phrase.fr.replace("@", way.fr.replace("{", "{" + before)),
            en=phrase.en.replace("@", way.en.replace("{", "{" + before)),
        )
        for known, way in ways.items()
        for phrase in phrases
    )


def _by_each_way(fr: str, en: str) -> tuple[Words, ...]:
    """Return a phrase with all that is known of the way by which the page came, down to nothing."""
    return tuple(
        Words(fr=fr.replace("*", through.fr) + seen.fr, en=en.replace("*", through.en) + seen.en)
        for through in (_THROUGH, _NOTHING)
        for seen in (_INTERCEPTED, _NOTHING)
    )


WEB: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: _for_each(
        _REFUSED,
        "",
        _by_each_way(
            "l'adresse d'essai est refusée* (@), alors que l'adresse témoin s'ouvre",
            "the test address is refused* (@), while the control address opens",
        ),
    ),
    Reason.NOT_FILTERED: _by_each_way(
        "l'adresse d'essai d'une catégorie interdite s'ouvre*, réponse {status}",
        "the test address of a blocked category opens*, answer {status}",
    ),
    Reason.NO_CONTROL: (
        When(
            known="same",
            fr="l'adresse d'essai et l'adresse témoin mènent à la même page",
            en="the test address and the control address lead to the same page",
        ),
        *_for_each(
            _REFUSED,
            "control_",
            [Words(fr="l'adresse témoin est refusée elle aussi (@)", en="the control address is refused as well (@)")],
        ),
        *_for_each(
            _ENDS,
            "control_",
            [
                Words(
                    fr="l'adresse témoin ne s'ouvre pas non plus (@)", en="the control address does not open either (@)"
                )
            ],
        ),
    ),
    Reason.EXITED: _for_each(
        _ENDS,
        "",
        [
            Words(
                fr="l'adresse d'essai ne donne ni une page ni un refus déclaré (@)",
                en="the test address gives neither a page nor a refusal that is declared (@)",
            )
        ],
    ),
    Reason.UNREACHABLE: _for_each(
        _ENDS, "", [Words(fr="l'adresse d'essai n'a pas été atteinte (@)", en="the test address was not reached (@)")]
    ),
    Reason.TIMED_OUT: (
        Words(fr="l'adresse d'essai n'a pas répondu à temps", en="the test address did not answer in time"),
    ),
}
