"""The files that `beffroi dashboards` writes; the folder `dashboards` holds exactly these."""

import json

from agent.dashboards.every import every_dashboard

MARK = '{\n  "uid": "beffroi-'


def files() -> dict[str, str]:
    """Return each file's name and text."""
    return {
        f"{one.id}.json": json.dumps(one.written(), ensure_ascii=False, indent=2) + "\n" for one in every_dashboard()
    }
