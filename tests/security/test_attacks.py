"""Attacks on the evidence, run for real: each is seen by exactly those that docs/evidence.md says see it."""

import re
import subprocess
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from agent.ledger.attestations import Attestation
from agent.ledger.keys import signer, verifier
from agent.proving.add_checkpoint import CheckpointRequest, SeenCheckpoint, judge_request
from agent.proving.checkpoint import Checkpoint, sign_checkpoint
from agent.proving.cosignature import cosign
from agent.proving.day_log import log_tree
from agent.proving.merkle import MerkleTree
from agent.proving.signed_note import NoteKey, SignedNote
from agent.report.attestations_shown import NamedAttesters
from agent.report.verifying import EvidenceOutcome, verify
from tests.parts.attested_bundle import AttestedBundle, OwnWitness, attested_bundle
from tests.parts.checkout import HOME
from tests.report.published_bundle import packed, unpack
from tests.report.year import Year
from tests.security.attacks import ATTACKS, STEM, Attack, Ground, Handed

WITNESS = OwnWitness.make()
NAMED = NamedAttesters(witnesses=(WITNESS.key,))
COLUMNS = ("recipe", "script", "verify", "witness")
ROW = re.compile(r"^\| ([^|]+) \| (a bundle|the key) \| (yes|—) \| (yes|—) \| (yes|—) \| (yes|—) \|$", re.MULTILINE)


def cosigned(filled: Year, size: int, at: datetime) -> Attestation:
    return WITNESS.attest(filled, size, at + timedelta(hours=1))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Return a genuine bundle that a witness cosigned daily, and what the same key made anew of fewer days."""
    genuine = attested_bundle(tmp_path_factory.mktemp("genuine"), cosigned)
    folder, fewer = tmp_path_factory.mktemp("anew"), date(2026, 12, 26)
    anew = attested_bundle(folder, lambda filled, size, at: None, fewer, stolen=genuine.state)
    endings = {
        "report.html": ".html", "report.pdf": ".pdf", "days.csv": ".csv", "public.html": "-public.html",
    }  # fmt: skip
    documents = {
        f"{STEM}{ending}": (genuine.path.parent / f"kept-{name}").read_bytes() for name, ending in endings.items()
    }
    yield Ground(genuine=genuine, documents=documents, anew=anew, folder=tmp_path_factory.mktemp("keys"))


def seers(handed: Handed, ground: Ground, folder: Path) -> set[str]:
    """Return who sees something wrong: each reads what was handed over, with the reader's own recipe and keys."""
    path = folder / handed.name
    path.write_bytes(packed(handed.files))
    given = []
    for name, content in handed.documents.items():
        (folder / name).write_bytes(content)
        given.append(folder / name)
    fingerprint = verifier(ground.genuine.state).fingerprint
    plain = verify(path, fingerprint, given)
    named = verify(path, fingerprint, given, NAMED)
    unpacked = unpack(handed.files, folder / "unpacked")
    # The reader's own copies of both, received by another way.
    recipe = ground.genuine.files["VERIFY.txt"].decode().splitlines()
    (folder / "verify.sh").write_bytes(ground.genuine.files["verify.sh"])
    found = {
        "recipe": by_recipe(recipe, unpacked, fingerprint),
        "script": by_script(folder / "verify.sh", unpacked, fingerprint),
        "verify": plain.outcome is not EvidenceOutcome.SOUND,
        "witness": {*named.damage, *named.doubts} != {*plain.damage, *plain.doubts},
    }
    return {name for name, is_seen in found.items() if is_seen}


