"""The result of the weekly samples of a copy, as facts that name no file and hold nothing of one. Pure.

The facts, subject `backup/copy`: `sample.file`, one for each file restored, as of its point's date; and
`sample.failed`, one for each file that did not come back as it should, as of when that was seen. The latter is carried
from look to look until the same file of the same point comes back well, or the point is gone: another sample of other
files does not mend it. What is only incomplete, as a database that was copied while it was in use, is mended by the
same file in the newest point as well. A file stands there by the HMAC of its path under its point's id
(agent.restores.sampling).
"""

from dataclasses import dataclass
from datetime import datetime

from agent.core.model import Fact, Observation
from agent.core.reason import Reason
from agent.core.registered import registered

COLLECTOR = "samples"
FILE, FAILED = "sample.file", "sample.failed"

# The result of one file where nothing is wrong: the live one is the same; it was changed since; it could not be read
# where it lies (`unread:denied`, with the reason's code); no one knows where it lies.
SAME, CHANGED, UNREAD, ALONE = "same", "changed-since", "unread", "not-compared"
# All that is wrong, where it is only counted.
BAD = "failed"
# The result of one file where something is wrong, worst first. Incomplete: not as the point describes it, or it holds a
# database or a dump that does not open.
FAILURES = (Reason.DAMAGED, Reason.CONTENT_CHANGED, Reason.INCOMPLETE)


@registered("sample.file")
@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """The result of one file of a sample. `size` is in bytes; `sha256` is empty where nothing came back.

    `kind` and `opening` tell as what it was opened, and with what success (agent.restores.opening); empty: as nothing.
    """

    point: str
    token: str
    result: str
    size: int
    sha256: str = ""
    kind: str = ""
    opening: str = ""

    @property
    def failed(self) -> bool:
        """Return whether it did not come back as it should."""
        return self.result in {reason.value for reason in FAILURES}

    @property
    def unread(self) -> str:
        """Return the code of the reason for which the live file could not be read; empty where that was not so."""
        word, _, reason = self.result.partition(":")
        return reason if word == UNREAD else ""

    def fact(self, subject: str, as_of: datetime) -> Fact:
        """Return it as a fact of its copy."""
        return Fact(name=FILE, subject=subject, value=self, as_of=as_of)


@registered("sample.failed")
@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One file that did not come back as it should: of which point, and why."""

    reason: Reason
    point: str
    token: str

    def fact(self, subject: str, as_of: datetime) -> Fact:
        """Return it as a fact of its copy."""
        return Fact(name=FAILED, subject=subject, value=self, as_of=as_of)


def sampled_in(seen: Observation) -> tuple[Sampled, ...]:
    """Return the result of each file of a look's sample."""
    return tuple(fact.value for fact in seen.named(FILE) if isinstance(fact.value, Sampled))


def tally(seen: Observation) -> dict[str, int]:
    """Return the number of files of a look's sample by result: every word, also of no file."""
    found = dict.fromkeys((SAME, CHANGED, UNREAD, ALONE, BAD), 0)
    for one in sampled_in(seen):
        found[BAD if one.failed else UNREAD if one.unread else one.result] += 1
    return found


def failed_in(seen: Observation) -> tuple[tuple[Failed, datetime], ...]:
    """Return what did not come back, worst first, and since when that is known."""
    found = [(fact.value, fact.as_of) for fact in seen.named(FAILED) if isinstance(fact.value, Failed)]
    return tuple(sorted(found, key=lambda one: FAILURES.index(one[0].reason)))
