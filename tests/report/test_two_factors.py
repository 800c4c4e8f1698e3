"""The share of ways in with two proven factors, shown beside the one that is judged."""

from dataclasses import replace
from datetime import UTC, datetime

from agent.core.model import State, Verdict
from agent.core.reason import Reason
from agent.report.build import build
from agent.report.material import Material
from agent.report.names import names
from agent.report.two_factors import TITLE
from agent.report.view_target import target_view
from tests.ledger.samples import verdict

AT = datetime(2026, 12, 31, 18, tzinfo=UTC)


def way(subject: str, state: State, **about: int) -> Verdict:
    reason = Reason.WITHIN_LIMIT if state is State.MET else Reason.STALE_EVIDENCE
    one = replace(verdict(AT), target="strong-authentication", subject=subject, beneficiary="scota", about=about)
    return replace(one, state=state, measured=state, reason=reason)


def test_two_proven_factors_stand_beside_strong_authentication(material: Material) -> None:
    seen = (way("srv-1", State.MET, pairs=5, two_factors=2), way("gone", State.MET, pairs=1, two_factors=1))
    report = build(replace(material, last_verdicts=seen), 1)
    called = names((one.key for one in report.days), report.beneficiary, public=False)
    [one] = [one for one in report.targets if one.target == "strong-authentication"]
    [shown] = [table for table in target_view(one, report, called).tables if table.title == TITLE]
    assert [tuple(map(str, row))[:2] for row in shown.rows] == [("srv-1", "2 sur 5")]


def test_a_host_whose_ways_are_unproven_has_no_share(material: Material) -> None:
    report = build(replace(material, last_verdicts=(way("srv-1", State.UNPROVEN),)), 1)
    called = names((one.key for one in report.days), report.beneficiary, public=False)
    [one] = [one for one in report.targets if one.target == "strong-authentication"]
    [shown] = [table for table in target_view(one, report, called).tables if table.title == TITLE]
    assert [tuple(map(str, row))[:2] for row in shown.rows] == [("srv-1", "non établi")]
