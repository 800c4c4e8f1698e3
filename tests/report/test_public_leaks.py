"""A public document says of what is open only counts: marks in all that is open stand in no public document."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import get_args

import pytest

from agent.accounting.agreements import Adaptation
from agent.core.model import State
from agent.core.period import HalfYear, Month
from agent.core.reason import Reason
from agent.report.build import build
from agent.report.figures import Report
from agent.report.further.execution import execution
from agent.report.further.execution_view import execution_view
from agent.report.further.indicators import indicators
from agent.report.further.indicators_view import indicators_view
from agent.report.further.sheet import render as render_sheet
from agent.report.material import Material
from agent.report.names import names
from agent.report.page import render
from agent.wording.languages import Language
from tests.ledger.samples import verdict
from tests.report.test_occurrences import entry

LANGUAGES: tuple[Language, ...] = get_args(Language)
# Entered in time, or after the quarter's end: then the page lists that there is an entry, by its id.
RECEIVED = {"in time": datetime(2026, 12, 31, 12, tzinfo=UTC), "after": datetime(2027, 1, 4, 9, tzinfo=UTC)}
ID = r"|\b(?:incident|breach|departure|recovery-test|plan|audit-draw|adaptation)-9[0-9]\b"
# Each open entry, by its register: a mark in every text, and a day, a time or a length that nothing else has.
OPEN: tuple[tuple[str, Mapping[str, str]], ...] = (
    (
        "incident",
        {"title": "MARK-a", "detected": "2026-12-28T03:17:00+01:00", "declared": "2026-12-28T04:17:00+01:00",
         "major": "yes", "personal_data": "no", "delay_reason": "MARK-b"},
    ),
    (
        "breach",
        {"title": "MARK-c", "detected": "2026-12-30T05:17:00+01:00", "cnil_due": "yes", "decision": "MARK-d",
         "dpo_informed": "2026-12-30T06:17:00+01:00"},
    ),
    ("departure", {"left": "2026-12-29T07:17:00+01:00", "person": "MARK-e", "accounts": "MARK-f"}),
    (
        "recovery-test",
        {"performed": "2026-12-27T08:17:00+01:00", "backup": "mail", "duration": "61h", "result": "failed",
         "recovery_point": "2026-12-26T09:17:00+01:00", "by": "MARK-g"},
    ),
    (
        "plan",
        {"target": "web-filtering", "subject": "malware", "action": "MARK-h", "owner": "MARK-i", "cause": "MARK-j",
         "due": "2026-12-24"},
    ),
    (
        "audit-draw",
        {"backup": "mail", "copy": "offsite", "performed": "2026-12-23T10:17:00+01:00", "draws": "461",
         "bytes_read": "7170000000", "outcome": "damaged", "by": "MARK-k"},
    ),
)  # fmt: skip
# The days and times above as either language writes them, lengths and sizes, and what the open copy's verdict has.
DAYS = r"\b(?:2[346789]|30) (?:décembre|December)\b"
TIMES = r"\b(?:3|4|5|6|7|8|9|10) h 17\b|\b0?(?:3|4|5|6|7|8|9|10):17\b"
MARKS = rf"MARK-|{DAYS}|{TIMES}|\b61 h|\b461\b|7[,.]1 G|\b47 h|\b94 %"


def marked(material: Material, at: datetime) -> Material:
    """Return the quarter with one open thing of each register, entered in time or after the quarter's end."""
    entries = tuple(
        replace(entry(90 + number, register, {"author": "MARK-z", **values}), received_at=at)
        for number, (register, values) in enumerate(OPEN)
    )
    signed = entry(89, "breach", {"author": "RSSI", "none": "2026-12"})
    adapted = Adaptation(
        id="adaptation-95", target="web-filtering", beneficiary="scota", subject="malware",
        informed_on=date(2026, 12, 24), effective_on=date(2026, 12, 24), attainment=Fraction(47, 50),
        reason="MARK-l", author="MARK-m", entered_on=date(2026, 12, 24),
    )  # fmt: skip
    seen = replace(
        verdict(datetime(2026, 12, 24, 3, 17, tzinfo=UTC)),
        target="backup-rto",
        subject="mail",
        beneficiary="scota",
        state=State.MET,
        measured=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=47 * 3600.0,
        about={"basis": "measured", "entry": "recovery-test-93", "performed": datetime(2026, 12, 27, 8, tzinfo=UTC)},
    )
    return replace(
        material,
        entries=(*material.entries, *entries, signed),
        agreements=replace(material.agreements, adaptations=(*material.agreements.adaptations, adapted)),
        last_verdicts=(*material.last_verdicts, seen),
    )


def open_off_site(report: Report) -> Report:
    """Return a report in which copies fell short on the last day as well."""
    return replace(
        report,
        targets=tuple(
            replace(one, days=(*one.days[:-1], replace(one.days[-1], state=State.MISSED)))
            if one.target == "backup-offsite"
            else one
            for one in report.targets
        ),
    )


def documents(material: Material, *, public: bool, language: Language) -> Iterator[tuple[str, str]]:
    report = open_off_site(build(material, 1))
    yield "quarter", render(report, public=public, language=language)
    called = names((one.key for one in report.days), "scota", public=public, language=language)
    yield "half-year", render_sheet(execution_view(execution(material, HalfYear(2026, 2)), material, called))
    yield "month", render_sheet(indicators_view(indicators(material, Month(2026, 12), {}), material, called))


def told(page: str, marks: str) -> list[str]:
    """Return the marks in a page: in its texts, its attributes, and what is hidden."""
    body = html.unescape(page.partition("</style>")[2]).replace("\u202f", " ").replace("\u00a0", " ")
    return sorted({found.group() for found in re.finditer(marks, body)})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("received", RECEIVED)
def test_no_public_document_tells_anything_of_what_is_open(
    material: Material, received: str, language: Language
) -> None:
    marks = MARKS + (ID if received == "in time" else "")
    made = documents(marked(material, RECEIVED[received]), public=True, language=language)
    assert {kind: told(page, marks) for kind, page in made} == {"quarter": [], "half-year": [], "month": []}


def test_the_restricted_documents_tell_what_is_open(material: Material) -> None:
    """The guard would see the marks: the documents that are not for everyone have them."""
    for kind, page in documents(marked(material, RECEIVED["in time"]), public=False, language="fr"):
        assert len(told(page, MARKS + ID)) > 9, kind
