"""Distinguish damage from a repository that is written to meanwhile: what is damaged fails twice alike.

A backup, a prune and above all a compaction write new segments and another index, then remove those that were read.
Asked again, borg begins from what is there then: what it misses next is something else.
"""

from collections.abc import Callable, Iterable

from agent.core.errors import look_error
from agent.core.host import Output
from agent.core.reason import Reason
from collectors.borg.faults import BorgMessage, gone_in, is_bad, messages_in

# A compaction of many hours removes segments every few seconds; a run that reads less meets none.
AT_MOST = 4


def steady(run: Callable[[], Output], subject: str, bad: Callable[[Iterable[BorgMessage]], bool] = is_bad) -> Output:
    """Return what a run of borg gives that shows no damage, or shows the same twice in a row.

    Raises a LookError (locked) where the repository changes each time, and what `run` raises.
    """
    before: frozenset[str] | None = None
    for _ in range(AT_MOST):
        output = run()
        messages = messages_in(output.stderr)
        if output.status == 0 or not bad(messages):
            return output
        gone = gone_in(messages)
        if gone == before:
            return output
        before = gone
    raise look_error(
        Reason.LOCKED,
        f"{subject}: the repository was written to each time that it was read",
        "let looks and verifications begin when no backup or compaction runs ([schedule])",
    )
