"""The texts of `dashboards/`, made from their parts; each holds its own digest."""

import json

from agent.core.text_digest import BLANK, sealed
from tests.dashboards.every import every_dashboard


def files() -> dict[str, str]:
    """Return each file's name and text."""
    return {
        f"{one.id}.json": sealed(json.dumps(one.written(BLANK), ensure_ascii=False, indent=2) + "\n")
        for one in every_dashboard()
    }
