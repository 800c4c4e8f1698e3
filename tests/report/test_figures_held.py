"""Printed figures are counted anew from the rows of the bundle: one that does not follow from them is damage."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.core.period import Quarter
from agent.core.version import VERSION
from agent.publishing.edition_files import EVIDENCE, FIGURES
from agent.publishing.reports import ReportRequest, published
from agent.report import figures_file
from agent.report.figures import Report
from agent.report.verifying import Verified, verify
from tests.evaluation.test_round import DAY, START, World, world
from tests.report.test_evidence_of_entries import FINAL, enter, values

Figures = dict[str, Any]


def of(figures: Figures, target: str) -> Figures:
    (one,) = (one for one in figures["targets"] if one["target"] == target)
    return one  # type: ignore[no-any-return]  # JSON


def called_met(figures: Figures) -> None:
    of(figures, "incident-report")["word"] = "met"


def all_met(figures: Figures) -> None:
    """Call all that fell due met, and let all that follows from it agree."""
    one = of(figures, "incident-report")
    for due in one["occurrences"]:
        due |= {"state": "met", "measured": "met", "reason": "within-limit"}
    counted = {"met": one["expected"], "missed": 0, "unproven": 0}
    one |= {**counted, "rate": 100.0, "word": "met", "measured_word": "met"}
    one["measured"] |= counted
    one["subjects"] = [{**own, "met": own["expected"], "missed": 0, "unproven": 0} for own in one["subjects"]]


def left_out(figures: Figures) -> None:
    of(figures, "incident-report")["occurrences"].pop()


def called_accepted(figures: Figures) -> None:
    for due in of(figures, "incident-report")["occurrences"]:
        due["state"] = "accepted"


def a_better_rate(figures: Figures) -> None:
    of(figures, "backup-rpo")["rate"] = 100.0


def without_a_target(figures: Figures) -> None:
    figures["targets"] = [one for one in figures["targets"] if one["target"] != "incident-report"]


def met_where_nothing_asks(figures: Figures) -> None:
    """Print a word for a target that is only judged where a host asks for it, and none does."""
    figures["targets"].append({**of(figures, "backup-rpo"), "target": "backup-coverage", "word": "met"})


def met_without_a_count(figures: Figures) -> None:
    of(figures, "convention-review")["word"] = "met"


def there_twice(figures: Figures) -> None:
    figures["targets"].insert(0, {**of(figures, "incident-report"), "word": "met"})


def of_no_clause(figures: Figures) -> None:
    figures["targets"].append({**of(figures, "backup-rpo"), "target": "backup-everything"})


def of_another_quarter(figures: Figures) -> None:
    figures["quarter"] = "2026-Q3"


def verified(held: World, folder: Path) -> Verified:
    held.clock.instant = FINAL
    wish = ReportRequest(quarter=Quarter(2026, 4))
    with published(held.session.configuration, held.ledger, wish, FINAL) as made:
        (folder / "bundle.zip").write_bytes(made.content(EVIDENCE))
        (folder / "figures.json").write_bytes(made.content(FIGURES))
    return verify(folder / "bundle.zip", documents=[folder / "figures.json"])


def printed_otherwise(folder: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Figures], None]) -> Verified:
    """Return what a verification finds of a report whose file of figures was changed before it was signed."""
    as_counted = figures_file.text

    def changed(report: Report) -> str:
        figures: Figures = json.loads(as_counted(report))
        change(figures)
        return json.dumps(figures)

    with world(folder) as held:
        held.look()
        enter(held, "incident", START + 18 * DAY, values("incident", reported="2026-11-30T10:00+01:00"))
        monkeypatch.setattr(figures_file, "text", changed)
        return verified(held, folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (called_met, "incident-report: word is 'met', and its rows make"),
        (all_met, "incident-report scota, due on 2026-12-31, does not follow from the entries"),
        (left_out, "incident-report: what fell due is not what its entries make due"),
        (called_accepted, "does not follow from the entries"),
        (a_better_rate, "backup-rpo: rate is 100.0, and its rows make"),
        (without_a_target, "incident-report is left out"),
        (met_where_nothing_asks, "backup-coverage: word is 'met', and its rows make"),
        (met_without_a_count, "convention-review: word is 'met', and its rows make None"),
        (there_twice, "incident-report is there twice"),
        (of_no_clause, "'backup-everything' is no target of the convention"),
        (of_another_quarter, "quarter is '2026-Q3'"),
    ],
)
def test_a_printed_figure_that_does_not_follow_is_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Figures], None], said: str
) -> None:
    """The holder of the key signs such a file with the bundle: every digest holds."""
    found = printed_otherwise(tmp_path, monkeypatch, change)
    assert any(said in one for one in found.damage), found.damage
    assert all(one.startswith("figures: ") for one in found.damage)


def test_figures_that_another_version_counted_are_doubted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of counting change between releases: its reader is told which version to verify with."""
    monkeypatch.setattr("agent.report.verifying.VERSION", "9.9.9")
    found = printed_otherwise(tmp_path, monkeypatch, called_met)
    assert found.damage == []
    (doubt,) = found.doubts
    assert doubt.endswith(f"by the rules of 9.9.9, and were counted by {VERSION}: verify the bundle with that version")


def test_a_file_of_figures_nested_without_end_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder of the key may sign anything at all."""
    monkeypatch.setattr(figures_file, "text", lambda report: "[" * 200_000)
    with world(tmp_path) as held:
        held.look()
        found = verified(held, tmp_path)
    assert any("it is no file of figures" in one for one in found.damage), found.damage
