"""Print what came of the planted faults: a line for each module, those that no test sees, and the figure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from math import sqrt

from tests.mutation.faults import Fault, Planted
from tests.mutation.results import KILLED, OPEN, SURVIVED, TIMEOUT, TYPES, UNREACHED

EQUIVALENT, WAITING = "equivalent", "waiting"
WORDS = (KILLED, TYPES, TIMEOUT, EQUIVALENT, SURVIVED, OPEN, WAITING)
# How many standard deviations to either side hold 95 % of all samples.
DEVIATIONS = 1.96


def word(one: Planted, said: Mapping[str, str], known: Mapping[Fault, str]) -> str:
    """Return what is counted of a fault."""
    found = said.get(one.name, WAITING)
    if found in {SURVIVED, UNREACHED, OPEN} and one.fault in known:
        return EQUIVALENT
    return SURVIVED if found == UNREACHED else found


def tell(planted: Sequence[Planted], said: Mapping[str, str], known: Mapping[Fault, str], *, drawn: bool) -> int:
    """Print what came of each module, what survived and the figure; return the exit code."""
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    of_word: dict[str, set[Fault]] = defaultdict(set)
    for one in planted:
        found = word(one, said, known)
        by_module[one.fault.module][found] += 1
        of_word[found].add(one.fault)
    for module, counts in by_module.items():
        print(module, *(f"{counts[each]} {each}" for each in WORDS))
    stale = {each for each in known if each.module in by_module} - of_word[EQUIVALENT] - of_word[WAITING]
    if drawn:
        stale &= {one.fault for one in planted}
    show(SURVIVED, of_word[SURVIVED])
    show("named as equivalent, and no survivor", stale)
    total = sum(by_module.values(), Counter[str]())
    rest = total.total() - total[EQUIVALENT] - total[WAITING]
    seen = rest - total[SURVIVED] - total[OPEN]
    print(
        f"\n{seen} of {rest} faults seen ({100 * seen / max(rest, 1):.1f} %), {total[EQUIVALENT]} more change nothing"
    )
    if drawn:
        low, high = interval(seen, rest)
        print(f"of all, with 95 % confidence, between {100 * low:.1f} and {100 * high:.1f} %")
    return 1 if of_word[SURVIVED] or stale else 0


def show(words: str, faults: Iterable[Fault]) -> None:
    """Print the lines of some faults."""
    for each in sorted(faults, key=astuple):
        print(f"\n{words}: {each.module} {each.function}\n  - {each.was}\n  + {each.became}")


def interval(seen: int, of: int) -> tuple[float, float]:
    """Return the bounds of a share by Wilson's formula."""
    if not of:
        return 0.0, 1.0
    share, square = seen / of, DEVIATIONS**2
    middle = share + square / (2 * of)
    beside = DEVIATIONS * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return (middle - beside) / (1 + square / of), (middle + beside) / (1 + square / of)
