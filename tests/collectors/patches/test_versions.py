"""Versions sort as dpkg itself sorts them."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.patches.versions import Version

KNOWN = (
    *("1.0~rc1-1", "1.0-1~bpo12+1", "1.0-1", "1.0-1+b1", "1.0-1+deb13u1", "1.0-1+deb13u10", "1.0-1.1", "1.0-2"),
    *(
        "1.0.0-1",
        "1.0a-1",
        "1.00-1",
        "1:0.9-1",
        "0:1.0-1",
        "2:9.1.1230-2+deb13u2",
        "3.5.7-1~deb13u3",
        "3.5.9-1~deb13u1",
    ),
    *(
        "20250419+deb13u1",
        "1",
        "1-0",
        "1~",
        "1~~a",
        "1a",
        "1+",
        "1.",
        "6.12.48-1",
        "6.1.153-1",
        "10",
        "9",
        "1.0-0ubuntu1",
    ),
)


def compared_by_dpkg(pairs: list[tuple[str, str]]) -> list[int]:
    """Return for each pair whether the first is older (-1), as old (0) or newer (1), as dpkg says."""
    script = (
        'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; '
        'elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done'
    )
    lines = "".join(f"{a} {b}\n" for a, b in pairs)
    ran = subprocess.run(["sh", "-c", script], input=lines, capture_output=True, text=True, check=True)
    return [int(word) for word in ran.stdout.split()]


def compared(a: str, b: str) -> int:
    """Return the same as we say it."""
    left, right = Version(a), Version(b)
    assert (left < right) + (left == right) + (left > right) == 1
    return (left > right) - (left < right)


@pytest.mark.programs
def test_every_pair_of_real_versions_is_as_dpkg_has_it() -> None:
    pairs = [(a, b) for a in KNOWN for b in KNOWN if a <= b]
    assert [compared(a, b) for a, b in pairs] == compared_by_dpkg(pairs)


@pytest.mark.programs
def test_versions_of_every_shape_are_as_dpkg_has_them() -> None:
    drawn: list[tuple[str, str]] = []
    upstream = st.text("0019aAz.+~", min_size=0, max_size=6).map("0".__add__)
    revision = st.one_of(st.just(""), st.text("019a.+~", min_size=1, max_size=4).map("-".__add__))
    version = st.tuples(st.sampled_from(["", "0:", "1:"]), upstream, revision).map("".join)

    @settings(max_examples=100)
    @given(version, version)
    def draw(a: str, b: str) -> None:
        drawn.append((a, b))

    draw()
    assert len(drawn) > 50
    assert [compared(a, b) for a, b in drawn] == compared_by_dpkg(drawn)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_can_be_compared(a: str, b: str) -> None:
    assert compared(a, b) == -compared(b, a)


def test_a_version_without_end_costs_no_more_than_a_long_one() -> None:
    assert Version("1" * 10_000_000) == Version("1" * 500)
