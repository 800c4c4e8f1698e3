"""Receivers of alerts that fail, each in its own way, through the real outbox and courier: nothing lost, none twice.

A receiver that surely did not take a message gets it again unmarked, one that may have taken it gets a marked repeat.
"""

import itertools
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.alert import heartbeat, sending
from agent.alert.courier import DeliveryWorker
from agent.alert.heartbeat import Heartbeat
from agent.alert.message import Message
from agent.alert.outbox import FILE, FIRST_WAIT, TRIED_FOR, Outbox
from agent.alert.proving import HEARTBEAT, Proofs
from agent.alert.sending import MAIL, WEBHOOK, Receivers
from agent.config.settings import AlertSettings, Mail
from tests.parts.mailbox import CLOSE_ONE, DEFER_ONE, HANG_UP_AFTER, SILENT, TAKE, UNKNOWN, mailbox
from tests.parts.ports import free_port
from tests.parts.relay import PASSWORD, USER, Relay, relay
from tests.parts.supervision import hearing
from tests.parts.web import Certified, certify

pytestmark = [pytest.mark.network, pytest.mark.programs]

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
PAGE = Message(subject="ALERTE : files", body="é\n", document='{"schema": "beffroi.alert/1", "changes": [{"n": 1}]}')


@dataclass
class Post:
    """An outbox with one page in it, and carry it at the instants that a test sets."""

    folder: Path
    alert: AlertSettings
    instant: datetime = NOON
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.folder)
        self.proofs = Proofs(self.outbox, lambda: self.alert, self)
        self.outbox.put({}, [(self.name, PAGE)], NOON)

    @property
    def name(self) -> str:
        return MAIL if self.alert.mail is not None else WEBHOOK

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return 0.0

    def carry(self, after: timedelta = timedelta(0)) -> bool:
        """Carry what is due after some time, in a courier that knows nothing of the one before."""
        self.instant += after
        return self.courier().carry()

    def courier(self) -> DeliveryWorker:
        """Return a courier that knows nothing of the one before."""
        receivers = Receivers(alert=self.alert, language="fr")
        return DeliveryWorker(self.name, self.outbox, lambda: receivers, self, proofs=self.proofs)

    @property
    def waits(self) -> int:
        return self.outbox.waiting(self.name)


def hook(folder: Path, port: int) -> Post:
    return Post(folder=folder, alert=AlertSettings(webhook=f"http://127.0.0.1:{port}/in"))


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_a_page_that_a_webhook_refused_arrives_once_when_it_takes_it(tmp_path: Path, status: int) -> None:
    with hearing(lambda number: status if number == 0 else 200) as ear:
        post = hook(tmp_path, ear.port)
        courier = post.courier()
        # What is refused for itself has others looked for behind it.
        assert courier.carry() is (status == 400)
        post.instant += FIRST_WAIT - timedelta(seconds=1)
        assert not courier.carry()
        post.instant += timedelta(seconds=1)
        assert courier.carry()
        post.instant += timedelta(hours=2)
        assert not courier.carry()
    assert [said.get("repeat", False) for _, _, said in ear.heard] == [False, False]
    assert post.waits == 0


@pytest.mark.parametrize(("refused", "taken"), [(413, 2), (503, 0)])
def test_a_page_that_is_refused_for_itself_keeps_no_other_back(tmp_path: Path, refused: int, taken: int) -> None:
    """The oldest is tried first each time, so that what comes through at last comes in its order."""
    with hearing() as ear:
        post = hook(tmp_path, ear.port)
        post.outbox.put({}, [(post.name, replace(PAGE, document='{"changes": [{"n": 2}]}'))] * 2, NOON)
        ear.answers = lambda number: refused if ear.heard[number][2]["changes"] == [{"n": 1}] else 200
        courier = post.courier()
        while courier.carry():
            pass
        assert [said["changes"][0]["n"] for _, _, said in ear.heard] == [1, 2, 2][: 1 + taken]
        ear.answers = lambda number: 200
        post.instant += FIRST_WAIT
        while courier.carry():
            pass
    assert [said["changes"][0]["n"] for _, _, said in ear.heard] == ([1, 2, 2, 1] if taken else [1, 1, 2, 2])
    assert not any(said.get("repeat") for _, _, said in ear.heard)
    assert post.waits == 0


