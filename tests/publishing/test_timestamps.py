"""Timestamps of a real authority (openssl ts): what it stamps holds, and another digest, authority or day does not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.config.settings import Agent, Configuration, EvidenceSettings, TimestampSettings
from agent.hosts.local import LocalHost
from agent.ledger.attestations import read
from agent.proving.attested_days import TIMESTAMP
from agent.publishing.attesting import NEVER, Attestor
from agent.publishing.posting import NoAnswer, Post, PostAnswer
from agent.publishing.timestamps import NotStamped, hold_to_authority, stamp
from tests.ledger.samples import DAY, HandClock, day_row, observation, open_ledger
from tests.parts.authorities import RealAuthority, made_authority, openssl
from tests.parts.kept import keep_reading
from tests.parts.witnesses import Log, tree

pytestmark = [pytest.mark.programs]

HERE = LocalHost("agent")
NOTE = str(Log.make().note(tree(5)))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAuthority]:
    """Return an authority."""
    yield made_authority(tmp_path_factory.mktemp("tsa") / "one")


def stamped(authority: RealAuthority, folder: Path, post: Post | None = None) -> tuple[bytes, datetime]:
    """Have the note stamped."""
    return stamp(HERE, folder, authority.declared, NOTE, datetime.now(UTC), post or authority.post)


def test_a_token_holds_for_its_note_and_tells_its_time(authority: RealAuthority, tmp_path: Path) -> None:
    answer, at = stamped(authority, tmp_path)
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=5)
    assert hold_to_authority(HERE, tmp_path, NOTE, answer, authority.declared.ca_file) == at
    assert list(tmp_path.iterdir()) == []
    # As its reader does, without this program.
    (tmp_path / "checkpoint").write_text(NOTE)
    (tmp_path / "answer.tsr").write_bytes(answer)
    ca_file = authority.declared.ca_file
    openssl(tmp_path, f"ts -verify -data checkpoint -in answer.tsr -CAfile {ca_file}")


def test_a_token_of_another_note_or_authority_does_not_hold(authority: RealAuthority, tmp_path: Path) -> None:
    answer, _ = stamped(authority, tmp_path)
    other = made_authority(tmp_path / "other")
    for note, kept, ca_file in (
        (NOTE.replace("5", "6"), answer, authority.declared.ca_file),
        (NOTE, answer, other.declared.ca_file),
        (NOTE, b"nothing", authority.declared.ca_file),
    ):
        with pytest.raises(NotStamped, match="does not hold"):
            hold_to_authority(HERE, tmp_path, note, kept, ca_file)
    with pytest.raises(NotStamped, match="does not hold"):
        stamped(authority, tmp_path, other.post)


def test_a_token_of_an_earlier_query_is_refused(authority: RealAuthority, tmp_path: Path) -> None:
    stamped(authority, tmp_path)
    kept = PostAnswer(status=200, content_type="", body=authority.answer())
    with pytest.raises(NotStamped, match="does not hold"):
        stamped(authority, tmp_path, lambda *_: kept)


def test_a_clock_that_is_ahead_stamps_nothing(authority: RealAuthority, tmp_path: Path) -> None:
    before = datetime.now(UTC) - timedelta(hours=1)
    with pytest.raises(NotStamped, match="clock is ahead"):
        stamp(HERE, tmp_path, authority.declared, NOTE, before, authority.post)


def test_an_authority_that_gives_nothing_is_told(authority: RealAuthority, tmp_path: Path) -> None:
    def away(*_: object) -> PostAnswer:
        raise NoAnswer("no route to host")

    with pytest.raises(NotStamped, match="no route to host"):
        stamped(authority, tmp_path, away)
    with pytest.raises(NotStamped, match="answered 503"):
        stamped(authority, tmp_path, lambda *_: PostAnswer(status=503, content_type="", body=b""))
    with pytest.raises(NotStamped, match="no file can be made"):
        stamp(HERE, tmp_path / "absent", authority.declared, NOTE, datetime.now(UTC), authority.post)


def test_each_checkpoint_is_stamped_once_and_a_missing_token_is_told(authority: RealAuthority, tmp_path: Path) -> None:
    clock = HandClock(datetime.now(UTC).replace(microsecond=0) - DAY)
    declared = authority.declared
    configuration = Configuration(
        path=tmp_path / "beffroi.toml",
        digest="",
        agent=Agent(state_directory=tmp_path),
        evidence=EvidenceSettings(timestamp=TimestampSettings(url=declared.url, ca_file=declared.ca_file)),
    )
    told: list[datetime | None] = []
    with open_ledger(tmp_path, clock) as ledger:

        def look(post: Post) -> None:
            attestor = Attestor(ledger, clock, lambda _, at: told.append(at), post)
            attestor.look(configuration)
            attestor.wait(60)

        keep_reading(ledger, observation(clock.time))
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += DAY
        ledger.sign_heads(clock.time)
        look(lambda *_: PostAnswer(status=503, content_type="", body=b""))
        assert told == [NEVER]
        for _ in range(2):
            look(authority.post)
        (one,) = ledger.ask(read)
        assert (one.source, one.size, told[1:]) == (TIMESTAMP, 1, [one.at, one.at])
        configuration = replace(configuration, evidence=EvidenceSettings())
        look(authority.post)
        assert told[-1] is None
