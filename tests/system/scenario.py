"""What is tried inside the machine, step by step; run there by the system's own Python, as root, from the checkout.

Prints one line of JSON a step: its name, what was wrong with it, null where nothing was, and why it was skipped.
"""

import json
import os
import sys
import time
import traceback

from tests.system import ansible, at_work, first_boot, fleet, leaving, moving, reader, unbacked, upgrading
from tests.system.inside import NotHereError, Step, ran

BOOTS: tuple[tuple[Step, ...], ...] = (
    (*first_boot.STEPS, *reader.STEPS, *unbacked.STEPS, *at_work.STEPS, *fleet.STEPS),
    upgrading.STEPS,
    leaving.STEPS,
    (*moving.STEPS, *ansible.STEPS),
)


def main() -> None:
    """Take the steps of one boot, or those that are named, each whatever became of the one before."""
    os.environ.pop("PYTHONPATH", None)
    for step in BOOTS[int(sys.argv[1])]:
        if sys.argv[2:] and step.__name__ not in sys.argv[2:]:
            continue
        begun = time.monotonic()
        wrong = skipped = None
        try:
            step()
        except NotHereError as reason:
            skipped = str(reason)
        except BaseException:
            wrong = traceback.format_exc()
            wrong += ran("journalctl", "-u", "beffroi", "-n", "30", "--no-pager").stdout
        seconds = round(time.monotonic() - begun, 1)
        told = {"step": step.__name__, "seconds": seconds, "wrong": wrong, "skipped": skipped}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
