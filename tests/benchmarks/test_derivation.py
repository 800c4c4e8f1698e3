"""What deriving days again takes: five hosts that live a whole quarter by the real evaluation, and what they show.

Keys are derived one after another, and each host has its own: fifty hosts take ten times as long. The living takes a
minute of processor, so that fifty would take ten.
"""

import json
import time
import zlib
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from agent.core.period import Quarter
from agent.ledger.encode import canonical
from agent.report.own_rows import BeneficiaryPayload
from tests.parts.lived_hosts import derived_days, payloads_of
from tests.parts.lived_quarter import FIRST, lived_quarter

pytestmark = [pytest.mark.programs, pytest.mark.timeout(3600)]

Q4 = Quarter(2026, 4)
HOSTS, OF_A_BUNDLE = 5, 50
# A bundle of fifty hosts without what was seen takes 3.1 MB of the 5.
LARGEST = 1_900_000


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[BeneficiaryPayload]]:
    with lived_quarter(tmp_path_factory.mktemp("quarter"), HOSTS, Q4.first) as lived:
        lived.live(lived.held.clock.instant + timedelta(days=92, hours=3))
        yield payloads_of(lived.held)


def test_an_honest_quarter_is_derived_and_takes_this_long(rows: Sequence[BeneficiaryPayload]) -> None:
    begun = time.process_time()
    found = derived_days(rows)
    spent = time.process_time() - begun
    print(f"\n{HOSTS} hosts, {found.counted.total()} days: {spent:.1f} s; {OF_A_BUNDLE} hosts: {spent * 10:.0f} s")
    assert found.wrong == []
    assert found.counted["backup-rpo"] >= HOSTS * 90


def test_what_was_seen_fits_into_a_bundle(rows: Sequence[BeneficiaryPayload]) -> None:
    """Of many hosts, a row says the same words again and again: one host more takes less than the first ones."""
    some, all_of_them = deflated(rows, HOSTS - 2), deflated(rows, HOSTS)
    fifty = all_of_them + (OF_A_BUNDLE - HOSTS) * (all_of_them - some) // 2
    print(f"\nrows seen, deflated: {HOSTS - 2} hosts {some} bytes, {HOSTS} hosts {all_of_them}, {OF_A_BUNDLE}: {fifty}")
    assert fifty <= LARGEST


def deflated(rows: Sequence[BeneficiaryPayload], hosts: int) -> int:
    """Return the bytes of the rows of what was seen of the first hosts, a row at a time."""
    ends = tuple(f"-{FIRST + number}" for number in range(hosts))
    found = 0
    for row in rows:
        if row.kind == "seen":
            content = json.loads(row.text or b"")
            looks = [one for one in content["looks"] if one["subject"].removesuffix("/offsite").endswith(ends)]
            found += len(zlib.compress(canonical(content | {"looks": looks}).encode()))
    return found
