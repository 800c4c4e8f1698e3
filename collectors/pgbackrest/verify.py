"""pgbackrest verify: whether every file of a stanza still has the digest with which it was stored.

Reads:  every file of the repository on the copy's host, where all of it fits into the budget; else whole backups, one
        after another, those first that were read the longest ago, with the segments that each needs
Needs:  what pgbackrest_info needs there
Blind:  a forger who writes files and the manifest anew; a page that was bad when it was backed up and has no checksum;
        nothing is started from it: see the drill
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.collecting.backup_program import limit_for
from agent.core.collecting.collector import Look, copy_collector
from agent.core.errors import Unreadable
from agent.core.facts.verification import DAMAGE, Damage, damage_in
from agent.core.inventory import Copy
from agent.core.judging.wal_points import POINT
from agent.core.lines import one_line
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.reached import WAL
from agent.core.reason import Reason
from collectors.pgbackrest import LOOKS, made_with_pgbackrest
from collectors.pgbackrest.info import NO_DATA, NO_STANZA, StanzaBackup, StanzaInfo
from collectors.pgbackrest.points import archive_files, asked, hold_to_pinned
from collectors.pgbackrest.program import PgBackRest, prepare

NAME = LOOKS.verification
# Value: the label of a backup; `as_of`: when it was last read and found sound.
READ = "pgbackrest.read"
RECENT = timedelta(days=90)
_TOLD = 200
_ARCHIVE = re.compile(r"archiveId: \S+, total WAL checked: (\d+), total valid WAL: (\d+)")
_BACKUP = re.compile(r"backup: (\S+), status: ([a-z -]+), total files checked: (\d+), total valid files: (\d+)")
_SEGMENT = re.compile(r"(?:invalid (?:checksum|size|result)|file missing) '?\S*/([0-9A-F]{24})-[0-9a-f]{40}\S*(.*)")
_FILE = re.compile(r"invalid result '?(\d{8}-\d{6}F\S*?)/\S*(.*)")
# A file that was read and is not what it should be (FormatError); any other number kept it from being read.
_BAD_RESULT = re.compile(r"^:? ?(?:\[29\].*)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What one run of `pgbackrest verify` said: how many files it read and found sound, and what is damaged.

    `unread` are what could not be read, each with what was said of it.
    """

    read: int
    sound: int
    damage: frozenset[Damage]
    labels: frozenset[str]
    unread: tuple[str, ...] = ()


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield the result of verifying a stanza, or a share of it, and what earlier looks found that still stands."""
    program, previous = prepare(copy, look, look.timeout), look.previous
    look.progress(0.0)
    info = asked(program)
    if info is None or info.code in (NO_STANZA, NO_DATA) or info.system is None:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from _kept(previous)
        return
    pinned = None if previous is None else previous.one("repository.id")
    hold_to_pinned(copy, info, None if pinned is None else str(pinned.value))
    if pinned is None:
        previous = look.former(info.system) or previous
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=info.system, as_of=look.now)
    program = replace(program, repository=program.repository or str(info.repository))
    stored = sum(one.stored for one in info.backups) + archive_files(program, info)[1].bytes
    if look.budget is None or stored <= look.budget:
        yield from _all(program, info, stored, look, previous)
    else:
        yield from _some(program, info, stored, look, previous)
    look.progress(1.0)


def _all(
    program: PgBackRest, info: StanzaInfo, stored: int, look: Look, previous: Observation | None
) -> Iterator[Fact | Gap]:
    result = _verified(program, stored)
    labels = {one.base.id for one in info.backups}
    lost = labels - result.labels
    yield from _facts(program.copy, [result], stored, stored, look.now)
    yield Fact(name="verify.bytes_stored", subject=program.copy.subject, value=stored, as_of=look.now)
    yield from (_damage(program.copy, one, look.now) for one in sorted(result.damage))
    yield from (_gap(program.copy, f"backup {label} was not verified") for label in sorted(lost)[:_TOLD])
    if result.damage or result.unread or lost or not stored:
        yield from _kept_sound(previous, look.now)
        return
    yield Fact(name="verify.sound", subject=program.copy.subject, value="hashed", as_of=look.now)
    yield Fact(name="verify.whole", subject=program.copy.subject, value=True, as_of=look.now)
    yield from (Fact(name=READ, subject=program.copy.subject, value=id, as_of=look.now) for id in sorted(labels))


def _some(
    program: PgBackRest, info: StanzaInfo, stored: int, look: Look, previous: Observation | None
) -> Iterator[Fact | Gap]:
    """Verify backups as far as the budget allows, each with what it refers to; the first one whatever its size."""
    before = _read_before(previous, look.now)
    oldest = datetime.min.replace(tzinfo=look.now.tzinfo)
    turn = sorted(info.backups, key=lambda one: (before.get(one.base.id, oldest), -one.base.time.timestamp()))
    left, results, bytes_read = look.budget or 0, list[VerifyResult](), 0
    done: dict[str, bool] = {}
    for number, one in enumerate(turn):
        size = _needed(one, info)
        if results and size > left:
            break
        result = _verified(program, size, f"--set={one.base.id}")
        results.append(result)
        left, bytes_read = left - size, bytes_read + size
        done[one.base.id] = not (result.damage or result.unread) and one.base.id in result.labels
        look.progress((number + 1) / len(turn))
    found = frozenset(damage for result in results for damage in result.damage)
    yield from _facts(program.copy, results, bytes_read, bytes_read if not found else 0, look.now)
    yield Fact(name="verify.bytes_stored", subject=program.copy.subject, value=stored, as_of=look.now)
    labels = {one.base.id for one in info.backups}
    standing = {one: at for one, at in _standing(previous) if one.file.removeprefix(POINT) in labels - done.keys()}
    standing |= {one: at for one, at in _standing(previous) if one.file.startswith(WAL)}
    yield from (_damage(program.copy, one, at) for one, at in {**standing, **dict.fromkeys(found, look.now)}.items())
    read = {**before, **{id: look.now for id, sound in done.items() if sound}}
    yield from (
        Fact(name=READ, subject=program.copy.subject, value=id, as_of=at) for id, at in read.items() if id in labels
    )
    if any(done.values()) and not found:
        yield Fact(name="verify.sound", subject=program.copy.subject, value="sampled", as_of=look.now)
        yield from (fact for fact in _kept_sound(previous, look.now) if fact.name == "verify.whole")
    else:
        yield from _kept_sound(previous, look.now)


def _needed(one: StanzaBackup, info: StanzaInfo) -> int:
    return one.stored + sum(other.stored for other in info.backups if other.base.id in one.references)


def _verified(program: PgBackRest, size: int, *which: str) -> VerifyResult:
    """Run `pgbackrest verify`. Raises a LookError."""
    output = program.within(limit_for(size)).ask("verify", "--output=text", "--verbose", *which, level="info")
    subject = program.copy.subject
    return result_in(output.stdout.decode(errors="replace"), output.stderr.decode(errors="replace"), subject)


# archiveId: 17-1, total WAL checked: 7, total valid WAL: 5
# backup: 20261201-145209F, status: invalid, total files checked: 966, total valid files: 963
def result_in(said: str, told: str, subject: str) -> VerifyResult:
    """Return what a run said, and told line by line of what is not sound. Raises Unreadable for anything else."""
    archives, backups = _ARCHIVE.findall(said), _BACKUP.findall(said)
    if "status: " not in said or not (archives or backups):
        raise Unreadable(f"{subject}: pgbackrest verify says something else: {one_line(said)}")
    damage: set[Damage] = set()
    unread: list[str] = []
    spoiled: set[str] = set()
    for line in told.splitlines():
        segment, file = _SEGMENT.search(line), _FILE.search(line)
        if segment is not None and ("invalid result" not in line or _BAD_RESULT.match(segment[2])):
            damage.add(Damage(file=f"{WAL}{segment[1]}", reason=_reason(line)))
        elif segment is not None:
            unread.append(one_line(line))
        elif file is not None and not _BAD_RESULT.match(file[2]):
            unread.append(one_line(line))
            spoiled.add(file[1])
    for label, status, _, _ in backups:
        if status not in ("valid", "in-progress") and label not in spoiled:
            damage.add(Damage(file=f"{POINT}{label}", reason=Reason.DAMAGED.value))
    counts = [(int(checked), int(sound)) for checked, sound in archives]
    counts += [(int(checked), int(sound)) for _, _, checked, sound in backups]
    if "status: ok" not in said and not damage and not unread:
        unread.append(one_line(said))
    return VerifyResult(
        read=sum(checked for checked, _ in counts),
        sound=sum(sound for _, sound in counts),
        damage=frozenset(damage),
        labels=frozenset(label for label, *_ in backups),
        unread=tuple(unread[:_TOLD]),
    )


def _reason(line: str) -> str:
    reason = Reason.ABSENT if "file missing" in line else Reason.DAMAGED
    return str(reason.value)


def _facts(
    copy: Copy, results: list[VerifyResult], bytes_read: int, bytes_sound: int, now: datetime
) -> Iterator[Fact | Gap]:
    damaged = any(result.damage for result in results)
    amounts: Mapping[str, FactValue] = {
        "verify.depth": "hashed" if results else "listed",
        "verify.files_read": sum(result.read for result in results),
        "verify.bytes_read": bytes_read,
        "verify.files_sound": sum(result.sound for result in results),
        "verify.bytes_sound": 0 if damaged else bytes_sound,
        "verify.files_verified": sum(result.sound for result in results),
        "verify.bytes_verified": 0 if damaged else bytes_sound,
    }
    yield from (Fact(name=name, subject=copy.subject, value=value, as_of=now) for name, value in amounts.items())
    yield from (_gap(copy, said) for result in results for said in result.unread)


def _damage(copy: Copy, damage: Damage, at: datetime) -> Fact:
    return Fact(name=DAMAGE, subject=copy.subject, value=damage, as_of=at)


def _gap(copy: Copy, said: str) -> Gap:
    denied = "[13] Permission denied" in said
    return Gap(subject=copy.subject, reason=Reason.DENIED if denied else Reason.UNREADABLE, detail=said)


def _standing(previous: Observation | None) -> tuple[tuple[Damage, datetime], ...]:
    return () if previous is None else damage_in(previous)


def _read_before(previous: Observation | None, now: datetime) -> dict[str, datetime]:
    if previous is None:
        return {}
    return {str(fact.value): fact.as_of for fact in previous.named(READ) if not lies_ahead(fact.as_of, now)}


def _kept_sound(previous: Observation | None, now: datetime) -> Iterator[Fact]:
    """Yield when everything was last sound, and read, where that is not dated ahead of the clock."""
    for name in ("verify.sound", "verify.whole"):
        yield from () if previous is None else (one for one in previous.named(name) if not lies_ahead(one.as_of, now))


def _kept(previous: Observation | None) -> Iterator[Fact]:
    """Yield what stands of earlier looks while nothing is there to be read."""
    if previous is not None:
        for name in ("repository.id", "verify.sound", "verify.whole", READ, DAMAGE):
            yield from previous.named(name)


COLLECTOR = copy_collector(
    name=NAME,
    schedule="verify",
    collect=collect,
    applies=made_with_pgbackrest,
)
