"""Facts of older rows have the values of today; a text that no version wrote is damage."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.errors import LedgerDamaged
from agent.core.facts.access import AccessPath, AuthorizedKey, SeenAccount
from agent.core.facts.firewall import Passage
from agent.core.facts.network_flows import Attempt, FlowResult
from agent.core.facts.recovery_points import PointPath
from agent.core.facts.restore_pace import Draw, Totals
from agent.core.facts.restore_samples import Failed, Sampled
from agent.core.facts.security_updates import PackageVersion, System
from agent.core.facts.verification import Damage, Slice
from agent.core.judging.anomaly_record import Anomaly
from agent.core.judging.sighting import PointMaker
from agent.core.judging.terms import GoneUnderTerms, Owed, Terms
from agent.core.measures import ByteCount
from agent.core.model import Fact, FactValue
from agent.core.places import CopyMachine, SeenPlace
from agent.core.reached import TracedPoint
from agent.core.reason import Reason
from agent.ledger.codec import codec
from agent.ledger.encode import canonical
from agent.ledger.fields import parse
from agent.ledger.kept_types import FACT
from agent.ledger.older_facts import _READ

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
POINT, TOKEN, SUM = "a" * 64, "b" * 64, "c" * 64
PACKAGE = PackageVersion(package="openssl:amd64", version="1:3.5.7-1~deb13u3")

OLDER: list[tuple[str, str, FactValue]] = [
    ("flow.trial", "filtered 2001:db8::9 far", Attempt(answer=FlowResult.FILTERED, address="2001:db8::9")),
    ("flow.control", "open 192.0.2.2 here", Attempt(answer=FlowResult.OPEN, address="192.0.2.2", here=True)),
    ("firewall.ipv4.where", "inet filter input eth0", Passage(chain="inet filter input", interface="eth0")),
    ("firewall.ipv6.where", "INPUT eth1", Passage(chain="INPUT", interface="eth1")),
    (
        "sample.file",
        f"same 2048 {SUM} sqlite opened {TOKEN} {POINT}",
        Sampled(point=POINT, token=TOKEN, result="same", size=2048, sha256=SUM, kind="sqlite", opening="opened"),
    ),
    (
        "sample.file",
        f"unread:denied 0 - - - {TOKEN} {POINT}",
        Sampled(point=POINT, token=TOKEN, result="unread:denied", size=0),
    ),
    ("sample.failed", f"damaged {TOKEN} {POINT}", Failed(reason=Reason.DAMAGED, point=POINT, token=TOKEN)),
    ("pace.draw", "0.7 0.0006 3e-09 1e-08", Draw(at=NOW, start=0.7, a_file=0.0006, a_byte=3e-9, line=1e-8)),
    ("pace.draw", "0.7 0.0006 3e-09", Draw(at=NOW, start=0.7, a_file=0.0006, a_byte=3e-9)),
    ("pace.totals", "1 20 30 40", Totals(at=NOW, points=1, small_files=20, big_bytes=30, small_bytes=40)),
    ("pace.totals", "1 20 30", Totals(at=NOW, points=1, small_files=20, big_bytes=30)),
    (
        "copy.machine",
        "83ec25e2 same local-path",
        SeenPlace(about="83ec25e2", machine=CopyMachine.SAME, how="local-path"),
    ),
    ("copy.machine", "83ec25e2 unknown ", SeenPlace(about="83ec25e2", machine=CopyMachine.UNKNOWN, how="")),
    (
        "access.key",
        "SHA256:aFxM ssh-ed25519 cert-authority verify-required /etc/ssh/my keys/zoe",
        AuthorizedKey(
            fingerprint="SHA256:aFxM",
            kind="ssh-ed25519",
            path="/etc/ssh/my keys/zoe",
            options=frozenset({"cert-authority", "verify-required"}),
        ),
    ),
    (
        "access.key",
        "SHA256:aFxM sk-ecdsa /root/.ssh/authorized_keys",
        AuthorizedKey(fingerprint="SHA256:aFxM", kind="sk-ecdsa", path="/root/.ssh/authorized_keys"),
    ),
    ("damage.reaches", f"fa603baf {POINT}", TracedPoint(key="fa603baf", point=POINT)),
    ("damage.spares", f"fa603baf {POINT}", TracedPoint(key="fa603baf", point=POINT)),
    ("backup.point.made_by", f"{POINT} srv 1", PointMaker(point=POINT, host="srv 1")),
    ("backup.point.gone_under", f"{POINT} thinned", GoneUnderTerms(point=POINT, owed=Owed.THINNED)),
    (
        "backup.terms",
        '{"host": "srv-1", "paths": ["/srv"], "retention": 34560000.0, "thinned_after": null}',
        Terms(snapshot_host="srv-1", paths=("/srv",), retention=timedelta(days=400), thinned_after=None),
    ),
    ("verify.damage", "damaged data/ab/my file", Damage(file="data/ab/my file", reason="damaged")),
    ("verify.slice", "3/10", Slice(number=3, of=10)),
    ("verify.tried", "256/256", Slice(number=256, of=256)),
    ("backup.point.path_filled", f"{POINT} /srv/my files", PointPath(point=POINT, path="/srv/my files")),
    ("backup.point.path_empty", f"{POINT} /srv", PointPath(point=POINT, path="/srv")),
    ("backup.point.path_untold", f"{POINT} /srv", PointPath(point=POINT, path="/srv")),
    *(
        (f"patch.pending{why}", "openssl:amd64 1:3.5.7-1~deb13u3", PACKAGE)
        for why in ("", ".after", ".changelog", ".held", ".pinned", ".kept-back", ".superseded")
    ),
    ("system.release", "debian 13 trixie", System(distribution="debian", version="13", codename="trixie")),
    ("system.release", "ubuntu 24.04", System(distribution="ubuntu", version="24.04", codename="")),
    ("system.release", "debian forky", System(distribution="debian", version="", codename="forky")),
    (
        "backup.anomaly",
        '{"about": {"bytes": 1, "usual_bytes": 30.5, "files": 2}, "path": "/srv", "point": "5c1e", "reason": "shrunk"}',
        Anomaly(
            path="/srv",
            at=NOW,
            point="5c1e",
            reason=Reason.SHRUNK,
            about={"bytes": ByteCount(1), "usual_bytes": ByteCount(30.5), "files": 2},
        ),
    ),
]


def read(name: str, value: FactValue) -> FactValue:
    """Return the value of a row's fact."""
    kept = Fact(name=name, subject="files/offsite", value=value, as_of=NOW)
    return FACT.decode(parse(canonical(FACT.encode(kept)))).value


