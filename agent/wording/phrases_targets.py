"""Which phrases each target has of its own, before the general ones of a reason."""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.phrases import Phrases
from agent.wording.phrases_backups import COPY, RECOVERY_POINT
from agent.wording.phrases_copies import COPIES, LIFECYCLE, SUSPICIONS
from agent.wording.phrases_patching import PATCHING
from agent.wording.phrases_protection import PROTECTION

OF_TARGET: Mapping[str, Mapping[Reason, Phrases]] = {
    "backup-rpo": {**RECOVERY_POINT, **SUSPICIONS},
    "backup-offsite": {**COPY, **COPIES},
    "backup-lifecycle": LIFECYCLE,
    "endpoint-protection": PROTECTION,
    "patching": PATCHING,
}
