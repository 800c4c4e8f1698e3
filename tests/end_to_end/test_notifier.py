"""The built-in notifier in a real daemon: a stale backup and its repair, by mail and by webhook, through a kill."""

import re
import signal
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.parts.clocks import SettableClock
from tests.parts.mailbox import Mailbox, mailbox
from tests.parts.ports import free_port
from tests.parts.program import beffroi, daemon, fetched
from tests.parts.supervision import Hearing, hearing
from tests.parts.watched import Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

ALERT = """
[alert]
webhook_file = "{folder}/webhook"
heartbeat_file = "{folder}/heartbeat"
mail = {{ to = ["astreinte@example.fr"], smtp = "{relay}", from = "beffroi@example.fr" }}
"""


def site(folder: Path, webhook: str, relay: str, age: timedelta) -> Watched:
    """Return a configuration with one backup of an age, which tells a webhook and a relay."""
    watched = Watched(folder=folder)
    watched.declare("files")
    watched.backups = f'[schedule]\nbackups = "2s"\n{watched.backups}' + ALERT.format(folder=folder, relay=relay)
    watched.make("files", age)
    for name, path in (("webhook", "in"), ("heartbeat", "alive")):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(f"{webhook}/{path}\n")
    return watched


def changed(target: str, state: str) -> Any:
    """Return what tells a call about a target in a state."""

    def is_wanted(path: str, said: Any) -> bool:
        return path == "/in" and any((one["target"], one["state"]) == (target, state) for one in said["changes"])

    return is_wanted


def alerts(box: Mailbox) -> list[EmailMessage]:
    """Return the letters of alerts; the day's digest comes whenever it is due, a test when the agent is set up."""
    return [letter for letter in box.letters if not letter["Subject"].startswith(("Bilan du jour", "Essai"))]


@pytest.mark.slow
def test_a_stale_backup_and_its_repair_are_heard_once_each(tmp_path: Path) -> None:
    with hearing() as ear, mailbox() as box:
        watched = site(tmp_path, ear.address, box.relay, timedelta(hours=30))
        with daemon(watched.configuration, tmp_path / "log") as process:
            _, missed = ear.until(changed("backup-rpo", "missed"))
            _, beat = ear.until(lambda path, said: path == "/alive")
            watched.make("files", timedelta(0))
            _, mended = ear.until(changed("backup-rpo", "met"))
            end = time.monotonic() + 60
            while len(alerts(box)) < 2 and time.monotonic() < end:
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    assert missed["schema"] == "beffroi.alert/1"
    (change,) = [one for one in missed["changes"] if one["target"] == "backup-rpo"]
    assert (change["subject"], change["reason"], change["from"]) == ("files", "too-old", "unproven")
    assert {one["from"] for one in mended["changes"] if one["target"] == "backup-rpo"} == {"missed"}
    assert beat["schema"] == "beffroi.heartbeat/1"
    heard = [said for _, path, said in ear.heard if path == "/in"]
    told = [(one["target"], one["state"]) for said in heard for one in said["changes"]]
    assert told.count(("backup-rpo", "missed")) == told.count(("backup-rpo", "met")) == 1
    assert not [said for said in heard if said.get("repeat")]
    first = alerts(box)[0]
    assert first["Subject"].startswith("ALERTE : files")
    for words in ("sudo beffroi status files", "beffroi explain backup-rpo-missed", "Dernier instant bon", "limite"):
        assert words in first.get_content()
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.slow
def test_a_kill_before_the_receiver_is_there_loses_nothing(tmp_path: Path) -> None:
    port = free_port()
    with mailbox(lambda number: "later") as box:
        watched = site(tmp_path, f"http://127.0.0.1:{port}", box.relay, timedelta(hours=30))
        log = tmp_path / "log"
        with daemon(watched.configuration, log) as process:
            fetched(f"http://127.0.0.1:{watched.port}/healthz")
            end = time.monotonic() + 60
            while not re.search(r"alert \d+ to webhook: ", log.read_text()):
                assert time.monotonic() < end
                time.sleep(0.1)
            process.send_signal(signal.SIGKILL)
        with hearing(port=port) as ear, daemon(watched.configuration, tmp_path / "log2"):
            _, missed = ear.until(changed("backup-rpo", "missed"), 90)
    assert "repeat" not in missed
    assert "/in" not in log.read_text()


