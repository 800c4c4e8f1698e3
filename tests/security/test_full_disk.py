"""Someone fills the disk: a file that is replaced stays whole, as it was, and root's heads lose nothing."""

import resource
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.hosts.canary_planting import plant
from agent.ledger import anchor, outside_heads
from agent.ledger.anchor import Anchor
from agent.ledger.keys import make_key, signer
from agent.ledger.outside_heads import FILE_NAME, folder_of, keep
from tests.parts.unprivileged import in_child

pytestmark = [pytest.mark.programs]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def limit_files(size: int) -> None:
    """Let this process write no file beyond a size: what reaches further is cut short, as by a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_root_s_heads_stay_whole_on_a_full_disk(tmp_path: Path) -> None:
    state = tmp_path / "state"
    for folder in (state, folder_of(state)):
        folder.mkdir()
    make_key(state)
    own = signer(state)
    for number in range(1, 5):
        head = Anchor(number=number, day="2026-11-24", first=10 * number, last=10 * number + 9, head="a" * 64)
        anchor.write(state, head, own)
        if number < 4:
            keep(state, folder_of(state))
    before = (folder_of(state) / FILE_NAME).read_bytes()

    def work() -> str:
        limit_files(len(before) - 100)
        try:
            return keep(state, folder_of(state))
        except OSError as error:
            return str(error.strerror)

    assert in_child(work) == "File too large"
    assert (folder_of(state) / FILE_NAME).read_bytes() == before
    assert [one.number for one in outside_heads.read(state)] == [1, 2, 3]
    assert keep(state, folder_of(state)).endswith("added")


def test_a_canary_stays_whole_on_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "canary"
    plant(path, [str(tmp_path)], NOW)
    before = path.read_bytes()

    def work() -> str:
        limit_files(len(before) - 1)
        try:
            plant(path, [str(tmp_path)], NOW)
        except UsageError as error:
            return error.message.rpartition(": ")[2]
        return "planted"

    assert in_child(work) == "file too large"
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["canary", "file"]
