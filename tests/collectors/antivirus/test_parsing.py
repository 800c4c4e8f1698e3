"""What is read of ClamAV, Defender, Wazuh and of the search for them: any bytes give values or a typed error."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LookError
from agent.core.facts.protection import Protection, facts_of, protections_in
from agent.core.inventory import Antivirus, DeclaredHost
from agent.core.model import Fact, Observation
from collectors.antivirus import base, defender, wazuh
from collectors.antivirus.eicar import stream, trial_string
from collectors.antivirus.installed import InstalledProducts, parse
from collectors.antivirus.protection import wanted

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

PARSERS: tuple[Callable[[bytes], object], ...] = (
    lambda said: base.loaded(said.decode("latin-1")),
    base.on_disk,
    lambda said: defender.parse(said, NOW),
    wazuh.parse,
    parse,
)


@pytest.mark.parametrize("read", PARSERS)
@given(said=st.binary(max_size=300))
def test_no_bytes_break_a_parser(read: Callable[[bytes], object], said: bytes) -> None:
    try:
        read(said)
    except LookError as error:
        assert error.message


# The fields of a real answer, as Microsoft documents them.
HEALTH: dict[str, Any] = {
    "healthy": True,
    "healthIssues": [],
    "licensed": True,
    "definitionsUpdated": str(int((NOW - timedelta(minutes=20)).timestamp() * 1000)),
    "definitionsUpdatedMinutesAgo": 20,
    "definitionsVersion": "1.395.30.0",
    "definitionsStatus": {"$type": "upToDate"},
    "passiveModeEnabled": {"displayValue": True, "isManaged": False, "value": False},
    "productExpiration": str(int((NOW + timedelta(days=90)).timestamp() * 1000)),
    "realTimeProtectionEnabled": {"displayValue": True, "isManaged": False, "value": True},
}


def health(**changed: Any) -> Protection:
    return defender.parse(json.dumps({**HEALTH, **changed}).encode(), NOW)


def test_a_defender_that_is_all_it_should_be() -> None:
    seen = health()
    assert (seen.running, seen.engaged, seen.loaded) == (True, True, NOW - timedelta(minutes=20))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"realTimeProtectionEnabled": {"value": False}}, "real-time protection is off"),
        ({"realTimeProtectionEnabled": False}, "real-time protection is off"),
        ({"passiveModeEnabled": {"value": True}}, "passive mode"),
        ({"licensed": False}, "no licence"),
        ({"productExpiration": "1712756068000"}, "expired"),
        ({"healthy": False, "healthIssues": ["no active event provider"]}, "no active event provider"),
        ({"healthIssues": ["missing license"]}, "missing license"),
    ],
)
def test_a_defender_that_calls_itself_healthy_may_still_not_protect(changed: dict[str, Any], why: str) -> None:
    seen = health(**changed)
    assert seen.engaged is False
    assert why in (seen.said or "")


@pytest.mark.parametrize("never", ["0", "", None, True, "9" * 40, "yesterday"])
def test_definitions_that_never_came_have_no_date(never: object) -> None:
    assert health(definitionsUpdated=never).loaded is None


STATE = b"""now=%d zone=+0100
written=%d
# State file for wazuh-agentd
# Agent status:
# - connected:    connection established with manager in the last 20 seconds.
status='%s'

# Last time a keepalive was sent
last_keepalive='2026-11-24 12:59:50'

# Last time a control message was received
last_ack='2026-11-24 12:59:52'

