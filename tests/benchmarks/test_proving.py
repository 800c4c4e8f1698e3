"""What the trees of a quarter and a checkpoint cost, for 500 subjects."""

import time
from pathlib import Path

import pytest

from agent.ledger.chain import ChainRow
from agent.ledger.keys import make_key, signer
from agent.ledger.leaves import own_trees
from agent.ledger.signed_log import signed
from agent.proving.day_log import day_leaf, day_tree
from agent.proving.merkle import EMPTY_ROOT

DAYS, SUBJECTS = 92, 500
# What is asked, in processor seconds.
QUARTER, CHECKPOINT = 2.0, 0.05


def test_a_quarter_of_trees_and_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A verdict and a day for each subject and day; the log is that of ten years."""
    make_key(tmp_path)
    key = signer(tmp_path)
    rows = [
        ChainRow(
            sequence=number,
            instant="2026-11-24T04:12:07.000000Z",
            kind="verdict",
            beneficiary=("scota", "diitun")[number % 2],
            payload_sha256="5" * 64,
            link="",
        )
        for number in range(2 * SUBJECTS)
    ]
    numbers: dict[str, int] = {}
    began = time.process_time()
    for _ in range(DAYS):
        trees = own_trees(rows, numbers)
        numbers = {one.beneficiary: one.next for one in trees}
    quarter = time.process_time() - began
    log = [day_leaf(number=number, day="2026-11-24", head="5" * 64, root=EMPTY_ROOT, bits=24) for number in range(3650)]
    began = time.process_time()
    day_tree(bytes(32), trees, 24)
    signed(key, log)
    checkpoint = time.process_time() - began
    with capsys.disabled():
        print(f"\ntrees of a quarter: {quarter:.2f} s; checkpoint: {checkpoint * 1000:.0f} ms")
    assert quarter < QUARTER
    assert checkpoint < CHECKPOINT
