"""A ledger of the version before typed facts says today what it said then, and nothing that was digested moves."""

import gzip
import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Observation
from agent.evaluation.session import reading
from agent.export.pages.status_page import render
from agent.ledger.keys import PUBLIC_NAME
from agent.ledger.ledger import Ledger
from agent.ledger.schema import MIGRATIONS
from agent.queries.current_state import current_snapshot
from tests.ledger.what_a_site_says import Still, told
from tests.parts.program import beffroi

RECORDED = Path(__file__).parent / "recorded"
DIGESTED = "SELECT * FROM chain LEFT JOIN payload USING (sequence) ORDER BY sequence"
# Verdicts that a rule makes otherwise today, on purpose: "target subject" and why.
JUDGED_OTHERWISE: dict[str, str] = {
    "backup-rpo canaried": "rests on each look that no verdict had taken, not on the newest alone",
}


def _in_hours(limit: re.Match[str]) -> str:
    return "limit 96 h" if limit[0].startswith("limit") else "96 h"


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    """Return what the version that wrote the ledger said of it."""
    text = gzip.decompress((RECORDED / "site.json.gz").read_bytes()).decode()
    # A runbook is served by the agent itself since then: the same one, by another address.
    text = re.sub(r'"docs/runbooks/([\w-]+)\.md"', r'"/runbook/\1"', text)
    # A limit is said in the unit of its objective: 96 h, not 4 days.
    said: dict[str, Any] = json.loads(re.sub(r'limit 4 d\b|(?<="limit": ")4 [dj](?=")', _in_hours, text))
    for part in ("stands", "anew"):
        for lines in said[part]["written"].values():
            lines["fr"] = [_wholly_french(line) for line in lines["fr"]]
    return said


def _wholly_french(line: dict[str, str]) -> dict[str, str]:
    # A French line quotes no English detail of a look since then, and names a right in French.
    kept = {name: value for name, value in line.items() if name != "said"}
    return {name: re.sub("^account ", "compte ", value) for name, value in kept.items()}


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory, before: dict[str, Any]) -> Path:
    """Return the configuration of the site, over its ledger."""
    folder = tmp_path_factory.mktemp("site")
    state = folder / "state"
    state.mkdir()
    with closing(sqlite3.connect(state / "ledger.sqlite")) as connection:
        connection.executescript(gzip.decompress((RECORDED / "site.sql.gz").read_bytes()).decode())
        connection.execute("PRAGMA journal_mode = WAL")
    shutil.copy(RECORDED / "site.pub.pem", state / PUBLIC_NAME)
    # A reader would ask for it to be led on; what is said then is of the same instant.
    Ledger.open(state, clock=Still(datetime.fromisoformat(before["at"]))).close()
    path = folder / "site.toml"
    path.write_text((RECORDED / "site.toml").read_text().replace("{state}", str(state)))
    return path


