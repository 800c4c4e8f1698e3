"""A bundle's days are held to the witnesses and the authority that its reader names: in time, late, never, forged."""

import base64
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.invocation import invoke
from agent.hosts.local import LocalHost
from agent.ledger.attestations import Attestation
from agent.ledger.keys import signer
from agent.proving.attested_days import TIMESTAMP
from agent.publishing.timestamps import stamp
from agent.report import bundle
from agent.report.archive import ArchiveReader, ArchiveWriter
from agent.report.attestations_shown import NamedAttesters, NotAttested
from agent.report.bundle_files import BundleFiles
from agent.report.verifying import EvidenceOutcome, Verified, verify
from tests.parts.attested_bundle import AttestedBundle, OwnWitness, attested_bundle
from tests.parts.authorities import made_authority
from tests.report.year import Year

WITNESS = OwnWitness.make()
NAMED = NamedAttesters(witnesses=(WITNESS.key,))
HOUR = timedelta(hours=1)
HERE = LocalHost("agent")


def cosigned(filled: Year, size: int, at: datetime) -> Attestation:
    return WITNESS.attest(filled, size, at + HOUR)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> AttestedBundle:
    """Return a bundle each checkpoint of which was cosigned within the hour."""
    return attested_bundle(tmp_path_factory.mktemp("whole"), cosigned)


def repacked(files: Mapping[str, bytes], state: Path, path: Path) -> Path:
    """Write an archive whose manifest is made anew with the agent's own key."""
    writer = ArchiveWriter(io.BytesIO())
    rest = {name: content for name, content in files.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}
    for name, content in rest.items():
        writer.add(name, [content])
    manifest = "".join(f"{digest}  {name}\n" for name, digest in sorted(writer.digests.items()))
    signature = base64.b64decode(signer(state).sign(manifest))
    with path.open("w+b") as file:
        archive = ArchiveWriter(file)
        for name, content in {
            **rest,
            bundle.MANIFEST: manifest.encode(),
            bundle.SIGNATURE: signature,
        }.items():
            archive.add(name, [content])
        archive.close()
    return path


