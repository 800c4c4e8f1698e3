"""A console's account of a machine's updates: whose rows they are, what dates them, and what of it proves nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.collector import Look
from agent.core.errors import LookError, Unreadable
from agent.core.inventory import Columns, DeclaredHost, Export, Updates
from agent.core.model import Fact, Observation
from agent.hosts.local import LocalHost
from collectors.patches.collect import collect

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WSUS = Export(
    id="wsus",
    path="",
    format="csv",
    host="Computer",
    date="Last report",
    fact="updates",
    separator=";",
    timezone="UTC",
    columns=Columns(
        oldest="Oldest missing",
        waiting="Needed",
        campaign="Last install",
        restart="Pending reboot",
        supported="End of support",
    ),
)
HEAD = "Computer;Last report;Needed;Oldest missing;Last install;Pending reboot;End of support\n"
ROW = "PC-SCOTA-01;2026-11-26 21:00;3;2026-11-11;2026-11-14;0;2027-10-12\n"
SCANNER = replace(WSUS, id="scanner", columns=Columns(oldest="Published"))


def looked(
    folder: Path, text: str, export: Export = WSUS, previous: Observation | None = None, now: datetime = NOW
) -> Observation:
    (folder / "export").write_text(text)
    machine = DeclaredHost(
        id="pc-1", updates=Updates(export=replace(export, path=str(folder / "export")), name="pc-scota-01")
    )
    here = LocalHost("srv-1")
    look = Look(now=now, here=here, host=lambda id: here, timeout=DAY, folder=folder, previous=previous)
    facts = tuple(thing for thing in collect(machine, look) if isinstance(thing, Fact))
    return Observation(collector="patches", host="pc-1", subject="pc-1", begun=now, ended=now, facts=facts)


def told(seen: Observation) -> dict[str, tuple[object, datetime]]:
    return {fact.name: (fact.value, fact.as_of) for fact in seen.facts}


def at(day: int, month: int = 11, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_a_row_tells_what_waits_since_when_and_what_else_is_owed(tmp_path: Path) -> None:
    reported = at(26, hour=21)
    assert told(looked(tmp_path, HEAD + ROW)) == {
        "patch.metadata": (reported + 7 * DAY, reported),
        "patch.reported.waiting": (3, reported),
        "patch.reported.oldest": (True, at(11)),
        "patch.campaign": (True, at(14)),
        "restart.machine": (False, reported),
        "system.supported_until": (datetime(2027, 10, 13, tzinfo=UTC), reported),
    }


def test_a_machine_that_the_console_does_not_know_shows_nothing(tmp_path: Path) -> None:
    assert looked(tmp_path, HEAD + ROW.replace("PC-SCOTA-01", "PC-2")).facts == ()


def test_of_a_machine_that_is_listed_twice_the_newest_report_counts(tmp_path: Path) -> None:
    older = "PC-SCOTA-01;2026-09-01 08:00;9;2026-01-01;2026-01-14;1;2027-10-12\n"
    assert told(looked(tmp_path, HEAD + older + ROW)) == told(looked(tmp_path, HEAD + ROW))


def test_a_scanner_s_rows_are_an_update_each(tmp_path: Path) -> None:
    rows = (
        "Computer;Last report;Published\npc-scota-01;2026-11-26;2026-11-11\n"
        "PC-SCOTA-01;2026-11-26;2026-10-02\npc-2;2026-11-26;2020-01-01\n"
    )
    seen = told(looked(tmp_path, rows, SCANNER))
    assert seen["patch.reported.waiting"] == (2, at(26))
    assert seen["patch.reported.oldest"] == (True, at(2, 10))
    assert "restart.machine" not in seen
    clean = told(looked(tmp_path, "Computer;Last report;Published\nPC-SCOTA-01;2026-11-26;\n", SCANNER))
    assert clean["patch.reported.waiting"] == (0, at(26))


@pytest.mark.parametrize("cell", ["1", "2", "yes", "Oui", "TRUE"])
def test_a_restart_without_a_date_is_owed_since_the_first_report_that_told_it(tmp_path: Path, cell: str) -> None:
    first = looked(tmp_path, HEAD + ROW.replace(";0;", f";{cell};"))
    later = ROW.replace(";0;", f";{cell};").replace("2026-11-26 21:00", "2026-12-05 21:00")
    second = looked(tmp_path, HEAD + later, previous=first, now=NOW + 10 * DAY)
    assert told(first)["restart.machine"] == told(second)["restart.machine"] == (True, at(26, hour=21))
    third = looked(tmp_path, HEAD + ROW, previous=second)
    assert told(third)["restart.machine"][0] is False


def test_a_restart_with_a_date_is_owed_since_then(tmp_path: Path) -> None:
    seen = looked(tmp_path, HEAD + ROW.replace(";0;", ";2026-11-15;"))
    assert told(seen)["restart.machine"] == (True, at(15))


def test_an_installation_dated_ahead_is_no_campaign(tmp_path: Path) -> None:
    # Clipped to now, it would be made anew at each look.
    row = ROW.replace("2026-11-14", "2027-11-14")
    assert "patch.campaign" not in told(looked(tmp_path, HEAD + row))
    older = ROW.replace("2026-11-14", "2026-10-02")
    assert told(looked(tmp_path, HEAD + row + older))["patch.campaign"] == (True, at(2, 10))


def test_a_restart_dated_ahead_is_owed_since_the_first_report_that_told_it(tmp_path: Path) -> None:
    first = looked(tmp_path, HEAD + ROW.replace(";0;", ";2027-11-15;"))
    later = ROW.replace(";0;", ";2027-11-15;").replace("2026-11-26 21:00", "2026-12-05 21:00")
    second = looked(tmp_path, HEAD + later, previous=first, now=NOW + 10 * DAY)
    assert told(first)["restart.machine"] == told(second)["restart.machine"] == (True, at(26, hour=21))


def test_other_dates_may_be_written_in_the_declared_form_or_as_iso(tmp_path: Path) -> None:
    french = replace(WSUS, date_format="%d/%m/%Y %H:%M")
    row = "PC-SCOTA-01;26/11/2026 21:00;3;11/11/2026 00:00;2026-11-14;0;2027-10-12\n"
    assert told(looked(tmp_path, HEAD + row, french)) == told(looked(tmp_path, HEAD + ROW))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD, "holds no row"),
        ("", "holds no row"),
        (HEAD.replace("Needed", "Wanted") + ROW, "lacks a column that is declared for it: Needed"),
        (HEAD + ROW.replace(";3;", ";;"), "gives no number of updates for pc-scota-01"),
        (HEAD + ROW.replace(";3;", ";-1;"), "gives no number of updates"),
        (HEAD + ROW.replace(";3;", ";0;"), "contradicts itself about pc-scota-01"),
        (HEAD + ROW.replace("2026-11-11", "2027-11-11"), "contradicts itself about pc-scota-01"),
        (HEAD + ROW.replace("2026-11-11", "soon"), "dates pc-scota-01 by 'soon'"),
        (HEAD + ROW.replace("2026-11-26 21:00", ""), "dates pc-scota-01 by ''"),
        (HEAD + ROW.replace("2026-11-26", "2026-11-28"), "ahead of this machine's clock"),
        (HEAD + ROW.replace(";0;", ";perhaps;"), "dates pc-scota-01 by 'perhaps'"),
        (HEAD + ROW.replace(";0;2027-10-12", "") + ROW.replace("01", "02"), "ends within a row"),
    ],
)
def test_what_is_not_understood_proves_nothing(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        looked(tmp_path, text)


@given(text=st.text(alphabet=st.sampled_from('PC-SOTA01;\n"0123456789:. noux,'), max_size=120))
def test_any_text_is_facts_or_a_typed_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        looked(tmp_path_factory.getbasetemp(), HEAD + text)
    except LookError:
        return
