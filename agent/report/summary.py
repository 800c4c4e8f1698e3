"""What an edition is compared by with the one before it: its days, its words, the entries that it read. Pure."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.core.duties.entries import RegisterEntry
from agent.core.model import State
from agent.report.entered import amendments
from agent.report.figures import EditionChange, Report, TargetFigures
from agent.report.printed import LABELS, printed_values
from agent.wording.inert import inert
from agent.wording.languages import LANGUAGES, Language, Words
from agent.wording.report import outcome_word, states
from agent.wording.targets.every import target_title
from agent.wording.translated import translated

SUMMARY = "summary.json"
SCHEMA = "beffroi.report/1"
VERDICT_TURNED = "{title} : le verdict {was} devient {comes}"
MEASURED_TURNED = "{title} : sans les acceptations de risque, le verdict {was} devient {comes}"
COUNT_TURNED = "{title} : décompte des jours ou échéances, {was} devient {comes}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSummary:
    """The result of one target's quarter, in a word and as counts; None: the target has no rate."""

    outcome: QuarterOutcome | None
    measured_outcome: QuarterOutcome | None
    tally: Tally | None


def counted(one: TargetFigures) -> TargetSummary:
    """Return the result that a target's figures give."""
    return TargetSummary(outcome=one.outcome, measured_outcome=one.measured_outcome, tally=one.tally)


def read(text: str) -> Mapping[str, TargetSummary]:
    """Return the result of each target by a summary that was written here."""
    return {target: _counted(figures) for target, figures in json.loads(text)["targets"].items()}


def _counted(figures: Mapping[str, Any]) -> TargetSummary:
    outcome, measured = (
        None if figures[name] is None else QuarterOutcome(figures[name]) for name in ("outcome", "measured_outcome")
    )
    names = ("met", "missed", "unproven", "accepted")
    known = figures["met"] is not None
    tally = Tally(**{name: figures[name] for name in names}) if known else None
    return TargetSummary(outcome=outcome, measured_outcome=measured, tally=tally)


def summary(report: Report) -> str:
    """Return the figures of a report as JSON, for tools and for the comparison with the next edition."""
    targets = {}
    for one in report.targets:
        counted = one.tally
        targets[one.target] = {
            "outcome": None if one.outcome is None else one.outcome.value,
            "measured_outcome": None if one.measured_outcome is None else one.measured_outcome.value,
            "met": None if counted is None else counted.met,
            "missed": None if counted is None else counted.missed,
            "unproven": None if counted is None else counted.unproven,
            "accepted": None if counted is None else counted.accepted,
        }
    whole = {
        "schema": SCHEMA,
        "quarter": str(report.quarter),
        "beneficiary": report.beneficiary,
        "targets": targets,
        "printed": [
            [one.target, one.subject, one.name, one.data, one.said.fr, one.said.en] for one in printed_values(report)
        ],
        "entries": {entry.id: _digest(entry.values) for entry in report.entries},
    }
    return json.dumps(whole, indent=1, sort_keys=True) + "\n"


