"""Annex D: who attests the quarter's days, which audits there were, what that proves and what it does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.core.duties.entries import RegisterEntry
from agent.proving.attested_days import COSIGNATURE, TIMESTAMP, AttestedBy, AttestedDays
from agent.report.figures import Report
from agent.report.names import names
from agent.report.page import render
from agent.report.proof_view import ReportProofView, proof_view
from agent.wording import proof as words
from agent.wording.languages import Language
from tests.report.test_page import words as words_of_page

DAYS = tuple(date(2026, 10, 1) + timedelta(days=n) for n in range(92))
AUDIT = RegisterEntry(
    id="a1",
    register="audit-draw",
    beneficiary="scota",
    values={
        "performed": "2026-11-12T09:00:00+00:00",
        "backup": "files",
        "copy": "offsite",
        "seed": "00",
        "draws": "460",
        "bytes_read": "400000000",
        "outcome": "sound",
        "author": "Mme Petit",
    },
    received_at=datetime(2026, 11, 12, 9, 5, tzinfo=UTC),
)


def shown(report: Report, *, public: bool = False, language: Language = "fr") -> ReportProofView:
    called = names((one.key for one in report.days), report.beneficiary, public=public, language=language)
    return proof_view(report, called)


def attested(report: Report, *who: AttestedBy, signed: int = 92) -> Report:
    return replace(report, proof=replace(report.proof, signed_days=signed, attested=who))


def witness(in_time: int, late: int = 0) -> AttestedBy:
    days = AttestedDays(in_time=DAYS[:in_time], late=DAYS[in_time : in_time + late], missing=DAYS[in_time + late :])
    return AttestedBy(source=COSIGNATURE, by="epci", key="epci.example/w+1a2b3c4d+BAAA", days=days)


def test_a_witness_is_counted_by_the_quarter_s_days(report: Report) -> None:
    (table,) = shown(attested(report, witness(88, late=3))).tables
    assert table.rows == (("epci (clé 1a2b3c4d)", "contresignature d'un témoin", "88 sur 92", "3", "1"),)
    assert table.note == words.IN_TIME


def test_an_authority_is_counted_too_and_each_claim_has_its_ground(report: Report) -> None:
    stamps = AttestedBy(source=TIMESTAMP, by="https://tsa.example/", key="", days=AttestedDays(in_time=DAYS))
    both = shown(attested(report, witness(92), stamps))
    assert [row[0] for row in both.tables[0].rows] == ["epci (clé 1a2b3c4d)", "https://tsa.example/"]
    assert words.WITNESSED in both.proves and words.STAMPED in both.proves
    late = shown(attested(report, witness(0, late=92)))
    assert words.WITNESSED not in late.proves and words.STAMPED not in late.proves


def test_days_that_no_one_else_attested_in_time_are_counted(report: Report) -> None:
    assert words.NOT_ATTESTED.format(days=4, signed=92) in shown(attested(report, witness(88, late=3))).does_not
    assert not any("refaites" in line for line in shown(attested(report, witness(92))).does_not)


def test_a_draft_is_bound_by_nothing_and_claims_nothing_of_it(report: Report) -> None:
    assert words.DOCUMENTS in shown(report).proves
    assert words.DOCUMENTS not in shown(replace(report, draft=True)).proves


def test_where_no_one_attests_the_page_says_so(report: Report) -> None:
    alone = shown(attested(report))
    assert alone.attested == (words.SIGNED.format(signed=92), words.NO_OTHER, words.NO_AUDIT)
    assert words.NOT_ATTESTED.format(days=92, signed=92) in alone.does_not
    assert any("il recompte aussi les taux et les échéances par événement" in said for said in alone.proves)
    assert alone.tables == ()


def test_days_without_places_are_counted_among_what_is_not_proven(report: Report) -> None:
    def of(days: int) -> ReportProofView:
        return shown(replace(report, proof=replace(report.proof, days_without_places=days)))

    assert words.NOT_ONE_VERSION.format(days=40, signed=92) in of(40).does_not
    assert words.ONE_VERSION.format(days=52, signed=92) in of(40).proves
    assert not any("deux versions" in said for said in of(0).does_not)
    assert not any("n'admet qu'une version" in said for said in of(92).proves)


def test_audits_of_the_quarter_are_listed_and_prove_what_they_read(report: Report) -> None:
    audited = shown(replace(report, entries=(*report.entries, AUDIT)))
    assert audited.tables[-1].rows == (
        ("files/offsite", "12 novembre 2026", "460", "400 Mo", "intact, tout ce qui a été tiré a été relu"),
    )
    assert words.AUDITED in audited.proves and words.NO_AUDIT not in audited.attested


@pytest.mark.parametrize(
    "changed",
    [
        lambda values: {**values, "outcome": "damaged"},
        lambda values: {name: value for name, value in values.items() if name != "outcome"},
    ],
)
def test_an_audit_that_was_not_sound_proves_nothing(
    report: Report, changed: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    entry = replace(AUDIT, values=changed(dict(AUDIT.values)))
    assert words.AUDITED not in shown(replace(report, entries=(entry,))).proves


def test_an_audit_of_another_quarter_is_not_listed(report: Report) -> None:
    entry = replace(AUDIT, values={**AUDIT.values, "performed": "2026-09-30"})
    assert shown(replace(report, entries=(entry,))).tables == ()


def test_a_public_page_names_no_person_and_no_copy(report: Report) -> None:
    said = str(shown(replace(report, entries=(AUDIT,)), public=True))
    assert "Petit" not in said and "files" not in said
    assert "Days (UTC)" in str(shown(report, language="en"))


def test_no_page_for_everyone_says_that_the_evidence_comes_with_it(report: Report) -> None:
    said = "il n'est pas joint à cette version"
    everyone, restricted = (words_of_page(render(report, public=public)) for public in (True, False))
    assert (said in everyone, said in restricted) == (True, False)
    assert "dossier de preuves joint" not in everyone
