"""The result of an answer of restic, in the terms in which the table of faults says what it must come to."""

from collections.abc import Iterable
from datetime import timedelta

from agent.core.errors import LookError
from agent.core.facts.verification import Damage
from agent.core.host import Output
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from agent.hosts.program_version import ProgramVersion
from collectors.restic import damage, listing
from collectors.restic.faults import fault_of
from tests.collectors.restic.cases import Expect

SUBJECT = "files/offsite"


def output(stdout: bytes, stderr: bytes, status: int) -> Output:
    """Return what a program said."""
    return Output(stdout=stdout, stderr=stderr, status=status, duration=timedelta(seconds=1))


def listed(said: Output, version: ProgramVersion) -> Expect:
    """Return the result of a run of `restic snapshots`."""
    if said.status != 0:
        return Expect(fault=fault_of(status=said.status, stderr=said.stderr, version=version).reason)
    try:
        found = listing.parse(said.stdout, said.stderr, SUBJECT)
    except LookError as error:
        return Expect(fault=error.reason)
    return Expect(points=len(found.points), left_out=found.left_out[0].reason if found.left_out else None)


def checked(said: Output, version: ProgramVersion) -> Expect:
    """Return the result of a run of `restic check`."""
    found = damage.judge(said, ())
    if not found.sound and not found.damage and found.hindered is None:
        return Expect(fault=fault_of(status=said.status, stderr=said.stderr, version=version).reason)
    return Expect(
        sound=found.sound,
        damage=frozenset(one.file.partition("/")[0] for one in found.damage),
        hindered=found.hindered,
        remark=bool(found.remarks),
    )


def looked(seen: Iterable[Fact | Gap]) -> Expect:
    """Return the result of a look of a collector."""
    things = tuple(seen)
    facts = [thing for thing in things if isinstance(thing, Fact)]
    gaps = [thing for thing in things if isinstance(thing, Gap)]
    if any(fact.name == "repository.present" and fact.value is False for fact in facts):
        return Expect(fault=Reason.ABSENT)
    hindered = gaps[0].reason if gaps else None
    if any(fact.name == "verify.depth" for fact in facts):
        folders = (fact.value.file.partition("/")[0] for fact in facts if isinstance(fact.value, Damage))
        sound = any(fact.name == "verify.sound" for fact in facts)
        remark = any(fact.name == "verify.remark" for fact in facts)
        return Expect(sound=sound, damage=frozenset(folders), hindered=hindered, remark=remark)
    damaged = any(fact.name == "repository.damaged_snapshot" for fact in facts)
    points = sum(fact.name == "backup.point" for fact in facts)
    return Expect(points=points, left_out=Reason.DAMAGED if damaged else hindered)
