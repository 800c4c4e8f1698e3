"""Reasons that targets of several kinds give, in words that fit each; a target may have its own words for one."""

from agent.core.reason import Reason
from agent.wording.entries import ReasonWords
from agent.wording.languages import Words

SHARED = {
    Reason.ABSENT: ReasonWords(
        short=Words(fr="introuvable", en="not there"),
        means=Words(
            fr="On a regardé, l'endroit répond, et ce qui devrait s'y trouver n'y est pas.",
            en="A look was taken, the place answers, and what should be there is not.",
        ),
        why=Words(
            fr="C'est un constat, pas un doute : ce que l'objectif demande n'existe pas ici.",
            en="This was seen, it is no doubt: what the target asks for does not exist here.",
        ),
        mend=Words(
            fr="Mettre en place ce que le détail nomme, ou corriger la configuration si elle vise un mauvais endroit.",
            en="Set up what the detail names, or correct the configuration where it points at the wrong place.",
        ),
    ),
    Reason.IN_FUTURE: ReasonWords(
        short=Words(fr="daté du futur", en="dated in the future"),
        means=Words(
            fr="Ce qui a été lu porte une date en avance sur l'horloge du logiciel de mesure.",
            en="What was read carries a date ahead of the agent's clock.",
        ),
        why=Words(
            fr="Une date future paraîtrait toujours fraîche et cacherait un arrêt.",
            en="A future date would always look fresh and hide a standstill.",
        ),
        mend=Words(
            fr="Remettre à l'heure la machine qui a écrit cette date (timedatectl).",
            en="Set the clock of the machine that wrote this date (timedatectl).",
        ),
    ),
    Reason.VANISHED: ReasonWords(
        short=Words(fr="disparu", en="vanished"),
        means=Words(
            fr="Ce qui a été vu auparavant n'est plus là, sans que la conservation prévue l'explique.",
            en="What was seen before is gone, and the agreed retention does not explain it.",
        ),
        why=Words(
            fr="Effacer des traces est un geste d'intrus ; une erreur le fait aussi.",
            en="Erasing traces is what an intruder does; a mistake does it too.",
        ),
        mend=Words(
            fr="Chercher qui a supprimé ce que le détail nomme, et le récupérer s'il en reste un exemplaire.",
            en="Find out who removed what the detail names, and recover it where another one exists.",
        ),
    ),
    Reason.CONTENT_CHANGED: ReasonWords(
        short=Words(fr="contenu modifié", en="content changed"),
        means=Words(
            fr="Ce qui était écrit une fois pour toutes a été réécrit depuis sa première lecture.",
            en="What was written once and for all has been rewritten since it was first read.",
        ),
        why=Words(
            fr="Une pièce que l'on peut réécrire ne prouve plus rien.",
            en="A record that can be rewritten proves nothing any more.",
        ),
        mend=Words(
            fr="Chercher qui a réécrit ce que le détail nomme, et quand ; en garder un exemplaire.",
            en="Find out who rewrote what the detail names, and when; keep a copy of it.",
        ),
    ),
    Reason.RETENTION_EXCEEDED: ReasonWords(
        short=Words(fr="conservé trop longtemps", en="kept too long"),
        means=Words(
            fr="Des données sont encore là au-delà de la durée de conservation fixée.",
            en="Data is still there beyond the retention fixed for it.",
        ),
        why=Words(
            fr="Conserver plus que nécessaire est aussi un écart (RGPD, article 5.1 e).",
            en="Keeping more than needed is a fault as well (GDPR, article 5(1)(e)).",
        ),
        mend=Words(
            fr="Appliquer la purge prévue ; le logiciel de mesure, lui, ne supprime jamais rien.",
            en="Apply the agreed pruning; the agent itself never removes anything.",
        ),
    ),
}
