"""The dashboards are what Grafana reads: its linter's rules, and every field one that its own types know."""

import json
import re
import warnings
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import stat, statetimeline, table, timeseries

from agent.cli.dashboards import MARK, files
from agent.core.convention import CLAUSES, CountingRule
from agent.core.text_digest import is_as_written
from agent.export.catalogue import METRICS
from tests.dashboards import generated
from tests.parts.checkout import HOME

with warnings.catch_warnings():
    # The SDK prefers its second form of a dashboard, which Grafana 11 does not read.
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.models.dashboard import Dashboard

FILES = files()
DASHBOARDS: dict[str, Any] = {name: json.loads(text) for name, text in FILES.items()}
PANELS = [
    pytest.param(panel, id=f"{name.removesuffix('.json')}-{panel['id']}")
    for name, dashboard in DASHBOARDS.items()
    for panel in dashboard["panels"]
]
OPTIONS = {
    "stat": stat.Options,
    "table": table.Options,
    "timeseries": timeseries.Options,
    "state-timeline": statetimeline.Options,
}


def expressions(panel: Any) -> list[str]:
    """Return what a panel asks Prometheus."""
    return [target["expr"] for target in panel["targets"]]


def lost(before: Any, after: Any, at: str = "") -> list[str]:
    """Return where something of a document is not found in another one."""
    if isinstance(before, dict):
        return [
            place
            for name, value in before.items()
            for place in (lost(value, after[name], f"{at}.{name}") if name in after else [f"{at}.{name}"])
        ]
    if isinstance(before, list):
        if len(before) != len(after):
            return [at]
        return [place for one, other in zip(before, after, strict=True) for place in lost(one, other, f"{at}[]")]
    return [] if before == after else [at]


def test_the_folder_holds_exactly_what_the_generator_makes() -> None:
    """Where it does not: `python -m tests.dashboards`."""
    folder = HOME / "dashboards"
    assert {path.name: path.read_text() for path in folder.iterdir()} == FILES == generated.files()
    assert all(text.startswith(MARK) and is_as_written(text.encode()) for text in FILES.values())


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_every_field_of_a_dashboard_is_one_that_grafana_s_types_know(name: str) -> None:
    """What the types do not know is dropped on the way through them, and would be by Grafana."""
    through = json.loads(JSONEncoder().encode(Dashboard.from_json(DASHBOARDS[name])))
    assert lost(DASHBOARDS[name], through) == []


def test_a_field_that_grafana_does_not_know_is_seen() -> None:
    wrong = {**DASHBOARDS["beffroi-agent.json"], "colour": "red"}
    wrong["panels"] = [{**wrong["panels"][0], "titel": "x"}, *wrong["panels"][1:]]
    through = json.loads(JSONEncoder().encode(Dashboard.from_json(wrong)))
    assert lost(wrong, through) == [".panels[].titel", ".colour"] or set(lost(wrong, through)) == {
        ".panels[].titel",
        ".colour",
    }


@pytest.mark.parametrize("panel", PANELS)
def test_every_option_of_a_panel_is_one_that_its_kind_knows(panel: Any) -> None:
    options: Any = OPTIONS[panel["type"]]
    through = json.loads(JSONEncoder().encode(options.from_json(panel["options"])))
    assert lost(panel["options"], through) == []


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_a_dashboard_keeps_the_linter_s_rules(name: str) -> None:
    dashboard = DASHBOARDS[name]
    variables = {one["name"]: one for one in dashboard["templating"]["list"]}
    assert dashboard["editable"] is False
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    for variable in ("job", "instance"):
        one = variables[variable]
        assert (one["multi"], one["includeAll"], one["allValue"], one["refresh"]) == (True, True, ".+", 2)
        assert one["query"].startswith("label_values(")
        assert one["datasource"]["uid"] == "${datasource}"
    assert dashboard["description"]
    assert dashboard["uid"] == name.removesuffix(".json")


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_keeps_the_linter_s_rules(panel: Any) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["datasource"]["uid"] == "${datasource}"
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    for expression in expressions(panel):
        selectors = re.findall(r"beffroi_[a-z_]+(\{[^}]*\})?", expression)
        assert selectors
        # What is backfilled was scraped by no job.
        scraped = [one for one in selectors if 'origin="backfill"' not in one]
        assert all('job=~"$job"' in one and 'instance=~"$instance"' in one for one in scraped), expression


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_asks_only_for_what_is_exported(panel: Any) -> None:
    named = {name for one in expressions(panel) for name in re.findall(r"beffroi_[a-z_]+", one)}
    assert named <= set(METRICS)


@pytest.mark.parametrize("panel", PANELS)
def test_no_state_is_told_by_colour_alone(panel: Any) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    for mapping in defaults.get("mappings", []):
        texts = [one["text"] for one in mapping["options"].values()]
        assert len(set(texts)) == len(texts)
        assert all(len(text.split()) > 1 for text in texts)
    if panel["type"] == "state-timeline":
        assert defaults["mappings"]
        assert panel["options"]["showValue"] == "always"


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_no_two_panels_lie_over_each_other_or_beyond_the_edge(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARDS[name]["panels"]:
        place = panel["gridPos"]
        cells = {(x + place["x"], y + place["y"]) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_no_panel_of_days_shows_what_the_report_counts_otherwise() -> None:
    """A target by event has another rate in the report, and a target without a rate has none."""
    asked = [one for panel in PANELS for one in expressions(panel.values[0]) if "beffroi_attainment_" in one]
    assert len(asked) == 4
    for one in asked:
        names = {name for found in re.findall(r'target=~"([a-z|-]+)"', one) for name in found.split("|")}
        assert names == {id for id, clause in CLAUSES.items() if clause.counted is CountingRule.BY_DAY}
