"""The rule tests that `promtool test rules` runs: one a severity, and one for what is expected here.

They are written from the same configuration as the rules, with its own subjects, so that they prove the rules that are
installed and not an example. Source: Prometheus «Unit testing for rules».
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.core.alert_state import Severity, severity_of
from agent.core.duties.entries import DUTIES
from agent.core.duties.expected import Expected
from agent.core.model import Key, State, Target
from agent.rules.alert import AGENT, named

HOUR = 60
INSTANCE = "127.0.0.1:9588"
UP = f'up{{job="beffroi",instance="{INSTANCE}"}}'
HEARTBEAT = f'beffroi_heartbeat_timestamp_seconds{{job="beffroi",instance="{INSTANCE}"}}'
APPEND = f'beffroi_ledger_last_append_timestamp_seconds{{job="beffroi",instance="{INSTANCE}"}}'

# What always rings, and what rings because a case does not show every subject.
ASIDE = "BeffroiWatchdog|BeffroiSubjectUnwatched"

Heard = tuple[str, str, str, str]
Series = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: the series of its minutes, and who is heard at some of them: name, severity, target, subject.

    `interval` is the minutes between two samples.
    """

    name: str
    series: Series
    heard: Mapping[int, Sequence[Heard]]
    aside: str = ASIDE
    interval: int = 1

    def written(self) -> dict[str, object]:
        """Return the case as promtool reads it."""
        by = "alertname, severity, target, subject"
        expression = f'count by ({by}) (ALERTS{{alertstate="firing", alertname!~"{self.aside}"}})'
        return {
            "name": self.name,
            "interval": f"{self.interval}m",
            "input_series": [{"series": name, "values": values} for name, values in self.series.items()],
            "promql_expr_test": [
                {"expr": expression, "eval_time": f"{minute}m", "exp_samples": [_sample(one) for one in heard]}
                for minute, heard in self.heard.items()
            ],
        }


def _sample(heard: Heard) -> dict[str, object]:
    name, severity, target, subject = heard
    labels = f'{{alertname="{name}", severity="{severity}", subject="{subject}", target="{target}"}}'
    return {"labels": labels, "value": 1}


def alive(minutes: int, *, gone_after: int | None = None) -> Series:
    """Return the series of an agent that is well, until it answers no more."""
    shown = minutes if gone_after is None else gone_after
    gone = "" if gone_after is None else f" 0x{minutes - shown}"
    ticking = f"0+60x{shown}" + ("" if gone_after is None else " stale")
    return {UP: f"1x{shown}{gone}", HEARTBEAT: ticking, APPEND: ticking}


def series_of(metric: str, key: Key, **more: str) -> str:
    """Return the series of a metric for one verdict; ids and codes hold nothing to escape."""
    labels = {"target": key.target, "subject": key.subject, "beneficiary": key.beneficiary, **more}
    matchers = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{metric}{{{matchers}}}"


def in_state(key: Key, state: State) -> str:
    """Return the series that says whether a verdict is in a state."""
    return series_of("beffroi_target_state", key, state=state.value)


def miss_of(key: Key, target: Target) -> Heard:
    """Return who is heard where a target is missed."""
    severity = severity_of(target, State.MISSED).value
    return f"Beffroi{named(key.target)}Missed", severity, key.target, key.subject


def cases(wanted: Sequence[Expected], targets: Mapping[str, Target]) -> Iterator[Case]:
    """Yield the cases of a configuration."""
    first = {one.key.target: one.key for one in reversed(wanted)}
    yield Case(
        name="none: the watchdog is heard when nothing else is",
        series={},
        heard={0: [("BeffroiWatchdog", "none", AGENT, "watchdog")]},
        aside="BeffroiAgentGone|BeffroiSubjectUnwatched",
    )
    yield Case(
        name="page: an agent that is gone is heard within the hour",
        series=alive(HOUR + 10, gone_after=10),
        heard={5: [], HOUR + 10: [("BeffroiAgentGone", "page", AGENT, INSTANCE)]},
    )
    for severity in (Severity.PAGE, Severity.TICKET):
        of_it = [key for id, key in first.items() if severity_of(targets[id], State.MISSED) is severity]
        if of_it:
            yield Case(
                name=f"{severity.value}: a target is heard while it is missed",
                series={**alive(30), **{in_state(key, State.MISSED): "0x5 1x10 0x15" for key in of_it}},
                heard={4: [], 7: [miss_of(key, targets[key.target]) for key in of_it], 20: []},
            )
    lacking = next(one.key for one in wanted if one.key.target not in DUTIES)
    shown = {in_state(one.key, State.MET): "1x60" for one in wanted}
    yield Case(
        name="ticket: a subject that is not shown any more is heard",
        series={**alive(HOUR), **shown, in_state(lacking, State.MET): "1x10 stale"},
        heard={8: [], HOUR: [("BeffroiSubjectUnwatched", "ticket", lacking.target, lacking.beneficiary)]},
        aside="BeffroiWatchdog",
    )
