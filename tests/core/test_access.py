"""How a file gets readable: the hint is the mend for who can do it, and the way through root for who cannot."""

import grp
import os
import pwd
import sys
from pathlib import Path

import pytest

from agent.core import access, files
from agent.core.access import mend, way_in
from tests.parts.unprivileged import NOBODY, in_child, open_folder

STRANGER = 65533

# No one else can play another user.
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to play another user")
GROUP = grp.getgrgid(NOBODY).gr_name


@pytest.fixture(autouse=True)
def _status_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["beffroi", "status"])


@pytest.fixture
def nobody_serves(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let a group that every machine has stand for the service's; return its name."""
    for module in (access, files):
        monkeypatch.setattr(module, "SERVICE_USER", GROUP)
    return GROUP


@as_root
@pytest.mark.programs
@pytest.mark.parametrize("closed", ["file", "folder"])
def test_a_person_outside_the_group_is_shown_sudo_and_the_group(closed: str, nobody_serves: str) -> None:
    with open_folder() as folder:
        path = folder / "etc" / "beffroi.toml"
        path.parent.mkdir(mode=0o755)
        path.write_text("")
        path.chmod(0o640 if closed == "file" else 0o644)
        barrier = path if closed == "file" else path.parent
        barrier.chmod(0o640 if closed == "file" else 0o750)
        os.chown(barrier, 0, NOBODY)

        said = in_child(lambda: way_in(path), uid=STRANGER)

    assert said == f"sudo beffroi status, or as root: adduser {STRANGER} {nobody_serves}"


@as_root
@pytest.mark.programs
def test_no_group_is_recommended_but_the_service_s() -> None:
    with open_folder() as folder:
        path = folder / "shadow"
        path.write_text("")
        path.chmod(0o640)
        os.chown(path, 0, NOBODY)

        assert in_child(lambda: way_in(path), uid=STRANGER) == "sudo beffroi status"


@as_root
@pytest.mark.programs
def test_a_hint_to_the_service_is_never_to_run_it_again() -> None:
    with open_folder() as folder:
        secret, closed = folder / "password", folder / "closed"
        secret.touch(mode=0o600)
        closed.mkdir(mode=0o700)
        os.chown(folder, NOBODY, NOBODY)
        own = pwd.getpwuid(NOBODY).pw_name

        as_service = in_child(lambda: mend(secret, folder), uid=NOBODY)
        below = in_child(lambda: mend(closed / "password", folder), uid=NOBODY)
        as_other = in_child(lambda: mend(secret, folder), uid=STRANGER)

    assert as_service == f"chown root:{GROUP} {secret} and chmod 0640 {secret}"
    assert below == (f"put it into a folder that {own} may enter, such as /etc/beffroi; it may not enter {closed}")
    assert as_other == "sudo beffroi config check, which tries it as the service's user"


@as_root
@pytest.mark.programs
def test_the_service_that_may_not_read_its_own_files_is_not_sent_to_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    account = pwd.getpwuid(NOBODY).pw_name
    monkeypatch.setattr(access, "SERVICE_USER", account)
    with open_folder() as folder:
        path = folder / "beffroi.toml"
        path.touch(mode=0o600)

        configuration = in_child(lambda: way_in(path), uid=NOBODY)
        ledger = in_child(lambda: way_in(path, account), uid=NOBODY)

    assert configuration == f"chown root:{GROUP} {path} and chmod 0640 {path}"
    assert ledger == f"chown {account}:{GROUP} {path} and chmod 0640 {path}"


def test_a_hostile_or_long_command_line_is_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["beffroi", "status", "x" * 1000])
    assert way_in(tmp_path) == "sudo beffroi …"
    monkeypatch.setattr(sys, "argv", ["beffroi", "status", "a\x1b[31m\nhint: rm"])
    assert way_in(tmp_path) == "sudo beffroi …"