def test_a_page_that_comes_later_does_not_wait_for_one_that_is_refused_for_itself(tmp_path: Path) -> None:
    with hearing() as ear:
        post = hook(tmp_path, ear.port)
        ear.answers = lambda number: 413 if ear.heard[number][2]["changes"] == [{"n": 1}] else 200
        courier = post.courier()
        while courier.carry():
            pass
        post.outbox.put({}, [(post.name, replace(PAGE, document='{"changes": [{"n": 2}]}'))], NOON)
        post.instant += FIRST_WAIT / 2
        assert courier.carry()
    assert [said["changes"][0]["n"] for _, _, said in ear.heard] == [1, 2]


def test_a_page_refused_for_itself_makes_no_other_wait_longer_after_a_failure(tmp_path: Path) -> None:
    """The receiver's own wait begins at its own first failure, and is not there after a restart."""
    with hearing() as ear:
        post, answer = hook(tmp_path, ear.port), 503
        ear.answers = lambda number: 413 if ear.heard[number][2]["changes"] == [{"n": 1}] else answer
        courier = post.courier()
        for _ in range(10):
            while courier.carry():
                pass
            post.instant += timedelta(hours=1)
        while courier.carry():
            pass
        post.outbox.put({}, [(post.name, replace(PAGE, document='{"changes": [{"n": 2}]}'))], NOON)
        assert not courier.carry()
        answer = 200
        post.instant += FIRST_WAIT
        while courier.carry():
            pass
        assert post.waits == 1
        post.outbox.put({}, [(post.name, replace(PAGE, document='{"changes": [{"n": 3}]}'))], NOON)
        restarted = post.courier()
        while restarted.carry():
            pass
    assert post.waits == 1


