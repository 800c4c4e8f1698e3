"""What tests of installing share: what a machine has, and what ends a step."""

import os
import signal
from collections.abc import Callable

from agent.installation import programs, release, service, uninstall, way_back
from tests.installation.machine import Machine
from tests.parts.unprivileged import in_child

# As they are, where a test is about them.
REQUIRE_FOR_ALL = release._require_for_all
INSTALL_LIBRARIES = release.install_libraries


def with_every_package(machine: Machine) -> None:
    """Let every Debian package be installed already."""
    (machine.folder / "tools/dpkg-query").write_text("#!/bin/sh\necho -n installed\n")
    (machine.folder / "tools/dpkg-query").chmod(0o755)


def unexpected(*told: object) -> None:
    raise AssertionError(told)


def with_a_reader(machine: Machine) -> None:
    """Let the checkout bring a privileged reader."""
    (machine.source / "systemd/beffroi-reader.socket").write_text("[Socket]\nListenStream=/run/socket\n")
    (machine.source / "systemd/beffroi-reader@.service").write_text("[Service]\nExecStart=/bin/true\n")


BEGUN = "enable --now --quiet beffroi-reader.socket"
ENDED = ["disable --now --quiet beffroi-reader.socket", "stop beffroi-reader@*.service"]


def killed_after(count: int, carry_out: Callable[[], object]) -> bool:
    """Install or uninstall in a child that is killed before its `count`th program; return whether it was killed."""

    def work() -> str:
        left = iter(range(count))

        def counted(*argv: str, **options: object) -> str:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return programs.carried_out(*argv, **options)  # type: ignore[arg-type]

        for module in (release, service, way_back, uninstall):
            module.carried_out = counted  # type: ignore[attr-defined]
        carry_out()
        return "to its end"

    return in_child(work) == ""


class Killed(BaseException):
    """Stand for the end of the process."""


def killed(*told: object) -> None:
    raise Killed
