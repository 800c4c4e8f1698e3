"""The sockets behind `[agent] listen`: an address and a port, or a Unix socket of the group `beffroi`."""

import contextlib
import grp
import ipaddress
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from agent.config.forms import listening_on, socket_path
from agent.core.errors import UsageError

LISTEN_HINT = 'write an address and a port, such as "127.0.0.1:9588", or a socket: "unix:/run/beffroi/http.sock"'
GROUP, MODE = "beffroi", 0o660


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundSockets:
    """The sockets that are listened on; `path` is a Unix socket's, `made` tells it from one that took its place."""

    sockets: tuple[socket.socket, ...]
    path: Path | None = None
    made: tuple[int, int] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Return where clients find them."""
        if self.path is not None:
            return (f"unix:{self.path}",)
        pairs = (one.getsockname()[:2] for one in self.sockets)
        return tuple(f"[{address}]:{port}" if ":" in address else f"{address}:{port}" for address, port in pairs)

    def close(self) -> None:
        """Stop listening, and remove a Unix socket that is still ours."""
        for one in self.sockets:
            one.close()
        if self.path is not None:
            with contextlib.suppress(OSError):
                if _identity(self.path) == self.made:
                    self.path.unlink()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenAddress:
    """Where to listen: `found` are the families and addresses of a host, none for a Unix socket."""

    listen: str
    host: str = ""
    port: int = 0
    found: tuple[tuple[socket.AddressFamily, str], ...] = ()
    path: Path | None = None

    @property
    def open_to_others(self) -> bool:
        """Return True where other machines reach it."""
        return not all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for _, address in self.found)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names under which it is listened on: those of the machine, where it is at every address."""
        if self.path is not None:
            return ()
        addresses = [address for _, address in self.found]
        if any(ipaddress.ip_address(address.partition("%")[0]).is_unspecified for address in addresses):
            own = socket.gethostname()
            return (own, own.partition(".")[0])
        return (self.host, *addresses)

    def bind(self) -> BoundSockets:
        """Listen there. Raises UsageError where that cannot be."""
        return self._bind_addresses() if self.path is None else self._bind_socket(self.path)

    def _bind_addresses(self) -> BoundSockets:
        listeners: list[socket.socket] = []
        refused: OSError | None = None
        for family, address in self.found:
            listener = socket.socket(family, socket.SOCK_STREAM)
            try:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family is socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.bind((address, self.port))
                listener.listen(128)
                listener.setblocking(False)
                listeners.append(listener)
            except OSError as error:
                listener.close()
                refused = error
        if refused is not None and (self.host or not listeners):
            for listener in listeners:
                listener.close()
            raise self._refusal(refused, "choose another port in [agent] listen, or end what uses it")
        return BoundSockets(sockets=tuple(listeners))

    def _bind_socket(self, path: Path) -> BoundSockets:
        self._hold_to_stale(path)
        # Under another name until it has its rights and listens: no client ever finds it half made.
        fresh = path.with_name(f".{os.getpid()}")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            fresh.unlink(missing_ok=True)
            listener.bind(str(fresh))
            with contextlib.suppress(KeyError, PermissionError):
                os.chown(fresh, -1, grp.getgrnam(GROUP).gr_gid)
            fresh.chmod(MODE)
            listener.listen(128)
            listener.setblocking(False)
            fresh.rename(path)
            return BoundSockets(sockets=(listener,), path=path, made=_identity(path))
        except OSError as error:
            listener.close()
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            hint = f"the service makes /run/beffroi; another folder must be there: {path.parent}"
            raise self._refusal(error, hint) from error

    def _hold_to_stale(self, path: Path) -> None:
        """Raise UsageError unless the path is free, or a socket at which nothing listens any more."""
        try:
            if not stat.S_ISSOCK(path.lstat().st_mode):
                raise UsageError(f"cannot listen on {self.listen!r}: it is there, and no socket", "name another path")
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(1)
                probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return
        except OSError as error:
            raise self._refusal(error, "end what uses this socket, or name another path") from error
        raise UsageError(f"cannot listen on {self.listen!r}: address already in use", "end what listens there")

    def _refusal(self, error: OSError, hint: str) -> UsageError:
        return UsageError(f"cannot listen on {self.listen!r}: {(error.strerror or 'refused').lower()}", hint)


def place_of(listen: str) -> ListenAddress:
    """Return where `[agent] listen` says. Raises UsageError for what is no place of this machine."""
    try:
        path = socket_path(listen)
    except ValueError as error:
        raise UsageError(f"cannot listen on {listen!r}: no path of a socket", LISTEN_HINT) from error
    if path is not None:
        return ListenAddress(listen=listen, path=Path(path))
    host, port = split(listen)
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot listen on {listen!r}: no such address", LISTEN_HINT) from error
    addresses = dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found)
    return ListenAddress(listen=listen, host=host, port=port, found=tuple(addresses))


def split(listen: str) -> tuple[str, int]:
    """Return an address, without brackets, and a port; an empty address is every one. Raises UsageError."""
    try:
        return listening_on(listen)
    except ValueError as error:
        raise UsageError(f"cannot listen on {listen!r}: no address and port", LISTEN_HINT) from error


def _identity(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return status.st_dev, status.st_ino
