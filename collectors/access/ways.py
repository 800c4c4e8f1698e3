"""What one account must show to come in by one sshd: its policy, its keys, its password and PAM put together."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.core.facts.access import CERTIFICATE, KEY_FACTOR, PASSWORD, UNKNOWN, VERIFIED_CERTIFICATE
from agent.hosts.ssh import patterns as written
from collectors.access.accounts import ELSEWHERE, Account
from collectors.access.keys import KeyLine
from collectors.access.origins import Origin
from collectors.access.pam import ServiceRequirement
from collectors.access.sshd import SshdPolicy

ROOT = 0
Alternatives = frozenset[frozenset[str]]
NONE: Alternatives = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCredentials:
    """What one account has to show: its keys in the files that the policy names, and its groups.

    `no_shell`: its shell is not there, or cannot be run.
    """

    account: Account
    keys: tuple[KeyLine, ...]
    groups: frozenset[str]
    no_shell: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchors:
    """What is trusted beside keys: PAM's stack (None: sshd does without), and authorities of certificates.

    `authorities` are those that ask for a second factor before they sign; `signing` those that sshd believes;
    `tickets`: it may believe those of Kerberos.
    """

    asked: ServiceRequirement | None
    authorities: frozenset[str] = frozenset()
    signing: tuple[str, ...] = ()
    tickets: bool = False


def alternatives_of(
    holder: AccountCredentials, policy: SshdPolicy, origin: Origin, trust: TrustAnchors
) -> Alternatives:
    """Return what lets an account in by one policy: any one of the sets; none where nothing does."""
    if refused(holder, policy, origin):
        return NONE
    kerberos = _named("kerberos") if trust.tickets and policy.on("gssapiauthentication") else NONE
    methods = {
        "publickey": _by_key(holder, policy, trust) if policy.on("pubkeyauthentication") else NONE,
        "none": _by_none(holder, policy, trust),
        "password": _by_password(holder, policy, trust),
        "keyboard-interactive": _interactive(holder, policy, trust),
        "hostbased": _named("host") if policy.on("hostbasedauthentication") else NONE,
        "gssapi-with-mic": kerberos,
        "gssapi-keyex": kerberos,
    }
    chains = policy.words("authenticationmethods")
    if [chain.lower() for chain in chains] == ["any"]:
        chains = tuple(methods)
    return _smallest(frozenset(one for chain in chains for one in _by_chain(chain, methods)))


def _by_chain(chain: str, methods: dict[str, Alternatives]) -> Iterator[frozenset[str]]:
    # `keyboard-interactive:pam` names a device; an unknown method lets no one in.
    each = [methods.get(step.partition(":")[0], NONE) for step in chain.lower().split(",")]
    for one in itertools.product(*each):
        yield frozenset().union(*one)


def _smallest(found: Alternatives) -> Alternatives:
    return frozenset(one for one in found if not any(other < one for other in found))


def _named(what: str) -> Alternatives:
    return frozenset({frozenset({f"{UNKNOWN}{what}"})})


def _by_key(holder: AccountCredentials, policy: SshdPolicy, trust: TrustAnchors) -> Alternatives:
    verified = "verify-required" in policy.first("pubkeyauthoptions").replace(",", " ").split()
    factors = {key.factor(verified=verified, authorities=trust.authorities) for key in holder.keys}
    if policy.first("authorizedkeyscommand") not in ("", "none"):
        factors.add(KEY_FACTOR)  # which keys, no one sees; that they are keys is certain
    if policy.first("trustedusercakeys") not in ("", "none"):
        known = bool(trust.signing) and all(one in trust.authorities for one in trust.signing)
        factors.add(VERIFIED_CERTIFICATE if known else CERTIFICATE)
    return frozenset(frozenset({factor}) for factor in factors)


def _by_password(holder: AccountCredentials, policy: SshdPolicy, trust: TrustAnchors) -> Alternatives:
    if not policy.on("passwordauthentication") or _root_without_password(holder, policy):
        return NONE
    password = frozenset({frozenset({PASSWORD})})
    if trust.asked is None:
        found = _held(password, holder, policy, local=True)
    else:
        found = _held(trust.asked.alternatives, holder, policy, local=trust.asked.local)
    # Where Kerberos does not know it, the machine is asked.
    return found | password if policy.on("kerberosauthentication") else found


def _by_none(holder: AccountCredentials, policy: SshdPolicy, trust: TrustAnchors) -> Alternatives:
    """Return what lets in who shows nothing: sshd tries an empty password (auth2-none.c)."""
    found = _by_password(holder, policy, trust) if policy.on("permitemptypasswords") else NONE
    if found and holder.account.password is None:
        return _named("empty-password")
    return frozenset(one for one in found if PASSWORD not in one)


def _interactive(holder: AccountCredentials, policy: SshdPolicy, trust: TrustAnchors) -> Alternatives:
    # Without PAM, sshd of Linux has nothing to ask by keyboard.
    if not policy.on("kbdinteractiveauthentication") or trust.asked is None or _root_without_password(holder, policy):
        return NONE
    return _held(trust.asked.alternatives, holder, policy, local=trust.asked.local)


def _held(alternatives: Alternatives, holder: AccountCredentials, policy: SshdPolicy, *, local: bool) -> Alternatives:
    """Return the alternatives that an account can meet: one without a password of its own meets none that asks.

    Where passwords may lie elsewhere, too, whether there is one for an account that is locked here is not seen; nor is
    it of an account of a directory, which may ask for a code as well.
    """
    password = holder.account.password
    if password == ELSEWHERE or (not local and password == "locked"):
        return frozenset(one - {PASSWORD} | {f"{UNKNOWN}directory"} if PASSWORD in one else one for one in alternatives)
    if not local or password in (None, "set"):
        return alternatives
    if password == "empty" and policy.on("permitemptypasswords"):
        return frozenset(one - {PASSWORD} for one in alternatives)
    return frozenset(one for one in alternatives if PASSWORD not in one)


def _root_without_password(holder: AccountCredentials, policy: SshdPolicy) -> bool:
    return holder.account.uid == ROOT and policy.first("permitrootlogin") != "yes"


def refused(holder: AccountCredentials, policy: SshdPolicy, origin: Origin) -> bool:
    """Return whether sshd lets an account in at all; in the order of its own allowed_user()."""
    name = holder.account.name
    if policy.on("refuseconnection") or (holder.account.uid == ROOT and policy.first("permitrootlogin") == "no"):
        return True
    if holder.no_shell and policy.first("chrootdirectory") in ("", "none"):
        return True
    if any(_is_user(pattern, name, origin) for pattern in policy.words("denyusers")):
        return True
    allowed = policy.words("allowusers")
    if allowed and not any(_is_user(pattern, name, origin) for pattern in allowed):
        return True
    if _in_group(policy.words("denygroups"), holder.groups):
        return True
    groups = policy.words("allowgroups")
    return bool(groups) and not _in_group(groups, holder.groups)


def _in_group(patterns: Iterable[str], groups: frozenset[str]) -> bool:
    return any(written.matches(pattern, group) for pattern in patterns for group in groups)


def _is_user(pattern: str, name: str, origin: Origin) -> bool:
    user, at, host = pattern.rpartition("@")
    if not at:
        return written.matches(pattern, name)
    return written.matches(user, name) and origin.is_in(host)