@pytest.fixture(scope="module")
def now(configuration: Path, before: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of it today, at the same instant."""
    said: dict[str, Any] = json.loads(json.dumps(told(configuration, datetime.fromisoformat(before["at"]))))
    return said


def known_then(now: Any, then: Any) -> Any:
    """Return what is said now, without the fields that were not there then."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {name: known_then(one, then[name]) for name, one in now.items() if name in then}
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        return [known_then(*pair) for pair in zip(now, then, strict=True)]
    return now


# What a copy's place tells since, and what stands among the terms of its loads since.
TOLD_SINCE = re.compile(
    r", (site|country|reached_by|transfer_basis|verified_on|wholly_on|damaged_on|removed)"
    r"=('[^']*'|None|False|datetime\.date\([^)]*\))"
)


def unnamed(report: dict[str, Any]) -> str:
    """Return a report's figures without the names of the types that held them, nor the fields added since."""
    return TOLD_SINCE.sub("", re.sub(r"\b[A-Z]\w+(?=[(.])", "", json.dumps(report, sort_keys=True)))


def by_key(document: dict[str, Any]) -> dict[str, Any]:
    """Return the verdicts of a document by target and subject."""
    return {f"{one['target']} {one['subject']}": one for one in document["verdicts"]}


def test_a_kept_verdict_says_what_it_said(now: dict[str, Any], before: dict[str, Any]) -> None:
    assert known_then(now["stands"], before["stands"]) == before["stands"]


def test_a_rule_makes_of_a_kept_look_what_it_made(now: dict[str, Any], before: dict[str, Any]) -> None:
    then, today = by_key(before["anew"]["document"]), by_key(now["anew"]["document"])

    assert set(JUDGED_OTHERWISE) <= set(then)
    for key in then.keys() - JUDGED_OTHERWISE.keys():
        assert known_then(today[key], then[key]) == then[key]
        written = before["anew"]["written"][key]
        assert known_then(now["anew"]["written"][key], written) == written


def test_a_subject_s_page_says_what_it_said(now: dict[str, Any], before: dict[str, Any]) -> None:
    assert known_then(now["subjects"], before["subjects"]) == before["subjects"]


def test_a_report_counts_what_it_counted(now: dict[str, Any], before: dict[str, Any]) -> None:
    assert unnamed(now["report"]) == unnamed(before["report"])


def test_no_metric_of_an_older_ledger_moves(now: dict[str, Any], before: dict[str, Any]) -> None:
    # The row that says that the ledger was led on is one more; days before the first row ring nothing any more.
    moved = ("#", "beffroi_ledger_last_append", "beffroi_target_day_unproven_timestamp_seconds")
    samples = {line for line in before["metrics"] if not line.startswith(moved)}

    assert samples
    assert samples - set(now["metrics"]) == set()


def test_the_chain_over_older_rows_holds(now: dict[str, Any], before: dict[str, Any]) -> None:
    outcome, rows, *further = before["verify"]
    assert now["verify"] == [outcome, rows + len(MIGRATIONS), *further]
    assert outcome == "sound"


def test_every_look_of_an_older_ledger_is_read(configuration: Path) -> None:
    with reading(configuration) as (_loaded, ledger, _clock):
        assert ledger is not None
        looks = [ledger.latest(run.collector, run.subject) for run in ledger.runs()]

    facts = [
        fact for one in looks if one is not None and isinstance(one.reading, Observation) for fact in one.reading.facts
    ]
    assert len(looks) == 31
    assert len(facts) > 200


def test_the_page_of_an_older_ledger_shows_each_subject(configuration: Path, before: dict[str, Any]) -> None:
    at = datetime.fromisoformat(before["at"])
    with reading(configuration, clock=Still(at)) as (loaded, ledger, _clock):
        page = render(current_snapshot(loaded, ledger, now=at))

    assert [key for key, one in by_key(before["stands"]["document"]).items() if one["subject"] not in page] == []


@pytest.mark.programs
def test_a_look_of_today_goes_on_with_an_older_ledger(configuration: Path, tmp_path: Path) -> None:
    own = shutil.copytree(configuration.parent / "state", tmp_path / "state")
    path = tmp_path / "site.toml"
    path.write_text(configuration.read_text().replace(str(configuration.parent / "state"), str(own)))
    with closing(sqlite3.connect(own / "ledger.sqlite")) as connection:
        rows = connection.execute(DIGESTED).fetchall()

    done = beffroi("check", "--json", "--config", path)
    assert done.code in (1, 3), done.err
    assert not [one for one in done.verdicts.values() if one["reason"] == "bug"]
    assert beffroi("ledger", "verify", "--config", path).code == 0

    with closing(sqlite3.connect(own / "ledger.sqlite")) as connection:
        assert connection.execute(DIGESTED).fetchall()[: len(rows)] == rows
        assert connection.execute("SELECT max(sequence) FROM chain").fetchone()[0] > len(rows)
