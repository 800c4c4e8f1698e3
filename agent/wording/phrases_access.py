"""What is said of the ways into a machine and of the rights of those who left.

The slots are what checks/strong_authentication.py tells about its findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases import Phrases, When

AUTHENTICATION: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="un mot de passe seul ne suffit nulle part ({value} de {pairs} couples compte et chemin, objectif : "
            "{limit}) ; deux facteurs sont prouvés pour {two_factors}",
            en="a password alone is enough nowhere ({value} of {pairs} pairs of account and path, objective: {limit}); "
            "two factors are proven for {two_factors}",
        ),
    ),
    Reason.WEAK_AUTHENTICATION: (
        When(
            known="bare",
            words=Words(
                fr="{account} entre par {path} sans rien montrer ({value} de {pairs} couples protégés, objectif : "
                "{limit})",
                en="{account} comes in by {path} without showing anything ({value} of {pairs} pairs protected, "
                "objective: {limit})",
            ),
        ),
        Words(
            fr="{account} entre par {path} avec un mot de passe seul ({value} de {pairs} couples protégés, objectif : "
            "{limit} ; deux facteurs prouvés : {two_factors})",
            en="{account} comes in by {path} with a password alone ({value} of {pairs} pairs protected, objective: "
            "{limit}; two proven factors: {two_factors})",
        ),
    ),
    Reason.UNREADABLE: (
        Words(
            fr="ce que {account} doit montrer par {path} ne se lit pas ici ({enough}) ; {untold} couples sur {pairs} "
            "dans ce cas",
            en="what {account} must show by {path} cannot be read here ({enough}); so for {untold} pairs of {pairs}",
        ),
        Words(fr="une partie de la machine ne se lit pas : {said}", en="part of the machine cannot be read: {said}"),
    ),
    Reason.DENIED: (
        Words(fr="le compte utilisé n'a pas le droit de voir : {said}", en="the account used may not see: {said}"),
    ),
}