def _digest(values: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()


def changes(before: tuple[str, str], after: tuple[str, str]) -> tuple[EditionChange, ...]:
    """Return what differs between two editions, each (its days as CSV, its summary)."""
    return (
        *_of_days(before[0], after[0]),
        *_of_entries(before[1], after[1]),
        *_of_words(before[1], after[1]),
        *_of_printed(before[1], after[1]),
    )


def _of_printed(before: str, after: str) -> Iterator[EditionChange]:
    """Yield each printed value that differs; an older summary has none to compare with."""
    old, new = (_printed(json.loads(text)) for text in (before, after))
    if old is None or new is None:
        return
    for key in sorted(old.keys() | new.keys()):
        was, comes = (one.get(key, _NOT_PRINTED) for one in (old, new))
        if was[0] != comes[0]:
            target, subject, name, _ = key
            label = LABELS.get(name, name)
            said = Words(fr=label, en=translated(label, "en") if name in LABELS else name)
            yield EditionChange(said=said, target=target, subject=subject, name=name, printed=(was[1], comes[1]))


_NOT_PRINTED: tuple[Any, Words] = ("", Words(fr="—", en="—"))
_Printed = dict[tuple[str, str, str, int], tuple[Any, Words]]


def _printed(whole: Mapping[str, Any]) -> _Printed | None:
    """Return the data and words of each printed value; those of one name are told apart by their order."""
    if "printed" not in whole:
        return None
    found: _Printed = {}
    for target, subject, name, data, fr, en in whole["printed"]:
        number = sum(1 for key in found if key[:3] == (target, subject, name))
        found[target, subject, name, number] = data, Words(fr=fr, en=en)
    return found


def _of_days(before: str, after: str) -> Iterator[EditionChange]:
    old, new = _by_subject(before), _by_subject(after)
    turns = [
        (name, day, old.get(name, {}).get(day, ""), new.get(name, {}).get(day, ""))
        for name in sorted(old.keys() | new.keys())
        for day in sorted(old.get(name, {}).keys() | new.get(name, {}).keys())
    ]
    changed = [turn for turn in turns if turn[2] != turn[3]]
    for (name, was, comes, _), run in groupby(enumerate(changed), key=_alike):
        days = [day for _, (_, day, _, _) in run]
        yield EditionChange(
            said=Words(fr="", en=""),
            target=name[0],
            subject=name[1],
            first=days[0],
            last=days[-1],
            before=State(was) if was else None,
            after=State(comes) if comes else None,
        )


def _alike(numbered: tuple[int, tuple[tuple[str, str], date, str, str]]) -> tuple[tuple[str, str], str, str, date]:
    number, (name, day, was, comes) = numbered
    return name, was, comes, day - timedelta(days=number)


def _by_subject(text: str) -> dict[tuple[str, str], dict[date, str]]:
    found: dict[tuple[str, str], dict[date, str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        days = found.setdefault((row["target"], row["subject"]), {})
        days[date.fromisoformat(row["day"])] = row["state"]
    return found


def _of_entries(before: str, after: str) -> Iterator[EditionChange]:
    old, new = json.loads(before)["entries"], json.loads(after)["entries"]
    for id in sorted(old.keys() | new.keys()):
        if id not in old:
            yield EditionChange(said=_entry("Inscription {id} ajoutée", id), entry=id)
        elif id not in new:
            yield EditionChange(said=_entry("Inscription {id} effacée, sa durée de conservation étant passée", id))
        elif old[id] != new[id]:
            yield EditionChange(said=_entry("Inscription {id} modifiée", id), entry=id)


def _entry(text: str, id: str) -> Words:
    fr, en = (translated(text, language).format(id=inert(id)) for language in LANGUAGES)
    return Words(fr=fr, en=en)


def with_amendments(
    found: tuple[EditionChange, ...], entries: Iterable[RegisterEntry], since: datetime
) -> tuple[EditionChange, ...]:
    """Return the changes with what was entered or amended after an instant beside each entry that they name."""
    known = {entry.id: entry for entry in entries}
    return tuple(
        replace(one, amendments=tuple(amendments(known[one.entry], since))) if one.entry in known else one
        for one in found
    )


def _of_words(before: str, after: str) -> Iterator[EditionChange]:
    old, new = json.loads(before)["targets"], json.loads(after)["targets"]
    for target, figures in new.items():
        was = old.get(target)
        if was is not None and was["outcome"] != figures["outcome"]:
            yield EditionChange(said=_turned(VERDICT_TURNED, target, was["outcome"], figures["outcome"]))
        elif was is not None and (tally := _counted(was).tally) != (now := _counted(figures).tally):
            yield EditionChange(said=_turned(COUNT_TURNED, target, tally, now))
        elif was is not None and was != figures:
            turned = was["measured_outcome"], figures["measured_outcome"]
            yield EditionChange(said=_turned(MEASURED_TURNED, target, *turned))


def _turned(text: str, target: str, was: str | Tally | None, comes: str | Tally | None) -> Words:
    fr, en = (
        translated(text, language).format(
            title=target_title(target, language), was=_said(was, language), comes=_said(comes, language)
        )
        for language in LANGUAGES
    )
    return Words(fr=fr, en=en)


def _said(one: str | Tally | None, language: Language) -> str:
    return states(one, language) if isinstance(one, Tally) else outcome_word(one, language)
