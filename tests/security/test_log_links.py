"""Links in a tree of logs: who may write into one sender's folder hides no other sender and leads out of nothing."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model import Observation
from agent.core.reason import Reason
from agent.hosts.local import LocalHost
from collectors.logs.links import LOOP, MOST_FOLLOWED, OUT, DeepLink, FindEntry, FolderLinks, RefusedPath, TreeEntry
from collectors.logs.listing import TreeListing, listed
from tests.parts.log_trees import DAY, NOW, LogTree, lines, write

pytestmark = pytest.mark.programs
LONG = timedelta(seconds=60)


@pytest.fixture
def tree(tmp_path: Path) -> LogTree:
    """Return a place of two senders that both keep a few days."""
    made = LogTree(tmp_path / "logs", sources=("fw-1", "evil"))
    made.fill("fw-1", range(3))
    made.fill("evil", range(3))
    return made


def gaps(seen: Observation) -> dict[str, str]:
    return {gap.subject: gap.detail for gap in seen.gaps}


def facts(seen: Observation, subject: str) -> set[tuple[str, object]]:
    return {(fact.name, fact.value) for fact in seen.facts if fact.subject == subject}


def paths(found: TreeListing) -> set[str]:
    return {file.path for file in found.files}


@pytest.mark.parametrize(
    "target",
    ["/", "/proc", "/etc", "/etc/passwd", "../..", "../../..", "../../outside", "../../central-x", "{root}/../outside",
     "{root}x", "../../outside/../central/evil", "second", "/proc/self/root", "/proc/self/cwd"],
)  # fmt: skip
def test_a_link_out_of_the_tree_is_a_gap_of_its_sender_alone(tree: LogTree, target: str) -> None:
    before = facts(tree.look(), "central/fw-1")
    for name in ("outside", "central-x", "centralx"):
        (tree.folder / name).mkdir()
        (tree.folder / name / "secret.log").write_text("x")
    (tree.root / "evil" / "second").symlink_to("/")
    (tree.root / "evil" / "first").symlink_to(target.format(root=tree.root))
    tree.previous = None
    seen = tree.look()
    assert list(gaps(seen)) == ["central/evil"]
    assert OUT in gaps(seen)["central/evil"]
    assert facts(seen, "central/fw-1") == before
    found = listed(LocalHost("srv-1"), str(tree.root), None, LONG)
    assert not any("secret" in path or path.startswith(f"{tree.root}/evil/first/") for path in paths(found))


@pytest.mark.parametrize("target", [".", "..", "../evil", "{root}", "{root}/", "{root}/evil", "2026/..", "../fw-1/up"])
def test_a_loop_is_a_gap_of_its_sender_alone(tree: LogTree, target: str) -> None:
    (tree.root / "fw-1" / "up").symlink_to("..") if target.endswith("up") else None
    (tree.root / "evil" / "again").symlink_to(target.format(root=tree.root))
    seen = tree.look()
    assert LOOP in gaps(seen)["central/evil"]
    assert ("central/fw-1" in gaps(seen)) is target.endswith("up")


def test_links_that_stay_inside_are_followed(tree: LogTree) -> None:
    (tree.root / "_archive").mkdir()
    (tree.root / "_archive" / "old.log").write_text("x")
    (tree.root / "_archive" / "newest").symlink_to("old.log")
    for name, target in (
        ("current.log", "2026/11/24.log"),
        ("archive", "../_archive"),
        ("absolute", f"{tree.root}/_archive"),
        ("twice", "archive"),
        ("over", "../../central/_archive"),
        ("dots", "./../evil/../_archive/."),
    ):
        (tree.root / "fw-1" / name).symlink_to(target)
    found = listed(LocalHost("srv-1"), str(tree.root), None, LONG)
    assert found.refused == ()
    own = {path.removeprefix(f"{tree.root}/fw-1/") for path in paths(found) if "/fw-1/" in path}
    folders = ("archive", "absolute", "twice", "over", "dots")
    through = {f"{folder}/{name}" for folder in folders for name in ("old.log", "newest")}
    assert {"current.log", *through} <= own
    assert all(file.kind == "f" for file in found.files)


def test_a_sender_that_is_a_link_to_its_address_has_its_files(tree: LogTree) -> None:
    (tree.root / "fw-1").rename(tree.root / "192.0.2.7")
    (tree.root / "fw-1").symlink_to("192.0.2.7")
    seen = tree.look()
    assert seen.gaps == ()
    assert any(name.startswith("log.") for name, _ in facts(seen, "central/fw-1"))


def test_the_folder_itself_may_be_a_link(tree: LogTree) -> None:
    moved = tree.folder / "elsewhere"
    tree.root.rename(moved)
    tree.root.symlink_to(moved)
    (moved / "fw-1" / "current.log").symlink_to(f"{moved}/fw-1/2026/11/24.log")
    (moved / "fw-1" / "named.log").symlink_to(f"{tree.root}/fw-1/2026/11/24.log")
    (moved / "evil" / "out").symlink_to("../..")
    found = listed(LocalHost("srv-1"), str(tree.root), None, LONG)
    assert f"{tree.root}/fw-1/current.log" in paths(found)
    # Its own name leads through a link outside, which nothing here can hold to the tree.
    assert {one.path for one in found.refused} == {f"{tree.root}/evil/out", f"{tree.root}/fw-1/named.log"}


def test_a_file_deeper_than_the_pattern_is_found_through_folders_alone(tree: LogTree) -> None:
    (tree.folder / "outside.log").write_text("x")
    (tree.root / "deep").symlink_to(tree.folder)
    (tree.root / "evil" / "deep").symlink_to(tree.folder)
    (tree.root / "fw-1.log").symlink_to("fw-1/2026/11/24.log")
    (tree.root / "evil.log").symlink_to("evil/deep/outside.log")
    found = listed(LocalHost("srv-1"), str(tree.root), 1, LONG)
    assert [file.path for file in found.files if file.kind == "f"] == [f"{tree.root}/fw-1.log"]
    assert {one.path: one.below for one in found.refused} == {
        f"{tree.root}/deep": False,
        f"{tree.root}/evil.log": False,
    }


def test_a_link_that_no_pattern_reaches_is_nobodys_gap(tree: LogTree) -> None:
    for name in ("fw-1", "evil"):
        write(tree.root / f"{name}.log", lines(NOW - DAY, name), NOW)
    (tree.root / "misc").symlink_to("/")
    tree.path = "{source}.log"
    assert tree.look().gaps == ()


def test_folders_that_all_link_to_each_other_end_soon(tree: LogTree) -> None:
    for one in range(12):
        (tree.root / "evil" / f"d{one}").mkdir()
        for other in range(12):
            (tree.root / "evil" / f"d{one}" / f"to{other}").symlink_to(f"../d{other}")
    seen = tree.look()
    assert list(gaps(seen)) == ["central/evil"]
    found = listed(LocalHost("srv-1"), str(tree.root), None, LONG)
    assert len(found.files) + len(found.refused) < 4 * MOST_FOLLOWED


def test_the_name_of_a_link_is_any_bytes(tree: LogTree) -> None:
    for name in (b"\xff\n", b"a b", b"-rf", b"$(id)", b"find: '"):
        os.symlink(b"2026/11/24.log", os.fsencode(tree.root / "fw-1") + b"/" + name)
        os.symlink(os.fsencode(tree.folder) + b"/" + name, os.fsencode(tree.root / "evil") + b"/" + name)
    seen = tree.look()
    assert list(gaps(seen)) == ["central/evil"]


NAMES = st.lists(st.sampled_from(["..", ".", "", "a", "b", "c", "central", "logs"]), min_size=1, max_size=5)
TEXTS = st.tuples(st.booleans(), NAMES).map(lambda parts: ("/" if parts[0] else "") + "/".join(parts[1]) or "/")
PLACES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(PLACES, st.none() | TEXTS, max_size=8), st.none() | st.integers(1, 3))
def test_whatever_links_hold_what_they_show_lies_in_the_tree(made: dict[str, str | None], depth: int | None) -> None:
    def entry(path: str, text: str | None) -> FindEntry:
        kind = "f" if text is None else "l"
        file = TreeEntry(path=f"/logs/central/{path}", kind=kind, node=path, size=0, modified=0.0, changed=0.0)
        return FindEntry(file=file, leads="d" if text is not None and len(text) % 2 else "f", text=text or "")

    entries = [entry(path, text) for path, text in made.items()]
    links = FolderLinks(folder="/logs/central", real="/logs/central", depth=depth, entries=entries)
    inside = {path for path, text in made.items() if text is None}
    for shown in links.followed():
        assert shown.path.startswith("/logs/central/")
        if isinstance(shown, TreeEntry):
            assert shown.node in inside
        elif isinstance(shown, DeepLink):
            assert shown.target.startswith("/logs/central/")
        else:
            assert isinstance(shown, RefusedPath) and shown.reason is Reason.UNREADABLE
