"""The algorithms of a connection over SSH: nothing that is broken, and what ssh_config(5) narrows them to.

Never used, whatever a configuration says: ciphers in CBC mode, MACs of MD5 and SHA-1, key exchanges and signatures with
SHA-1 (RFC 8332, RFC 9142).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import paramiko

from agent.hosts.ssh.config import Line

WEAK = re.compile(r"cbc|arcfour|md5|sha1|ripemd|group1-|^ssh-rsa|^ssh-dss|^none$")
# One algorithm under two names: OpenSSH's, and that under which it was published first.
ALIASES = {"curve25519-sha256": "curve25519-sha256@libssh.org"}
# As OpenSSH (ssh_config(5), RequiredRSASize).
SHORTEST_RSA = 1024
LONGEST_RSA = 16384


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithms:
    """The lines of a configuration that narrow what a connection uses; None: there is none."""

    ciphers: Line | None = None
    macs: Line | None = None
    exchanges: Line | None = None
    host_keys: Line | None = None
    rsa_size: Line | None = None

    @property
    def shortest_rsa(self) -> int:
        """Return how many bits a key of RSA must have at least. Raises Unreadable."""
        if self.rsa_size is None:
            return SHORTEST_RSA
        text = self.rsa_size.value
        if not (text.isascii() and text.isdigit() and SHORTEST_RSA <= int(text[:9]) <= LONGEST_RSA):
            raise self.rsa_size.mistake(f"is no number from {SHORTEST_RSA} to {LONGEST_RSA}")
        return int(text)


def choose(transport: paramiko.Transport, algorithms: Algorithms) -> None:
    """Set what a connection may use before it is opened. Raises Unreadable where a line leaves nothing."""
    _ = algorithms.shortest_rsa  # a line that cannot be read is refused whatever keys there are
    options = transport.get_security_options()
    options.ciphers = narrowed(options.ciphers, algorithms.ciphers)
    options.digests = narrowed(options.digests, algorithms.macs)
    options.kex = narrowed(options.kex, algorithms.exchanges)


def narrowed(able: Sequence[str], line: Line | None) -> tuple[str, ...]:
    """Return the names that are sound and that a line leaves, in its order. Raises Unreadable for none.

    The line is the whole list, as ssh makes it of a default and a sign.
    """
    sound = tuple(name for name in able if not WEAK.search(name))
    if line is None:
        return sound
    said = [ALIASES.get(one, one) for one in line.value.split(",")]
    left = tuple(dict.fromkeys(name for name in said if name in sound))
    if not left:
        raise line.mistake(f"leaves nothing that is used here: {', '.join(sound)}")
    return left


def is_too_short(key: paramiko.PKey, algorithms: Algorithms) -> bool:
    """Return True for a key of RSA that is shorter than it must be. Raises Unreadable."""
    return isinstance(key, paramiko.RSAKey) and key.get_bits() < algorithms.shortest_rsa
