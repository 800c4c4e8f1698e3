"""Entries: every mistake at once, nothing changed or removed."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import EntryRefused, UsageError
from agent.core.inventory import Inventory
from agent.register import kept
from agent.register.registers import REGISTERS as EVERY
from tests.register.books import ALONE, NOW, SHARED, MemoryBook, Row, configuration

INCIDENT = ("detected=2026-11-20T08:00+01:00", "title=Panne", "major=yes", "author=RSSI")
ACCEPTANCE = (
    "target=patching",
    "subject=srv-1",
    "accepted_by=Mme X, Présidente du SCOTA",
    "accepted_on=2026-11-01",
    "until=2026-12-31",
    "reason=fin de vie",
    "author=RSSI",
)
ADAPTATION = (
    "target=backup-rpo",
    "informed_on=2026-11-01",
    "effective_on=2026-12-01",
    "limit=30h",
    "reason=lien lent",
    "author=RSSI",
)

# One sound entry of each register.
# What has a command of its own is entered by it (tests/register/test_retiring.py).
REGISTERS = {name: one for name, one in EVERY.items() if one.by_command is None}
SOUND: dict[str, tuple[str, ...]] = {
    "incident": INCIDENT,
    "breach": ("detected=2026-11-20", "title=Courriel égaré", "cnil_due=no", "author=DPO"),
    "scan": ("performed=2026-11-20", "perimeter=internet", "by=prestataire", "author=RSSI"),
    "pentest": ("performed=2026-11-20", "perimeter=internet", "by=prestataire", "findings=3", "author=RSSI"),
    "recovery-test": (
        "performed=2026-11-20T14:00+01:00",
        "backup=files",
        "duration=3h",
        "recovery_point=2026-11-20T02:00+01:00",
        "result=ok",
        "author=RSSI",
    ),
    "departure": (
        "left=2026-12-31",
        "person=A. Dupont",
        "accounts=adupont adm-adupont",
        f"keys=SHA256:{'A' * 43}",
        "author=DRH",
    ),
    "acceptance": ACCEPTANCE,
    "adaptation": ADAPTATION,
    "exclusion": (
        "target=patching",
        "subject=srv-1",
        "from=2026-12-01T22:00+01:00",
        "to=2026-12-02T02:00+01:00",
        "reason=migration",
        "author=RSSI",
    ),
    "plan": ("target=patching", "subject=srv-1", "action=remplacer", "owner=DIITUN", "due=2027-03-31", "author=RSSI"),
    "audit": ("performed=2026-11-20", "by=cabinet", "author=DPO"),
    "awareness": ("performed=2026-11-20", "by=DPO", "author=DPO"),
    "restore": ("performed=2026-11-20", "backup=files", "reason=fichier effacé", "author=RSSI"),
    "change": ("backup=files", "reason=archivage des dossiers clos", "on=2026-11-20", "author=RSSI"),
}


def add(book: MemoryBook, register: str, *words: str, inventory: Inventory = ALONE) -> str:
    """Add an entry to a book."""
    return kept.add(book, register, words, configuration(inventory), NOW)


def amend(book: MemoryBook, register: str, id: str, *words: str, inventory: Inventory = ALONE) -> Row:
    """Amend an entry; return its last revision."""
    kept.amend(book, register, id, words, configuration(inventory), NOW)
    return book.rows[-1]


def refusal(register: str, *words: str, inventory: Inventory = ALONE, book: MemoryBook | None = None) -> str:
    """Return every line of what is refused; nothing is kept of it."""
    book = book or MemoryBook()
    before = list(book.rows)
    with pytest.raises(EntryRefused) as refused:
        add(book, register, *words, inventory=inventory)
    assert book.rows == before
    assert all(hint and line == line.strip() and not line.endswith(".") for line, hint in refused.value.mistakes)
    return "\n".join(line for line, _ in refused.value.mistakes)


def changed(words: tuple[str, ...], **values: str | None) -> tuple[str, ...]:
    """Return the words of an entry with other values; None: without that key."""
    fields = dict(word.split("=", 1) for word in words) | values
    return tuple(f"{key}={value}" for key, value in fields.items() if value is not None)


def test_there_is_a_sound_entry_of_every_register() -> None:
    assert set(SOUND) == set(REGISTERS)


@pytest.mark.parametrize("register", REGISTERS)
def test_a_sound_entry_is_kept_with_its_beneficiary(register: str) -> None:
    book = MemoryBook()
    id = add(book, register, *SOUND[register])
    (row,) = kept.listed(book, register)
    assert (row.id, row.revision, row.values["beneficiary"]) == (id, 1, "scota")
    assert set(row.values) == {word.split("=")[0] for word in SOUND[register]} | {"beneficiary"}


def test_a_change_of_a_backup_needs_no_day_of_its_own() -> None:
    book = MemoryBook()
    add(book, "change", *changed(SOUND["change"], on=None))
    (row,) = kept.listed(book, "change")
    assert "on" not in row.values
    assert 'backup: "nothing" is not known' in refusal("change", *changed(SOUND["change"], backup="nothing"))


def test_an_exercise_that_took_no_time_is_refused() -> None:
    said = refusal("recovery-test", *changed(SOUND["recovery-test"], duration="0s"))
    assert said == 'recovery-test: duration: "0s" is no time at all'


def test_an_adaptation_that_asks_for_nothing_is_refused() -> None:
    said = refusal("adaptation", *changed(ADAPTATION, limit=None, attainment="0 %"))
    assert said == 'adaptation: attainment: "0 %" asks for nothing'
    said = refusal("adaptation", *changed(ADAPTATION, target="web-filtering", limit="0,0 %"))
    assert said == 'adaptation: limit: "0,0 %" asks for nothing'


@pytest.mark.parametrize("register", REGISTERS)
def test_each_needed_key_is_asked_for_all_of_them_at_once(register: str) -> None:
    lines = refusal(register)
    for field in REGISTERS[register].fields:
        assert (f"{register}: {field.key}: is missing" in lines) is field.required


@pytest.mark.parametrize("register", REGISTERS)
def test_a_future_date_of_what_has_happened_is_refused(register: str) -> None:
    happened = [field.key for field in REGISTERS[register].fields if field.happened]
    for key in happened:
        assert f"{register}: {key}: 2026-11-25 lies ahead" in refusal(
            register, *changed(SOUND[register], **{key: "2026-11-25"})
        )


@pytest.mark.parametrize(
    ("register", "key"),
    [
        ("acceptance", "until"),
        ("adaptation", "effective_on"),
        ("exclusion", "to"),
        ("departure", "left"),
        ("plan", "due"),
    ],
)
def test_what_may_lie_ahead_may_lie_ahead(register: str, key: str) -> None:
    assert add(MemoryBook(), register, *changed(SOUND[register], **{key: "2027-06-30"}))


def test_today_is_not_ahead_and_a_minute_from_now_is() -> None:
    assert add(MemoryBook(), "incident", *changed(INCIDENT, detected="2026-11-24"))
    assert add(MemoryBook(), "incident", *changed(INCIDENT, detected="2026-11-24T11:00+01:00"))
    assert "lies ahead" in refusal("incident", *changed(INCIDENT, detected="2026-11-24T11:01+01:00"))


@pytest.mark.parametrize(
    ("register", "values", "line"),
    [
        ("incident", {"reported": "2026-11-19"}, "reported: 2026-11-19 comes before detected"),
        ("acceptance", {"until": "2026-10-31"}, "until: 2026-10-31 comes before accepted_on"),
        ("exclusion", {"to": "2026-12-01T21:59+01:00"}, "comes before from"),
        ("exclusion", {"to": "2026-12-01T22:00+01:00"}, "comes before from"),
        ("recovery-test", {"recovery_point": "2026-11-20T14:01+01:00"}, "performed: 2026-11-20T14:00:00+01:00 comes"),
        ("incident", {"detected": "2026-11-20T08:00"}, "is a time without a zone"),
        ("incident", {"detected": "2026-02-30"}, "is no day"),
        ("incident", {"detected": "hier"}, "is neither an instant nor a date"),
        ("incident", {"detected": "0001-01-01"}, "lies outside the years"),
        ("incident", {"detected": "9999-12-31T23:59-12:00"}, "lies outside the years"),
        ("incident", {"major": "oui"}, 'major: "oui" is not known'),
        ("incident", {"title": ""}, "title: has no value"),
        ("incident", {"title": "x" * 4001}, "title: is longer than"),
        ("incident", {"title": "a\x1b[2Jb"}, "title: holds a control character"),
        ("incident", {"title": "a\nb"}, "title: holds a control character"),
        ("incident", {"beneficiary": "scotta"}, 'beneficiary: "scotta" is not known'),
        ("incident", {"evidence": "/nowhere/report.pdf"}, "evidence: "),
        ("scan", {"perimeter": "intranet"}, 'perimeter: "intranet" is not known'),
        ("restore", {"backup": "file"}, 'backup: "file" is not known'),
        ("recovery-test", {"duration": "3 hours"}, "duration: "),
        ("recovery-test", {"result": "perfect"}, 'result: "perfect" is not known'),
        ("departure", {"keys": "SHA256:short"}, "keys: "),
        ("acceptance", {"target": "patchin"}, 'target: "patchin" is not known'),
        ("acceptance", {"subject": "srv-9"}, 'subject: "srv-9" is not judged under patching'),
        ("acceptance", {"subject": "files"}, 'subject: "files" is not judged under patching'),
        ("acceptance", {"accepted_by": "RSSI"}, "accepted_by: is the author"),
        ("acceptance", {"accepted_by": "Directeur"}, 'accepted_by: "Directeur" may not accept a risk'),
        ("adaptation", {"limit": "30"}, "limit: "),
        ("adaptation", {"limit": None}, "limit or attainment: is missing"),
        ("adaptation", {"target": "access-revocation", "limit": "x"}, "limit: "),
        ("adaptation", {"target": "breach-cnil", "limit": "120h"}, "target: breach-cnil is a duty of article 6"),
        ("adaptation", {"target": "restore-reason"}, "target: restore-reason is a duty of article 6"),
        ("acceptance", {"target": "backup-lifecycle", "subject": "files"}, "target: backup-lifecycle is a duty of"),
        ("exclusion", {"target": "backup-lifecycle", "subject": "files"}, "target: backup-lifecycle is a duty of"),
        ("adaptation", {"subject": "nowhere"}, 'subject: "nowhere" is not judged under backup-rpo'),
        ("adaptation", {"attainment": "101 %"}, "attainment: "),
        ("adaptation", {"informed_on": None}, "informed_on: is missing"),
    ],
)
def test_what_cannot_be_so_is_refused(register: str, values: dict[str, str | None], line: str) -> None:
    assert line in refusal(register, *changed(SOUND[register], **values))


@pytest.mark.parametrize("register", ["acceptance", "adaptation", "exclusion"])
@pytest.mark.parametrize("duty", ["breach-cnil", "breach-dpo", "restore-reason", "backup-lifecycle"])
def test_no_agreement_reaches_a_duty_of_article_6(register: str, duty: str) -> None:
    said = refusal(register, *changed(SOUND[register], target=duty))
    assert f"target: {duty} is a duty of article 6: no {register} reaches it" in said


@pytest.mark.parametrize("register", ["acceptance", "adaptation", "exclusion"])
def test_no_amendment_turns_an_agreement_to_a_duty(register: str) -> None:
    book = MemoryBook()
    id = add(book, register, *SOUND[register])
    with pytest.raises(EntryRefused, match="breach-cnil is a duty of article 6") as refused:
        amend(book, register, id, "target=breach-cnil")
    assert refused.value.exit_code == 2
    assert len(book.rows) == 1


def test_all_mistakes_are_told_at_once_each_with_its_mend() -> None:
    with pytest.raises(EntryRefused) as refused:
        add(MemoryBook(), "acceptance", "targt=patching", "subject=srv-1", "until=demain", "word", "until=2026-12-31")
    lines = [line for line, _ in refused.value.mistakes]
    assert any(line.startswith('acceptance: "targt": is no key') for line in lines)
    assert any("until: is given twice" in line for line in lines)
    assert any('until: "demain"' in line for line in lines)
    assert any('"word": is not key=value' in line for line in lines)
    assert sum(line.endswith("is missing") for line in lines) == 5
    assert ('acceptance: "targt": is no key of this register', 'did you mean "target"?') in refused.value.mistakes
    assert refused.value.exit_code == 2


def test_an_unknown_register_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="no such register") as refused:
        add(MemoryBook(), "incidents", *INCIDENT)
    assert refused.value.hint == 'did you mean "incident"?'


def test_evidence_is_kept_as_the_digest_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF" * 1000)
    book = MemoryBook()
    add(book, "incident", *INCIDENT, f"evidence={file}")
    assert book.rows[0].values["evidence"] == hashlib.sha256(b"%PDF" * 1000).hexdigest()
    file.unlink()
    assert amend(book, "incident", "incident-1", "title=Autre").values["evidence"] == book.rows[0].values["evidence"]


def test_evidence_that_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        assert "is no file" in refusal("incident", *INCIDENT, f"evidence={path}")


def test_where_several_beneficiaries_can_be_meant_one_must_be_named() -> None:
    assert "beneficiary: is missing, and several can be meant" in refusal("incident", *INCIDENT, inventory=SHARED)
    shared = changed(ACCEPTANCE)
    assert "several can be meant" in refusal("acceptance", *shared, inventory=SHARED)
    book = MemoryBook()
    add(book, "acceptance", *shared, "beneficiary=other", inventory=SHARED)
    assert book.rows[0].values["beneficiary"] == "other"


def test_an_entry_never_leaves_its_beneficiary_s_report() -> None:
    book = MemoryBook()
    id = add(book, "incident", *INCIDENT, "beneficiary=scota", inventory=SHARED)
    with pytest.raises(EntryRefused, match='"other" cannot take the place of "scota"'):
        amend(book, "incident", id, "beneficiary=other", inventory=SHARED)
    assert amend(book, "incident", id, "beneficiary=scota", "title=Panne", inventory=SHARED).revision == 2


def test_a_backup_tells_for_whom_a_restore_is() -> None:
    book = MemoryBook()
    add(book, "restore", *SOUND["restore"], inventory=SHARED)
    assert book.rows[0].values["beneficiary"] == "other"
    assert "has no part in this subject" in refusal("restore", *SOUND["restore"], "beneficiary=scota", inventory=SHARED)


def test_a_risk_about_an_entry_can_be_accepted() -> None:
    book = MemoryBook()
    id = add(book, "incident", *INCIDENT)
    assert add(book, "acceptance", *changed(ACCEPTANCE, target="incident-report", subject=id))


def test_a_revision_keeps_what_it_does_not_name() -> None:
    book = MemoryBook()
    id = add(book, "incident", *INCIDENT)
    row = amend(book, "incident", id, "reported=2026-11-23", "delay_reason=attente")
    assert (row.id, row.revision, row.values["title"], row.values["reported"]) == (id, 2, "Panne", "2026-11-23")
    assert len(book.rows) == 2
    assert "reported" not in book.rows[0].values
    row = amend(book, "incident", id, "delay_reason=")
    assert "delay_reason" not in row.values
    assert kept.listed(book, "incident") == (row,)


@pytest.mark.parametrize("words", [("title=",), ("reported=2026-11-01",), ("nothing=1",), ("author=",)])
def test_a_revision_is_checked_like_an_entry(words: tuple[str, ...]) -> None:
    book = MemoryBook()
    id = add(book, "incident", *INCIDENT)
    with pytest.raises(EntryRefused):
        amend(book, "incident", id, *words)
    assert len(book.rows) == 1


def test_only_what_is_there_can_be_amended() -> None:
    book = MemoryBook()
    id = add(book, "incident", *INCIDENT)
    with pytest.raises(UsageError, match="no entry 'incident-9'"):
        amend(book, "incident", "incident-9", "title=x")
    with pytest.raises(UsageError, match="no entry"):
        amend(book, "breach", id, "title=x")
    with pytest.raises(UsageError, match="nothing to amend"):
        amend(book, "incident", id)


def test_an_entry_on_what_is_no_longer_declared_can_still_be_amended() -> None:
    book = MemoryBook()
    acceptance = add(book, "acceptance", *ACCEPTANCE)
    restore = add(book, "restore", *SOUND["restore"])
    bare = Inventory(beneficiaries=ALONE.beneficiaries, hosts=ALONE.hosts[1:])
    assert amend(book, "acceptance", acceptance, "until=2026-11-30", inventory=bare).revision == 2
    assert amend(book, "restore", restore, "reason=autre", inventory=bare).values["beneficiary"] == "scota"


@pytest.mark.parametrize("register", ["incident", "breach", "departure"])
def test_a_month_is_signed_as_empty(register: str) -> None:
    book = MemoryBook()
    add(book, register, "none=2026-10", "author=RSSI")
    assert kept.signed_months(book.rows, REGISTERS[register], "scota") == {"2026-10"}
    assert kept.signed_months(book.rows, REGISTERS[register], "other") == set()


@pytest.mark.parametrize("register", sorted(set(REGISTERS) - {"incident", "breach", "departure"}))
def test_no_other_register_can_be_signed_as_empty(register: str) -> None:
    assert '"none": is no key of this register' in refusal(register, "none=2026-10", "author=RSSI")


def test_a_month_with_an_entry_cannot_be_signed_as_empty() -> None:
    book = MemoryBook()
    id = add(book, "incident", *changed(INCIDENT, detected="2026-10-31T23:59+01:00"))
    assert f"none: 2026-10 has an entry: {id}" in refusal("incident", "none=2026-10", "author=RSSI", book=book)
    assert add(book, "incident", "none=2026-09", "author=RSSI")
    assert add(book, "breach", "none=2026-10", "author=RSSI")


def test_an_instant_is_of_the_month_that_it_has_in_paris() -> None:
    book = MemoryBook()
    add(book, "incident", *changed(INCIDENT, detected="2026-09-30T22:30Z"))
    assert "has an entry" in refusal("incident", "none=2026-10", "author=RSSI", book=book)


def test_a_month_is_signed_once_and_only_when_it_is_over() -> None:
    book = MemoryBook()
    add(book, "incident", "none=2026-10", "author=RSSI")
    assert "was signed already" in refusal("incident", "none=2026-10", "author=RSSI", book=book)
    assert "2026-11 is not over" in refusal("incident", "none=2026-11", "author=RSSI")


def test_a_signature_stands_alone() -> None:
    lines = refusal("incident", "none=2026-10", "title=rien", "author=RSSI")
    assert "title: cannot stand beside none" in lines
    assert "author: is missing" in refusal("incident", "none=2026-10")


def test_an_event_found_later_withdraws_the_signature() -> None:
    book = MemoryBook()
    signed = add(book, "incident", "none=2026-10", "author=RSSI")
    add(book, "incident", *changed(INCIDENT, detected="2026-10-15"))
    assert kept.signed_months(book.rows, REGISTERS["incident"], "scota") == set()
    assert book.rows[0].id == signed


@given(words=st.lists(st.text(max_size=30), max_size=6), register=st.sampled_from(sorted(REGISTERS)))
def test_any_words_are_an_entry_or_a_refusal(words: list[str], register: str) -> None:
    with pytest.raises(EntryRefused) as refused:
        add(MemoryBook(), register, *words)
    assert all("\n" not in line and "\x1b" not in line for line, _ in refused.value.mistakes)


@given(
    values=st.dictionaries(
        st.sampled_from(sorted({field.key for one in REGISTERS.values() for field in one.fields} - {"evidence"})),
        st.one_of(st.text(max_size=40), st.sampled_from(["2026-11-20", "yes", "files", "patching", "srv-1", "30h"])),
    ),
    register=st.sampled_from(sorted(REGISTERS)),
)
def test_whatever_is_kept_is_accepted_as_it_stands(values: dict[str, str], register: str) -> None:
    book = MemoryBook()
    try:
        id = add(book, register, *(f"{key}={value}" for key, value in values.items()))
    except EntryRefused:
        assert book.rows == []
        return
    again = [f"{key}={value}" for key, value in book.rows[0].values.items()]
    if "none" not in book.rows[0].values:
        assert dict(amend(book, register, id, *again).values) == dict(book.rows[0].values)


def test_an_acceptance_under_signatories_not_yet_loaded_is_refused() -> None:
    book = MemoryBook()
    book.load(replace(ALONE, beneficiaries=(replace(ALONE.beneficiaries[0], signatories=("Directeur",)),)))
    with pytest.raises(EntryRefused) as refused:
        kept.add(book, "acceptance", ACCEPTANCE, configuration(), NOW)
    ((line, hint),) = refused.value.mistakes
    assert "accepted_by: the signatories of scota were changed" in line
    assert "beffroi reload" in hint
    book.load(ALONE)
    assert kept.add(book, "acceptance", ACCEPTANCE, configuration(), NOW) == "acceptance-1"


def test_an_acceptance_under_a_perimeter_not_yet_loaded_is_refused() -> None:
    book = MemoryBook()
    book.load(replace(ALONE, hosts=(replace(ALONE.hosts[0], perimeter="mutualised"), ALONE.hosts[1])))
    with pytest.raises(EntryRefused) as refused:
        kept.add(book, "acceptance", ACCEPTANCE, configuration(), NOW)
    assert 'subject: the perimeter of "srv-1" was changed' in str(refused.value)
