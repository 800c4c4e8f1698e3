"""Attacks on what a reader is handed: each makes of a genuine bundle what the attacker would hand over.

`needs` says what the attacker has: `a bundle` (what was handed out), or `the key` (which signs anything anew).
"""

import base64
import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.ledger.keys import make_key, signer
from agent.report import bundle
from agent.report.archive import ArchiveWriter
from agent.report.bundle import DOCUMENT
from tests.parts import forged_log
from tests.parts.attested_bundle import NAME, AttestedBundle
from tests.report.test_evidence import (
    day_left_out,
    day_of_another_name,
    day_row_called_erased,
    erased_by_no_rule,
    erased_without_an_erasure,
    fewer_rows_said,
    figure_changed,
    instant_changed,
    last_day_left_out,
    last_rows_left_out,
    leaf_of_another_beneficiary,
    row_left_out,
    row_of_another_added,
    rows_swapped,
    silence_called_accepted,
    tail_row_left_out,
)

Files = dict[str, bytes]
BUNDLE, KEY = "a bundle", "the key"
STEM = "beffroi-scota-2026-Q4"
HTML, PDF, CSV, PUBLIC = f"{STEM}.html", f"{STEM}.pdf", f"{STEM}.csv", f"{STEM}-public.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a reader gets: the bundle's files and name, and the documents beside it."""

    files: Files
    documents: Files
    name: str = NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The genuine bundle and its documents, a second ledger that the same key made anew, and a folder for keys."""

    genuine: AttestedBundle
    documents: Files
    anew: AttestedBundle
    folder: Path

    @property
    def handed(self) -> Handed:
        """Return what is handed out."""
        return Handed(files=dict(self.genuine.files), documents=dict(self.documents))

    def tampered(self, change: Callable[[Files], Files]) -> Handed:
        """Return it with some files changed, the inventory left as it is."""
        return replace(self.handed, files=change(dict(self.genuine.files)))

    def resigned(self, change: Callable[[Files], Files], state: Path | None = None) -> Handed:
        """Return it with some files changed and the inventory signed anew, by the agent's own key or another."""
        changed = change(dict(self.genuine.files))
        return replace(self.handed, files=signed_anew(changed, state or self.genuine.state))


