"""Links that another account laid where a command writes: none is followed, and root does not write as root."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from agent.cli.invocation import invoke
from agent.cli.report_files import write
from agent.cli.status import write_page
from agent.cli.writing import write_all
from agent.config.initial.draft import write_new
from agent.config.settings import Agent
from agent.core.errors import UsageError
from tests.export.samples import snapshot
from tests.parts.program import beffroi
from tests.parts.unprivileged import NOBODY, in_child, may_play_another_user, open_folder
from tests.rules.written_for import TEXT

NAME = "written"


def _report(folder: Path) -> None:
    source = folder.with_name("source")
    source.write_text("restricted")
    write(folder, {NAME: source})


def _page(folder: Path) -> None:
    write_page(folder / NAME, snapshot())


def _rules(folder: Path) -> None:
    write_all(folder, {NAME: "# mark\n"}, mark="# mark", force=True, say=lambda _: None)


def _new(folder: Path) -> None:
    write_new(folder / NAME, "# a configuration\n")


WRITERS: dict[str, tuple[Callable[[Path], None], int]] = {
    "report": (_report, 0o640),
    "status --html": (_page, 0o640),
    "rules, dashboards": (_rules, 0o644),
    "init": (_new, 0o640),
}


@pytest.mark.parametrize("command", WRITERS)
@pytest.mark.parametrize("name", [NAME, f".{NAME}.new"])
def test_no_command_writes_through_a_link(command: str, name: str, tmp_path: Path) -> None:
    writer, _ = WRITERS[command]
    victim, folder = tmp_path / "ledger.sqlite", tmp_path / "out"
    victim.write_text("# mark: the ledger")
    folder.mkdir()
    (folder / name).symlink_to(victim)
    try:
        writer(folder)
    except UsageError as refused:
        assert str(folder / NAME) in refused.message
    assert victim.read_text() == "# mark: the ledger"


@pytest.mark.skipif(os.geteuid() != 0, reason="to give a link to another account needs root")
@pytest.mark.parametrize("command", [name for name in WRITERS if name != "init"])
@pytest.mark.parametrize("below", ["", "below"])
def test_no_command_writes_through_a_linked_folder(command: str, below: str, tmp_path: Path) -> None:
    """A link of a third account is refused, root's own is followed."""
    writer, _ = WRITERS[command]
    victim, link = tmp_path / "victim", tmp_path / "out"
    (victim / "below").mkdir(parents=True)
    link.symlink_to("victim")
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(UsageError, match="a link on the way belongs to the user nobody"):
        writer(link / below)
    assert list(victim.rglob(NAME)) == []
    os.chown(link, 0, 0, follow_symlinks=False)
    writer(link / below)
    assert (victim / below / NAME).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="to give a link to another account needs root")
@pytest.mark.parametrize("writer", [_report, _rules])
def test_no_folder_is_made_through_a_link(writer: Callable[[Path], None], tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "out"
    victim.mkdir()
    link.symlink_to(victim)
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(UsageError, match="a link on the way belongs to the user nobody"):
        writer(link / "made")
    assert not (victim / "made").exists()


def test_links_without_end_are_given_up(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    with pytest.raises(UsageError, match=r"(?i)too many levels of symbolic links"):
        _page(tmp_path / "one")


@pytest.mark.parametrize("command", WRITERS)
def test_a_file_has_the_mode_of_its_readers(command: str, tmp_path: Path) -> None:
    writer, mode = WRITERS[command]
    (tmp_path / "out").mkdir()
    writer(tmp_path / "out")
    assert (tmp_path / "out" / NAME).stat().st_mode & 0o777 == mode
    assert os.listdir(tmp_path / "out") == [NAME]


@pytest.mark.skipif(not may_play_another_user(), reason="needs root, and a Python that another user may read")
@pytest.mark.programs
def test_root_writes_rules_with_the_rights_of_the_state_directory_s_owner() -> None:
    with open_folder() as folder:
        state, own, output = folder / "state", folder / "own", folder / "output"
        for each in (state, own, output):
            each.mkdir()
        for each in (state, output):
            os.chown(each, NOBODY, NOBODY)
        configuration = folder / "beffroi.toml"
        configuration.write_text(f'[agent]\nstate_directory = "{state}"\n\n{TEXT}')
        refused = beffroi("rules", "--config", configuration, "--output", own)
        assert (refused.code, os.listdir(own)) == (2, [])
        made = beffroi("rules", "--config", configuration, "--output", output)
        assert made.code == 0, made.err
        assert {path.stat().st_uid for path in output.iterdir()} == {NOBODY}


@pytest.mark.skipif(not may_play_another_user(), reason="needs root, and a Python that another user may read")
@pytest.mark.programs
def test_root_writes_dashboards_with_the_rights_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as folder:
        state, output = folder / "state", folder / "output"
        for each in (state, output):
            each.mkdir()
            os.chown(each, NOBODY, NOBODY)
        monkeypatch.setattr("agent.config.settings.Agent", partial(Agent, state_directory=state))
        assert in_child(lambda: f"{invoke(['dashboards', '--output', str(output)])} {os.getuid()}") == f"0 {NOBODY}"
        assert {path.stat().st_uid for path in output.iterdir()} == {NOBODY}
