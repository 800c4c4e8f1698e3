"""The keys that authenticate an account: private keys, with or without a passphrase, and those of an ssh-agent.

An agent is asked only where the configuration names its socket: SSH_AUTH_SOCK may belong to any user.
A certificate beside a key (`KEY-cert.pub`) is shown with it.
"""

import functools
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import paramiko
from paramiko.agent import AgentSSH

from agent.core.deadline import Deadline
from agent.core.errors import Denied, Unreadable
from agent.core.files import read_file, shown
from agent.core.lines import one_line
from agent.hosts.ssh.route import Endpoint

KEY_LIMIT = 64 * 1024
PASSWORD_LIMIT = 4096
# sshd hangs up after six tries (sshd_config(5), MaxAuthTries), and an agent may hold any number of keys.
AGENT_KEYS = 5


def keys_of(endpoint: Endpoint, deadline: Deadline) -> Iterator[paramiko.PKey]:
    """Yield the keys to try: those of files, then the agent's. Raises what `load_key` raises, and Denied."""
    for file in endpoint.key_files:
        yield load_key(file, endpoint.key_password_file)
    if endpoint.agent_socket is not None:
        yield from _of_agent(endpoint.agent_socket, deadline)


def load_key(file: Path, password_file: Path | None = None) -> paramiko.PKey:
    """Return a private key. Raises Missing, Denied, Unreadable (no key, or one that stays locked)."""
    read_file(file, limit=KEY_LIMIT)  # a regular file, and a small one
    password = None if password_file is None else _password(password_file)
    try:
        status = os.stat(file)
        return _loaded(file, password, status.st_mtime_ns, status.st_ino)
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, TypeError, ValueError, OSError) as error:
        hint = "the agent needs a private key of its own; for one with a passphrase, give key_password_file"
        # What goes wrong with a passphrase is told without the library's own words.
        why = one_line(str(error)) if password is None else f"it is none, or {password_file} does not open it"
        raise Unreadable(f"{shown(file)} is no private key that can be used: {why}", hint) from error


@functools.lru_cache(maxsize=64)
def _loaded(file: Path, password: bytes | None, _changed: int, _inode: int) -> paramiko.PKey:
    # A passphrase costs a tenth of a second by design, and one key may be for hundreds of hosts.
    return paramiko.PKey.from_path(file, password)  # type: ignore[arg-type]  # it takes bytes alone, whatever it says


def _password(file: Path) -> bytes:
    password = read_file(file, limit=PASSWORD_LIMIT).rstrip(b"\r\n")
    if not password:
        raise Unreadable(f"{shown(file)} is empty", "write the key's passphrase into it")
    return password


def _of_agent(path: Path, deadline: Deadline) -> Iterator[paramiko.PKey]:
    with socket.socket(socket.AF_UNIX) as connection:
        agent = AgentSSH()
        try:
            connection.settimeout(max(0.001, deadline.remaining()))
            connection.connect(str(path))
            # Its own way there is SSH_AUTH_SOCK alone.
            agent._connect(connection)  # type: ignore[attr-defined]  # the stubs leave it out
        except (OSError, paramiko.SSHException, ValueError) as error:
            said = one_line(str(getattr(error, "strerror", None) or error)).lower() or "it hung up"
            raise Denied(f"the ssh-agent at {shown(path)} does not answer: {said}", "see whether it runs") from error
        yield from agent.get_keys()[:AGENT_KEYS]
