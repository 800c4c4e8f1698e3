"""Enter an acknowledgement from the command line, and name the ones in force."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.wording.acknowledged import taken_in_hand
from agent.wording.languages import Language

if TYPE_CHECKING:
    from agent.core.model import Verdict
    from agent.export.snapshot import CurrentVerdict


def acknowledged(path: Path, about: tuple[str, str], until: str, author: str, reason: str | None) -> str:
    """Enter an acknowledgement of a target and subject; return the line to print. Raises UsageError."""
    from agent.cli.printing import chosen_language
    from agent.cli.register import opened
    from agent.queries.current_state import current_snapshot
    from agent.register.acknowledging import AcknowledgementRequest, acknowledge, read_until
    from agent.wording.quantities import instant

    with opened(path) as (configuration, ledger, now):
        ends = read_until(until, now)
        known = current_snapshot(configuration, ledger, now=now)
        request = AcknowledgementRequest(
            verdicts=_named(known.verdicts, *about), until=ends, author=author, reason=reason
        )
        ids = acknowledge(ledger, configuration.inventory, request)
        return f"{', '.join(ids)}: {instant(ends, chosen_language(None, configuration))}"


def lines(standings: "Sequence[CurrentVerdict]", shown: "Sequence[Verdict]", language: Language) -> tuple[str, ...]:
    """Return a line for each acknowledgement in force of what is shown."""
    keys = {verdict.key for verdict in shown}
    return tuple(
        taken_in_hand(one.acknowledged, language, named=True)
        for one in standings
        if one.acknowledged is not None and one.key in keys
    )


def _named(verdicts: "Sequence[Verdict]", target: str, subject: str) -> "tuple[Verdict, ...]":
    from agent.cli.narrowing import unknown

    of_target = [one for one in verdicts if one.target == target]
    if not of_target:
        raise unknown("target", target, sorted({one.target for one in verdicts}))
    found = tuple(one for one in of_target if one.subject == subject)
    if not found:
        raise unknown("subject", subject, sorted({one.subject for one in of_target}))
    return found
