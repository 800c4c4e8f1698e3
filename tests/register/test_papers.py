"""The papers of an agreement that was amended: each proves what it was given for, and nothing else."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from agent.core.model import Key
from agent.core.period import PARIS
from agent.register import kept
from agent.register.book import as_entries
from tests.register.books import MemoryBook, configuration
from tests.register.test_agreed import FILES, SRV_1, amended, book_of, in_force
from tests.register.test_kept import ACCEPTANCE, ADAPTATION, SOUND, changed

PROOF = f"sha256:{'a' * 64}"
PAPERS = ("acknowledged_by=Présidente du SCOTA", "acknowledged_on=2026-11-23", f"evidence={PROOF}")
BACKED = (*changed(ADAPTATION, effective_on="2026-11-24"), *PAPERS)
PAPER_KEYS = {"acknowledged_by", "acknowledged_on", "evidence", "informed_on"}


def papers_of(book: MemoryBook) -> set[str]:
    """Return which papers the first entry of a book still has."""
    return PAPER_KEYS & as_entries(book.rows)[0].values.keys()


@pytest.mark.parametrize(
    "word",
    ["limit=2000h", "attainment=50 %", "target=backup-offsite", "subject=files", "effective_on=2026-12-01"],
)
def test_an_amended_term_takes_the_papers_of_an_adaptation(word: str) -> None:
    book = book_of(("adaptation", BACKED))
    extra = ("limit=", "attainment=98 %") if word.startswith("target") else ()
    amended(book, "adaptation", word, *extra, "author=tech", on=6)
    assert papers_of(book) == set()


def test_an_adaptation_without_its_papers_acts_until_its_amendment() -> None:
    book = book_of(("adaptation", BACKED))
    amended(book, "adaptation", "limit=2000h", "author=tech", on=6)
    limits = [in_force(book).limit(86400, FILES, date(2026, 12, day)) for day in (5, 6, 9)]
    assert limits == [30 * 3600, 86400, 86400]


def test_an_amended_reason_keeps_the_papers() -> None:
    book = book_of(("adaptation", BACKED))
    amended(book, "adaptation", "reason=lien lent, fibre coupée", on=6)
    assert papers_of(book) == PAPER_KEYS


def test_papers_that_the_amendment_gives_again_stay() -> None:
    book = book_of(("adaptation", BACKED))
    amended(book, "adaptation", "limit=40h", "informed_on=2026-11-01", PAPERS[0], "acknowledged_on=2026-12-05", on=6)
    amended(book, "adaptation", "reason=autre motif", on=7)
    assert papers_of(book) == PAPER_KEYS - {"evidence"}
    assert in_force(book).limit(86400, FILES, date(2026, 12, 8)) == 40 * 3600
    assert "given_again" not in as_entries(book.rows)[0].values


def test_a_paper_that_an_older_version_carried_over_has_fallen() -> None:
    book = book_of(("adaptation", BACKED))
    later = datetime(2026, 12, 6, 9, tzinfo=PARIS)
    book.rows.append(
        replace(book.rows[0], revision=2, sequence=9, received_at=later, values={**book.rows[0].values, "limit": "90h"})
    )
    amended(book, "adaptation", "reason=autre motif", on=7)
    assert papers_of(book) == set()
    assert in_force(book).limit(86400, FILES, date(2026, 12, 8)) == 86400
    amended(book, "adaptation", "informed_on=2026-11-01", PAPERS[0], on=8)
    assert papers_of(book) == {"informed_on", "acknowledged_by"}
    assert in_force(book).limit(86400, FILES, date(2026, 12, 8)) == 90 * 3600


@pytest.mark.parametrize("word", ["subject=srv-2", "until=2027-12-31"])
def test_what_was_not_signed_for_is_not_accepted(word: str) -> None:
    book = book_of(("acceptance", (*ACCEPTANCE, *PAPERS)))
    amended(book, "acceptance", word, on=10)
    assert papers_of(book) == set()
    keys = (SRV_1, Key(target="patching", subject="srv-2", beneficiary="scota"))
    assert in_force(book).acceptance(SRV_1, date(2026, 12, 9)) is not None
    assert [in_force(book).acceptance(key, date(2026, 12, 11)) for key in keys] == [None, None]


def test_an_acceptance_that_was_lifted_early_stays_signed() -> None:
    book = book_of(("acceptance", (*ACCEPTANCE, *PAPERS)))
    amended(book, "acceptance", "until=2026-12-12", on=10)
    assert papers_of(book) == set()
    assert in_force(book).acceptance(SRV_1, date(2026, 12, 11)) is not None


def test_an_acceptance_signed_again_covers_its_new_subject() -> None:
    book = book_of(("acceptance", ACCEPTANCE))
    amended(book, "acceptance", "target=backup-rpo", "subject=files", "accepted_on=2026-12-02", on=10)
    assert in_force(book).acceptance(FILES, date(2026, 12, 11)) is not None


def test_an_amended_exclusion_loses_its_acknowledgement() -> None:
    book = book_of(("exclusion", (*SOUND["exclusion"], *PAPERS)))
    amended(book, "exclusion", "to=2026-12-20", on=10)
    assert papers_of(book) == set()


def test_a_paper_is_never_asked_for_by_an_amendment() -> None:
    book = book_of(("adaptation", BACKED))
    amended(book, "adaptation", "limit=40h", on=6)
    kept.amend(book, "adaptation", "adaptation-1", ("reason=x",), configuration(), datetime(2026, 12, 7, tzinfo=PARIS))
    assert book.rows[-1].values["reason"] == "x"
