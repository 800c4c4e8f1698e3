"""What apt 2.6 and dpkg 1.21 (Debian 12) and apt 3.0 and dpkg 1.22 (Debian 13) really said, hosts' names apart."""

from pathlib import Path

import pytest

from collectors.patches import index, installed, policy, release, targets
from collectors.patches.versions import Version

RECORDED = Path(__file__).parent / "recorded"
RELEASES = ("bookworm", "trixie")
SECURITY = {
    "bookworm": {("apt", "amd64"): Version("2.6.2"), ("libapt-pkg6.0", "amd64"): Version("2.6.2")},
    "trixie": {("openssl", "amd64"): Version("3.5.7-1~deb13u3"), ("curl", "amd64"): Version("8.14.1-2+deb13u7")},
}
WAITS = {"bookworm": {"apt:amd64", "libapt-pkg6.0:amd64"}, "trixie": {"openssl:amd64", "curl:amd64"}}


def said(name: str, what: str) -> bytes:
    """Return what one program said on one release."""
    return (RECORDED / name / what).read_bytes()


@pytest.mark.parametrize("name", RELEASES)
def test_the_signed_index_is_the_security_suite_of_its_release_and_names_the_list(name: str) -> None:
    found = release.parse(said(name, "InRelease"), "InRelease")
    assert (found.security, found.system, found.date.year) == (True, name, 2026)
    listed = list(targets.parse(said(name, "indextargets"), "srv-1"))
    security = next(one for one in listed if one.suite == f"{name}-security")
    assert found.lists[security.key].size > 1_000_000
    assert security.over == f"/var/lib/apt/lists/archive.example_debian-security_dists_{name}-security_"


@pytest.mark.parametrize("name", RELEASES)
def test_fixes_and_policies_are_those_of_that_day(name: str) -> None:
    packages = installed.parse(said(name, "dpkg-query"), "srv-1")
    assert len(packages) == 8
    assert {fix.package.id for fix in index.fixes(packages, SECURITY[name])} == WAITS[name]
    policies = policy.parse(said(name, "policy"), "srv-1")
    assert set(policies) == {one.name for one in packages.values()}
    behind = {
        id for id, one in packages.items() if (found := policies[one.name]).candidate and one.version < found.candidate
    }
    assert WAITS[name] <= behind
    taken = policy.taken(said(name, "upgrade"))
    assert ("apt" in taken) == (name == "bookworm")
    assert not any("kept" in one or " " in one for one in taken)


def test_a_point_release_overtakes_the_fix_of_openssl_and_hides_its_origin() -> None:
    """The candidate comes from stable alone; anyone who counts by its origin misses the fix."""
    found = policy.parse(said("trixie", "policy"), "srv-1")["openssl"]
    assert [one.text for one in found.offered[:2]] == ["3.5.9-1~deb13u1", "3.5.7-1~deb13u3"]
    why = policy.hindrance(
        held=False,
        fix=Version("3.5.7-1~deb13u3"),
        policy=found,
        security=Version("3.5.7-1~deb13u3"),
        upgraded=True,
    )
    assert why == "superseded"
