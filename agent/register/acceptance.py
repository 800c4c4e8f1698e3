"""Check a risk acceptance: who signs it, whose perimeter its subject is in, and that both are in force already."""

from collections.abc import Collection, Mapping

from agent.accounting.accepting import AcceptanceTerms
from agent.accounting.agreements import MUTUALISED, may_accept
from agent.core.model import Key
from agent.register.reading import EntryMistakes

# What the machine notes of an acceptance: a perimeter that is declared otherwise later gives it no effect.
PERIMETER = "perimeter"
_LOAD_FIRST = "run: beffroi reload, or beffroi check where no service runs; then enter it again"


def check_acceptance(
    values: Mapping[str, str],
    beneficiary: str,
    configured: AcceptanceTerms,
    loaded: AcceptanceTerms | None,
    mistakes: EntryMistakes,
) -> None:
    """Note what is wrong with an acceptance; `loaded` is what the last load says (None: nothing of acceptances)."""
    accepted_by, author = values.get("accepted_by"), values.get("author")
    if accepted_by is None or author is None:
        return
    signatories = configured.signatories.get(beneficiary, ())
    if not may_accept(accepted_by, author, ()):
        mistakes.add(
            "accepted_by", "is the author", "a risk is accepted by the beneficiary, and entered by another person"
        )
    elif not may_accept(accepted_by, author, signatories):
        mistakes.add(
            "accepted_by", f'"{accepted_by[:60]}" may not accept a risk', f"signatories: {', '.join(signatories)}"
        )
    elif loaded is not None:
        _check_loaded(values, beneficiary, configured, loaded, mistakes)


def _check_loaded(
    values: Mapping[str, str],
    beneficiary: str,
    configured: AcceptanceTerms,
    loaded: AcceptanceTerms,
    mistakes: EntryMistakes,
) -> None:
    # It is judged by the load in force: what the file alone allows would be kept and have no effect.
    if loaded.signatories.get(beneficiary) != configured.signatories.get(beneficiary):
        wrong = f"the signatories of {beneficiary} were changed in the configuration and are not in force yet"
        mistakes.add("accepted_by", wrong, _LOAD_FIRST)
    key = _key(values, beneficiary)
    if key is not None and key in loaded.mutualised and key not in configured.mutualised:
        wrong = f'the perimeter of "{key.subject}" was changed in the configuration and is not in force yet'
        mistakes.add("subject", wrong, _LOAD_FIRST)


def with_perimeter(values: Mapping[str, str], judged: Collection[Key], terms: AcceptanceTerms) -> dict[str, str]:
    """Return an acceptance with the note that its subject is mutualised, as it was where it is not judged any more."""
    key = _key(values, values["beneficiary"])
    if key is not None and key not in judged:
        return dict(values)
    plain = {name: value for name, value in values.items() if name != PERIMETER}
    return plain | {PERIMETER: MUTUALISED} if key in terms.mutualised else plain


def _key(values: Mapping[str, str], beneficiary: str) -> Key | None:
    target, subject = values.get("target"), values.get("subject")
    if target is None or subject is None:
        return None
    return Key(target=target, subject=subject, beneficiary=beneficiary)
