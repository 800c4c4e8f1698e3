"""From entries to what is in force."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from agent.accounting.agreements import Agreements
from agent.core.inventory import Inventory
from agent.core.model import Key
from agent.core.period import PARIS, day_end, day_start
from agent.register import kept
from agent.register.agreed import agreements_in_force
from agent.register.book import as_entries
from tests.register.books import ALONE, NOW, MemoryBook, configuration
from tests.register.test_kept import ACCEPTANCE, ADAPTATION, INCIDENT, SOUND, changed

STARTS = date(2026, 1, 1)
SRV_1 = Key(target="patching", subject="srv-1", beneficiary="scota")
FILES = Key(target="backup-rpo", subject="files", beneficiary="scota")


def book_of(*entries: tuple[str, tuple[str, ...]]) -> MemoryBook:
    """Return a book with some entries."""
    book = MemoryBook()
    for register, words in entries:
        kept.add(book, register, words, configuration(), NOW)
    return book


def in_force(book: MemoryBook, inventory: Inventory = ALONE) -> Agreements:
    """Return what a book's entries come to."""
    return agreements_in_force(book.entries(None), inventory, STARTS, book.written_loads())


def test_an_acceptance_is_in_force_from_its_entry_to_the_end_of_its_last_day() -> None:
    agreed = in_force(book_of(("acceptance", ACCEPTANCE)))
    covered = [
        day
        for day in (date(2026, 11, 1), date(2026, 11, 23), date(2026, 11, 24), date(2026, 12, 31), date(2027, 1, 1))
        if agreed.acceptance(SRV_1, day)
    ]
    assert covered == [date(2026, 11, 24), date(2026, 12, 31)]
    assert agreed.acceptances[0].id == "acceptance-1"


def test_an_instant_ends_an_acceptance_with_the_day_in_which_it_falls() -> None:
    agreed = in_force(book_of(("acceptance", changed(ACCEPTANCE, until="2026-12-31T08:00+01:00"))))
    assert agreed.acceptances[0].until == date(2026, 12, 31)


def test_an_acceptance_on_the_mutualised_perimeter_is_kept_and_changes_nothing() -> None:
    book = book_of(
        ("acceptance", changed(ACCEPTANCE, subject="srv-2")),
        ("acceptance", changed(ACCEPTANCE, target="backup-rpo", subject="mail")),
        ("acceptance", changed(ACCEPTANCE, target="backup-offsite", subject="mail/offsite")),
    )
    agreed = in_force(book)
    assert [acceptance.outside_article for acceptance in agreed.acceptances] == [True] * 3
    assert all(agreed.acceptance(one.key, date(2026, 11, 25)) is None for one in agreed.acceptances)
    assert len(kept.listed(book, "acceptance")) == 3


def test_a_perimeter_declared_otherwise_later_gives_no_effect() -> None:
    book = book_of(("acceptance", changed(ACCEPTANCE, subject="srv-2")))
    own = replace(ALONE, hosts=(ALONE.hosts[0], replace(ALONE.hosts[1], perimeter="own")))
    key, day = SRV_1._replace(subject="srv-2"), date(2026, 12, 3)
    assert in_force(book, own).acceptance(key, day) is None
    later = datetime(2026, 12, 3, tzinfo=PARIS)
    kept.amend(book, "acceptance", "acceptance-1", ("reason=vu de nouveau",), configuration(own), later)
    book.rows[-1] = replace(book.rows[-1], received_at=later)
    told = [in_force(book, own).acceptance(key, one) is not None for one in (day - timedelta(days=1), day)]
    assert told == [False, True]


def signed_by(*names: str) -> Inventory:
    """Return the inventory with other signatories."""
    return replace(ALONE, beneficiaries=(replace(ALONE.beneficiaries[0], signatories=names),))


def entered_under(*names: str, later: Inventory) -> Agreements:
    """Return what is agreed after an acceptance under some signatories, and a load of another configuration."""
    book = MemoryBook()
    book.load(signed_by(*names))
    kept.add(book, "acceptance", ACCEPTANCE, configuration(signed_by(*names)), NOW)
    book.load(later)
    return in_force(book, later)


