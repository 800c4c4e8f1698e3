"""Reasons that come from looking at backups and their copies."""

from agent.core.reason import Reason
from agent.wording.entries import ReasonWords
from agent.wording.languages import Words

BACKUPS = {
    Reason.NOT_COVERED: ReasonWords(
        short=Words(fr="dans aucune sauvegarde", en="in no backup"),
        means=Words(
            fr="La machine contient un système de fichiers, une base, une machine virtuelle, un volume ou un dossier "
            "qu'aucune sauvegarde ne contient.",
            en="The machine holds a file system, database, virtual machine, volume or folder that no backup holds.",
        ),
        why=Words(
            fr="Si la machine est perdue, ces données le sont aussi.",
            en="Were the machine lost, these data would be lost with it.",
        ),
        mend=Words(
            fr="Ajouter le chemin à une sauvegarde et à ses paths (dumps pour l'export d'une base), ou l'écarter par "
            "unbacked avec sa raison.",
            en="Add the path to a backup and to its paths (dumps for a database's dump), or excuse it by unbacked with "
            "its reason.",
        ),
        listed=Words(fr="données dans aucune sauvegarde sur {subjects}", en="data in no backup on {subjects}"),
    ),
    Reason.TOO_OLD: ReasonWords(
        short=Words(fr="trop ancien", en="too old"),
        means=Words(
            fr="Le plus récent élément présent a dépassé l'âge que fixe l'objectif.",
            en="The newest one that is really there is older than the objective.",
        ),
        why=Words(
            fr="En cas de sinistre maintenant, tout ce qui a été fait depuis serait perdu.",
            en="Were the source lost now, all that was done since would be lost with it.",
        ),
        mend=Words(
            fr="Voir si la dernière exécution a eu lieu, et ce qu'elle a produit : son "
            "journal, l'espace libre, le verrou du dépôt.",
            en="See whether the last run took place and what it made: its log, free space, the repository's lock.",
        ),
    ),
    Reason.EMPTY: ReasonWords(
        short=Words(fr="vide", en="empty"),
        means=Words(
            fr="Ce qui a été trouvé ne contient rien : aucun point dans le dépôt, ou un point sans aucune donnée.",
            en="What was found holds nothing: no point in the repository, or a point without any data.",
        ),
        why=Words(
            fr="Une sauvegarde prise alors que le disque n'était pas monté réussit, et ne sauve rien.",
            en="A backup taken while its disk was not mounted succeeds, and saves nothing.",
        ),
        mend=Words(
            fr="Vérifier que la source est montée au moment de la sauvegarde, puis relancer celle-ci.",
            en="Check that the source is mounted when the backup runs, then run it again.",
        ),
    ),
    Reason.DAMAGED: ReasonWords(
        short=Words(fr="endommagé", en="damaged"),
        means=Words(
            fr="La vérification a lu des fichiers du dépôt qui ne sont plus ce qu'ils étaient, ou qui manquent. "
            "Les points qui en ont besoin ne comptent pas ; si rien ne montre lesquels, aucun ne compte.",
            en="Verification read files of the repository that are no longer what they were, or that are missing. "
            "Points that need them do not count; where nothing shows which do, none counts.",
        ),
        why=Words(
            fr="Un seul fichier abîmé peut rendre impossible la restauration de nombreux points.",
            en="One spoilt file can make the restore of many points impossible.",
        ),
        mend=Words(
            fr="Ne rien purger. Lire sudo beffroi verify COPIE --json, vérifier le "
            "disque, reconstruire depuis une autre copie, puis sudo beffroi verify COPIE --all.",
            en="Prune nothing. Read sudo beffroi verify COPY --json, check the disk, rebuild from another copy, "
            "then run sudo beffroi verify COPY --all.",
        ),
    ),
    Reason.TRUNCATED: ReasonWords(
        short=Words(fr="tronqué", en="truncated"),
        means=Words(
            fr="Un fichier de la copie s'arrête avant sa fin : son archive, son image ou son export est incomplet.",
            en="A file of the copy ends before its end: the archive, image or dump in it is not complete.",
        ),
        why=Words(
            fr="Une archive coupée ne se restaure pas, ou seulement en partie.",
            en="An archive that was cut does not restore, or only in part.",
        ),
        mend=Words(
            fr="Lire sudo beffroi verify COPIE --json, voir ce qui a interrompu l'écriture (disque plein, délai, "
            "réseau), relancer la sauvegarde, puis sudo beffroi verify COPIE --all.",
            en="Read sudo beffroi verify COPY --json, see what interrupted the writing (a full disk, a timeout, the "
            "network), run the backup again, then run sudo beffroi verify COPY --all.",
        ),
    ),
    Reason.HIDDEN: ReasonWords(
        short=Words(fr="masqué", en="hidden"),
        means=Words(
            fr="Un marqueur de suppression masque des fichiers du dépôt. Leurs données sont encore dans le stockage, "
            "mais le logiciel de sauvegarde n'en voit plus rien et répond sans erreur.",
            en="A delete marker hides files of the repository. Their data is still in the store, yet the backup "
            "program sees nothing of them and answers without an error.",
        ),
        why=Words(
            fr="C'est ce que laisse un effacement malveillant ou un nettoyage trop large : rien ne se restaure en "
            "l'état, et les données partiront à la fin de leur verrou.",
            en="A malicious deletion or too wide a cleaning leaves this: nothing restores as it stands, and the data "
            "goes once its lock ends.",
        ),
        mend=Words(
            fr="Chercher qui a supprimé, retirer ses droits, puis supprimer les marqueurs (les versions « delete "
            "marker ») : les points reviennent. Contrôler par sudo beffroi check.",
            en="Find out who deleted, take those rights away, then delete the markers (the versions that are delete "
            "markers): the points come back. Look again with sudo beffroi check.",
        ),
    ),
    Reason.NOT_IMMUTABLE: ReasonWords(
        short=Words(fr="effaçable", en="can be deleted"),
        means=Words(
            fr="La configuration promet une copie protégée de l'effacement (immutable), et des fichiers ne le sont "
            "pas : aucun verrou, ou un verrou GOVERNANCE, qu'un administrateur lève.",
            en="The configuration promises a copy that is protected from deletion (immutable), and files are not: no "
            "lock, or one in GOVERNANCE mode, which an administrator can lift.",
        ),
        why=Words(
            fr="Un intrus efface les sauvegardes avant de chiffrer la source ; un verrou COMPLIANCE l'en empêche.",
            en="An intruder deletes backups before encrypting the source; a lock in COMPLIANCE mode prevents it.",
        ),
        mend=Words(
            fr="Régler la conservation par défaut du compartiment S3 en mode COMPLIANCE pour la durée promise, "
            "relancer rest-server avec --append-only, ou poser chattr +i sur les fichiers écrits ; verrouiller aussi "
            "ceux qui y sont déjà.",
            en="Set the default retention of the S3 bucket to COMPLIANCE for the time promised, run rest-server with "
            "--append-only, or set chattr +i on files once they are written; lock those that are there already.",
        ),
    ),
    Reason.LOCK_SHORTER: ReasonWords(
        short=Words(fr="verrou trop court", en="lock too short"),
        means=Words(
            fr="Des fichiers de la copie sont verrouillés moins longtemps que la configuration ne le promet "
            "(immutable), compté depuis leur écriture.",
            en="Files of the copy are locked for less time than the configuration promises (immutable), counted from "
            "their writing.",
        ),
        why=Words(
            fr="Une intrusion reste souvent des semaines inaperçue : un verrou trop court est déjà ouvert quand on "
            "la voit.",
            en="An intrusion often goes unnoticed for weeks: a lock that is too short is open by the time it is seen.",
        ),
        mend=Words(
            fr="Allonger la conservation par défaut du compartiment et le verrou des objets présents "
            "(PutObjectRetention), ou corriger immutable si la promesse est autre.",
            en="Lengthen the bucket's default retention and the lock of the objects that are there "
            "(PutObjectRetention), or correct immutable if another time is promised.",
        ),
    ),
    Reason.NOT_OFFSITE: ReasonWords(
        short=Words(fr="aucune copie hors site", en="no off-site copy"),
        means=Words(
            fr="Aucune copie de cette sauvegarde n'est sur un autre site que sa source, ou la copie est sur la machine "
            "même de sa source.",
            en="No copy of this backup is at a site other than its source's, or the copy lies on its source's own "
            "machine.",
        ),
        why=Words(
            fr="Un incendie ou un vol emporterait à la fois la source et sa sauvegarde.",
            en="A fire or a theft would take both the source and its backup.",
        ),
        mend=Words(
            fr="Déclarer une [[backup.copy]] dont le site diffère de celui de l'hôte, et y envoyer les points.",
            en="Declare a [[backup.copy]] whose site differs from the host's, and send points there.",
        ),
    ),
    Reason.OUTSIDE_EEA: ReasonWords(
        short=Words(fr="hors de l'Espace économique européen", en="outside the European Economic Area"),
        means=Words(
            fr="La copie est dans un pays hors de l'EEE, sans garantie documentée.",
            en="The copy is in a country outside the EEA, with no documented guarantee.",
        ),
        why=Words(
            fr="Transférer des données personnelles hors de l'EEE demande un fondement (RGPD, chapitre V).",
            en="Moving personal data out of the EEA needs a legal basis (GDPR, chapter V).",
        ),
        mend=Words(
            fr="Déplacer la copie, ou inscrire la garantie (transfer_basis) validée par le DPO.",
            en="Move the copy, or declare the guarantee (transfer_basis) that the DPO has approved.",
        ),
    ),
    Reason.SHRUNK: ReasonWords(
        short=Words(fr="anormalement réduit", en="shrunk"),
        means=Words(
            fr="Le dernier point contient beaucoup moins de fichiers ou d'octets que les précédents.",
            en="The newest point holds far fewer files or bytes than those before it.",
        ),
        why=Words(
            fr="Le plus souvent un dossier n'était pas monté, ou des données ont été effacées.",
            en="Most often a folder was not mounted, or data was deleted.",
        ),
        mend=Words(
            fr="Comparer les points d'avant et d'après (restic diff). Le constat reste jusqu'au retour des données. "
            "Si la baisse est voulue : sudo beffroi register add change",
            en="Compare the points before and after (restic diff). The finding stands until the data is back. "
            "If the drop was wanted: sudo beffroi register add change",
        ),
    ),
    Reason.TOO_SLOW: ReasonWords(
        short=Words(fr="trop lent", en="too slow"),
        means=Words(
            fr="La dernière restauration complète a pris plus de temps que l'objectif.",
            en="The last full restore took longer than the objective.",
        ),
        why=Words(
            fr="Après un sinistre, le service ne reviendrait pas dans le délai convenu.",
            en="After a disaster the service would not be back within the time agreed.",
        ),
        mend=Words(
            fr="Restaurer depuis une copie plus proche ou par un lien plus rapide, ou découper la source, "
            "puis refaire l'exercice.",
            en="Restore from a nearer copy or over a faster line, or split the source, then run the exercise again.",
        ),
    ),
    Reason.PROTECTION_LOST: ReasonWords(
        short=Words(fr="protection contre l'effacement perdue", en="no longer protected from deletion"),
        means=Words(
            fr="Le compte du logiciel de mesure ne pouvait rien effacer dans cette copie, et le peut désormais.",
            en="The agent's account could delete nothing in this copy, and now it can.",
        ),
        why=Words(
            fr="Un intrus lève d'abord cette protection ; la copie est encore là, mais rien ne dit qu'elle le restera.",
            en="An intruder lifts this protection first; the copy is still there, but nothing says that it will stay.",
        ),
        mend=Words(
            fr="Remettre l'ajout seul (rest-server --append-only, droits des dossiers) et chercher qui l'a levé. "
            "Le constat reste affiché sept jours, ou jusqu'au rétablissement.",
            en="Restore append-only (rest-server --append-only, rights of the folders) and find out who lifted it. "
            "The finding stands for seven days, or until it is restored.",
        ),
    ),
    Reason.WAL_GAP: ReasonWords(
        short=Words(fr="journal interrompu", en="gap in the WAL"),
        means=Words(
            fr="Un segment du journal (WAL) d'une base PostgreSQL manque dans l'archive, et de plus récents y sont.",
            en="A segment of a PostgreSQL cluster's WAL is missing from the archive, and newer ones are there.",
        ),
        why=Words(
            fr="Une base ne se rejoue que sans interruption : tout ce qui suit le segment manquant est perdu, jusqu'à "
            "la prochaine sauvegarde complète.",
            en="WAL is replayed without a break or not at all: all that follows the missing segment is lost, until the "
            "next base backup.",
        ),
        mend=Words(
            fr="Faire aussitôt une sauvegarde de base, puis chercher pourquoi le segment manque : archive_command, "
            "file d'attente trop courte, espace disque.",
            en="Make a base backup at once, then find out why the segment is missing: archive_command, a queue that "
            "is too short, disk space.",
        ),
    ),
    Reason.UNCHANGED: ReasonWords(
        short=Words(fr="immobile", en="unchanged"),
        means=Words(
            fr="Rien ne change plus dans cette source depuis une semaine au moins, bien plus longtemps que d'habitude. "
            "Ce constat accompagne l'objectif atteint et n'y change rien ; seuls d'anciens relevés portent ce motif.",
            en="Nothing has changed in this source for a week at least, and for far longer than is usual. It is said "
            "beside the objective met and takes nothing from it; only earlier verdicts have it as their reason.",
        ),
        why=Words(
            fr="Un miroir figé ou un disque non monté se sauvegarde à l'heure, sans rien de neuf.",
            en="A stale mirror or a disk that is not mounted is backed up on time, with nothing new in it.",
        ),
        mend=Words(
            fr="Vérifier que c'est bien la source en service qui est sauvegardée ; "
            "un témoin (canary) le prouve chaque jour.",
            en="Check that what is backed up is the source in use; a canary proves it every day.",
        ),
    ),
}
