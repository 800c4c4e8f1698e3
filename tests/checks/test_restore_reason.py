"""restore-reason: each restore of the month has its reason and its author; each finding whole."""

from datetime import UTC, datetime, timedelta

from agent.core.duties.entries import RegisterEntry
from agent.core.inventory import Beneficiary, Inventory
from agent.core.judging.check import Question
from agent.core.model import Finding, State, Target
from agent.core.reason import Reason
from checks.restore_reason import CHECK
from tests.checks.entered import entry

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SCOTA = Beneficiary(id="scota", name="SCOTA")


def restore(number: int, day: str = "2026-11-20", **values: str) -> RegisterEntry:
    """Return a restore with its reason."""
    given = {"performed": f"{day}T10:00+01:00", "reason": "erreur", "author": "RSSI"}
    return entry("restore", f"restore-{number}", **{**given, **values})


def found(*entries: RegisterEntry, item: object = SCOTA, limit: float | None = 1.0) -> Finding:
    """Return the one finding."""
    target = Target(id="restore-reason", unit="ratio", limit=limit, evidence_age=timedelta(hours=26))
    question = Question(item=item, inventory=Inventory(), target=target, now=NOW, first_seen=NOW, entries=entries)
    assert CHECK.entered is not None
    (one,) = CHECK.entered(question)
    return one


def share(state: State, value: float, bare: int, *ids: int, limit: float = 1.0) -> Finding:
    """Return the finding on restores by their numbers; `bare`: the one that is named."""
    return Finding(
        state=state,
        reason=Reason.WITHIN_LIMIT if state is State.MET else Reason.INCOMPLETE,
        value=value,
        limit=limit,
        unit="ratio",
        about={"entry": f"restore-{bare}", "restores": len(ids)},
        evidence=tuple(f"restore-{one}" for one in ids),
    )


def test_restores_with_their_reasons_are_met() -> None:
    assert found(restore(1), restore(2)) == share(State.MET, 1.0, 1, 1, 2)


def test_the_first_restore_without_a_reason_or_an_author_is_named() -> None:
    assert found(restore(1), restore(2, reason=""), restore(3, author="")) == share(State.MISSED, 1 / 3, 2, 1, 2, 3)


def test_without_a_limit_every_restore_needs_its_reason() -> None:
    assert found(restore(1), limit=None) == share(State.MET, 1.0, 1, 1)
    assert found(restore(1), restore(2, reason=""), limit=None).state is State.MISSED


def test_a_restore_by_itself_is_judged_by_itself() -> None:
    bare = restore(2, reason="")
    assert found(restore(1), bare, item=bare) == share(State.MISSED, 0.0, 2, 2)


def test_a_month_without_restores_has_nothing_to_judge() -> None:
    assert found(restore(1, "2026-10-31")) == Finding(
        state=State.NOT_APPLICABLE, reason=Reason.NOT_EXPECTED, about={"month": "2026-11"}
    )
