"""What `restic check` found, line by line: damage, what it could not read, and remarks that are neither.

restic exits with 1 and says «The repository is damaged and must be repaired» when the link breaks, too (measured with
0.18): neither counts for anything here. Only lines that name a file and what is wrong with it do.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core.facts.verification import Damage
from agent.core.host import Output
from agent.core.reason import Reason
from collectors.restic.faults import ACCESS, reason_in
from collectors.restic.words import said_at_all, spoken

_ID = "[0-9a-f]{64}"
_BAD = r"(?:invalid data returned|ciphertext verification failed|unmarshal|unexpected end of JSON|unexpected EOF)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """Words of restic that tell damage; `certain` where no lost link and no refused folder can explain them."""

    words: re.Pattern[str]
    folder: str
    reason: Reason
    certain: bool


def _words(words: str, folder: str, reason: Reason = Reason.DAMAGED, *, certain: bool = True) -> _Words:
    return _Words(words=re.compile(words, re.IGNORECASE), folder=folder, reason=reason, certain=certain)


# From recordings of 0.14 and 0.18. Anchored at the line's beginning, since a file's name may hold any words.
_TABLE = (
    _words(rf"pack id does not match, want ({_ID})", "data"),
    _words(rf"pack ({_ID}) contains \d+ errors", "data"),
    _words(rf"pack ({_ID}): unexpected file size", "data"),
    _words(rf"pack ({_ID}): does not exist", "data", Reason.ABSENT, certain=False),
    _words(r"decrypting blob \S+ from ([0-9a-f]{8}) failed: ciphertext", "data"),
    _words(rf"decrypting blob {_ID} failed: ciphertext()", "data"),
    _words(rf"error: (?:error )?loading index ({_ID}): .*{_BAD}", "index"),
    _words(rf"error: (?>.*?<snapshot/([0-9a-f]{{8,64}})>\)?: ).*{_BAD}", "snapshots"),
    _words(rf"id {_ID} not found in (?:repository|index)()", "index", Reason.ABSENT, certain=False),
    # A pack is gone, and `repair index` took it for granted.
    _words(rf"tree {_ID}: file \".*\" blob {_ID} not found in index()$", "index", Reason.ABSENT, certain=False),
    _words(rf"(?:fatal: )?config or key {_ID} is damaged()", "config"),
    _words(r"(?:fatal: )?config file has zero size()", "config"),
    _words(r"(?:fatal: )?config cannot be loaded: .*(?:ciphertext|invalid data|unmarshal)()", "config"),
)
_BLOB = re.compile(rf"decrypting blob ({_ID}) failed: ciphertext", re.IGNORECASE)
_UNREFERENCED = re.compile(rf"pack ({_ID}): not referenced in any index")
TRIED_AGAIN = "returned error, retrying after"
_PRUNE = re.compile(rb'"suggest_prune"\s*:\s*true')
# open /srv/restic/data/49/49d9ae…: permission denied · List(data) failed: … · Load(<index/5d87624cac>, …) failed: …
_UNREAD = re.compile(
    r"(?P<path>(?:data(?:/[0-9a-f]{2}(?:/[0-9a-f]{64})?)?|(?:index|snapshots|keys)(?:/[0-9a-f]{64})?)): "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of one run of `restic check`.

    `hindered` is what kept it from looking at some things, or at all of them; `unread` are those it named. `blobs` are
    bad ones whose pack it does not name (0.14).
    """

    sound: bool
    damage: tuple[Damage, ...] = ()
    unread: tuple[Damage, ...] = ()
    hindered: Reason | None = None
    remarks: tuple[str, ...] = ()
    blobs: tuple[str, ...] = ()


def judge(output: Output, packs: Sequence[str]) -> CheckResult:
    """Return what a run of `restic check` found; `packs` are the ids of all packs, by which short names are completed.

    Neither sound, nor damaged, nor hindered: it failed in words that no one here knows.
    """
    lines = spoken(output.stderr).splitlines()
    remarks = _remarks(output)
    if output.status == 0:
        return CheckResult(sound=True, remarks=remarks)
    hindered, unread = _hindrances(lines)
    # Once the link is lost, or a folder refused, «does not exist» says nothing.
    certain_only = hindered is not None
    damage = tuple(sorted({one for line in lines for one in _damage(line, packs, certain_only=certain_only)}))
    if hindered not in (None, Reason.DENIED):
        damage = ()
    blobs = _blobs_without_pack(lines, packs) if damage else ()
    return CheckResult(sound=False, damage=damage, unread=unread, hindered=hindered, remarks=remarks, blobs=blobs)


def _blobs_without_pack(lines: Sequence[str], packs: Sequence[str]) -> tuple[str, ...]:
    """Return the bad blobs that stand for all damage of packs without a name; none where other lines tell of such."""
    bad = [(line, _BLOB.match(line.strip())) for line in lines]
    others = {one.file for line, blob in bad if blob is None for one in _damage(line, packs, certain_only=False)}
    return () if path_of("data", "") in others else tuple(sorted({blob[1] for _, blob in bad if blob is not None}))


def path_of(folder: str, id: str) -> str:
    """Return where a repository keeps a file, as a path within it."""
    if not id:
        return folder
    return f"data/{id[:2]}/{id}" if folder == "data" else f"{folder}/{id}"


def _damage(line: str, packs: Sequence[str], *, certain_only: bool) -> Iterable[Damage]:
    for known in _TABLE:
        found = known.words.match(line.strip())
        if found is None or (certain_only and not known.certain):
            continue
        id = _completed(found[1], packs) if known.folder == "data" else found[1]
        yield Damage(file=path_of(known.folder, id), reason=known.reason.value)


def _completed(id: str, packs: Sequence[str]) -> str:
    if len(id) == 64:
        return id
    whole = [pack for pack in packs if id and pack.startswith(id)]
    return whole[0] if len(whole) == 1 else ""


def _hindrances(lines: Iterable[str]) -> tuple[Reason | None, tuple[Damage, ...]]:
    reasons: list[Reason] = []
    unread: set[Damage] = set()
    for line in lines:
        # A read that failed and then went well is no hindrance; one that never did is told again, as failed.
        reason = None if TRIED_AGAIN in line else reason_in(line)
        if reason is None or reason not in ACCESS:
            continue
        reasons.append(reason)
        named = _UNREAD.search(line)
        if named is not None:
            unread.add(Damage(file=named["path"], reason=reason.value))
    # A refusal is only told where nothing worse for the whole, such as a lost link, is said as well.
    reasons.sort(key=lambda reason: reason is Reason.DENIED)
    return (reasons[0] if reasons else None), tuple(sorted(unread))


def _remarks(output: Output) -> tuple[str, ...]:
    lines = said_at_all(output.stdout).splitlines()
    loose = sorted({found[1] for line in lines if (found := _UNREFERENCED.match(line)) is not None})
    named = tuple(f"unreferenced {path_of('data', pack)}" for pack in loose)
    if not named and _PRUNE.search(output.stdout):
        return ("unreferenced packs",)
    return named
