"""A dashboard of panels in rows, with the variables that every one of ours has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.dashboards.panel import DATASOURCE, Json, Panel

WIDTH = 24
# The schema of the JSON that Grafana 11 and 12 write (grafana-foundation-sdk 0.0.21).
SCHEMA = 42
ON_TIME_CHANGE = 2
HIDDEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One dashboard; its id is also the name of its file."""

    id: str
    title: str
    description: str
    panels: Sequence[Panel]
    since: str = "now-7d"

    def written(self, digest: str) -> Json:
        """Return it as Grafana reads it; `digest` stands in a variable that it does not show."""
        return {
            "uid": self.id,
            "title": self.title,
            "description": self.description,
            "tags": ["beffroi"],
            "editable": False,
            "graphTooltip": 1,
            "timezone": "Europe/Paris",
            "refresh": "1m",
            "time": {"from": self.since, "to": "now"},
            "schemaVersion": SCHEMA,
            "templating": {"list": [*_variables(), _hidden("digest", digest)]},
            "panels": list(_placed(self.panels)),
        }


def _placed(panels: Sequence[Panel]) -> Iterator[Json]:
    x = y = row = 0
    for number, panel in enumerate(panels, 1):
        if x + panel.width > WIDTH:
            x, y, row = 0, y + row, 0
        yield panel.written(number, x, y)
        x, row = x + panel.width, max(row, panel.height)


def _variables() -> list[Json]:
    datasource = {"name": "datasource", "label": "Source", "type": "datasource", "query": "prometheus"}
    return [
        datasource,
        _labels("job", "Tâche", "label_values(beffroi_build_info, job)"),
        _labels("instance", "Agent", 'label_values(beffroi_build_info{job=~"$job"}, instance)'),
        _labels("beneficiary", "Bénéficiaire", 'label_values(beffroi_target_state{job=~"$job"}, beneficiary)'),
    ]


def _hidden(name: str, value: str) -> Json:
    return {"name": name, "type": "constant", "hide": HIDDEN, "skipUrlSync": True, "query": value}


def _labels(name: str, label: str, query: str) -> Json:
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": DATASOURCE,
        "query": query,
        "refresh": ON_TIME_CHANGE,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }
