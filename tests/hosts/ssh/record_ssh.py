"""Records what this machine's `ssh` says for each way of not getting in: `python -m tests.hosts.ssh.record_ssh`.

Each case becomes `recorded/ssh/<version>/<case>.txt`: the exit status on the first line, standard error after it.
"""

import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.parts.ports import free_port
from tests.parts.sshd import LOOPBACK, Sshd, make_key, public_key, running_sshd, silent_server

RECORDED = Path(__file__).parent / "recorded" / "ssh"


def say(sshd: Sshd, *options: str, host: str | None = None, port: int | None = None, alone: str | None = None) -> str:
    """Return what the probe's own command leaves: status, then standard error.

    `alone` is run first, by root, in a network that holds nothing else.
    """
    command = [
        "/usr/bin/ssh", "-F", str(sshd.client_config), "-o", "BatchMode=yes", "-o", "ConnectTimeout=2",
        "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=ERROR", "-T",
        *(("-p", str(port)) if port else ()), *options, host or sshd.alias, "-s", "sftp",
    ]  # fmt: skip
    if alone is not None:
        command = ["unshare", "--net", "sh", "-c", alone + ' exec "$@"', "sh", *command]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return f"{done.returncode}\n{done.stderr.decode(errors='replace')}".replace(str(sshd.folder), "/home/agent/.ssh")


@contextmanager
def server(answer: Callable[[socket.socket], None], backlog: int = 8) -> Iterator[int]:
    """Yield the port of a server that gives each client the same answer and hangs up."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                with listener.accept()[0] as client:
                    answer(client)

    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen(backlog)
        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def full_backlog() -> Iterator[int]:
    """Yield a port whose queue is full, so that nothing answers a connection, as behind a firewall that drops."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            with suppress(OSError):
                one.connect(listener.getsockname())
        yield int(listener.getsockname()[1])
        for one in waiting:
            one.close()


def record(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each case's name and what ssh said."""
    with running_sshd(folder / "well", banner="Permission denied (said the banner)\n") as sshd:
        yield "let-in", say(sshd)
        yield "name-not-resolved", say(sshd, host="no-such-host.invalid")
        yield "refused", say(sshd, host=LOOPBACK, port=free_port())
        yield "network-unreachable", say(sshd, host="192.0.2.1", alone="")
        yield "no-route", say(sshd, host="192.0.2.1", alone="ip link set lo up; ip route add unreachable 192.0.2.1;")
        with silent_server() as port:
            yield "mute", say(sshd, host=LOOPBACK, port=port)
        with full_backlog() as port:
            yield "dropped", say(sshd, host=LOOPBACK, port=port)
        with server(lambda client: None) as port:
            yield "hung-up", say(sshd, host=LOOPBACK, port=port)
        with server(lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
            yield "not-ssh", say(sshd, host=LOOPBACK, port=port)
        yield "bad-option", say(sshd, "-o", "NoSuchOption=yes")
        sshd.key_file.chmod(0o644)
        yield "key-open-to-all", say(sshd)
        sshd.key_file.chmod(0o600)
        sshd.refuse_key()
        yield "key-refused", say(sshd)
        sshd.accept_key()
        known = sshd.known_hosts.read_text()
        sshd.known_hosts.write_text(known + "@revoked * " + public_key(sshd.host_key) + "\n")
        yield "host-key-revoked", say(sshd)
        sshd.forget()
        yield "host-key-unknown", say(sshd)
        sshd.known_hosts.write_text(known)
        make_key(sshd.folder / "other", "ecdsa")
        yield "jump-refused", say(sshd, "-J", f"{LOOPBACK}:{free_port()}")
        sshd.change_host_key()
        yield "host-key-changed", say(sshd)
    with running_sshd(folder / "no-sftp", sftp=None) as sshd:
        yield "no-sftp", say(sshd)
    with running_sshd(folder / "exits", force="sh -c 'echo go away >&2; exit 1'") as sshd:
        yield "forced-command", say(sshd)


def main() -> None:
    """Record every case anew."""
    said = subprocess.run(["ssh", "-V"], capture_output=True, check=True).stderr.decode()
    folder = RECORDED / said.split(",")[0].split()[0].removeprefix("OpenSSH_")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for case, text in record(Path(scratch)):
            (folder / f"{case}.txt").write_text(text)


if __name__ == "__main__":
    main()
