"""Records a small ledger as this version of the program writes it: `python -m tests.ledger.record_version`.

One recording for each version that was ever released; a recording of a released version is never made anew. A change of
tables after a release is a migration in agent.ledger.schema and a new version, with a recording of its own.
"""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from agent.ledger.keys import PUBLIC_NAME
from agent.ledger.schema import MIGRATIONS, newest
from tests.ledger.samples import (
    DAY,
    KEY,
    MORNING,
    QUARTER_HOUR,
    day_row,
    failure,
    judged,
    live,
    observation,
    open_ledger,
    point_fact,
    raw,
)
from tests.parts.kept import keep_reading

HERE = Path(__file__).parent


def record(directory: Path) -> None:
    """Write a ledger of a few days of everything, of which some was erased by rule, as text beside this file."""
    clock = live(directory)
    with open_ledger(directory, clock) as ledger:
        clock.time = MORNING + 405 * DAY
        hosts = [KEY._replace(target="patching", subject=f"srv-{number}") for number in range(3)]
        ledger.keep_days([day_row(clock.time.date(), key=key) for key in (KEY, *hosts)])
        for _ in range(2):
            clock.time += DAY
            ledger.keep_verdicts([judged(clock.time, key=key) for key in hosts])
        keep_reading(ledger, observation(clock.time, [point_fact(1)]), beneficiary="scota")
        for _ in range(3):
            looks = [observation(clock.time, subject=f"{name}/offsite") for name in ("mail", "web")]
            ledger.keep_readings([*looks, failure(clock.time, subject="dead"), failure(clock.time, subject="gone")])
            clock.time += QUARTER_HOUR
        ledger.erase_expired(clock.time, keep_readings=timedelta(days=400), keep_personal=timedelta(days=1100))
    name = f"version-{newest(MIGRATIONS)}"
    with raw(directory) as connection:
        (HERE / f"{name}.sql").write_text("\n".join(connection.iterdump()) + "\n")
    shutil.copy(directory / PUBLIC_NAME, HERE / f"{name}.pub.pem")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        record(Path(folder) / "state")
