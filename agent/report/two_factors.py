"""The share of ways into a machine with two proven factors, beside the judged one: a password never enough. Pure."""

from collections.abc import Iterable

from agent.core.model import Verdict
from agent.report.names import Names
from agent.report.tables import Cell, ReportTable, table
from agent.wording.quantities import instant

TITLE = "Deux facteurs prouvés, à côté de ce qui est jugé"
NOTE = "Au dernier constat du trimestre pour chaque machine ; l'objectif est qu'un mot de passe seul ne suffise jamais."
SHARE = "{proven} sur {pairs}"


def two_factors(verdicts: Iterable[Verdict], called: Names) -> list[ReportTable]:
    """Return, by host, on how many pairs of account and path two factors are proven; a gap is said to be one.

    Nothing for everyone: it says where one factor is enough, whatever the judged objective is.
    """
    if called.public:
        return []
    rows = [_row(one, called) for one in verdicts]
    head = ("Machine", "Couples compte et chemin à deux facteurs", "Constat")
    return table(TITLE, head, rows, note=called.say(NOTE), left_out="machines", language=called.language)


def _row(one: Verdict, called: Names) -> tuple[Cell, ...]:
    proven, pairs = one.about.get("two_factors"), one.about.get("pairs")
    known = proven is not None and pairs is not None
    said = called.say(SHARE).format(proven=proven, pairs=pairs) if known else called.say("non établi")
    return called.of(one.target, one.subject), said, instant(one.at, called.language)
