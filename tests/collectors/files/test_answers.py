"""What the store program answers about a folder: any bytes give values or a LookError."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Denied, Exited, LookError, Missing, ToolMissing, Unreadable
from agent.core.host import Output
from agent.core.reason import Reason
from collectors.files import answers
from collectors.files.answers import hidden_in, sums, tree

HEAD = b"beffroi-store 1\nversion 6\ntool sha256sum\nbytes 10 20\ninodes 3 4\n"
FILES = b"f 352 1795546403 1795546404 7 8 erp/a b.vbk\nf 0 1795546403.5 1795546404.1 8 0 ./x\n"
WHOLE = HEAD + FILES + b"x 0\nn 2 352 1\nc 0\nend 1795546500\n"
DIGEST = b"a" * 64
SUMS = HEAD + DIGEST + b"  ./a b\nunread denied c\n\\" + DIGEST + b"  ./d\\\\e\nend 3\n"


def output(said: bytes, *, truncated: bool = False) -> Output:
    """Return an answer."""
    return Output(stdout=said, stderr=b"", status=0, duration=timedelta(0), truncated=truncated)


def test_every_file_of_a_folder_is_read() -> None:
    found = tree(output(WHOLE), "here")
    assert [(one.path, one.size, one.written, one.changed, one.room) for one in found.files] == [
        ("erp/a b.vbk", 352, 1795546403, 1795546404, 4096),
        ("x", 0, 1795546403, 1795546404, 0),
    ]
    assert (found.clock, found.complaints, found.odd) == (1795546500, 0, 0)
    assert (found.free_bytes, found.free_inodes, found.tool) == (10240, 3, "sha256sum")
    assert found.body == FILES + b"x 0\n"


def test_the_same_list_is_the_one_that_is_known() -> None:
    said = HEAD + b"same\nend 0 0 1795546600\n"
    found = tree(output(said), "here", FILES + b"x 0\n")
    assert ([one.path for one in found.files], found.body, found.clock) == (["erp/a b.vbk", "x"], None, 1795546600)
    with pytest.raises(Unreadable, match="none is"):
        tree(output(said), "here")


def test_a_part_that_could_not_be_listed_is_told_beside_the_rest() -> None:
    said = HEAD + FILES + b"o\nx 1\nn 2 352 1\ne find: './paie': Permission denied\nc 1\nend 1795546500\n"
    found = tree(output(said), "here")
    assert (len(found.files), found.wrong, found.complaints, found.odd) == (
        2, ("find: './paie': Permission denied",), 1, 1,
    )  # fmt: skip


@pytest.mark.parametrize("cut", range(0, len(WHOLE) - 1, 7))
def test_a_list_that_is_cut_short_proves_nothing(cut: int) -> None:
    with pytest.raises((Unreadable, Exited)):
        tree(output(WHOLE[:cut]), "here")


@pytest.mark.parametrize(
    "said",
    [WHOLE.replace(b"n 2", b"n 3"), WHOLE.replace(b"352 1\nc", b"352 0\nc"), WHOLE.replace(b"x 0\n", b"x 124\n")],
)
def test_a_list_that_does_not_add_up_proves_nothing(said: bytes) -> None:
    with pytest.raises(Unreadable, match="cut short"):
        tree(output(said), "here")


def test_a_path_longer_than_any_is_refused() -> None:
    said = HEAD + b"f 1 1795546403 1795546404 7 8 " + b"-" * 1_100_000 + b"\nx 0\nn 1 1 1\nc 0\nend 1795546500\n"
    with pytest.raises(Unreadable, match="a path of more than 1048576 bytes"):
        tree(output(said), "here")


def test_a_folder_of_more_files_than_any_is_unreadable_and_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.files.answers.MOST_FILES", 1)
    with pytest.raises(Unreadable, match=r"more files than can be listed \(1\)"):
        tree(output(WHOLE), "here")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"refused absent", Missing),
        (b"refused denied", Denied),
        (b"refused tool-missing find or awk", ToolMissing),
        (b"refused this key only lists and hashes repositories", ToolMissing),
        (b"refused no path that is allowed", Denied),
        (b"hello", Exited),
    ],
)
def test_a_refusal_is_understood(said: bytes, kind: type[LookError]) -> None:
    head = b"" if said == b"hello" else b"beffroi-store 1\nversion 4\n"
    with pytest.raises(kind):
        tree(output(head + said + b"\n"), "here")


def test_digests_are_read_with_what_could_not_be() -> None:
    found = sums(output(SUMS), ["a b", "c", "d\\e", "f"], "here")
    assert found.digests == {"a b": "a" * 64, "d\\e": "a" * 64}
    assert found.unread == {"c": Reason.DENIED, "f": Reason.UNREADABLE}


def test_digests_of_other_files_are_not_believed() -> None:
    with pytest.raises(Unreadable, match="not requested"):
        sums(output(SUMS), ["a b"], "here")


def test_digests_that_are_cut_short_prove_nothing() -> None:
    with pytest.raises(Unreadable, match="cut short"):
        sums(output(SUMS[:-6]), ["a b", "c", "d\\e"], "here")
    with pytest.raises(Unreadable, match="more than it may"):
        sums(output(SUMS, truncated=True), ["a b"], "here")


@given(st.binary(max_size=200), st.integers(0, len(WHOLE)))
def test_any_bytes_give_values_or_a_look_error(noise: bytes, at: int) -> None:
    for said in (noise, HEAD + noise, WHOLE[:at] + noise + WHOLE[at:], SUMS[:at] + noise + SUMS[at:]):
        for read in (lambda one: tree(one, "here", noise), lambda one: sums(one, ["a b", "c", "d\\e"], "here")):
            try:
                read(output(said))
            except LookError:
                continue


@pytest.mark.parametrize("line", [b"o\n", b"e \n", b"\n", b"c 1\n"])
def test_an_answer_of_too_many_lines_is_not_taken_apart(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_LINES", 100)
    with pytest.raises(Unreadable, match="more than 100 lines"):
        tree(output(HEAD + 101 * line + b"x 0\nn 0 0 1\nend 1795546500\n"), "here")
    with pytest.raises(Unreadable, match="more than 52 lines"):
        sums(output(HEAD + 101 * line + b"end 1\n"), ["a"], "here")


def test_complaints_beyond_the_first_fifty_are_counted_alone() -> None:
    said = HEAD + b"x 1\nn 0 0 1\n" + b"e find: './paie': Permission denied\n" * 60 + b"c 60\nend 1795546500\n"
    found = tree(output(said), "here")
    assert (len(found.wrong), found.complaints) == (50, 60)


@pytest.mark.parametrize(
    ("said", "shown", "hidden"),
    [
        ("find: './paie': Permission denied", ("erp/a", "paier", "a/paie"), ("paie/a", "paie/b/c", "paie")),
        ("find: ./lost+found: Permission denied", ("erp/a",), ("lost+found/a",)),
        ("find: './a b': No such file or directory", ("a", "a c"), ("a b/x", "a  b/x")),
        ("find: './caf'$'\\303\\251': Permission denied", (), ("erp/a", "x")),
        ("something else", (), ("erp/a",)),
    ],
)
def test_a_complaint_hides_what_it_names_alone(said: str, shown: tuple[str, ...], hidden: tuple[str, ...]) -> None:
    told = HEAD + b"x 1\nn 0 0 1\ne " + said.encode() + b"\nc 1\nend 1795546500\n"
    may_be_there = hidden_in(tree(output(told), "here"))
    assert [path for path in (*shown, *hidden) if may_be_there(path)] == list(hidden)


def test_complaints_that_were_not_told_may_hide_anything() -> None:
    told = HEAD + b"x 1\nn 0 0 1\ne find: './paie': Permission denied\nc 2\nend 1795546500\n"
    assert hidden_in(tree(output(told), "here"))("erp/a")
