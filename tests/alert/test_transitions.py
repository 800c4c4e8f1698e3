"""Which changes are told: each once, good news only to anyone who heard the bad, and silence never as good news."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.alert.transitions import EVERYTHING, MOST_APART, NEVER_SEEN_FOR, SAME, AlertRound, LastNotification, step
from agent.core.alert_state import Severity
from agent.core.model import Key, State, Verdict
from agent.core.reason import Reason
from tests.export.samples import NOW, TARGETS, verdict

MISSED = verdict("backup-rpo", "files", State.MISSED, Reason.DAMAGED, value=3600.0, seen=timedelta(minutes=4))
MET = verdict("backup-rpo", "files", State.MET, Reason.WITHIN_LIMIT, value=3600.0, seen=timedelta(minutes=4))
UNPROVEN = verdict("backup-rpo", "files", State.UNPROVEN, Reason.UNREACHABLE, seen=timedelta(hours=7))
ON_COURSE = verdict("backup-rpo", "files", State.UNPROVEN, Reason.ON_COURSE, seen=timedelta(minutes=4))
ACCEPTED = replace(MISSED, state=State.ACCEPTED, acceptance="acceptance-1")
LATE = verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, value=25 * 3600.0, seen=timedelta(minutes=4))


def walk(*verdicts: Verdict, apart: timedelta = timedelta(minutes=1)) -> list[tuple[str, str]]:
    """Return the changes that are told of one key over some turns."""
    told: dict[Key, LastNotification] = {}
    heard = []
    for number, one in enumerate(verdicts):
        found = step([one], told, TARGETS, [], NOW + number * apart)
        told |= found.notified
        heard += [(transition.before.value, transition.verdict.state.value) for transition in found.transitions]
    return heard


@pytest.mark.parametrize(
    ("verdicts", "heard"),
    [
        ((MISSED, MISSED, MISSED), [("unproven", "missed")]),
        ((MET, MET), []),
        ((MET, MISSED, MET), [("met", "missed"), ("missed", "met")]),
        ((MET, UNPROVEN, MET), [("met", "unproven"), ("unproven", "met")]),
        ((UNPROVEN, MET), []),
        ((UNPROVEN, MISSED, MET), [("unproven", "missed"), ("missed", "met")]),
        ((MISSED, UNPROVEN, MISSED), [("unproven", "missed"), ("missed", "unproven"), ("unproven", "missed")]),
        ((MET, ON_COURSE, MET), []),
        ((MISSED, ACCEPTED, MISSED), [("unproven", "missed"), ("missed", "accepted"), ("accepted", "missed")]),
        ((ACCEPTED, MET), []),
    ],
)
def test_a_change_is_told_once(verdicts: tuple[Verdict, ...], heard: list[tuple[str, str]]) -> None:
    assert walk(*verdicts) == heard


def test_what_nobody_ever_saw_is_told_after_half_a_day_and_once() -> None:
    assert walk(UNPROVEN, UNPROVEN, apart=NEVER_SEEN_FOR - timedelta(seconds=1)) == []
    assert walk(UNPROVEN, UNPROVEN, UNPROVEN, apart=NEVER_SEEN_FOR) == [("unproven", "unproven")]


def test_a_late_backup_within_its_grace_is_not_told_and_what_was_told_stands() -> None:
    late, later = LATE, replace(LATE, value=26 * 3600.0 + 1)
    assert walk(MET, late, later) == [("met", "missed")]
    assert walk(MISSED, late, MET) == [("unproven", "missed"), ("missed", "met")]


def test_agreed_maintenance_silences_until_its_end() -> None:
    told = {MET.key: LastNotification(state=State.MET, since=NOW, notified=False)}
    assert step([MISSED], told, TARGETS, [MISSED.key], NOW) == AlertRound(transitions=(), notified={})
    assert [one.verdict.state for one in step([MISSED], told, TARGETS, [], NOW).transitions] == [State.MISSED]


def test_the_end_of_a_page_goes_where_the_page_went() -> None:
    told = {MET.key: LastNotification(state=State.MISSED, since=NOW, notified=True)}
    assert [one.severity for one in step([MET], told, TARGETS, [], NOW).transitions] == [Severity.PAGE]
    told = {MET.key: LastNotification(state=State.UNPROVEN, since=NOW, notified=True)}
    assert [one.severity for one in step([MET], told, TARGETS, [], NOW).transitions] == [Severity.TICKET]


def severities(*verdicts: Verdict) -> list[str]:
    """Return how each change that is told rings, over some turns."""
    told: dict[Key, LastNotification] = {}
    heard = []
    for one in verdicts:
        found = step([one], told, TARGETS, [], NOW)
        told |= found.notified
        heard += [transition.severity.value for transition in found.transitions]
    return heard


@pytest.mark.parametrize(
    ("verdicts", "heard"),
    [
        ((MISSED, UNPROVEN, MET), ["page", "ticket", "page"]),
        ((MISSED, UNPROVEN, MISSED, MET), ["page", "ticket", "ticket", "page"]),
        ((MISSED, UNPROVEN, MISSED, MET, MISSED), ["page", "ticket", "ticket", "page", "page"]),
        ((MISSED, ON_COURSE, MISSED), ["page", "page", "page"]),
        ((MISSED, ACCEPTED, MISSED), ["page", "page", "page"]),
        ((MET, UNPROVEN, MET), ["ticket", "ticket"]),
        ((MET, UNPROVEN, MISSED, MET), ["ticket", "page", "page"]),
    ],
)
def test_who_was_woken_is_told_the_end_and_is_not_woken_twice_for_what_lasts(
    verdicts: tuple[Verdict, ...], heard: list[str]
) -> None:
    assert severities(*verdicts) == heard


def test_what_fails_together_has_one_cause() -> None:
    copies = [replace(MISSED, target="backup-offsite", subject=f"files/{name}") for name in ("a", "b")]
    assert {one.cause for one in step([MISSED, *copies], {}, TARGETS, [], NOW).transitions} == {"files"}
    reasons = (Reason.DAMAGED, Reason.ABSENT)
    many = [replace(MISSED, subject=f"s{number}", reason=reasons[number % 2]) for number in range(MOST_APART + 1)]
    assert {one.cause for one in step(many, {}, TARGETS, [], NOW).transitions} == {EVERYTHING}
    assert EVERYTHING not in {one.cause for one in step(many[1:], {}, TARGETS, [], NOW).transitions}


def test_the_same_on_many_hosts_is_one_cause_and_one_host_s_misses_another() -> None:
    stopped = [
        replace(MISSED, target="endpoint-protection", subject=f"app{number:02}", reason=Reason.NOT_RUNNING)
        for number in range(12)
    ]
    found = step([*stopped, MISSED], {}, TARGETS, [], NOW).transitions
    assert {transition.cause for transition in found} == {SAME + "endpoint-protection", "files"}
    alone = [replace(stopped[0], target=target) for target in ("patching", "strong-authentication", "log-collection")]
    assert {one.cause for one in step([stopped[0], *alone], {}, TARGETS, [], NOW).transitions} == {"app00"}


def test_an_optional_audit_never_rings() -> None:
    audit = replace(UNPROVEN, target="gdpr-audit", subject="scota")
    told = {audit.key: LastNotification(state=State.MET, since=NOW, notified=True)}
    assert step([audit], told, TARGETS, [], NOW) == AlertRound(transitions=(), notified={})


def test_the_last_good_instant_is_the_newest_point_s() -> None:
    """Its age is that of the moment of judging, here four minutes after the look."""
    late = replace(LATE, value=30 * 3600.0)
    (transition,) = step([late], {}, TARGETS, [], NOW).transitions
    assert transition.last_good == NOW - timedelta(hours=30)
    (transition,) = step([MISSED], {}, TARGETS, [], NOW).transitions
    assert transition.last_good is None
