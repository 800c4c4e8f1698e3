"""An alerting rule as a value, and the Go templates that its texts are made of.

Source: Prometheus «Alerting rules» and «Template reference».
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.core.alert_state import Severity
from agent.wording.languages import Language, Words

PREFIX = "Beffroi"
# What the alerts on the agent itself have as their `target`.
AGENT = "agent"
# What a restart, an upgrade or a reboot of the agent's machine may take before its silence rings.
GONE_FOR = timedelta(minutes=30)
# What the agent told goes on ringing for so long once it is silent: until its silence rings, and silences the rest.
SILENT_FOR = GONE_FOR + timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alerting rule; `labels` come beside severity.

    `wait` is how long it must hold before it rings, `keeps` how long it goes on once it does not hold any more.
    """

    name: str
    expression: str
    severity: Severity
    summary: Words
    description: Words
    wait: timedelta = timedelta(0)
    keeps: timedelta = timedelta(0)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def runbook(self) -> str:
        """Return the name of its page in docs/runbooks, without `.md`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.name.removeprefix(PREFIX)).lower()

    def rule(self, language: Language, runbooks: Callable[[str], str]) -> dict[str, object]:
        """Return the rule as Prometheus reads it; `runbooks` returns where the page of a name is read."""
        waited = {"for": seconds(self.wait)} if self.wait else {}
        if self.keeps:
            waited["keep_firing_for"] = seconds(self.keeps)
        return {
            "alert": self.name,
            "expr": self.expression,
            **waited,
            "labels": {"severity": self.severity.value, **self.labels},
            "annotations": {
                "summary": self.summary.of(language),
                "description": self.description.of(language),
                "runbook_url": runbooks(self.runbook),
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


# What is known of a subject that rings, recorded once an evaluation: one series a fact, named by its label `fact`.
# Reading the agent's own series instead cost each alert five selectors, a third of a millisecond.
FACT = "target_subject:beffroi_target:fact"
_FACTS = {
    "reason": Words(fr="motif", en="reason"),
    "measured": Words(fr="mesuré", en="measured"),
    "limit": Words(fr="limite", en="limit"),
    "since": Words(fr="dans cet état depuis", en="in this state for"),
    "evidence": Words(fr="âge de la dernière preuve", en="age of newest evidence"),
}
_QUANTITY = (
    '{{ if eq .Labels.unit "seconds" }}{{ .Value | humanizeDuration }}'
    '{{ else if eq .Labels.unit "ratio" }}{{ .Value | humanizePercentage }}'
    '{{ else if eq .Labels.unit "bytes" }}{{ .Value | humanize }}B'
    "{{ else }}{{ .Value | humanize }}{{ end }}"
)


def _facts(language: Language) -> str:
    """Return a template that lists what is known of the alert's subject at that moment; one query tells it all.

    Instants are told as how long ago they were: Prometheus writes them in UTC, to the millisecond.
    """
    labels = " ".join(f"$labels.{name}" for name in ("target", "subject", "beneficiary"))
    asked = f'printf "{FACT}{{target=%q,subject=%q,beneficiary=%q}}" {labels} | query | sortByLabel "fact"'
    words = "{{ else }}".join(f'{{{{ if eq .Labels.fact "{id}" }}}}{said.of(language)}' for id, said in _FACTS.items())
    closed = "{{ end }}" * len(_FACTS)
    value = f"{{{{ with .Labels.reason }}}}{{{{ . }}}}{{{{ else }}}}{_QUANTITY}{{{{ end }}}}"
    return f"{{{{ range {asked} }}}} ; {words}{closed} {value}{{{{ end }}}}"


FACTS = Words(fr=_facts("fr"), en=_facts("en"))
WHOM = "{{ $labels.subject }} ({{ $labels.beneficiary }})"
