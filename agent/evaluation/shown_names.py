"""The targets whose days are derived again from looks, and the names of the looks that they rest on. Pure."""

from collections.abc import Iterator

from agent.core.convention import CLAUSES
from agent.core.facts.alert_path import COLLECTOR as ALERT_PATH
from agent.core.facts.copy_audit import COLLECTOR as AUDITS
from agent.core.facts.restore_samples import COLLECTOR as SAMPLES
from agent.core.inventory import Backup, Copy
from agent.core.judging.check import Check, Question
from agent.ledger.reading_payload import Name

# The targets whose days are derived again from what is shown.
DERIVED = frozenset(clause.id for clause in CLAUSES.values() if clause.shown)
_LEFT_OUT = frozenset({ALERT_PATH, SAMPLES})


def looks_of_one(check: Check, question: Question) -> Iterator[Name]:
    """Yield the names of the looks that a verdict rests on, as far as they are shown."""
    for need in check.needs(question):
        if need.collector not in _LEFT_OUT:
            yield need.collector, need.subject
    item = question.item
    copies = item.copies if isinstance(item, Backup) else (item,) if isinstance(item, Copy) else ()
    for copy in copies:
        yield from ((name, copy.subject) for name in _collectors(copy))


def _collectors(copy: Copy) -> tuple[str, ...]:
    program = copy.program
    named = (
        program.listing,
        *program.verifiers,
        program.store_listing,
        program.canary,
        program.place,
        program.protection,
    )
    return (*(name for name in named if name), AUDITS)
