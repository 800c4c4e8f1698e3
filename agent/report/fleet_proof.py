"""The proof of a report over a whole fleet: which ledgers it adds up, and where the evidence of each is. Pure."""

from dataclasses import dataclass

from agent.report.figures import CountedAgent, Report
from agent.report.names import Names
from agent.report.tables import ReportTable, table
from agent.wording import proof as words
from agent.wording.inert import inert
from agent.wording.quantities import grouped
from agent.wording.report import count


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetProofView:
    """The sentences, a table of the agents, what is proven and what is not, and the command that gives the proof."""

    sentences: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    proves: tuple[str, ...]
    does_not: tuple[str, ...]
    command: str


def fleet_proof(report: Report, called: Names) -> FleetProofView | None:
    """Return what the page says of the proof of a fleet's report; None: it is one agent's."""
    if not report.agents:
        return None
    agents = count(
        len({one.agent for one in report.agents}), "logiciel de mesure", "logiciels de mesure", called.language
    )
    sentences = [called.say(words.ADDED_UP).format(agents=agents), called.say(words.AT_AGENTS)]
    if any(one.late for one in report.agents):
        sentences.append(called.say(words.LATE_ROWS))
    if any(one.lost for one in report.agents):
        sentences.append(called.say(words.LOST_ROWS))
    head = (
        *("Logiciel de mesure", "Clé du logiciel de mesure", "Lignes lues", "Empreinte de la dernière ligne"),
        *("Journées signées", "Preuve tardive", "Sans nouvelles", "À jour"),
    )
    rows = [_row(one, number, called) for number, one in enumerate(report.agents, 1)]
    title = "Registres additionnés dans ce rapport"
    return FleetProofView(
        sentences=tuple(sentences),
        tables=tuple(table(title, head, rows, longest=len(rows), language=called.language)),
        proves=tuple(called.say(one) for one in (words.FOLLOWED, words.ADDED_RIGHTLY)),
        does_not=tuple(called.say(one) for one in (words.NOT_TRUE, words.NOT_SHOWN_ALIKE, words.NOT_AUDITED)),
        command=f"beffroi report --beneficiary {report.beneficiary} --quarter {report.quarter} --output .",
    )


def _row(one: CountedAgent, number: int, called: Names) -> tuple[str, ...]:
    name = called.say("logiciel {number}").format(number=number) if called.public else inert(one.agent)
    days = [count(each, "jour", "jours", called.language) for each in (one.proof.signed_days, one.late, one.lost)]
    heard = called.say("oui") if one.heard else called.say("non")
    return (name, one.proof.fingerprint, grouped(one.proof.rows, called.language), one.proof.link, *days, heard)
