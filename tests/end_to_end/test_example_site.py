"""The example site of docs/examples: accepted by the schema, and sound on a machine where its files are laid out."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config.json_schema import json_schema
from agent.config.load import load
from agent.config.mistakes import inert
from tests.cli.test_config import beffroi
from tests.config.test_json_schema import refused
from tests.parts.checkout import HOME
from tests.parts.unprivileged import open_folder
from tests.parts.web import certify

SITE = HOME / "docs" / "examples" / "site"
SECRETS = ("hosts.key", "known_hosts", "files.password", "mail.password", "webhook", "heartbeat")


@pytest.fixture
def laid_out() -> Iterator[Path]:
    """Lend the configuration of a copy of the site whose files are there; its paths are short, as messages cut them."""
    with open_folder() as folder:
        for name in ("beffroi.toml", "web.yml"):
            (folder / name).write_text((SITE / name).read_text().replace("/etc/beffroi", str(folder)))
        path = folder / "beffroi.toml"
        own = f'[agent]\ntimeout = "5s"\nstate_directory = "{folder}/state"\n'
        path.write_text(path.read_text().replace("[agent]\n", own, 1))
        for name in SECRETS:
            (folder / name).write_text("https://example.invalid/\n")
            (folder / name).chmod(0o640)
        certify(folder, "page")
        yield path


def test_the_example_site_is_accepted_by_the_schema() -> None:
    assert list(refused(tomllib.loads((SITE / "beffroi.toml").read_text()), json_schema())) == []


def test_the_example_site_is_sound_with_its_files(
    laid_out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert beffroi(monkeypatch, "config", "check", str(laid_out)) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (f"{inert(str(laid_out))}: no mistake (3 hosts, 1 backup, 4 log sources)\n", "")


@pytest.mark.parametrize("name", [*SECRETS, "page.key", "web.yml"])
def test_each_file_of_the_example_site_is_asked_for(
    name: str, laid_out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (laid_out.parent / name).unlink()

    assert beffroi(monkeypatch, "config", "check", str(laid_out)) == 2
    assert name in capsys.readouterr().err


def test_the_example_site_holds_what_it_promises() -> None:
    site = load(SITE / "beffroi.toml", strict=False)

    assert not site.agent.demonstration
    assert len(site.inventory.hosts) == 3
    assert [copy.store is not None for backup in site.inventory.backups for copy in backup.copies] == [True, True]
    assert site.inventory.flows and site.inventory.web_filters and site.inventory.log_sources
    readme = (SITE / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in (*SECRETS, "web.yml", "page.key"))


@pytest.mark.slow
@pytest.mark.programs
def test_a_check_of_the_example_site_proves_nothing_of_what_is_far(laid_out: Path) -> None:
    command = (sys.executable, "-m", "agent", "check", "--no-store", "--json", "--config", str(laid_out))
    done = subprocess.run(command, cwd=HOME, capture_output=True, timeout=300, check=False)
    assert done.returncode in (1, 3), done.stderr

    verdicts = json.loads(done.stdout)["verdicts"]
    far = [one for one in verdicts if one["target"].startswith("backup") or one["subject"].startswith("vault-")]
    assert {one["subject"] for one in far} >= {"vault-1", "vault-2", "files", "files/cambrai", "files/lille"}
    assert {one["state"] for one in far} == {"unproven"}
    assert {one["subject"] for one in verdicts} >= {"srv-1", "central/fw-1", "server-to-vault", "malware"}
