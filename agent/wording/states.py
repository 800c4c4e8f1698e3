"""The word and the symbol of each state; the symbols differ in form, so that colour only repeats what they say."""

from agent.core.model import State
from agent.wording.languages import Language, Words

# The convention's own words (convention, «Verdicts»).
STATES = {
    State.MISSED: Words(fr="non atteint", en="missed"),
    State.UNPROVEN: Words(fr="non démontré", en="unproven"),
    State.ACCEPTED: Words(fr="risque accepté", en="risk accepted"),
    State.MET: Words(fr="atteint", en="met"),
    State.NOT_APPLICABLE: Words(fr="sans objet", en="not applicable"),
}

STATES_OF_SEVERAL = {
    State.MISSED: Words(fr="non atteints", en="missed"),
    State.UNPROVEN: Words(fr="non démontrés", en="unproven"),
    State.ACCEPTED: Words(fr="risques acceptés", en="risks accepted"),
    State.MET: Words(fr="atteints", en="met"),
    State.NOT_APPLICABLE: Words(fr="sans objet", en="not applicable"),
}

SYMBOLS = {
    State.MISSED: "✕",
    State.UNPROVEN: "?",
    State.ACCEPTED: "~",
    State.MET: "✓",
    State.NOT_APPLICABLE: "-",
}


def state_word(state: State, language: Language) -> str:
    """Return the word of a state, as it stands beside one target."""
    return STATES[state].of(language)


def state_count(state: State, count: int, language: Language) -> str:
    """Return a number of verdicts and their state, as in «2 non atteints»."""
    return f"{count} {counted_word(state, count, language)}"


def counted_word(state: State, count: int, language: Language) -> str:
    """Return a state's word as it agrees with a number."""
    words = STATES if count < 2 else STATES_OF_SEVERAL
    return words[state].of(language)


def state_symbol(state: State) -> str:
    """Return the one-character sign of a state."""
    return SYMBOLS[state]
