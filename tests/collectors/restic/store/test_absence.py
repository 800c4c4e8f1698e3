"""What is gone from a store, and what explains it."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.manifest import FileRecord, Manifest, StoredFile
from collectors.restic.store.absence import Absence, AbsenceRecord, absence, added
from collectors.restic.store.answers import StoreListing

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
HOUR = timedelta(hours=1)
CONFIG, KEY, OTHER_KEY, INDEX, NEW_INDEX, PACK, POINT = (
    "config",
    "keys/1",
    "keys/2",
    "index/1",
    "index/2",
    "data/1",
    "snapshots/1",
)
ALL = (CONFIG, KEY, INDEX, PACK, POINT)
YESTERDAY = AbsenceRecord(looked=NOW - timedelta(minutes=15))


def manifest(
    *names: str, first_seen: datetime = LONG_AGO, hashed: datetime | None = None, size: int = 10
) -> list[FileRecord]:
    return [FileRecord(name=name, size=size, first_seen=first_seen, last_hashed=hashed) for name in names]


def listed(*names: str, locks: tuple[datetime, ...] = (), size: int = 10) -> StoreListing:
    return StoreListing(
        files=tuple(StoredFile(name=name, size=size) for name in sorted(names)),
        changed=(NOW,) * len(names),
        body=b"",
        config="ab" * 32,
        locks=locks,
        foreign=0,
        clock=NOW,
        tool="sha256sum",
    )


def judged(
    *names: str,
    known: list[FileRecord] | None = None,
    past: AbsenceRecord = YESTERDAY,
    locks: tuple[datetime, ...] = (),
) -> Absence:
    return absence(listed(*names, locks=locks), Manifest(manifest(*ALL) if known is None else known), past, NOW)


def without(*names: str) -> tuple[str, ...]:
    return tuple(name for name in ALL if name not in names)


def test_nothing_is_gone_where_everything_is_there() -> None:
    assert judged(*ALL) == Absence()


@pytest.mark.parametrize("name", [INDEX, PACK, KEY, CONFIG])
def test_a_file_that_nothing_explains_is_missing(name: str) -> None:
    assert judged(*without(name)).missing == (name,)


def test_a_point_is_judged_by_the_list_of_points() -> None:
    assert judged(*without(POINT)) == Absence(explained=(POINT,))


def test_a_key_may_go_as_long_as_another_is_there() -> None:
    assert judged(*without(KEY), OTHER_KEY).explained == (KEY,)


def test_an_index_may_go_where_another_came() -> None:
    assert judged(*without(INDEX), NEW_INDEX) == Absence(explained=(INDEX,), replaced=NOW)


def test_an_index_may_go_where_another_came_within_the_hour() -> None:
    known = manifest(*ALL) + manifest(NEW_INDEX, first_seen=NOW - HOUR)
    assert judged(*without(INDEX), NEW_INDEX, known=known).explained == (INDEX,)


def test_an_index_that_came_yesterday_explains_nothing() -> None:
    known = manifest(*ALL) + manifest(NEW_INDEX, first_seen=NOW - 20 * HOUR)
    assert judged(*without(INDEX), NEW_INDEX, known=known).missing == (INDEX,)


def test_an_index_that_a_mirror_lost_a_moment_before_its_successor_came_is_explained_after_all() -> None:
    gone = FileRecord(name=INDEX, size=10, first_seen=LONG_AGO, gone=NOW - timedelta(minutes=15))
    known = [*manifest(*without(INDEX)), gone]
    assert judged(*without(INDEX), NEW_INDEX, known=known).explained == (INDEX,)
    assert judged(*without(INDEX), known=known).missing == (INDEX,)


def test_indexes_may_go_one_after_the_other_while_they_are_replaced() -> None:
    assert judged(*without(INDEX), past=AbsenceRecord(looked=NOW, replaced=NOW - HOUR)).explained == (INDEX,)
    assert judged(*without(INDEX), past=AbsenceRecord(looked=NOW, replaced=NOW - 2 * HOUR)).missing == (INDEX,)


def test_what_the_very_first_look_found_did_not_come_just_then() -> None:
    known = manifest(*ALL, NEW_INDEX, first_seen=NOW - timedelta(minutes=15))
    assert judged(*without(INDEX), NEW_INDEX, known=known).missing == (INDEX,)


def test_a_look_after_a_long_silence_takes_what_came_meanwhile() -> None:
    known = manifest(*ALL) + manifest(NEW_INDEX, first_seen=NOW - 20 * HOUR)
    past = AbsenceRecord(looked=NOW - 20 * HOUR)
    assert judged(*without(INDEX), NEW_INDEX, known=known, past=past).explained == (INDEX,)


def test_a_pack_may_go_for_a_day_after_indexes_were_replaced() -> None:
    for hours, explained in ((23, (PACK,)), (25, ())):
        past = AbsenceRecord(looked=NOW, replaced=NOW - hours * HOUR)
        assert judged(*without(PACK), past=past).explained == explained


def test_a_pack_and_its_index_may_go_at_once() -> None:
    assert judged(*without(PACK, INDEX), NEW_INDEX).explained == (PACK, INDEX)


def test_a_lock_that_is_renewed_makes_us_wait_for_a_day() -> None:
    fresh = (NOW - timedelta(minutes=29),)
    assert judged(*without(PACK), locks=fresh).unsettled == (PACK,)
    waited = AbsenceRecord(looked=NOW, unsettled=NOW - 25 * HOUR)
    assert judged(*without(PACK), locks=fresh, past=waited).missing == (PACK,)
    assert judged(*without(PACK), locks=(NOW - timedelta(minutes=31),)).missing == (PACK,)


def test_another_size_tells_where_the_first_one_was_hashed() -> None:
    hashed = Manifest(manifest(CONFIG, PACK, hashed=LONG_AGO))
    assert absence(listed(CONFIG, PACK, size=11), hashed, YESTERDAY, NOW).resized == (PACK,)
    never = Manifest(manifest(CONFIG, PACK))
    assert absence(listed(CONFIG, PACK, size=11), never, YESTERDAY, NOW).resized == ()


def test_what_was_not_there_before_is_added() -> None:
    known = [*manifest(CONFIG), FileRecord(name=PACK, size=10, first_seen=LONG_AGO, gone=LONG_AGO)]
    assert [file.name for file in added(listed(CONFIG, PACK, POINT), Manifest(known)).added] == [PACK, POINT]