def test_a_page_refused_for_itself_is_tried_less_and_less_often(tmp_path: Path) -> None:
    with hearing(lambda number: 413) as ear:
        post = hook(tmp_path, ear.port)
        courier, tried = post.courier(), []
        for _ in range(3 * 3600 // 30):
            before = len(ear.heard)
            while courier.carry():
                pass
            tried += [post.instant - NOON] if len(ear.heard) > before else []
            post.instant += FIRST_WAIT
    waits = [after - before for before, after in itertools.pairwise(tried)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (FIRST_WAIT, timedelta(hours=1))


BOTH = ("a@example.fr", UNKNOWN.decode())


def post_to_both(folder: Path, relay: str) -> Post:
    return Post(folder=folder, alert=AlertSettings(mail=Mail(to=BOTH, smtp=relay, sender="c@example.fr")))


@pytest.mark.parametrize("defers", [DEFER_ONE, CLOSE_ONE])
def test_an_address_that_a_relay_defers_gets_the_page_and_the_other_one_gets_it_once(
    tmp_path: Path, defers: str
) -> None:
    """Nor does the next page wait: who has got the first is sent it at once."""
    how = defers
    with mailbox(lambda number: how) as box:
        post = post_to_both(tmp_path, box.relay)
        courier = post.courier()
        assert courier.carry()
        assert not courier.carry()
        post.outbox.put({}, [(MAIL, replace(PAGE, subject="ALERTE : dumps"))], NOON)
        assert courier.carry()
        assert [letter["Subject"] for letter in box.letters] == ["ALERTE : files", "ALERTE : dumps"]
        assert post.waits == 2
        how = TAKE
        # In a courier that knows nothing of the one before, as after a restart.
        post.instant += timedelta(hours=1)
        while post.carry():
            pass
    assert [(letter["Subject"], letter["To"]) for letter in box.letters[2:]] == [
        ("ALERTE : files", BOTH[1]),
        ("ALERTE : dumps", BOTH[1]),
    ]
    assert box.letters[0]["Message-ID"] == box.letters[2]["Message-ID"]
    assert post.waits == 0


def test_a_deferred_page_that_the_relay_may_have_taken_comes_again_marked(tmp_path: Path) -> None:
    how = [DEFER_ONE, HANG_UP_AFTER, TAKE]
    with mailbox(lambda number: how[number]) as box:
        post = post_to_both(tmp_path, box.relay)
        for _ in range(3):
            post.carry(timedelta(hours=1))
    marks = ["ALERTE : files", "ALERTE : files", "[répétition possible] ALERTE : files"]
    assert [letter["Subject"] for letter in box.letters] == marks
    assert [letter["To"] for letter in box.letters[1:]] == [BOTH[1]] * 2
    assert post.waits == 0


def test_an_address_that_is_always_deferred_is_given_up_after_some_days(tmp_path: Path) -> None:
    with mailbox(lambda number: DEFER_ONE) as box:
        post = post_to_both(tmp_path, box.relay)
        courier = post.courier()
        while post.waits and post.instant < NOON + timedelta(days=7):
            courier.carry()
            post.instant += timedelta(hours=1)
    assert len(box.letters) == 1
    assert post.instant - NOON - TRIED_FOR <= timedelta(hours=2)
    assert box.connections > 100


def test_an_address_that_is_configured_no_more_is_not_tried_again(tmp_path: Path) -> None:
    with mailbox(lambda number: DEFER_ONE) as box:
        post = post_to_both(tmp_path, box.relay)
        assert post.carry()
        assert post.alert.mail is not None
        post.alert = AlertSettings(mail=replace(post.alert.mail, to=BOTH[:1]))
        assert post.carry(timedelta(hours=1))
    assert len(box.letters) == 1
    assert post.waits == 0


@pytest.mark.parametrize("to", [BOTH, (BOTH[0], "c@example.fr")])
def test_a_page_that_one_address_alone_waited_for_proves_nothing_of_the_others(
    tmp_path: Path, to: tuple[str, ...]
) -> None:
    """Of an address that has taken the place of the one that was deferred, the less so: it was sent nothing."""
    how = DEFER_ONE
    with mailbox(lambda number: how) as box:
        post = post_to_both(tmp_path, box.relay)
        assert post.carry()
        assert post.alert.mail is not None
        post.alert = AlertSettings(mail=replace(post.alert.mail, to=to))
        how = TAKE
        assert post.carry(timedelta(hours=1))
        assert post.waits == 0
        assert post.outbox.proofs()[MAIL].way.proven is None
        # So that the relay is asked for all of them.
        assert post.proofs.turn(post.instant, ZoneInfo("Europe/Paris"), "fr").sent
        assert post.carry()
    assert post.outbox.proofs()[MAIL].way.proven == post.instant


def test_an_older_outbox_knows_no_address_that_remains(tmp_path: Path) -> None:
    with mailbox() as box:
        post = post_to_both(tmp_path, box.relay)
        with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
            connection.execute("ALTER TABLE delivery DROP COLUMN remaining")
        post.outbox = Outbox(tmp_path)
        assert post.carry()
    assert [letter["To"] for letter in box.letters] == [", ".join(BOTH)]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        ("120", timedelta(seconds=120)),
        ("1", FIRST_WAIT),
        ("86400", timedelta(hours=1)),
        ("99999999999999", FIRST_WAIT),
        ("-5", FIRST_WAIT),
        ("Wed, 21 Oct 2026 07:28:00 GMT", FIRST_WAIT),
        ("²", FIRST_WAIT),
    ],
)
def test_a_webhook_that_is_busy_is_left_alone_as_long_as_it_asks(tmp_path: Path, asked: str, waited: timedelta) -> None:
    """Within an hour: no receiver may put a page off for a day. RFC 9110, «Retry-After»."""
    with hearing(lambda number: 429 if number == 0 else 200, headers={"Retry-After": asked}) as ear:
        post = hook(tmp_path, ear.port)
        post.carry()
        assert not post.carry(waited - timedelta(seconds=1))
        assert post.carry(timedelta(seconds=1))
    assert post.waits == 0


