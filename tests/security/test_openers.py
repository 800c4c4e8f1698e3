"""What a hostile file can do to the machine that opens it: nothing outside its own folder."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from agent.hosts.local import LocalHost
from agent.restores import opening
from agent.restores.confinement import landlock
from agent.restores.openers.child import openers
from agent.restores.openers.opener import Opener, OpenerProgram
from agent.restores.opening import OpenedFile, Opening, open_files
from tests.parts.journals_of_databases import interrupted, name_super_journal
from tests.restores.openers.test_openers import WHOLE
from tests.security import attacker

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.programs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder that openers are confined to."""
    (tmp_path / "restored").mkdir()
    return tmp_path / "restored"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Give a file that no opener may touch."""
    (tmp_path / "signing-key.pem").write_text("the key\n")
    return tmp_path / "signing-key.pem"


def found(folder: Path, *names: str, writable: bool = True, timeout: timedelta = MINUTE) -> list[OpenedFile]:
    """Return the result of opening some files of a folder."""
    paths = [os.fsencode(folder / name) for name in names]
    return list(open_files(LocalHost("here"), folder, paths, timeout, writable=writable))


def outcomes(folder: Path, *names: str, writable: bool = True) -> list[tuple[str, Opening]]:
    """Return the kind and the outcome of each file."""
    return [(one.kind, one.opening) for one in found(folder, *names, writable=writable)]


# ---- a journal that names another file


def test_a_journal_that_names_a_super_journal_deletes_nothing(folder: Path, outside: Path) -> None:
    name_super_journal(interrupted(folder / "live.db"), outside)
    assert outcomes(folder, "live.db") == [("sqlite", Opening.NOT_TOLD)]
    assert outside.read_text() == "the key\n"


def test_a_super_journal_that_gets_past_the_check_deletes_nothing(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheld = opening._CODE.replace(
        "; main(",
        "; from agent.restores.openers import sqlite_database as s; s._hold_to_its_own = lambda path: None; main(",
    )
    monkeypatch.setattr(opening, "_CODE", unheld)
    name_super_journal(interrupted(folder / "live.db"), outside)
    assert outcomes(folder, "live.db") != [("sqlite", Opening.BROKEN)]
    assert outside.read_text() == "the key\n"


def test_a_journal_that_is_a_link_is_not_followed(folder: Path, outside: Path) -> None:
    journal = interrupted(folder / "live.db")
    journal.rename(outside.with_name("journal"))
    journal.symlink_to(outside.with_name("journal"))
    before = outside.with_name("journal").read_bytes()
    assert outcomes(folder, "live.db") == [("sqlite", Opening.NOT_TOLD)]
    assert outside.with_name("journal").read_bytes() == before


def test_a_database_that_was_cut_off_still_recovers_from_its_journal(folder: Path) -> None:
    interrupted(folder / "live.db")
    assert outcomes(folder, "live.db", writable=False) == [("sqlite", Opening.NOT_TOLD)]
    assert outcomes(folder, "live.db") == [("sqlite", Opening.OPENED)]
    assert not list(folder.glob(".recovering-*"))


def test_without_room_for_links_a_database_with_a_journal_is_not_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    interrupted(folder / "live.db")
    monkeypatch.setattr("os.link", full)
    assert outcomes(folder, "live.db") == [("sqlite", Opening.NOT_TOLD)]
    assert sorted(os.listdir(folder)) == ["live.db", "live.db-journal"]


def test_without_landlock_no_database_is_opened_to_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_CODE", at_landlock(opening._CODE, 0))
    before = interrupted(folder / "live.db").read_bytes()
    WHOLE["a.json"][1](folder / "a.json")
    assert outcomes(folder, "live.db", "a.json") == [("json", Opening.OPENED), ("sqlite", Opening.NOT_TOLD)]
    assert (folder / "live.db-journal").read_bytes() == before


def test_a_kernel_without_landlock_is_named_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opening.unconfined() is None
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert "no Landlock" in str(opening.unconfined())
    monkeypatch.setattr(landlock, "version", lambda: 1)
    assert "borg and pgBackRest restore nothing" in str(opening.unconfined())


# ---- every opener, confined


@pytest.mark.parametrize("name", WHOLE)
def test_every_type_opens_in_its_confinement_and_no_link_is_followed(name: str, folder: Path, outside: Path) -> None:
    kind, make = WHOLE[name]
    content = make(folder / name)
    (folder / f"cut-{name}").write_bytes(content[: len(content) * 2 // 3])
    outside.write_bytes(content)
    (folder / f"link-{name}").symlink_to(outside)
    told = outcomes(folder, name, f"cut-{name}", f"link-{name}")
    assert told == [(kind, Opening.OPENED), (kind, Opening.BROKEN)]


def test_every_opener_is_tried_by_these_tests() -> None:
    assert {kind for kind, _ in WHOLE.values()} | {"postgresql-dump"} == {one.kind for one in openers()}


# ---- an opener that was taken over


def at_landlock(code: str, version: int | None) -> str:
    """Return what a child runs where the kernel offers no newer version of Landlock; None: what this one offers."""
    if version is None:
        return code
    return code.replace(
        "; main(", f"; from agent.restores.confinement import landlock; landlock.version = lambda: {version}; main("
    )


@contextmanager
def taken_over(monkeypatch: pytest.MonkeyPatch, version: int | None = None) -> Iterator[None]:
    """Have files opened by a process that obeys them."""
    with monkeypatch.context() as patched:
        patched.setattr(opening, "_CODE", at_landlock(attacker.CODE, version))
        yield


def attacks(folder: Path, outside: Path, port: int) -> dict[str, tuple[str, ...]]:
    """Return every act by name with its arguments; the last ones end the process."""
    key, beside = str(outside), str(outside.with_name("made"))
    inner = str(folder / "0")
    return {
        **dict.fromkeys(("write", "append", "cut", "truncate", "delete", "read"), (key,)),
        **dict.fromkeys(("change the mode", "change the date", "change the owner"), (key,)),
        **dict.fromkeys(("make a folder", "make a pipe", "run"), (beside,)),
        "rename": (key, inner + "-renamed"),
        "link": (key, inner + "-linked"),
        "point": (key, inner + "-pointed"),
        "list": ("/etc",),
        **{act: (str(port),) for act in ("connect by TCP", "listen by TCP", "send by UDP")},
        "connect by a socket file": (str(outside.with_name("socket")),),
        **{act: (str(os.getpid()),) for act in ("signal", "signal by the kernel", "limit another")},
        **dict.fromkeys(("fork", "start a thread", "make a ring", "make a namespace"), ()),
        **dict.fromkeys(("take memory", "open without end"), ()),
    }


def written(folder: Path, acts: dict[str, tuple[str, ...]], head: str = "ATTACK") -> list[str]:
    """Write a file for each act; return their names."""
    for number, (act, arguments) in enumerate(acts.items()):
        (folder / str(number)).write_text("\n".join((head, act, *arguments)))
    return [str(number) for number in range(len(acts))]


@contextmanager
def reachable(outside: Path) -> Iterator[tuple[int, list[socket.socket]]]:
    """Serve by TCP, by UDP on the same port, and by a socket file; give the port and the sockets."""
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        port = int(tcp.getsockname()[1])
        udp.bind(("127.0.0.1", port))
        unix.bind(str(outside.with_name("socket")))
        unix.listen()
        for one in (tcp, udp, unix):
            one.setblocking(False)
        yield port, [tcp, udp, unix]


@pytest.mark.network
@pytest.mark.parametrize("head", ["ATTACK", "ATTACK APART"])
@pytest.mark.parametrize("version", [None, 2, 1])
def test_an_opener_that_was_taken_over_is_refused_everything(
    head: str, version: int | None, folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reachable(outside) as (port, served), taken_over(monkeypatch, version):
        acts = {"nothing": (), **attacks(folder, outside, port)}
        assert acts.keys() == attacker.ACTS.keys() - {"loop"}
        told = {one.number: one.opening for one in found(folder, *written(folder, acts, head))}
        reached = [one for one in served if one.type != socket.SOCK_DGRAM and accepts(one)]
        assert reached == []
        with pytest.raises(BlockingIOError):
            served[1].recv(100)
    assert {act: told[number] for number, act in enumerate(acts)} == {
        act: Opening.OPENED if act == "nothing" else Opening.NOT_TOLD for act in acts
    }
    assert (outside.read_text(), outside.stat().st_mode & 0o777) == ("the key\n", 0o644 & ~umask())
    assert sorted(one.name for one in outside.parent.iterdir()) == ["restored", "signing-key.pem", "socket"]
    assert len(list(folder.iterdir())) == len(acts)


def test_without_landlock_one_that_was_taken_over_may_only_read(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = attacks(folder, outside, 1)
    with taken_over(monkeypatch, version=0):
        told = {one.number: one.opening for one in found(folder, *written(folder, acts))}
        assert {act for number, act in enumerate(acts) if told[number] is Opening.BROKEN} == {"read", "list"}
        apart = found(folder, *written(folder, acts, "ATTACK APART"))
    assert {one.opening for one in apart} == {Opening.NOT_TOLD}
    assert outside.read_text() == "the key\n"


def test_an_opener_that_blocks_its_alarm_and_loops_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with taken_over(monkeypatch):
        (one,) = found(folder, *written(folder, {"loop": ()}), timeout=timedelta(seconds=1))
    assert (one.kind, one.opening) == ("", Opening.NOT_TOLD)


def test_one_that_may_write_changes_copies_of_its_own_alone(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "neighbour").write_text("restored\n")
    names = written(folder, {"write beside itself": (), "write": (str(folder / "neighbour"),)}, "ATTACK APART")
    with taken_over(monkeypatch):
        assert [one.opening for one in found(folder, *names)] == [Opening.BROKEN, Opening.NOT_TOLD]
        assert [one.opening for one in found(folder, *names, writable=False)] == [Opening.NOT_TOLD] * 2
    assert (folder / "neighbour").read_text() == "restored\n"
    assert sorted(one.name for one in folder.iterdir()) == ["0", "1", "neighbour"]


# What /bin/sh is to a dump that takes over pg_restore: it runs what it likes.
SHELL = """
exec 1>&2
echo taken >> "$1/signing-key.pem" && echo wrote
true > "$1/made" && echo made
read -r line < "$1/signing-key.pem" && echo read
read -r line < "$1/restored/dump" && echo own
read -r line < /proc/$PPID/environ && echo looked
kill -URG "$2" && echo signalled
"""
# Each may end the shell.
ENDS = {"fork": "( echo forked )", "start": "/bin/echo started", "become": 'exec /bin/cat "$1/signing-key.pem"'}


@pytest.mark.parametrize("threads", [False, True])
@pytest.mark.parametrize("end", ENDS)
def test_a_program_that_was_taken_over_reads_its_input_and_nothing_else(
    end: str, threads: bool, folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[bytes] = []
    code = opening._CODE.replace(
        "; main(",
        "; from agent.restores.openers import postgresql_dump as p"
        "; from agent.restores.openers.opener import OpenerProgram as Taken; "
        f"taken = Taken(words=lambda path: {shell(outside, end)!r}, judge=None, threads={threads}); "
        "p.OPENER = replace(p.OPENER, program=taken); main(",
    ).replace("import sys", "import sys; from dataclasses import replace")
    monkeypatch.setattr(opening, "_CODE", code)
    heard = OpenerProgram(words=lambda path: (), judge=lambda status, words: said.append(words))
    monkeypatch.setattr(opening, "openers", lambda: (Opener(kind="postgresql-dump", knows=knows, program=heard),))
    (folder / "dump").write_bytes(b"PGDMP taken over\n")
    assert outcomes(folder, "dump") == [("postgresql-dump", Opening.OPENED)]
    assert [line for line in said[0].decode().splitlines() if line and " " not in line] == ["own"]
    assert outside.read_text() == "the key\n"


def shell(outside: Path, end: str) -> tuple[str, ...]:
    """Return the words of a shell that says on standard error what it could do."""
    return (os.path.realpath("/bin/sh"), "-c", SHELL + ENDS[end], "sh", str(outside.parent), str(os.getpid()))


def knows(head: bytes, suffix: str) -> bool:
    """Return True for any file."""
    return bool(head)


def accepts(listening: socket.socket) -> bool:
    """Return True where someone has connected."""
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def umask() -> int:
    """Return this process's umask."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
