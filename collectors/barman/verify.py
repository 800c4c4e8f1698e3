"""barman verify-backup: whether every file of the base backups still has the digest of its manifest.

Reads:  whole base backups by pg_verifybackup on Barman's host, as many as fit into the budget, those first that were
        read the longest ago
Needs:  what barman_catalogue needs there, pg_verifybackup of the cluster's version, and a backup_manifest: rsync makes
        none, `barman generate-manifest` does
Blind:  the WAL, of which Barman keeps no digest; a forger who writes files and the manifest anew
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.core.ahead import lies_ahead
from agent.core.collecting.backup_program import RepositoryAbsent, limit_for
from agent.core.collecting.collector import Look, copy_collector
from agent.core.facts.verification import DAMAGE, Damage, damage_in
from agent.core.inventory import Copy
from agent.core.judging.wal_points import POINT
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.reason import Reason
from collectors.barman import LOOKS, made_with_barman
from collectors.barman.answers import DONE, ListedBackup, listed
from collectors.barman.program import Barman, errors_in, prepare

NAME = LOOKS.verification
# Value: the id of a backup; `as_of`: when it was last read and found sound.
READ = "barman.read"
_BAD = re.compile(
    r"checksum mismatch|is present in the manifest but not on disk|is present on disk but not in the manifest|has size"
)
_NO_MANIFEST = re.compile(r"could not open file ['\"]?(/[^'\"]+)/backup_manifest['\"]?: No such file")
_KEPT = ("verify.sound", "verify.whole", READ, DAMAGE, "repository.id")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReading:
    """How reading one backup ended: sound, damaged, or `hindered`, with what was said."""

    backup: ListedBackup
    sound: bool = False
    damaged: bool = False
    hindered: Reason | None = None
    said: str = ""


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield the result of reading base backups, and what earlier looks found that still stands."""
    program, previous = prepare(copy, look, look.timeout), look.previous
    look.progress(0.0)
    try:
        backups = [one for one in listed(program.ask("list-backups"), copy.cluster, copy.subject) if one.status == DONE]
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from () if previous is None else (fact for fact in previous.facts if fact.name in _KEPT)
        return
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    if (id := None if previous is None else previous.one("repository.id")) is not None:
        yield id
    readings = tuple(_readings(program, backups, look))
    look.progress(1.0)
    yield from _told(copy, backups, readings, previous, look.now)


def _readings(program: Barman, backups: list[ListedBackup], look: Look) -> Iterator[BackupReading]:
    """Read backups as far as the budget allows, the first one whatever its size."""
    before, left = _read_before(look.previous, look.now), look.budget
    oldest = datetime.min.replace(tzinfo=look.now.tzinfo)
    for number, one in enumerate(sorted(backups, key=lambda one: before.get(one.id, oldest))):
        if left is not None and number and one.size > left:
            return
        left = None if left is None else left - one.size
        output = program.within(limit_for(one.size)).run("verify-backup", one.id)
        if output.status == 0 and not errors_in(output):
            yield BackupReading(backup=one, sound=True)
        else:
            yield _judged(program, one, output.stdout.decode(errors="replace"), errors_in(output))
        look.progress((number + 1) / len(backups))


def _judged(program: Barman, one: ListedBackup, said: str, errors: str) -> BackupReading:
    """Return what a run that did not succeed shows of a backup."""
    if "Permission denied" in said:
        return BackupReading(backup=one, hindered=Reason.DENIED, said=errors)
    if _BAD.search(said):
        return BackupReading(backup=one, damaged=True, said=errors)
    if "pg_verifybackup not found" in said:
        return BackupReading(backup=one, hindered=Reason.TOOL_MISSING, said=errors)
    if lacking := _NO_MANIFEST.search(said.replace("\\", "")):
        there = program.host.run(
            *("find", lacking[1], "-maxdepth", "1", "-name", "PG_VERSION"), timeout=program.remaining, accept=None
        )
        if not there.stdout:
            return BackupReading(backup=one, damaged=True, said=errors)
        return BackupReading(
            backup=one, hindered=Reason.UNREADABLE, said="it has no manifest: barman generate-manifest"
        )
    return BackupReading(backup=one, hindered=Reason.UNREADABLE, said=errors or "verify-backup says nothing")


def _told(
    copy: Copy,
    backups: list[ListedBackup],
    readings: tuple[BackupReading, ...],
    previous: Observation | None,
    now: datetime,
) -> Iterator[Fact | Gap]:
    def fact(name: str, value: FactValue, as_of: datetime = now) -> Fact:
        return Fact(name=name, subject=copy.subject, value=value, as_of=as_of)

    sound, ids = [one.backup for one in readings if one.sound], {one.id for one in backups}
    yield fact("verify.depth", "hashed" if readings else "listed")
    yield fact("verify.files_read", len(readings))
    yield fact("verify.bytes_read", sum(one.backup.size for one in readings))
    for name in ("sound", "verified"):
        yield fact(f"verify.files_{name}", len(sound))
        yield fact(f"verify.bytes_{name}", sum(one.size for one in sound))
    yield fact("verify.bytes_stored", sum(one.size for one in backups))
    looked = {one.backup.id for one in readings if one.hindered is None}
    damage = {one: at for one, at in (() if previous is None else damage_in(previous)) if _of(one) in ids - looked}
    damage |= {
        Damage(file=f"{POINT}{one.backup.id}", reason=Reason.DAMAGED.value): now for one in readings if one.damaged
    }
    yield from (fact(DAMAGE, one, at) for one, at in damage.items())
    for one in readings:
        if one.hindered is not None:
            yield Gap(subject=copy.subject, reason=one.hindered, detail=f"backup {one.backup.id}: {one.said}")
    read = {**_read_before(previous, now), **{one.id: now for one in sound}}
    yield from (fact(READ, id, at) for id, at in read.items() if id in ids)
    if sound and not damage:
        yield fact("verify.sound", "hashed" if len(sound) == len(backups) else "sampled")
    else:
        yield from _kept("verify.sound", previous, now)
    if backups and ids <= read.keys() and not damage:
        yield fact("verify.whole", True, min(read[id] for id in ids))
    else:
        yield from _kept("verify.whole", previous, now)


def _of(damage: Damage) -> str:
    return damage.file.removeprefix(POINT)


def _read_before(previous: Observation | None, now: datetime) -> dict[str, datetime]:
    found = () if previous is None else previous.named(READ)
    return {str(fact.value): fact.as_of for fact in found if not lies_ahead(fact.as_of, now)}


def _kept(name: str, previous: Observation | None, now: datetime) -> Iterator[Fact]:
    yield from () if previous is None else (one for one in previous.named(name) if not lies_ahead(one.as_of, now))


COLLECTOR = copy_collector(
    name=NAME,
    schedule="verify",
    collect=collect,
    applies=made_with_barman,
)