@pytest.mark.parametrize(("name", "text", "value"), OLDER, ids=lambda one: str(one)[:40])
def test_a_text_of_an_older_row_has_its_value_of_today(name: str, text: str, value: FactValue) -> None:
    found = read(name, text)
    assert found == value
    assert codec(FactValue).encode(found) == codec(FactValue).encode(value)
    assert read(name, value) == value


def test_each_form_of_before_is_tried_here() -> None:
    assert {name for name, _, _ in OLDER} == set(_READ)


# What a text of a single word holds, where one is possible.
ONE_WORD: dict[str, FactValue] = {
    "firewall.ipv4.where": Passage(chain="", interface="one"),
    "firewall.ipv6.where": Passage(chain="", interface="one"),
    "backup.point.made_by": PointMaker(point="one", host=""),
    "system.release": System(distribution="one", version="", codename=""),
}


@pytest.mark.parametrize("name", sorted(_READ))
def test_a_text_that_no_version_wrote_is_damage(name: str) -> None:
    if name in ONE_WORD:
        assert read(name, "one") == ONE_WORD[name]
        return
    with pytest.raises(LedgerDamaged, match=f"a kept value of {name} is not one"):
        read(name, "one")


def test_the_ways_of_an_older_row_have_their_factors() -> None:
    kept = Fact(name="access.way", subject="zoe x door:vpn", value=frozenset({"key+password", "nothing"}), as_of=NOW)

    way = FACT.decode(parse(canonical(FACT.encode(kept)))).value

    alternatives = frozenset({frozenset({"key", "password"}), frozenset[str]()})
    assert way == AccessPath(account="zoe", path="x door:vpn", alternatives=alternatives)
    assert read("access.way", way) == way


def test_the_marks_of_an_older_account_are_its_fields() -> None:
    marks = frozenset({"uid 1000", "shell /usr/local/my shell", "locked"})
    seen = SeenAccount(uid=1000, shell="/usr/local/my shell", locked=True)
    assert read("access.account", marks) == read("access.account", seen) == seen
    assert read("access.account", frozenset({"uid 0", "expired"})) == SeenAccount(uid=0, expired=True)


@pytest.mark.parametrize("marks", [{"locked"}, {"uid one"}, {"uid"}])
def test_marks_of_an_account_without_a_number_are_damage(marks: set[str]) -> None:
    with pytest.raises(LedgerDamaged, match=r"a kept value of access\.account is not one"):
        read("access.account", frozenset(marks))


@pytest.mark.parametrize("text", ["0/10", "11/10", "1/2/3", "-1/10"])
def test_a_share_that_no_repository_has_is_damage(text: str) -> None:
    with pytest.raises(LedgerDamaged, match=r"a kept value of verify\.slice is not one"):
        read("verify.slice", text)


def test_a_fact_of_another_name_is_left_alone() -> None:
    assert read("flow.witness", "filtered 192.0.2.9 far") == "filtered 192.0.2.9 far"
    assert read("log.hole", NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)