def test_a_page_waits_for_a_webhook_that_is_down(tmp_path: Path) -> None:
    port = free_port()
    post = hook(tmp_path, port)
    assert not post.carry()
    with hearing(port=port) as ear:
        assert post.carry(FIRST_WAIT)
    assert [said.get("repeat", False) for _, _, said in ear.heard] == [False]


def test_a_webhook_that_hangs_gets_a_marked_repeat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "DEADLINE", timedelta(seconds=0.5))
    with mailbox(lambda number: SILENT) as box:
        post = hook(tmp_path, box.port)
        assert not post.carry()
    monkeypatch.undo()
    with hearing(port=box.port) as ear:
        assert post.carry(FIRST_WAIT)
    assert [said.get("repeat", False) for _, _, said in ear.heard] == [True]


# A relay with STARTTLS and login.


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certified:
    """Return an authority that this process trusts, as it does the system's."""
    found = certify(tmp_path, "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
    return found


def letters(folder: Path, asked: Relay, password: str = PASSWORD) -> Post:
    file = folder / "mail.password"
    file.touch(mode=0o600)
    file.write_text(f"{password}\n")
    mail = Mail(to=("a@example.fr",), smtp=asked.address, sender="b@example.fr", user=USER)
    return Post(folder=folder, alert=AlertSettings(mail=mail, mail_password_file=file))


def test_a_mail_goes_over_tls_and_a_login(tmp_path: Path, authority: Certified) -> None:
    with relay(certify(tmp_path, "relay", authority)) as asked:
        assert letters(tmp_path, asked).carry()
    assert asked.logins == [(True, PASSWORD)]
    assert [letter["Subject"] for letter in asked.letters] == ["ALERTE : files"]


def test_a_password_is_not_given_to_a_relay_whose_certificate_nobody_vouches_for(
    tmp_path: Path, authority: Certified, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = certify(tmp_path, "stranger")
    with relay(certify(tmp_path, "relay", stranger)) as asked:
        post = letters(tmp_path, asked)
        assert not post.carry()
    assert (asked.logins, asked.letters, post.waits) == ([], [], 1)
    assert "certificate" in caplog.text
    assert PASSWORD not in caplog.text
    assert_unmarked(post)


def test_a_password_is_not_given_to_a_relay_that_knows_no_tls(tmp_path: Path) -> None:
    with relay(None) as asked:
        post = letters(tmp_path, asked)
        assert not post.carry()
    assert (asked.logins, asked.letters, post.waits) == ([], [], 1)
    assert_unmarked(post)


def test_a_wrong_password_is_told_without_it(
    tmp_path: Path, authority: Certified, caplog: pytest.LogCaptureFixture
) -> None:
    with relay(certify(tmp_path, "relay", authority)) as asked:
        post = letters(tmp_path, asked, "another")
        assert not post.carry()
    assert asked.letters == []
    assert "the relay answered 535" in caplog.text
    assert "another" not in caplog.text
    assert_unmarked(post)


@pytest.mark.parametrize("answer", ["451 later", "452 no room", "554 spam"])
def test_a_letter_that_is_refused_after_it_was_sent_comes_again(
    tmp_path: Path, authority: Certified, answer: str
) -> None:
    certified = certify(tmp_path, "relay", authority)
    with relay(certified, after_data=answer) as asked:
        post = letters(tmp_path, asked)
        assert post.carry() is (answer == "554 spam")
        assert_unmarked(post)
        asked.after_data = None
        assert post.carry(FIRST_WAIT)
    assert [letter["Subject"] for letter in asked.letters] == ["ALERTE : files"]


def assert_unmarked(post: Post) -> None:
    """Assert that what waits was surely not taken: it comes again as if for the first time."""
    delivery = Outbox(post.folder).next_for(post.name, post.instant + timedelta(hours=1))
    assert delivery is not None
    assert not delivery.repeat
    post.outbox.failed(delivery, post.instant - timedelta(days=1), surely=True)


# The heartbeat: what rings elsewhere is its silence.


@contextmanager
def beating(folder: Path, port: int, alive: Callable[[], bool] = lambda: True) -> Iterator[tuple[Heartbeat, Proofs]]:
    """Return a heartbeat for a port, and what notes it."""
    file = folder / "heartbeat"
    file.touch(mode=0o600)
    file.write_text(f"http://127.0.0.1:{port}/alive\n")
    alert = AlertSettings(heartbeat_file=file)
    post = Post(folder=folder, alert=AlertSettings(webhook="https://hooks.example/"))
    proofs = Proofs(post.outbox, lambda: alert, post)
    yield Heartbeat(lambda: file, alive, lambda: "{}", proofs=proofs), proofs


def test_a_heartbeat_that_is_taken_is_noted(tmp_path: Path) -> None:
    with hearing() as ear, beating(tmp_path, ear.port) as (beat, _):
        assert beat.beat()
    assert Outbox(tmp_path).proofs()[HEARTBEAT].way.proven == NOON


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500])
def test_a_heartbeat_that_is_answered_otherwise_is_none(tmp_path: Path, status: int) -> None:
    """A redirection is not followed: anyone who answers it is not the watcher that was named."""
    with hearing() as other, hearing(lambda number: status, headers={"Location": f"{other.address}/alive"}) as ear:
        with beating(tmp_path, ear.port) as (beat, _):
            assert not beat.beat()
        assert (len(ear.heard), len(other.heard)) == (1, 0)
    way = Outbox(tmp_path).proofs()[HEARTBEAT].way
    assert (way.proven, way.said) == (None, f"answered {status}")


