"""recovery-test: the recovery plan of each backup was exercised with success within the last year (article 5)."""

from collections.abc import Iterator
from dataclasses import replace

from agent.core.inventory import Backup
from agent.core.judging import Check, Question
from agent.core.model import Finding
from agent.core.periodic import judge_periodic, last_performed


def entered(question: Question) -> Iterator[Finding]:
    """Yield how long ago the backup's last successful exercise was; one that failed, later on, is told beside it."""
    backup: Backup = question.item
    own = [entry for entry in question.registered("recovery-test") if entry.get("backup") == backup.id]
    found = judge_periodic(question, [entry for entry in own if entry.get("result") == "ok"])
    last = last_performed(own)
    if last is not None and last.get("result") != "ok":
        found = replace(found, about={**found.about, "failed": last.values["performed"]})
    yield found


CHECK = Check(target="recovery-test", entered=entered)
