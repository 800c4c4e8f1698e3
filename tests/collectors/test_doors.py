"""An identity provider's export: whose rows they are, what they prove, and what of it is no evidence at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.collector import Look
from agent.core.errors import Unreadable
from agent.core.facts.access import AccessPath, Strength, ways_in
from agent.core.facts.console_exports import rows_of
from agent.core.inventory import DeclaredHost, Door, Export
from agent.core.model import Fact, Gap, Observation
from agent.core.reason import Reason
from agent.hosts.local import LocalHost
from collectors.doors import asked_in, collect

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
EXPORT = Export(id="entra", path="/x.csv", format="csv", fact="second-factor")
# The properties of Microsoft Graph's «userRegistrationDetails», as its documentation lists them.
ENTRA = (
    b"id,userPrincipalName,userDisplayName,userType,isAdmin,isSsprRegistered,isSsprEnabled,isSsprCapable,"
    b"isMfaRegistered,isMfaCapable,isPasswordlessCapable,methodsRegistered,lastUpdatedDateTime\n"
    b'1,Direction@scota.example,Direction,member,False,True,True,True,True,True,False,"[""mobilePhone"",""email""]",'
    b"2026-11-24T06:00:00Z\n"
    b"2,accueil@scota.example,Accueil,member,False,False,True,False,True,False,False,[],2026-11-24T06:00:00Z\n"
)
PLAIN = "account;second_factor;date;required\na@b.example;oui;2026-11-24 07:00;OUI\nc@b.example;non;2026-11-24 07:00;\n"
VPN = Door(id="vpn", accounts=("a", "A@b.example", "c@b.example"))
ASKING = replace(VPN, required_by="CA-01")
ACCOUNTS = ("direction@scota.example", "accueil@scota.example", "nobody@scota.example")


def ways(folder: Path, content: bytes | None, door: Door) -> tuple[dict[str, AccessPath], tuple[Gap, ...]]:
    """Return what one look at a door comes to, by account."""
    host = LocalHost("srv-1")
    if content is not None:
        (folder / "export.csv").write_bytes(content)
    look = Look(now=NOW, here=host, host=lambda id: host, timeout=timedelta(seconds=60), folder=folder)
    seen = tuple(collect(DeclaredHost(id="srv-1", doors=(door,)), look))
    observation = Observation(
        collector="doors", host="srv-1", subject="srv-1", begun=NOW, ended=NOW,
        facts=tuple(one for one in seen if isinstance(one, Fact)),
    )  # fmt: skip
    found = {way.account: way for way in ways_in(observation)}
    assert {way.path for way in found.values()} == {"door:vpn"}
    return found, tuple(one for one in seen if isinstance(one, Gap))


def door(folder: Path, *, required_by: str | None = None) -> Door:
    """Return a door whose export lies in a folder."""
    export = Export(id="entra", path=str(folder / "export.csv"), format="csv", fact="second-factor")
    return Door(id="vpn", accounts=ACCOUNTS, export=export, required_by=required_by)


def strengths(found: dict[str, AccessPath]) -> list[Strength]:
    """Return what the ways of the three accounts are worth."""
    return [found[account].strength for account in ACCOUNTS]


def test_entra_s_registration_details_prove_something_only_beside_what_asks_for_the_factor(tmp_path: Path) -> None:
    found, gaps = ways(tmp_path, ENTRA, door(tmp_path, required_by="CA-01"))
    assert (strengths(found), gaps) == ([Strength.STRONG, Strength.WEAK, Strength.UNKNOWN], ())
    assert found[ACCOUNTS[0]].two_factors
    found, gaps = ways(tmp_path, ENTRA, door(tmp_path))
    assert strengths(found) == [Strength.UNKNOWN, Strength.WEAK, Strength.UNKNOWN]


def test_a_door_without_an_export_is_unproven_for_everybody(tmp_path: Path) -> None:
    found, gaps = ways(tmp_path, None, Door(id="vpn", accounts=ACCOUNTS))
    assert (strengths(found), gaps) == ([Strength.UNKNOWN] * 3, ())


def test_an_export_that_is_not_there_is_told_and_proves_nothing(tmp_path: Path) -> None:
    found, gaps = ways(tmp_path, None, door(tmp_path, required_by="CA-01"))
    assert strengths(found) == [Strength.UNKNOWN] * 3
    assert [gap.reason for gap in gaps] == [Reason.UNREADABLE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_plain_table_says_itself_what_is_required(encoding: str) -> None:
    export = Export(id="idp", path="/x", format="csv", separator=";", fact="second-factor")
    at = datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert asked_in(rows_of(PLAIN.encode(encoding), export), export, VPN) == {
        "a@b.example": (frozenset({"password", "second-factor"}), at),
        "c@b.example": (frozenset({"password"}), at),
    }


def test_an_account_that_is_there_twice_counts_with_its_weaker_row() -> None:
    rows = b"account,second_factor,date\na,yes,2026-11-24\na,no,2026-11-23\na,yes,2026-11-25\n"
    assert asked_in(rows_of(rows, EXPORT), EXPORT, ASKING)["a"][0] == frozenset({"password"})


@pytest.mark.parametrize("weaker", [b"a,yes,2026-11-24,no\n", b"a,yes,2026-11-20,yes\n"])
@pytest.mark.parametrize("first", [True, False])
def test_of_two_rows_not_required_or_older_is_the_weaker(weaker: bytes, first: bool) -> None:
    rows = [weaker, b"a,yes,2026-11-24,yes\n"]
    header = b"account,second_factor,date,required\n"
    told = asked_in(rows_of(header + b"".join(rows if first else rows[::-1]), EXPORT), EXPORT, ASKING)
    assert told == asked_in(rows_of(header + weaker, EXPORT), EXPORT, ASKING)


def test_a_second_factor_dated_ahead_proves_nothing(tmp_path: Path) -> None:
    ahead = ENTRA.replace(b"2026-11-24T06", b"2036-11-24T06")
    found, gaps = ways(tmp_path, ahead, door(tmp_path, required_by="CA-01"))
    assert (strengths(found), gaps) == ([Strength.UNKNOWN] * 3, ())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"account,second_factor,date\n", id="a header alone"),
        pytest.param(b"account,date\na,2026-11-24\n", id="no factor"),
        pytest.param(b"account,second_factor,date\na,perhaps,2026-11-24\n", id="neither yes nor no"),
        pytest.param(b"account,second_factor,date\na,yes,yesterday\n", id="no date"),
        pytest.param(b"account,second_factor,date\na,yes\n", id="cut off"),
    ],
)
def test_what_is_no_export_of_second_factors_is_told(content: bytes) -> None:
    with pytest.raises(Unreadable):
        asked_in(rows_of(content, EXPORT), EXPORT, ASKING)


def test_a_row_of_someone_else_is_no_matter_of_a_door() -> None:
    """A provider lists thousands, guests without a date among them."""
    rows = b"account,second_factor,date\nguest,,\na,yes,2026-11-24\n"
    assert set(asked_in(rows_of(rows, EXPORT), EXPORT, ASKING)) == {"a"}


@given(st.binary(max_size=300))
def test_no_bytes_break_it(content: bytes) -> None:
    for before in (b"", b"account,second_factor,date\n"):
        try:
            asked_in(rows_of(before + content, EXPORT), EXPORT, VPN)
        except Unreadable:
            continue