def test_a_signatory_taken_away_later_leaves_an_older_acceptance() -> None:
    for later in (signed_by("Directeur"), signed_by("Directeur", "Maire")):
        agreed = entered_under("Présidente du SCOTA", later=later)
        assert agreed.acceptance(SRV_1, date(2026, 11, 25)) is not None
    assert entered_under(later=signed_by("Directeur")).acceptance(SRV_1, date(2026, 11, 25)) is not None


def test_a_signatory_named_later_makes_no_older_acceptance_valid() -> None:
    for later in (ALONE, signed_by()):
        book = MemoryBook()
        book.load(signed_by("Directeur"))
        # As another file would have let it in.
        book.rows = [replace(row, sequence=2) for row in book_of(("acceptance", ACCEPTANCE)).rows]
        book.load(later)
        book.load(later)
        assert in_force(book, later).acceptance(SRV_1, date(2026, 11, 25)) is None


def test_no_clock_brings_an_acceptance_under_other_signatories() -> None:
    book = MemoryBook()
    book.load(signed_by("Directeur"))
    book.rows = [replace(row, sequence=2) for row in book_of(("acceptance", ACCEPTANCE)).rows]
    book.load(ALONE)
    for year in (2020, 2026, 2030):
        book.rows = [replace(row, received_at=datetime(year, 11, 24, tzinfo=PARIS)) for row in book.rows]
        assert in_force(book).acceptance(SRV_1, date(2026, 12, 25)) is None


def test_an_amendment_is_judged_by_the_signatories_of_its_own_entry() -> None:
    book = MemoryBook()
    book.load(ALONE)
    kept.add(book, "acceptance", ACCEPTANCE, configuration(), NOW)
    book.load(signed_by("Directeur"))
    book.rows.append(replace(book.rows[0], revision=2, sequence=4, received_at=NOW + timedelta(days=9)))
    told = [in_force(book).acceptance(SRV_1, date(2026, 12, day)) is not None for day in (2, 3)]
    assert told == [True, False]


def test_an_older_acceptance_is_judged_by_the_first_list_that_was_kept() -> None:
    for first, valid in ((ALONE, True), (signed_by("Directeur"), False)):
        book = MemoryBook()
        book.load_of_an_older_version()
        book.rows = [replace(row, sequence=2) for row in book_of(("acceptance", ACCEPTANCE)).rows]
        assert in_force(book, first).acceptances[0].signed is valid
        book.load(first)
        for later in (ALONE, signed_by("Directeur"), signed_by()):
            book.load(later)
            assert in_force(book, later).acceptances[0].signed is valid


def test_none_accepts_for_a_beneficiary_that_no_load_declared() -> None:
    book = MemoryBook()
    book.load(replace(ALONE, beneficiaries=()))
    book.rows = [replace(row, sequence=2) for row in book_of(("acceptance", ACCEPTANCE)).rows]
    assert not in_force(book).acceptances[0].signed


def test_a_perimeter_that_an_older_entry_does_not_note_is_that_of_its_load() -> None:
    own = replace(ALONE, hosts=(ALONE.hosts[0], replace(ALONE.hosts[1], perimeter="own")))
    noted = book_of(("acceptance", changed(ACCEPTANCE, subject="srv-2"))).rows[0]
    plain = {name: value for name, value in noted.values.items() if name != "perimeter"}
    key = SRV_1._replace(subject="srv-2")
    for older in (True, False):
        book = MemoryBook()
        if older:
            book.load_of_an_older_version()
        else:
            book.load(ALONE)
        book.rows = [replace(noted, values=plain, sequence=2)]
        book.load(ALONE if older else own)
        book.load(own)
        assert in_force(book, own).acceptance(key, date(2026, 11, 25)) is None


