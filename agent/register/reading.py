"""Read `key=value` words, each value by its kind, to the text that an entry keeps.

Reads:  the words of a command, and the file that `evidence` names.
Needs:  nothing.
Blind:  whether a file's content bears out what the entry says; only its digest is kept.
"""

import hashlib
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from agent.config.values import read_ratio
from agent.core.convention import CLAUSES
from agent.core.durations import read_duration
from agent.core.duties.moments import read_when
from agent.core.errors import UsageError
from agent.core.fingerprints import is_fingerprint
from agent.core.inventory import Inventory
from agent.core.period import Month
from agent.register.registers import Field, Kind, Register

LONGEST_TEXT = 4000
LARGEST_FILE = 1024**3
_BLOCK = 1024**2

# ssh-keygen -l: `SHA256:` and the unpadded base64 of 32 bytes.
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Mistake = tuple[str, str]


@dataclass(slots=True)
class EntryMistakes:
    """Gather what is wrong with an entry, each as a line and a hint."""

    register: str
    found: list[Mistake] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def add(self, key: str, what: str, hint: str = "") -> None:
        """Add one mistake about a key."""
        self.keys.add(key)
        self.found.append((f"{self.register}: {key}: {what}", hint))


def read_pairs(words: Sequence[str], register: Register, mistakes: EntryMistakes) -> dict[str, str]:
    """Return the values of some `key=value` words as written, those of unknown or repeated keys left out."""
    pairs: dict[str, str] = {}
    known = [field.key for field in register.fields]
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            mistakes.add(
                _shown(word), "is not key=value", "write each value as key=value, in quotes where it has spaces"
            )
        elif key not in known:
            mistakes.add(_shown(key), "is no key of this register", _nearest(key, known))
        elif key in pairs:
            mistakes.add(key, "is given twice", "give each key once")
        else:
            pairs[key] = value.strip()
    return pairs


def read_value(declared: Field, text: str, inventory: Inventory) -> str:
    """Return the text that an entry keeps for a value.

    Raises UsageError, whose message completes "KEY: …".
    """
    if not text:
        raise UsageError("has no value", f"give {declared.kind.value}")
    if len(text) > LONGEST_TEXT:
        raise UsageError(f"is longer than {LONGEST_TEXT} characters", "name a file as evidence instead")
    if _CONTROL.search(text):
        raise UsageError("holds a control character or a line break", "write it as plain text on one line")
    try:
        return _read_kind(declared.kind, text, inventory)
    except ValueError as error:
        raise UsageError(f"{_shown(text)} {error}", f"give {declared.kind.value}") from error


def _read_kind(kind: Kind, text: str, inventory: Inventory) -> str:
    known = _known(kind, inventory)
    if known is not None:
        return _one_of(text, known)
    match kind:
        case Kind.INSTANT:
            return read_when(text).text
        case Kind.DURATION:
            if not read_duration(text):
                raise ValueError("is no time at all")
        case Kind.RATIO:
            if not read_ratio(text):
                raise ValueError("asks for nothing")
        case Kind.MONTH:
            return str(Month.parse(text))
        case Kind.FINGERPRINTS:
            return _fingerprints(text)
        case Kind.FILE:
            given = _DIGEST.fullmatch(text)
            return given[1] if given else digest_of(text)
    return text  # a subject and a limit depend on the entry's target: see agent.register.entries


def _known(kind: Kind, inventory: Inventory) -> tuple[str, ...] | None:
    # The values that a kind can have; None: it is no list.
    match kind:
        case Kind.YES_NO:
            return ("yes", "no")
        case Kind.RESULT:
            return ("ok", "failed")
        case Kind.TARGET:
            return tuple(CLAUSES)
        case Kind.BACKUP:
            return tuple(backup.id for backup in inventory.backups)
        case Kind.PERIMETER:
            return tuple(perimeter.id for perimeter in inventory.perimeters)
        case Kind.BENEFICIARY:
            return tuple(beneficiary.id for beneficiary in inventory.beneficiaries)
    return None


def _one_of(text: str, known: Sequence[str]) -> str:
    if text not in known:
        raise UsageError(f"{_shown(text)} is not known", _nearest(text, known))
    return text


def _fingerprints(text: str) -> str:
    for word in text.split():
        if not is_fingerprint(word):
            raise ValueError("holds what is no SHA256 fingerprint")
    return " ".join(text.split())


def with_digests(words: Sequence[str]) -> list[str]:
    """Return `key=value` words in which each file named as evidence is replaced by its `sha256:…`.

    For a command that gives up its rights before it opens the ledger: who may read the file asks for it. A file that
    cannot be read is left as it stands, to be named among the other mistakes.
    """
    return [_with_digest(word) for word in words]


def _with_digest(word: str) -> str:
    key, equals, path = word.partition("=")
    if key != "evidence" or not equals or not path or _DIGEST.fullmatch(path):
        return word
    try:
        return f"evidence=sha256:{digest_of(path)}"
    except UsageError:
        return word


def digest_of(path: str) -> str:
    """Return the SHA-256 of a regular file, in hexadecimal. Raises UsageError where it cannot be read, or is huge."""
    try:
        # A pipe or a device must not make this wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _digest_of(descriptor, path)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UsageError(f"{_shown(path)} cannot be read: {error.strerror}", "name a file that you may read") from error


def _digest_of(descriptor: int, path: str) -> str:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise UsageError(f"{_shown(path)} is no file", "name a file, not a folder or a device")
    digest, size = hashlib.sha256(), 0
    while block := os.read(descriptor, _BLOCK):
        size += len(block)
        if size > LARGEST_FILE:
            raise UsageError(f"{_shown(path)} is larger than 1 GiB", "name the document itself, not an archive")
        digest.update(block)
    return digest.hexdigest()


def _shown(text: str) -> str:
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return ascii(shown) if _CONTROL.search(shown) else f'"{shown}"'


def _nearest(text: str, known: Sequence[str]) -> str:
    close = get_close_matches(text, known, n=1, cutoff=0.5)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known: {', '.join(known)}" if known else "the configuration declares none"