def by_recipe(recipe: list[str], unpacked: Path, fingerprint: str) -> bool:
    """Return whether openssl and sha256sum alone show something: the lines to run, and those to do by hand."""

    def ran(line: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(["sh", "-c", line], cwd=unpacked, capture_output=True, text=True, check=False, timeout=60)

    lines = [ran(line).returncode for line in recipe if re.match("sha256sum|openssl", line)]
    key, added, documents, *_ = [line.strip()[2:] for line in recipe if line.startswith("   $ ")]
    signer_differs = f"SHA256:{ran(key).stdout.strip().rstrip('=')}" != fingerprint
    others = "FAILED" in ran(documents).stdout
    return any(lines) or signer_differs or bool(ran(added).stdout) or others


def by_script(script: Path, unpacked: Path, fingerprint: str) -> bool:
    """Return whether verify.sh shows something, its reader comparing the fingerprint that it prints."""
    (unpacked / "verify.sh").write_bytes(script.read_bytes())
    ran = subprocess.run(
        ["sh", str(unpacked / "verify.sh")],
        cwd=unpacked.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return ran.returncode != 0 or fingerprint not in ran.stdout


@pytest.mark.slow
@pytest.mark.programs
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name.replace(" ", "-"))
def test_an_attack_is_seen_by_those_that_the_document_names(attack: Attack, ground: Ground, tmp_path: Path) -> None:
    handed = attack.made(ground)
    assert handed != ground.handed
    assert seers(handed, ground, tmp_path) == attack.seen


@pytest.mark.slow
@pytest.mark.programs
def test_what_is_genuine_raises_no_alarm(ground: Ground, tmp_path: Path) -> None:
    assert seers(ground.handed, ground, tmp_path) == set()


def test_the_document_has_the_table_of_attacks() -> None:
    rows = ROW.findall((HOME / "docs/evidence.md").read_text())
    expected = [(one.name, one.needs, *("yes" if column in one.seen else "—" for column in COLUMNS)) for one in ATTACKS]
    assert rows == expected
    assert len({one.name for one in ATTACKS}) == len(ATTACKS) >= 30


# What a witness does when it is asked, and what no key shows.


def tree(one: AttestedBundle) -> MerkleTree:
    return log_tree(one.leaves)


def note(one: AttestedBundle, size: int) -> SignedNote:
    own = signer(one.state)
    checkpoint = Checkpoint(origin=own.note_key.name, size=size, root=tree(one).root_at(size))
    return sign_checkpoint(checkpoint, own.note_key, own.sign_bytes)


def asked(one: AttestedBundle, size: int, seen: AttestedBundle) -> HTTPStatus:
    """Return what a witness that cosigned the newest checkpoint of one ledger answers to one of another."""
    origin = signer(one.state).note_key.name
    known = SeenCheckpoint(size=tree(seen).size, root=tree(seen).root)
    proof = tree(one).consistency(known.size) if known.size <= size else ()
    request = CheckpointRequest(old_size=min(known.size, size), proof=proof, note=note(one, size))
    keys: dict[str, list[NoteKey]] = {origin: [signer(one.state).note_key]}
    return judge_request(request.body, keys, {origin: known}).status


def test_a_witness_refuses_a_past_made_anew_and_a_rollback(ground: Ground) -> None:
    genuine, anew = ground.genuine, ground.anew
    assert asked(genuine, tree(genuine).size, genuine) is HTTPStatus.OK
    assert asked(anew, tree(anew).size, genuine) is HTTPStatus.CONFLICT
    assert asked(genuine, tree(genuine).size - 1, genuine) is HTTPStatus.CONFLICT
    assert asked(genuine, tree(genuine).size, anew) is HTTPStatus.UNPROCESSABLE_ENTITY


def test_two_reports_of_two_ledgers_are_each_sound_and_contradict_each_other(ground: Ground) -> None:
    """Equivocation: nothing shows it but the comparison of both checkpoints, or the one witness of both."""
    fingerprint = verifier(ground.genuine.state).fingerprint
    for one in (ground.genuine, ground.anew):
        assert verify(one.path, fingerprint).outcome is EvidenceOutcome.SOUND
    size = min(tree(ground.genuine).size, tree(ground.anew).size)
    assert tree(ground.genuine).root_at(size) != tree(ground.anew).root_at(size)
    assert verify(ground.anew.path, fingerprint, [], NAMED).outcome is EvidenceOutcome.UNPROVEN


def test_a_stolen_key_of_a_witness_makes_a_past_made_anew_look_cosigned(tmp_path: Path) -> None:
    """Not provable by a bundle: only the witness's own record, or a second witness, shows it."""
    thief = attested_bundle(tmp_path, cosigned, first=date(2026, 12, 27))
    assert verify(thief.path, attesters=NAMED).outcome is EvidenceOutcome.SOUND
    second = NamedAttesters(witnesses=(WITNESS.key, OwnWitness.make(9).key))
    assert verify(thief.path, attesters=second).outcome is EvidenceOutcome.UNPROVEN
    # Two cosignatures of one size over two roots are the proof against the witness or its thief.
    line = cosign("x\n", WITNESS.key, WITNESS.private.sign, 1)
    assert line.name == WITNESS.key.name
