"""What a bundle shows, in its first form or its second, held to its proofs: what days rest on."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from agent.ledger import load_rows
from agent.ledger.keys import Verifier
from agent.proving.checkpoint import Checkpoint
from agent.report import bundle
from agent.report.archive import NotTheForm
from agent.report.bundle_files import BundleFiles
from agent.report.own_rows import BeneficiaryPayload, OwnRows, ShownRow, first_gap, holes
from agent.report.proofs_shown import ProvenDay, displaced, inconsistent, newest_checkpoint, proofs_of, proven_days
from agent.report.recount import PROVISIONAL, ShownLoad
from agent.report.rows_shown import SignedDay, SignedDays

# A load of the configuration without a row of the beneficiary: it declared nothing of theirs.
OTHERS_LOAD = "load of others"
# No checkpoint covers such a day.
NOT_LOGGED = 2**63


@dataclass(slots=True)
class ShownBundle:
    """What was shown and holds; `payloads` and `loads` are in order, each load the place of its row and its instant.

    `until` is the instant up to which rows are shown, empty where there is none. `signed` are the signed days, each
    with the index of its leaf in the log; NOT_LOGGED where it has none. `doubts` are what is not shown, and may be;
    `without_places` the days of which a holder of the key could have signed two versions (agent.proving.day_log).
    """

    payloads: list[BeneficiaryPayload] = field(default_factory=list)
    loads: list[ShownLoad] = field(default_factory=list)
    rows: int = 0
    heads: int = 0
    held: int = 0
    until: str = ""
    signed: list[tuple[date, int]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    without_places: list[date] = field(default_factory=list)


def first_form(read: BundleFiles, key: Verifier, about: Mapping[str, str], damage: list[str]) -> ShownBundle:
    """Return what a bundle of the first form shows: whole days of the chain."""
    shown = SignedDays(damage, about["first_day"])
    _whole_days(read, key, shown, "days")
    shown.tail(read.lines(bundle.TAIL))
    payloads = shown.payloads(read.lines(bundle.PAYLOADS), about["beneficiary"])
    found = ShownBundle(payloads=payloads, loads=shown.loads, rows=shown.rows, heads=shown.heads, until=shown.until)
    found.held = len(payloads)
    found.signed = [(date.fromisoformat(name[-10:]), NOT_LOGGED) for _, name in shown.ends]
    found.without_places = [day for day, _ in found.signed]
    return found


def second_form(read: BundleFiles, key: Verifier, about: Mapping[str, str], damage: list[str]) -> ShownBundle:
    """Return what a bundle of the second form shows: the beneficiary's rows, and days from before the log whole."""
    whole = SignedDays(damage)
    if bundle.HEADS in read.names:
        _whole_days(read, key, whole, "earlier")
    newest = _newest(read, key, damage)
    days = _proven(read, bundle.PROOFS, newest, about["beneficiary"], damage)
    before = _proven(read, bundle.BEFORE, newest, about["beneficiary"], damage)
    damage.extend(displaced((*days, *before)))
    if damage:
        return ShownBundle()
    named = [(int(name[:-11]), name[-10:]) for _, name in whole.ends]
    damage.extend(holes(days, named, about["first_day"], newest.size if newest else 0))
    proven = {day.number for day in days}
    rows = _rows_of_whole_days(read, whole, about["beneficiary"], proven)
    own = OwnRows(damage, is_provisional=about["edition"] == PROVISIONAL)
    for day in before:
        own.before(day, read.lines(f"before/{day.name}.txt"))
    for day in days:
        rows[day.number] = own.day(day, read.lines(f"days/{day.name}.txt"))
    for number, at in _loads_of_others(whole, rows):
        place = next((place for place, row in enumerate(rows[number]) if row.instant > at), len(rows[number]))
        rows[number].insert(place, ShownRow(instant=at, kind=OTHERS_LOAD, text=None))
    held = sum(len(rows[number]) for number, _ in named if number not in proven)
    ordered = [row for number in sorted(rows) for row in rows.pop(number)]
    ordered += own.tail(max((day.next for day in days), default=1), read.lines(bundle.TAIL))
    own.hold_erasures()
    shown = _in_order(ordered)
    gap = first_gap((*days, *before))
    if gap and before:
        damage.append(f"rows are missing before {gap}")
    elif gap:
        shown.doubts.append(f"it does not show that no load and no entry is left out before {gap}")
    shown.rows, shown.heads = whole.rows + own.rows, len(proven | {number for number, _ in named})
    # A day that follows the quarter's last may have no row of the beneficiary.
    signed = [f"{day.day}T00:00:00.000000Z" for day in days if day.day > about["last_day"]]
    shown.held = held + own.rows
    shown.until = max((*signed, own.until, whole.until))
    index = {day.number: day.position for day in days}
    numbered = {**dict(named), **{day.number: day.day for day in days}}
    shown.signed = [(date.fromisoformat(day), index.get(one, NOT_LOGGED)) for one, day in sorted(numbered.items())]
    unplaced = {day.number: day.day for day in (*days, *before) if not day.has_place}
    unplaced |= {number: day for number, day in named if number not in proven}
    shown.without_places = [date.fromisoformat(day) for day in unplaced.values()]
    return shown


