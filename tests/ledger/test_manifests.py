"""Manifests of stores: what was there, since when, hashed when, gone since when; a row holds only what changed."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.manifest import FileRecord, Manifest, ManifestChange, StoredFile, joined
from agent.core.model import Observation
from agent.ledger.ledger import ChainOutcome
from tests.ledger.samples import MORNING, QUARTER_HOUR, HandClock, asked, observation, open_ledger
from tests.parts.kept import keep_reading

SUBJECT = "files/offsite"
NAMES = [f"data/ab/ab{number:062x}" for number in range(6)]


def looked(change: ManifestChange) -> Observation:
    plain = observation(MORNING)
    return Observation(
        collector="store_listing",
        host="vault",
        subject=SUBJECT,
        begun=plain.begun,
        ended=plain.ended,
        manifest=change,
    )


def files(*names: str, size: int = 10) -> tuple[StoredFile, ...]:
    return tuple(StoredFile(name=name, size=size) for name in names)


def test_what_was_there_is_known_file_by_file(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, looked(ManifestChange(added=files(*NAMES[:3]))))
        clock.time = later = MORNING + QUARTER_HOUR
        keep_reading(
            ledger,
            looked(
                ManifestChange(hashed=(NAMES[0],), missing=(NAMES[1],), explained=(NAMES[2],), added=files(NAMES[3]))
            ),
        )
        manifest = ledger.manifest(SUBJECT)
    assert manifest.get(NAMES[0]) == FileRecord(name=NAMES[0], size=10, first_seen=MORNING, last_hashed=later)
    assert manifest.get(NAMES[1]) == FileRecord(name=NAMES[1], size=10, first_seen=MORNING, gone=later)
    assert manifest.get(NAMES[2]) == FileRecord(name=NAMES[2], size=10, first_seen=MORNING, gone=later, explained=True)
    assert manifest.get(NAMES[3]) == FileRecord(name=NAMES[3], size=10, first_seen=later)
    assert {one.name for one in manifest.present()} == {NAMES[0], NAMES[3]}
    assert [one.name for one in manifest.missing()] == [NAMES[1]]
    assert manifest.began == MORNING


def test_what_was_missing_may_be_explained_later_and_keeps_its_date(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, looked(ManifestChange(added=files(NAMES[0]))))
        keep_reading(ledger, looked(ManifestChange(missing=(NAMES[0],))))
        clock.time = MORNING + timedelta(days=1)
        keep_reading(ledger, looked(ManifestChange(explained=(NAMES[0],))))
        known = ledger.manifest(SUBJECT).get(NAMES[0])
    assert known == FileRecord(name=NAMES[0], size=10, first_seen=MORNING, gone=MORNING, explained=True)


def test_a_name_that_comes_back_is_there_again(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, looked(ManifestChange(added=files(NAMES[0]))))
        keep_reading(ledger, looked(ManifestChange(missing=(NAMES[0],))))
        clock.time = later = MORNING + QUARTER_HOUR
        keep_reading(ledger, looked(ManifestChange(added=files(NAMES[0], size=20))))
        assert ledger.manifest(SUBJECT).get(NAMES[0]) == FileRecord(name=NAMES[0], size=20, first_seen=later)


def test_a_look_that_saw_nothing_new_appends_no_manifest(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, looked(ManifestChange(added=files(NAMES[0]))))
        for change in (ManifestChange(), ManifestChange(added=files(NAMES[0])), ManifestChange(hashed=("unknown",))):
            keep_reading(ledger, looked(change))
    assert asked(tmp_path, "SELECT COUNT(*) FROM chain WHERE kind = 'manifest'") == [(1,)]


def test_a_night_that_hashed_everything_takes_a_few_bytes(tmp_path: Path) -> None:
    names = [f"data/{number % 256:02x}/{number:064x}" for number in range(2000)]
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, looked(ManifestChange(added=files(*names))))
        keep_reading(ledger, looked(ManifestChange(hashed=tuple(reversed(names)))))
    query = "SELECT LENGTH(text) FROM payload JOIN chain USING (sequence) WHERE kind = 'manifest' ORDER BY sequence"
    assert asked(tmp_path, query)[1][0] < 250


def test_each_copy_has_a_manifest_of_its_own(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, looked(ManifestChange(added=files(NAMES[0]))))
        assert len(ledger.manifest("mail/offsite")) == 0


CHANGE = st.builds(
    ManifestChange,
    added=st.lists(st.sampled_from(NAMES), unique=True).map(lambda names: files(*names)),
    explained=st.lists(st.sampled_from(NAMES)).map(tuple),
    missing=st.lists(st.sampled_from(NAMES)).map(tuple),
    hashed=st.lists(st.sampled_from(NAMES)).map(tuple),
)


@settings(max_examples=settings().max_examples // 2, deadline=None)
@given(st.lists(CHANGE, max_size=4))
def test_whatever_changed_the_table_follows_from_the_chain(
    tmp_path_factory: object, changes: list[ManifestChange]
) -> None:
    directory = tmp_path_factory.mktemp("ledger")  # type: ignore[attr-defined]  # pytest's factory
    with open_ledger(directory) as ledger:
        for change in changes:
            keep_reading(ledger, looked(change))
        before = {name: ledger.manifest(SUBJECT).get(name) for name in NAMES}
        assert ledger.verify().outcome is ChainOutcome.SOUND
        ledger.rebuild()
        assert {name: ledger.manifest(SUBJECT).get(name) for name in NAMES} == before


def test_changes_are_joined_in_their_order() -> None:
    one, other = ManifestChange(added=files("a"), hashed=("a",)), ManifestChange(added=files("b"), missing=("c",))
    assert joined([one, other]) == ManifestChange(added=files("a", "b"), hashed=("a",), missing=("c",))
    assert not joined([])
    assert len(Manifest()) == 0
