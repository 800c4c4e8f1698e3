"""`beffroi explain` on the real names of this program."""

import subprocess
from pathlib import Path

import pytest

from agent.cli.explain import explanation, listing
from agent.core.errors import UsageError
from agent.evaluation.registry import find
from agent.export.catalogue import METRICS
from agent.hosts import root_requests
from agent.hosts.store_program import script
from tests.parts.of_each import of_each


@of_each([*METRICS, *find().collectors])
def test_every_metric_and_collector_of_the_program_is_explained(name: str) -> None:
    assert explanation(name, None).startswith(f"{name} (")


def test_a_metric_is_told_with_its_labels() -> None:
    assert "labels: target, subject, beneficiary, state" in explanation("beffroi_target_state", None)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_a_name_everything_that_can_be_explained_is_listed(language: str) -> None:
    text = listing(language)
    names = [line.split()[0] for line in text.splitlines() if line.startswith("  ")]
    for one in ("backup-rpo", "host-key-unknown", "restic_snapshots", "ssh", "incident", "watchdog", *METRICS):
        assert names.count(one) == 1
    assert ("objectif" in text) == (language == "fr")


def test_every_name_of_the_list_is_explained() -> None:
    for line in listing("fr").splitlines():
        if line.startswith("  "):
            name = line.split()[0]
            assert explanation(name, None).startswith(f"{name} (")


def test_a_target_and_a_reason_end_with_their_runbook() -> None:
    assert "# Antivirus ou EDR à jour : objectif non atteint" in explanation("endpoint-protection", None)
    assert "# Antivirus or EDR up to date: target missed" in explanation("not-running", "en")
    assert "beffroi explain backup-rpo-missed" in explanation("absent", None) + explanation("too-old", None)


def test_the_text_is_french_unless_asked_otherwise() -> None:
    assert "objectif" in explanation("backup-rpo", None)
    assert "objectif" not in explanation("backup-rpo", "en").lower()


def test_language_and_address_are_those_of_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "beffroi.toml"
    agent = '[agent]\nlanguage = "en"\nlisten = "127.0.0.1:9600"\n'
    path.write_text(
        f'{agent}[[beneficiary]]\nid = "ville"\nname = "Ville"\n'
        '[[host]]\nid = "app01"\ntransport = "local"\nsite = "x"\ncollect = ["antivirus"]\n'
    )
    monkeypatch.setenv("BEFFROI_CONFIG", str(path))
    assert "The agent is frozen" in explanation("agent-frozen", None)
    assert "curl -s http://127.0.0.1:9600/healthz" in explanation("agent-frozen", None)
    assert "sudo beffroi status app01" in explanation("endpoint-protection-missed", "fr")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_guide_to_a_store_ends_with_the_script_that_answers_for_it(language: str) -> None:
    text = explanation("store", language)
    assert 'restrict,command="/usr/local/bin/beffroi-store ' in text
    # What `sed -n '/^#!/,$p'` cuts out, as the guide says.
    assert text[text.index("\n#!") + 1 :] == script().rstrip()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ["ssh", "network"])
@pytest.mark.programs
def test_a_guide_for_root_ends_with_what_root_runs_and_its_line_for_sudo_is_one(
    name: str, language: str, tmp_path: Path
) -> None:
    text = explanation(name, language)
    assert text[text.index("\n#!") + 1 :] == root_requests.program().rstrip()
    (line,) = [line.strip() for line in text.splitlines() if "NOPASSWD" in line]
    (tmp_path / "sudoers").write_text(f"{line}\n")
    checked = subprocess.run(["/usr/sbin/visudo", "-c", "-f", str(tmp_path / "sudoers")], capture_output=True)
    assert checked.returncode == 0, checked.stderr
    assert f'{root_requests.PROGRAM} ""' in line


def test_a_mistyped_name_is_refused_with_its_neighbours() -> None:
    with pytest.raises(UsageError) as refused:
        explanation("too-odl", None)
    assert refused.value.message == "nothing is named 'too-odl'"
    assert "too-old" in refused.value.hint


def test_a_name_like_no_other_is_refused_with_the_kinds_that_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        explanation("\x1b[31m", None)
    assert "\x1b" not in refused.value.message
    assert "reason code" in refused.value.hint


def test_a_key_of_the_configuration_is_told_with_each_table_that_has_it() -> None:
    text = explanation("immutable", None)
    assert text.startswith("immutable, a key of [[backup.copy]]\n")
    assert 'Example: immutable = "30d"' in text
    assert explanation("site", None).count("site, a key of ") > 1