def _rows_of_whole_days(
    read: BundleFiles, whole: SignedDays, beneficiary: str, proven: Set[int]
) -> dict[int, list[ShownRow]]:
    """Return the beneficiary's rows of each day that is shown whole; of a day that is proven as well, none."""
    found: dict[int, list[ShownRow]] = {int(name[:-11]): [] for _, name in whole.ends}
    if found:
        for one in whole.payloads(read.lines(bundle.PAYLOADS), beneficiary):
            number = _day_of(whole, one.sequence)
            if number not in proven:
                found[number].append(ShownRow(instant=one.instant, kind=one.kind, text=one.text))
    return found


def _loads_of_others(whole: SignedDays, rows: Mapping[int, Sequence[ShownRow]]) -> Iterator[tuple[int, str]]:
    """Yield the day's number and the instant of each load that has no row of the beneficiary."""
    for sequence, at in whole.loads:
        number = _day_of(whole, sequence)
        if not any(row.kind == load_rows.KIND and row.instant == at for row in rows[number]):
            yield number, at


def _day_of(whole: SignedDays, sequence: int) -> int:
    place = bisect_left(whole.ends, sequence, key=lambda end: end[0])
    return int(whole.ends[place][1][:-11])


def _in_order(rows: Iterable[ShownRow]) -> ShownBundle:
    shown = ShownBundle()
    for place, row in enumerate(rows, 1):
        if row.kind in (load_rows.KIND, OTHERS_LOAD):
            shown.loads.append((place, row.instant))
        if row.kind != OTHERS_LOAD:
            shown.payloads.append(BeneficiaryPayload(sequence=place, instant=row.instant, kind=row.kind, text=row.text))
    return shown


def _whole_days(read: BundleFiles, key: Verifier, shown: SignedDays, folder: str) -> None:
    heads = read.listed(bundle.HEADS)
    days = sorted(name for name in read.names if name.startswith(f"{folder}/"))
    if list(heads) != days:
        raise NotTheForm(f"{bundle.HEADS} does not name the days that are there")
    for day in days:
        name = day.removeprefix(f"{folder}/").removesuffix(".txt")
        statement = read.whole(f"heads/{name}.txt")
        if not key.any_holds_bytes(statement, read.whole(f"heads/{name}.sig")):
            shown.damage.append(f"the signature of {name} does not hold")
        lines, digest = read.lines(day), read.digest(day)
        shown.day(SignedDay(name=name, statement=statement, digest=heads[day], lines=lines, found=digest))


def _newest(read: BundleFiles, key: Verifier, damage: list[str]) -> Checkpoint | None:
    """Return the newest checkpoint; None where no day is shown, or where it does not hold."""
    if not any(name.startswith("days/") for name in read.names):
        return None
    newest = newest_checkpoint(read.whole(bundle.CHECKPOINT), key, damage)
    if newest is not None:
        if read.whole(bundle.SIGNED_TEXT) != newest.text.encode():
            damage.append(f"{bundle.SIGNED_TEXT} is not the text of the newest checkpoint")
        proofs = proofs_of(read.lines(bundle.PROOFS))
        attested = list(_attested(read, key, damage))
        damage.extend(inconsistent(proofs, attested, newest))
        changed = [
            (one.size, Checkpoint(origin=one.origin, size=one.size, root=one.root))
            for one in key.changes
            if one.size <= newest.size
        ]
        damage.extend(inconsistent(proofs, changed, newest))
    return newest


def _proven(
    read: BundleFiles, name: str, newest: Checkpoint | None, beneficiary: str, damage: list[str]
) -> tuple[ProvenDay, ...]:
    """Return the days of a bundle as they are proven by a file of proofs."""
    folder = {bundle.PROOFS: "days", bundle.BEFORE: "before"}[name]
    proofs = proofs_of(read.lines(name) if name in read.names or name == bundle.PROOFS else ())
    named = {one for one in read.names if one.startswith(f"{folder}/")}
    if named != {f"{folder}/{day}.txt" for day in proofs.days}:
        raise NotTheForm(f"{name} does not prove the days that are there")
    if newest is None:
        return ()
    days: list[ProvenDay] = []
    for one in proven_days(proofs, newest, beneficiary):
        if isinstance(one, str):
            damage.append(one)
        else:
            days.append(one)
    return tuple(days)


def _attested(read: BundleFiles, key: Verifier, damage: list[str]) -> Iterator[tuple[int, Checkpoint]]:
    """Yield each checkpoint that was cosigned or stamped, and the size that its file says."""
    for name in read.names:
        size, dot, kind = name.removeprefix("checkpoints/").partition(".")
        if name == f"checkpoints/{size}{dot}{kind}" and size.isdecimal() and kind in ("txt", "note"):
            one = newest_checkpoint(read.whole(name), key, damage)
            if one is not None:
                yield int(size), one
