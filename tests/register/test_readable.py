"""Entries that another program wrote are held to the forms of their registers."""

from collections.abc import Mapping

import pytest

from agent.core.errors import LedgerDamaged
from agent.register.readable import hold_to_forms
from tests.register.books import NOW, Row

AUDIT = {"performed": "2026-01-02", "by": "dpo", "author": "tech"}
ADAPTED = {"target": "backup-rpo", "limit": "30h", "effective_on": "2026-01-02", "reason": "x", "author": "tech"}


def row(register: str, values: Mapping[str, str]) -> Row:
    """Return an entry as a ledger gives it."""
    return Row(id=f"{register}-1", register=register, revision=1, received_at=NOW, values=values)


@pytest.mark.parametrize(
    ("register", "values"),
    [
        ("audit", {**AUDIT, "performed": "yesterday"}),
        ("audit", {**AUDIT, "performed": "2026-13-45"}),
        ("audit", {"performed": "2026-01-02"}),
        ("incident", {"none": "x" * 300, "author": "tech"}),
        ("incident", {"none": "2026-13", "author": "tech"}),
        ("adaptation", {**ADAPTED, "target": "nothing"}),
        ("adaptation", {**ADAPTED, "limit": "98 %"}),
        ("adaptation", {**ADAPTED, "attainment": "all"}),
        ("recovery-test", {"duration": "P400Y"}),
        ("acknowledgement", {"target": "patching", "state": "well"}),
        ("novelty", {"author": "tech"}),
    ],
)
def test_an_entry_that_cannot_be_read_is_damage(register: str, values: Mapping[str, str]) -> None:
    with pytest.raises(LedgerDamaged, match=f"{register}"):
        hold_to_forms([row(register, values)])


def test_entries_of_an_honest_agent_are_read() -> None:
    """A day on which SCOTA was informed falls with the term that it was informed of."""
    hold_to_forms(
        [row("audit", AUDIT), row("incident", {"none": "2026-10", "author": "x"}), row("adaptation", ADAPTED)]
    )
