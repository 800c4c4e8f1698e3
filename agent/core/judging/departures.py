"""Decide from looks which rights of a departed person remain on each host, and since when none is left.

Pure: for the rule, and for anyone who asks which departures are closed. What closes one is seen, never said: after
the departure, a complete look at every host that shows no account (or an expired one), no key, rule, job or session.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from agent.core.duties.entries import Closing, RegisterEntry, duties_of
from agent.core.facts.access import ACCOUNT, RIGHT, AuthorizedKey, SeenAccount, account_of, keys_in
from agent.core.model import Detail, DetailValue, Finding, Gap, Observation, Verdict

REGISTER = "departure"
(TARGET,) = (duty.target for duty in duties_of(REGISTER))
# The parts of a look without which a right may have gone unseen.
PARTS = frozenset({"accounts", "directory", "shadow", "sudo", "sshd", "keys", "hidden-keys", "traces"})


class RemainingAccess(Enum):
    """What one look shows of someone on one host."""

    NOTHING = "nothing"
    RIGHTS = "rights"
    UNTOLD = "untold"  # nothing was seen, and not all was looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """By what someone is known: account names in small letters, fingerprints, and the accounts' numbers."""

    accounts: frozenset[str]
    keys: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


def accounts_of(entry: RegisterEntry) -> frozenset[str]:
    """Return the account names that were entered, in small letters."""
    return frozenset(name.casefold() for name in names_in(entry))


def names_in(entry: RegisterEntry) -> tuple[str, ...]:
    """Return the account names as they were entered; no name holds a comma or a semicolon, which stand between two."""
    return tuple(re.sub("[,;]", " ", entry.get("accounts") or "").split())


def marks_in(looks: Iterable[Observation], accounts: frozenset[str]) -> Leaver:
    """Return by what else looks show that someone of some account names is known."""
    keys, numbers = set[str](), set[str]()
    for look in looks:
        keys |= {key.fingerprint for account, key in keys_in(look) if account.casefold() in accounts}
        for fact in look.named(ACCOUNT):
            if account_of(fact).casefold() in accounts and isinstance(fact.value, SeenAccount):
                numbers.add(str(fact.value.uid))
    return Leaver(accounts=accounts, keys=frozenset(keys), numbers=frozenset(numbers))


def leaver_of(entry: RegisterEntry, marks: Iterable[Leaver]) -> Leaver:
    """Return by what someone is known: as entered, with every key that was seen to open an account of theirs."""
    keys, numbers = set((entry.get("keys") or "").split()), set[str]()
    for one in marks:
        keys |= one.keys
        numbers |= one.numbers
    # Root's number is not a person's, whatever else an account of theirs was called.
    return Leaver(accounts=accounts_of(entry), keys=frozenset(keys), numbers=frozenset(numbers - {"0"}))


def rights_in(look: Observation, leaver: Leaver) -> tuple[str, ...]:
    """Return every right of someone that one look shows, as `account`, `key SHA256:… …`, `cron …`."""
    return tuple(_rights(look, leaver))


def _rights(look: Observation, leaver: Leaver) -> Iterator[str]:
    blind = any(part_of(gap.subject) == "shadow" for gap in look.gaps)
    owners = leaver.accounts | {f"uid:{number}" for number in leaver.numbers}
    for fact in look.facts:
        own = account_of(fact).casefold() in owners
        if fact.name == ACCOUNT and own:
            expired = isinstance(fact.value, SeenAccount) and fact.value.expired
            # Whether it has expired is in the shadow file; a lock leaves its keys working.
            if not expired and not blind:
                yield f"account {account_of(fact)}"
        elif isinstance(fact.value, AuthorizedKey) and (own or fact.value.fingerprint in leaver.keys):
            yield f"key {fact.value.fingerprint} ({account_of(fact)})"
        elif fact.name == RIGHT and own:
            yield f"{fact.value} ({account_of(fact)})"


def knows(look: Observation, leaver: Leaver) -> bool:
    """Return whether a look shows anything of someone at all, be it an account that has expired."""
    own = (account_of(fact).casefold() in leaver.accounts for fact in look.named(ACCOUNT))
    return any(own) or bool(rights_in(look, leaver))


def left_in(look: Observation, leaver: Leaver) -> RemainingAccess:
    """Return what one look shows of someone."""
    if rights_in(look, leaver):
        return RemainingAccess.RIGHTS
    return RemainingAccess.NOTHING if next(hindering(look), None) is None else RemainingAccess.UNTOLD


def hindering(look: Observation) -> Iterator[Gap]:
    """Yield what a look could not see, where a right may be."""
    yield from (gap for gap in look.gaps if part_of(gap.subject) in PARTS)


def part_of(subject: str) -> str:
    """Return which part of a look a gap is about."""
    return subject.rpartition("/")[2]


def digest_of(entry: RegisterEntry) -> str:
    """Return what tells one revision of a departure from another that asks for something else."""
    asked = "\n".join(entry.get(key) or "" for key in ("left", "accounts", "keys"))
    return hashlib.sha256(asked.encode()).hexdigest()[:12]


def proof_in(about: Detail) -> tuple[object, ...]:
    """Return what a verdict about that proves of a departure: of which revision, when it was closed, what was seen."""
    return tuple(about.get(name) for name in ("revision", "closed", "seen_late", "never_seen"))


def with_closings(entries: Iterable[RegisterEntry], standing: Iterable[Verdict]) -> tuple[RegisterEntry, ...]:
    """Return entries with what was once proven of their present revision: a proven delay stays as it was."""
    kept = {one.subject: one for one in standing if one.target == TARGET and "revision" in one.about}
    return tuple(_with_proven(entry, kept.get(entry.id)) for entry in entries)


def remembering(finding: Finding, entry: RegisterEntry) -> Finding:
    """Return a finding on an entry that still holds what was once proven of its departure.

    A judgement that shows nothing, as under a clock that jumped, takes nothing of that away.
    """
    if entry.register != REGISTER or "revision" in finding.about or not (entry.seen_late or entry.closing):
        return finding
    about: dict[str, DetailValue] = {**finding.about, "revision": digest_of(entry)}
    if entry.seen_late or (entry.closing is not None and entry.closing.seen_late):
        about["seen_late"] = 1
    if entry.closing is None:
        return replace(finding, about=about)
    about["closed"] = entry.closing.at
    if entry.closing.never_seen:
        about["never_seen"] = 1
    return replace(finding, about=about, evidence=(entry.id, *entry.closing.evidence))


def _with_proven(entry: RegisterEntry, verdict: Verdict | None) -> RegisterEntry:
    if verdict is None or entry.register != REGISTER:
        return entry
    if verdict.about.get("revision") != digest_of(entry):
        # What an amended departure was seen to have missed stays missed.
        return replace(entry, seen_late="seen_late" in verdict.about)
    closed = verdict.about.get("closed")
    if not isinstance(closed, datetime):
        return replace(entry, seen_late="seen_late" in verdict.about)
    closing = Closing(
        at=closed,
        seen_late="seen_late" in verdict.about,
        never_seen="never_seen" in verdict.about,
        evidence=tuple(one for one in verdict.evidence if one != entry.id),
    )
    return replace(entry, closing=closing)
