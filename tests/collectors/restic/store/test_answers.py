"""What a store's host answers: any bytes give values or a LookError, and nothing unaccounted for passes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Denied, Exited, LookError, Missing, ToolMissing, Unreadable
from agent.core.host import Output
from agent.core.manifest import StoredFile
from agent.core.reason import Reason
from collectors.restic.store.answers import HashResult, hashed, listing

PACK = "data/10/10d971f7cf20e795bee340e088812057a57c53da8f8ba5fd2a88d316f89a01ab"
POINT = "snapshots/4e2f621dfd2a16bf2453193f28930de56273d06f2b03b88c48a22c06a3f6148d"
LIST = f"""\
beffroi-store 1
version 4
tool sha256sum
bytes 100 200
inodes 7 9
config {"ab" * 32}
lock 1795546000
f 155 1795546402 config
f 352 1795546403 {POINT}
f 700 1795546404 {PACK}
x 0
end 3 1207 0 1795546500
"""
HASHES = f"beffroi-store 1\ntool sha256sum\nbad {PACK}\nend 1 1 0\n"


def output(text: str | bytes, *, truncated: bool = False) -> Output:
    stdout = text.encode() if isinstance(text, str) else text
    return Output(stdout=stdout, stderr=b"", status=0, duration=timedelta(0), truncated=truncated)


def test_a_list_is_understood() -> None:
    found = listing(output(LIST), "/srv on vault")
    assert found.files == (
        StoredFile(name="config", size=155),
        StoredFile(name=PACK, size=700),
        StoredFile(name=POINT, size=352),
    )
    assert found.changed[1] == datetime.fromtimestamp(1795546404, UTC)
    assert (found.bytes, found.config, found.foreign) == (1207, "ab" * 32, 0)
    assert (found.room, found.inodes) == ((102400, 204800), (7, 9))
    assert found.locks == (datetime.fromtimestamp(1795546000, UTC),)


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("end 3 1207 0", "end 4 1207 0", Unreadable),
        ("end 3 1207 0", "end 3 1208 0", Unreadable),
        ("end 3 1207 0 1795546500\n", "", Unreadable),
        ("end 3 1207 0 1795546500\n", "end 3 12", Unreadable),
        ("x 0\n", "e find: 'data/ab': Permission denied\nx 1\n", Denied),
        ("x 0\n", "e find: 'data/ab': Input/output error\nx 1\n", Unreadable),
        ("end 3 1207 0", "end 3 1207 1", Unreadable),
        (f"f 700 1795546404 {PACK}\n", "f seven\n", Unreadable),
        ("beffroi-store 1\n", "Welcome!\n", Exited),
        (LIST, "", Exited),
        (LIST, "beffroi-store 1\nrefused absent\n", Missing),
        (LIST, "beffroi-store 1\nrefused denied\n", Denied),
        (LIST, "beffroi-store 1\nrefused tool-missing find or awk\n", ToolMissing),
        (LIST, "beffroi-store 1\nrefused no path that is allowed\n", Denied),
        ("1795546402", "999999999999", Unreadable),
    ],
)
def test_a_list_that_does_not_hold_proves_nothing(before: str, after: str, error: type[LookError]) -> None:
    with pytest.raises(error):
        listing(output(LIST.replace(before, after, 1)), "/srv on vault")


def test_names_that_restic_does_not_give_are_counted() -> None:
    wrong_folder = PACK.replace("data/10", "data/11")
    found = listing(output(LIST.replace(PACK, wrong_folder)), "/srv on vault")
    assert (found.foreign, len(found.files)) == (1, 2)


def test_bad_files_are_told() -> None:
    assert hashed(output(HASHES), [PACK, POINT], "/srv on vault") == HashResult(bad=(PACK,), unread=())


@pytest.mark.parametrize(
    ("word", "reason"),
    [("denied", Reason.DENIED), ("gone", Reason.ABSENT), ("unreadable", Reason.UNREADABLE), ("?", Reason.UNREADABLE)],
)
def test_files_that_could_not_be_read_have_their_reason(word: str, reason: Reason) -> None:
    text = HASHES.replace(f"bad {PACK}\nend 1 1 0", f"unread {word} {PACK}\nend 1 0 1")
    assert hashed(output(text), [PACK, POINT], "/srv on vault") == HashResult(bad=(), unread=((PACK, reason),))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("end 1 1 0\n", ""),
        ("end 1 1 0", "end 0 1 0"),
        ("end 1 1 0", "end 2 1 0"),
        ("end 1 1 0", "end 1 0 0"),
        ("end 1 1 0", "end 1 1 1"),
        (f"bad {PACK}", f"bad {PACK}\nbad {PACK}"),
        (PACK, "index/" + "0" * 64),
    ],
)
def test_hashes_that_do_not_account_for_each_file_prove_nothing(before: str, after: str) -> None:
    with pytest.raises(Unreadable):
        hashed(output(HASHES.replace(before, after, 1)), [PACK, POINT], "/srv on vault")


def test_an_answer_that_was_ended_for_its_length_proves_nothing() -> None:
    with pytest.raises(Unreadable):
        listing(output(LIST, truncated=True), "/srv on vault")


LINES = st.sampled_from([*(line.encode() for line in LIST.splitlines()), b"same", b"e x", b"end 0 0 0 1", b"\xff f"])


@given(st.one_of(st.binary(), st.lists(LINES).map(lambda lines: b"beffroi-store 1\n" + b"\n".join(lines))))
def test_any_bytes_give_a_value_or_a_look_error(said: bytes) -> None:
    for parse in (lambda: listing(output(said), "x"), lambda: hashed(output(said), [PACK], "x")):
        try:
            parse()
        except LookError as error:
            assert error.message.isprintable()
