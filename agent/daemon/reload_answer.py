"""What the daemon answers to a reload: taken, or refused and why; a file of the state directory that commands read."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.core.errors import LookError
from agent.core.files import read_file
from agent.core.replacing import OF_GROUP, replace_file

log = logging.getLogger("beffroi.daemon")

FILE = "reload.json"
LARGEST = 64 * 1024
LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadAnswer:
    """Hold one answer. `begun` is when the file began to be read, in seconds of the monotonic clock since boot.

    `refused` is empty where the configuration was taken; `digest` is that of the configuration in force.
    """

    begun: float
    digest: str
    refused: str = ""
    hint: str = ""


def write_answer(directory: Path, answer: ReloadAnswer) -> None:
    """Replace the answer before it; a disk that takes nothing costs the answer, and nothing else."""
    try:
        replace_file(directory / FILE, (json.dumps(asdict(answer)).encode(),), OF_GROUP)
    except OSError as error:
        log.error("the answer to a reload cannot be written to %s: %s", directory / FILE, error.strerror)


def read_answer(directory: Path) -> ReloadAnswer | None:
    """Return the newest answer; None where there is none that can be read."""
    try:
        found = json.loads(read_file(directory / FILE, limit=LARGEST, follow=False))
        return ReloadAnswer(
            begun=float(found["begun"]),
            digest=str(found["digest"]),
            refused=str(found["refused"])[:LONGEST],
            hint=str(found["hint"])[:LONGEST],
        )
    except (LookError, ValueError, KeyError, TypeError):
        return None