msg_count='324'
"""


def state(status: bytes = b"connected", age: int = 3) -> Protection:
    now = int(NOW.timestamp())
    return wazuh.parse(STATE % (now, now - age, status))


def test_a_wazuh_agent_that_is_connected_is_dated_in_its_own_zone() -> None:
    seen = state()
    assert (seen.running, seen.engaged) == (True, True)
    assert seen.contact == NOW - timedelta(seconds=8)


def test_a_state_that_nobody_writes_any_more_is_an_agent_that_does_not_run() -> None:
    assert state(age=300).running is True
    assert state(age=301).running is False


@pytest.mark.parametrize("status", [b"pending", b"disconnected"])
def test_a_wazuh_agent_without_its_manager_does_not_act(status: bytes) -> None:
    assert state(status).engaged is False


def test_version_five_tells_no_acknowledgement() -> None:
    now = int(NOW.timestamp())
    said = (STATE % (now, now, b"connected")).replace(b"last_ack", b"other")
    assert wazuh.parse(said).contact == NOW - timedelta(seconds=10)


@pytest.mark.parametrize("day", ["Mon Nov 23 08:27:15 2026", "Mon Nov  2 08:27:15 2026", "Mon Nov 2 08:27:15 2026"])
def test_the_loaded_base_is_told_with_its_number_and_a_date_of_some_zone(day: str) -> None:
    told = base.loaded(f"ClamAV 1.4.6/27812/{day}")
    assert told is not None
    assert (told.number, told.within) == (27812, timedelta(hours=14))
    assert told.built.month == 11


@pytest.mark.parametrize(
    "version",
    ["PONG", "", "ClamAV", "ClamAV 1.4.6/27812/Mon Foo 23 08:27:15 2026", "ClamAV 1.4/1/Mon Nov 31 08:27:15 2026"],
)
def test_what_is_no_version_is_no_base(version: str) -> None:
    with pytest.raises(LookError):
        base.loaded(version)


def test_a_version_without_a_base_is_one_without_a_date() -> None:
    assert base.loaded("ClamAV 1.4.6") is None


HEADER = "ClamAV-VDB:23 Nov 2026 08-27 +0000:{number}:2075000:90:1eb0:X:raynman:{built}"


def test_the_newest_of_the_files_on_disk_counts_and_garbage_does_not() -> None:
    older, newer = HEADER.format(number=27811, built=1795300000), HEADER.format(number=27812, built=1795400000)
    heads = "\n".join([older + " " * 300, "garbage", newer])
    found = base.on_disk(heads.encode())
    assert found is not None
    assert (found.number, found.built) == (27812, datetime.fromtimestamp(1795400000, UTC))


instants = st.integers(1_600_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(
    offset=st.integers(-12 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    built=instants,
)
def test_in_whatever_zone_clamd_lives_its_base_is_told_to_the_second_by_the_file(
    offset: timedelta, built: datetime
) -> None:
    local = built.astimezone(timezone(offset))
    told = base.loaded(f"ClamAV 1.4.6/27812/{local.strftime('%a %b %d %H:%M:%S %Y')}")
    assert told is not None
    assert abs(told.built - built) <= told.within
    assert base.settled(told, [base.Base(number=27812, built=built)]).built == built
    assert base.settled(told, [base.Base(number=27813, built=built)]) == told
    assert base.settled(told, [base.Base(number=27812, built=built - timedelta(days=3))]) == told


@pytest.mark.parametrize("folder", ["/opt/sophos-spl", "/opt/ds_agent", "/opt/Elastic/Endpoint", "/opt/McAfee/ens"])
def test_a_product_that_is_not_read_is_there_all_the_same(folder: str) -> None:
    assert len(parse(f"folder {folder}\n".encode()).unread) == 1


def test_the_search_tells_what_is_there_and_where_it_listens() -> None:
    said = b"program clamd\nfolder /opt/CrowdStrike\nfile /etc/clamav/clamd.conf\nLocalSocket /run/c.ctl\n"
    assert parse(said + b"DatabaseDirectory /srv/bases\n") == InstalledProducts(
        clamav=True, unread=("CrowdStrike Falcon",), socket="/run/c.ctl", database="/srv/bases"
    )
    assert parse(b"") == InstalledProducts()
    assert parse(b"file /etc/clamd.conf\nTCPSocket 3310\n").only_tcp


@pytest.mark.parametrize("line", ["  LocalSocket /run/c.ctl", '\tLocalSocket\t"/run/c.ctl" '])
def test_a_setting_may_be_indented_and_in_quotes(line: str) -> None:
    assert parse(f"file /etc/clamd.conf\n{line}\n".encode()).socket == "/run/c.ctl"


def test_a_client_alone_is_no_protection() -> None:
    assert not parse(b"program clamdscan\n").clamav


@pytest.mark.parametrize(
    ("declared", "installed", "products"),
    [
        (Antivirus(), InstalledProducts(), ()),
        (Antivirus(), InstalledProducts(wazuh=True), ("wazuh",)),
        (Antivirus(), InstalledProducts(wazuh=True, clamav=True), ("clamav",)),
        (Antivirus(), InstalledProducts(defender=True, clamav=True), ("clamav", "defender")),
        (Antivirus(product="wazuh"), InstalledProducts(wazuh=True, clamav=True), ("wazuh",)),
        (Antivirus(product="clamav"), InstalledProducts(defender=True), ()),
        (Antivirus(socket="/run/c.ctl"), InstalledProducts(), ("clamav",)),
    ],
)
def test_what_is_declared_is_looked_at_else_what_is_there(
    declared: Antivirus, installed: InstalledProducts, products: tuple[str, ...]
) -> None:
    assert wanted(DeclaredHost(id="srv-1", antivirus=declared), installed) == products


def test_the_test_string_is_the_one_that_every_product_knows() -> None:
    halves = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
    assert trial_string().decode() == "".join(halves)
    assert stream(b"abc") == b"zINSTREAM\0\0\0\0\3abc\0\0\0\0"


@given(
    st.builds(
        Protection,
        product=st.sampled_from(["clamav", "defender"]),
        running=st.booleans(),
        engaged=st.none() | st.booleans(),
        loaded=st.none() | instants,
        loaded_within=st.timedeltas(timedelta(0), timedelta(hours=14)),
        loaded_version=st.none() | st.text(min_size=1),
        contact=st.none() | instants,
        said=st.none() | st.text(),
    ),
    st.none() | st.tuples(st.booleans(), instants),
)
def test_facts_hold_what_was_seen(seen: Protection, trial: tuple[bool, datetime] | None) -> None:
    if trial is not None:
        seen = replace(seen, proven=trial[0], tried_at=trial[1])
    facts: tuple[Fact, ...] = tuple(facts_of(seen, "srv-1", NOW))
    kept = Observation(collector="antivirus", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=facts)
    assert protections_in(kept) == (seen,)
