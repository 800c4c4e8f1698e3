"""Everything that has a code has its words, in both languages, and the convention's own."""

import re
from collections.abc import Iterator

import pytest

from agent.core.convention import CLAUSES, CountingRule
from agent.core.model import State
from agent.core.reason import Reason
from agent.wording.languages import LANGUAGES, Words
from agent.wording.phrases.backups import VERIFICATION
from agent.wording.phrases.general import NOT_SHOWN, SEEN, Phrases, When
from agent.wording.reasons.every import REASONS, reason_words
from agent.wording.states import STATES_OF_SEVERAL, state_count, state_symbol, state_word
from agent.wording.targets.every import TARGETS, target_title

TABLES = (SEEN, NOT_SHOWN, VERIFICATION, *(words.phrases for words in TARGETS.values()))


def test_every_state_has_the_convention_s_own_word() -> None:
    assert {state: state_word(state, "fr") for state in State} == {
        State.MET: "atteint",
        State.MISSED: "non atteint",
        State.UNPROVEN: "non démontré",
        State.ACCEPTED: "risque accepté",
        State.NOT_APPLICABLE: "sans objet",
    }
    assert set(STATES_OF_SEVERAL) == set(State)


def test_no_two_states_share_a_symbol_or_a_word() -> None:
    assert len({state_symbol(state) for state in State}) == len(State)
    assert all(len(state_symbol(state)) == 1 for state in State)
    for language in LANGUAGES:
        assert len({state_word(state, language) for state in State}) == len(State)


def test_several_take_the_plural() -> None:
    assert [state_count(State.MISSED, count, "fr") for count in (0, 1, 2)] == [
        "0 non atteint",
        "1 non atteint",
        "2 non atteints",
    ]


def test_every_reason_and_every_target_has_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(TARGETS) == set(CLAUSES)


def test_titles_and_short_phrases_tell_things_apart() -> None:
    for language in LANGUAGES:
        assert len({target_title(target, language) for target in TARGETS}) == len(TARGETS)
        assert len({reason_words(reason, language) for reason in Reason}) == len(Reason)


def test_every_reason_can_end_a_sentence_even_when_nothing_else_is_known() -> None:
    assert set(SEEN) | set(NOT_SHOWN) == set(Reason)
    assert not set(SEEN) & set(NOT_SHOWN)
    for phrases in (*SEEN.values(), *NOT_SHOWN.values()):
        last = phrases[-1]
        assert not isinstance(last, When)
        assert "{" not in last.fr + last.en


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_of_a_phrase_say_the_same_things(table: dict[object, Phrases]) -> None:
    for phrases in table.values():
        for words in phrases:
            # What a look said of itself is English: French names the part of the host, and the command alone.
            assert _slots(words.fr) - {"part", "command"} == _slots(words.en) - {"said"}, words


def test_no_word_of_blame_is_used_and_no_text_is_empty() -> None:
    for words in _all_words():
        for language in LANGUAGES:
            text = words.of(language)
            assert text.strip() == text != ""
            assert "manquement" not in text.lower()


def test_articles_named_are_those_of_the_clause() -> None:
    for id, clause in CLAUSES.items():
        assert f"article {clause.article}" in TARGETS[id].says.fr, id
        assert f"article {clause.article}" in TARGETS[id].says.en, id


def _slots(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def _all_words() -> Iterator[Words]:
    for target in TARGETS.values():
        yield from (target.title, target.says, target.measured, target.mend)
    for reason in REASONS.values():
        yield from (reason.short, reason.means, reason.why, reason.mend)
    for table in TABLES:
        for phrases in table.values():
            yield from phrases


def test_each_target_has_the_report_s_words_for_how_it_is_counted() -> None:
    by_day = {clause.id for clause in CLAUSES.values() if clause.counted is CountingRule.BY_DAY}
    by_event = {clause.id for clause in CLAUSES.values() if clause.counted is CountingRule.BY_EVENT}
    assert {target for target, words in TARGETS.items() if words.held} == by_day
    assert {target for target, words in TARGETS.items() if words.due is not None} == by_event
    assert all(words.frame.iso for words in TARGETS.values())