def test_an_acceptance_of_what_is_no_longer_declared_has_no_effect() -> None:
    (found,) = in_force(book_of(("acceptance", ACCEPTANCE)), replace(ALONE, hosts=(), backups=())).acceptances
    assert (found.id, found.has_effect) == ("acceptance-1", False)
    assert not found.covers(SRV_1, date(2026, 11, 25))


def test_on_a_host_of_several_bodies_an_acceptance_has_no_effect() -> None:
    """What they share is the own perimeter of none of them, unless it is declared (article 5.2)."""
    book = book_of(("acceptance", ACCEPTANCE))
    shared = replace(ALONE.hosts[0], beneficiaries=("scota", "other"), perimeter=None)
    for perimeter, outside in ((None, True), ("own", False)):
        hosts = (replace(shared, perimeter=perimeter), ALONE.hosts[1])
        (found,) = in_force(book, replace(ALONE, hosts=hosts)).acceptances
        assert found.outside_article is outside
    alone = replace(ALONE, hosts=(replace(shared, beneficiaries=("scota",)), ALONE.hosts[1]))
    assert in_force(book, alone).acceptance(SRV_1, date(2026, 11, 25)) is not None


def test_an_acceptance_about_an_entry_is_in_force() -> None:
    book = book_of(
        ("incident", INCIDENT), ("acceptance", changed(ACCEPTANCE, target="incident-report", subject="incident-1"))
    )
    key = Key(target="incident-report", subject="incident-1", beneficiary="scota")
    assert in_force(book).acceptance(key, date(2026, 11, 25)) is not None


def amended(book: MemoryBook, register: str, *words: str, on: int) -> None:
    """Amend the first entry of a register on a day of December."""
    now = datetime(2026, 12, on, 9, tzinfo=PARIS)
    kept.amend(book, register, f"{register}-1", words, configuration(), now)
    book.rows[-1] = replace(book.rows[-1], received_at=now)


def test_an_amended_acceptance_acts_from_the_day_of_its_amendment() -> None:
    book = book_of(("acceptance", changed(ACCEPTANCE, until="2026-11-30")))
    amended(book, "acceptance", "until=2026-12-31", "accepted_on=2026-12-09", on=10)
    agreed = in_force(book)
    covered = [day for day in range(1, 32) if agreed.acceptance(SRV_1, date(2026, 12, day))]
    assert covered == list(range(10, 32))
    assert agreed.acceptance(SRV_1, date(2026, 11, 30)) is not None
    assert [one.until for one in agreed.latest.acceptances] == [date(2026, 12, 31)]


def test_an_acceptance_given_another_subject_accepts_no_earlier_day_of_it() -> None:
    book = book_of(("acceptance", ACCEPTANCE))
    amended(book, "acceptance", "target=backup-rpo", "subject=files", "accepted_on=2026-12-09", on=10)
    agreed = in_force(book)
    assert agreed.acceptance(FILES, date(2026, 12, 9)) is None
    assert agreed.acceptance(FILES, date(2026, 12, 10)) is not None
    assert agreed.acceptance(SRV_1, date(2026, 12, 9)) is not None
    assert agreed.acceptance(SRV_1, date(2026, 12, 10)) is None


def test_an_adaptation_entered_late_changes_no_earlier_day() -> None:
    book = book_of(("adaptation", changed(ADAPTATION, effective_on="2026-11-01")))
    amended(book, "adaptation", "limit=48h", "informed_on=2026-11-01", on=3)
    agreed = in_force(book)
    limits = {day: agreed.limit(86400.0, FILES, day) for day in (date(2026, 11, 23), date(2026, 11, 24))}
    assert limits == {date(2026, 11, 23): 86400.0, date(2026, 11, 24): 30 * 3600.0}
    assert agreed.limit(86400.0, FILES, date(2026, 12, 2)) == 30 * 3600.0
    assert agreed.limit(86400.0, FILES, date(2026, 12, 3)) == 48 * 3600.0


