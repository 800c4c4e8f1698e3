"""The modules that judge, in which faults are planted."""

import fnmatch
from collections.abc import Sequence

from tests.parts.checkout import modules

TARGETS = (
    "checks/*.py",
    "agent/accounting/*.py",
    "agent/core/judging/*.py",
    "agent/core/duties/*.py",
)


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Return the modules that are named, or all that TARGETS names; raise SystemExit for one that is none of them."""
    known = [str(path) for path in modules() if any(fnmatch.fnmatch(str(path), one) for one in TARGETS)]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no module to plant faults in: {', '.join(unknown)}\nhint: one of {', '.join(known)}")
    return tuple(dict.fromkeys(names)) or tuple(known)
