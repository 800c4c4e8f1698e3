"""Confine this process: its memory and time, the files that it may touch, and the system calls that are left to it."""

import resource
from collections.abc import Mapping
from dataclasses import dataclass

from agent.restores.confinement import landlock, system_calls
from agent.restores.confinement.system_calls import Purpose

_OPEN_FILES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bound what a process may use: bytes of memory, seconds of processor time, bytes of each file that it writes."""

    memory: int
    seconds: int
    written: int = 0


@dataclass(frozen=True, slots=True)
class Confined:
    """What holds a process: the version of Landlock (0: none), and whether its system calls are filtered."""

    landlock: int
    calls: bool

    @property
    def whole(self) -> bool:
        """Return True where both hold: on older kernels each alone leaves something open."""
        return self.landlock > 0 and self.calls


def confine(limits: Limits, granted: Mapping[str, int], purpose: Purpose) -> Confined:
    """Give up for good what the purpose does not take; `granted`: rights of landlock.py by path.

    What this kernel cannot enforce is left out, and the answer says so. Raises OSError where it should and does not.
    """
    _limit(limits, purpose)
    landlock.forgo_privileges()
    version = landlock.restrict(granted)
    return Confined(landlock=version, calls=system_calls.restrict(purpose))


def _limit(limits: Limits, purpose: Purpose) -> None:
    bounds = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: limits.seconds,
        resource.RLIMIT_FSIZE: limits.written,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    # Threads count as processes here; the filter of system calls leaves it no process.
    if purpose is not Purpose.THREADS:
        bounds[resource.RLIMIT_NPROC] = 0
    for name, wanted in bounds.items():
        _, hard = resource.getrlimit(name)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(name, (value, value))
