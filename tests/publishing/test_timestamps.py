"""Timestamps of a real authority (openssl ts): what it stamps holds, and another digest, authority or day does not."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.config.settings import Agent, Configuration, EvidenceSettings, TimestampSettings
from agent.hosts.local import LocalHost
from agent.ledger.attestations import TIMESTAMP, read
from agent.publishing.attesting import NEVER, Attestor
from agent.publishing.posting import NoAnswer, Post, PostAnswer
from agent.publishing.timestamps import Authority, NotStamped, hold_to_authority, stamp
from tests.ledger.samples import DAY, HandClock, day_row, observation, open_ledger
from tests.parts.kept import keep_reading
from tests.parts.witnesses import Log, tree

pytestmark = [pytest.mark.programs]

HERE = LocalHost("agent")
NOTE = str(Log.make().note(tree(5)))
CONFIGURATION = """\
[tsa]
default_tsa = main
[main]
serial = {folder}/serial
signer_cert = {folder}/tsa.crt
certs = {folder}/ca.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
MADE = (
    "req -x509 -newkey ed25519 -nodes -keyout ca.key -out ca.crt -days 100 -subj /CN=ca",
    "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=tsa",
    "x509 -req -in tsa.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile ext -days 90 -out tsa.crt",
)


@dataclass(frozen=True, slots=True)
class RealAuthority:
    """An authority in a folder, that stamps by openssl."""

    folder: Path

    @property
    def declared(self) -> Authority:
        """Return how it is declared."""
        return Authority(url="https://tsa.example/", ca_file=self.folder / "ca.crt")

    def post(self, address: str, body: bytes, content_type: str) -> PostAnswer:
        """Answer a query."""
        assert content_type == "application/timestamp-query"
        (self.folder / "query").write_bytes(body)
        openssl(self.folder, "ts -reply -config tsa.cnf -section main -queryfile query -out answer")
        return PostAnswer(status=200, content_type="application/timestamp-reply", body=self.answer())

    def answer(self) -> bytes:
        """Return what it answered last."""
        return (self.folder / "answer").read_bytes()


def openssl(folder: Path, words: str) -> None:
    """Run openssl in a folder."""
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True, timeout=60)


def made(folder: Path) -> RealAuthority:
    """Return a new authority."""
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
    (folder / "serial").write_text("01\n")
    for words in MADE:
        openssl(folder, words)
    return RealAuthority(folder)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAuthority]:
    """Return an authority."""
    yield made(tmp_path_factory.mktemp("tsa") / "one")


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
    other = made(tmp_path / "other")
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
