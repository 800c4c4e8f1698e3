"""Verify a bundle of evidence offline, with nothing but the bundle: what holds, what does not, who signed.

Blind:  to what was recorded falsely on the day, and to a bundle made anew from its first row by someone who has the
        key. Only the key's fingerprint, and the heads that were received before, show that.
"""

import csv
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from agent.core.errors import BeffroiError, LookError
from agent.core.files import open_regular
from agent.core.period import PARIS, day_start
from agent.core.version import VERSION
from agent.ledger import encode
from agent.ledger.keys import Verifier, verifier_of
from agent.proving.key_change import KeyChange
from agent.report import bundle
from agent.report.archive import ArchiveReader, NotTheForm
from agent.report.attestations_shown import NO_ONE, NamedAttesters, hold_attestations
from agent.report.bundle_files import BundleFiles
from agent.report.derived import KeptDays, derive
from agent.report.derived_days import DerivedDays
from agent.report.documents import HeldDocuments, beside, documents_in, figures_in, hold, other_tables
from agent.report.entry_order import dated_back
from agent.report.figures_held import ShownFigures, held_figures
from agent.report.keys_shown import changes_shown
from agent.report.loaded_terms import loosened_terms
from agent.report.recount import goes_on, is_cut, kept_days, newest_verdicts, recount
from agent.report.shown_days import ShownBundle, first_form, second_form

_NAME = re.compile(r"beffroi-(.+)-(\d{4}-Q[1-4])-evidence\.zip")
MOST_SAID = 20


class EvidenceOutcome(Enum):
    """The result of a verification."""

    SOUND = "sound"
    DAMAGED = "damaged"
    UNPROVEN = "unproven"


@dataclass(slots=True)
class Verified:
    """What a verification found, ready to print; `damage` only ever grows.

    `counted` is what printed figures are counted from; None: loads that declared nothing of the beneficiary set terms
    that its bundle does not show. `figures_held`: each figure of the file of figures follows from it.
    """

    damage: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    about: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    changes: Sequence[KeyChange] = ()
    rows: int = 0
    heads: int = 0
    payloads: int = 0
    bound: Mapping[str, str] = field(default_factory=dict)
    documents: HeldDocuments = field(default_factory=HeldDocuments)
    attested: Sequence[str] = ()
    limits: Sequence[str] = ()
    derived: DerivedDays = field(default_factory=DerivedDays)
    counted: ShownFigures | None = None
    figures_held: bool = False

    @property
    def outcome(self) -> EvidenceOutcome:
        """Return the one word."""
        return (
            EvidenceOutcome.DAMAGED
            if self.damage
            else EvidenceOutcome.UNPROVEN
            if self.doubts
            else EvidenceOutcome.SOUND
        )


def verify(
    path: Path,
    fingerprint: str | None = None,
    documents: Sequence[Path] | None = None,
    attesters: NamedAttesters = NO_ONE,
) -> Verified:
    """Return the result of verifying a bundle; damage of any kind is in the answer, never raised.

    `fingerprint` is the one that its reader knows the agent's key by: another key is damage. `documents` are held to
    the bundle; None: those of its report that lie beside it. Its days are held to `attesters`, whom its reader knows: a
    signed day of the quarter that one of them did not attest in time could not be told.
    """
    found = Verified()
    try:
        # Never a wait for a pipe, nor a device without end.
        with os.fdopen(open_regular(path), "rb") as file:
            _verify(file, os.fstat(file.fileno()).st_size, found, fingerprint, attesters)
        found.damage.extend(_misnamed(path, found.about))
        _hold_documents(path, documents, found)
    except LookError as error:
        found.doubts.append(error.message)
    except OSError as error:
        found.doubts.append(f"{path} cannot be read: {error.strerror}")
    except NotTheForm as error:
        found.damage.append(f"it is not a bundle as beffroi writes it: {error}")
    except BeffroiError as error:
        found.damage.append(error.message)
    except (ValueError, LookupError, ArithmeticError, csv.Error) as error:
        # What was signed with some other key may hold anything at all.
        found.damage.append(f"what it holds cannot be understood: {type(error).__name__}: {error}")
    return found


