"""`beffroi rules` as a command: what it writes, again and again, and what it refuses to write over."""

import re
from pathlib import Path

import pytest

from tests.parts.program import beffroi
from tests.parts.web import HASH
from tests.queries.test_centre import CENTRE
from tests.rules.written_for import TEXT

pytestmark = pytest.mark.programs


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    path = tmp_path / "beffroi.toml"
    path.write_text(TEXT)
    return path


def test_it_names_what_it_wrote_and_writes_the_same_again(configuration: Path, tmp_path: Path) -> None:
    first = beffroi("rules", "--config", configuration, "--output", tmp_path / "rules")
    assert first.code == 0
    assert re.fullmatch(r"note: promtool test rules beffroi\.tests\.yml .* about \d+ s\n", first.err)
    texts = {path: Path(path).read_bytes() for path in first.out.splitlines()}
    assert len(texts) >= 4
    again = beffroi("rules", "--config", configuration, "--output", tmp_path / "rules")
    assert again.out == first.out
    assert {path: Path(path).read_bytes() for path in again.out.splitlines()} == texts


def test_it_never_writes_over_what_somebody_else_wrote(configuration: Path, tmp_path: Path) -> None:
    own = tmp_path / "beffroi-alertmanager.yml"
    own.write_text("route: { receiver: mine }\n")
    said = beffroi("rules", "--config", configuration, "--output", tmp_path)
    assert said.code == 2
    assert "was not written by this command" in said.err.splitlines()[0]
    assert said.err.splitlines()[1].startswith("hint: ")
    assert own.read_text() == "route: { receiver: mine }\n"
    assert not (tmp_path / "beffroi.rules.yml").exists()


def test_a_centres_rules_never_replace_an_agents_nor_those_a_centres(configuration: Path, tmp_path: Path) -> None:
    centre = tmp_path / "centre.toml"
    centre.write_text(CENTRE.format(state=tmp_path / "centre", database="postgresql:///beffroi?host=/run/postgresql"))
    for first, second in ((configuration, centre), (centre, configuration)):
        folder = tmp_path / first.stem
        assert beffroi("rules", "--config", first, "--output", folder).code == 0
        before = {path: path.read_bytes() for path in folder.iterdir()}
        said = beffroi("rules", "--config", second, "--output", folder, "--force")
        assert said.code == 2
        assert "do not replace" in said.err
        assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("folder", ["file/below", "missing/below"])
def test_a_folder_that_cannot_be_made_is_told_in_two_lines(configuration: Path, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("")
    said = beffroi("rules", "--config", configuration, "--output", tmp_path / folder)
    assert said.code == 2
    assert [line.split(":")[0] for line in said.err.splitlines()][-1] == "hint"


def test_the_pages_are_linked_where_they_are_read(configuration: Path, tmp_path: Path) -> None:
    at = "https://forge.example/beffroi/docs/runbooks/"
    beffroi("rules", "--config", configuration, "--output", tmp_path / "rules", "--runbooks", at)
    text = (tmp_path / "rules" / "beffroi.rules.yml").read_text()
    assert "https://forge.example/beffroi/docs/runbooks/backup-rpo-missed.md" in text


def test_an_edited_file_is_kept_until_it_is_given_up(configuration: Path, tmp_path: Path) -> None:
    beffroi("rules", "--config", configuration, "--output", tmp_path / "rules")
    edited = tmp_path / "rules" / "beffroi-prometheus.yml"
    edited.write_text(edited.read_text() + "# password_file: /etc/secret\n")
    kept = beffroi("rules", "--config", configuration, "--output", tmp_path / "rules")
    assert kept.code == 2
    assert str(edited) in kept.err and "hint: " in kept.err
    assert "/etc/secret" in edited.read_text()
    assert beffroi("rules", "--config", configuration, "--output", tmp_path / "rules", "--force").code == 0
    assert "/etc/secret" not in edited.read_text()


def test_a_protected_agent_is_scraped_with_its_name(configuration: Path, tmp_path: Path) -> None:
    web = tmp_path / "web.yml"
    web.write_text(f"basic_auth_users:\n  oncall: {HASH}\n")
    web.chmod(0o600)
    state = tmp_path / "state"
    state.mkdir()
    agent = f'[agent]\nweb_config = "{web}"\nstate_directory = "{state}"\nreaders = ["oncall"]\n'
    configuration.write_text(f"{agent}\n{TEXT}")
    written = beffroi("rules", "--config", configuration, "--output", tmp_path / "rules")
    assert written.code == 0, written.err
    text = (tmp_path / "rules" / "beffroi-prometheus.yml").read_text()
    assert "username: oncall" in text and HASH not in text
