"""pgbackrest verify: whether every file of a stanza still has the digest with which it was stored.

Reads:  every file of the repository on the copy's host, where all of it fits into the budget; else whole backups, one
        after another, those first that were read the longest ago, with the segments that each needs
Needs:  what pgbackrest_info needs there
Blind:  a forger who writes files and the manifest anew; a page that was bad when it was backed up and has no checksum;
        nothing is started from it: see the drill
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from agent.core.collecting.backup_program import limit_for
from agent.core.collecting.collector import Look, copy_collector
from agent.core.facts.base_readings import BaseReadings, base_facts, damage_before, kept, read_before
from agent.core.facts.verification import Damage
from agent.core.inventory import Copy
from agent.core.judging.wal_points import POINT
from agent.core.model import Fact, Gap, Observation
from agent.core.reached import WAL
from agent.core.reason import Reason
from collectors.pgbackrest import LOOKS, made_with_pgbackrest
from collectors.pgbackrest.info import NO_DATA, NO_STANZA, StanzaBackup, StanzaInfo
from collectors.pgbackrest.points import archive_files, asked, hold_to_pinned
from collectors.pgbackrest.program import PgBackRest, prepare
from collectors.pgbackrest.results import VerifyResult, result_in

NAME = LOOKS.verification


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield the result of verifying a stanza, or a share of it, and what earlier looks found that still stands."""
    program, previous = prepare(copy, look, look.timeout), look.previous
    look.progress(0.0)
    info = asked(program)
    if info is None or info.code in (NO_STANZA, NO_DATA) or info.system is None:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from kept(previous)
        return
    pinned = None if previous is None else previous.one("repository.id")
    hold_to_pinned(copy, info, None if pinned is None else str(pinned.value))
    if pinned is None:
        previous = look.former(info.system) or previous
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=info.system, as_of=look.now)
    program = replace(program, repository=program.repository or str(info.repository))
    stored = sum(one.stored for one in info.backups) + sum(
        archive_files(program, info, number)[1].bytes for number in info.archives
    )
    if look.budget is None or stored <= look.budget:
        found = _all(program, info, stored, previous, look.now)
    else:
        found = _some(program, info, stored, look, previous)
    yield from base_facts(copy, found, previous, look.now)
    look.progress(1.0)


def _all(
    program: PgBackRest, info: StanzaInfo, stored: int, previous: Observation | None, now: datetime
) -> BaseReadings:
    result, labels = _verified(program, info, stored), _labels(info)
    unseen = labels - result.labels
    lost = _lost(program, unseen)
    labels -= unseen - lost
    result = replace(result, damage=result.damage | _absent(lost))
    whole = bool(stored) and result.clean
    bad = {one.file for one in result.damage} | result.unsettled
    return BaseReadings(
        ids=labels,
        sound=frozenset(label for label in labels if f"{POINT}{label}" not in bad) if stored else frozenset(),
        damage=result.damage,
        standing={one: at for one, at in damage_before(previous).items() if one.file in result.unsettled},
        depth="hashed" if whole else None,
        whole=now if whole else None,
        files_read=result.read,
        files_sound=result.sound,
        bytes_read=stored,
        bytes_sound=stored if result.clean else 0,
        bytes_stored=stored,
        unread=_gaps(program.copy, result.unread),
    )


def _some(program: PgBackRest, info: StanzaInfo, stored: int, look: Look, previous: Observation | None) -> BaseReadings:
    """Verify backups as far as the budget allows, each with what it refers to; the first one whatever its size."""
    before = read_before(previous, look.now)
    oldest = datetime.min.replace(tzinfo=look.now.tzinfo)
    waiting = sorted(info.backups, key=lambda one: (before.get(one.base.id, oldest), -one.base.time.timestamp()))
    left, done = look.budget or 0, dict[str, VerifyResult]()
    for number, one in enumerate(waiting):
        size = _needed(one, info)
        if done and size > left:
            break
        done[one.base.id] = _verified(program, info, size, f"--set={one.base.id}")
        left -= size
        look.progress((number + 1) / len(waiting))
    lost = _lost(program, frozenset(id for id, result in done.items() if id not in result.labels))
    sizes = {one.base.id: _needed(one, info) for one in info.backups}
    sound = frozenset(id for id, result in done.items() if result.clean and id in result.labels)
    settled = {f"{POINT}{id}" for id, result in done.items() if id in result.labels} - {
        name for result in done.values() for name in result.unsettled
    }
    needed = {f"{POINT}{id}" for id in _labels(info)} - settled
    first = min((one.base.first for one in info.backups), default="")
    return BaseReadings(
        ids=_labels(info),
        sound=sound,
        damage=frozenset(damage for result in done.values() for damage in result.damage) | _absent(lost),
        # A segment from before the oldest backup is of no use any more; one between two was not read.
        standing={
            one: at
            for one, at in damage_before(previous).items()
            if one.file in needed or (one.file.startswith(WAL) and one.file.removeprefix(WAL) >= first)
        },
        depth="sampled" if sound else None,
        whole=None,
        files_read=sum(result.read for result in done.values()),
        files_sound=sum(result.sound for result in done.values()),
        bytes_read=sum(sizes[id] for id in done),
        bytes_sound=sum(sizes[id] for id in sound),
        bytes_stored=stored,
        unread=tuple(gap for result in done.values() for gap in _gaps(program.copy, result.unread)),
    )


def _lost(program: PgBackRest, unseen: frozenset[str]) -> frozenset[str]:
    """Return the backups that are not there, of those that a run did not see: listed still, and not gone meanwhile."""
    info = asked(program) if unseen else None
    return unseen & _labels(info) if info is not None else frozenset()


def _absent(labels: frozenset[str]) -> frozenset[Damage]:
    return frozenset(Damage(file=f"{POINT}{label}", reason=Reason.ABSENT.value) for label in labels)


def _labels(info: StanzaInfo) -> frozenset[str]:
    return frozenset(one.base.id for one in info.backups)


def _needed(one: StanzaBackup, info: StanzaInfo) -> int:
    return one.stored + sum(other.stored for other in info.backups if other.base.id in one.references)


def _verified(program: PgBackRest, info: StanzaInfo, size: int, *which: str) -> VerifyResult:
    """Run `pgbackrest verify`. Raises a LookError."""
    output = program.within(limit_for(size)).ask("verify", "--output=text", "--verbose", *which, level="info")
    subject = program.copy.subject
    result = result_in(output.stdout.decode(errors="replace"), output.stderr.decode(errors="replace"), subject)
    return result.reaching({one.base.id: one.references for one in info.backups})


def _gaps(copy: Copy, said: Iterable[str]) -> tuple[Gap, ...]:
    return tuple(
        Gap(
            subject=copy.subject,
            reason=Reason.DENIED if "[13] Permission denied" in one else Reason.UNREADABLE,
            detail=one,
        )
        for one in said
    )


COLLECTOR = copy_collector(
    name=NAME,
    schedule="verify",
    collect=collect,
    applies=made_with_pgbackrest,
)
