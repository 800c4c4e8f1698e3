"""The program as a user starts it: a process of its own, with a configuration of the test's."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parts.checkout import HOME
from tests.parts.warm import WARM, ForkedChild

PATIENCE = 240  # five seconds of processor have taken more than two minutes on a busy machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The result of one run of the program."""

    code: int
    out: str
    err: str

    @property
    def verdicts(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the verdicts of a `--json` run by target and subject."""
        return {(one["target"], one["subject"]): one for one in json.loads(self.out)["verdicts"]}

    def verdict(self, target: str, subject: str) -> tuple[str, str]:
        """Return the state and the reason of one verdict of a `--json` run."""
        found = self.verdicts[target, subject]
        return found["state"], found["reason"]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment in which the checkout's program is found."""
    return {**os.environ, "PYTHONPATH": str(HOME), **(extra or {})}


def beffroi(
    *arguments: str | Path,
    extra: Mapping[str, str] | None = None,
    wrapper: Sequence[str] = (),
    anew: bool = False,
    **options: Any,
) -> Said:
    """Run one command to its end, with an interpreter of its own where it is `anew`, wrapped or steered."""
    if not (anew or wrapper or options):
        ended = WARM.run([str(one) for one in arguments], PATIENCE, extra or {})
        if ended is not None:
            return Said(code=ended[0], out=ended[1].decode(), err=ended[2].decode())
    done = subprocess.run(
        [*wrapper, sys.executable, "-P", "-m", "agent", *map(str, arguments)],
        env=environment(extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        **options,
    )
    return Said(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


Process = subprocess.Popen[bytes] | ForkedChild


@contextmanager
def daemon(configuration: Path, log: Path, extra: Mapping[str, str] | None = None) -> Iterator[Process]:
    """Run the daemon, and end it whatever happens."""
    log.write_bytes(b"")
    process = begun(("run", "--config", str(configuration)), log, extra)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)


def begun(arguments: Sequence[str], log: Path, extra: Mapping[str, str] | None = None) -> Process:
    """Start a command that goes on by itself, and have what it says added to a log."""
    forked = WARM.begin(arguments, log, PATIENCE, extra or {})
    if forked is not None:
        return forked
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "agent", *arguments],
            env=environment(extra),
            stdin=subprocess.DEVNULL,
            stderr=stream,
            stdout=stream,
        )


def fetched(address: str, deadline: float = PATIENCE) -> str:
    """Return what an address answers, as soon as something listens there."""
    end = time.monotonic() + deadline
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
