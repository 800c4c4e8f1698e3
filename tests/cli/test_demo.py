"""The demonstration's configuration: this machine's own logs, in the language that was asked for."""

import io
import socket
import sys
from pathlib import Path

import pytest

from agent.cli.demo import TEXTS, make, own_logs
from agent.cli.invocation import invoke
from agent.config.load import load
from agent.core.duties.expected import expected
from agent.core.errors import UsageError


def test_the_journal_that_a_machine_keeps_is_its_log(tmp_path: Path) -> None:
    kept, empty = tmp_path / "kept", tmp_path / "empty"
    empty.mkdir()
    (kept / "0123").mkdir(parents=True)
    (kept / "0123" / "system.journal").touch()
    assert own_logs((empty, kept)) == ("journal", str(kept), socket.gethostname())


def test_a_machine_without_a_journal_has_text_files(tmp_path: Path) -> None:
    assert own_logs((tmp_path, tmp_path / "none")) == ("files", TEXTS, socket.gethostname())


@pytest.mark.programs
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_looks_at_logs_and_speaks_the_language_that_was_asked_for(tmp_path: Path, language: str) -> None:
    configuration = load(make(tmp_path, "", language), strict=False)
    assert configuration.agent.language == language
    targets = {one.key.target for one in expected(configuration.inventory, None)}
    assert {"log-retention", "log-collection", "patching", "endpoint-protection", "backup-rpo"} <= targets


def test_the_language_may_stand_behind_its_name() -> None:
    """As for every command that people read: what is wrong is the language, not the option."""
    with pytest.raises(UsageError, match="'xx'"):
        invoke(["demo", "--language", "xx"])


def test_the_scorecard_leaves_a_pipe_before_the_pages_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, left = io.BytesIO(), []
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe))
    monkeypatch.setattr("agent.cli.demo.refuse_taken", lambda _: None)
    monkeypatch.setattr("agent.cli.demo.make", lambda *_: Path("beffroi.toml"))
    monkeypatch.setattr("agent.cli.verify.verify_copies", lambda *_, **__: ())
    monkeypatch.setattr("agent.cli.check.check_and_print", lambda _: ((), sys.stdout.write("scorecard") > 0))
    monkeypatch.setattr("agent.cli.run.serve_until_stopped", lambda _: left.append(pipe.getvalue()))
    invoke(["demo"])
    assert left == [b"scorecard"]


@pytest.mark.network
def test_an_address_that_is_taken_is_refused_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr("agent.cli.demo.make", lambda *_: made.append(1))
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(UsageError, match="address already in use") as caught,
    ):
        invoke(["demo", "--listen", f"127.0.0.1:{taken.getsockname()[1]}"])
    assert made == []
    assert "--listen" in caught.value.hint
