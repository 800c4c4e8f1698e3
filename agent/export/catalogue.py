"""Every metric that the agent may show: the one table that the exposition, the tests and the explanations read."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Describe one family of series; all are gauges, since nothing here counts events of this process.

    `unit` is the base unit that the name ends in, empty where it has none. `info`: its value is always 1, its labels
    tell.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    info: bool = False


_KEY = ("target", "subject", "beneficiary")

_METRICS = (
    Metric(name="beffroi_build_info", help="The version that runs.", labels=("version",), info=True),
    Metric(
        name="beffroi_target_state",
        help="1 for the state in which the target stands for this subject, 0 for the four others.",
        labels=(*_KEY, "state"),
    ),
    Metric(
        name="beffroi_target_value",
        help="The number that was measured, in the unit that the label names; no series where nothing was measured.",
        labels=(*_KEY, "unit"),
    ),
    Metric(
        name="beffroi_target_limit",
        help="The objective, in the unit that the label names; no series where the convention sets no figure.",
        labels=(*_KEY, "unit"),
    ),
    Metric(
        name="beffroi_target_evidence_timestamp_seconds",
        help="When the newest evidence behind the verdict was observed; no series where there is none.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_reason_info",
        help="Why the target stands where it does for this subject: the reason code of its verdict.",
        labels=(*_KEY, "reason"),
        info=True,
    ),
    Metric(
        name="beffroi_target_since_timestamp_seconds",
        help="Since when the target has stood in its present state for this subject; no series where that is not told.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_accepted_until_timestamp_seconds",
        help="When the acceptance of the risk ends that is in force for this subject; no series while none is.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_excluded_until_timestamp_seconds",
        help="When the agreed maintenance ends that hushes the alert for this subject; no series while there is none.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_day_unproven_timestamp_seconds",
        help="When a civil day of the last eight was last entered as unproven; no series where none was.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_quarter_tally",
        help="Civil days of the current quarter so far, by the state that the day came to.",
        labels=(*_KEY, "state"),
    ),
    Metric(
        name="beffroi_attainment_ratio",
        help="Days met over days expected, this quarter so far; no series while no day is expected.",
        labels=("target", "beneficiary"),
        unit="ratio",
    ),
    Metric(
        name="beffroi_attainment_objective_ratio",
        help="The share of days to be met this quarter, adaptations in force today included.",
        labels=("target", "beneficiary"),
        unit="ratio",
    ),
    Metric(
        name="beffroi_attainment_tally",
        help="Civil days of the current quarter so far, by the state that the worst of the target's subjects came to.",
        labels=("target", "beneficiary", "state"),
    ),
    Metric(
        name="beffroi_quarter_length",
        help="Civil days of the current quarter, those to come included.",
    ),
    Metric(
        name="beffroi_quarter_elapsed",
        help="Civil days of the current quarter that are over.",
    ),
    Metric(
        name="beffroi_backup_newest_timestamp_seconds",
        help="Date of the copy's newest recovery point that counts for the verdict (of several paths, the oldest of "
        "their newest); absent where a path has none.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_backup_verified_bytes",
        help="Bytes of the copy whose integrity was verified in the last 90 days.",
        labels=("backup", "copy"),
        unit="bytes",
    ),
    Metric(
        name="beffroi_backup_stored_bytes",
        help="Bytes that the copy holds, as last seen by a verification.",
        labels=("backup", "copy"),
        unit="bytes",
    ),
    Metric(
        name="beffroi_backup_whole_timestamp_seconds",
        help="When the part of the copy that was verified the longest ago was; no series while a part never was.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_backup_store_free_bytes",
        help="Room left where the copy lies; known where the copy has a store.",
        labels=("backup", "copy"),
        unit="bytes",
    ),
    Metric(
        name="beffroi_backup_store_free_inodes",
        help="How many more files fit where the copy lies; known where the copy has a store.",
        labels=("backup", "copy"),
    ),
    Metric(
        name="beffroi_backup_store_locks",
        help="Locks that lie in the copy's repository; known where the copy has a store.",
        labels=("backup", "copy"),
    ),
    Metric(
        name="beffroi_backup_store_oldest_lock_timestamp_seconds",
        help="When the oldest lock in the copy's repository was last renewed; no series while there is none.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_backup_sample_files",
        help="Files of the copy's newest sample, by what each came to; no series where no sample was taken.",
        labels=("backup", "copy", "result"),
    ),
    Metric(
        name="beffroi_backup_sample_timestamp_seconds",
        help="When the newest sample of the copy was taken; no series where none was.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_backup_sample_failing_files",
        help="Files that a sample found not to come back as they should, and none has since; each is tried again.",
        labels=("backup", "copy"),
    ),
    Metric(
        name="beffroi_backup_sample_failing_since_timestamp_seconds",
        help="Since when the first of the files that do not come back is known; no series while there is none.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_collector_last_run_timestamp_seconds",
        help="When the collector last looked at the subject that it has left alone the longest.",
        labels=("collector", "host"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_collector_last_success_timestamp_seconds",
        help="When a look last succeeded, for the subject where that is longest ago; no series while one never did.",
        labels=("collector", "host"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_collector_duration_seconds",
        help="How long the newest looks took, all subjects together.",
        labels=("collector", "host"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_collector_success",
        help="1 where the newest look at each subject succeeded, else 0; a frozen agent repeats it, so alert on ages.",
        labels=("collector", "host"),
    ),
    Metric(
        name="beffroi_ledger_last_append_timestamp_seconds",
        help="When the ledger was last appended to.",
        unit="seconds",
    ),
    Metric(
        name="beffroi_ledger_free_bytes",
        help="Room left where the ledger lies, for the agent's user; looked at once an hour.",
        unit="bytes",
    ),
    Metric(
        name="beffroi_ledger_sound",
        help="1 where the newest daily walk along the ledger's chain found no damage, else 0; no series before it.",
    ),
    Metric(
        name="beffroi_ledger_verified_timestamp_seconds",
        help="When the ledger's chain was last walked by the daemon and held; no series before that.",
        unit="seconds",
    ),
    Metric(
        name="beffroi_heartbeat_timestamp_seconds",
        help="When the scheduling loop last ticked.",
        unit="seconds",
    ),
)

METRICS = MappingProxyType({metric.name: metric for metric in _METRICS})
