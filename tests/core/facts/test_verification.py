"""What a verification is called."""

from datetime import UTC, datetime

import pytest

from agent.core.facts.verification import VerificationOutcome, verification_of
from agent.core.inventory import Copy
from agent.core.model import Fact, FactValue, Observation
from agent.core.reason import Reason
from collectors.files import LOOKS

NOW = datetime(2026, 12, 1, tzinfo=UTC)
COPY = Copy(program=LOOKS, id="nas", backup="erp", repository="store:nas:/v")


def seen(stored: int, read: int) -> Observation:
    """Return a verification that ended without damage."""
    numbers: dict[str, FactValue] = {"verify.depth": "listed", "verify.bytes_stored": stored, "verify.files_read": read}
    facts = tuple(Fact(name=name, subject=COPY.subject, value=value, as_of=NOW) for name, value in numbers.items())
    return Observation(collector="file_digests", host="srv-1", subject=COPY.subject, begun=NOW, ended=NOW, facts=facts)


@pytest.mark.parametrize(
    ("stored", "read", "outcome", "reason"),
    [
        (0, 0, VerificationOutcome.UNPROVEN, Reason.EMPTY),
        (0, 1, VerificationOutcome.SOUND, Reason.WITHIN_LIMIT),
        (10, 1, VerificationOutcome.SOUND, Reason.WITHIN_LIMIT),
    ],
)
def test_a_verification_that_found_nothing_to_read_shows_nothing(
    stored: int, read: int, outcome: VerificationOutcome, reason: Reason
) -> None:
    found = verification_of(COPY, seen(stored, read))
    assert (found.outcome, found.reason) == (outcome, reason)
