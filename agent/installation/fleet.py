"""Bring what reaches the fleet's database: psycopg, with the libpq that its wheels hold. It is an extra."""

from pathlib import Path

from agent.core.errors import UsageError
from agent.installation.extra import bring_locked, bring_module, is_own_checkout
from agent.installation.release import Release, Say

LOCK = "requirements/fleet.txt"
MARK = "fleet"


def bring(release: Release, source: Path, wheels: Path | None, say: Say) -> None:
    """Bring it into a release; where it cannot be brought, that is said, and everything else works."""
    try:
        bring_locked(release, source / LOCK, MARK, wheels, say, "fleet: what reaches its database is in the release")
    except UsageError as error:
        say(f"fleet: nothing is sent: {error.message}")
        say("hint: let pip reach its index, or give --wheels DIR, then run the same command again")


def set_up(wheels: Path | None, say: Say) -> None:
    """Bring it into the environment of this checkout. Where that fails the command says what is missing."""
    if not is_own_checkout(LOCK):
        return
    try:
        bring_module("psycopg", LOCK, "first use of the fleet", wheels, say)
    except UsageError as error:
        say(error.message)
