"""Who may accept a risk, by the load of the configuration that was in force at an entry."""

from dataclasses import dataclass
from datetime import date

from agent.accounting.accepting import AcceptanceTerms, terms_declared, terms_in_force
from agent.core.inventory import Beneficiary, DeclaredHost, Inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One load."""

    sequence: int
    accepting: AcceptanceTerms | None


def terms(name: str) -> AcceptanceTerms:
    """Return terms that have a name."""
    return AcceptanceTerms(signatories={"scota": (name,)})


TODAY = terms("today")


def test_what_is_declared_are_the_signatories_and_what_is_mutualised() -> None:
    starts = date(2026, 10, 1)
    inventory = Inventory(
        beneficiaries=(
            Beneficiary(id="scota", name="SCOTA", signatories=("Présidente",)),
            Beneficiary(id="b", name="B"),
        ),
        hosts=(
            DeclaredHost(id="shared", beneficiaries=("scota", "b")),
            DeclaredHost(id="own", beneficiaries=("scota",), perimeter="own"),
        ),
    )
    found = terms_declared(inventory, starts)
    assert found.signatories == {"scota": ("Présidente",), "b": ()}
    assert {key.subject for key in found.mutualised} == {"shared"}
    assert {key.beneficiary for key in found.mutualised} == {"scota", "b"}


def test_what_was_entered_is_judged_by_the_load_before_its_row() -> None:
    loads = (Loaded(sequence=1, accepting=terms("first")), Loaded(sequence=5, accepting=terms("second")))
    assert terms_in_force(3, loads, TODAY) == terms("first")
    assert terms_in_force(5, loads, TODAY) == terms("first")
    assert terms_in_force(6, loads, TODAY) == terms("second")


def test_without_a_load_before_that_has_them_the_next_one_is_taken_or_today_s() -> None:
    bare, later = Loaded(sequence=1, accepting=None), Loaded(sequence=5, accepting=terms("later"))
    assert terms_in_force(3, (bare, later), TODAY) == terms("later")
    assert terms_in_force(3, (later,), TODAY) == terms("later")
    assert terms_in_force(3, (bare,), TODAY) == terms_in_force(3, (), TODAY) == TODAY
    third = Loaded(sequence=7, accepting=terms("third"))
    assert terms_in_force(6, (later, bare, third), TODAY) == terms("third")
