"""A tree of logs from the command to the verdict and the ledger: every fault that the convention names, and none."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.parts.log_trees import rfc3339, write
from tests.parts.program import Said, beffroi

pytestmark = pytest.mark.programs

DAY = timedelta(days=1)
SOURCES = ("sound", "holed", "short", "silent", "kept", "never", "young")
CONFIGURATION = """\
[agent]
state_directory = "{folder}/state"
listen = ""
timezone = "UTC"
language = "en"

[convention]
starts = 2025-01-01

[[beneficiary]]
id = "scota"

[[host]]
id = "srv-1"
transport = "local"
collect = []

[[log]]
id = "central"
host = "srv-1"
kind = "files"
path = "{folder}/central/{{source}}/**"
sources = [{sources}]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A tree that has been written for more than a year, and its configuration beside it."""
    fill(tmp_path, "sound", range(370))
    fill(tmp_path, "holed", [day for day in range(370) if not 100 <= day < 130])
    fill(tmp_path, "short", range(28))
    fill(tmp_path, "silent", range(3, 370))
    fill(tmp_path, "kept", range(420))
    fill(tmp_path, "young", range(40))
    fill(tmp_path, "printer", range(2))
    starts = datetime.now(UTC).date() - timedelta(days=500)
    young = datetime.now(UTC).date() - timedelta(days=39)
    told = ", ".join(f'{{ id = "{source}", starts = {young if source == "young" else starts} }}' for source in SOURCES)
    (tmp_path / "beffroi.toml").write_text(CONFIGURATION.format(folder=tmp_path, sources=told))
    return tmp_path


def fill(folder: Path, source: str, days: "range | list[int]") -> None:
    """Write a file a day, six lines each, that end with this moment."""
    now = datetime.now(UTC)
    for ago in days:
        end = now - ago * DAY
        text = "".join(rfc3339(end - timedelta(hours=hours), source, hours) for hours in range(20, -1, -4))
        begin = end - timedelta(hours=20)
        name = f"{begin:%Y/%m/%d}.log{'.gz' if ago > 2 else ''}"
        write(folder / "central" / source / name, text, end)


def check(folder: Path) -> tuple[dict[str, tuple[str, str]], Said]:
    """Return the result of each source under `log-retention` and `log-collection`."""
    said = beffroi("check", "--json", "--target", "log-retention", "--target", "log-collection",
                   "--config", folder / "beffroi.toml")  # fmt: skip
    return {
        f"{one['target']} {one['subject'].partition('/')[2]}": (one["state"], one["reason"])
        for one in json.loads(said.out)["verdicts"]
        if one["subject"].startswith("central/")
    }, said


def test_each_source_has_the_verdict_that_it_deserves(place: Path) -> None:
    told, said = check(place)
    assert told == {
        "log-retention sound": ("met", "within-limit"),
        "log-retention holed": ("missed", "gap"),
        "log-retention short": ("missed", "incomplete"),
        "log-retention silent": ("missed", "gap"),
        "log-retention kept": ("missed", "retention-exceeded"),
        "log-retention never": ("missed", "absent"),
        "log-retention young": ("unproven", "on-course"),
        "log-collection sound": ("met", "within-limit"),
        "log-collection holed": ("met", "within-limit"),
        "log-collection short": ("met", "within-limit"),
        "log-collection silent": ("missed", "silent"),
        "log-collection kept": ("met", "within-limit"),
        "log-collection never": ("missed", "absent"),
        "log-collection young": ("met", "within-limit"),
    }
    assert said.code == 1
    assert "central/printer" in said.err


def test_what_a_check_of_one_target_sees_counts_for_the_others_too(tmp_path: Path) -> None:
    fill(tmp_path, "holed", [*range(10), *range(40, 370)])
    starts = datetime.now(UTC).date() - timedelta(days=500)
    told = f'{{ id = "holed", starts = {starts} }}'
    (tmp_path / "beffroi.toml").write_text(CONFIGURATION.format(folder=tmp_path, sources=told))
    said = beffroi("check", "--json", "--target", "log-collection", "--config", tmp_path / "beffroi.toml")
    assert {one["target"] for one in json.loads(said.out)["verdicts"]} == {"log-collection"}
    # The clearing of the hole is seen tomorrow; today it was there.
    known = json.loads(beffroi("status", "--json", "--config", tmp_path / "beffroi.toml").out)["verdicts"]
    kept = next(one for one in known if one["target"] == "log-retention")
    assert (kept["state"], kept["reason"]) == ("missed", "gap")


def test_a_past_that_is_rewritten_shows_at_the_next_check(place: Path) -> None:
    before, _said = check(place)
    victim = sorted((place / "central" / "sound").rglob("*.gz"))[200]
    end = datetime.fromtimestamp(victim.stat().st_mtime, UTC)
    # Other words at the same instants, whatever the time of day at which this runs.
    text = "".join(rfc3339(end - timedelta(hours=hours), "sound", hours + 1) for hours in range(20, -1, -4))
    write(victim, text, end)
    after, _said = check(place)
    assert after["log-retention sound"] == ("missed", "content-changed")
    assert {name for name in after if after[name] != before[name]} == {"log-retention sound"}
    assert beffroi("ledger", "verify", "--config", place / "beffroi.toml").code == 0


def test_a_tree_that_is_gone_is_no_log_kept(place: Path) -> None:
    (place / "central").rename(place / "elsewhere")
    told, _said = check(place)
    assert set(told.values()) == {("missed", "absent")}
