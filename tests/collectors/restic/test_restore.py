"""What restic says of a point's entries and of a restore, understood from its words alone."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Unreadable
from agent.core.host import Output
from agent.core.points import Point
from agent.core.reason import Reason
from collectors.restic.restore import (
    LINE_LIMIT,
    _Reader,
    beyond,
    escaped,
    holds_less,
    outcome,
    parse,
    prefixes,
    tree_is_bad,
)

ID = "5c" * 32
LISTED = (
    b'{"time":"2026-11-24T19:15:58Z","tree":"1f","paths":["/srv"],"hostname":"h","id":"b6","struct_type":"snapshot"}\n'
    b'{"name":"srv","type":"dir","path":"/srv","uid":0,"gid":0,"mode":2147484141,"mtime":"2026-11-24T19:15:56.1+01:00",'
    b'"inode":11,"message_type":"node","struct_type":"node"}\n'
    b'{"name":"a","type":"file","path":"/srv/a","uid":7,"gid":8,"size":3,"mode":8389101,'
    b'"mtime":"2026-11-24T19:15:55.963386833Z","inode":12,"message_type":"node","struct_type":"node"}\n'
)


def said(stdout: bytes = b"", stderr: str = "", status: int = 0, *, truncated: bool = False) -> Output:
    """Return what restic said."""
    return Output(
        stdout=stdout, stderr=stderr.encode(), status=status, duration=timedelta(seconds=2), truncated=truncated
    )


def test_entries_are_read_with_their_set_user_bits_and_dates() -> None:
    folder, file = parse(said(LISTED), "files/offsite")
    assert (folder.path, folder.type, folder.mode) == ("/srv", "dir", 0o755)
    assert folder.modified is not None
    assert folder.modified.hour == 18
    assert (file.size, file.uid, file.gid, file.inode) == (3, 7, 8, 12)
    assert file.mode == 0o4755
    assert file.modified is not None
    assert file.modified.microsecond == 963386


@pytest.mark.parametrize(("bytes", "original", "less"), [(3, ID, False), (4, ID, True), (4, None, False)])
def test_a_point_that_was_repaired_holds_less_than_it_tells(bytes: int, original: str | None, less: bool) -> None:
    made = datetime(2026, 11, 24, tzinfo=UTC)
    point = Point(id="b6" * 32, time=made, host="h", paths=("/srv",), original=original, files=1, bytes=bytes)
    assert holds_less(point, parse(said(LISTED), "files/offsite")) is less


@given(st.lists(st.integers(0, len(LISTED)), max_size=20))
def test_a_list_that_comes_in_pieces_is_the_same(cuts: list[int]) -> None:
    reader = _Reader("files/offsite")
    ends = [0, *sorted(cuts), len(LISTED)]
    for begin, end in pairwise(ends):
        reader.take(LISTED[begin:end])
    assert reader.all(said()) == parse(said(LISTED), "files/offsite")


def test_a_line_without_an_end_is_not_gathered() -> None:
    reader = _Reader("files/offsite")
    for _ in range(40):
        reader.take(b"x" * 65536)
    with pytest.raises(Unreadable, match="goes on and on"):
        reader.all(said())
    assert len(reader._rest) < 2 * LINE_LIMIT


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b'{"type":"file","path":3}',
        b'{"type":"file","path":"srv"}',
        b'{"type":"file","path":"/srv/../../etc/passwd"}',
        b'{"type":"file","path":"/srv/\\u0000"}',
        b'{"type":"file","path":"/srv","size":-1}',
        b'{"type":"file","path":"/srv","mode":true}',
        b'{"type":"file","path":"/sr',
    ],
)
def test_what_is_no_entry_is_refused(line: bytes) -> None:
    with pytest.raises(Unreadable):
        list(parse(said(LISTED + line), "files/offsite"))


def test_a_list_that_was_cut_is_refused() -> None:
    with pytest.raises(Unreadable):
        list(parse(said(LISTED, truncated=True), "files/offsite"))


@given(
    st.one_of(st.binary(max_size=200), st.dictionaries(st.text(), st.text()).map(lambda one: json.dumps(one).encode()))
)
def test_no_bytes_break_the_reader(stdout: bytes) -> None:
    try:
        found = list(parse(said(stdout), "files/offsite"))
    except Unreadable:
        return
    assert all(node.path.startswith("/") for node in found)


@pytest.mark.parametrize(
    ("words", "damaged", "hindered"),
    [
        ("ignoring error for /srv/a: ciphertext verification failed\nFatal: There were 1 errors", True, None),
        ("LoadRaw(<data/49d9ae>): invalid data returned\nFatal: There were 3 errors", True, None),
        ("error: /srv/a: Unexpected content in file /t/srv/a, starting at offset 0", True, None),
        ("Fatal: id 49d9ae0011 not found in repository", True, None),
        ("ignoring error for /srv/a: decrypting blob <data/1e3a> from 20e7 failed: nonce is invalid", True, None),
        ("subprocess ssh: Connection to vault closed by remote host.\nconnection lost", False, Reason.UNREACHABLE),
        ("ciphertext verification failed\nssh: connect to host vault: Connection refused", False, Reason.UNREACHABLE),
        # The restoring side's own disk says nothing of the copy.
        (
            "ignoring error for /srv/a: write /t/srv/a: no space left on device\nFatal: There were 3",
            False,
            Reason.NO_ROOM,
        ),
        # A file's name may say anything.
        ("ignoring error for /srv/connection lost: x: decrypting blob <data/68b9> failed: hash mismatch", True, None),
        ("error: /srv/broken pipe: Unexpected content in file /t/srv/broken pipe, starting at offset 7", True, None),
        (
            "ignoring error for /srv/hash mismatch: mknod /t/hash mismatch: operation not permitted",
            False,
            Reason.EXITED,
        ),
        ("ignoring error for /srv/invalid data returned: Load: connection lost", False, Reason.UNREACHABLE),
        # A pack that is gone may have been taken away by a prune meanwhile.
        ("Load(<data/18fda4f476>, 70, 0) failed: open data/18/18f: no such file or directory", False, Reason.EXITED),
        ("Fatal: wrong password or no key found", False, Reason.EXITED),
        ("ignoring error for /srv/dev: mknod: operation not permitted", False, Reason.EXITED),
        ("", False, Reason.EXITED),
    ],
)
def test_a_lost_link_is_never_damage(words: str, damaged: bool, hindered: Reason | None) -> None:
    found = outcome(said(stderr=words, status=1))
    assert (found.damaged, found.hindered) == (damaged, hindered)
    assert outcome(said()).hindered is None


# What 0.14 says of a pack of trees that was cut short.
_TRIED = "Load(<data/5ed82d7759>, 249, 599) returned error, retrying after 15.3s: EOF\n"
_ENDED = "ReadFull(<data/5ed82d7759>)\ngithub.com/restic/restic/internal/repository.(*Repository).LoadBlob\n"


@pytest.mark.parametrize("ending", ["EOF\n", "unexpected EOF\n"])
def test_a_pack_cut_short_is_damage_on_the_own_disk_alone(ending: str) -> None:
    output = said(stderr=_TRIED * 10 + ending + _ENDED, status=1)
    assert tree_is_bad(output, on_disk=True)
    assert not tree_is_bad(output, on_disk=False)


def test_a_pack_that_stays_away_after_every_try_is_damage() -> None:
    gone = "open /srv/restic/data/5e/5ed8: no such file or directory\n"
    tried = f"Load(<data/5ed82d7759>, 249, 599) returned error, retrying after 15.3s: {gone}"
    assert tree_is_bad(said(stderr=tried * 10 + gone + _ENDED, status=1), on_disk=False)
    assert not tree_is_bad(said(stderr=tried + "Fatal: words that are unknown", status=1), on_disk=False)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        # The read that was tried again went well: the run failed of something else.
        (_TRIED + "Fatal: words that are unknown", 1),
        ("EOF\n", 1),
        ("EOF\n" + _ENDED, 0),
        ("ssh: connect to host vault: Connection refused\nEOF\n" + _ENDED, 1),
        ("", 1),
    ],
)
def test_an_end_in_unknown_words_is_no_damage_of_a_tree(words: str, status: int) -> None:
    assert not tree_is_bad(said(stderr=words, status=status), on_disk=True)


@pytest.mark.parametrize("status", [-9, -15, 2, 130, 137, 143])
def test_a_restic_that_was_ended_before_its_end_shows_nothing_of_what_is_missing(status: int) -> None:
    found = outcome(said(stderr="ignoring error for /srv/a: hash mismatch", status=status))
    assert (found.damaged, found.hindered, found.cut) == (False, Reason.EXITED, True)
    lost = outcome(said(stderr="connection lost", status=status))
    assert (lost.damaged, lost.hindered) == (False, Reason.UNREACHABLE)
    assert not outcome(said(stderr="Fatal: There were 3 errors", status=1)).cut


def test_a_hostile_name_means_itself_and_nothing_more() -> None:
    assert escaped("/srv/a*[b]?\\$HOME") == r"/srv/a\*\[b\]\?\\$HOME"


@pytest.mark.parametrize(
    ("top", "paths", "found"),
    [
        (["srv"], ["/srv/scota"], {"srv": ""}),
        (["scota"], ["/srv/scota"], {"scota": "/srv"}),
        (["letter"], ["/srv/scota"], {"letter": "/srv/scota"}),
        (["srv", "etc"], ["/srv", "/etc"], {"srv": "", "etc": ""}),
        (["letter"], ["/srv", "/etc"], {}),
    ],
)
def test_where_a_tree_lies_in_the_source_is_told_by_its_top(
    top: list[str], paths: list[str], found: dict[str, str]
) -> None:
    assert prefixes(top, paths) == found


@pytest.mark.parametrize(
    ("held", "paths", "found"),
    [
        (("/srv/scota",), ("/srv/scota",), ()),
        (("/srv/scota/inner",), ("/srv/scota",), ()),
        (("/srv",), ("/srv/scota",), ("/srv/scota",)),
        (("/srv/scota", "/etc"), ("/srv/scota",), ("/srv/scota",)),
        (("/srv/scota", "/etc"), ("/srv/scota", "/etc"), ()),
        (("/srv/scota2",), ("/srv/scota",), ()),
    ],
)
def test_of_a_point_that_holds_more_the_source_s_paths_are_named(
    held: tuple[str, ...], paths: tuple[str, ...], found: tuple[str, ...]
) -> None:
    point = Point(id="a" * 64, time=datetime(2026, 11, 24, tzinfo=UTC), host="h", paths=held)
    assert beyond(point, paths) == found
