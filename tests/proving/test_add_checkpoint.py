"""What a witness makes of a request: each status for its own cause, and 200 only for what continues."""

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.proving.add_checkpoint import (
    CheckpointRequest,
    Judgement,
    SeenCheckpoint,
    judge_request,
    parse_request,
)
from agent.proving.signed_note import NotANote
from tests.parts.witnesses import Log, tree

LOG = Log.make()
KEYS = {LOG.key.name: [LOG.key]}


def judged(body: bytes, seen: int = 0, flavour: str = "") -> Judgement:
    """Return what a witness that has seen so many leaves makes of a request."""
    known = tree(seen, flavour)
    before = {LOG.key.name: SeenCheckpoint(size=seen, root=known.root)} if seen else {}
    return judge_request(body, KEYS, before)


@given(old=st.integers(0, 40), more=st.integers(0, 40))
def test_what_continues_is_seen_and_what_does_not_is_not(old: int, more: int) -> None:
    new = tree(old + more)
    found = judged(LOG.request(new, old), old)
    assert found.status is HTTPStatus.OK
    assert found.seen == SeenCheckpoint(size=new.size, root=new.root)
    if old:
        assert judged(LOG.request(new, old), old, "forked").status in (409, 422)
        assert judged(LOG.request(tree(old + more, "forked"), old), old).status in (409, 422)


@pytest.mark.parametrize(
    ("body", "seen", "status"),
    [
        (LOG.request(tree(9), 4), 5, 409),
        (LOG.request(tree(9), 0), 5, 409),
        (LOG.request(tree(3), 5), 5, 400),
        (LOG.request(tree(3), 3), 5, 409),
        (LOG.request(tree(5, "forked"), 5), 5, 409),
        (LOG.request(tree(9), 5).replace(b"old 5\n", b"old 5\n" + b"A" * 43 + b"=\n"), 5, 422),
        (Log.make(2).request(tree(9), 0), 0, 404),
        (b"", 0, 400),
        (b"old 01\n\n" + str(LOG.note(tree(1))).encode(), 0, 400),
        (b"old 0\nnothing\n\n" + str(LOG.note(tree(1))).encode(), 0, 400),
        (b"old 0\n\nno note", 0, 400),
    ],
)
def test_each_cause_has_its_status(body: bytes, seen: int, status: int) -> None:
    assert judged(body, seen).status == status


def test_another_key_of_the_same_origin_signs_nothing() -> None:
    body = CheckpointRequest(old_size=0, proof=(), note=Log.make(2).note(tree(3), LOG.key.name)).body
    assert judged(body).status == 403


def test_a_conflict_tells_what_was_seen() -> None:
    assert judged(LOG.request(tree(9), 4), 5).seen == SeenCheckpoint(size=5, root=tree(5).root)


@given(old=st.integers(1, 30), more=st.integers(0, 30))
def test_a_request_is_read_as_it_was_written(old: int, more: int) -> None:
    new = tree(old + more)
    made = CheckpointRequest(old_size=old, proof=new.consistency(old), note=LOG.note(new))
    assert parse_request(made.body) == made


@pytest.mark.parametrize("count", [64, 5000])
def test_a_proof_that_is_too_long_is_refused(count: int) -> None:
    body = b"old 1\n" + (b"A" * 43 + b"=\n") * count + b"\n" + str(LOG.note(tree(3))).encode()
    with pytest.raises(NotANote, match="too many" if count == 64 else "larger|too many"):
        parse_request(body)
    with pytest.raises(NotANote, match="larger"):
        parse_request(b"x" * 1_000_000)