def _verify(file: BinaryIO, size: int, found: Verified, fingerprint: str | None, attesters: NamedAttesters) -> None:
    read = BundleFiles(ArchiveReader(file, size))
    _hold_to_manifest(read, found)
    key = verifier_of(read.whole(bundle.KEY))
    key = replace(key, changes=changes_shown(read, key.note_key.public))
    found.fingerprint = key.fingerprint
    found.changes = key.changes
    if fingerprint is not None and fingerprint not in key.fingerprints:
        found.damage.append(f"it is signed with another key, {key.fingerprint}")
    if not key.holds_bytes(read.whole(bundle.MANIFEST), read.whole(bundle.SIGNATURE)):
        found.damage.append("the signature of its manifest does not hold")
    if found.damage:
        return  # what is not as it was signed says nothing about the rest
    found.about = _about(read.whole(bundle.ABOUT))
    found.bound = documents_in(read.whole(bundle.MANIFEST))
    schema = found.about.get("schema", "unknown")
    follow = {bundle.FIRST_SCHEMA: first_form, bundle.SCHEMA: second_form}.get(schema)
    if follow is None:
        found.doubts.append(f"its form is {schema!r:.60}, this program knows {bundle.FIRST_SCHEMA} and {bundle.SCHEMA}")
        return
    shown = follow(read, key, found.about, found.damage)
    found.rows, found.heads, found.payloads = shown.rows, shown.heads, shown.held
    found.doubts.extend(shown.doubts)
    if found.damage:
        return
    _hold_attestations(read, key, shown.signed, attesters, found)
    found.limits = tuple(_without_places(shown, found.about))
    table = read.whole(bundle.DAYS)
    found.damage.extend(islice(other_tables(found.bound, table), MOST_SAID))
    days = recount(shown.payloads, shown.loads, table, found.about, found.damage, found.doubts)
    if not found.damage:
        kept = kept_days(shown.payloads, found.about)
        found.derived = derive(shown.payloads, kept)
        if _is_of_own_loads(shown, kept):
            verdicts = newest_verdicts(shown.payloads)
            found.counted = ShownFigures(kept=kept, verdicts=verdicts, table=table, about=found.about)
        found.damage.extend(found.derived.damage(MOST_SAID))
        found.doubts.extend(islice(found.derived.doubts(), MOST_SAID))
        first = date.fromisoformat(found.about["first_day"])
        found.doubts.extend(islice(loosened_terms(kept.loads, day_start(first, kept.zone)), MOST_SAID))
        found.doubts.extend(islice(dated_back(shown.payloads, kept), MOST_SAID))
    if not found.heads:
        found.doubts.append("it holds no signed day: when its rows were kept is not shown")
    if not found.damage:
        found.doubts.extend(_wrong_days(shown, found.about))
    if not days:
        found.doubts.append(f"no day of {found.about['quarter']:.20} is in it: it shows nothing of the quarter")


def _wrong_days(shown: ShownBundle, about: Mapping[str, str]) -> Iterator[str]:
    """Yield that a bundle counts other days than its rows and its quarter let it."""
    if is_cut(shown.until, about):
        yield f"its rows end before the quarter is over, at {shown.until:.40}: what came later is not shown"
    if goes_on(shown.until, about):
        yield (
            f"it counts days up to {about['last_day']}, and its rows go on to {shown.until:.40}: a provisional report"
            " ends on the day before it is made"
        )
    if about["timezone"] != PARIS.key:
        # Only an earlier release counted such days: a miss over midnight is two days or one, as a zone has it.
        yield f"its days are those of {about['timezone']:.60}, and a quarter's are of {PARIS.key}"


