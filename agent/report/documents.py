"""Hold the page, the PDF and the tables that are handed out beside a bundle to the digests that it signs.

Blind:  to what a document says. Its digest shows that it is the one that was published with these rows.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from agent.core.errors import LookError
from agent.core.files import open_regular
from agent.report.bundle import DOCUMENT

# A PDF takes some megabytes; what is larger is read no further.
LARGEST = 512 * 1024 * 1024
# The figures of a quarter of 500 subjects are a megabyte.
LARGEST_FIGURES = 32 * 1024 * 1024
FIGURES, TABLE = "-figures.json", ".csv"
# The names that `beffroi report` gives to documents; a comparison with Prometheus bears another.
_VARIANTS = ("", "-en", "-public", "-en-public")
# PDFs of a published edition that are made on demand: its bundle may not bind them.
_MADE_LATER = tuple(f"{variant}.pdf" for variant in _VARIANTS if variant)
ENDINGS = (TABLE, FIGURES, *(f"{variant}{kind}" for variant in _VARIANTS for kind in (".html", ".pdf")))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDocuments:
    """What came of holding documents: those that are as signed, those that no one gave, and what is amiss."""

    sound: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def documents_in(manifest: bytes) -> Mapping[str, str]:
    """Return the digest of each document that a manifest names. It was signed, so its form is known."""
    lines = [line for line in manifest.decode("ascii", "replace").splitlines() if line.startswith(DOCUMENT)]
    entries = (line.removeprefix(DOCUMENT).partition("  ") for line in lines)
    return {name: digest for digest, _, name in entries}


def hold(bound: Mapping[str, str], given: Sequence[Path], *, asked: bool) -> HeldDocuments:
    """Return what holding some files to the digests of a bundle shows; `asked`: their reader named each of them.

    A file is a document by its content: it may bear a name of its reader's own, and not another document's.
    """
    sound, damage, doubts = [], [], []
    names = {digest: name for name, digest in bound.items()}
    for path in given:
        try:
            digest = _digest(path)
        except LookError as error:
            doubts.append(error.message)
            continue
        name = names.get(digest)
        is_later = path.name.endswith(_MADE_LATER)
        if name is None and (path.name in bound or (asked and bound and not is_later)):
            damage.append(f"{path.name} is not the document that was published with this bundle")
        elif name is None:
            doubts.append(f"{path.name}: this bundle binds no such document")
        elif path.name in bound and path.name != name and bound[path.name] != digest:
            damage.append(f"{path.name} is {name} under another name")
        else:
            sound.append(name)
    return HeldDocuments(
        sound=tuple(sound),
        unseen=tuple(sorted(set(bound) - set(sound))) if not damage else (),
        damage=tuple(damage),
        doubts=tuple(doubts),
    )


def beside(bundle: Path, about: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the documents of the same report that lie beside its bundle."""
    stem = f"beffroi-{about['beneficiary']}-{about['quarter']}"
    if "/" in stem or "\0" in stem:
        return ()
    paths = (bundle.parent / f"{stem}{ending}" for ending in ENDINGS)
    return tuple(path for path in paths if os.path.lexists(path))


def figures_in(bound: Mapping[str, str], given: Sequence[Path]) -> list[bytes]:
    """Return each file of figures that a bundle binds and that was given. Raises LookError for one that is too large.

    One that is passed over would be taken for one that was held.
    """
    digests = {digest for name, digest in bound.items() if name.endswith(FIGURES)}
    found = [path for path in given if digests and _is_one_of(path, digests)]
    for path in found:
        if path.stat().st_size > LARGEST_FIGURES:
            raise LookError(f"{path.name} is too large: its figures are not counted again")
    return [b"".join(_pieces(path)) for path in found]


def _is_one_of(path: Path, digests: Set[str]) -> bool:
    try:
        return _digest(path) in digests
    except LookError:  # which was said where documents are held
        return False


def other_tables(bound: Mapping[str, str], table: bytes) -> Iterator[str]:
    """Yield that a table which a bundle binds is another than the one within, whose days follow from the rows."""
    own = hashlib.sha256(table).hexdigest()
    for name, digest in bound.items():
        if name.endswith(TABLE) and digest != own:
            yield f"{name:.120}, which it binds, is not the table of days within"


def _digest(path: Path) -> str:
    digest, read = hashlib.sha256(), 0
    for piece in _pieces(path):
        digest.update(piece)
        read += len(piece)
        if read > LARGEST:
            raise LookError(f"{path} is too large for a document")
    return digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            while piece := file.read(1 << 20):
                yield piece
    except OSError as error:
        raise LookError(f"{path} cannot be read: {error.strerror}") from error
