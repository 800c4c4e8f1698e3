"""What is hashed first: whatever was never hashed, then what waits longest."""

from datetime import UTC, datetime, timedelta

from agent.core.manifest import FileRecord, Manifest, StoredFile
from collectors.restic.store.answers import StoreListing
from collectors.restic.store.digests import chosen
from collectors.restic.store.shown import StoreMemory

NOW, DAY = datetime(2026, 11, 24, 4, tzinfo=UTC), timedelta(days=1)
DAYS_AGO = {"data/yesterday": 1, "data/ahead": -200, "data/last-week": 7}


def test_a_pack_that_was_hashed_ahead_of_now_comes_first() -> None:
    files = tuple(StoredFile(name=name, size=10) for name in DAYS_AGO)
    known = [
        FileRecord(name=name, size=10, first_seen=NOW, last_hashed=NOW - ago * DAY) for name, ago in DAYS_AGO.items()
    ]
    listed = StoreListing(
        files=files, changed=(NOW,) * 3, body=b"", config=None, locks=(), foreign=0, clock=NOW, tool="find"
    )
    found = chosen(listed, Manifest(known), StoreMemory(), 20, NOW)
    assert [one.name for one in found] == ["data/ahead", "data/last-week"]
