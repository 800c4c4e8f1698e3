"""The JSON beside each page has the shape that docs/pages.md tells, no key more and none less."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from agent.core.model import State
from agent.core.reason import Reason
from agent.export.pages.details_json import subject_document, target_document
from agent.export.pages.verdict_details import DAYS, DayWithoutState, EvidenceDetail, ObjectiveInForce
from agent.export.snapshot import CurrentVerdict
from agent.wording.verdict_fields import fields
from tests.export.details import ROW, calendar, details
from tests.export.samples import LATE, NOW, SOUND, snapshot
from tests.parts.checkout import HOME

STANDINGS = (CurrentVerdict(verdict=SOUND), CurrentVerdict(verdict=LATE, since=NOW))

# Which heading of the document tells the keys of which place.
PLACES = {
    "The JSON of a target": "target",
    "Each of `subjects`": "target.subjects",
    "Each of `calendars`": "target.calendars",
    "The JSON of a subject": "subject",
    "Each of `cases`": "subject.cases",
    "`objective`": "objective",
    "Each of `days`": "days",
    "Each of `evidence`": "evidence",
    "`look`": "look",
    "Each of `commands`": "commands",
    "`row`": "row",
}
QUALIFIED = {"subjects": "target.subjects", "calendars": "target.calendars", "cases": "subject.cases"}


def documented() -> Mapping[str, list[str]]:
    """Return the keys of each table of the document, by its heading."""
    text = (HOME / "docs/pages.md").read_text(encoding="utf-8")
    parts = re.split(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {
        heading: re.findall(r"^\| `([a-z_0-9]+)` \|", body, re.MULTILINE)
        for heading, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def target_json() -> dict[str, Any]:
    """Return a target's JSON, read back."""
    shown = [calendar(SOUND.key._replace(subject=""), NOW)]
    read: dict[str, Any] = json.loads(target_document(STANDINGS, shown, snapshot()))
    return read


def subject_json(*proofs: EvidenceDetail) -> dict[str, Any]:
    """Return a subject's JSON, read back; `proofs` in the place of those that the sample has."""
    known = details([LATE], NOW)
    if proofs:
        known = replace(known, proofs={LATE.key: proofs})
    read: dict[str, Any] = json.loads(subject_document(STANDINGS[1:], known, snapshot()))
    return read


def objects(name: str, value: object) -> Iterator[tuple[str, list[str]]]:
    """Yield the keys of each object in a document, under the name of its place."""
    if isinstance(value, list):
        for one in value:
            yield from objects(name, one)
    elif isinstance(value, dict):
        yield name, list(value)
        for key, inner in value.items():
            yield from objects(QUALIFIED.get(str(key), str(key)), inner)


def test_every_key_is_documented_and_every_documented_key_is_there() -> None:
    """In this order; a verdict's own keys are those of the contract."""
    told = documented()
    assert set(PLACES) <= set(told)
    expected = {place: told[heading] for heading, place in PLACES.items()} | {"verdict": list(fields(LATE))}
    seen = {}
    for name, keys in [*objects("target", target_json()), *objects("subject", subject_json())]:
        assert sorted(keys) == sorted(expected[name]), name
        seen[name] = keys
    assert set(seen) == set(expected)


def test_the_documented_values_of_a_day_are_all_there_are() -> None:
    """A state where the day came to one, else a word that says why not; never both, never neither."""
    days = subject_json()["cases"][0]["days"]
    assert len(days) == DAYS
    assert [one["day"] for one in days] == sorted(one["day"] for one in days)
    for one in days:
        assert (one["state"] is None) is (one["untold"] is not None)
        assert one["state"] in {None, *(state.value for state in State)}
        assert one["reason"] in {None, *(reason.value for reason in Reason)}
    text = (HOME / "docs/pages.md").read_text(encoding="utf-8")
    assert all(f"`{untold.value}`" in text for untold in DayWithoutState)


def test_a_verdict_is_the_same_as_in_the_list_of_all() -> None:
    """Anyone who reads one reads the other."""
    assert target_json()["subjects"][0]["verdict"] == fields(LATE) == subject_json()["cases"][0]["verdict"]
    assert target_json()["state"] == "missed"
    assert target_json()["subjects"][0]["path"] == "/target/backup-rpo/files"


def test_evidence_that_is_gone_is_null_and_stays_in_the_list() -> None:
    """A look that was erased has its row, one that was never kept has nothing, an entry names its register."""
    erased, lost, entered = subject_json(
        EvidenceDetail(evidence="r-7", row=ROW),
        EvidenceDetail(evidence="unkept-x"),
        EvidenceDetail(evidence="incident-3", row=ROW, register="incident", entered_at=NOW),
    )["cases"][0]["evidence"]
    assert (erased["look"], erased["row"]["sequence"]) == (None, 1042)
    assert (lost["look"], lost["row"], lost["register"]) == (None, None, None)
    assert (entered["register"], entered["entered_at"]) == ("incident", "2026-11-24T04:12:09Z")


@pytest.mark.parametrize("limit", [float("nan"), float("inf"), None])
def test_what_is_no_number_is_null(limit: float | None) -> None:
    """JSON has no word for it, and a reader must be able to read the rest."""
    known = details([LATE], NOW)
    strange = replace(known.calendars[LATE.key], objective=ObjectiveInForce(limit=limit, unit="seconds"))
    told = json.loads(subject_document(STANDINGS[1:], replace(known, calendars={LATE.key: strange}), snapshot()))
    assert told["cases"][0]["objective"]["limit"] is None
