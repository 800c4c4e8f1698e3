"""The privileged reader, as the program that it is: anyone who else asks, and whatever else is asked, gets no word."""

import ast
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hosts import privileged_reader, root_requests
from agent.hosts.local import LocalHost
from agent.hosts.root_requests import END, HEAD, RootRequest, ask
from collectors.access.origins import conditions_in, origins_of
from collectors.access.sshd import specification
from tests.parts.executable import executable
from tests.parts.unprivileged import in_child, open_folder

pytestmark = [pytest.mark.programs, pytest.mark.network]
LONG = timedelta(seconds=60)
OWN = pwd.getpwuid(os.geteuid()).pw_name
ELSE = "nobody" if OWN != "nobody" else "root"


@dataclass
class Listening:
    """A socket that starts the program for each connection, as systemd does with Accept=yes."""

    path: Path
    program: Path
    user: str
    ended: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self.path))
        self.path.chmod(0o666)  # who asks is told apart by the program itself
        self._socket.listen(100)
        self._threads: list[threading.Thread] = []
        self._begun = threading.Event()
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            connection, _address = self._socket.accept()
            if not self.path.exists():
                connection.close()
                return
            thread = threading.Thread(target=self._answer, args=(connection,))
            thread.start()
            self._threads.append(thread)
            self._begun.set()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            command = [sys.executable, "-I", str(self.program), self.user]
            process = subprocess.Popen(
                command, stdin=connection.fileno(), stdout=connection.fileno(), stderr=subprocess.PIPE
            )
        _nothing, said = process.communicate()
        self.ended.append((process.returncode, said.decode().strip()))

    def asked(self, request: bytes, *, ends: bool = True, takes: bool = True) -> bytes:
        """Return what is answered to some bytes."""
        with socket.socket(socket.AF_UNIX) as asker:
            asker.settimeout(60)
            asker.connect(str(self.path))
            try:
                asker.sendall(request)
                if ends:
                    asker.shutdown(socket.SHUT_WR)
                if not takes:
                    self.wait()
                return b"".join(iter(lambda: asker.recv(65536), b""))
            except ConnectionError:  # it was left while it still talked
                return b""

    def wait(self) -> list[tuple[int, str]]:
        """Return how every answer so far ended."""
        assert self._begun.wait(60)
        return self._joined()

    def _joined(self) -> list[tuple[int, str]]:
        for thread in list(self._threads):
            thread.join(60)
        return self.ended

    def close(self) -> None:
        self.path.rename(self.path.with_suffix(".gone"))
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(str(self.path.with_suffix(".gone")))
            self._accepting.join(60)
        self._joined()
        self._socket.close()


def copied(folder: Path, *, script: str | None = None, **constants: object) -> Path:
    """Return a copy of the program, with some of its constants changed, or another script beside it."""
    text = Path(privileged_reader.__file__).read_text()
    for name, value in constants.items():
        before = f"{name} = {getattr(privileged_reader, name)!r}\n"
        assert before in text
        text = text.replace(before, f"{name} = {value!r}\n")
    (folder / "reader.py").write_text(text)
    shutil.copy(privileged_reader.SCRIPT, folder / "root.sh")
    if script is not None:
        (folder / "root.sh").write_text(script)
    return folder / "reader.py"


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Listening]:
    made = Listening(path=tmp_path / "socket", program=Path(privileged_reader.__file__), user=OWN)
    yield made
    made.close()


def test_the_list_is_the_one_that_collectors_ask_from() -> None:
    assert {request.value.encode() for request in RootRequest} == privileged_reader.REQUESTS


def test_it_imports_the_standard_library_alone() -> None:
    tree = ast.parse(Path(privileged_reader.__file__).read_text())
    found = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    found |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in found} <= sys.stdlib_module_names


