"""What no backup holds, and what is excused with its reason, in the report of those who may read it."""

from dataclasses import replace
from datetime import UTC, date, datetime

from agent.core.measures import ByteCount
from agent.core.model import Detail, Finding, State
from agent.core.reason import Reason
from agent.report.build import build
from agent.report.coverage_said import coverage_tables
from agent.report.material import Material
from agent.report.names import Names
from agent.report.view_annexes import annex
from agent.wording.backup_guide import GUIDE
from tests.ledger.samples import verdict

AT = datetime(2026, 12, 31, 18, tzinfo=UTC)
GAP: Detail = {"what": "/srv\n", "size": ByteCount(4e9), "found_since": date(2026, 12, 30)}
EXCUSE = Finding(
    state=State.MET, reason=Reason.WITHIN_LIMIT, about={"excuse": "/", "because": "réinstallable", "excused": 1}
)
SEEN = replace(verdict(AT), target="backup-coverage", subject="srv-1", about=GAP, rest=(EXCUSE,))


def test_the_report_prints_each_gap_and_each_excuse_with_its_reason() -> None:
    gaps, excuses = coverage_tables([SEEN], Names())
    assert [tuple(map(str, row))[:4] for row in gaps.rows] == [("srv-1", "/srv\\x0a", "4 Go", "30 décembre 2026")]
    assert [tuple(map(str, row)) for row in excuses.rows] == [("srv-1", "/", "réinstallable", "1")]


def test_the_tables_are_in_the_language_of_the_report() -> None:
    gaps, excuses = coverage_tables([SEEN], Names(language="en"))
    assert gaps.title == "Found on the host, with no backup shown"
    assert excuses.head == ("Host", "What is excused", "Reason declared", "Things")


def test_a_report_for_everyone_says_nothing_of_gaps() -> None:
    assert list(coverage_tables([SEEN], Names(known={}))) == []


def test_the_fundamentals_of_backup_stand_where_coverage_is_asked_for(material: Material) -> None:
    title = "Sauvegarde : les fondamentaux de l'ANSSI (BP-100)"
    plain = build(material, 1)
    assert title not in [table.title for table in annex(plain, Names()).frames]
    asked = replace(plain, targets=(*plain.targets, replace(plain.targets[0], target="backup-coverage")))
    (shown,) = [table for table in annex(asked, Names()).frames if table.title == title]
    assert len(shown.rows) == len(GUIDE)
