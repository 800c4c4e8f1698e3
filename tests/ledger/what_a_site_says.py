"""What the program says of a site's ledger at one instant, as far as people and other programs read it.

Everything but prose: sentences may be put better later, what they say may not change.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.core.model import Finding, Verdict
from agent.core.period import Quarter, day_of
from agent.evaluation.round import Round
from agent.evaluation.session import open_session, reading
from agent.export.metrics import exposition
from agent.export.pages.details_json import subject_document
from agent.export.verdicts_json import document
from agent.queries.current_state import current_snapshot
from agent.queries.history import History
from agent.report.build import build
from agent.report.csv_file import text
from agent.report.read_material import read
from agent.wording.languages import LANGUAGES
from agent.wording.slots import slots


@dataclass(frozen=True, slots=True)
class Still:
    """Both clocks at one instant."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant

    def monotonic(self) -> float:
        """Return it in seconds."""
        return self.instant.timestamp()


def told(configuration: Path, at: datetime) -> dict[str, Any]:
    """Return what is said of a ledger: what stands, what its looks come to anew, each subject, metrics, soundness."""
    with reading(configuration, clock=Still(at)) as (loaded, ledger, _clock):
        assert ledger is not None
        known = current_snapshot(loaded, ledger, now=at)
        past = History(configuration=loaded, ledger=ledger, now=at)
        subjects = {}
        for subject in sorted({one.verdict.subject for one in known.standings}):
            own = [one for one in known.standings if one.verdict.subject == subject]
            details = past.details([one.verdict for one in own])
            subjects[subject] = _without_prose(json.loads(subject_document(own, details, known)))
        checked = ledger.verify()
        material = read(loaded, ledger, Quarter.of(day_of(at)), "scota", at)
        return {
            "stands": _judged(known.verdicts, at),
            "anew": _judged(judged_anew(configuration, at), at),
            "subjects": subjects,
            "metrics": [line for line in exposition(known).decode().splitlines() if "version=" not in line],
            "report": {
                "days": text(build(material, None).days),
                "points": sorted(map(repr, material.points)),
                "copies": sorted(map(repr, material.copies)),
            },
            "verify": [checked.outcome.value, checked.rows, checked.heads, list(checked.damage)],
        }


def judged_anew(configuration: Path, at: datetime) -> tuple[Verdict, ...]:
    """Return what every rule makes of the looks that are kept."""
    with open_session(configuration, keep=False, clock=Still(at)) as session:
        return Round(session).judge(session.wanted)


def _judged(verdicts: tuple[Verdict, ...], at: datetime) -> dict[str, Any]:
    said = _without_prose(json.loads(document(verdicts, at)))
    written = {
        f"{verdict.target} {verdict.subject}": {
            language: [dict(slots(one, verdict.subject, verdict.unit, language)) for one in _each(verdict)]
            for language in LANGUAGES
        }
        for verdict in verdicts
    }
    return {"document": said, "written": written}


def _each(verdict: Verdict) -> Iterator[Verdict | Finding]:
    yield verdict
    yield from verdict.rest


PROSE = ("sentence", "text", "summary_text")


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_prose(one) for name, one in value.items() if name not in PROSE}
    return [_without_prose(one) for one in value] if isinstance(value, list) else value
