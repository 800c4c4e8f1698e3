"""What is said of a verdict after «title, subject:», by reason: the fullest phrase whose every slot is known is used.

A slot is `{value}`, `{limit}`, or a name that a finding tells about itself; `{copy}` is known only where it says
more than the subject. The last phrase of each reason has no slot, so that one always fits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.core.reason import Reason
from agent.wording.languages import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class When(Words):
    """A phrase that is only true where a finding gives `known`, which the phrase itself does not show."""

    known: str


Phrases = tuple[Words, ...]

# «objectif» for both sides: an age must stay below it, a share or a depth must reach it.
SEEN: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="l'objectif est tenu ({value}, objectif : {limit})",
            en="the objective holds ({value}, objective: {limit})",
        ),
        Words(fr="l'objectif est tenu", en="the objective holds"),
    ),
    Reason.ON_COURSE: (
        Words(fr="le délai court encore et rien n'est en retard", en="the time allowed still runs and nothing is late"),
    ),
    Reason.TOO_SLOW: (
        Words(fr="la durée est de {value} (objectif : {limit})", en="it takes {value} (objective: {limit})"),
        Words(fr="la durée dépasse l'objectif", en="it takes longer than the objective"),
    ),
    Reason.TOO_OLD: (
        Words(
            fr="le plus récent date de {value} (objectif : {limit})",
            en="the newest is {value} old (objective: {limit})",
        ),
        Words(fr="le plus récent est plus vieux que l'objectif", en="the newest is older than the objective"),
    ),
    Reason.ABSENT: (
        Words(fr="ce qui devrait s'y trouver n'y est pas ({copy})", en="what should be there is not ({copy})"),
        Words(fr="ce qui devrait s'y trouver n'y est pas", en="what should be there is not"),
    ),
    Reason.EMPTY: (
        Words(fr="ce qui a été trouvé ne contient rien ({copy})", en="what was found holds nothing ({copy})"),
        Words(fr="ce qui a été trouvé ne contient rien", en="what was found holds nothing"),
    ),
    Reason.DAMAGED: (
        Words(fr="des fichiers sont endommagés ou manquent ({copy})", en="files are damaged or missing ({copy})"),
        Words(fr="des fichiers sont endommagés ou manquent", en="files are damaged or missing"),
    ),
    Reason.TRUNCATED: (
        Words(fr="des fichiers s'arrêtent avant leur fin ({copy})", en="files end before their end ({copy})"),
        Words(fr="des fichiers s'arrêtent avant leur fin", en="files end before their end"),
    ),
    Reason.IN_FUTURE: (
        Words(fr="le plus récent est daté du futur ({copy})", en="the newest is dated in the future ({copy})"),
        Words(fr="le plus récent est daté du futur", en="the newest is dated in the future"),
    ),
    Reason.NOT_OFFSITE: (
        Words(
            fr="aucune copie n'est sur un autre site que la source", en="no copy is at a site other than the source's"
        ),
    ),
    Reason.OUTSIDE_EEA: (
        Words(
            fr="la copie est hors de l'Espace économique européen ({country}), sans garantie documentée",
            en="the copy is outside the European Economic Area ({country}), with no documented guarantee",
        ),
        Words(
            fr="la copie est hors de l'Espace économique européen, sans garantie documentée",
            en="the copy is outside the European Economic Area, with no documented guarantee",
        ),
    ),
    Reason.SHRUNK: (
        Words(
            fr="le dernier contient bien moins que les précédents", en="the newest holds far less than those before it"
        ),
    ),
    Reason.WAL_GAP: (
        Words(
            fr="le journal de la base s'interrompt dans la sauvegarde",
            en="the database's log is broken in the backup",
        ),
    ),
    Reason.VANISHED: (
        Words(
            fr="ce qui avait été vu a disparu, sans que la conservation prévue l'explique",
            en="what was seen before is gone, and the retention agreed does not explain it",
        ),
    ),
    Reason.HIDDEN: (
        Words(
            fr="ce qui s'y trouvait est masqué par un marqueur de suppression ({copy}), et y est encore",
            en="a delete marker hides what was there ({copy}), and it is there still",
        ),
        Words(
            fr="ce qui s'y trouvait est masqué par un marqueur de suppression, et y est encore",
            en="a delete marker hides what was there, and it is there still",
        ),
    ),
    Reason.NOT_IMMUTABLE: (
        Words(
            fr="des fichiers de la copie peuvent être effacés, malgré la protection promise",
            en="files of the copy can be deleted, in spite of the protection promised",
        ),
    ),
    Reason.LOCK_SHORTER: (
        Words(
            fr="des fichiers ne sont protégés de l'effacement que {value} (promis : {limit})",
            en="files are protected from deletion for {value} only (promised: {limit})",
        ),
        Words(
            fr="des fichiers sont protégés de l'effacement moins longtemps que promis",
            en="files are protected from deletion for less time than promised",
        ),
    ),
    Reason.CONTENT_CHANGED: (
        Words(fr="un contenu qui ne doit jamais changer a changé", en="content that must never change has changed"),
    ),
    Reason.RETENTION_EXCEEDED: (
        Words(
            fr="des données de {value} sont encore là (durée fixée : {limit})",
            en="data {value} old is still there (retention fixed: {limit})",
        ),
        Words(fr="des données sont gardées au-delà de la durée fixée", en="data is kept beyond the retention fixed"),
    ),
    Reason.GAP: (
        Words(
            fr="il manque une période de {value} (objectif : {limit})",
            en="a stretch of {value} is missing (objective: {limit})",
        ),
        Words(fr="il manque une période dans ce qui est conservé", en="a stretch of what is kept is missing"),
    ),
    Reason.SILENT: (
        Words(
            fr="rien n'est arrivé depuis {value} (objectif : {limit})",
            en="nothing has come for {value} (objective: {limit})",
        ),
        Words(fr="rien n'arrive plus de cette source", en="nothing comes from this source any more"),
    ),
    Reason.NOT_RUNNING: (Words(fr="la protection est à l'arrêt", en="the protection is not running"),),
    Reason.NOT_ENGAGED: (Words(fr="la protection tourne mais n'agit pas", en="the protection runs but does not act"),),
    Reason.NOT_DETECTING: (
        Words(
            fr="la protection n'a pas reconnu la chaîne d'essai EICAR", en="the EICAR test string was not recognised"
        ),
    ),
    Reason.OUTDATED: (
        Words(
            fr="les signatures datent de {value} (objectif : {limit})",
            en="signatures are {value} old (objective: {limit})",
        ),
        Words(fr="les signatures ne sont pas à jour", en="signatures are out of date"),
    ),
    Reason.UPDATES_PENDING: (
        Words(
            fr="un correctif de sécurité attend depuis {value} (objectif : {limit})",
            en="a security update has waited for {value} (objective: {limit})",
        ),
        Words(fr="des correctifs de sécurité attendent trop longtemps", en="security updates wait for too long"),
    ),
    Reason.CAMPAIGN_LATE: (
        Words(
            fr="la dernière campagne de correctifs date de {value} (objectif : {limit})",
            en="the last patch campaign was {value} ago (objective: {limit})",
        ),
        Words(fr="la campagne de correctifs est en retard", en="the patch campaign is late"),
    ),
    Reason.RESTART_OWED: (
        Words(
            fr="un redémarrage est dû depuis {value} (objectif : {limit})",
            en="a restart has been owed for {value} (objective: {limit})",
        ),
        Words(fr="un redémarrage est dû", en="a restart is owed"),
    ),
    Reason.UNSUPPORTED_SYSTEM: (
        Words(fr="ce système ne reçoit plus de correctifs de sécurité", en="this system gets no more security updates"),
    ),
    Reason.CLOCK_OFF: (
        Words(
            fr="l'horloge est décalée de {value} (objectif : {limit})",
            en="the clock is off by {value} (objective: {limit})",
        ),
        Words(fr="l'horloge est décalée", en="the clock is off"),
    ),
    Reason.WEAK_AUTHENTICATION: (
        Words(
            fr="un mot de passe seul suffit quelque part ({value} protégés, objectif : {limit})",
            en="a password alone is enough somewhere ({value} protected, objective: {limit})",
        ),
        Words(fr="un mot de passe seul suffit quelque part", en="a password alone is enough somewhere"),
    ),
    Reason.RIGHT_REMAINING: (
        Words(
            fr="des droits restent ouverts {value} après le départ (objectif : {limit})",
            en="rights are still open {value} after the departure (objective: {limit})",
        ),
        Words(fr="des droits restent ouverts après un départ", en="rights are still open after a departure"),
    ),
    Reason.FLOW_OPEN: (Words(fr="un flux interdit passe", en="a forbidden flow passes"),),
    Reason.FLOW_BLOCKED: (Words(fr="un flux nécessaire ne passe pas", en="a required flow does not pass"),),
    Reason.NOT_COVERED: (Words(fr="des données ne sont dans aucune sauvegarde", en="some data are in no backup"),),
    Reason.NOT_FILTERED: (
        Words(fr="une adresse interdite s'ouvre normalement", en="a blocked address opens as any other"),
    ),
    Reason.OVER_QUOTA: (Words(fr="le volume dépasse ce qui est convenu", en="the volume exceeds what was agreed"),),
    Reason.OVERDUE: (
        Words(
            fr="l'échéance est dépassée ({value}, objectif : {limit})", en="it is overdue ({value}, objective: {limit})"
        ),
        Words(fr="l'échéance est dépassée", en="what was due is overdue"),
    ),
    Reason.INCOMPLETE: (Words(fr="une partie de ce qui est exigé manque", en="part of what is asked for is missing"),),
    Reason.NOT_EXPECTED: (
        Words(
            fr="l'inventaire déclare que cela ne s'applique pas ici",
            en="the inventory declares that this does not apply here",
        ),
    ),
    Reason.RETIRED: (
        Words(
            fr="retiré par beffroi retire, sa déclaration peut être supprimée de la configuration",
            en="retired by beffroi retire, its entry can go from the configuration",
        ),
    ),
}

NOT_SHOWN: Mapping[Reason, Phrases] = {
    Reason.TOOL_MISSING: (
        Words(fr="ni {tool} ni {other_tool} n'est installé", en="neither {tool} nor {other_tool} is installed"),
        Words(fr="le programme {tool} n'est pas installé", en="the program {tool} is not installed"),
        Words(fr="un outil nécessaire au contrôle manque", en="a tool needed for looking is missing: {said}"),
        Words(fr="un outil nécessaire au contrôle manque", en="a tool needed for looking is missing"),
    ),
    Reason.DENIED: (
        Words(fr="l'accès à {copy} a été refusé au contrôle", en="access to {copy} was refused"),
        Words(fr="l'accès a été refusé au contrôle", en="access was refused"),
    ),
    Reason.LOCKED: (
        Words(fr="un verrou tenu par quelqu'un d'autre bloque {copy}", en="{copy} is locked by another process"),
        Words(
            fr="un verrou tenu par quelqu'un d'autre a empêché le contrôle",
            en="a lock held by another process prevented the look",
        ),
    ),
    Reason.WRONG_PASSWORD: (
        Words(fr="le mot de passe n'ouvre pas {copy}", en="the password does not open {copy}"),
        Words(fr="le mot de passe n'ouvre pas le dépôt", en="the password does not open the repository"),
    ),
    Reason.WRONG_REPOSITORY: (
        Words(
            fr="un autre dépôt que celui attendu répond pour {copy}",
            en="another repository than expected answers for {copy}",
        ),
        Words(fr="un autre dépôt que celui attendu répond", en="another repository than expected answers"),
    ),
    Reason.UNREACHABLE: (
        Words(fr="{copy} est injoignable", en="{copy} cannot be reached"),
        Words(fr="l'hôte ou le service est injoignable", en="the host or the service cannot be reached"),
    ),
    Reason.HOST_KEY_UNKNOWN: (
        Words(
            fr="l'hôte de {copy} montre une clé qui n'est pas encore connue ici",
            en="the host of {copy} shows a key that is not known here yet",
        ),
        Words(
            fr="l'hôte montre une clé qui n'est pas encore connue ici",
            en="the host shows a key that is not known here yet",
        ),
    ),
    Reason.HOST_KEY_CHANGED: (
        Words(
            fr="l'hôte de {copy} montre une autre clé que celle qui est connue",
            en="the host of {copy} shows another key than the one known",
        ),
        Words(
            fr="l'hôte montre une autre clé que celle qui est connue",
            en="the host shows another key than the one known",
        ),
    ),
    Reason.TIMED_OUT: (
        Words(fr="{copy} n'a pas répondu à temps", en="{copy} did not answer in time"),
        Words(fr="le contrôle n'a pas reçu de réponse à temps", en="no answer came in time"),
    ),
    Reason.EXITED: (
        Words(
            fr="la réponse obtenue de {copy} n'a pas pu être comprise", en="the answer from {copy} was not understood"
        ),
        Words(fr="la réponse obtenue n'a pas pu être comprise", en="the answer was not understood"),
    ),
    Reason.UNREADABLE: (
        Words(fr="le contenu de {copy} n'a pas pu être lu", en="{copy} is there but could not be read"),
        Words(fr="ce qui est là n'a pas pu être lu", en="what is there could not be read"),
    ),
    Reason.STALE_EVIDENCE: (
        Words(
            fr="le dernier contrôle réussi date de {evidence_age} (il en faut un de moins de {evidence_limit})",
            en="the last look that succeeded was {evidence_age} ago (one within {evidence_limit} is needed)",
        ),
        Words(
            fr="le dernier contrôle réussi date de {evidence_age}",
            en="the last look that succeeded was {evidence_age} ago",
        ),
        Words(fr="le dernier contrôle réussi est trop ancien", en="the last look that succeeded is too old"),
    ),
    Reason.NO_ROOM: (
        Words(
            fr="la place libre ne suffit pas pour restaurer ce qui devait l'être",
            en="there is not enough free space to restore what was to be restored",
        ),
    ),
    Reason.STALE_METADATA: (
        Words(
            fr="les listes sur lesquelles la machine se fonde sont périmées",
            en="the lists that the machine relies on are too old",
        ),
    ),
    Reason.CLOCK_DOUBTFUL: (
        Words(
            fr="ce qui a été constaté est daté du {dated} par une horloge qui avançait : rien n'en est prouvé",
            en="what was seen is dated {dated} by a clock that ran ahead: it proves nothing",
        ),
        Words(fr="l'horloge du logiciel de mesure est douteuse", en="the agent's clock is doubtful"),
    ),
    Reason.FORK: (
        Words(
            fr="le registre du logiciel de mesure {agent} est dédoublé", en="the ledger of the agent {agent} is forked"
        ),
        Words(fr="le registre du logiciel de mesure est dédoublé", en="the agent's ledger is forked"),
    ),
    Reason.NO_AGENT: (Words(fr="aucun logiciel de mesure ne surveille cet hôte", en="no agent watches this host"),),
    Reason.DECLARED_TWICE: (
        Words(fr="deux logiciels de mesure surveillent cet hôte", en="two agents watch this host"),
    ),
    Reason.SILENT_AGENT: (
        Words(fr="le logiciel de mesure {agent} ne transmet plus rien", en="the agent {agent} sends nothing any more"),
        Words(fr="le logiciel de mesure ne transmet plus rien", en="the agent sends nothing any more"),
    ),
    Reason.NOT_RUN: (
        Words(fr="aucun contrôle de {copy} n'a encore été fait", en="{copy} has never been checked yet"),
        Words(fr="aucun contrôle n'a encore été fait", en="no look has been taken yet"),
    ),
    Reason.NO_CONTROL: (
        Words(fr="aucun essai témoin n'a réussi de la même façon", en="no control passed in the same way"),
    ),
    Reason.PROTECTION_LOST: (
        Words(fr="ce qui ne pouvait pas être effacé peut désormais l'être", en="what could not be deleted now can be"),
    ),
    Reason.UNCHANGED: (
        Words(
            fr="rien n'y change plus, ce qui n'est pas habituel", en="nothing in it changes any more, as is not usual"
        ),
    ),
    Reason.NOT_DECLARED: (
        Words(fr="la configuration ne dit rien de « {key} »", en="the configuration says nothing of “{key}”"),
        Words(fr="la configuration ne le déclare pas", en="the configuration does not declare it"),
    ),
    Reason.NO_LONGER_DECLARED: (
        Words(
            fr="retiré de la configuration sans date de fin, il reste attendu",
            en="gone from the configuration without an end date, it stays expected",
        ),
    ),
    Reason.BUG: (
        Words(
            fr="le contrôle a échoué par un défaut du logiciel de mesure",
            en="the look failed through a fault in the agent",
        ),
    ),
}
