"""Facts as older versions wrote them, with what they say today.

Their values were texts of several words, or JSON. Only rows of before hold such a text; nothing writes one any more.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from agent.core import places, reached
from agent.core.facts import access, network_flows, restore_pace, restore_samples
from agent.core.facts.access import AccessPath, AuthorizedKey
from agent.core.facts.firewall import Passage
from agent.core.facts.network_flows import Attempt, understood
from agent.core.facts.restore_pace import Draw, Totals
from agent.core.facts.restore_samples import Failed, Sampled
from agent.core.judging.anomaly_record import ANOMALY, Anomaly
from agent.core.judging.sighting import MADE_BY, PointMaker
from agent.core.model import Fact, FactValue
from agent.core.places import CopyMachine, SeenPlace
from agent.core.reached import TracedPoint
from agent.core.reason import Reason
from agent.ledger.fields import refuse
from agent.ledger.older_details import with_units


def of_today(fact: Fact) -> Fact:
    """Return a fact with the value that it has today. Raises LedgerDamaged for a text that no version wrote."""
    read = _READ.get(fact.name)
    if fact.name == access.WAY and isinstance(fact.value, frozenset):
        return replace(fact, value=access_path(fact.subject, fact.value))
    if read is None or not isinstance(fact.value, str):
        return fact
    try:
        return replace(fact, value=read(fact, fact.value))
    except (ValueError, TypeError, KeyError, IndexError):
        refuse(f"value of {fact.name}", fact.value)


def access_path(subject: str, texts: frozenset[str]) -> AccessPath:
    """Return the way that a fact's subject and set of texts held: `root sshd@*`, {`key+password`, `nothing`}."""
    account, _space, path = subject.partition(" ")
    alternatives = frozenset(frozenset(text.split(access.JOIN)) - {access.NOTHING} for text in texts)
    return AccessPath(account=account, path=path, alternatives=alternatives)


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
        about=with_units(told["about"]),
    )


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
}
