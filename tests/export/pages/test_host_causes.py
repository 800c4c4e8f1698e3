"""A host's page gathers what was found by cause, as the status page does, and loses nothing by it."""

from dataclasses import replace

from agent.core.duties.host_relations import HostRelation, HostRole
from agent.core.model import State
from agent.core.reason import Reason
from agent.export.pages.addresses import PageLinks
from agent.export.pages.host_causes import HostCause, host_causes
from agent.export.snapshot import CurrentVerdict
from tests.export.samples import snapshot
from tests.verdicts import verdict

ITSELF = (HostRelation(host="srv-1", role=HostRole.ITSELF),)
BY_TARGET = ("patching", "endpoint-protection", "strong-authentication", "access-revocation", "log-collection")


def standing(target: str, subject: str, state: State, reason: Reason) -> CurrentVerdict:
    """Return one verdict as it stands."""
    return CurrentVerdict(verdict=verdict(target, subject, state, reason), hosts=ITSELF)


def causes(*standings: CurrentVerdict, room: int = 40) -> tuple[HostCause, ...]:
    """Return the causes of these."""
    return host_causes(standings, HostRole.ITSELF, room, snapshot=snapshot(language="en"), links=PageLinks())


def test_one_reason_of_many_targets_is_one_fold() -> None:
    found = causes(*(standing(one, "srv-1", State.UNPROVEN, Reason.UNREACHABLE) for one in BY_TARGET))
    assert [(one.mark.id, one.count, len(one.rows)) for one in found] == [("unproven", "5 findings", 5)]
    assert (found[0].text or "").startswith("unreachable: ")


def test_many_subjects_of_one_target_are_one_fold_with_its_title() -> None:
    logs = [standing("log-retention", f"central/fw-{number}", State.MISSED, Reason.GAP) for number in range(6)]
    (found,) = causes(*logs)
    assert "central/fw-0" in (found.text or "") and "and 3 more" in (found.text or "")


def test_what_is_met_is_one_line_and_comes_last() -> None:
    met = [standing(one, "srv-1", State.MET, Reason.WITHIN_LIMIT) for one in BY_TARGET[1:]]
    found = causes(*met, standing("patching", "srv-1", State.MISSED, Reason.UPDATES_PENDING))
    assert [(one.mark.id, one.text is None, len(one.rows)) for one in found] == [("missed", True, 1), ("met", False, 4)]


def test_few_that_ask_for_something_speak_for_themselves() -> None:
    found = causes(*(standing(one, "srv-1", State.MISSED, Reason.ABSENT) for one in BY_TARGET[:3]))
    assert [(one.text, len(one.rows)) for one in found] == [(None, 3)]


def test_a_fold_without_room_for_rows_still_says_what_was_found() -> None:
    late = [standing("log-retention", f"central/fw-{number}", State.MISSED, Reason.GAP) for number in range(6)]
    seen = standing("patching", "srv-1", State.MET, Reason.WITHIN_LIMIT)
    met = [seen, replace(seen, verdict=replace(seen.verdict, subject="srv-2"))]
    found = causes(*late, *met, room=4)
    assert [(one.count, len(one.rows)) for one in found] == [("6 findings", 4), ("2 findings", 0)]
