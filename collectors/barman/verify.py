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

from agent.core.backup_manifest import NAME as NAME_OF_LIST
from agent.core.backup_manifest import TAIL, is_list_of, names_ranges
from agent.core.collecting.backup_program import RepositoryAbsent, limit_for
from agent.core.collecting.collector import Look, copy_collector
from agent.core.errors import LookError
from agent.core.facts.base_readings import BaseReadings, base_facts, damage_before, kept, read_before
from agent.core.facts.verification import Damage
from agent.core.inventory import Copy
from agent.core.judging.wal_points import POINT
from agent.core.model import Fact, Gap, Observation
from agent.core.reason import Reason
from collectors.barman import LOOKS, made_with_barman
from collectors.barman.answers import DONE, ListedBackup, listed, shown
from collectors.barman.program import Barman, errors_in, prepare
from collectors.barman.removal import is_removed

NAME = LOOKS.verification
_CHANGED = re.compile(r"checksum mismatch|has size")
# So it also calls what lies in a folder that it may not open.
_LOST = re.compile(r"is present in the manifest but not on disk|is present on disk but not in the manifest")
# Of `backup_compression`, and of a tar format, pg_verifybackup finds none of the files: it reads plain ones alone.
_PACKED = re.compile(r'\\?"base\.tar(?:\.\w{1,5})?\\?" is present on disk but not in the manifest')
_FOLDER = re.compile(r"verify backup failure on directory ['\"]?(/[^'\"]+)")
_OF_ANOTHER = f"its {NAME_OF_LIST} is of another backup: remove the one in the source's data folder"
_WITHOUT_TABLESPACES = "its manifest, which Barman made, has no file of its tablespaces"
_NO_MANIFEST = re.compile(
    r"could not open file ['\"]?(/(?:(?!could not open file)[^'\"])+)/backup_manifest['\"]?: No such file"
)


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
        yield from kept(previous)
        return
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    # A list of backups does not name the cluster that they are of: the look that lists the points asked for it.
    listing = look.last_look(copy.program.listing, copy.subject)
    id = None if listing is None else listing.one("repository.id")
    if id is not None:
        if previous is None or previous.one("repository.id") is None:
            previous = look.former(str(id.value)) or previous
        yield id
    readings = tuple(_readings(program, backups, previous, look))
    yield from base_facts(copy, _found(copy, backups, readings, previous, look.now), previous, look.now)
    look.progress(1.0)


def _readings(
    program: Barman, backups: list[ListedBackup], previous: Observation | None, look: Look
) -> Iterator[BackupReading]:
    """Read backups as far as the budget allows, the first one whatever its size."""
    before, left = read_before(previous, look.now), look.budget
    oldest = datetime.min.replace(tzinfo=look.now.tzinfo)
    for number, one in enumerate(sorted(backups, key=lambda one: before.get(one.id, oldest))):
        if left is not None and number and one.size > left:
            return
        left = None if left is None else left - one.size
        output = program.within(limit_for(one.size)).run("verify-backup", one.id)
        if output.status == 0 and not errors_in(output):
            yield _held_to_list(program, one, look)
        else:
            reading = _judged(program, one, output.stdout.decode(errors="replace"), errors_in(output))
            if reading.damaged and _is_of_another(program, one.id, output.stdout.decode(errors="replace"), look):
                reading = BackupReading(backup=one, hindered=Reason.UNREADABLE, said=_OF_ANOTHER)
            if not (reading.damaged and _is_gone(program, one.id, look)):
                yield reading
        look.progress((number + 1) / len(backups))


