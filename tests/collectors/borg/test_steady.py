"""Damage is what fails twice alike; a repository that is written to meanwhile fails otherwise each time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.errors import LookError
from agent.core.host import Output
from agent.core.reason import Reason
from collectors.borg.faults import is_bad, messages_in
from collectors.borg.steady import steady

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def ended(status: int, *messages: dict[str, str]) -> Output:
    """Return a run of borg that said some messages."""
    stderr = "".join(json.dumps({"type": "log_message", **one}) + "\n" for one in messages).encode()
    return Output(stdout=b"", stderr=stderr, status=status, duration=timedelta(seconds=1))


def went(file: str) -> Output:
    """Return a run that missed a file, as borg 1.4.0 says it: a message, then its trace without a name."""
    trace = f"Traceback (most recent call last):\nFileNotFoundError: [Errno 2] No such file or directory: '/v/{file}'"
    return ended(2, {"msgid": "Exception", "message": "Local Exception"}, {"message": f"{trace}\n\nPlatform: Linux\n"})


SOUND = ended(0)
FLIPPED = ended(2, {"msgid": "IntegrityError", "message": "Data integrity error: Segment entry checksum mismatch"})
REFUSED = ended(2, {"msgid": "PassphraseWrong", "message": "passphrase supplied is incorrect"})


@pytest.mark.parametrize(
    ("runs", "last"),
    [
        ((SOUND,), SOUND),
        ((went("data/0/78"), went("data/0/91"), SOUND), SOUND),
        ((went("index.88"), SOUND), SOUND),
        ((FLIPPED, SOUND), SOUND),
        ((FLIPPED, FLIPPED), FLIPPED),
        ((went("data/0/78"), FLIPPED, FLIPPED), FLIPPED),
        ((REFUSED,), REFUSED),
    ],
)
def test_a_run_is_made_again_until_it_is_sound_or_fails_alike(runs: tuple[Output, ...], last: Output) -> None:
    left: Iterator[Output] = iter(runs)
    assert steady(lambda: next(left), "files/vault") is last
    assert list(left) == []


def test_a_segment_that_is_gone_each_time_is_damage() -> None:
    output = steady(lambda: went("data/0/78"), "files/vault")
    assert output.status == 2 and is_bad(messages_in(output.stderr))


def test_a_repository_that_changes_at_each_reading_is_no_damage() -> None:
    numbers = iter(range(100))
    with pytest.raises(LookError) as raised:
        steady(lambda: went(f"data/0/{next(numbers)}"), "files/vault")
    assert raised.value.reason is Reason.LOCKED
    assert next(numbers) == 4
