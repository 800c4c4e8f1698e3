"""Which papers an agreement rests on once it was amended: a paper proves what it was given for, and nothing else.

The beneficiary's acknowledgement, the proof, the day on which it was informed and the signature fall with a term that
an amendment changes, unless the same amendment gives them again (convention, articles 5 and 5.2).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.core.duties.moments import read_when

AGREED = frozenset({"acceptance", "adaptation", "exclusion"})

# What the machine notes of an amendment: papers that were given again with the value that they had.
GIVEN_AGAIN = "given_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paper:
    # The terms whose change it does not outlast, and the keys that give it again.
    terms: frozenset[str]
    renewed_by: frozenset[str]


_SUBJECT_MATTER = frozenset({"target", "subject", "recommendation"})
_TERMS = _SUBJECT_MATTER | {
    "limit", "attainment", "informed_on", "effective_on", "accepted_by", "accepted_on", "until", "from", "to"
}  # fmt: skip
_PAPERS = {
    **{
        key: _Paper(terms=_TERMS, renewed_by=frozenset({key}))
        for key in ("acknowledged_by", "acknowledged_on", "evidence")
    },
    "informed_on": _Paper(
        terms=_SUBJECT_MATTER | {"limit", "attainment", "effective_on"}, renewed_by=frozenset({"informed_on"})
    ),
    "accepted_by": _Paper(terms=_SUBJECT_MATTER | {"until"}, renewed_by=frozenset({"accepted_by", "accepted_on"})),
}
PAPERS = frozenset(_PAPERS)


def amended(before: Mapping[str, str], after: Mapping[str, str], given: Collection[str]) -> dict[str, str]:
    """Return an amended agreement's values without the papers that fall; `given` are the keys that it was given."""
    again = sorted(key for key in PAPERS & set(given) if key in after and after[key] == before.get(key))
    rests = _resting(before, before, after, given)
    return rests | {GIVEN_AGAIN: " ".join(again)} if again else rests


def fallen(register: str, revisions: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the papers that the last revision of an agreement no longer has, in alphabetical order."""
    held = list(standing(revisions))[-2:] if register in AGREED else []
    return tuple(sorted(PAPERS & (held[0].keys() - held[-1].keys()))) if len(held) > 1 else ()


def standing(revisions: Sequence[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    """Yield each revision of an agreement without the papers that had fallen by then, the oldest first.

    A paper that an earlier version carried over a changed term has fallen, too: nothing shows that it was given again.
    """
    before: Mapping[str, str] = {}
    held: Mapping[str, str] = {}
    for values in revisions:
        if held:
            given = {key for key in values if values[key] != before.get(key)}
            held = _resting(held, before, values, given | set(values.get(GIVEN_AGAIN, "").split()))
        else:
            held = values
        before = values
        yield held


def _resting(
    held: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str], given: Collection[str]
) -> dict[str, str]:
    changed = frozenset(key for key in _TERMS if before.get(key) != after.get(key))
    if "recommendation" not in before:
        changed -= {"recommendation"}  # named afterwards, it is the one that was declined
    return {
        key: value
        for key, value in after.items()
        if key != GIVEN_AGAIN and (key not in _PAPERS or _rests(key, held, before, after, changed, given))
    }


def _rests(
    key: str,
    held: Mapping[str, str],
    before: Mapping[str, str],
    after: Mapping[str, str],
    changed: frozenset[str],
    given: Collection[str],
) -> bool:
    paper = _PAPERS[key]
    if not paper.renewed_by.isdisjoint(given):
        return True
    if key == "accepted_by" and _ends_earlier(before, after):
        changed -= {"until"}  # what was signed covers the shorter time
    return key in held and changed.isdisjoint(paper.terms)


def _ends_earlier(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    return "until" in before and "until" in after and read_when(after["until"]).ends <= read_when(before["until"]).ends