def _held_to_list(program: Barman, one: ListedBackup, look: Look) -> BackupReading:
    """Return what it shows that a backup is as its list has it: Barman's own names no file of a tablespace."""
    within = program.within(look.timeout)
    try:
        told = within.ask("show-backup", one.id).get(program.copy.cluster)
        if not (isinstance(told, dict) and told.get("tablespaces")):
            return BackupReading(backup=one, sound=True)
        lines = within.ask("list-files", "--target", "data", one.id).get("_INFO")
        places = (
            re.fullmatch(rf"(/.+/{one.id}/data)/[^/]+", str(line))
            for line in (lines if isinstance(lines, list) else ())
        )
        folder = next((match[1] for match in places if match is not None), None)
        if folder is not None and names_ranges(_list_end(within, folder)):
            return BackupReading(backup=one, sound=True)
    except LookError as error:
        return BackupReading(backup=one, hindered=error.reason, said=error.message)
    return BackupReading(backup=one, hindered=Reason.UNREADABLE, said=_WITHOUT_TABLESPACES)


def _list_end(program: Barman, folder: str) -> bytes:
    """Return the last bytes of the list in a data folder; none where there is none. Raises a LookError."""
    path = f"{folder}/{NAME_OF_LIST}"
    return program.host.run("tail", "-c", str(TAIL), "--", path, timeout=program.remaining, accept=None).stdout


def _is_of_another(program: Barman, id: str, said: str, look: Look) -> bool:
    """Return whether the list by which a backup was read is that of another one: where nothing tells, damage stands."""
    folder = _FOLDER.search(said.replace("\\", ""))
    if folder is None:
        return False
    within = program.within(look.timeout)
    try:
        base = shown(within.ask("show-backup", id), program.copy.cluster, id, system="0")
        return base is not None and not is_list_of(_list_end(within, folder[1]), base.start_lsn)
    except LookError:
        return False


def _is_gone(program: Barman, id: str, look: Look) -> bool:
    """Return whether the retention took a backup away while it was read; where nothing tells, damage stands."""
    try:
        return is_removed(program.within(look.timeout), id)
    except LookError:
        return False


def _judged(program: Barman, one: ListedBackup, said: str, errors: str) -> BackupReading:
    """Return what a run that did not succeed shows of a backup."""
    if _CHANGED.search(said):
        return BackupReading(backup=one, damaged=True, said=errors)
    if "Permission denied" in said:
        return BackupReading(backup=one, hindered=Reason.DENIED, said=errors)
    if _PACKED.search(said):
        told = "it is one archive, which pg_verifybackup does not read"
        return BackupReading(backup=one, hindered=Reason.UNREADABLE, said=told)
    if _LOST.search(said):
        return BackupReading(backup=one, damaged=True, said=errors)
    if "pg_verifybackup not found" in said:
        told = "Barman finds no pg_verifybackup: path_prefix of the server, such as /usr/lib/postgresql/17/bin"
        return BackupReading(backup=one, hindered=Reason.TOOL_MISSING, said=told)
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


def _found(
    copy: Copy,
    backups: list[ListedBackup],
    readings: tuple[BackupReading, ...],
    previous: Observation | None,
    now: datetime,
) -> BaseReadings:
    ids, sound = frozenset(one.id for one in backups), [one.backup for one in readings if one.sound]
    read = {**read_before(previous, now), **{one.id: now for one in sound}}
    unsettled = {f"{POINT}{id}" for id in ids - {one.backup.id for one in readings if one.hindered is None}}
    return BaseReadings(
        ids=ids,
        sound=frozenset(one.id for one in sound),
        damage=frozenset(
            Damage(file=f"{POINT}{one.backup.id}", reason=Reason.DAMAGED.value) for one in readings if one.damaged
        ),
        standing={one: at for one, at in damage_before(previous).items() if one.file in unsettled},
        depth=None if not sound else "hashed" if len(sound) == len(backups) else "sampled",
        whole=min(read[id] for id in ids) if ids and ids <= read.keys() else None,
        files_read=len(readings),
        files_sound=len(sound),
        bytes_read=sum(one.backup.size for one in readings),
        bytes_sound=sum(one.size for one in sound),
        bytes_stored=sum(one.size for one in backups),
        unread=tuple(
            Gap(subject=copy.subject, reason=one.hindered, detail=f"backup {one.backup.id}: {one.said}")
            for one in readings
            if one.hindered is not None
        ),
    )


COLLECTOR = copy_collector(
    name=NAME,
    schedule="verify",
    collect=collect,
    applies=made_with_barman,
)
