"""What deriving days again comes to: how many of each target, which differ, and why the others were not."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.core.model import Key
from agent.core.version import VERSION

# Why a day was not derived.
NO_LOOKS = "no look of theirs is shown"
LACKING = "the looks that they rest on are in no row"
UNTOLD = "the looks around them are not shown whole"
DECLARED_OTHERWISE = "they were declared otherwise then"
NOT_OVER = "no look after them is shown yet"
BETTER = "the looks shown alone make them better than they were kept"
STOOD_FOR = "of their looks, which differ, one of each eight hours is shown"
TOO_MUCH = "more looks than are followed"
UNREAD = "this program cannot read or judge all that is shown of them"
OTHER_RULES = "they were judged by another version of the program, and come out otherwise by the rules of this one"
TURNED_BETWEEN = "time alone made them worse, between two looks"
TURNED_BRIEFLY = "time alone made them worse, between two looks at most two hours apart"
TURNED_UNSHOWN = "time alone made them worse, between two looks of which one stands for others"
# Reasons that no key is needed for, or that are doubts of their own.
HONEST = frozenset({BETTER, NO_LOOKS, OTHER_RULES, TURNED_BRIEFLY, TURNED_UNSHOWN})
# The week after a renaming, its last day, and some more.
MOST_EXCUSED = 10


@dataclass(slots=True)
class DerivedDays:
    """What was derived: how many days of each target, which differ, and how many could not be, by target and reason.

    `rested` are of those that could not be the ones kept as met, by key and reason: they rest on the agent's word.
    """

    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    other_rules: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    rested: Counter[tuple[Key, str]] = field(default_factory=Counter)

    def damage(self, most: int) -> Iterator[str]:
        """Yield the days whose looks show something worse than was kept, so many at most."""
        yield from self.wrong[:most]
        if len(self.wrong) > most:
            yield f"{len(self.wrong) - most} more days are better than their looks show"

    def doubts(self) -> Iterator[str]:
        """Yield why a reader cannot rest on what was derived, a line each."""
        yield from self.told
        for key in sorted({key for key, _ in self.rested}):
            causes = {cause: count for (one, cause), count in self.rested.items() if one == key and count}
            count = sum(causes.values())
            if count > MOST_EXCUSED:
                named = "; ".join(f"{cause}: {count}" for cause, count in sorted(causes.items()))
                yield (
                    f"{count} days of {key.target} {key.subject} are kept as met, and no looks show them so ({named}):"
                    f" of one subject, more than {MOST_EXCUSED} are doubtful"
                )
        for program, count in sorted(self.other_rules.items()):
            yield (
                f"{count} days are kept better than their looks show by the rules of {VERSION}, and were judged by"
                f" {program}: verify the bundle with that version"
            )

    def lines(self) -> Iterator[str]:
        """Yield what was derived and what was not, a line each."""
        if self.counted:
            every = ", ".join(f"{target} {count}" for target, count in sorted(self.counted.items()))
            yield f"derived again from the looks shown: {self.counted.total()} days ({every})"
        for (target, reason), count in sorted(self.left.items()):
            yield f"not derived from looks: {target}, {count} days: {reason}"
