"""Read archives, or parts of them, back from the repository: every chunk is decrypted and held to its digest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from agent.core.errors import Unreadable
from agent.core.host import Output
from collectors.borg.entries import BorgEntry
from collectors.borg.faults import NOT_THERE, is_bad, messages_in
from collectors.borg.parts import part_of
from collectors.borg.program import Borg
from collectors.borg.repository import ArchiveGone, read_entries
from collectors.borg.steady import steady

# A verification is no mute thing: it may take what it needs, as long as bytes come at the rate of the slowest line on
# which the default budget fits into a night (20 GiB in 85 minutes).
STEP = timedelta(minutes=30)
SLOWEST_BYTES_PER_SECOND = 4 * 1024 * 1024
LONGEST = timedelta(hours=10)
# Paths that no line of a file of patterns can hold are named on the command line.
_ODD_AT_MOST = 2000


@dataclass(slots=True)
class _Dealt:
    """The files of one part of an archive, as patterns of borg; `sizes` are those of all parts."""

    of: int
    sizes: list[int]
    number: int | None = None
    write: Callable[[bytes], object] | None = None
    odd: list[str] | None = None

    def take(self, entry: BorgEntry) -> None:
        """Count one file, and note it where it is of the part."""
        path, size = entry.path, entry.size
        if entry.type != "-":
            return
        number = part_of(path, self.of)
        self.sizes[number] += size
        if number == self.number and self.write is not None and self.odd is not None:
            if path.strip() != path or b"\n" in path or b"\r" in path or not _is_text(path):
                self.odd.append(f"pf:{path.decode(errors='surrogateescape')}")
            else:
                self.write(b"+ pf:" + path + b"\n")


def _is_text(path: bytes) -> bool:
    try:
        # What ends a line for Python is more than what ends one for anything else.
        return len(path.decode().splitlines()) == 1
    except UnicodeDecodeError:
        return False


def limit_for(size: int) -> timedelta:
    """Return how long reading so many bytes may take."""
    return min(LONGEST, STEP + timedelta(seconds=size / SLOWEST_BYTES_PER_SECOND))


def sizes_of(borg: Borg, name: str, of: int) -> list[int]:
    """Return how many bytes each part of an archive has. Raises ArchiveUnreadable, ArchiveGone, a LookError."""
    dealt = _Dealt(of=of, sizes=[])

    def begun() -> Callable[[BorgEntry], object]:
        dealt.sizes = [0] * of
        return dealt.take

    read_entries(borg.within(STEP), name, begun)
    return dealt.sizes


def is_sound(borg: Borg, name: str, number: int, of: int, size: int) -> bool:
    """Read one part of an archive; return whether all of it is as it was written.

    Raises ArchiveUnreadable, ArchiveGone, RepositoryAbsent, a LookError.
    """
    return _told(borg, steady(lambda: _read(borg, name, number, of, size), borg.copy.subject))


def _read(borg: Borg, name: str, number: int, of: int, size: int) -> Output:
    options: tuple[str, ...] = ()
    odd: list[str] = []
    patterns = borg.folder / "patterns"
    try:
        if of > 1:
            with patterns.open("wb") as opened:

                def begun() -> Callable[[BorgEntry], object]:
                    opened.seek(0)
                    opened.truncate()
                    odd.clear()
                    return _Dealt(of=of, sizes=[0] * of, number=number, write=opened.write, odd=odd).take

                read_entries(borg.within(STEP), name, begun)
                opened.write(b"- re:^\n")
            if len(odd) > _ODD_AT_MOST:
                raise Unreadable(f"{borg.copy.subject}: an archive has {len(odd)} names that no pattern can hold")
            options = ("--patterns-from", str(patterns))
        patient = borg.within(limit_for(size))
        shown = f"borg extract --dry-run (part {number + 1} of {of} of an archive)"
        return patient.run("extract", "--dry-run", "--bypass-lock", *options, archive=name, paths=odd, shown=shown)
    finally:
        Path(patterns).unlink(missing_ok=True)


def _told(borg: Borg, output: Output) -> bool:
    if output.status == 0:
        return True
    messages = messages_in(output.stderr)
    if any(one.name == NOT_THERE for one in messages):
        raise ArchiveGone(f"{borg.copy.subject}: an archive is in the repository no longer")
    if is_bad(messages):
        return False
    raise borg.error(output)