def test_a_clock_set_back_brings_an_amendment_no_earlier_than_its_entry() -> None:
    book = book_of(("acceptance", changed(ACCEPTANCE, until="2026-11-24")))
    amended(book, "acceptance", "until=2026-12-31", "accepted_on=2026-12-09", on=10)
    book.rows[-1] = replace(book.rows[-1], received_at=datetime(2026, 11, 1, tzinfo=PARIS))
    assert in_force(book).acceptance(SRV_1, date(2026, 11, 23)) is None


def test_a_clock_set_back_brings_no_agreement_before_what_was_seen() -> None:
    exclusion = (
        "target=patching",
        "subject=srv-1",
        "from=2026-11-01",
        "to=2026-12-01",
        "reason=travaux",
        "author=RSSI",
    )
    book = book_of(("adaptation", ADAPTATION), ("exclusion", exclusion), ("acceptance", ACCEPTANCE))
    early, seen = datetime(2026, 11, 1, tzinfo=PARIS), datetime(2026, 12, 10, tzinfo=PARIS)
    book.rows = [replace(row, received_at=early, not_before=seen) for row in book.rows]
    agreed = in_force(book)
    days = [(agreed.adaptations[0].entered_on, agreed.exclusions[0].entered_on, agreed.acceptances[0].entered_on)]
    assert days == [(date(2026, 12, 10),) * 3]
    assert {entry.received_at for entry in as_entries(book.rows)} == {seen}


def test_an_adaptation_changes_the_limit_from_its_day() -> None:
    agreed = in_force(book_of(("adaptation", ADAPTATION)))
    assert agreed.limit(86400.0, FILES, date(2026, 11, 30)) == 86400.0
    assert agreed.limit(86400.0, FILES, date(2026, 12, 1)) == 30 * 3600.0


def test_an_adaptation_changes_the_share_of_days_for_one_subject() -> None:
    words = changed(ADAPTATION, limit=None, attainment="98,5 %", subject="files")
    agreed = in_force(book_of(("adaptation", words)))
    day = date(2026, 12, 1)
    assert agreed.attainment(Fraction(1), FILES, day) == Fraction(985, 1000)
    assert agreed.attainment(Fraction(1), FILES._replace(subject="mail"), day) == 1


def test_a_limit_is_read_in_the_targets_own_unit() -> None:
    book = book_of(
        ("adaptation", changed(ADAPTATION, target="incident-report", limit="15")),
        ("adaptation", changed(ADAPTATION, target="strong-authentication", limit="90 %")),
        ("adaptation", changed(ADAPTATION, target="storage-quota", limit="2TB")),
    )
    assert [adaptation.limit for adaptation in in_force(book).adaptations] == [15.0, 0.9, 2e12]


def test_an_exclusion_of_dates_holds_whole_days_and_one_of_hours_does_not() -> None:
    dates = changed(SOUND["exclusion"], **{"from": "2026-11-23", "to": "2026-11-25"})
    agreed = in_force(book_of(("exclusion", dates), ("exclusion", SOUND["exclusion"])))
    assert (agreed.exclusions[0].begins, agreed.exclusions[0].ends) == (
        day_start(date(2026, 11, 23)),
        day_end(date(2026, 11, 25)),
    )
    excluded = [day for day in range(1, 30) if agreed.excluded(SRV_1, date(2026, 11, day))]
    assert excluded == [24, 25]  # entered on the 24th
    night = datetime(2026, 12, 1, 23, tzinfo=PARIS)
    assert agreed.silenced(SRV_1, night) is not None
    assert agreed.silenced(SRV_1, night + timedelta(hours=4)) is None
    assert agreed.excluded(SRV_1, date(2026, 12, 1)) is None


@pytest.mark.parametrize("register", ["acceptance", "adaptation", "exclusion"])
def test_an_older_agreement_about_a_duty_of_article_6_has_no_effect(register: str) -> None:
    """Versions before the refusal took one."""
    book = book_of((register, SOUND[register]))
    (row,) = book.rows
    book.rows[:] = [replace(row, values={**row.values, "target": "breach-cnil"})]
    assert in_force(book) == Agreements()
