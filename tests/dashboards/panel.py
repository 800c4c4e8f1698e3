"""The parts of a Grafana dashboard that ours are made of, as plain values.

They are written by hand rather than by Grafana's SDK; the tests read them back through the SDK's types, which know
every field (docs/decisions.md).
Source: grafana-foundation-sdk 0.0.21, models of the dashboard and of each panel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.core.model import State
from agent.wording.states import STATES, state_symbol

Json = dict[str, Any]

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# What every expression is held to, so that one dashboard serves several agents.
HERE = 'job=~"$job", instance=~"$instance"'
OURS = f'{HERE}, beneficiary=~"$beneficiary"'

GREY, GREEN, ORANGE, RED, BLUE = "text", "green", "orange", "red", "blue"
STATE_CODES = {State.MISSED: 4, State.UNPROVEN: 3, State.ACCEPTED: 2, State.MET: 1, State.NOT_APPLICABLE: 0}
STATE_COLOURS = {
    State.MISSED: RED,
    State.UNPROVEN: ORANGE,
    State.ACCEPTED: BLUE,
    State.MET: GREEN,
    State.NOT_APPLICABLE: GREY,
}
# Kinds that show how things are now: over a range they would show the last word of what is long gone.
OF_NOW = frozenset({"stat", "table"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One expression and what its series are called."""

    expression: str
    legend: str = ""

    def written(self, letter: str, *, instant: bool, columns: bool) -> Json:
        """Return it as Grafana reads it; `instant`: its value now alone; `columns`: each label in one of its own."""
        shape = {"format": "table"} if columns else {"format": "time_series", "legendFormat": self.legend}
        told = {"datasource": DATASOURCE, "expr": self.expression, "refId": letter}
        return {**told, "instant": instant, "range": not instant, **shape}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel; `steps` are (from which value, colour), the first from None.

    `options` and `transformations` are the panel kind's own. A place of the grid is 24 wide.
    """

    kind: str
    title: str
    description: str
    queries: Sequence[Query]
    unit: str = "short"
    width: int = 12
    height: int = 8
    steps: Sequence[tuple[float | None, str]] = ((None, GREY),)
    mappings: Sequence[Json] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    transformations: Sequence[Json] = ()

    def written(self, number: int, x: int, y: int) -> Json:
        """Return it as Grafana reads it, at its place."""
        more: Json = {"transformations": list(self.transformations)} if self.transformations else {}
        return {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.description,
            "datasource": DATASOURCE,
            "gridPos": {"h": self.height, "w": self.width, "x": x, "y": y},
            "targets": [
                query.written(chr(ord("A") + index), instant=self.kind in OF_NOW, columns=self.kind == "table")
                for index, query in enumerate(self.queries)
            ],
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": dict(self.options),
            **more,
        }

    def _defaults(self) -> Json:
        steps = [{"value": value, "color": colour} for value, colour in self.steps]
        mapped: Json = {"mappings": list(self.mappings)} if self.mappings else {}
        return {"unit": self.unit, "thresholds": {"mode": "absolute", "steps": steps}, **mapped}


def state_mappings() -> list[Json]:
    """Return what each state's code is shown as: its sign and its word, which colour only repeats."""
    options = {
        str(code): {
            "text": f"{state_symbol(state)} {STATES[state].fr}",
            "color": STATE_COLOURS[state],
            "index": index,
        }
        for index, (state, code) in enumerate(STATE_CODES.items())
    }
    return [{"type": "value", "options": options}]


def state_code(matchers: str, by: str) -> str:
    """Return the expression of the code of each subject's state: the worst where several beneficiaries share it."""
    parts = [
        f'{code} * beffroi_target_state{{{matchers}, state="{state.value}"}}' for state, code in STATE_CODES.items()
    ]
    return f"max by ({by}) ({' or '.join(parts)})"


def stat(title: str, description: str, query: Query, **more: Any) -> Panel:
    """Return one number."""
    options = {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "textMode": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "values": False, "fields": ""},
    }
    given = {"width": 4, "height": 4, **more}
    return Panel(kind="stat", title=title, description=description, queries=[query], options=options, **given)


def lines(title: str, description: str, *queries: Query, **more: Any) -> Panel:
    """Return lines over time."""
    options = {
        "legend": {"displayMode": "table", "placement": "right", "showLegend": True, "calcs": ["lastNotNull"]},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return Panel(kind="timeseries", title=title, description=description, queries=queries, options=options, **more)


def states(title: str, description: str, query: Query, **more: Any) -> Panel:
    """Return the states of some subjects over time."""
    options = {
        "showValue": "always",
        "rowHeight": 0.9,
        "mergeValues": True,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    given = {"width": 24, "height": 10, "mappings": state_mappings(), **more}
    return Panel(kind="state-timeline", title=title, description=description, queries=[query], options=options, **given)


def table(title: str, description: str, query: Query, names: Mapping[str, str], **more: Any) -> Panel:
    """Return a table of the newest values; `names` are the columns kept, in order, and what each is headed."""
    organised = {
        "id": "organize",
        "options": {
            "excludeByName": {"Time": True, "__name__": True, "job": True, "instance": True}
            | ({} if "Value" in names else {"Value": True}),
            "indexByName": {name: index for index, name in enumerate(names)},
            "renameByName": dict(names),
        },
    }
    given = {"width": 24, "height": 9, **more}
    options = {"showHeader": True, "cellHeight": "sm"}
    return Panel(
        kind="table",
        title=title,
        description=description,
        queries=[query],
        transformations=[organised],
        options=options,
        **given,
    )
