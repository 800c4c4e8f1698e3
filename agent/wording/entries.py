"""The shape of what is said about a reason code and about a target."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.reason import Reason
from agent.wording.languages import Language, Words
from agent.wording.phrases.general import Phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonWords:
    """What people read about one reason code.

    `listed` introduces several subjects, with `{subjects}` in it: «antivirus arrêté sur {subjects}»; None: the short
    phrase and a colon do.
    """

    short: Words
    means: Words
    why: Words
    mend: Words
    listed: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a target bears on in each frame of reference; an empty text: nothing there.

    Sources: ISO/IEC 27001:2022 Annex A, whose A.x.y is 27002:2022's x.y; ANSSI, «Guide d'hygiène informatique»,
    version 2; CNIL, «Guide de la sécurité des données personnelles», edition of 2024, by the number of its sheet.
    """

    iso: Words
    anssi: Words
    cnil: Words


DONE = Words(fr="fait dans le délai", en="done in time")
ALL_DONE = Words(fr="tous faits dans le délai", en="all done in time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How the report speaks of what falls due: one of it, several, none; all done in time, and the rest."""

    one: Words
    several: Words
    none: Words
    done: Words = DONE
    all_done: Words = ALL_DONE

    def kept(self, number: int, language: Language) -> str:
        """Return how many of several were done in time, such as «2 faits dans le délai»."""
        several = self.all_done.of(language)
        for whole in ("tous ", "toutes ", "all "):
            several = several.removeprefix(whole)
        return f"{number} {self.done.of(language) if number == 1 else several}"


# Before what the convention promises and no check counts.
NOT_MEASURED = Words(fr="Promis, non mesuré", en="Promised, not measured")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWords:
    """What people are told about one target: its title, the convention's words, how it is measured here.

    `held` is what holds on a day that is met, and completes «Chacun des 92 jours, …» in the report: of a target counted
    by day. `due` is of one counted by event. `thresholds` are those that a target has beside its limit. `phrases` are
    its own for a reason, before the general ones; so are `reasons`, what a reason means here and how to mend it.
    `unmeasured` is what the convention promises under this target and no check counts; None: nothing.
    """

    title: Words
    says: Words
    measured: Words
    mend: Words
    frame: Frame
    held: Words | None = None
    unmeasured: Words | None = None
    thresholds: Words | None = None
    due: Due | None = None
    phrases: Mapping[Reason, Phrases] = field(default_factory=dict)
    reasons: Mapping[Reason, ReasonWords] = field(default_factory=dict)
