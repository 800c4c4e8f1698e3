"""The shape of what is said about a reason code and about a target."""

from dataclasses import dataclass

from agent.wording.languages import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonWords:
    """Hold what people are told about one reason code."""

    short: Words
    means: Words
    why: Words
    mend: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWords:
    """Hold what people are told about one target: its title, the convention's words, how it is measured here."""

    title: Words
    says: Words
    measured: Words
    mend: Words
