"""Which phrases each target has of its own, before the general ones of a reason."""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.phrases.access import AUTHENTICATION, REVOCATION
from agent.wording.phrases.alert_path import ALERT_PATH
from agent.wording.phrases.backups import COPY, RECOVERY_POINT
from agent.wording.phrases.clock import CLOCK
from agent.wording.phrases.copies import COPIES, LIFECYCLE, SUSPICIONS
from agent.wording.phrases.general import Phrases
from agent.wording.phrases.logs import COLLECTION, RETENTION
from agent.wording.phrases.network import NETWORK, WEB
from agent.wording.phrases.patching import PATCHING
from agent.wording.phrases.protection import PROTECTION
from agent.wording.phrases.registers import CONVENTION, EVENTS, PERIODIC, QUOTA
from agent.wording.phrases.restores import EXERCISE, RESTORE_TIME, RESTORES

OF_TARGET: Mapping[str, Mapping[Reason, Phrases]] = {
    "backup-rpo": {**RECOVERY_POINT, **SUSPICIONS},
    "backup-offsite": {**COPY, **COPIES},
    "backup-lifecycle": LIFECYCLE,
    "backup-rto": RESTORE_TIME,
    "recovery-test": EXERCISE,
    "restore-reason": RESTORES,
    "endpoint-protection": PROTECTION,
    "log-retention": RETENTION,
    "log-collection": {
        reason: (*ALERT_PATH.get(reason, ()), *COLLECTION.get(reason, ()), *CLOCK.get(reason, ()))
        for reason in (*ALERT_PATH, *COLLECTION, *CLOCK)
    },
    "patching": PATCHING,
    "network-segmentation": NETWORK,
    "strong-authentication": AUTHENTICATION,
    "web-filtering": WEB,
    "access-revocation": REVOCATION,
    "incident-report": EVENTS,
    "breach-dpo": EVENTS,
    "breach-cnil": EVENTS,
    "vulnerability-scan": PERIODIC,
    "penetration-test": PERIODIC,
    "awareness": PERIODIC,
    "gdpr-audit": PERIODIC,
    "storage-quota": QUOTA,
    "convention-review": CONVENTION,
}
