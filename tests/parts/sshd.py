"""A real sshd on a high loopback port, for the user who runs the tests, with keys and files of its own.

Needs openssh-server and openssh-client. Nothing of the user's own `~/.ssh` and of `/etc/ssh` is read or written.
As root, sshd insists on its empty folder `/run/sshd`, which is made where it is missing.

>>> with running_sshd(folder) as sshd:
...     SshHost or DeclaredHost(address=sshd.address, port=sshd.port, user=sshd.user,
...                             key_file=str(sshd.key_file), known_hosts=str(sshd.known_hosts))
...     restic with environment=sshd.environment() and `sftp:store.test:/folder` or `sftp://127.0.0.1:PORT//folder`
"""

import os
import pwd
import shutil
import socket
import subprocess
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.parts import processes
from tests.parts.ports import free_port

SSHD = "/usr/sbin/sshd"
SSH = "/usr/bin/ssh"
LOOPBACK = "127.0.0.1"
ALIAS = "store.test"


def make_key(path: Path, kind: str = "ed25519") -> Path:
    """Make a key pair without a passphrase and return the private key's path."""
    for old in (path, path.with_name(path.name + ".pub")):
        old.unlink(missing_ok=True)
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", str(path)], check=True, stdin=subprocess.DEVNULL
    )
    return path


def public_key(path: Path) -> str:
    """Return the public key's type and base64, as known_hosts and authorized_keys hold them."""
    return " ".join(path.with_name(path.name + ".pub").read_text().split()[:2])


