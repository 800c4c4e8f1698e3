"""What tells one machine from another: its id, the start of its kernel, and the keys that its sshd shows.

/etc/machine-id is unique to an installation (machine-id(5)), and virtual machines that were cloned may share it;
the kernel's boot_id is unique to one start of one kernel (random(4)), which containers share with their host. What both
show at one time is compared: the same kernel is the same machine, and another kernel is another one.

A container's systemd may lay a boot id of its own over the kernel's, which a unit with ProtectKernelTunables= does not
see: one machine then shows two. Its machine id and the time since its start are one all the same.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.core.errors import Denied, Exited, LookError, Missing, Unreadable

MACHINE_ID, BOOT_ID, UPTIME = "/etc/machine-id", "/proc/sys/kernel/random/boot_id", "/proc/uptime"
HOST_KEYS = tuple(f"/etc/ssh/ssh_host_{kind}_key.pub" for kind in ("ed25519", "ecdsa", "rsa"))
LIMIT = 4096
# What lies between two readings of one clock, over ssh and under load.
SAME_START_SECONDS = 60.0
_MACHINE = re.compile(r"[0-9a-f]{32}")
_BOOT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UP = re.compile(r"([0-9]{1,12}\.[0-9]{2}) [0-9]{1,16}\.[0-9]{2}")
_KEY = re.compile(r"(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ ([A-Za-z0-9+/=]{16,4096})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a machine shows of itself, `up` in seconds since its start; empty for what could not be read."""

    machine: str = ""
    boot: str = ""
    up: float | None = None
    keys: frozenset[str] = frozenset()


def identity_in(text: str) -> Identity:
    """Return the ids that stand in what was read of a machine's files, a line each."""
    lines = [line.strip() for line in text.splitlines()]
    machine = next((line for line in lines if _MACHINE.fullmatch(line) and set(line) != {"0"}), "")
    boot = next((line for line in lines if _BOOT.fullmatch(line)), "")
    up = next((float(found[1]) for line in lines if (found := _UP.fullmatch(line)) is not None), None)
    return Identity(machine=machine, boot=boot, up=up, keys=keys_in(text))


def keys_in(text: str) -> frozenset[str]:
    """Return the public keys in lines of a `.pub` or a known_hosts file."""
    return frozenset(found[1] for line in text.splitlines() if (found := _KEY.search(line)) is not None)


def identity_through(read: Callable[[str], bytes]) -> Identity:
    """Return what a machine shows through a door that reads its files."""
    return identity_in("\n".join(_read(read, (MACHINE_ID, BOOT_ID, UPTIME, *HOST_KEYS))))


def _read(read: Callable[[str], bytes], paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        try:
            yield read(path).decode(errors="replace")
        except (Missing, Denied, Unreadable, Exited):
            continue
        except LookError:
            return  # what does not answer once is not asked again


def same_machine(one: Identity, other: Identity) -> tuple[bool, str] | None:
    """Return whether two identities are of one machine, and what shows it; None where nothing does.

    Both were read at about the same time. Host keys that differ show nothing: one machine may run several servers.
    """
    if one.boot and other.boot:
        if one.boot != other.boot and _is_one_start(one, other):
            return True, "machine-id"
        return one.boot == other.boot, "boot-id"
    if one.machine and other.machine:
        return one.machine == other.machine, "machine-id"
    return (True, "host-key") if one.keys & other.keys else None


def _is_one_start(one: Identity, other: Identity) -> bool:
    """Return whether two identities show one machine id and one start: clones started at once pass for one machine."""
    if not one.machine or one.machine != other.machine or one.up is None or other.up is None:
        return False
    return abs(one.up - other.up) <= SAME_START_SECONDS