@pytest.mark.slow
def test_the_alert_path_is_proven_by_what_it_took(tmp_path: Path) -> None:
    """A test message, marked as one, shows both ways out and the heartbeat within the first minutes."""
    with hearing() as ear, mailbox() as box:
        watched = site(tmp_path, ear.address, box.relay, timedelta(hours=1))
        with daemon(watched.configuration, tmp_path / "log"):
            ear.until(lambda path, said: path == "/in" and said.get("test") is True)
            found = until_state(watched.configuration, "met", 150)
    assert (found["reason"], found["limit"]) == ("within-limit", 86400.0)
    assert [letter["Subject"] for letter in box.letters].count("Essai d'alerte de beffroi") == 1


@pytest.mark.slow
def test_an_alert_path_that_takes_nothing_is_not_proven(tmp_path: Path) -> None:
    """No one is told that all is well because nothing could be sent; the webhook alone is at fault here."""
    with hearing(lambda number: 503) as ear, mailbox() as box:
        watched = site(tmp_path, ear.address, box.relay, timedelta(hours=1))
        with daemon(watched.configuration, tmp_path / "log"):
            found = until_state(watched.configuration, "unproven", 150, "unreachable")
    assert "answered 503" in found["detail"]


def until_state(configuration: Path, state: str, patience: float, reason: str | None = None) -> dict[str, Any]:
    """Return the verdict on the alert path as soon as it is in a state, from the running daemon's ledger."""
    end = time.monotonic() + patience
    while True:
        said = beffroi("status", "--json", "--config", configuration)
        found = said.verdicts["log-collection", "alert-path"]
        if found["state"] == state and found["reason"] in (reason or found["reason"], reason):
            return found
        assert time.monotonic() < end, found
        time.sleep(1)


@pytest.mark.slow
def test_a_clock_set_back_is_told_as_doubt_and_never_as_well(tmp_path: Path) -> None:
    """A day back every age is small: the stale backup must not be told as mended, and must be told again after it."""
    clock = SettableClock(tmp_path / "clock")
    with hearing() as ear, mailbox() as box:
        watched = site(tmp_path, ear.address, box.relay, timedelta(hours=30))
        with daemon(watched.configuration, tmp_path / "log", extra=clock.environment()):
            ear.until(changed("backup-rpo", "missed"))
            clock.set("-1d")
            _, doubt = ear.until(changed("backup-rpo", "unproven"))
            clock.set("+0")
            ear.until(lambda path, said: states(ear) == ["missed", "unproven", "missed"])
    (change,) = [one for one in doubt["changes"] if one["target"] == "backup-rpo"]
    assert (change["reason"], change["from"]) == ("clock-doubtful", "missed")
    assert not [said for _, path, said in ear.heard if said.get("repeat")]


def states(ear: Hearing) -> list[str]:
    """Return the states of the backup's recovery point in the order in which they were told."""
    told = [one for _, path, said in tuple(ear.heard) if path == "/in" for one in said["changes"]]
    return [one["state"] for one in told if one["target"] == "backup-rpo"]


def test_a_test_message_goes_the_real_way(tmp_path: Path) -> None:
    with hearing() as ear, mailbox() as box:
        watched = site(tmp_path, ear.address, box.relay, timedelta(hours=1))
        both = beffroi("alert", "test", "--config", watched.configuration)
        one = beffroi("alert", "test", "--receiver", "mail", "--config", watched.configuration)
        none = beffroi("alert", "test", "--receiver", "pigeon", "--config", watched.configuration)
    assert (both.code, both.out) == (0, "mail: delivered\nwebhook: delivered\n")
    assert (one.code, one.out) == (0, "mail: delivered\n")
    assert none.code == 2
    assert none.err.splitlines()[1] == "hint: configured: mail, webhook"
    assert [said["test"] for _, _, said in ear.heard] == [True]
    assert [letter["Subject"] for letter in box.letters] == ["Essai d'alerte de beffroi"] * 2


def test_a_test_that_nobody_takes_says_so_without_a_secret(tmp_path: Path) -> None:
    with hearing(lambda number: 503) as ear, mailbox(lambda number: "refuse") as box:
        watched = site(tmp_path, ear.address, box.relay, timedelta(hours=1))
        said = beffroi("alert", "test", "--config", watched.configuration)
    assert said.code == 1
    assert "mail: not delivered: the relay refused every address" in said.err
    assert "webhook: not delivered: answered 503" in said.err
    assert str(ear.port) not in said.err
