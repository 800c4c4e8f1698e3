"""What `beffroi rules` writes is what Prometheus and Alertmanager take, and rings as it says (Debian's packages)."""

import re
import ssl
import subprocess
from pathlib import Path

import pytest
import yaml

from agent.config.settings import Agent
from agent.config.web_config import WebConfig
from agent.core.alert_state import Severity
from agent.core.convention import CLAUSES
from agent.core.model import Key, State
from agent.export.catalogue import METRICS
from agent.rules.alertmanager import NOBODY, ON_CALL, TICKETS, WATCHER
from agent.rules.cases import alive, in_state, series_of
from agent.rules.fleet_alerts import fleet_alerts
from agent.rules.recording import QUIET
from agent.rules.scraping import address
from agent.rules.written import ALERTMANAGER, BY_FILE, PROMETHEUS, RULES, TESTS
from agent.wording.languages import LANGUAGES, Language
from tests.parts.checkout import HOME
from tests.parts.of_each import of_each
from tests.rules.written_for import LONG_PROOFS, MAIL, PROOFS, configured, every_alert, proofs, written


def ran(folder: Path, *command: str) -> tuple[int, str]:
    """Run one of the tools in a folder; return its exit code and what it said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280, check=False)
    return done.returncode, done.stdout + done.stderr


def put(folder: Path, texts: dict[str, str]) -> Path:
    """Write files into a folder."""
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.programs
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_linter_of_the_rules_finds_nothing_to_say(tmp_path: Path, language: Language) -> None:
    put(tmp_path, written(configured(tmp_path), language))
    code, said = ran(tmp_path, "promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES)
    assert code == 0, said


@pytest.mark.programs
@pytest.mark.parametrize(
    "tests", [TESTS, *(pytest.param(one, marks=pytest.mark.slow) for one in (PROOFS, LONG_PROOFS))]
)
def test_every_alert_rings_when_it_must_and_is_silent_when_it_must(tmp_path: Path, tests: str) -> None:
    configuration = configured(tmp_path)
    put(tmp_path, {**written(configuration), **proofs(configuration)})
    code, said = ran(tmp_path, "promtool", "test", "rules", tests)
    assert code == 0, said


def test_the_tests_that_are_written_are_few_and_cover_each_severity(tmp_path: Path) -> None:
    names = [one["name"] for one in yaml.safe_load(written(configured(tmp_path))[TESTS])["tests"]]
    assert {name.partition(":")[0] for name in names} == {one.value for one in Severity}
    assert len(names) <= 5


SLOW = pytest.mark.slow


@pytest.mark.slow
@pytest.mark.programs
@pytest.mark.parametrize("broken", ["page", pytest.param("ticket", marks=SLOW), pytest.param("none", marks=SLOW)])
def test_the_tests_that_are_written_see_a_severity_that_is_wrong(tmp_path: Path, broken: str) -> None:
    texts = written(configured(tmp_path))
    put(tmp_path, {**texts, RULES: texts[RULES].replace(f"severity: {broken}", "severity: wrong")})
    code, said = ran(tmp_path, "promtool", "test", "rules", TESTS)
    assert code != 0
    assert "FAILED" in said


@pytest.mark.slow
@pytest.mark.programs
@pytest.mark.parametrize(
    ("case", "sound", "broken"),
    [
        ("a missed target stays missed while the agent is silent", " or (target_subject", " unless (target_subject"),
        ("backup-rpo within its grace is not heard", "<= 93600", "<= 3600"),
        ("an agent that Prometheus does not even know is heard", " or absent(up", " unless absent(up"),
        (
            "an agent that falls and is started again and again is heard, three short restarts are not",
            " >= 4 and",
            " >= 600 and",
        ),
    ],
)
def test_the_tests_of_the_rules_see_a_rule_that_is_wrong(tmp_path: Path, case: str, sound: str, broken: str) -> None:
    configuration = configured(tmp_path)
    texts = written(configuration)
    tests = yaml.safe_load(proofs(configuration)[PROOFS])
    tests["tests"] = [one for one in tests["tests"] if one["name"] == case]
    assert len(tests["tests"]) == 1
    rules = " ".join(texts[RULES].split())
    assert sound in rules
    put(tmp_path, {TESTS: yaml.safe_dump(tests), RULES: texts[RULES]})
    assert ran(tmp_path, "promtool", "test", "rules", TESTS)[0] == 0
    plain = yaml.safe_dump(yaml.safe_load(texts[RULES]), width=10**6)
    put(tmp_path, {RULES: plain.replace(sound, broken)})
    code, said = ran(tmp_path, "promtool", "test", "rules", TESTS)
    assert code != 0
    assert "FAILED" in said


@pytest.mark.programs
@pytest.mark.parametrize("file", [PROMETHEUS, BY_FILE])
@pytest.mark.parametrize("more", ["", '\n[agent]\nlisten = ""\n', '\n[agent]\nlisten = "[::1]:9588"\n'])
def test_prometheus_takes_its_configuration(tmp_path: Path, more: str, file: str) -> None:
    put(tmp_path, written(configured(tmp_path, more)))
    code, said = ran(tmp_path, "promtool", "check", "config", file)
    assert code == 0, said


@pytest.mark.programs
def test_prometheus_takes_the_credentials_of_a_protected_agent(tmp_path: Path) -> None:
    """The files are named and laid by the administrator: what promtool then says is that they are not there yet."""
    protection = WebConfig(users={"oncall": b"x"}, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    texts = written(configured(tmp_path), protection=protection)
    for name in (PROMETHEUS, BY_FILE):
        assert "# The agent is protected" in texts[name]
        put(tmp_path, {**texts, name: texts[name].replace("/etc/prometheus/", f"{tmp_path}/")})
        for file in ("beffroi-ca.pem", "beffroi.password"):
            (tmp_path / file).touch()
        code, said = ran(tmp_path, "promtool", "check", "config", name)
        assert code == 0, said


@pytest.mark.parametrize(
    ("listen", "found"),
    [
        ("127.0.0.1:9588", "127.0.0.1:9588"),
        ("0.0.0.0:9588", "localhost:9588"),
        ("[::]:9588", "localhost:9588"),
        ("[::1]:9588", "[::1]:9588"),
        ("", None),
    ],
)
def test_prometheus_is_told_where_the_agent_answers(listen: str, found: str | None) -> None:
    assert address(Agent(listen=listen)) == found


@pytest.mark.programs
@pytest.mark.parametrize("more", ["", MAIL])
def test_alertmanager_takes_its_example(tmp_path: Path, more: str) -> None:
    put(tmp_path, written(configured(tmp_path, more)))
    code, said = ran(tmp_path, "amtool", "check-config", ALERTMANAGER)
    assert code == 0, said


@pytest.mark.programs
def test_each_severity_goes_to_who_must_hear_it(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    put(tmp_path, written(configuration))
    receivers = {Severity.PAGE: ON_CALL, Severity.TICKET: TICKETS, Severity.NONE: NOBODY}
    routes = {(alert.name, alert.severity): receivers[alert.severity] for alert in every_alert(configuration)}
    routes["BeffroiWatchdog", Severity.NONE] = WATCHER
    for (name, severity), receiver in routes.items():
        labels = (f"alertname={name}", f"severity={severity.value}", "target=x", "subject=y")
        verify = ("--config.file", ALERTMANAGER, "--verify.receivers", receiver)
        code, said = ran(tmp_path, "amtool", "config", "routes", "test", *verify, *labels)
        assert code == 0, f"{name}: {said}"


def test_alerts_and_runbooks_are_the_same_set(tmp_path: Path) -> None:
    alerts = (*every_alert(configured(tmp_path)), *fleet_alerts("true"))
    pages = {path.stem for path in (HOME / "docs" / "runbooks").glob("*.md")}
    assert {alert.runbook for alert in alerts} == pages
    assert {f"{id}-missed" for id in CLAUSES} <= pages


@of_each(sorted((HOME / "docs" / "runbooks").glob("*.md")))
def test_a_runbook_says_what_it_means_how_to_confirm_and_how_to_mend(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
    assert headings == ["Ce que cela veut dire", "Confirmer", "Remédier"]
    assert "```sh" in page.read_text().partition("## Confirmer")[2].partition("## Remédier")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alert_carries_what_the_on_call_needs(tmp_path: Path, language: Language) -> None:
    rules = yaml.safe_load(written(configured(tmp_path), language)[RULES])["groups"][0]["rules"]
    alerts = [rule for rule in rules if "alert" in rule]
    assert len(alerts) > 30
    for rule in alerts:
        assert {"severity", "target", "subject"} <= set(rule["labels"]), rule["alert"]
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
        assert re.search(r"^http://127\.0\.0\.1:9588/runbook/[a-z-]+$", rule["annotations"]["runbook_url"])
        confirm = "Confirmer" if language == "fr" else "Confirm"
        assert rule["alert"] == "BeffroiWatchdog" or f"{confirm}" in rule["annotations"]["description"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_names_commands_that_the_on_call_s_own_account_may_run(tmp_path: Path, language: Language) -> None:
    said = " ".join(written(configured(tmp_path), language)[RULES].partition("rules:")[2].split())
    assert not re.search(r"(?<!sudo )beffroi (status|check|verify|config|ledger|reload|register|rules)\b", said)
    assert not re.search(r"(?<!sudo )journalctl", said)


def test_a_missed_target_leads_to_the_remedy_of_its_reason(tmp_path: Path) -> None:
    """What is right for a late backup, to run it again, is wrong for one whose source was encrypted."""
    for alert in every_alert(configured(tmp_path)):
        if alert.name.endswith("Missed"):
            assert f"beffroi explain {alert.runbook}." in alert.description.fr
            assert "Relancer" not in alert.description.fr


def test_the_rules_name_only_series_that_exist(tmp_path: Path) -> None:
    text = written(configured(tmp_path))[RULES]
    recorded = {rule["record"] for rule in yaml.safe_load(text)["groups"][0]["rules"] if "record" in rule}
    named = set(re.findall(r"(?<![:\w])beffroi_[a-z_]+", text))
    assert named <= set(METRICS)
    assert set(re.findall(r"\btarget_\w+:\w+:\w+", text)) == recorded


def test_the_two_languages_ring_alike(tmp_path: Path) -> None:
    def ringing(language: Language) -> list[dict[str, object]]:
        rules = yaml.safe_load(written(configured(tmp_path), language)[RULES])["groups"][0]["rules"]
        return [{name: value for name, value in rule.items() if name != "annotations"} for rule in rules]

    assert ringing("fr") == ringing("en")


@pytest.mark.programs
def test_an_alert_says_what_is_known_of_its_subject(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    of = Key(target="patching", subject="srv-1", beneficiary="scota")
    age = {"beffroi_target_since_timestamp_seconds": "0x9", "beffroi_target_evidence_timestamp_seconds": "0+60x9"}
    known = {
        in_state(of, State.MISSED): "1x9",
        series_of("beffroi_target_reason_info", of, reason="outdated"): "1x9",
        series_of("beffroi_target_value", of, unit="bytes"): "2000x9",
        series_of("beffroi_target_limit", of, unit="ratio"): "0.5x9",
        **{series_of(name, of): values for name, values in age.items()},
    }
    known[in_state(other := Key(target="patching", subject="srv.2", beneficiary="scota"), State.MISSED)] = "1x9"
    said = [
        " ; age of newest evidence 0s ; limit 50% ; measured 2kB ; reason outdated ; in this state for 5m 0s",
        "",
    ]
    (alert,) = [one for one in every_alert(configuration) if one.name == "BeffroiPatchingMissed"]
    annotations = alert.rule("en", lambda name: f"http://127.0.0.1:9588/runbook/{name}")["annotations"]
    assert isinstance(annotations, dict)
    expected = [
        {
            "exp_labels": {**key._asdict(), "cause": key.subject, "state": "missed", "severity": alert.severity.value},
            "exp_annotations": {name: made(text, key, what) for name, text in annotations.items()},
        }
        for key, what in zip((of, other), said, strict=True)
    ]
    case = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in {**alive(9), **known}.items()],
        "alert_rule_test": [{"eval_time": "5m", "alertname": alert.name, "exp_alerts": expected}],
    }
    tests = {"rule_files": [RULES], "evaluation_interval": "1m", "tests": [case]}
    put(tmp_path, {**written(configuration, "en"), TESTS: yaml.safe_dump(tests)})
    code, output = ran(tmp_path, "promtool", "test", "rules", TESTS)
    assert code == 0, output


def made(text: str, key: Key, known: str) -> str:
    """Return an annotation with its templates filled in, and what is known in place of the query."""
    text = re.sub(r"\{\{ range .*\{\{ end \}\}", known, text)
    return text.replace("{{ $labels.subject }}", key.subject).replace("{{ $labels.beneficiary }}", key.beneficiary)


def test_what_the_configuration_says_of_an_alert_is_in_its_rule(tmp_path: Path) -> None:
    more = '\n[targets.backup-rpo]\nalert_after = "30h"\nseverity = "ticket"\n'
    rules = yaml.safe_load(written(configured(tmp_path, more))[RULES])["groups"][0]["rules"]
    (rule,) = [rule for rule in rules if rule.get("alert") == "BeffroiBackupRpoMissed"]
    assert rule["labels"]["severity"] == "ticket"
    (quiet,) = [rule for rule in rules if rule.get("record") == QUIET]
    assert "<= 108000" in quiet["expr"]


def test_no_secret_stands_in_what_is_written(tmp_path: Path) -> None:
    more = '\n[alert]\nwebhook = "https://hooks.example/T0P-S3CRET"\n'
    assert not [name for name, text in written(configured(tmp_path, more)).items() if "T0P-S3CRET" in text]
