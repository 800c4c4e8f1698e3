"""What a look shows of a promised protection: held, shorter, none, or not known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.facts.immutability import IMMUTABLE, OBJECT_LOCK, STALE_LOCKS, HiddenFile, Immutability
from agent.core.inventory import Copy
from agent.core.judging.immutability import by_protection, hidden_about, promise_needs, promised, shown_by_protection
from agent.core.model import Fact, Finding, Gap, Observation, State
from agent.core.reason import Reason
from collectors.restic import LOOKS

NOW = datetime(2026, 11, 30, tzinfo=UTC)
MONTH, WEEK, HOUR = timedelta(days=30), timedelta(days=7), timedelta(hours=1)
COPY = Copy(program=LOOKS, id="offsite", backup="files", repository="s3:https://objets.example/b", immutable=MONTH)
HELD = Immutability(promised=MONTH, how=OBJECT_LOCK, files=10, held=10, ended=3)
REST = replace(COPY, repository="rest:https://vault/")


def look(*things: Fact | Gap) -> Observation:
    facts = tuple(one for one in things if isinstance(one, Fact))
    gaps = tuple(one for one in things if isinstance(one, Gap))
    return Observation(
        collector="immutability", host="srv-1", subject=COPY.subject, begun=NOW, ended=NOW, facts=facts, gaps=gaps
    )


def proof(value: Immutability | str) -> Fact:
    return Fact(name=IMMUTABLE, subject=COPY.subject, value=value, as_of=NOW)


GAP = Gap(subject=COPY.subject, reason=Reason.DENIED, detail="the key may not see how long objects are locked")


def judged(*things: Fact | Gap, copy: Copy = COPY) -> Finding:
    (found,) = promised(look(*things), copy)
    return found


@pytest.mark.parametrize(
    ("value", "more", "state", "reason"),
    [
        (HELD, (), State.MET, Reason.WITHIN_LIMIT),
        (replace(HELD, held=9, unlocked=1, file="a"), (), State.MISSED, Reason.NOT_IMMUTABLE),
        (replace(HELD, held=9, liftable=1, file="a"), (), State.MISSED, Reason.NOT_IMMUTABLE),
        (replace(HELD, held=9, shorter=1, file="a", shortest=WEEK), (), State.MISSED, Reason.LOCK_SHORTER),
        (replace(HELD, held=8, shorter=1, unlocked=1, file="a"), (), State.MISSED, Reason.NOT_IMMUTABLE),
        (replace(HELD, held=9, unasked=1), (GAP,), State.UNPROVEN, Reason.DENIED),
        (replace(HELD, held=9, unasked=1), (), State.UNPROVEN, Reason.NOT_RUN),
        (replace(HELD, held=8, unasked=1, unlocked=1, file="a"), (GAP,), State.MISSED, Reason.NOT_IMMUTABLE),
        (replace(HELD, files=0, held=0), (), State.UNPROVEN, Reason.NOT_RUN),
        (replace(HELD, promised=WEEK), (), State.UNPROVEN, Reason.NOT_RUN),
        ("garbled", (), State.UNPROVEN, Reason.NOT_RUN),
    ],
)
def test_a_proof_has_its_verdict(
    value: Immutability | str, more: tuple[Gap, ...], state: State, reason: Reason
) -> None:
    found = judged(proof(value), *more)
    assert (found.state, found.reason) == (state, reason)


PROMISE = {"copy": "files/offsite", "promised": MONTH.total_seconds()}
COUNTED = {**PROMISE, "immutable_by": "object-lock", "locked": 7, "lockable": 10, "lock_over": 3}


@pytest.mark.parametrize(
    ("value", "more", "told"),
    [
        (HELD, (), {**COUNTED, "locked": 10}),
        (
            replace(HELD, held=7, unlocked=1, liftable=2, file="a"),
            (),
            {**COUNTED, "unlocked": 3, "liftable": 2, "file": "a"},
        ),
        (replace(HELD, held=7, shorter=3, file="a", shortest=WEEK), (), {**COUNTED, "shorter": 3, "file": "a"}),
        (replace(HELD, held=7, unasked=3), (GAP,), {**COUNTED, "unasked": 3, "said": GAP.detail}),
        (replace(HELD, held=7, unasked=3), (), {**COUNTED, "unasked": 3}),
        ("garbled", (), PROMISE),
    ],
)
def test_a_proof_is_told_with_what_was_counted(
    value: Immutability | str, more: tuple[Gap, ...], told: dict[str, object]
) -> None:
    assert judged(proof(value), *more).about == told


def test_a_lock_of_no_known_length_is_told_as_none() -> None:
    assert judged(proof(replace(HELD, held=9, shorter=1, file="a"))).value == 0


def test_of_hidden_files_the_newest_is_told() -> None:
    hidden = (HiddenFile(file="old", written=NOW - WEEK), HiddenFile(file="new", written=NOW))
    assert hidden_about(hidden) == {"hidden_files": 2, "file": "new", "written": NOW}


def test_a_shorter_lock_is_told_with_its_length_and_the_promise() -> None:
    found = judged(proof(replace(HELD, held=9, shorter=1, file="data/aa", shortest=WEEK)))
    assert (found.value, found.limit, found.unit) == (WEEK.total_seconds(), MONTH.total_seconds(), "seconds")
    assert (found.about["shorter"], found.about["file"]) == (1, "data/aa")


def test_locks_left_behind_are_a_remark() -> None:
    stale = Fact(name=STALE_LOCKS, subject=COPY.subject, value=2, as_of=NOW - WEEK)
    found = judged(proof(HELD), stale)
    assert (found.state, found.about["stale_locks"], found.about["oldest_lock"]) == (State.MET, 2, NOW - WEEK)


def test_a_copy_that_promises_nothing_asks_for_no_look() -> None:
    plain = replace(COPY, immutable=None)
    assert promise_needs(plain) == ()
    assert list(promised(look(proof(HELD)), plain)) == []


def test_a_rest_server_is_judged_by_what_the_account_may_delete() -> None:
    assert by_protection(REST)
    assert not by_protection(COPY)
    assert not by_protection(replace(REST, immutable=None))
    assert promise_needs(REST) == ()
    assert [need.collector for need in promise_needs(COPY)] == ["immutability"]


@pytest.mark.parametrize(
    ("value", "ago", "gaps", "state", "reason", "told_beside"),
    [
        (True, HOUR, (), State.MET, Reason.WITHIN_LIMIT, {"immutable_by": "append-only"}),
        (True, WEEK, (), State.MET, Reason.WITHIN_LIMIT, {"immutable_by": "append-only"}),
        (True, WEEK + HOUR, (), State.UNPROVEN, Reason.NOT_RUN, {}),
        (False, HOUR, (), State.MISSED, Reason.NOT_IMMUTABLE, {"deletable": "files/offsite"}),
        (None, HOUR, (GAP,), State.UNPROVEN, Reason.DENIED, {"said": GAP.detail}),
        (None, HOUR, (), State.UNPROVEN, Reason.NOT_RUN, {}),
    ],
)
def test_an_answer_of_a_rest_server_holds_the_promise_for_a_week(
    value: bool | None,
    ago: timedelta,
    gaps: tuple[Gap, ...],
    state: State,
    reason: Reason,
    told_beside: dict[str, object],
) -> None:
    told = (
        ()
        if value is None
        else (Fact(name="repository.append_only", subject=REST.subject, value=value, as_of=NOW - ago),)
    )
    found = shown_by_protection(look(*told, *gaps), REST, NOW, WEEK)
    assert (found.state, found.reason, found.about) == (state, reason, {**PROMISE, **told_beside})
