"""The dashboards' JSON against the types that Grafana publishes: @grafana/schema, read by TypeScript's own compiler.

Run by `tests/run --published-types`, since the two packages come from a registry. `package-lock.json` names no host.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.parts.checkout import HOME

pytestmark = [
    pytest.mark.programs,
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed"),
]

HERE = Path(__file__).parent
FILES = sorted((HOME / "dashboards").glob("*.json"))
CONFIGURATIONS = "./node_modules/@grafana/schema/dist/esm/raw/composable"
# The folder and the file of each kind of panel; a panel of another kind fails here and is to be added.
KINDS = {
    "stat": "stat/panelcfg/x/StatPanelCfg_types.gen",
    "state-timeline": "statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen",
    "table": "table/panelcfg/x/TablePanelCfg_types.gen",
    "timeseries": "timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen",
}


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the compiler and the types, as locked."""
    folder = tmp_path_factory.mktemp("types")
    for name in ("package.json", "package-lock.json", "tsconfig.json", "written.ts"):
        shutil.copy(HERE / name, folder)
    command = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(folder / "cache"))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def source(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a program that is well typed where the dashboard is."""
    yield 'import type { Dashboard } from "@grafana/schema";'
    yield 'import type { Written } from "./written";'
    for number, kind in enumerate(KINDS.values()):
        yield f'import type {{ Options as Options{number} }} from "{CONFIGURATIONS}/{kind}";'
    yield f"export const dashboard: Written<Dashboard> = {json.dumps(dashboard)};"
    for number, panel in enumerate(dashboard["panels"]):
        options = list(KINDS).index(panel["type"])
        yield f"export const panel{number}: Written<Partial<Options{options}>> = {json.dumps(panel['options'])};"


def mistakes(folder: Path, dashboard: dict[str, Any]) -> str:
    """Return what the compiler has to say of a dashboard; empty where nothing."""
    (folder / "dashboard.ts").write_text("\n".join(source(dashboard)))
    done = subprocess.run(
        ("node_modules/.bin/tsc", "--project", "."),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode == 0) == (not done.stdout)
    return done.stdout


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dashboard_is_what_grafana_publishes(compiler: Path, file: Path) -> None:
    assert mistakes(compiler, json.loads(file.read_text())) == ""


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda whole: whole.update(title=5), "TS2322"),
        (lambda whole: whole.update(titel="x"), "TS2353"),
        (lambda whole: whole["panels"][0]["gridPos"].update(h="8"), "TS2322"),
        (lambda whole: whole["panels"][0]["fieldConfig"]["defaults"]["thresholds"].update(mode="absolut"), "TS2820"),
        (lambda whole: whole["panels"][0]["options"].update(colourMode="none"), "TS2353"),
        (lambda whole: whole["time"].update({"from": None}), "TS2322"),
    ],
    ids=["title", "unknown key", "height", "enumeration", "option", "time"],
)
def test_the_compiler_sees_what_is_wrong(compiler: Path, fault: Any, said: str) -> None:
    whole = json.loads(FILES[0].read_text())
    fault(whole)
    assert "error TS" in mistakes(compiler, whole)
    assert said in mistakes(compiler, whole)
