"""Facts as older versions wrote them, with what they say today.

Their values were texts of several words, or JSON. Only rows of before hold such a text; nothing writes one any more.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from agent.core import places, reached
from agent.core.facts import (
    access,
    network_flows,
    recovery_points,
    restore_pace,
    restore_samples,
    security_updates,
    verification,
)
from agent.core.facts.access import AccessPath, AuthorizedKey, SeenAccount
from agent.core.facts.firewall import Passage
from agent.core.facts.network_flows import Attempt, understood
from agent.core.facts.recovery_points import PointPath
from agent.core.facts.restore_pace import Draw, Totals
from agent.core.facts.restore_samples import Failed, Sampled
from agent.core.facts.security_updates import HINDRANCES, PackageVersion, System
from agent.core.facts.verification import Damage, Slice
from agent.core.judging.anomaly_record import ANOMALY, Anomaly
from agent.core.judging.sighting import MADE_BY, PointMaker
from agent.core.judging.terms import GONE_UNDER, TERMS, GoneUnderTerms, Owed, Terms
from agent.core.model import Fact, FactValue
from agent.core.places import CopyMachine, SeenPlace
from agent.core.reached import TracedPoint
from agent.core.reason import Reason
from agent.ledger.fields import refuse
from agent.ledger.older_details import typed


def of_today(fact: Fact) -> Fact:
    """Return a fact with the value that it has today. Raises LedgerDamaged for a text that no version wrote."""
    read = _READ.get(fact.name)
    read_set = _READ_SETS.get(fact.name)
    try:
        if read is not None and isinstance(fact.value, str):
            return replace(fact, value=read(fact, fact.value))
        if read_set is not None and isinstance(fact.value, frozenset):
            return replace(fact, value=read_set(fact, fact.value))
        return fact
    except (ValueError, TypeError, KeyError, IndexError):
        refuse(f"value of {fact.name}", fact.value)


def access_path(subject: str, texts: frozenset[str]) -> AccessPath:
    """Return the way that a fact's subject and set of texts held: `root sshd@*`, {`key+password`, `nothing`}."""
    account, _space, path = subject.partition(" ")
    alternatives = frozenset(frozenset(text.split(access.JOIN)) - {access.NOTHING} for text in texts)
    return AccessPath(account=account, path=path, alternatives=alternatives)


def _way(fact: Fact, texts: frozenset[str]) -> AccessPath:
    return access_path(fact.subject, texts)


def _account(_fact: Fact, marks: frozenset[str]) -> SeenAccount:
    # {"uid 1000", "shell /bin/bash", "locked"}
    told = {kind: value for kind, _space, value in (mark.partition(" ") for mark in marks)}
    return SeenAccount(
        uid=int(told["uid"]), shell=told.get("shell", ""), expired="expired" in told, locked="locked" in told
    )


def _key(_fact: Fact, text: str) -> AuthorizedKey:
    # SHA256:aFxM… ssh-ed25519 cert-authority /etc/ssh/my keys/zoe
    words, slash, rest = text.partition(" /")
    fingerprint, kind, *options = words.split(" ")
    return AuthorizedKey(fingerprint=fingerprint, kind=kind, path=f"{slash[1:]}{rest}", options=frozenset(options))


def _attempt(_fact: Fact, text: str) -> Attempt:
    # filtered 192.0.2.9 far
    return understood(*text.split(" "))


def _passage(_fact: Fact, text: str) -> Passage:
    # inet filter input eth0
    chain, _, interface = text.rpartition(" ")
    return Passage(chain=chain, interface=interface)


def _sampled(_fact: Fact, text: str) -> Sampled:
    # same 2048 5f0c… sqlite opened 9a1b… 5c1e…
    result, size, *told, token, point = text.split(" ")
    sha256, kind, opening = ("" if one == "-" else one for one in told)
    return Sampled(point=point, token=token, result=result, size=int(size), sha256=sha256, kind=kind, opening=opening)


def _failed(_fact: Fact, text: str) -> Failed:
    # damaged 9a1b… 5c1e…
    reason, token, point = text.split(" ")
    return Failed(reason=Reason(reason), point=point, token=token)


def _draw(fact: Fact, text: str) -> Draw:
    # 0.7 0.0006 3e-09 1e-08; the last one came later
    start, a_file, a_byte, *line = (float(number) for number in text.split(" "))
    return Draw(at=fact.as_of, start=start, a_file=a_file, a_byte=a_byte, line=sum(line))


