"""What was counted in a quarter, and its rate as it is printed."""

from dataclasses import dataclass

from agent.accounting.rate import Tally, cut
from agent.wording.languages import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurred:
    """What fell due in a quarter, as counts; `months` are those that neither an entry nor an attestation covers.

    `not_yet`: something is declared, and was not yet expected on the days that are counted.
    """

    met: int = 0
    late: int = 0
    to_do: int = 0
    unproven: int = 0
    accepted: int = 0
    months: tuple[str, ...] = ()
    not_yet: bool = False

    @property
    def due(self) -> int:
        """Return how many fell due."""
        return self.met + self.late + self.to_do + self.unproven + self.accepted


def percent(tally: Tally, language: Language = "fr") -> str:
    """Return a tally's rate alone, cut to one decimal; `—` where nothing was expected."""
    if tally.ratio is None:
        return "—"
    text = f"{cut(tally.ratio):f}".removesuffix(".0")
    return f"{text.replace('.', ',') if language == 'fr' else text} %"
