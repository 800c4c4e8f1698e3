"""The reason codes of a verdict: part of the public interface, extended at need, never renamed."""

from enum import Enum


class Reason(Enum):
    """Why a verdict is what it is; `beffroi explain CODE` tells each one at length."""

    # fresh evidence was judged
    WITHIN_LIMIT = "within-limit"
    ON_COURSE = "on-course"
    TOO_OLD = "too-old"
    TOO_SLOW = "too-slow"
    ABSENT = "absent"
    EMPTY = "empty"
    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    IN_FUTURE = "in-future"
    NOT_OFFSITE = "not-offsite"
    OUTSIDE_EEA = "outside-eea"
    SHRUNK = "shrunk"
    VANISHED = "vanished"
    HIDDEN = "hidden"  # a delete marker hides versions that are there
    NOT_IMMUTABLE = "not-immutable"
    LOCK_SHORTER = "lock-shorter"  # protected from deletion for less than promised
    CONTENT_CHANGED = "content-changed"
    WAL_GAP = "wal-gap"  # of a database: a segment lacks, so that the newest ones cannot be replayed
    RETENTION_EXCEEDED = "retention-exceeded"
    GAP = "gap"
    SILENT = "silent"
    NOT_RUNNING = "not-running"
    NOT_ENGAGED = "not-engaged"
    NOT_DETECTING = "not-detecting"
    OUTDATED = "outdated"
    UPDATES_PENDING = "updates-pending"
    CAMPAIGN_LATE = "campaign-late"
    RESTART_OWED = "restart-owed"
    UNSUPPORTED_SYSTEM = "unsupported-system"
    CLOCK_OFF = "clock-off"
    WEAK_AUTHENTICATION = "weak-authentication"
    RIGHT_REMAINING = "right-remaining"
    FLOW_OPEN = "flow-open"
    FLOW_BLOCKED = "flow-blocked"
    NOT_FILTERED = "not-filtered"
    OVER_QUOTA = "over-quota"
    OVERDUE = "overdue"
    INCOMPLETE = "incomplete"
    NOT_COVERED = "not-covered"  # something on a host that no backup holds
    NOT_EXPECTED = "not-expected"  # not applicable: the inventory says so, with its reason
    RETIRED = "retired"  # not applicable: retired by `beffroi retire`, its entry still in the file

    # nothing was shown either way
    TOOL_MISSING = "tool-missing"
    DENIED = "denied"
    LOCKED = "locked"
    WRONG_PASSWORD = "wrong-password"
    WRONG_REPOSITORY = "wrong-repository"
    UNREACHABLE = "unreachable"
    HOST_KEY_UNKNOWN = "host-key-unknown"
    HOST_KEY_CHANGED = "host-key-changed"
    TIMED_OUT = "timed-out"
    EXITED = "exited"
    UNREADABLE = "unreadable"
    STALE_EVIDENCE = "stale-evidence"
    NO_ROOM = "no-room"
    STALE_METADATA = "stale-metadata"
    CLOCK_DOUBTFUL = "clock-doubtful"
    NOT_RUN = "not-run"
    NO_CONTROL = "no-control"  # nothing shows that a trial from there could have passed
    PROTECTION_LOST = "protection-lost"  # a copy that only took in can now be deleted
    UNCHANGED = "unchanged"  # a source that used to change does not any more: dates alone show nothing then
    NOT_DECLARED = "not-declared"  # the configuration does not say what the target asks about
    NO_LONGER_DECLARED = "no-longer-declared"  # gone from the configuration without `ends`
    SILENT_AGENT = "silent-agent"  # of a fleet: nothing newer came from the agent behind which this lies
    NO_AGENT = "no-agent"  # of a fleet: a host that the centre declares and no agent watches
    DECLARED_TWICE = (
        "declared-twice"  # of a fleet: two agents watch one host; the worse of both, unproven if both are met
    )
    FORK = "fork"  # of a fleet: two rows claim one predecessor, in the database or at two machines of one key
    BUG = "bug"
