"""The list of commands in `--help`."""

import pytest

from agent.cli.invocation import invoke


@pytest.mark.parametrize("group", [(), ("register",), ("ledger",)])
def test_no_summary_is_cut(group: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([*group, "--help"]) == 0
    commands = capsys.readouterr().out.partition("Commands:")[2]
    assert commands.strip()
    assert "..." not in commands
    assert "…" not in commands
