"""Catalogue of every metric that the agent exports."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One family of series: a gauge, or with `counter` a count of events since this process began.

    `unit` is the base unit at the end of the name, or empty. `info`: the value is always 1, the labels hold the data.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    info: bool = False
    counter: bool = False


_KEY = ("target", "subject", "beneficiary")

_METRICS = (
    Metric(
        name="beffroi_build_info",
        help="Always 1; the label holds the version that runs.",
        labels=("version",),
        info=True,
    ),
    Metric(
        name="beffroi_target_state",
        help="1 for the current state of the target for this subject, 0 for the four other states.",
        labels=(*_KEY, "state"),
    ),
    Metric(
        name="beffroi_target_value",
        help="Measured value, in the unit of the label; absent where nothing was measured.",
        labels=(*_KEY, "unit"),
    ),
    Metric(
        name="beffroi_target_limit",
        help="Objective, in the unit of the label; absent where the convention sets no figure.",
        labels=(*_KEY, "unit"),
    ),
    Metric(
        name="beffroi_target_evidence_timestamp_seconds",
        help="Time of the newest evidence behind the verdict; absent without evidence.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_reason_info",
        help="Always 1; the label holds the reason code of the current verdict.",
        labels=(*_KEY, "reason"),
        info=True,
    ),
    Metric(
        name="beffroi_target_since_timestamp_seconds",
        help="Start of the target's current state for this subject; absent while it is unknown.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_accepted_until_timestamp_seconds",
        help="End of the risk acceptance in force for this subject; absent without one.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_excluded_until_timestamp_seconds",
        help="End of the maintenance window that silences alerts for this subject; absent outside a window.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_acknowledged_until_timestamp_seconds",
        help="Until when an acknowledgement silences the alert on this subject; absent without one.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_target_day_unproven_timestamp_seconds",
        help="Time at which a civil day of the last eight was last recorded as unproven; absent if none was.",
        labels=_KEY,
        unit="seconds",
    ),
    Metric(
        name="beffroi_quarter_tally",
        help="Civil days of the current quarter so far, by the state counted for the day.",
        labels=(*_KEY, "state"),
    ),
    Metric(
        name="beffroi_attainment_ratio",
        help="Days met divided by days expected, this quarter so far; the report rates some targets by event, some not"
        " at all. Absent while no day is expected.",
        labels=("target", "beneficiary"),
        unit="ratio",
    ),
    Metric(
        name="beffroi_attainment_objective_ratio",
        help="Share of days to be met this quarter, including the adaptations in force today.",
        labels=("target", "beneficiary"),
        unit="ratio",
    ),
    Metric(
        name="beffroi_attainment_tally",
        help="Civil days of the current quarter so far, by the worst state of the target's subjects on that day.",
        labels=("target", "beneficiary", "state"),
    ),
    Metric(
        name="beffroi_quarter_length",
        help="Civil days of the current quarter, from its first to its last.",
    ),
    Metric(
        name="beffroi_quarter_elapsed",
        help="Civil days of the current quarter that are over.",
    ),
    Metric(
        name="beffroi_backup_newest_timestamp_seconds",
        help="Date of the copy's newest recovery point that counts for the verdict; of several paths, the "
        "oldest. Absent while a path has none.",
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
        help="Bytes stored in the copy, as last measured by a verification.",
        labels=("backup", "copy"),
        unit="bytes",
    ),
    Metric(
        name="beffroi_backup_whole_timestamp_seconds",
        help="Verification time of the part of the copy verified longest ago; absent until every part was verified.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_backup_store_free_bytes",
        help="Free space where the copy is stored; absent unless the copy has a store.",
        labels=("backup", "copy"),
        unit="bytes",
    ),
    Metric(
        name="beffroi_backup_store_free_inodes",
        help="Free inodes where the copy is stored; absent unless the copy has a store.",
        labels=("backup", "copy"),
    ),
    Metric(
        name="beffroi_backup_store_locks",
        help="Locks in the copy's repository; absent unless the copy has a store.",
        labels=("backup", "copy"),
    ),
    Metric(
        name="beffroi_backup_store_oldest_lock_timestamp_seconds",
        help="Last renewal of the oldest lock in the copy's repository; absent without a lock.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_backup_sample_files",
        help="Files of the copy's newest restore sample, by result; absent until a sample was taken.",
        labels=("backup", "copy", "result"),
    ),
    Metric(
        name="beffroi_backup_sample_timestamp_seconds",
        help="Time of the copy's newest restore sample; absent until a sample was taken.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_backup_sample_failing_files",
        help="Files that a sample could not restore correctly and no later sample has restored; each is retried.",
        labels=("backup", "copy"),
    ),
    Metric(
        name="beffroi_backup_sample_failing_since_timestamp_seconds",
        help="Time at which the first file that still cannot be restored was found; absent while there is none.",
        labels=("backup", "copy"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_collector_last_run_timestamp_seconds",
        help="Time of the collector's last run, for the subject where it is oldest.",
        labels=("collector", "host"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_collector_last_success_timestamp_seconds",
        help="Time of the last successful run, for the subject where it is oldest; absent while a subject has none.",
        labels=("collector", "host"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_collector_duration_seconds",
        help="Duration of the newest runs, summed over all subjects.",
        labels=("collector", "host"),
        unit="seconds",
    ),
    Metric(
        name="beffroi_collector_success",
        help="1 if the newest run succeeded for every subject, else 0; a frozen agent repeats it: alert on ages.",
        labels=("collector", "host"),
    ),
    Metric(
        name="beffroi_ledger_last_append_timestamp_seconds",
        help="Time of the newest append to the ledger.",
        unit="seconds",
    ),
    Metric(
        name="beffroi_ledger_free_bytes",
        help="Free space for the agent's user where the ledger is stored; measured once an hour.",
        unit="bytes",
    ),
    Metric(
        name="beffroi_ledger_sound",
        help="1 if the newest daily verification of the ledger's chain found no damage, else 0; absent "
        "before the first.",
    ),
    Metric(
        name="beffroi_ledger_verified_timestamp_seconds",
        help="Time of the daemon's last successful verification of the ledger's chain; absent before it.",
        unit="seconds",
    ),
    Metric(
        name="beffroi_checkpoint_size",
        help="Number of leaves of the agent's log that its newest signed checkpoint covers; absent before the first.",
    ),
    Metric(
        name="beffroi_checkpoint_timestamp_seconds",
        help="Time of the newest signed checkpoint of the agent's log, one a day; absent before the first.",
        unit="seconds",
    ),
    Metric(
        name="beffroi_timestamp_token_timestamp_seconds",
        help="Time of the newest timestamp of the agent's log; 0 if none was given yet, absent without an authority.",
        unit="seconds",
    ),
    Metric(
        name="beffroi_agent_last_row_timestamp_seconds",
        help="Time at which the agent's newest row arrived in the fleet's database; absent before the first.",
        labels=("agent",),
        unit="seconds",
    ),
    Metric(
        name="beffroi_agent_lag_rows",
        help="Rows that the agent had after its newest one when it sent it; absent while that is unknown.",
        labels=("agent",),
    ),
    Metric(
        name="beffroi_agent_state",
        help="1 for the agent's state, 0 for the others: current, silent, refused, never; at a fleet's centre alone.",
        labels=("agent", "state"),
    ),
    Metric(
        name="beffroi_witness_cosigned_timestamp_seconds",
        help="Time of the witness's last cosignature of the agent's log; absent before the first.",
        labels=("witness",),
        unit="seconds",
    ),
    Metric(
        name="beffroi_witness_refused",
        help="1 if the witness refuses the agent's log as rolled back or rewritten, else 0; absent until it was asked.",
        labels=("witness",),
    ),
    Metric(
        name="beffroi_configuration_refused",
        help="1 if the newest reload refused the configuration and the one before is in force, else 0.",
    ),
    Metric(
        name="beffroi_evaluation_seconds",
        help="Processor time of the newest evaluation round; absent outside the daemon.",
        unit="seconds",
    ),
    Metric(
        name="beffroi_evaluated_targets",
        help="Number of verdicts that the newest evaluation round gave anew; absent outside the daemon.",
    ),
    Metric(
        name="beffroi_evaluation_differences_total",
        help="Number of verdicts, since the daemon's start, that were out of date when they were compared with a full "
        "evaluation; after the first one every round is a full one. Absent outside the daemon.",
        counter=True,
    ),
    Metric(
        name="beffroi_heartbeat_timestamp_seconds",
        help="Time of the scheduling loop's last pass.",
        unit="seconds",
    ),
)

METRICS = MappingProxyType({metric.name: metric for metric in _METRICS})
