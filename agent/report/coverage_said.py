"""What the last look of the quarter found on each host that no backup holds, and what is excused from it. Pure."""

from collections.abc import Iterable, Iterator

from agent.core.measures import ByteCount
from agent.core.model import Detail, Verdict
from agent.report.names import Names
from agent.report.tables import Cell, ReportTable, table
from agent.wording.inert import inert
from agent.wording.quantities import day, instant, size

GAPS = "Trouvé sur la machine, sans sauvegarde démontrée"
EXCUSED = "Écarté des sauvegardes, avec la raison déclarée"
NOTE = "Au dernier constat du trimestre pour chaque machine ; les plus grands d'abord."


def coverage_tables(verdicts: Iterable[Verdict], called: Names) -> Iterator[ReportTable]:
    """Yield the gaps and the excuses of each host; nothing for everyone: a gap says where an attack would hurt."""
    if called.public:
        return
    told = [(one, about) for one in verdicts for about in (one.about, *(finding.about for finding in one.rest))]
    gaps = [_gap(one, about, called) for one, about in told if "what" in about]
    head = ("Machine", "Élément", "Taille", "Vu depuis le", "Constat")
    note = called.say(NOTE)
    yield from table(GAPS, head, gaps, note=note, left_out="éléments", kept_in="la page", language=called.language)
    excused = [
        (
            called.of(one.target, one.subject),
            inert(str(about["excuse"])),
            inert(str(about["because"])),
            str(about["excused"]),
        )
        for one, about in told
        if "excuse" in about
    ]
    head_of_excuses = ("Machine", "Ce qui est écarté", "Raison déclarée", "Éléments")
    yield from table(
        EXCUSED, head_of_excuses, excused, left_out="motifs", kept_in="la configuration", language=called.language
    )


def _gap(one: Verdict, about: Detail, called: Names) -> tuple[Cell, ...]:
    bytes, since = about.get("size"), about.get("found_since")
    return (
        called.of(one.target, one.subject),
        inert(str(about["what"])),
        size(bytes, called.language) if isinstance(bytes, ByteCount) else "—",
        "—" if since is None or isinstance(since, str | float | int) else day(since, called.language),
        instant(one.at, called.language),
    )
