"""What `beffroi rules` writes at a fleet's centre is what Prometheus and Alertmanager take, and rings as it says."""

import re
from pathlib import Path

import pytest
import yaml

from agent.config.load import load
from agent.config.settings import Configuration
from agent.export.catalogue import METRICS
from agent.rules.fleet_written import fleet_files
from agent.rules.written import ALERTMANAGER, PROMETHEUS, RULES, TESTS
from agent.wording.languages import LANGUAGES, Language
from tests.config.test_of_agent import CENTRE
from tests.rules.test_written import put, ran

RINGING = 7


def configured(folder: Path) -> Configuration:
    """Return a centre's configuration."""
    path = folder / "centre.toml"
    path.write_text(CENTRE)
    (folder / "fleet.password").write_text("eau-de-vie\n")
    return load(path, strict=False)


def written(folder: Path, language: Language = "fr") -> dict[str, str]:
    """Return the files that are written from it."""
    return fleet_files(configured(folder), language=language, runbooks=None)


@pytest.mark.programs
@pytest.mark.parametrize("language", LANGUAGES)
def test_prometheus_and_alertmanager_take_what_is_written(tmp_path: Path, language: Language) -> None:
    put(tmp_path, written(tmp_path, language))
    for command in (
        ("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES),
        ("promtool", "check", "config", PROMETHEUS),
        ("amtool", "check-config", ALERTMANAGER),
    ):
        code, said = ran(tmp_path, *command)
        assert code == 0, said


@pytest.mark.programs
def test_every_alert_of_a_centre_rings_when_it_must(tmp_path: Path) -> None:
    put(tmp_path, written(tmp_path))
    code, said = ran(tmp_path, "promtool", "test", "rules", TESTS)
    assert code == 0, said


@pytest.mark.programs
@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        (" and on () (count(beffroi_agent_last_row", " or (count(beffroi_agent_last_row"),
        ('state="refused"', 'state="silent"'),
        ('reason="no-agent"', 'reason="absent"'),
        ('"[^/]*/(.*)"', '"(.*)"'),
    ],
)
def test_the_tests_of_a_centre_see_a_rule_that_is_wrong(tmp_path: Path, sound: str, broken: str) -> None:
    texts = written(tmp_path)
    # Long expressions are folded: a rule is changed in the document, not in its text.
    rules = yaml.safe_load(texts[RULES])
    for rule in rules["groups"][0]["rules"]:
        rule["expr"] = rule["expr"].replace(sound, broken)
    assert rules != yaml.safe_load(texts[RULES])
    put(tmp_path, {**texts, RULES: yaml.safe_dump(rules, allow_unicode=True)})
    assert ran(tmp_path, "promtool", "test", "rules", TESTS)[0] != 0


def test_each_alert_of_a_centre_has_its_runbook_and_series_that_exist(tmp_path: Path) -> None:
    text = written(tmp_path)[RULES]
    alerts = [rule["alert"] for rule in yaml.safe_load(text)["groups"][0]["rules"]]
    assert len(alerts) == RINGING + 1
    assert set(re.findall(r"(?<![:\w])beffroi_[a-z_]+", text)) <= set(METRICS)
    for rule in yaml.safe_load(text)["groups"][0]["rules"]:
        assert {"severity", "target", "subject"} <= set(rule["labels"])