@dataclass
class Sshd:
    """One sshd and what a client needs to reach it.

    `banner` is shown before authentication, `noise` by the account's shell on both outputs before every command,
    `force` is a command that runs instead of any other, `sftp` is None where there is no sftp, `startups` is how many
    connections may wait to be let in, `listen` where it listens when not at its address alone.
    Each is read at the next `start`.
    """

    folder: Path
    banner: str | None = None
    noise: str | None = None
    force: str | None = None
    sftp: str | None = "internal-sftp"
    more: tuple[str, ...] = ()
    alias: str = ALIAS
    startups: str = "100"
    listen: str | None = None
    address: str = LOOPBACK
    port: int = 0
    user: str = field(default_factory=lambda: pwd.getpwuid(os.geteuid()).pw_name)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def key_file(self) -> Path:
        """Return the client's private key."""
        return self.folder / "client_key"

    @property
    def known_hosts(self) -> Path:
        """Return the file in which the client knows the host's key."""
        return self.folder / "known_hosts"

    @property
    def client_config(self) -> Path:
        """Return a client's configuration (`ssh -F`) that knows `alias` and the address."""
        return self.folder / "ssh_config"

    @property
    def host_key(self) -> Path:
        """Return the host's private key."""
        return self.folder / "host_key"

    @property
    def log(self) -> Path:
        """Return what sshd says."""
        return self.folder / "sshd.log"

    @property
    def running(self) -> bool:
        """Return whether it runs."""
        return self._process is not None and self._process.poll() is None

    def environment(self) -> dict[str, str]:
        """Return a PATH whose `ssh` uses `client_config` and nothing of the user's own."""
        return {"PATH": f"{self.folder / 'bin'}:{os.environ.get('PATH', os.defpath)}"}

    def prepare(self) -> None:
        """Make the keys and the client's files."""
        self.folder.mkdir(parents=True, exist_ok=True)
        make_key(self.host_key)
        make_key(self.key_file)
        self.accept_key()
        wrapper = self.folder / "bin" / "ssh"
        wrapper.parent.mkdir(exist_ok=True)
        wrapper.write_text(f'#!/bin/sh\nexec {SSH} -F "{self.client_config}" "$@"\n')
        wrapper.chmod(0o755)

    def accept_key(self) -> None:
        """Let the client's key in, as from the start."""
        (self.folder / "authorized_keys").write_text(public_key(self.key_file) + "\n")

    def refuse_key(self) -> None:
        """Refuse the client's key from now on."""
        (self.folder / "authorized_keys").write_text("")

    def change_host_key(self) -> None:
        """Show another host key from now on; known_hosts keeps the old one."""
        self.stop()
        make_key(self.host_key)
        self.start(know=False)

    def forget(self) -> None:
        """Empty known_hosts."""
        self.known_hosts.write_text("")

    def know(self, *, hashed: bool = False) -> None:
        """Write known_hosts for the present key, port and addresses, hashed where asked."""
        names = f"[{self.address}]:{self.port},[localhost]:{self.port}"
        self.known_hosts.write_text(f"{names} {public_key(self.host_key)}\n")
        if hashed:
            subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(self.known_hosts)], check=True, capture_output=True)
            self.known_hosts.with_name("known_hosts.old").unlink(missing_ok=True)

    def start(self, *, know: bool = True) -> None:
        """Start it and wait until it greets; on the same port as before, if there was one."""
        for _attempt in range(5):
            # Someone else may take a free port between the choice and the start.
            self.port = self.port or free_port()
            self._write_configuration()
            if know:
                self.know()
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [SSHD, "-D", "-e", "-f", str(self.folder / "sshd_config")],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            if processes.wait_until(lambda: not self.running or self._greets()) and self.running:
                return
            self.stop()
            self.port = 0
        raise AssertionError(f"sshd does not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End it, every session of it, and what these started and left behind."""
        if self._process is None:
            return
        sessions = processes.descendants(self._process.pid)
        self._process.kill()
        self._process.wait()
        for session in (*sessions, *processes.with_mark(self.mark)):
            processes.end(session.pid)
        self._process = None

    def drop_sessions(self) -> None:
        """Cut every open connection; the server goes on."""
        assert self._process is not None
        for session in processes.descendants(self._process.pid):
            processes.end(session.pid)

    def _greets(self) -> bool:
        with suppress(OSError), socket.create_connection((self.address, self.port), timeout=60) as probe:
            return probe.recv(4) == b"SSH-"
        return False

    def _write_configuration(self) -> None:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        lines = [
            f"ListenAddress {self.listen or self.address}",
            f"Port {self.port}",
            f"HostKey {self.host_key}",
            f"PidFile {self.folder / 'sshd.pid'}",
            f"AuthorizedKeysFile {self.folder / 'authorized_keys'}",
            "StrictModes no",
            "UsePAM no",
            "PermitRootLogin yes",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitUserRC no",
            "PrintMotd no",
            f"MaxStartups {self.startups}",
            "LogLevel VERBOSE",
            # bash reads its user's own .bashrc below sshd, unless it believes that another shell has started it.
            f"SetEnv {processes.MARK}={self.mark} SHLVL=1",
        ]
        if self.sftp is not None:
            lines.append(f"Subsystem sftp {self.sftp}")
        if self.banner is not None:
            (self.folder / "banner").write_text(self.banner)
            lines.append(f"Banner {self.folder / 'banner'}")
        if self.noise is not None:
            (self.folder / "noise").write_text(self.noise)
            noise = f'cat "{self.folder / "noise"}"'
            script = self.folder / "noisy"
            script.write_text(f'#!/bin/sh\n{noise}\n{noise} >&2\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n')
            script.chmod(0o755)
            lines.append(f"ForceCommand {script}")
        if self.force is not None:
            lines.append(f"ForceCommand {self.force}")
        (self.folder / "sshd_config").write_text("\n".join([*lines, *self.more, ""]))
        self.client_config.write_text(
            f"Host {self.alias} {self.address} localhost\n"
            f"    HostName {self.address}\n"
            f"    Port {self.port}\n"
            f"    User {self.user}\n"
            f"    IdentityFile {self.key_file}\n"
            f"    IdentitiesOnly yes\n"
            f"    UserKnownHostsFile {self.known_hosts}\n"
            f"    GlobalKnownHostsFile /dev/null\n"
            f"    StrictHostKeyChecking yes\n"
        )


@contextmanager
def running_sshd(
    folder: Path,
    *,
    banner: str | None = None,
    noise: str | None = None,
    force: str | None = None,
    sftp: str | None = "internal-sftp",
    more: tuple[str, ...] = (),
    alias: str = ALIAS,
    startups: str = "100",
    listen: str | None = None,
) -> Iterator[Sshd]:
    """Yield a started sshd whose files lie in a folder, and end it with all its sessions."""
    assert shutil.which(SSHD), "openssh-server is not installed"
    sshd = Sshd(
        folder,
        banner=banner,
        noise=noise,
        force=force,
        sftp=sftp,
        more=more,
        alias=alias,
        startups=startups,
        listen=listen,
    )
    sshd.prepare()
    try:
        sshd.start()
        yield sshd
    finally:
        sshd.stop()


@contextmanager
def silent_server(held: list[socket.socket] | None = None) -> Iterator[int]:
    """Yield the port of a server that accepts and never speaks; `held` gets the connections that it took."""
    held = [] if held is None else held

    def accept() -> None:
        # The listener's end is how this thread ends.
        with suppress(OSError):
            while True:
                held.append(listener.accept()[0])

    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen(16)
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(60)
            for connection in held:
                connection.close()
