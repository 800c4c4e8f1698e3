"""What a backup's targets say of a reason that targets of other kinds give too."""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.entries import ReasonWords
from agent.wording.languages import Words

OF_BACKUPS: Mapping[Reason, ReasonWords] = {
    Reason.TOO_OLD: ReasonWords(
        short=Words(fr="sauvegarde trop ancienne", en="backup too old"),
        means=Words(
            fr="La dernière sauvegarde présente avait dépassé l'âge que fixe l'objectif.",
            en="The newest backup that is really there was older than the objective.",
        ),
        why=Words(
            fr="En cas de sinistre maintenant, tout ce qui a été fait depuis serait perdu.",
            en="Were the source lost now, all that was done since would be lost with it.",
        ),
        mend=Words(
            fr="Voir si la dernière exécution a eu lieu, et ce qu'elle a produit : son journal, l'espace libre, "
            "le verrou du dépôt.",
            en="See whether the last run took place and what it made: its log, free space, the repository's lock.",
        ),
    ),
    Reason.ABSENT: ReasonWords(
        short=Words(fr="introuvable", en="not there"),
        means=Words(
            fr="On a regardé, l'endroit répond, et ce qui devrait s'y trouver n'y est pas.",
            en="A look was taken, the place answers, and what should be there is not.",
        ),
        why=Words(
            fr="C'est un constat, pas un doute : une sauvegarde qui n'existe pas ne peut pas être restaurée.",
            en="This was seen, it is no doubt: a backup that does not exist cannot be restored.",
        ),
        mend=Words(
            fr="Vérifier le chemin du dépôt, le nom de machine (snapshot_host) et "
            "les chemins déclarés ; lancer la sauvegarde.",
            en="Check the repository's path, the machine's name (snapshot_host) "
            "and the declared paths; run the backup.",
        ),
    ),
    Reason.IN_FUTURE: ReasonWords(
        short=Words(fr="daté du futur", en="dated in the future"),
        means=Words(
            fr="Un point porte une date de plus de cinq minutes en avance sur l'horloge du logiciel de mesure.",
            en="A point bears a date more than five minutes ahead of the agent's clock.",
        ),
        why=Words(
            fr="Un point daté du futur paraîtrait toujours frais et cacherait l'arrêt des sauvegardes.",
            en="A point dated in the future would always look fresh and hide that backups have stopped.",
        ),
        mend=Words(
            fr="Remettre à l'heure la machine qui sauvegarde, puis faire un nouveau point.",
            en="Set the clock of the machine that makes the backup, then make a new point.",
        ),
    ),
    Reason.VANISHED: ReasonWords(
        short=Words(fr="point disparu", en="a recovery point vanished"),
        means=Words(
            fr="Un point vu auparavant n'est plus là, sans que la conservation prévue l'explique.",
            en="A point seen before is gone, and the retention agreed does not explain it.",
        ),
        why=Words(
            fr="Effacer les sauvegardes est le premier geste d'un rançongiciel ; une "
            "restauration d'un ancien état aussi le fait.",
            en="Deleting backups is what ransomware does first; rolling a store back does it too.",
        ),
        mend=Words(
            fr="Chercher qui a supprimé le point (journaux de l'hôte de dépôt). Le constat reste affiché sept jours.",
            en="Find out who removed the point (logs of the host of the repository). "
            "The finding stands for seven days.",
        ),
    ),
    Reason.CONTENT_CHANGED: ReasonWords(
        short=Words(fr="contenu modifié", en="content changed"),
        means=Words(
            fr="Un point de reprise a été réécrit, ou le dernier contient en masse un contenu nouveau qui ne se "
            "compresse plus, ou qui remplace ce qui était là ; ou un fichier restauré par sondage diffère de celui de "
            "la source, dont ni la taille ni la date n'ont changé.",
            en="A recovery point was rewritten, or the newest one holds a mass of new content that no longer "
            "compresses, or that stands in the place of what was there; or a file restored as a sample differs from "
            "the source's own, of which neither size nor date has changed.",
        ),
        why=Words(
            fr="Un point est écrit une fois pour toutes ; et un rançongiciel chiffre la source, "
            "que chaque sauvegarde recopie ensuite.",
            en="A point is written once and for all; and ransomware encrypts the source, "
            "which each backup then copies.",
        ),
        mend=Words(
            fr="Suspendre toute purge, ouvrir des fichiers récents de la source, comparer les deux derniers points "
            "(restic diff) ; chercher qui a réécrit un point (restic rewrite). Si c'est voulu, l'inscrire : beffroi "
            "register add change",
            en="Suspend all pruning, open recent files of the source, compare the last two points (restic diff); "
            "find out who rewrote a point (restic rewrite). If it was wanted: sudo beffroi register add change",
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
            fr="Appliquer la purge prévue sur le dépôt ; le logiciel de mesure, lui, ne supprime jamais rien.",
            en="Apply the agreed pruning to the repository; the agent itself never removes anything.",
        ),
    ),
    Reason.INCOMPLETE: ReasonWords(
        short=Words(fr="incomplet", en="incomplete"),
        means=Words(
            fr="Une partie de ce qui doit être sauvegardé, ou de ce qu'un exercice doit montrer, manque.",
            en="Part of what has to be backed up, or of what an exercise has to show, is missing.",
        ),
        why=Words(
            fr="Un chemin sans sauvegarde, ou un exercice sans durée, ne prouve pas le tout.",
            en="A path with no backup, or an exercise with no duration, does not prove the whole.",
        ),
        mend=Words(
            fr="Compléter ce que le détail nomme : le chemin à sauvegarder, ou l'inscription au registre.",
            en="Complete what the detail names: the path to back up, or the entry in the register.",
        ),
    ),
    Reason.TOOL_MISSING: ReasonWords(
        short=Words(fr="outil absent", en="tool missing"),
        means=Words(
            fr="Le programme qui lit les sauvegardes n'est pas installé, ou il est trop ancien.",
            en="The program that reads the backups is not installed, or is too old.",
        ),
        why=Words(
            fr="Sans lui rien n'est constaté, ni en bien ni en mal.",
            en="Without it nothing is seen, neither good nor bad.",
        ),
        mend=Words(
            fr="Installer le paquet que le détail nomme (restic : 0.14 au moins).",
            en="Install the package that the detail names (restic: 0.14 or later).",
        ),
    ),
    Reason.NOT_RUN: ReasonWords(
        short=Words(fr="jamais contrôlé", en="never checked"),
        means=Words(
            fr="Aucun contrôle de cette sauvegarde n'a encore abouti.",
            en="No look at this backup has succeeded yet.",
        ),
        why=Words(
            fr="Un objectif que rien ne regarde reste dans la liste : son absence ferait croire qu'il est tenu.",
            en="A target that nothing looks at stays on the list: leaving it out would read as kept.",
        ),
        mend=Words(
            fr="Lancer sudo beffroi check ; pour l'intégrité d'une copie, sudo beffroi verify.",
            en="Run sudo beffroi check; for the integrity of a copy, sudo beffroi verify.",
        ),
    ),
}
