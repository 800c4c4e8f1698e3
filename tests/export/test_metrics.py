"""What Prometheus reads: every series that should be there, none that should not, whatever the names hold."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as open_metrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from agent.core.model import State
from agent.export.catalogue import METRICS
from agent.export.fleet_metrics import FLEET_SERIES
from agent.export.metrics import Exposition, chosen, exposition
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.fleet.agent_standing import AgentStanding, AgentState
from tests.export.samples import LATE, NOW, SOUND, snapshot, verdict

GOLDEN = Path(__file__).parent / "golden" / "metrics.txt"

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read_open_metrics(text: str) -> Iterator[Metric]:
    """Return the families of a text in OpenMetrics."""
    families: Iterator[Metric] = open_metrics.text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return families


def series(text: bytes) -> Series:
    """Return every sample of a text, read by the library that most exporters use."""
    samples = [sample for family in read_text(text.decode()) for sample in family.samples]
    found = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def test_the_text_is_the_one_that_was_reviewed() -> None:
    """The golden text changes only by a diff that someone reads."""
    assert exposition(snapshot()).decode() == GOLDEN.read_text()


def test_every_metric_of_the_catalogue_is_emitted_and_no_other() -> None:
    """What is emitted, its labels and its help are the catalogue's."""
    text = exposition(snapshot()).decode()
    # This library names a counter without the end of its series' name.
    ends = {"counter": "_total", "gauge": ""}
    families = {f"{family.name}{ends[family.type]}": family for family in read_text(text)}
    # An agent's own; what a fleet's centre gives of its agents is below.
    assert families.keys() == METRICS.keys() - FLEET_SERIES.keys()
    for name, metric in ((name, METRICS[name]) for name in families):
        assert families[name].documentation == metric.help
        assert families[name].type == ("counter" if metric.counter else "gauge")
        assert {frozenset(sample.labels) for sample in families[name].samples} == {frozenset(metric.labels)}


def test_a_fleet_s_centre_names_the_agent_of_each_subject_and_each_agent_s_state() -> None:
    agents = (
        AgentStanding(agent="files", state=AgentState.CURRENT, received_at=snapshot().at, lag_rows=7),
        AgentStanding(agent="lens-1", state=AgentState.NEVER),
    )
    families = {one.name: one.samples for one in read_text(exposition(replace(snapshot(), agents=agents)).decode())}
    assert {one.labels["agent"] for one in families["beffroi_target_limit"]} == {"", "files"}
    assert [(one.labels, one.value) for one in families["beffroi_agent_lag_rows"]] == [({"agent": "files"}, 7.0)]
    assert [one.labels["agent"] for one in families["beffroi_agent_last_row_timestamp_seconds"]] == ["files"]
    states = {(one.labels["agent"], one.labels["state"]) for one in families["beffroi_agent_state"] if one.value}
    assert states == {("files", "current"), ("lens-1", "never")}


def test_both_forms_hold_the_same_series() -> None:
    """A scraper sees the same numbers whichever form it asks for."""
    families = list(read_open_metrics(exposition(snapshot(), Exposition.OPEN_METRICS).decode()))
    samples = [sample for family in families for sample in family.samples]
    opened = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert opened == series(exposition(snapshot()))
    units = {family.name: family.unit for family in families}
    assert units["beffroi_backup_stored_bytes"] == "bytes"
    assert units["beffroi_target_value"] == ""


def test_names_end_in_their_base_unit() -> None:
    """A metric with a unit says so in its name, a counter and nothing else that it is a total."""
    for name, metric in METRICS.items():
        assert re.fullmatch(r"beffroi_[a-z]+(_[a-z]+)+", name)
        assert not metric.unit or name.endswith(f"_{metric.unit}")
        assert name.endswith("_total") is metric.counter
        assert not name.endswith(("_percent", "_hours", "_timestamp", "_created"))


@pytest.mark.parametrize("form", list(Exposition))
def test_no_created_series_is_shown(form: Exposition) -> None:
    """Gauges have no date of creation."""
    assert b"_created" not in exposition(snapshot(), form)


def test_one_state_is_one_and_the_others_are_zero() -> None:
    """The five states of a subject are all there, and sum to one."""
    found = series(exposition(snapshot()))
    states = {
        dict(labels)["state"]: value
        for (name, labels), value in found.items()
        if name == "beffroi_target_state" and ("subject", "files") in labels and ("target", "backup-rpo") in labels
    }
    assert states == {"missed": 1, "unproven": 0, "accepted": 0, "met": 0, "not-applicable": 0}


