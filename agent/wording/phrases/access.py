"""What is said of the ways into a machine and of the rights of those who left.

The slots are what checks/strong_authentication.py and checks/access_revocation.py tell about their findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When
from agent.wording.phrases.registers import EVENTS

AUTHENTICATION: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        When(
            known="nobody",
            fr="aucun chemin d'accès à distance n'y est ouvert, à aucun compte, d'après tout ce qui en a été lu",
            en="no way in from afar is open there, to any account, by all that was read of it",
        ),
        Words(
            fr="un mot de passe seul ne suffit nulle part (couples compte et chemin protégés : {value} de {pairs}, "
            "objectif : {limit} ; deux facteurs prouvés : {two_factors})",
            en="a password alone is enough nowhere (pairs of account and path protected: {value} of {pairs}, "
            "objective: {limit}; two proven factors: {two_factors})",
        ),
    ),
    Reason.WEAK_AUTHENTICATION: (
        When(
            known="bare",
            fr="{account} entre par {path} sans rien montrer (couples protégés : {value} de {pairs}, "
            "objectif : {limit})",
            en="{account} comes in by {path} without showing anything (pairs protected: {value} of {pairs}, "
            "objective: {limit})",
        ),
        Words(
            fr="{account} entre par {path} avec un mot de passe seul (couples protégés : {value} de {pairs}, "
            "objectif : {limit} ; deux facteurs prouvés : {two_factors})",
            en="{account} comes in by {path} with a password alone (pairs protected: {value} of {pairs}, objective: "
            "{limit}; two proven factors: {two_factors})",
        ),
    ),
    Reason.UNREADABLE: (
        When(
            known="door",
            fr="rien ne prouve ce que {account} doit montrer par {path} ({enough}) ; couples dans ce cas : "
            "{untold} sur {pairs}",
            en="nothing proves what {account} must show by {path} ({enough}); pairs like this: {untold} of {pairs}",
        ),
        Words(
            fr="ce que {account} doit montrer par {path} ne se lit pas ici ({enough}) ; couples dans ce cas : "
            "{untold} sur {pairs}",
            en="what {account} must show by {path} cannot be read here ({enough}); pairs like this: "
            "{untold} of {pairs}",
        ),
        Words(fr="une partie de la machine ne se lit pas : {part}", en="part of the machine cannot be read: {said}"),
    ),
    Reason.DENIED: (
        Words(
            fr="le compte utilisé n'a pas le droit de voir : {part} ({command})",
            en="the account used may not see: {said}",
        ),
        Words(fr="le compte utilisé n'a pas le droit de voir : {part}", en="the account used may not see: {said}"),
    ),
}

# Added to the sentence of a departure that is closed, whatever its delay.
REMARKS: Phrases = (
    Words(
        fr="un droit est revenu depuis sur {back_on} : {right_back} (en tout : {given_back})",
        en="a right is back since then on {back_on}: {right_back} (in all: {given_back})",
    ),
)

REVOCATION: Mapping[Reason, Phrases] = {
    Reason.ON_COURSE: (
        Words(
            fr="{entry} : départ le {opened}, échéance le {due} ; reste sur {host} : {right} (en tout : {rights})",
            en="{entry}: left {opened}, due {due}; still on {host}: {right} (in all: {rights})",
        ),
        Words(
            fr="{entry} : départ le {opened}, échéance le {due} ; {untold} ne le montre pas encore",
            en="{entry}: left {opened}, due {due}; {untold} does not show it yet",
        ),
        Words(fr="{entry} : départ le {opened}, échéance le {due}", en="{entry}: left {opened}, due {due}"),
    ),
    Reason.WITHIN_LIMIT: (
        When(
            known="never_seen",
            fr="{entry} : aucun hôte ne montre rien de ces comptes ni de ces clés (vu le {closed}), et aucun ne "
            "les montrait juste avant ; vérifier leurs noms",
            en="{entry}: no host shows anything of these accounts and keys (seen {closed}), and none did shortly "
            "before; check their names",
        ),
        Words(
            fr="{entry} : plus aucun droit sur aucun hôte depuis le {closed}, vu {value} après le départ "
            "(objectif : {limit})",
            en="{entry}: no right left on any host since {closed}, seen {value} after the departure "
            "(objective: {limit})",
        ),
    ),
    Reason.RIGHT_REMAINING: (
        Words(
            fr="{entry} : {value} après le départ (objectif : {limit}), reste sur {host} : {right} "
            "(en tout : {rights})",
            en="{entry}: {value} after the departure (objective: {limit}), still on {host}: {right} (in all: {rights})",
        ),
        Words(
            fr="{entry} : un droit restait ouvert après l'échéance du {due}, et {untold} ne montre pas qu'il n'y est "
            "plus",
            en="{entry}: a right was still open after it was due {due}, and {untold} does not show that it is gone",
        ),
    ),
    Reason.OVERDUE: (
        Words(
            fr="{entry} : plus aucun droit depuis le {closed} seulement, {value} après le départ (objectif : {limit})",
            en="{entry}: no right left only since {closed}, {value} after the departure (objective: {limit})",
        ),
    ),
    Reason.INCOMPLETE: (
        Words(
            fr="personne n'a regardé à l'échéance du {due} : plus aucun droit de {entry} à la vue du {closed}, {value} "
            "après le départ",
            en="no look was made when due {due}: no right of {entry} left when seen {closed}, {value} after the "
            "departure",
        ),
        *EVENTS[Reason.INCOMPLETE],
    ),
    Reason.NOT_EXPECTED: EVENTS[Reason.NOT_EXPECTED],
    Reason.NOT_DECLARED: (
        Words(
            fr="aucune machine n'est déclarée dont les comptes seraient contrôlés (« access » dans collect, "
            "sous [[host]])",
            en="no host is declared whose accounts would be checked (“access” in collect, under [[host]])",
        ),
    ),
    **{
        reason: (
            When(
                known="part",
                fr="{untold} ne montre pas ce qui y reste de {entry}, départ le {opened} ; n'y est pas vu : {part} "
                "(hôtes dans ce cas : {untold_hosts})",
                en="{untold} does not show what is left there of {entry}, left {opened}: {said} (hosts like this: "
                "{untold_hosts})",
            ),
            Words(
                fr="{untold} ne montre pas ce qui y reste de {entry}, départ le {opened} (hôtes dans ce cas : "
                "{untold_hosts})",
                en="{untold} does not show what is left there of {entry}, left {opened} (hosts like this: "
                "{untold_hosts})",
            ),
        )
        for reason in (
            Reason.UNREACHABLE,
            Reason.DENIED,
            Reason.TIMED_OUT,
            Reason.HOST_KEY_UNKNOWN,
            Reason.HOST_KEY_CHANGED,
            Reason.STALE_EVIDENCE,
            Reason.NOT_RUN,
            Reason.UNREADABLE,
            Reason.EXITED,
            Reason.TOOL_MISSING,
            Reason.NO_LONGER_DECLARED,
        )
    },
}
