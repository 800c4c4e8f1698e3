"""What each reason code says to a person: a short phrase, what it means, why it counts, how to mend it."""

from types import MappingProxyType

from agent.core.reason import Reason
from agent.wording.languages import Language
from agent.wording.reasons.backups import BACKUPS
from agent.wording.reasons.general import GENERAL
from agent.wording.reasons.machines import MACHINES
from agent.wording.reasons.reaching import REACHING
from agent.wording.reasons.shared import SHARED
from agent.wording.reasons.unproven import UNPROVEN

REASONS = MappingProxyType({**GENERAL, **BACKUPS, **MACHINES, **REACHING, **SHARED, **UNPROVEN})


def reason_words(reason: Reason, language: Language) -> str:
    """Return the short phrase of a reason, as it stands behind a name: «sauvegarde files : trop ancien»."""
    return REASONS[reason].short.of(language)
