"""What must have a verdict: each target of each item, for each beneficiary, on the days that were declared."""

from collections import Counter
from dataclasses import replace
from datetime import date

from agent.core.convention import CLAUSES
from agent.core.duties.expected import Expected, expected, expected_entries
from agent.core.inventory import Beneficiary, DeclaredHost, Inventory, LogSource, Perimeter
from tests.checks.backups import BACKUP, OFFSITE
from tests.checks.entered import entry

SCOTA = Beneficiary(id="scota", name="SCOTA")
HOST = DeclaredHost(id="srv-1", beneficiaries=("scota", "cua"))
STARTS, ENDS, SIGNED = date(2026, 11, 1), date(2026, 11, 20), date(2026, 9, 1)


def days(inventory: Inventory, target: str) -> dict[str, tuple[date | None, date | None]]:
    """Return the first and the last day of each subject of a target."""
    return {one.key.subject: (one.starts, one.ends) for one in expected(inventory, SIGNED) if one.key.target == target}


def test_each_is_expected_once() -> None:
    inventory = Inventory(beneficiaries=(SCOTA,), hosts=(HOST,), backups=(BACKUP,))
    found = expected(inventory, SIGNED)
    assert max(Counter(one.key for one in found).values()) == 1
    patching = [one.key.beneficiary for one in found if one.key.target == "patching"]
    assert patching == ["scota", "cua"]


def test_a_beneficiary_is_judged_on_each_target_that_has_a_whole() -> None:
    found = Counter(one.key.target for one in expected(Inventory(beneficiaries=(SCOTA,)), SIGNED))
    wholes = {clause.id for clause in CLAUSES.values() if clause.whole is not None or Beneficiary in clause.subjects}
    assert found == dict.fromkeys(wholes, 1)
    for clause in (clause for clause in CLAUSES.values() if clause.whole is not None):
        assert days(Inventory(beneficiaries=(SCOTA,)), clause.id) == {clause.whole: (SIGNED, None)}


def test_a_backup_and_its_copies_have_its_days_else_those_of_its_host() -> None:
    host = replace(HOST, starts=STARTS, ends=ENDS)
    inventory = Inventory(hosts=(host,), backups=(BACKUP,))
    assert days(inventory, "backup-rpo") == {"files": (STARTS, ENDS)}
    assert days(inventory, "backup-offsite") == {OFFSITE.subject: (STARTS, ENDS)}
    own = replace(BACKUP, starts=date(2026, 11, 3), ends=date(2026, 11, 9))
    assert days(Inventory(hosts=(host,), backups=(own,)), "backup-offsite") == {
        OFFSITE.subject: (date(2026, 11, 3), date(2026, 11, 9))
    }


def test_a_host_and_a_source_have_the_days_that_they_declare() -> None:
    source = LogSource(
        id="fw-1", log="central", host="srv-1", kind="files", path="/x", starts=STARTS, beneficiaries=("scota",)
    )
    inventory = Inventory(hosts=(replace(HOST, ends=ENDS),), log_sources=(source,))
    assert days(inventory, "patching") == {"srv-1": (None, ENDS)}
    assert days(inventory, "log-retention") == {"central/fw-1": (STARTS, None)}


def test_only_an_exposed_perimeter_is_tested_and_each_is_scanned() -> None:
    perimeters = tuple(
        Perimeter(id=one, exposed=one == "internet", beneficiary="scota") for one in ("inside", "internet")
    )
    inventory = Inventory(perimeters=perimeters)
    assert days(inventory, "penetration-test") == {"internet": (SIGNED, None)}
    assert days(inventory, "vulnerability-scan") == {"inside": (SIGNED, None), "internet": (SIGNED, None)}


def test_a_host_that_is_not_looked_at_for_a_target_has_no_verdict_on_it() -> None:
    quiet = replace(HOST, collect=("patches",))
    found = [one for one in expected(Inventory(hosts=(quiet,)), SIGNED) if isinstance(one, Expected)]
    assert {one.key.target for one in found} == {"patching"}


def test_a_closed_entry_leaves_the_scorecard_a_month_later() -> None:
    values = {"detected": "2026-11-02", "reported": "2026-11-10", "title": "panne", "major": "yes", "author": "RSSI"}
    inventory = Inventory(beneficiaries=(SCOTA,))
    for today, there in ((date(2026, 12, 9), True), (date(2026, 12, 10), False)):
        found = expected_entries([entry("incident", "incident-1", **values)], inventory, today)
        assert [one.key.subject for one in found] == (["incident-1"] if there else [])
    month = entry("incident", "incident-2", none="2026-11", author="RSSI")
    other = entry("incident", "incident-3", beneficiary="gone", **values)
    assert expected_entries([month, other], inventory, date(2026, 11, 11)) == ()
