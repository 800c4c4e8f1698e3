"""What `pgbackrest verify --output=text --verbose` says, as values. Pure; recorded with pgBackRest 2.55."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from agent.core.errors import Unreadable
from agent.core.facts.verification import Damage
from agent.core.judging.wal_points import POINT
from agent.core.lines import one_line
from agent.core.reached import WAL
from agent.core.reason import Reason

# What could not be read is named so often at the most.
MOST_UNREAD = 200
_ARCHIVE = re.compile(r"archiveId: \S+, total WAL checked: (\d+), total valid WAL: (\d+)")
_BACKUP = re.compile(r"backup: (\S+), status: ([a-z -]+), total files checked: (\d+), total valid files: (\d+)")
# Of a backup that is listed and whose folder is not there; a look at all of them does not name it.
_NO_SUCH_SET = re.compile(r"backup set \S+ is not valid")
_SEGMENT = re.compile(r"(?:invalid (?:checksum|size|result)|file missing) '?\S*/([0-9A-F]{24})-[0-9a-f]{40}\S*(.*)")
_FILE = re.compile(r"(?:invalid (?:checksum|size|result)|file missing) '?(\d{8}-\d{6}F[^/\s]*)/(\S*)(.*)")
# Files of which other backups use a part. Those that do are called valid when it is bad (2.55): only a file of their
# own name is looked for among what was found.
_SHARED = re.compile(r"bundle/|.*\.pgbi\b")
# A file that was read and is not what it should be (FormatError); any other number kept it from being read.
_BAD_RESULT = re.compile(r"^:? ?(?:\[29\].*)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What one run of `pgbackrest verify` said: how many files it read and found sound, and what is damaged.

    `labels` are the backups that it looked at. `unread` are what could not be read, each with what was said of it, and
    `unsettled` the backups and segments of which it therefore shows nothing, named as damage is. `spoilt` and
    `withheld` are labels of backups of which a file that others use in part is bad, or could not be read.
    """

    read: int
    sound: int
    damage: frozenset[Damage]
    labels: frozenset[str]
    unread: tuple[str, ...] = ()
    unsettled: frozenset[str] = frozenset()
    spoilt: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()

    def reaching(self, references: Mapping[str, Collection[str]]) -> "VerifyResult":
        """Return the same with the backups that may use a part of what is bad; `references` are those of each one."""
        bad = {id for id, others in references.items() if self.spoilt.intersection(others)}
        unknown = {id for id, others in references.items() if self.withheld.intersection(others)} - bad
        damage = (Damage(file=f"{POINT}{id}", reason=Reason.DAMAGED.value) for id in bad)
        return replace(
            self,
            damage=self.damage.union(damage),
            unsettled=self.unsettled | {f"{POINT}{id}" for id in unknown},
        )

    @property
    def clean(self) -> bool:
        """Return whether everything that it was to read was read and is sound."""
        return not (self.damage or self.unread)


# archiveId: 17-1, total WAL checked: 7, total valid WAL: 5
# backup: 20261201-145209F, status: invalid, total files checked: 966, total valid files: 963
def result_in(said: str, told: str, subject: str) -> VerifyResult:
    """Return what a run said, and told line by line of what is not sound. Raises Unreadable for anything else."""
    archives, backups = _ARCHIVE.findall(said), _BACKUP.findall(said)
    if "status: error" in said and _NO_SUCH_SET.search(said):
        return VerifyResult(read=0, sound=0, damage=frozenset(), labels=frozenset())
    if "status: " not in said or not (archives or backups):
        raise Unreadable(f"{subject}: pgbackrest verify says something else: {one_line(said)}")
    found = _named(told)
    damage, unread, unsettled = set(found.damage), list(found.unread), set(found.unsettled)
    for label, status, _, _ in backups:
        if status in ("valid", "in-progress"):
            continue
        if any(_may_be_of(label, one) for one in found.hindered) and not any(
            _may_be_of(label, one) for one in found.bad
        ):
            unsettled.add(f"{POINT}{label}")
        else:
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
        unread=tuple(unread[:MOST_UNREAD]),
        unsettled=frozenset(unsettled),
        spoilt=found.spoilt,
        withheld=found.withheld,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFiles:
    """What the lines of a run name: damaged segments, what could not be read, and backups of which a file is either.

    `bad` and `hindered` are the labels of backups in whose folder a damaged, or an unreadable file lies; `spoilt` and
    `withheld` those where it is one that others use in part.
    """

    damage: frozenset[Damage]
    unread: tuple[str, ...]
    unsettled: frozenset[str]
    bad: frozenset[str]
    hindered: frozenset[str]
    spoilt: frozenset[str]
    withheld: frozenset[str]


def _named(told: str) -> NamedFiles:
    damage, unread, unsettled = set[Damage](), list[str](), set[str]()
    bad, hindered, spoilt, withheld = set[str](), set[str](), set[str](), set[str]()
    for line in told.splitlines():
        segment, file = _SEGMENT.search(line), _FILE.search(line)
        named = segment or file
        if named is None:
            continue
        is_bad = "invalid result" not in line or _BAD_RESULT.match(named[len(named.groups())]) is not None
        if not is_bad:
            unread.append(one_line(line))
        if segment is None:
            (bad if is_bad else hindered).add(named[1])
            if _SHARED.match(named[2]):
                (spoilt if is_bad else withheld).add(named[1])
        elif is_bad:
            damage.add(Damage(file=f"{WAL}{segment[1]}", reason=_reason(line)))
        else:
            unsettled.add(f"{WAL}{segment[1]}")
    return NamedFiles(
        damage=frozenset(damage),
        unread=tuple(unread),
        unsettled=frozenset(unsettled),
        bad=frozenset(bad),
        hindered=frozenset(hindered),
        spoilt=frozenset(spoilt),
        withheld=frozenset(withheld),
    )


def _may_be_of(label: str, folder: str) -> bool:
    """Return whether a file in a backup's folder may be of another backup: one that builds on it, of the same full."""
    return folder == label or ("_" in label and folder.partition("_")[0] == label.partition("_")[0])


def _reason(line: str) -> str:
    reason = Reason.ABSENT if "file missing" in line else Reason.DAMAGED
    return str(reason.value)
