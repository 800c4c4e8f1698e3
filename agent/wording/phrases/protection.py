"""What is said of a machine's protection: which of the four matters is at stake, and what else is known of it.

The slots are what checks/endpoint_protection.py tells about its findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

PROTECTION: Mapping[Reason, Phrases] = {
    Reason.WITHIN_LIMIT: (
        Words(
            fr="d'après l'export {export} de sa console, sa protection date de {value} (objectif : {limit}) ; "
            "la console seule le dit, et la détection n'est pas éprouvée",
            en="by its console's export {export}, its protection is {value} old (objective: {limit}); "
            "only the console says so, and detection is not tried",
        ),
        When(
            known="reported",
            fr="selon l'export {export} de sa console, le poste s'est signalé il y a {value} (objectif : {limit}), "
            "mais l'export ne dit pas si sa protection est active, et la détection n'est pas éprouvée",
            en="by its console's export {export}, the machine reported {value} ago (objective: {limit}); "
            "the export does not say whether its protection is on, and detection is not tried",
        ),
        When(
            known="sensor",
            fr="le capteur {product} est actif et sa console a répondu il y a {value} (objectif : {limit}) ; "
            "sa détection ne s'éprouve pas sans écrire de fichier d'essai",
            en="the sensor {product} is active and its console answered {value} ago (objective: {limit}); "
            "its detection cannot be tried without writing a test file",
        ),
        When(
            known="untried",
            fr="{product} protège en temps réel, ses signatures datent de {value} (objectif : {limit}) ; "
            "sa détection ne s'éprouve pas sans écrire de fichier d'essai",
            en="{product} protects in real time, its signatures are {value} old (objective: {limit}); "
            "its detection cannot be tried without writing a test file",
        ),
        When(
            known="ageing",
            fr="les signatures en mémoire vieillissent : elles datent de {value} (objectif : {limit}) ; "
            "détection éprouvée il y a {trial_age}",
            en="the signatures in memory are ageing: they are {value} old (objective: {limit}); "
            "detection proven {trial_age} ago",
        ),
        Words(
            fr="les signatures en mémoire datent de {value} (objectif : {limit}), détection éprouvée il y a "
            "{trial_age}, mais celles du disque (n° {disk_version}) ne sont pas celles chargées (n° {loaded_version})",
            en="the signatures in memory are {value} old (objective: {limit}), detection proven {trial_age} ago, "
            "but those on disk (no. {disk_version}) are not the ones loaded (no. {loaded_version})",
        ),
        Words(
            fr="les signatures en mémoire datent de {value} (objectif : {limit}), "
            "détection éprouvée il y a {trial_age}",
            en="the signatures in memory are {value} old (objective: {limit}), detection proven {trial_age} ago",
        ),
        Words(
            fr="les signatures en mémoire datent de {value} (objectif : {limit})",
            en="the signatures in memory are {value} old (objective: {limit})",
        ),
    ),
    Reason.OUTDATED: (
        Words(
            fr="d'après l'export {export} de sa console, sa protection date de {value} (objectif : {limit})",
            en="by its console's export {export}, its protection is {value} old (objective: {limit})",
        ),
        When(
            known="sensor",
            fr="la console du capteur {product} n'a plus répondu depuis {value} (objectif : {limit})",
            en="the console of the sensor {product} has not answered for {value} (objective: {limit})",
        ),
        When(
            known="within_seconds",
            fr="car les signatures datent de {value} à {within_seconds} près (objectif : {limit}), "
            "clamd les datant sans fuseau horaire",
            en="since the signatures are {value} old, give or take {within_seconds} (objective: {limit}), "
            "as clamd dates them without a time zone",
        ),
        Words(
            fr="les signatures en mémoire (n° {loaded_version}) datent de {value} (objectif : {limit}) ; "
            "celles du disque (n° {disk_version}) ne sont pas chargées",
            en="the signatures in memory (no. {loaded_version}) are {value} old (objective: {limit}); "
            "those on disk (no. {disk_version}) are not loaded",
        ),
        Words(
            fr="les signatures en mémoire datent de {value} (objectif : {limit})",
            en="the signatures in memory are {value} old (objective: {limit})",
        ),
    ),
    Reason.ABSENT: (
        Words(
            fr="l'export {export} de la console ne connaît pas cette machine",
            en="the console's export {export} does not know this machine",
        ),
        Words(fr="aucun antivirus ni EDR n'est installé", en="no antivirus and no EDR is installed"),
    ),
    Reason.NOT_RUNNING: (
        Words(fr="{product} est installé mais à l'arrêt", en="{product} is installed and not running"),
    ),
    Reason.NOT_ENGAGED: (
        Words(fr="{product} tourne mais sa protection n'agit pas", en="{product} runs but its protection does not act"),
    ),
    Reason.NOT_DETECTING: (
        Words(
            fr="{product} n'a pas distingué la chaîne d'essai EICAR d'un contenu anodin",
            en="{product} did not tell the EICAR test string from harmless content",
        ),
    ),
    Reason.IN_FUTURE: (
        Words(
            fr="car les signatures sont datées de {ahead} dans le futur",
            en="since the signatures are dated {ahead} in the future",
        ),
    ),
    Reason.STALE_EVIDENCE: (
        Words(
            fr="la détection n'a plus été éprouvée depuis {trial_age} (il le faut depuis moins de {trial_limit})",
            en="detection was last proven {trial_age} ago (once within {trial_limit} is needed)",
        ),
    ),
    Reason.UNREADABLE: (
        When(
            known="undated",
            fr="la base de signatures chargée par {product} n'a pas de date",
            en="the signature base that {product} has loaded has no date",
        ),
        Words(fr="{product} est là, mais n'a pas pu être lu", en="{product} is there and could not be read"),
    ),
    Reason.DENIED: (
        When(
            known="unshown",
            fr="l'accès à ce qui le montrerait a été refusé au contrôle",
            en="access to what would show it was refused",
        ),
        Words(fr="l'accès à {product} a été refusé au contrôle", en="access to {product} was refused"),
    ),
    Reason.TIMED_OUT: (Words(fr="{product} n'a pas répondu à temps", en="{product} did not answer in time"),),
    Reason.EXITED: (
        Words(fr="la réponse de {product} n'a pas pu être comprise", en="the answer from {product} was not understood"),
    ),
    Reason.TOOL_MISSING: (
        Words(
            fr="la machine n'a rien pour interroger {product} (python3, socat ou netcat-openbsd)",
            en="the machine has nothing to ask {product} with (python3, socat or netcat-openbsd)",
        ),
    ),
}
