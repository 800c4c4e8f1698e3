"""The entries of an archive, as `borg list` tells them: any bytes give entries or an error, never a guess.

borg puts a question mark in place of each byte of a name that is no UTF-8, in plain lists and in JSON (1.2 and 1.4).
Asked to write `unicode_escape`, it has none to replace: lone surrogates, which stand for such bytes, are escaped.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

LISTING = (
    "list", "--bypass-lock", "--format",
    "{type} {mode} {uid} {gid} {size} {health} {isomtime} {bpath}{NUL}{source}{NUL}",
)  # fmt: skip
ENCODING = "unicode_escape"
ESCAPED = {"PYTHONIOENCODING": ENCODING}
LINE_LIMIT = 1024 * 1024
# The names of the folder that all entries hang in.
TOP = r"\.(/\.?)*"
# NUL as it is written then, and what stands for an escaped backslash here: a byte that is never written.
_END, _BACKSLASH = b"\\x00", b"\x01"
_ESCAPE = re.compile(r"\x01|\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([ntr]))")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class BorgEntry:
    """One entry of an archive, in borg's words; `path` are its bytes, which begin with no slash.

    `same_as` is the path of the entry that a hard link shares its content with, as `link_told` has it; borg tells no
    size of the link.
    """

    type: str
    mode: str
    uid: int
    gid: int
    size: int
    broken: bool
    modified: str
    path: bytes
    same_as: bytes = b""


@dataclass(slots=True)
class EntryReader:
    """Read a list as it comes: the text of a large one would take more memory than what it says.

    `each` is given every entry, and raises ValueError for one that is none.
    """

    each: Callable[[BorgEntry], object]
    wrong: bool = False
    _rest: bytes = b""
    _held: bytes = b""
    _named: bytes | None = None

    def take(self, chunk: bytes) -> None:
        """Read some more of it."""
        if self.wrong:
            return
        chunk = self._held + chunk
        # Of an odd number of backslashes at the end the last one begins what comes next.
        odd = (len(chunk) - len(chunk.rstrip(b"\\"))) % 2
        chunk, self._held = (chunk[:-1], b"\\") if odd else (chunk, b"")
        try:
            *lines, self._rest = (self._rest + chunk.replace(b"\\\\", _BACKSLASH)).split(_END)
            for line in lines:
                named, self._named = self._named, line if self._named is None else None
                if named is not None:
                    self.each(entry_in(unescaped(named), unescaped(line)))
        except ValueError:
            self.wrong = True
        self.wrong = self.wrong or len(self._rest) > LINE_LIMIT

    def end(self) -> bool:
        """Return whether all that was read is a whole list."""
        return not self.wrong and self._named is None and not self._rest.strip() and not self._held


def unescaped(line: bytes) -> str:
    """Return a text as it was before `unicode_escape`; a backslash stands as _BACKSLASH. Raises ValueError."""
    text = line.decode("ascii")
    return text if text.isprintable() and "\\" not in text else _ESCAPE.sub(_meant, text)


def _meant(found: re.Match[str]) -> str:
    if found[0] == _BACKSLASH.decode():
        return "\\"
    number = found[1] or found[2] or found[3]
    return _LETTERS[found[4]] if number is None else chr(int(number, 16))


# - -rw-r--r-- 0 0 3 healthy 2026-12-01T11:31:40.988971 srv/scota/letter.txt
# - hrw-r--r-- 0 0 0 healthy 2026-12-01T11:31:40.988971 srv/scota/same.txt   and then   srv/scota/letter.txt
def entry_in(line: str, leads_to: str) -> BorgEntry:
    """Return the entry that a line of a list tells, and where its link leads to. Raises ValueError."""
    type, mode, owner, group, size, health, modified, name = line.split(" ", 7)
    path = name.encode(errors="surrogateescape").lstrip(b"/")
    if not path or b".." in path.split(b"/"):
        raise ValueError("path")
    is_same = type == "-" and mode.startswith("h")
    same_as = link_told(leads_to.encode(errors="surrogateescape")).lstrip(b"/") if is_same else b""
    return BorgEntry(
        type, mode, _number(owner), _number(group), _number(size), health == "broken", modified, path, same_as
    )  # fmt: skip


def is_top(path: bytes) -> bool:
    """Return whether an entry is the folder that all others hang in: `borg create /` and `borg create .` keep it.

    An archive may name it in any way, such as `./.`.
    """
    return re.fullmatch(TOP.encode(), path) is not None


def link_told(path: bytes) -> bytes:
    """Return a path as borg tells where a link leads to: with a question mark for each byte that is no UTF-8."""
    return path.decode(errors="surrogateescape").encode(errors="replace")


def _number(told: str) -> int:
    # An owner that the archive does not tell is `None` for borg.
    value = 0 if told == "None" else int(told)
    if not 0 <= value < 2**63:
        raise ValueError("number")
    return value


def told_path(path: bytes) -> str:
    """Return a path from the root as lists tell it: each byte that is no UTF-8 becomes U+FFFD."""
    text = path.decode(errors="surrogateescape")
    shown = text if text.isascii() else "".join("\ufffd" if "\udc80" <= one <= "\udcff" else one for one in text)
    return f"/{shown}"
