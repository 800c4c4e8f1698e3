"""Whose accounts and keys are on a machine: those of the declared holders, and those that no one holds.

An account counts as a person's by its number and shell (login.defs: 1000 to 60000 on Debian); a service's is the affair
of its package. A key counts wherever it lies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.core.facts.access import ACCOUNT, SeenAccount, account_of, keys_in
from agent.core.inventory import Holder
from agent.core.model import Observation

PEOPLE = range(1000, 60001)
NO_SHELL = ("/nologin", "/false", "/sync")


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans:
    """What one look shows that no one holds, and how many accounts of people the machine has by itself."""

    accounts: tuple[str, ...]
    keys: tuple[str, ...]
    people: int


def orphans_in(look: Observation, holders: Iterable[Holder], departed: frozenset[str]) -> Orphans:
    """Return what no one holds; accounts of the departed are no one's. Without holders, those alone are told."""
    declared = tuple(holders)
    accounts = {account for one in declared for account in one.accounts} - departed
    keys = {key for one in declared for key in one.keys}
    people = tuple(_people(look))
    found = [name for name in people if name in departed or (declared and name not in accounts)]
    return Orphans(
        accounts=tuple(sorted(found)),
        keys=tuple(sorted(set(_keys(look, accounts, keys)) if declared else ())),
        people=len(people),
    )


def _people(look: Observation) -> Iterator[str]:
    for fact in look.named(ACCOUNT):
        one = fact.value
        if not isinstance(one, SeenAccount) or one.expired:
            continue
        if one.uid in PEOPLE and not one.shell.endswith(NO_SHELL):
            yield account_of(fact)


def _keys(look: Observation, accounts: set[str], keys: set[str]) -> Iterator[str]:
    """Yield the keys that are declared to no one, but for those in the account of someone who holds it."""
    for account, key in keys_in(look):
        if key.fingerprint not in keys and account not in accounts:
            yield f"{key.fingerprint} ({account})"
