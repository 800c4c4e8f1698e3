"""Root's answer about what a machine holds, line by line. Pure.

mount	36 25 254:1 / /srv rw,relatime shared:1 - ext4 /dev/vdb1 rw
server	812	mariadbd	own	/var/lib/mysql
server	903	postgres	own	/var/lib/postgresql/17/main	listens
schema	812	shop
socket	/run/postgresql/.s.PGSQL.5432
pooler	/run/postgresql/.s.PGSQL.6432
idle	postgres	/var/lib/postgresql/15/main
guest	proxmox	101
disk	proxmox	101	local-lvm:vm-101-disk-0
folder	container	/var/lib/docker/volumes/shop/_data	shop
size	4432	/etc
closed	/var/lib/docker/volumes
cut	guests
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from agent.hosts.mounts import unescaped

# What root's part tells at most of a word (root.sh), as an answer from another machine may be anything.
MOST_LINES = {"mount": 5000, "used": 5000, "server": 100, "socket": 50, "guest": 500, "folder": 2000, "cut": 100}
MOST_OF_A_WORD = 50_000
MOST_WORDS, MOST_FIELDS = 100, 8


@dataclass(frozen=True, slots=True)
class RootAnswerLines:
    """The lines of an answer by their first word, each as its other fields."""

    lines: Mapping[str, tuple[tuple[str, ...], ...]]
    _points: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def of(self, word: str, fields: int) -> Iterator[tuple[str, ...]]:
        """Yield the fields of each line of one word; what is missing is empty, what is too much is left out."""
        for line in self.lines.get(word, ()):
            yield (*line, *("",) * fields)[:fields]

    def rest_of(self, word: str) -> Iterator[str]:
        """Yield what stands behind a word, whole."""
        return ("\t".join(line) for line in self.lines.get(word, ()))

    def points_of(self, word: str) -> Mapping[str, list[str]]:
        """Return what stands behind the mount point of each line of one word."""
        if word not in self._points:
            found: dict[str, list[str]] = {}
            for line in self.lines.get(word, ()):
                found.setdefault(unescaped(line[0]) if line else "", []).extend(line[1:2])
            self._points[word] = found
        return self._points[word]

    def sizes(self) -> Mapping[str, int]:
        """Return the bytes of each folder that was counted."""
        counted = (line for line in self.of("size", 2) if line[0].isdecimal() and len(line[0]) < 16)
        return {path: int(size) * 1024 for size, path in counted}


def parse(said: str) -> RootAnswerLines:
    """Return the lines of an answer, whatever they are; more of a word than root's part ever tells are `cut`."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in said.split("\n"):
        word, *fields = line.split("\t", MOST_FIELDS)
        own = found.setdefault(word, []) if word in found or len(found) < MOST_WORDS else []
        if len(own) < MOST_LINES.get(word, MOST_OF_A_WORD):
            own.append(tuple(fields))
        elif own:
            cut = found.setdefault("cut", [])
            if (word,) not in cut:
                cut.append((word,))
    return RootAnswerLines({word: tuple(lines) for word, lines in found.items()})


def gaps_in(told: RootAnswerLines, host: str, refused: str) -> Iterator[Gap]:
    """Yield what could not be seen, and what was cut; `refused` is what the door to root's rights said, if any."""
    because = f" ({refused})" if refused else ""
    for path in sorted({line[0] for line in told.of("closed", 1)}):
        detail = f"{one_line(path)} may not be looked into{because}"
        yield Gap(subject=f"{host}/{path}", reason=Reason.DENIED, detail=detail)
    for path in sorted({line[0] for line in told.of("odd", 1)}):
        detail = f"a name in {one_line(path)} has control characters"
        yield Gap(subject=f"{host}/{path}", reason=Reason.UNREADABLE, detail=detail)
    for what in sorted({line[0] for line in told.of("cut", 1)}):
        yield Gap(
            subject=f"{host}/{what}", reason=Reason.INCOMPLETE, detail=f"more {one_line(what)} than are looked at"
        )