def _without_places(shown: ShownBundle, about: Mapping[str, str]) -> Iterator[str]:
    """Yield of how many days a holder of the key could have two versions: those without places for their leaves."""
    first, last = (date.fromisoformat(about[name]) for name in ("first_day", "last_day"))
    own = sum(first <= day <= last for day in shown.without_places)
    all_days, others = sum(first <= day <= last for day, _ in shown.signed), len(shown.without_places) - own
    if shown.without_places:
        yield (
            f"{own} of the {all_days} signed days of the quarter, and {others} others, have the form of an earlier"
            " release: the holder of the key could have signed two versions of such a day"
        )


def _misnamed(path: Path, about: Mapping[str, str]) -> Iterator[str]:
    """Yield that a file which bears a bundle's name is another's; a name of the reader's own says nothing."""
    named = _NAME.fullmatch(path.name)
    if named is not None and about and (named[1], named[2]) != (about["beneficiary"], about["quarter"]):
        yield f"its name says {named[1]}, {named[2]}, and it holds {about['beneficiary']:.60}, {about['quarter']:.20}"


def _hold_attestations(
    read: BundleFiles, key: Verifier, signed: Sequence[tuple[date, int]], named: NamedAttesters, found: Verified
) -> None:
    first, last = (date.fromisoformat(found.about[name]) for name in ("first_day", "last_day"))
    held = hold_attestations(read, key, [one for one in signed if first <= one[0] <= last], named)
    found.attested = held.lines
    found.damage.extend(held.damage)
    found.doubts.extend(held.doubts)


def _is_of_own_loads(shown: ShownBundle, kept: KeptDays) -> bool:
    """Return whether every load declared something of the beneficiary: what another one set, is not shown."""
    return len({at for _, at in shown.loads}) == len({encode.instant(load.at) for load in kept.loads})


def _hold_documents(path: Path, documents: Sequence[Path] | None, found: Verified) -> None:
    if not found.about or found.damage:
        return
    given = beside(path, found.about) if documents is None else documents
    found.documents = hold(found.bound, given, asked=documents is not None)
    found.damage.extend(found.documents.damage)
    found.doubts.extend(found.documents.doubts)
    counted = found.counted
    printed = [] if counted is None else figures_in(found.bound, given)
    differing = (one for figures in printed if counted is not None for one in held_figures(counted, figures))
    wrong = [f"figures: {one:.200}" for one in islice(differing, MOST_SAID)]
    made_by = found.about.get("beffroi", "an earlier version")
    if wrong and made_by != VERSION:
        # Rules of counting change between releases, as those of days do.
        said = f"figures: {len(wrong)} come out otherwise by the rules of {VERSION}, and were counted by {made_by:.20}"
        found.doubts.append(f"{said}: verify the bundle with that version")
    else:
        found.damage.extend(wrong)
    found.figures_held = bool(printed) and not wrong


def _hold_to_manifest(read: BundleFiles, found: Verified) -> None:
    listed = read.listed(bundle.MANIFEST)
    apart = {bundle.MANIFEST, bundle.SIGNATURE}
    for name in sorted(read.names - listed.keys() - apart):
        found.damage.append(f"{name} was added")
    for name in sorted(listed.keys() - read.names):
        found.damage.append(f"{name} is missing")
    for name in sorted(listed.keys() & read.names):
        if read.digest(name) != listed[name]:
            found.damage.append(f"{name} was changed")
    del found.damage[MOST_SAID:]


def _about(content: bytes) -> Mapping[str, str]:
    about: dict[str, str] = {}
    for line in content.decode(errors="replace").splitlines():
        name, colon, value = line.partition(": ")
        if not colon or name in about:
            raise NotTheForm(f"{bundle.ABOUT} is no list of keys and values")
        about[name] = value
    needed = ("beneficiary", "quarter", "edition", "first_day", "last_day", "timezone")
    if "schema" in about and any(name not in about for name in needed):
        raise NotTheForm(f"{bundle.ABOUT} lacks a key")
    return about
