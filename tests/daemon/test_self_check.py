"""The daemon watches its own ground: room for the ledger, and a walk along the chain once a day."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from agent.daemon import self_check
from agent.daemon.self_check import SelfWatch
from agent.export.metrics import exposition
from agent.export.snapshot import OwnState, Snapshot
from agent.ledger.keys import PRIVATE_NAME
from agent.ledger.outside_heads import FILE_NAME, folder_of
from tests.ledger.samples import MORNING, HandClock, live, observation, open_ledger, point_fact, tamper
from tests.parts.kept import keep_reading


def looked(session: SelfWatch) -> OwnState:
    session.look()
    session.wait(30)
    return session.state()


def break_chain(directory: Path) -> None:
    with closing(sqlite3.connect(directory / "ledger.sqlite")) as database:
        database.execute("DROP TRIGGER payload_is_never_updated")
        database.execute("UPDATE payload SET text = text || ' '")
        database.commit()


def test_a_sound_ledger_with_room_is_no_trouble(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(MORNING, [point_fact(1)]))
        state = looked(SelfWatch(ledger, tmp_path, clock))
    assert (state.sound, state.verified_at, state.trouble()) == (True, clock.now(), None)
    assert state.free_bytes is not None and state.free_bytes > 0


def test_a_chain_that_was_changed_is_found_at_the_next_day_s_walk_and_not_before(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(MORNING, [point_fact(1)]))
        session = SelfWatch(ledger, tmp_path, clock)
        first = looked(session).verified_at
        break_chain(tmp_path)
        clock.time += timedelta(hours=23)
        assert looked(session).sound is True
        clock.time += timedelta(hours=1)
        state = looked(session)
    assert state.sound is False
    assert state.verified_at == first
    assert (state.trouble() or "").startswith("the ledger is damaged: ")


@pytest.mark.parametrize("how", ["gone", "garbled"])
def test_a_signing_key_that_cannot_sign_is_told_within_the_hour(tmp_path: Path, how: str) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        session = SelfWatch(ledger, tmp_path, clock)
        assert looked(session).sound is True
        key = tmp_path / PRIVATE_NAME
        kept = key.read_bytes()
        key.unlink() if how == "gone" else key.write_bytes(b"nothing")
        within_the_hour = looked(session)
        clock.time += timedelta(days=1)
        after_the_walk = looked(session)
        key.write_bytes(kept)
        mended = looked(session)
    for state in (within_the_hour, after_the_walk):
        assert state.sound is False
        assert "signing-key.pem" in (state.trouble() or "")
        assert "no day is signed" in (state.trouble() or "")
    assert (mended.sound, mended.trouble()) == (True, None)


def test_a_signing_key_that_was_put_back_in_two_steps_is_told_no_longer(tmp_path: Path) -> None:
    """Copied by root first, it cannot be read; its own user gets it an hour later."""
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        session = SelfWatch(ledger, tmp_path, clock)
        key = tmp_path / PRIVATE_NAME
        kept = key.read_bytes()
        troubles = []
        for content in (b"", b"not yet a key", kept):
            key.write_bytes(content) if content else key.unlink()
            troubles.append(looked(session).trouble() or "")
    assert ("is gone" in troubles[0], "is no private key" in troubles[1], troubles[2]) == (True, True, "")


def test_a_ledger_that_was_put_back_is_seen_within_the_hour(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = live(tmp_path, days=3)
    with open_ledger(tmp_path, clock) as ledger:
        session = SelfWatch(ledger, tmp_path, clock)
        first = looked(session).verified_at
        tamper(tmp_path, "DELETE FROM head WHERE number = (SELECT max(number) FROM head)")
        for _ in range(2):
            clock.time += timedelta(hours=1)
            state = looked(session)
    assert (state.sound, state.verified_at) == (False, first)
    assert (state.trouble() or "").startswith("the ledger is damaged: the ledger was rolled back")
    assert [record.message for record in caplog.records if "rolled back" in record.message] == [
        f"the ledger is damaged: {state.damage}"
    ]


def test_signed_heads_that_cannot_be_read_are_no_damage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = HandClock()
    with open_ledger(tmp_path / "state", clock) as ledger:
        session = SelfWatch(ledger, tmp_path / "state", clock)
        assert looked(session).sound is True
        (folder_of(tmp_path / "state") / FILE_NAME).mkdir(parents=True)
        clock.time += timedelta(hours=1)
        assert looked(session).sound is True
    assert "could not be compared" in caplog.text


def test_little_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HandClock()
    monkeypatch.setattr(self_check, "_free_bytes", lambda directory: 3 * 2**20)
    with open_ledger(tmp_path, clock) as ledger:
        state = looked(SelfWatch(ledger, tmp_path, clock))
    assert state.trouble() == "only 3 MiB of free space for the ledger"


def test_a_directory_that_cannot_be_asked_tells_nothing(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        state = looked(SelfWatch(ledger, tmp_path / "gone", clock))
    assert state.free_bytes is None
    assert state.trouble() is None


def test_what_is_seen_is_shown_and_never_to_a_beneficiary_s_reader() -> None:
    own = OwnState(free_bytes=5, sound=False, damage="row 3", verified_at=MORNING)
    snapshot = Snapshot(at=MORNING, version="1", own=own)
    text = exposition(snapshot).decode()
    assert "beffroi_ledger_free_bytes 5\n" in text
    assert "beffroi_ledger_sound 0\n" in text
    assert "beffroi_ledger_verified_timestamp_seconds" in text
    assert "beffroi_ledger_free" not in exposition(snapshot.narrow(["scota"])).decode()
    assert "beffroi_ledger_sound" not in exposition(Snapshot(at=MORNING, version="1")).decode()


def test_a_letter_that_waits_is_told_until_it_is_taken(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        session = SelfWatch(ledger, tmp_path, clock)
        session.look(unmailed_since=MORNING)
        said = session.state().trouble() or ""
        session.look()
        session.wait(30)
    assert said == f"a mail to a beneficiary could not be delivered since {MORNING:%Y-%m-%d %H:%M} UTC"
    assert session.state().trouble() is None