def test_a_collector_asks_through_the_socket_where_there_is_one(
    listening: Listening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(tmp_path / "bin" / "id", "echo 1000")  # root itself would need no one
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    monkeypatch.setattr(root_requests, "SOCKET", str(listening.path))
    told = ask(LocalHost("srv-1"), RootRequest.TRACES, LONG)
    assert told.refused == "" and b"owner process" in told.body
    assert listening.wait() == [(0, "")]


@pytest.mark.parametrize("name", sorted(privileged_reader.REQUESTS))
def test_every_word_of_the_list_is_answered_whole(name: bytes, listening: Listening) -> None:
    said = listening.asked(name + b"\n")
    assert said.startswith(HEAD) and said.endswith(END)


def test_a_question_about_every_class_of_addresses_is_one(listening: Listening) -> None:
    lines = (
        "Match Address 10.0.0.0/8,2001:db8::/32",
        "Match Host *.example",
        "Match LocalAddress 192.0.2.1 LocalPort 2222",
    )
    origins = origins_of(conditions_in(lines), resolves=True)
    questions = [specification("adupont", origin) for origin in origins]
    privileged_reader.hold("".join(f"{line}\n" for line in ("policies", *questions)).encode())


BAD = [
    b"", b"\n", b"accounts", b"shadow\n", b"accounts\n/etc/shadow\n", b"accounts; id\n", b"accounts\0\n",
    b" accounts\n",
    b"policies\n-f /etc/shadow\n", b"policies\nuser=root\n", b"policies\nuser=root,host=$(id),addr=::1\n",
    b"policies\nuser=a b,host=x,addr=::1\n", b"policies\nuser=a,host=x,addr=::1,exec=id\n", b"GET / HTTP/1.1\r\n\r\n",
    b"\xff\xfe\n", b"policies\n" + b"user=a,host=x,addr=::1\n" * 2001, b"accounts\naccounts\n",
]  # fmt: skip


@pytest.mark.parametrize("request_", BAD, ids=range(len(BAD)))
def test_whatever_else_is_asked_gets_no_word(request_: bytes, listening: Listening) -> None:
    assert listening.asked(request_) == b""
    ((status, said),) = listening.wait()
    assert status == 1 and said.startswith("refused: ")


def test_a_request_without_measure_gets_no_word(listening: Listening) -> None:
    assert listening.asked(b"policies\n" + b"x" * 4_000_000) == b""
    assert listening.wait() == [(1, "refused: the request is too long")]


@given(st.binary(max_size=100))
def test_any_bytes_are_on_the_list_or_refused(request_: bytes) -> None:
    try:
        privileged_reader.hold(request_)
    except ValueError:
        return
    assert request_.split(b"\n")[0] in privileged_reader.REQUESTS


def test_a_request_that_does_not_end_is_left(tmp_path: Path) -> None:
    listening = Listening(
        path=tmp_path / "socket", program=copied(tmp_path, ASKING_SECONDS=0.2), user=OWN
    )  # fmt: skip
    try:
        assert listening.asked(b"accou", ends=False) == b""
        assert listening.wait() == [(1, "refused: the request does not end")]
    finally:
        listening.close()


def test_an_asker_that_does_not_take_the_answer_is_left(tmp_path: Path) -> None:
    endless = "while echo 0123456789012345678901234567890123456789; do :; done"
    listening = Listening(
        path=tmp_path / "socket", program=copied(tmp_path, script=endless, ANSWERING_SECONDS=1), user=OWN
    )
    try:
        listening.asked(b"accounts\n", takes=False)
        assert listening.wait() == [(-signal.SIGALRM, "")]
    finally:
        listening.close()


@pytest.mark.parametrize(
    ("user", "why"),
    [(ELSE, "the request comes from another user"), ("no-such-user", "\"getpwnam(): name not found: 'no-such-user'\"")],
)
def test_somebody_else_is_told_nothing(user: str, why: str, tmp_path: Path) -> None:
    listening = Listening(path=tmp_path / "socket", program=Path(privileged_reader.__file__), user=user)
    try:
        assert listening.asked(b"accounts\n") == b""
        assert listening.wait() == [(1, f"refused: {why}")]
    finally:
        listening.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask as somebody else")
def test_the_kernel_tells_who_asks_whatever_they_say() -> None:
    with open_folder() as folder:
        listening = Listening(path=folder / "socket", program=Path(privileged_reader.__file__), user=ELSE)
        uid = pwd.getpwnam(ELSE).pw_uid
        try:
            own = in_child(lambda: listening.asked(b"traces\n").decode(), uid=uid)
            other = in_child(lambda: listening.asked(b"traces\n").decode(), uid=uid - 1)
        finally:
            listening.close()
    assert own.endswith("== end\n")
    assert other == ""


def test_many_at_once_keep_nobody_from_an_answer(listening: Listening) -> None:
    """Half requests stay open meanwhile; how many there may be is systemd's to say (MaxConnections)."""
    idle = [socket.socket(socket.AF_UNIX) for _ in range(20)]
    try:
        for one in idle:
            one.connect(str(listening.path))
            one.sendall(b"acc")
        assert listening.asked(b"accounts\n").endswith(END)
    finally:
        for one in idle:
            one.close()
