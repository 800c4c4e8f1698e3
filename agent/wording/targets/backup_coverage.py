"""backup-coverage: what is said of it (convention, article 5)."""

from agent.core.reason import Reason
from agent.wording.entries import Frame, ReasonWords, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.general import When

# A server, or a part of the machine, that is there and was not listed.
HINDRANCES = (
    Reason.DENIED,
    Reason.TOOL_MISSING,
    Reason.TIMED_OUT,
    Reason.EXITED,
    Reason.UNREADABLE,
    Reason.UNREACHABLE,
)
UNLISTED = Words(fr="le contenu de {what} n'a pas pu être listé", en="what {what} holds could not be listed")


# What else is in no backup, as far as it is known: the first by name.
OTHERS = (
    Words(fr=" ; dans ce cas aussi : {alike} et {beyond} de plus", en="; likewise {alike} and {beyond} more"),
    Words(fr=" ; dans ce cas aussi : {alike}", en="; likewise {alike}"),
    Words(fr=" ; autres dans ce cas : {others}", en="; others likewise: {others}"),
    Words(fr="", en=""),
)


def _of_gap(fr: str, en: str) -> tuple[Words, ...]:
    """Return a phrase on one gap, with its size and what else is in no backup where they are known."""
    sizes = (
        (" ({size}, vu depuis le {found_since})", " ({size}, seen since {found_since})"),
        (" (vu depuis le {found_since})", " (seen since {found_since})"),
    )
    return tuple(
        Words(fr=fr.replace("*", size[0]) + other.fr, en=en.replace("*", size[1]) + other.en)
        for other in OTHERS
        for size in sizes
    )


ALL_HELD = tuple(
    Words(
        fr=f"tout ce qui a été trouvé est sauvegardé ({{held}} sur {{found}}){excused.fr}{through.fr}",
        en=f"everything that was found is backed up ({{held}} of {{found}}){excused.en}{through.en}",
    )
    for through in (
        Words(
            fr=" ; {through} système(s) de fichiers dans un dossier sauvegardé dont les exclusions ne se voient pas",
            en="; {through} file system(s) in a folder that is backed up and whose exclusions are not seen",
        ),
        Words(fr="", en=""),
    )
    for excused in (
        Words(fr=", {excused} écarté(s) avec une raison", en=", {excused} excused with a reason"),
        Words(fr="", en=""),
    )
)

TARGET = TargetWords(
    title=Words(fr="Étendue des sauvegardes", en="Coverage of backups"),
    says=Words(
        fr="Les données sont sauvegardées chaque jour (article 5).",
        en="Data are backed up daily (article 5).",
    ),
    measured=Words(
        fr="Par machine qui le demande : systèmes de fichiers, bases de données, machines virtuelles, volumes de "
        "conteneurs, messageries et sites trouvés, comparés aux chemins que contiennent les points de reprise.",
        en="Per host that asks for it: the file systems, databases, virtual machines, container volumes, mail and web "
        "folders that are found, compared with the paths that recovery points hold.",
    ),
    unmeasured=Words(
        fr="Ce que les motifs d'exclusion d'une sauvegarde écartent à l'intérieur d'un dossier qu'elle contient ; les "
        "machines pour lesquelles cette comparaison n'est pas demandée.",
        en="What a backup's exclude patterns leave out inside a folder that it holds; hosts that do not ask for it.",
    ),
    mend=Words(
        fr="Ajouter le chemin à une sauvegarde et à ses paths (dumps pour l'export d'une base), ou l'écarter par "
        "unbacked avec sa raison.",
        en="Add the path to a backup and to its paths (dumps for a database's dump), or excuse it by unbacked with its "
        "reason.",
    ),
    frame=Frame(
        iso=Words(fr="8.13 sauvegarde des informations", en="8.13 information backup"),
        anssi=Words(fr="37 politique de sauvegarde", en="37 backup policy"),
        cnil=Words(fr="fiche 17", en="sheet 17"),
    ),
    thresholds=Words(
        fr="tout ce qui est trouvé est dans une sauvegarde, ou écarté avec sa raison",
        en="whatever is found is in a backup, or excused with a reason",
    ),
    held=Words(
        fr="tout ce qui a été trouvé sur la machine était dans une sauvegarde ou écarté avec sa raison",
        en="everything found on the host was in a backup or excused with a reason",
    ),
    phrases={
        Reason.WITHIN_LIMIT: (
            Words(fr="{excuse} est écarté : {because}", en="{excuse} is excused: {because}"),
            *ALL_HELD,
        ),
        Reason.NOT_COVERED: (
            Words(
                fr="{what}, sans quoi rien de {kit_of} ne se restaure, n'est dans aucune copie qui s'ouvre sans lui",
                en="{what}, without which nothing of {kit_of} can be restored, is in no copy that opens without it",
            ),
            *(
                When(
                    known="no_point",
                    fr="la sauvegarde {backup} déclare {what}, et aucun de ses points de reprise ne le contient"
                    + other.fr,
                    en="the backup {backup} declares {what}, and none of its recovery points holds it" + other.en,
                )
                for other in OTHERS
            ),
            *_of_gap(
                "de {what}*, seuls les fichiers sont copiés ({only_files}), ce qui n'est pas la sauvegarde d'une base "
                "en service",
                "of {what}* only the files are copied ({only_files}), which is no backup of a running database",
            ),
            *_of_gap(
                "{what}* n'est sauvegardé qu'en partie ({in_part})", "{what}* is backed up in part only ({in_part})"
            ),
            *_of_gap("{what}* n'est dans aucune sauvegarde", "{what}* is in no backup"),
        ),
        Reason.STALE_EVIDENCE: (
            Words(
                fr="aucun relevé récent ne montre une copie de {what}, sans quoi rien de {kit_of} ne se restaure",
                en="no recent look shows a copy of {what}, without which nothing of {kit_of} can be restored",
            ),
            Words(
                fr="la sauvegarde {backup} déclare {what}, et aucun relevé récent ne montre ses points de reprise",
                en="the backup {backup} declares {what}, and no recent look shows its recovery points",
            ),
        ),
        Reason.NOT_DECLARED: (
            Words(
                fr="{what} est monté depuis {server}, et rien ne dit qui le sauvegarde",
                en="{what} is mounted from {server}, and nothing says who backs it up",
            ),
        ),
        **dict.fromkeys(HINDRANCES, (UNLISTED,)),
    },
    reasons={
        Reason.NOT_DECLARED: ReasonWords(
            short=Words(fr="données d'une autre machine", en="data of another machine"),
            means=Words(
                fr="Un dossier d'une autre machine est monté ici, et aucune sauvegarde d'ici ne le contient.",
                en="A folder of another machine is mounted here, and no backup from here holds it.",
            ),
            why=Words(
                fr="Rien ne montre que l'autre machine le sauvegarde.",
                en="Nothing shows that the other machine backs it up.",
            ),
            mend=Words(
                fr="Le sauvegarder depuis la machine qui le détient, puis l'écarter ici par unbacked avec sa raison.",
                en="Back it up from the machine that holds it, then excuse it here by unbacked with that reason.",
            ),
        ),
    },
)