def changed(one: AttestedBundle, path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Verified:
    return verify(repacked(change(dict(one.files)), one.state, path / "changed.zip"), attesters=NAMED)


def test_days_that_a_witness_cosigned_in_time_are_sound(whole: AttestedBundle) -> None:
    found = verify(whole.path, attesters=NAMED)
    assert (found.outcome, found.doubts) == (EvidenceOutcome.SOUND, [])
    (line,) = found.attested
    days = line.rpartition(": ")[2].split()[0]
    assert line == f"witness epci.example/w: {days} of {days} signed days cosigned in time"
    assert int(days) >= 7


def test_a_witness_that_its_reader_does_not_name_says_nothing(whole: AttestedBundle) -> None:
    assert verify(whole.path).attested == []


def test_a_day_that_the_witness_did_not_cosign_could_not_be_told(tmp_path: Path) -> None:
    """It was away on one day, and cosigned on the next what covers both."""
    away: list[int] = []

    def but_one(filled: Year, size: int, at: datetime) -> Attestation | None:
        if at.day == 29:
            away.append(size)
            return None
        return cosigned(filled, size, at)

    found = verify(attested_bundle(tmp_path, but_one).path, attesters=NAMED)
    assert away
    assert found.outcome is EvidenceOutcome.UNPROVEN
    assert found.doubts == ["witness epci.example/w: cosigned later than the day after: 2026-12-28"]


def test_a_witness_that_never_cosigned_leaves_every_day_untold(whole: AttestedBundle) -> None:
    found = verify(whole.path, attesters=NamedAttesters(witnesses=(OwnWitness.make(9).key,)))
    assert found.outcome is EvidenceOutcome.UNPROVEN
    assert "not cosigned: 2026-12-24" in found.doubts[0]


def test_a_witness_that_knows_the_log_by_another_origin_counts(tmp_path: Path) -> None:
    def renamed(filled: Year, size: int, at: datetime) -> Attestation:
        return WITNESS.attest(filled, size, at + HOUR, origin="sigsum.org/v1/tree/ab")

    made = attested_bundle(tmp_path, renamed)
    assert f"checkpoints/{made.sizes[-1]}-1.txt" in made.files
    assert verify(made.path, attesters=NAMED).outcome is EvidenceOutcome.SOUND


def test_a_clock_that_is_wrong_shows_beside_the_witness_s(tmp_path: Path) -> None:
    """The agent's clock ran ahead by a week, and was then set back by one."""

    def apart(filled: Year, size: int, at: datetime) -> Attestation:
        return cosigned(filled, size, at + timedelta(days=-7 if at.day < 29 and at.year == 2026 else 7))

    found = verify(attested_bundle(tmp_path, apart).path, attesters=NAMED)
    assert found.outcome is EvidenceOutcome.UNPROVEN
    early, late = sorted(found.doubts)
    assert "cosigned before the day was over, so that a clock was wrong: " in early
    assert "cosigned later than the day after: 2026-12-28, " in late


def test_a_cosignature_that_does_not_hold_is_damage(whole: AttestedBundle, tmp_path: Path) -> None:
    name = f"checkpoints/{whole.sizes[-1]}.txt"

    def later(files: dict[str, bytes]) -> dict[str, bytes]:
        *kept, line = files[name].decode().splitlines()
        dash, by, content = line.split(" ")
        raw = bytearray(base64.b64decode(content))
        raw[11] ^= 1  # the time
        return files | {name: "\n".join([*kept, f"{dash} {by} {base64.b64encode(raw).decode()}", ""]).encode()}

    found = changed(whole, tmp_path, later)
    assert found.damage == [f"{name}: the cosignature of epci.example/w does not hold"]


def test_a_cosignature_of_another_checkpoint_is_damage(whole: AttestedBundle, tmp_path: Path) -> None:
    first, last = (f"checkpoints/{size}.txt" for size in (whole.sizes[0], whole.sizes[-1]))
    found = changed(whole, tmp_path, lambda files: files | {last: files[first]})
    assert found.outcome is EvidenceOutcome.DAMAGED


def stamped(whole: AttestedBundle, folder: Path, hold: Callable[[str, bytes], datetime]) -> Verified:
    added = {f"checkpoints/{size}-1.tsr": str(size).encode() for size in whole.sizes}
    path = repacked({**whole.files, **added}, whole.state, folder / "stamped.zip")
    return verify(path, attesters=NamedAttesters(stamped=hold))


def test_tokens_in_time_are_sound_and_late_ones_could_not_be_told(whole: AttestedBundle, tmp_path: Path) -> None:
    leaf = {size: datetime(2026, 12, 24, 1, tzinfo=UTC) for size in whole.sizes}
    files = BundleFiles(ArchiveReader(io.BytesIO(whole.path.read_bytes()), whole.path.stat().st_size))
    for line in files.lines(bundle.PROOFS):
        kind, name, *rest = line.decode().split(" ")
        if kind == "log":
            leaf[int(rest[0]) + 1] = datetime.fromisoformat(f"{name[-10:]}T01:00:00+00:00") + timedelta(days=1)
    found = stamped(whole, tmp_path, lambda note, token: leaf[int(token)])
    assert (found.outcome, found.doubts) == (EvidenceOutcome.SOUND, [])
    assert found.attested[0].startswith("timestamps: ")
    late = stamped(whole, tmp_path, lambda note, token: leaf[int(token)] + timedelta(days=2))
    assert late.outcome is EvidenceOutcome.UNPROVEN
    assert late.doubts[0].startswith("timestamps: stamped later than the day after: 2026-12-24, ")


def test_a_token_of_a_past_that_was_made_anew_is_damage(whole: AttestedBundle, tmp_path: Path) -> None:
    """The key's holder keeps the notes that were stamped in time, and shows other rows under them."""
    (tmp_path / "anew").mkdir()
    anew = attested_bundle(tmp_path / "anew", lambda filled, size, at: None, stolen=whole.state)
    notes = {name: content for name, content in whole.files.items() if name.endswith(".note")}
    forged = replace(anew, files={**anew.files, **notes}, sizes=whole.sizes)
    signed = datetime(2026, 12, 24, 1, tzinfo=UTC)
    found = stamped(forged, tmp_path, lambda note, token: signed + int(token) * timedelta(days=1))
    told = {f"the checkpoint of size {size} is not continued by the newest one" for size in whole.sizes}
    assert set(found.damage) == told


def test_a_token_of_another_authority_is_damage(whole: AttestedBundle, tmp_path: Path) -> None:
    def refused(note: str, token: bytes) -> datetime:
        raise NotAttested("its token does not hold")

    assert stamped(whole, tmp_path, refused).damage[0].endswith("-1.tsr: its token does not hold")


def test_a_missing_token_could_not_be_told(whole: AttestedBundle) -> None:
    found = verify(whole.path, attesters=NamedAttesters(stamped=lambda note, token: datetime.now(UTC)))
    assert found.outcome is EvidenceOutcome.UNPROVEN
    assert found.doubts[0].startswith("timestamps: not stamped: 2026-12-24, ")


@pytest.mark.programs
def test_the_command_holds_real_keys_and_tokens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authority, other = made_authority(tmp_path / "tsa"), made_authority(tmp_path / "other")
    (tmp_path / "b").mkdir()

    def both(filled: Year, size: int, at: datetime) -> Attestation:
        one = cosigned(filled, size, at)
        if at.day == 30:
            note = one.content.partition("\n\u2014 epci")[0] + "\n"
            answer, when = stamp(HERE, tmp_path, authority.declared, note, datetime.now(UTC), authority.post)
            content = base64.b64encode(answer).decode()
            filled.ledger.keep_attestation(replace(one, source=TIMESTAMP, key="", at=when, content=content))
        return one

    made = attested_bundle(tmp_path / "b", both)
    assert any(name.endswith(".tsr") for name in made.files)
    key_file = tmp_path / "w.pub"
    key_file.write_text(f"{WITNESS.key}\n")
    asked = ["evidence", "verify", str(made.path), "--witness-key", str(key_file)]
    assert invoke(asked) == 0
    assert "signed days cosigned in time" in capsys.readouterr().out
    # The authority's clock is the machine's, the ledger's the test's: the token holds, and not in time.
    assert invoke([*asked, "--tsa-ca", str(authority.declared.ca_file)]) == 3
    assert "its token does not hold" not in capsys.readouterr().out
    assert invoke([*asked, "--tsa-ca", str(other.declared.ca_file)]) == 1
    assert "-1.tsr: its token does not hold" in capsys.readouterr().out
