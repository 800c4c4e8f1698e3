"""Each account on each sftp host is tried once before the rest: a wrong login costs the host one failure."""

import threading
from collections.abc import Mapping
from datetime import timedelta

import pytest

from agent.core.deadline import Deadline
from agent.core.errors import Denied, LookError
from agent.hosts.ssh.probe import SftpPlace
from collectors.restic import logins

WRONG = SftpPlace(host="vault", user="wrong")
RIGHT = SftpPlace(host="vault", user="right")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the accounts that ssh was asked about; `wrong` is refused."""
    found: list[str] = []

    def ask(repository: str, environment: Mapping[str, str], deadline: Deadline) -> LookError | None:
        found.append(repository)
        return Denied("vault refuses ssh") if "wrong" in repository else None

    monkeypatch.setattr(logins, "asked_of_ssh", ask)
    monkeypatch.setattr(logins, "_logins", {})
    return found


def attempt(place: SftpPlace, heard: list[str]) -> None:
    """Try an account, and note how that ended."""
    try:
        logins.try_login(f"sftp:{place.user}@vault:/r", place, {}, Deadline(timedelta(seconds=10)))
        heard.append("let in")
    except LookError as error:
        heard.append(error.message)


def test_four_looks_at_a_wrong_account_are_one_attempt(asked: list[str]) -> None:
    heard: list[str] = []
    looks = [threading.Thread(target=attempt, args=(WRONG, heard)) for _ in range(4)]
    for look in looks:
        look.start()
    for look in looks:
        look.join(10)
    assert heard == ["vault refuses ssh"] * 4
    assert asked == ["sftp:wrong@vault:/r"]


def test_another_account_on_the_same_host_is_tried_for_itself(asked: list[str]) -> None:
    heard: list[str] = []
    for place in (WRONG, RIGHT, RIGHT):
        attempt(place, heard)
    assert heard == ["vault refuses ssh", "let in", "let in"]
    assert asked == ["sftp:wrong@vault:/r", "sftp:right@vault:/r"]


def test_a_mended_login_is_tried_again_after_a_moment(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "REFUSED_SECONDS", 0.0)
    heard: list[str] = []
    attempt(WRONG, heard)
    attempt(WRONG, heard)
    assert len(asked) == 2