def test_a_watcher_that_is_down_is_noted_and_heard_again(tmp_path: Path) -> None:
    port = free_port()
    with beating(tmp_path, port) as (beat, _):
        assert not beat.beat()
        assert Outbox(tmp_path).proofs()[HEARTBEAT].way.failing == NOON
        with hearing(port=port):
            assert beat.beat()
    assert Outbox(tmp_path).proofs()[HEARTBEAT].way.failing is None


def test_a_watcher_that_hangs_costs_its_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "DEADLINE", timedelta(seconds=0.5))
    with mailbox(lambda number: SILENT) as box, beating(tmp_path, box.port) as (beat, _):
        assert not beat.beat()
    assert Outbox(tmp_path).proofs()[HEARTBEAT].way.said


def test_no_heartbeat_leaves_while_the_checks_stand_still(tmp_path: Path) -> None:
    progressing = threading.Event()
    with hearing() as ear, beating(tmp_path, ear.port, progressing.is_set) as (beat, _):
        assert not beat.beat()
        assert ear.heard == []
        progressing.set()
        assert beat.beat()


def test_what_a_message_says_breaks_no_header(tmp_path: Path) -> None:
    """A name with a line's end adds no header and no address."""
    hostile = Message(subject="ALERTE : a\r\nBcc: x@example.fr\r\n\r\nbody", body="b\r\n.\r\nQUIT\r\n", document="{}")
    with relay(None) as asked:
        mail = Mail(to=("a@example.fr",), smtp=asked.address, sender="b@example.fr")
        post = Post(folder=tmp_path, alert=AlertSettings(mail=mail))
        post.carry()
        post.outbox.put({}, [(MAIL, hostile)], NOON)
        post.carry()
    letter = asked.letters[1]
    assert letter["Bcc"] is None
    assert letter.get_content().splitlines() == ["b", ".", "QUIT"]