def test_what_was_not_measured_has_no_value() -> None:
    """No number stands for «not measured»; the state and the objective are there all the same."""
    silent = Snapshot(at=NOW, version="1", standings=(CurrentVerdict(verdict=verdict("backup-rpo", "files")),))
    names = {name for name, _ in series(exposition(silent))}
    assert "beffroi_target_value" not in names
    assert "beffroi_target_evidence_timestamp_seconds" not in names
    assert {"beffroi_target_state", "beffroi_target_limit", "beffroi_quarter_tally"} <= names


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_value(value: float) -> None:
    """A measurement that came out as no number was not one."""
    broken = Snapshot(at=NOW, version="1", standings=(CurrentVerdict(verdict=replace(LATE, value=value)),))
    assert b"beffroi_target_value" not in exposition(broken)


def test_what_left_the_configuration_has_no_series() -> None:
    """A subject that is no longer declared shows on the page, never in a scrape."""
    gone = Snapshot(
        at=NOW, version="1", standings=(CurrentVerdict(verdict=LATE, declared=False), CurrentVerdict(verdict=SOUND))
    )
    text = exposition(gone)
    assert b'subject="mail"' in text
    assert b'subject="files"' not in text


def test_an_empty_agent_shows_its_version_only() -> None:
    """Nothing is invented for an agent that knows nothing."""
    assert {name for name, _ in series(exposition(Snapshot(at=NOW, version="1")))} == {"beffroi_build_info"}


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_name_can_break_a_line(subject: str, host: str) -> None:
    """Whatever a name holds, there are as many lines as series and a parser reads each of them."""
    hostile = replace(
        snapshot(),
        standings=(CurrentVerdict(verdict=replace(LATE, subject=subject, beneficiary=host)),),
        copies=tuple(replace(one, backup=subject, copy=host) for one in snapshot().copies[:1]),
    )
    plain = replace(
        snapshot(),
        standings=(CurrentVerdict(verdict=replace(LATE, subject="s", beneficiary="h")),),
        copies=tuple(replace(one, backup="s", copy="h") for one in snapshot().copies[:1]),
    )
    text = exposition(hostile)
    assert text.count(b"\n") == exposition(plain).count(b"\n")
    assert len(series(text)) == len(series(exposition(plain)))
    list(read_open_metrics(exposition(hostile, Exposition.OPEN_METRICS).decode()))


def test_a_hostile_name_comes_back_as_it_was() -> None:
    """Quotes, backslashes and line breaks are escaped, not lost."""
    name = 'a"} 1\nbeffroi_target_state{x="\\'
    text = exposition(Snapshot(at=NOW, version="1", standings=(CurrentVerdict(verdict=replace(LATE, subject=name)),)))
    subjects = {dict(labels).get("subject") for _, labels in series(text)}
    assert subjects == {None, name}


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", Exposition.TEXT),
        ("*/*", Exposition.TEXT),
        ("text/plain", Exposition.TEXT),
        ("application/openmetrics-text", Exposition.OPEN_METRICS),
        (
            "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
            "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            Exposition.OPEN_METRICS,
        ),
        ("application/openmetrics-text;version=1.0.0;q=0.1,text/plain;q=0.9", Exposition.TEXT),
        ("application/openmetrics-text;q=0", Exposition.TEXT),
        ("application/openmetrics-text;version=0.0.1", Exposition.TEXT),
        ("application/openmetrics-text;q=a lot", Exposition.TEXT),
    ],
)
def test_the_form_follows_the_accept_header(accept: str, form: Exposition) -> None:
    """Prometheus' own header gets OpenMetrics, a browser gets text."""
    assert chosen(accept) is form


@given(st.text())
def test_any_accept_header_chooses_a_form(accept: str) -> None:
    """No header is an error."""
    assert chosen(accept) in Exposition


@pytest.mark.programs
def test_promtool_finds_nothing_to_say() -> None:
    """Prometheus' own linter is content with names, help and types."""
    promtool = shutil.which("promtool")
    assert promtool is not None, "install the Debian package prometheus"
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=exposition(snapshot()), capture_output=True, timeout=30, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_every_state_has_its_days() -> None:
    """The five tallies of a subject are there, those of no day at 0."""
    found = series(
        exposition(Snapshot(at=NOW, version="1", standings=(CurrentVerdict(verdict=SOUND, tally={State.MET: 3}),)))
    )
    days = {dict(labels)["state"]: value for (name, labels), value in found.items() if name == "beffroi_quarter_tally"}
    assert days == {"met": 3, "missed": 0, "unproven": 0, "accepted": 0, "not-applicable": 0}
