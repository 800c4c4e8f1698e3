"""What is said of a machine's security updates: how many wait, since when at least, and what else it owes.

The slots are what checks/patching.py tells about its findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

PATCHING: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="mises à jour de sécurité en attente : {reported}, la plus ancienne parue il y a {value} (objectif : "
            "{limit}), d'après l'export {export}",
            en="security updates that wait: {reported}, the oldest came out {value} ago (objective: {limit}), by the "
            "export {export}",
        ),
        Words(
            fr="aucune mise à jour de sécurité n'attend, d'après l'export {export}",
            en="no security update waits, by the export {export}",
        ),
        Words(
            fr="correctifs de sécurité en attente : {updates}, le plus ancien ({package}) depuis {value} au moins et "
            "{at_most_age} au plus (objectif : {limit})",
            en="security updates that wait: {updates}, the oldest ({package}) for {value} at least and {at_most_age} "
            "at most (objective: {limit})",
        ),
        When(
            known="updates",
            fr="aucun correctif de sécurité n'attend, listes signées à l'appui",
            en="no security update waits, by lists that are signed and fresh",
        ),
    ),
    Reason.ON_COURSE: (
        Words(
            fr="des correctifs de sécurité attendent : {updates}, le plus ancien ({package}) depuis {value} au moins "
            "et probablement {at_most_age} au plus ; la date de leur parution n'a pas été observée (objectif : "
            "{limit})",
            en="security updates wait: {updates}, the oldest ({package}) for {value} at least and probably "
            "{at_most_age} at most; when they came out was not observed (objective: {limit})",
        ),
        Words(
            fr="des correctifs de sécurité attendent : {updates}, le plus ancien ({package}) depuis {value} au moins ; "
            "la date de leur parution n'a pas été observée (objectif : {limit})",
            en="security updates wait: {updates}, the oldest ({package}) for {value} at least; when they came out "
            "was not observed (objective: {limit})",
        ),
        When(
            known="no_log",
            fr="aucun journal de dpkg ne montre de campagne, et des correctifs attendent",
            en="no log of dpkg shows a campaign, and updates wait",
        ),
        Words(
            fr="aucune campagne n'est inscrite depuis le {no_campaign}, début du journal de dpkg",
            en="no campaign is written down since {no_campaign}, where the log of dpkg begins",
        ),
    ),
    Reason.INCOMPLETE: (
        When(
            known="no_date",
            fr="l'export {export} ne dit pas depuis quand les mises à jour attendent",
            en="the export {export} does not tell since when the updates wait",
        ),
        When(
            known="no_restart",
            fr="l'export {export} ne dit pas si un redémarrage est dû",
            en="the export {export} does not tell whether a restart is owed",
        ),
        When(
            known="no_support",
            fr="l'export {export} ne dit pas jusqu'à quand le système est maintenu",
            en="the export {export} does not tell until when the system is supported",
        ),
        When(
            known="no_campaign_told",
            fr="l'export {export} ne dit pas quand les dernières mises à jour ont été installées",
            en="the export {export} does not tell when the last updates were installed",
        ),
    ),
    Reason.UPDATES_PENDING: (
        Words(
            fr="une mise à jour de sécurité attend depuis {value} (objectif : {limit}) ; en attente : {reported}, "
            "d'après l'export {export}",
            en="a security update has waited for {value} (objective: {limit}); waiting: {reported}, by the export "
            "{export}",
        ),
        Words(
            fr="un correctif de sécurité ({package}) attend depuis {value} au moins (objectif : {limit}) ; "
            "en attente : {updates}, dont retenus par dpkg : {held}",
            en="a security update ({package}) has waited for {value} at least (objective: {limit}); "
            "waiting: {updates}, of which held by dpkg: {held}",
        ),
        Words(
            fr="un correctif de sécurité ({package}) attend depuis {value} au moins (objectif : {limit}) ; "
            "en attente : {updates}, dont écartés par un épinglage : {pinned}",
            en="a security update ({package}) has waited for {value} at least (objective: {limit}); "
            "waiting: {updates}, of which turned away by a pin: {pinned}",
        ),
        Words(
            fr="un correctif de sécurité ({package}) attend depuis {value} au moins (objectif : {limit}) ; "
            "en attente : {updates}",
            en="a security update ({package}) has waited for {value} at least (objective: {limit}); waiting: {updates}",
        ),
    ),
    Reason.CAMPAIGN_LATE: (
        Words(
            fr="aucune campagne de correctifs depuis le {no_campaign} au moins ({value}, objectif : {limit})",
            en="no patch campaign since {no_campaign} at least ({value}, objective: {limit})",
        ),
    ),
    Reason.RESTART_OWED: (
        Words(
            fr="un noyau plus récent ({kernel}) attend un redémarrage depuis {value} (objectif : {limit})",
            en="a newer kernel ({kernel}) has waited for a restart for {value} (objective: {limit})",
        ),
        Words(
            fr="des programmes tournent avec du code remplacé : {programs}, dont {program} depuis {value} "
            "(objectif : {limit})",
            en="programs run code that was replaced: {programs}, of which {program} for {value} (objective: {limit})",
        ),
        Words(
            fr="un redémarrage est dû depuis {value} (objectif : {limit})",
            en="a restart has been owed for {value} (objective: {limit})",
        ),
    ),
    Reason.UNSUPPORTED_SYSTEM: (
        Words(
            fr="ce système ({system}) ne reçoit plus de correctifs de sécurité depuis le {until}",
            en="this system ({system}) has had no more security updates since {until}",
        ),
        Words(
            fr="ce système ({system}) n'est pas une version publiée : ses correctifs de sécurité ne sont pas assurés",
            en="this system ({system}) is no released version: its security updates are not assured",
        ),
    ),
    Reason.ABSENT: (
        Words(fr="l'export {export} ne connaît pas cette machine", en="the export {export} does not know this machine"),
        When(
            known="source",
            fr="aucune source de correctifs de sécurité n'est configurée",
            en="no source of security updates is configured",
        ),
    ),
    Reason.STALE_METADATA: (
        Words(
            fr="les listes de correctifs de sécurité sont périmées, les plus vieilles datent de {lists_age}",
            en="the lists of security updates are no longer to be believed, the oldest was made {lists_age} ago",
        ),
        Words(
            fr="aucune liste de correctifs de sécurité digne de foi n'est sur cette machine",
            en="no list of security updates that can be believed is on this machine",
        ),
    ),
    Reason.DENIED: (
        When(
            known="gap",
            fr="une partie de la machine n'a pu être vue avec les droits du contrôle",
            en="part of the machine may not be seen with the rights of this look",
        ),
    ),
}
