"""What is to be told is kept: no kill loses any of it, nothing comes twice unmarked, no receiver is hammered."""

import errno
import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from agent.alert.message import Message
from agent.alert.outbox import FILE, FIRST_WAIT, LONGEST_WAIT, Outbox
from agent.alert.transitions import LastNotification
from agent.core.errors import LedgerError, LedgerFull
from agent.core.model import Key, State
from tests.export.samples import NOW

# Each is some real writes to the disk; a thousand take a minute on a slow one.
RESTARTS = int(os.environ.get("RESTARTS", "150"))

KEY = Key(target="backup-rpo", subject="files", beneficiary="scota")
TOLD = {KEY: LastNotification(state=State.MISSED, since=NOW, notified=True)}


def message(number: int = 0) -> Message:
    return Message(subject=f"s{number}", body="b", document=f'{{"number": {number}}}')


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    Outbox(tmp_path).put(TOLD, [("mail", message()), ("webhook", message())], NOW)
    outbox = Outbox(tmp_path)
    assert outbox.notified() == TOLD
    for receiver in ("mail", "webhook"):
        delivery = outbox.next_for(receiver, NOW)
        assert delivery is not None
        assert (delivery.message, delivery.repeat, delivery.made_at) == (message(), False, NOW)
        outbox.delivered(delivery, NOW)
        assert outbox.next_for(receiver, NOW) is None


def test_a_read_only_disk_is_named_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The daemon then ends with that line, and is started again by systemd until the disk takes what is written."""
    Outbox(tmp_path)

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "chmod", refused)
    with pytest.raises(LedgerFull, match="Read-only file system") as raised:
        Outbox(tmp_path)
    assert raised.value.hint == "make room, or make the disk writable"


def test_over_many_restarts_no_change_is_lost_and_none_is_repeated_unmarked(tmp_path: Path) -> None:
    chance = random.Random(588)
    arrived: list[tuple[str, bool]] = []
    now, number = NOW, 0
    for _ in range(RESTARTS):
        outbox = Outbox(tmp_path)
        outbox.put({}, [("webhook", message(number))], now)
        number += 1
        for _ in range(chance.randrange(4)):
            now += timedelta(hours=2)
            delivery = outbox.next_for("webhook", now)
            if delivery is None:
                break
            fate = chance.choice(("killed before", "killed after", "taken", "refused", "unsure, lost", "unsure, taken"))
            if fate in ("killed after", "taken", "unsure, taken"):
                arrived.append((delivery.message.subject, delivery.repeat))
            if fate.startswith("killed"):
                break
            if fate == "taken":
                outbox.delivered(delivery, now)
            else:
                outbox.failed(delivery, now, surely=fate == "refused")
    outbox = Outbox(tmp_path)
    while (delivery := outbox.next_for("webhook", now := now + timedelta(hours=2))) is not None:
        arrived.append((delivery.message.subject, delivery.repeat))
        outbox.delivered(delivery, now)
    first = dict.fromkeys(name for name, _ in arrived)
    assert list(first) == [f"s{index}" for index in range(number)]
    unmarked = [name for name, repeat in arrived if not repeat]
    assert len(unmarked) == len(set(unmarked))
    seen: set[str] = set()
    for name, repeat in arrived:
        assert repeat or name not in seen
        seen.add(name)


def test_a_receiver_that_fails_is_left_alone_longer_each_time_and_over_restarts(tmp_path: Path) -> None:
    Outbox(tmp_path).put({}, [("mail", message())], NOW)
    now, waits = NOW, []
    for _ in range(10):
        outbox = Outbox(tmp_path)
        delivery = outbox.next_for("mail", now)
        assert delivery is not None
        waits.append(outbox.failed(delivery, now, surely=True))
        assert Outbox(tmp_path).next_for("mail", now + waits[-1] - timedelta(seconds=1)) is None
        now += waits[-1]
    assert waits[0] == FIRST_WAIT
    assert waits[-1] == LONGEST_WAIT
    assert waits == sorted(waits)


def test_a_receiver_that_asks_to_be_left_is_but_never_for_longer_than_an_hour(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put({}, [("webhook", message())], NOW)
    delivery = outbox.next_for("webhook", NOW)
    assert delivery is not None
    assert outbox.failed(delivery, NOW, surely=True, wait=timedelta(minutes=5)) == timedelta(minutes=5)
    assert outbox.failed(delivery, NOW, surely=True, wait=timedelta(days=9)) == LONGEST_WAIT


def test_a_clock_set_back_keeps_no_message_for_years(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put({}, [("mail", message())], NOW)
    delivery = outbox.next_for("mail", NOW)
    assert delivery is not None
    outbox.failed(delivery, NOW, surely=True)
    assert outbox.next_for("mail", NOW - timedelta(days=2)) is not None


def test_one_receiver_s_trouble_is_not_the_other_s(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put({}, [("mail", message()), ("webhook", message())], NOW)
    delivery = outbox.next_for("mail", NOW)
    assert delivery is not None
    outbox.failed(delivery, NOW, surely=True)
    assert outbox.next_for("mail", NOW) is None
    assert outbox.next_for("webhook", NOW) is not None


def test_a_damaged_outbox_is_put_aside_and_another_is_begun(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    outbox = Outbox(tmp_path)
    assert outbox.notified() == {}
    assert (tmp_path / "alerts.damaged").exists()


def test_an_outbox_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="outbox of alerts"):
        Outbox(tmp_path / "missing")


def test_what_is_kept_under_a_name_is_kept_once_and_over_restarts(tmp_path: Path) -> None:
    assert Outbox(tmp_path).put_once("report scota 2026-Q4 1", [("beneficiary report scota", message())], NOW)
    assert not Outbox(tmp_path).put_once("report scota 2026-Q4 1", [("beneficiary report scota", message())], NOW)
    assert Outbox(tmp_path).waiting("beneficiary report scota") == 1
    assert Outbox(tmp_path).kept_once("report scota ") == ("report scota 2026-Q4 1",)
    assert Outbox(tmp_path).kept_once("report eaux ") == ()


def test_since_when_something_waits_is_of_those_asked_for(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put_once("a", [("one", message())], NOW)
    outbox.put_once("b", [("two", message())], NOW - timedelta(days=2))
    assert outbox.waiting_since(["one"]) == NOW
    assert outbox.waiting_since(["one", "two"]) == NOW - timedelta(days=2)
    assert outbox.waiting_since(["three"]) is None
    delivery = outbox.next_for("two", NOW)
    assert delivery is not None
    outbox.delivered(delivery, NOW)
    assert outbox.waiting_since(["two"]) is None


def test_only_what_was_delivered_is_forgotten(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put({}, [("mail", message(1)), ("mail", message(2))], NOW)
    delivery = outbox.next_for("mail", NOW)
    assert delivery is not None
    outbox.delivered(delivery, NOW)
    outbox.forget(NOW + timedelta(days=1))
    left = outbox.next_for("mail", NOW)
    assert left is not None
    assert (outbox.waiting("mail"), left.message) == (1, message(2))