def signed_anew(files: Files, state: Path, documents: Mapping[str, str] | None = None) -> Files:
    """Return files with a new inventory; `documents` are their digests, left out: those that it had."""
    had = [line for line in files[bundle.MANIFEST].decode().splitlines(True) if line.startswith(DOCUMENT)]
    rest = {name: content for name, content in files.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}
    rest[bundle.KEY] = (state / "signing-key.pub.pem").read_bytes()
    writer = ArchiveWriter(io.BytesIO())
    for name, content in rest.items():
        writer.add(name, [content])
    lines = had if documents is None else [f"{DOCUMENT}{digest}  {name}\n" for name, digest in documents.items()]
    manifest = "".join([*lines, *(f"{digest}  {name}\n" for name, digest in sorted(writer.digests.items()))])
    return rest | {
        bundle.MANIFEST: manifest.encode(),
        bundle.SIGNATURE: base64.b64decode(signer(state).sign(manifest)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack; `seen` by: recipe (openssl and sha256sum alone), script (verify.sh), verify, witness (its key)."""

    name: str
    needs: str
    made: Callable[[Ground], Handed]
    seen: frozenset[str] = field(default_factory=frozenset)


ALL = frozenset({"recipe", "script", "verify"})
PROOFS = frozenset({"script", "verify"})
COUNT, WITNESS, NO_ONE = frozenset({"verify"}), frozenset({"witness"}), frozenset[str]()


def _tampered(change: Callable[[Files], Files]) -> Callable[[Ground], Handed]:
    return lambda ground: ground.tampered(change)


def _resigned(change: Callable[[Files], Files]) -> Callable[[Ground], Handed]:
    return lambda ground: ground.resigned(change)


def _forged(change: Callable[[Mapping[str, bytes], Path], Files]) -> Callable[[Ground], Handed]:
    return lambda ground: ground.resigned(lambda files: change(files, ground.genuine.state))


def _other_edition(ground: Ground) -> Handed:
    return replace(ground.handed, documents={HTML: (ground.anew.path.parent / "kept-report.html").read_bytes()})


def _document(name: str, change: Callable[[Files], bytes]) -> Callable[[Ground], Handed]:
    return lambda ground: replace(ground.handed, documents=ground.documents | {name: change(ground.documents)})


def _with(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda files: files | {name: change(files[name])}


def _flipped(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def _foreign(ground: Ground) -> Handed:
    state = ground.folder / "foreign"
    if not state.exists():
        state.mkdir()
        make_key(state)
    return ground.resigned(lambda files: files, state)


def _rebound(ground: Ground) -> Handed:
    """Sign the digest of a page of other figures."""
    page = ground.documents[HTML].replace(b"Non d", b"Oui d") + b"<!-- -->"
    documents = ground.documents | {HTML: page}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in documents.items()}
    return Handed(files=signed_anew(dict(ground.genuine.files), ground.genuine.state, digests), documents=documents)


def _of_anew(ground: Ground) -> Handed:
    return Handed(files=dict(ground.anew.files), documents={})


def _sizes(files: Files) -> list[int]:
    return sorted(int(name[12:-4]) for name in files if re.fullmatch(r"checkpoints/\d+\.txt", name))


def _without_cosignatures(files: Files) -> Files:
    """Leave the last day's out: who turned the witness off says that it was away."""
    last = max(
        (name for name in files if re.fullmatch(r"checkpoints/\d+\.txt", name)), key=lambda name: int(name[12:-4])
    )
    bare = files[last].decode().partition("\n\u2014 epci")[0] + "\n"
    own = {bundle.CHECKPOINT: bare.encode()} if files[bundle.CHECKPOINT] == files[last] else {}
    return {name: content for name, content in files.items() if name[:-4] not in (last[:-4], last[:-5])} | own


def _cosignature(change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    """Change the newest cosignature, where it stands in the bundle."""

    def changed(files: Files) -> Files:
        return {
            name: _line_changed(content, change) if name.startswith("checkpoint") and name.endswith(".txt") else content
            for name, content in files.items()
        }

    return changed


def _line_changed(note: bytes, change: Callable[[bytes], bytes]) -> bytes:
    def other(found: re.Match[bytes]) -> bytes:
        return found[1] + base64.b64encode(change(base64.b64decode(found[2])))

    return re.sub(rb"(\n\xe2\x80\x94 epci\S* )([A-Za-z0-9+/=]+)", other, note)


def _later(raw: bytes) -> bytes:
    return raw[:4] + (int.from_bytes(raw[4:12], "big") - 3600).to_bytes(8, "big") + raw[12:]


def _older_checkpoint(files: Files) -> Files:
    sizes = _sizes(files)
    older = files[f"checkpoints/{sizes[0]}.txt"]
    text, _, lines = older.decode().partition("\n\n")
    return files | {
        bundle.CHECKPOINT: older,
        bundle.SIGNED_TEXT: f"{text}\n".encode(),
        bundle.TEXT_SIGNATURE: base64.b64decode(lines.splitlines()[0].rsplit(" ", 1)[1])[4:],
    }


def _moved_cosignature(files: Files) -> Files:
    sizes = _sizes(files)
    return files | {f"checkpoints/{sizes[-1]}.txt": files[f"checkpoints/{sizes[0]}.txt"]}


def _fewer_days(files: Files) -> Files:
    """End the report before its last days, which were bad."""
    return _with(bundle.ABOUT, lambda content: content.replace(b"last_day: 2026-12-31", b"last_day: 2026-12-29"))(files)


def _tail_changed(files: Files) -> Files:
    """Date a judgement otherwise that is not signed yet."""
    return _with(
        bundle.TAIL,
        lambda content: content.replace(b'"judged_at":"2027-01-08T12', b'"judged_at":"2027-01-08T11', 1),
    )(files)


def _tail_cut(files: Files) -> Files:
    """Leave the last row out that is not signed yet."""
    return _with(bundle.TAIL, lambda content: b"".join(content.splitlines(True)[:-1]))(files)


def _renamed(name: str) -> Callable[[Ground], Handed]:
    return lambda ground: replace(ground.handed, name=name)


_ATTACKS = (
    ("change the page", BUNDLE, ALL, _document(HTML, lambda found: found[HTML] + b" ")),
    ("change the PDF", BUNDLE, ALL, _document(PDF, lambda found: found[PDF] + b" ")),
    ("change the table beside the bundle", BUNDLE, ALL, _document(CSV, lambda found: found[CSV][:-9])),
    ("hand the public page over as the full one", BUNDLE, ALL, _document(HTML, lambda found: found[PUBLIC])),
    ("hand the page of another edition over", BUNDLE, ALL, _other_edition),
    ("change a row", BUNDLE, ALL, _tampered(instant_changed)),
    ("leave a row out", BUNDLE, ALL, _tampered(row_left_out)),
    ("leave a day out", BUNDLE, ALL, _tampered(day_left_out)),
    ("change a day of the table within", BUNDLE, ALL, _tampered(figure_changed)),
    ("add a file", BUNDLE, ALL, _tampered(lambda files: files | {"heads/note.txt": b"all is well\n"})),
    ("spoil the signature of the inventory", BUNDLE, ALL, _tampered(_with(bundle.SIGNATURE, _flipped))),
    ("spoil the signature of the checkpoint", BUNDLE, ALL, _tampered(_with(bundle.TEXT_SIGNATURE, _flipped))),
    ("sign everything with another key", BUNDLE, ALL, _foreign),
    ("replay it under another quarter's name", BUNDLE, COUNT, _renamed("beffroi-scota-2027-Q1-evidence.zip")),
    ("replay it under another beneficiary's name", BUNDLE, COUNT, _renamed("beffroi-eaux-2026-Q4-evidence.zip")),
    ("change a row, sign anew", KEY, PROOFS, _resigned(instant_changed)),
    ("leave a row out, sign anew", KEY, PROOFS, _resigned(row_left_out)),
    ("cut rows off a day, sign anew", KEY, PROOFS, _resigned(last_rows_left_out)),
    ("swap rows of a day, sign anew", KEY, PROOFS, _resigned(rows_swapped)),
    ("add a row of another, sign anew", KEY, PROOFS, _resigned(row_of_another_added)),
    ("say fewer rows in the proof, sign anew", KEY, PROOFS, _resigned(fewer_rows_said)),
    ("leave a day out, sign anew", KEY, PROOFS, _resigned(day_left_out)),
    ("leave the last day out, sign anew", KEY, PROOFS, _resigned(last_day_left_out)),
    ("give a day another date, sign anew", KEY, PROOFS, _resigned(day_of_another_name)),
    ("give the rows to another beneficiary, sign anew", KEY, PROOFS, _resigned(leaf_of_another_beneficiary)),
    ("leave an unsigned row out, sign anew", KEY, PROOFS, _resigned(tail_row_left_out)),
    ("call an entry erased with another digest, sign anew", KEY, PROOFS, _resigned(erased_without_an_erasure)),
    ("call an entry erased that no rule erased, sign anew", KEY, PROOFS, _resigned(erased_by_no_rule)),
    ("call a day's result erased, and a row say so, sign anew", KEY, PROOFS, _resigned(day_row_called_erased)),
    ("show an older checkpoint as the newest, sign anew", KEY, PROOFS, _resigned(_older_checkpoint)),
    ("show the second of two versions of a day, sign anew", KEY, PROOFS, _forged(forged_log.second_version)),
    ("put a leaf at the place of another, sign anew", KEY, PROOFS, _forged(forged_log.at_another_s_place)),
    ("say another number of places, sign anew", KEY, PROOFS, _forged(forged_log.other_bits)),
    ("sign a later day in the form without places", KEY, PROOFS, _forged(forged_log.form_before)),
    ("let the log have each day twice, sign anew", KEY, PROOFS, _forged(forged_log.twice_in_the_log)),
    ("make a figure better, sign anew", KEY, COUNT, _resigned(figure_changed)),
    ("call silence accepted, sign anew", KEY, COUNT, _resigned(silence_called_accepted)),
    ("end the report before its bad days, sign anew", KEY, COUNT, _resigned(_fewer_days)),
    ("show a cosignature under another checkpoint", KEY, COUNT, _resigned(_moved_cosignature)),
    ("spoil a cosignature", KEY, WITNESS, _resigned(_cosignature(_flipped))),
    ("date a cosignature back", KEY, WITNESS, _resigned(_cosignature(_later))),
    ("leave a day's cosignature out", KEY, WITNESS, _resigned(_without_cosignatures)),
    ("make the whole past anew", KEY, WITNESS, _of_anew),
    ("sign a page of other figures", KEY, NO_ONE, _rebound),
    ("change a row that is not signed yet, sign anew", KEY, NO_ONE, _resigned(_tail_changed)),
    ("cut off the last rows that are not signed yet, sign anew", KEY, NO_ONE, _resigned(_tail_cut)),
)
ATTACKS = tuple(Attack(name=name, needs=needs, seen=seen, made=made) for name, needs, seen, made in _ATTACKS)