def _totals(fact: Fact, text: str) -> Totals:
    # 1 20000 2000000000 512000; the last one came later
    points, small_files, big_bytes, *small_bytes = (int(number) for number in text.split(" "))
    return Totals(
        at=fact.as_of, points=points, small_files=small_files, big_bytes=big_bytes, small_bytes=sum(small_bytes)
    )


def _place(_fact: Fact, text: str) -> SeenPlace:
    # 83ec25e2a05e83e8 same local-path
    about, machine, how = text.split(" ")
    return SeenPlace(about=about, machine=CopyMachine(machine), how=how)


def _traced(_fact: Fact, text: str) -> TracedPoint:
    # fa603baf587f1343 82b4007b…
    key, point = text.split(" ")
    return TracedPoint(key=key, point=point)


def _maker(_fact: Fact, text: str) -> PointMaker:
    # 82b4007b… srv-1; the name of a machine may hold a space
    point, _space, host = text.partition(" ")
    return PointMaker(point=point, host=host)


def _anomaly(fact: Fact, text: str) -> Anomaly:
    # {"about": {"files": 1, "usual_files": 30}, "path": "/srv", "point": "5c1e…", "reason": "shrunk"}
    told = json.loads(text)
    return Anomaly(
        path=told["path"],
        at=fact.as_of,
        point=told["point"],
        reason=Reason(told["reason"]),
        about=typed(told["about"]),
    )


def _damage(_fact: Fact, text: str) -> Damage:
    # damaged data/ab/abcd…; the name of a file may hold a space
    reason, file = text.split(" ", 1)
    return Damage(file=file, reason=reason)


def _slice(_fact: Fact, text: str) -> Slice:
    # 3/10
    number, of = (int(part) for part in text.split("/"))
    if not 1 <= number <= of:
        raise ValueError(text)
    return Slice(number=number, of=of)


def _path(_fact: Fact, text: str) -> PointPath:
    # 82b4007b… /srv/my files
    point, path = text.split(" ", 1)
    return PointPath(point=point, path=path)


def _gone(_fact: Fact, text: str) -> GoneUnderTerms:
    # 82b4007b… thinned
    point, owed = text.split(" ")
    return GoneUnderTerms(point=point, owed=Owed(owed))


def _terms(_fact: Fact, text: str) -> Terms:
    # {"host": "srv-1", "paths": ["/srv"], "retention": 34560000.0, "thinned_after": null}
    told = json.loads(text)

    def span(name: str) -> timedelta | None:
        return None if told[name] is None else timedelta(seconds=told[name])

    return Terms(
        snapshot_host=told["host"],
        paths=tuple(told["paths"]),
        retention=span("retention"),
        thinned_after=span("thinned_after"),
    )


def _package(_fact: Fact, text: str) -> PackageVersion:
    # openssl:amd64 3.5.7-1~deb13u3
    package, version = text.split(" ")
    return PackageVersion(package=package, version=version)


def _system(_fact: Fact, text: str) -> System:
    # debian 13 trixie, or one of the last two alone
    distribution, _space, rest = text.partition(" ")
    version, _space, codename = rest.partition(" ") if rest[:1].isdigit() else ("", "", rest)
    return System(distribution=distribution, version=version, codename=codename)


_READ: Mapping[str, Callable[[Fact, str], FactValue]] = {
    network_flows.TRIAL: _attempt,
    network_flows.CONTROL: _attempt,
    "firewall.ipv4.where": _passage,
    "firewall.ipv6.where": _passage,
    restore_samples.FILE: _sampled,
    restore_samples.FAILED: _failed,
    restore_pace.DRAW: _draw,
    restore_pace.TOTALS: _totals,
    places.FACT: _place,
    ANOMALY: _anomaly,
    access.KEY: _key,
    reached.REACHES: _traced,
    reached.SPARES: _traced,
    MADE_BY: _maker,
    GONE_UNDER: _gone,
    TERMS: _terms,
    verification.DAMAGE: _damage,
    verification.SLICE: _slice,
    verification.TRIED: _slice,
    recovery_points.PATH_FILLED: _path,
    recovery_points.PATH_EMPTY: _path,
    recovery_points.PATH_UNTOLD: _path,
    security_updates.PENDING: _package,
    security_updates.AFTER: _package,
    security_updates.CHANGELOG: _package,
    **{f"{security_updates.PENDING}.{why}": _package for why in HINDRANCES},
    security_updates.RELEASE: _system,
}
_READ_SETS: Mapping[str, Callable[[Fact, frozenset[str]], FactValue]] = {access.WAY: _way, access.ACCOUNT: _account}
