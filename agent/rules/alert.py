"""An alerting rule as a value, and the Go templates that its texts are made of.

Source: Prometheus «Alerting rules» and «Template reference».
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.core.ringing import Severity
from agent.wording.languages import Language, Words

PREFIX = "Beffroi"
# What the alerts on the agent itself have as their `target`.
AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Hold one alerting rule; `labels` come beside severity, `wait` is how long it must hold before it rings."""

    name: str
    expression: str
    severity: Severity
    summary: Words
    description: Words
    wait: timedelta = timedelta(0)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def runbook(self) -> str:
        """Return the name of its page in docs/runbooks, without `.md`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.name.removeprefix(PREFIX)).lower()

    def rule(self, language: Language, runbooks: str) -> dict[str, object]:
        """Return the rule as Prometheus reads it; `runbooks` is the address of the folder of the pages."""
        waited = {"for": seconds(self.wait)} if self.wait else {}
        return {
            "alert": self.name,
            "expr": self.expression,
            **waited,
            "labels": {"severity": self.severity.value, **self.labels},
            "annotations": {
                "summary": self.summary.of(language),
                "description": self.description.of(language),
                "runbook_url": f"{runbooks.rstrip('/')}/{self.runbook}.md",
            },
        }


def named(id: str) -> str:
    """Return an id of the convention as part of an alert's name: `backup-rpo` is BackupRpo."""
    return "".join(part.capitalize() for part in id.split("-"))


def seconds(duration: timedelta) -> str:
    """Return a duration as PromQL and rules write it."""
    return f"{int(duration.total_seconds())}s"


def any_of(values: "tuple[str, ...] | list[str]") -> str:
    """Return a matcher's regular expression for exactly these values, escaped for a PromQL string."""
    return "|".join(re.escape(value).replace("\\", "\\\\") for value in values)


def _of_subject(metric: str) -> str:
    labels = "target=%q,subject=%q,beneficiary=%q"
    return f'printf "{metric}{{{labels}}}" $labels.target $labels.subject $labels.beneficiary | query'


def _quantity(metric: str) -> str:
    return (
        f"{{{{ with {_of_subject(metric)} }}}}{{{{ $one := . | first }}}}{{{{ $unit := $one.Labels.unit }}}}"
        '{{ if eq $unit "seconds" }}{{ $one.Value | humanizeDuration }}'
        '{{ else if eq $unit "ratio" }}{{ $one.Value | humanizePercentage }}'
        '{{ else if eq $unit "bytes" }}{{ $one.Value | humanize }}B'
        "{{ else }}{{ $one.Value | humanize }}{{ end }}{{ else }}?{{ end }}"
    )


def _told(metric: str, shown: str) -> str:
    return f"{{{{ with {_of_subject(metric)} }}}}{{{{ {shown} }}}}{{{{ else }}}}?{{{{ end }}}}"


def _instant(metric: str) -> str:
    return _told(metric, ". | first | value | humanizeTimestamp")


# Each asks Prometheus when the alert rings, and says «?» where there is nothing to be told.
MEASURED = _quantity("beffroi_target_value")
LIMIT = _quantity("beffroi_target_limit")
SINCE = _instant("beffroi_target_since_timestamp_seconds")
OBSERVED = _instant("beffroi_target_evidence_timestamp_seconds")
REASON = _told("beffroi_target_reason_info", "(. | first).Labels.reason")
WHOM = "{{ $labels.subject }} ({{ $labels.beneficiary }})"
