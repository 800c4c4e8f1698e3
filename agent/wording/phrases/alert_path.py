"""What is said of the path by which alerts leave; the slots are what agent/core/facts/alert_path.py tells."""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

ALERT_PATH: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="le relais accepte les adresses ({way_asked}, il y a {value}, objectif : {limit}) ; dernier message "
            "remis il y a {message_age}",
            en="the relay accepts the addresses ({way_asked}, {value} ago, objective: {limit}); the last message was "
            "taken {message_age} ago",
        ),
        Words(
            fr="dernier message remis il y a {value} ({way}, objectif : {limit})",
            en="the last message was taken {value} ago ({way}, objective: {limit})",
        ),
    ),
    Reason.SILENT: (
        Words(
            fr="aucune alerte ne passe par {way_lost} depuis {value}",
            en="no alert has left by {way_lost} for {value}: {said}",
        ),
    ),
    Reason.UNREACHABLE: (
        Words(fr="{way_failing} ne prend pas les messages", en="{way_failing} does not take messages: {said}"),
    ),
    Reason.STALE_EVIDENCE: (
        Words(
            fr="dernier message remis il y a {evidence_age} ({way}, au plus {evidence_limit})",
            en="the last message was taken {evidence_age} ago ({way}, at most {evidence_limit})",
        ),
    ),
    Reason.ON_COURSE: (
        Words(
            fr="un premier message d'essai est en route ({way_tried})",
            en="a first test message is on its way ({way_tried})",
        ),
    ),
    Reason.NOT_DECLARED: (
        When(
            known="ways_out",
            fr="[alert] ne nomme aucun destinataire : rien ne montre qu'une alerte parviendrait à quelqu'un",
            en="[alert] names no receiver: nothing shows that an alert would reach anyone",
        ),
    ),
}
