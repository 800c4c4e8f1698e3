"""What a verification keeps, and what it does not let go of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.errors import WrongRepository
from agent.core.facts.verification import Damage, Slice, VerificationOutcome, verification_of
from agent.core.inventory import Copy
from agent.core.model import Fact, Failure, Gap, Observation
from agent.core.reason import Reason
from collectors.restic import LOOKS as RESTIC
from collectors.restic.check import LONGEST, SLOWEST_BYTES_PER_SECOND, STEP, collect, limit_for
from collectors.restic.damage import CheckResult
from collectors.restic.slices import WHOLE, next_slice
from collectors.restic.verified import before_in, facts
from tests.collectors.restic.cases import Laboratory
from tests.collectors.restic.conftest import NOW, seen
from tests.parts.repositories import flip_byte, make_repository

Looks = Callable[..., Look]
Copies = Callable[..., Copy]

COPY = Copy(program=RESTIC, id="offsite", backup="files", repository="/r", password_file=Path("/p"))
PACKS = tuple(f"{number:02x}" * 32 for number in range(8))
SOUND = CheckResult(sound=True)
BAD = Damage(file=f"data/01/{PACKS[1]}", reason="damaged")
LOST = Damage(file=f"data/02/{PACKS[2]}", reason="absent")


def kept(
    checked: CheckResult,
    share: Slice | None = WHOLE,
    previous: Observation | None = None,
    *,
    days: float = 0,
    packs: tuple[str, ...] = PACKS,
    stored: int | None = 8000,
) -> Observation:
    """Return what one run of a check leaves, some days after the first."""
    now = NOW + timedelta(days=days)
    return seen(list(facts(COPY, share, checked, before_in(previous, now), packs, stored, now)), "restic_check", now)


def value(observation: Observation, name: str) -> object:
    """Return the value of a fact that is there once, or None."""
    found = observation.named(name)
    assert len(found) <= 1
    return found[0].value if found else None


def test_a_whole_read_is_hashed_and_verifies_everything() -> None:
    observation = kept(SOUND)
    assert value(observation, "verify.depth") == "hashed"
    assert value(observation, "verify.slice") == WHOLE
    assert value(observation, "verify.bytes_verified") == 8000
    assert value(observation, "verify.files_verified") == 8
    assert observation.named("verify.whole")[0].as_of == NOW


def test_slices_add_up_to_the_whole_which_is_as_old_as_the_oldest() -> None:
    first = kept(SOUND, Slice(number=1, of=2))
    assert value(first, "verify.depth") == "sampled"
    assert value(first, "verify.whole") is None
    assert value(first, "verify.bytes_verified") == 4000
    second = kept(SOUND, Slice(number=2, of=2), first, days=1)
    assert second.named("verify.whole")[0].as_of == NOW
    assert value(second, "verify.bytes_verified") == 8000
    assert value(second, "verify.bytes_read") == 4000
    third = kept(SOUND, Slice(number=1, of=2), second, days=2)
    assert third.named("verify.whole")[0].as_of == NOW + timedelta(days=1)


def test_what_was_read_more_than_ninety_days_ago_is_not_counted_as_verified() -> None:
    first = kept(SOUND, Slice(number=1, of=2))
    later = kept(SOUND, Slice(number=2, of=2), first, days=91)
    assert value(later, "verify.bytes_verified") == 4000
    assert later.named("verify.whole")[0].as_of == NOW


def test_a_run_that_is_not_sound_reads_no_slice_and_keeps_the_last_sound_one() -> None:
    first = kept(SOUND, Slice(number=1, of=2))
    second = kept(CheckResult(sound=False, damage=(BAD,)), Slice(number=2, of=2), first, days=1)
    assert second.named("verify.sound") == first.named("verify.sound")
    assert second.named("verify.slice") == first.named("verify.slice")
    assert (value(second, "verify.files_read"), value(second, "verify.files_sound")) == (4, 3)


def test_what_was_read_is_counted_whatever_it_was_found_to_be() -> None:
    came_to = verification_of(COPY, kept(CheckResult(sound=False, damage=(BAD,))))
    assert (came_to.files_read, came_to.bytes_read) == (8, 8000)
    assert (came_to.files_verified, came_to.bytes_verified) == (7, 7000)


def test_bad_data_in_an_unnamed_pack_leaves_none_of_them_sound() -> None:
    came_to = verification_of(COPY, kept(CheckResult(sound=False, damage=(Damage(file="data", reason="damaged"),))))
    assert (came_to.files_read, came_to.files_verified) == (8, 0)


def test_an_index_that_cannot_be_loaded_ends_it_before_the_first_pack() -> None:
    came_to = verification_of(COPY, kept(CheckResult(sound=False, damage=(Damage(file="index/ab", reason="damaged"),))))
    assert (came_to.files_read, came_to.bytes_read) == (0, 0)


def test_damaged_data_stands_until_its_own_share_was_read_again() -> None:
    first = kept(CheckResult(sound=False, damage=(BAD,)), Slice(number=2, of=2))
    other = kept(SOUND, Slice(number=1, of=2), first, days=1)
    assert value(other, "verify.damage") == BAD
    assert other.named("verify.damage")[0].as_of == NOW
    same = kept(SOUND, Slice(number=2, of=2), other, days=2)
    assert value(same, "verify.damage") is None


def test_damaged_data_is_settled_once_its_pack_is_gone_and_nothing_asks_for_it() -> None:
    first = kept(CheckResult(sound=False, damage=(BAD,)), Slice(number=2, of=2))
    assert value(kept(SOUND, None, first, days=1), "verify.damage") == BAD
    without = tuple(pack for pack in PACKS if pack != PACKS[1])
    assert value(kept(SOUND, None, first, days=1, packs=without), "verify.damage") is None


def test_a_missing_pack_is_settled_by_a_sound_structure_and_by_nothing_less() -> None:
    first = kept(CheckResult(sound=False, damage=(LOST,)), None)
    assert value(kept(CheckResult(sound=False, damage=(BAD,)), None, first), "verify.damage.") is None
    both = kept(CheckResult(sound=False, damage=(BAD,)), None, first, days=1)
    assert {fact.value for fact in both.named("verify.damage")} == {BAD, LOST}
    assert value(kept(SOUND, Slice(number=1, of=2), first, days=1), "verify.damage") is None


def test_a_damaged_share_does_not_take_every_turn() -> None:
    first = kept(CheckResult(sound=False, damage=(BAD,)), Slice(number=2, of=2))
    assert next_slice(8000, 4000, before_in(first, NOW).last_read()) == Slice(number=1, of=2)
    second = kept(SOUND, Slice(number=1, of=2), first, days=1)
    assert next_slice(8000, 4000, before_in(second, NOW + timedelta(days=1)).last_read()) == Slice(number=2, of=2)
    third = kept(SOUND, Slice(number=2, of=2), second, days=2)
    assert third.named("verify.tried") == ()


def test_a_share_that_was_read_ahead_of_now_counts_as_never_read() -> None:
    first = kept(SOUND, days=200)
    assert before_in(first, NOW).last_read() == {}
    second = kept(CheckResult(sound=False, damage=(BAD,)), Slice(number=1, of=2), first)
    assert (value(second, "verify.whole"), value(second, "verify.sound")) == (None, None)
    third = kept(SOUND, Slice(number=1, of=2), first)
    assert value(third, "verify.whole") is None


def test_what_could_not_be_read_is_a_gap_that_verify_tells_beside_the_damage() -> None:
    unread = Damage(file=f"data/03/{PACKS[3]}", reason="denied")
    observation = kept(CheckResult(sound=False, damage=(BAD,), unread=(unread,), hindered=Reason.DENIED))
    assert observation.gaps == (Gap(subject=COPY.subject, reason=Reason.DENIED, detail=unread.file),)
    told = verification_of(COPY, observation)
    assert (told.outcome, told.reason) == (VerificationOutcome.DAMAGED, Reason.DAMAGED)
    assert told.damage == (BAD, unread)


def test_verify_tells_a_failure_as_unproven_and_an_absent_repository_as_absent() -> None:
    failure = Failure(
        collector="restic_check", host="h", subject="files/offsite", begun=NOW, ended=NOW,
        reason=Reason.UNREACHABLE, detail="no route",
    )  # fmt: skip
    told = verification_of(COPY, failure)
    assert (told.outcome, told.reason, told.depth, told.damage) == (
        VerificationOutcome.UNPROVEN,
        Reason.UNREACHABLE,
        None,
        (),
    )
    absent = seen([Fact(name="repository.present", subject=COPY.subject, value=False, as_of=NOW)], "restic_check")
    assert verification_of(COPY, absent).reason is Reason.ABSENT
    assert verification_of(COPY, kept(SOUND)).outcome is VerificationOutcome.SOUND


def test_time_is_given_by_what_there_is_to_read_and_never_without_end() -> None:
    assert limit_for(10**9, None) == STEP
    assert limit_for(100 * SLOWEST_BYTES_PER_SECOND, Slice(number=1, of=2)) == STEP + timedelta(seconds=50)
    assert limit_for(10**15, WHOLE) == LONGEST


@pytest.mark.programs
def test_a_flipped_byte_is_seen_by_the_slice_that_holds_it_and_by_no_other(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    pack = repository.packs()[0]
    flip_byte(pack, 1000)
    copy = copy_at(repository.folder)
    budget = sum(path.stat().st_size for path in repository.packs()) // 2
    previous: Observation | None = None
    found: list[bool] = []
    for night in range(2):
        now = NOW + timedelta(days=night)
        things = list(collect(copy, look(previous=previous, budget=budget, now=now)))
        previous = seen(things, "restic_check", now)
        (depth,) = previous.named("verify.depth")
        assert depth.value == "sampled"
        sound = previous.one("verify.sound")
        found.append(sound is None or sound.as_of != now)
    assert found.count(True) == 1
    told = verification_of(copy, previous) if previous is not None else None
    assert told is not None
    assert told.damage == (Damage(file=f"data/{pack.name[:2]}/{pack.name}", reason="damaged"),)


@pytest.mark.programs
def test_the_file_that_is_bad_is_named_in_full(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    snapshot, pack = repository.file("snapshots"), repository.packs()[0]
    flip_byte(snapshot, 40)
    pack.unlink()
    things = list(collect(copy_at(repository.folder), look(budget=10**9)))
    told = verification_of(COPY, seen(things, "restic_check"))
    assert set(told.damage) == {
        Damage(file=f"snapshots/{snapshot.name}", reason="damaged"),
        Damage(file=f"data/{pack.name[:2]}/{pack.name}", reason="absent"),
    }


@pytest.mark.programs
def test_data_that_no_index_names_any_more_is_missing(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    max(repository.packs(), key=lambda one: one.stat().st_size).unlink()
    repository.run("rebuild-index")
    things = list(collect(copy_at(repository.folder), look(budget=10**9)))
    told = verification_of(COPY, seen(things, "restic_check"))
    assert set(told.damage) == {Damage(file="index", reason="absent")}


@pytest.mark.programs
def test_another_repository_is_not_verified_in_place_of_the_pinned_one(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    other = make_repository(folder / "other")
    copy = replace(copy_at(other.folder), repository_id=laboratory.sound.repository_id())
    with pytest.raises(WrongRepository):
        list(collect(copy, look()))
