"""What one look at a machine's accounts and ways in showed, and the facts that hold it: pure, for collector and rules.

A *way* is what one account must show to come in by one path: several alternatives, each a set of factors. Anyone who
wants in chooses the alternative, so that the weakest one is what counts.

The facts: `access.account` (subject `host/account`: what is known of it), `access.administrator` (the same subject: why
it is one), `access.way` (subject `account path`: its alternatives), `access.key` (subject `host/account`: fingerprint,
type, restrictions and file of a key that opens it, never the key), and `access.right` (subject `host/account`: another
right that outlives a password: a sudo rule, a session, a cron or at job, a lingering unit).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.core.model import Fact, Observation
from agent.core.registered import registered

ACCOUNT = "access.account"
ADMINISTRATOR = "access.administrator"
WAY = "access.way"
KEY = "access.key"
RIGHT = "access.right"

# Alternatives and factors in words: "key+password"; what no one has to show is written out.
JOIN = "+"
NOTHING = "nothing"

PASSWORD = "password"  # the name of a factor
OTP = "otp"
PUSH = "push"
SECOND_FACTOR = "second-factor"  # an identity provider's, whichever it is
KEY_FACTOR = "key"
CERTIFICATE = "certificate"
# Two factors in one gesture: the object, and what unlocks it each time.
VERIFIED_KEY = "verified-key"
VERIFIED_CERTIFICATE = "verified-certificate"
# What no one here can tell is `unknown:` and its name.
UNKNOWN = "unknown:"

_TWICE = frozenset({VERIFIED_KEY, VERIFIED_CERTIFICATE})
# Different gestures with one and the same object are one factor.
_KIND = {
    PASSWORD: "knowledge",
    OTP: "code",
    PUSH: "telephone",
    SECOND_FACTOR: "provider",
    KEY_FACTOR: "key",
    CERTIFICATE: "key",
}


class Strength(Enum):
    """What the weakest alternative of a way is worth."""

    WEAK = "weak"  # a password alone is enough, or nothing at all
    UNKNOWN = "unknown"
    STRONG = "strong"  # never a password alone; whether two factors are proven is another question


@registered("access.account")
@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAccount:
    """What is known of an account; `expired` and `locked` are False where the shadow file could not be read."""

    uid: int
    shell: str = ""
    expired: bool = False
    locked: bool = False


@registered("access.key")
@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizedKey:
    """Hold a key that opens an account, never the key itself; `path` is the file that names it."""

    fingerprint: str
    kind: str
    path: str
    options: frozenset[str] = frozenset()


@registered("access.way")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPath:
    """What one account may show to come in by one path: any one of the alternatives is enough."""

    account: str
    path: str
    alternatives: frozenset[frozenset[str]]

    @property
    def strength(self) -> Strength:
        """Return what the weakest alternative is worth."""
        strengths = [strength_of(factors) for factors in self.alternatives]
        return next((one for one in (Strength.WEAK, Strength.UNKNOWN) if one in strengths), Strength.STRONG)

    @property
    def two_factors(self) -> bool:
        """Return whether every alternative has two proven factors."""
        return all(proven(factors) >= 2 for factors in self.alternatives)

    @property
    def weakest(self) -> str:
        """Return the alternative that counts, in words."""
        order = {Strength.WEAK: 0, Strength.UNKNOWN: 1, Strength.STRONG: 2}
        texts = [(order[strength_of(one)], proven(one), written(one)) for one in self.alternatives]
        return min(texts, default=(0, 0, NOTHING))[2]


def strength_of(factors: frozenset[str]) -> Strength:
    """Return what one alternative is worth."""
    if factors - {PASSWORD} == frozenset():
        return Strength.WEAK
    known = {one for one in factors if not one.startswith(UNKNOWN)}
    return Strength.STRONG if known - {PASSWORD} else Strength.UNKNOWN


def proven(factors: frozenset[str]) -> int:
    """Return how many proven factors one alternative has, two at most being told apart in one gesture."""
    kinds = {_KIND[one] for one in factors if one in _KIND}
    return len(kinds) + 2 * len(factors & _TWICE)


def written(factors: frozenset[str]) -> str:
    """Return one alternative in words."""
    return JOIN.join(sorted(factors)) or NOTHING


def way_fact(way: AccessPath, as_of: datetime) -> Fact:
    """Return the fact that holds a way."""
    return Fact(name=WAY, subject=f"{way.account} {way.path}", value=way, as_of=as_of)


def ways_in(seen: Observation) -> Iterator[AccessPath]:
    """Yield the ways that a look found."""
    yield from (fact.value for fact in seen.named(WAY) if isinstance(fact.value, AccessPath))


def keys_in(seen: Observation) -> Iterator[tuple[str, AuthorizedKey]]:
    """Yield each account with a key that opens it."""
    for fact in seen.named(KEY):
        if isinstance(fact.value, AuthorizedKey):
            yield account_of(fact), fact.value


def account_of(fact: Fact) -> str:
    """Return the account that a fact about one is about."""
    return fact.subject.partition("/")[2]
