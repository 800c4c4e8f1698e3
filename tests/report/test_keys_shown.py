"""A bundle across a change of the agent's key: a reader who knows the key before follows its statement."""

import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.cli.evidence import told
from agent.ledger.keys import make_key, read_changes, signer, verifier
from agent.proving.key_change import KeyChange, statement_of
from agent.publishing.edition_files import DAYS, EVIDENCE
from agent.report import bundle
from agent.report.bundle import key_files
from agent.report.verifying import EvidenceOutcome, verify
from tests.report.published_bundle import EACH_SHELL, Files, Sound, check, publish, resigned, run_script, unpack
from tests.report.year import Year, fill_days, year

CHANGED = date(2026, 12, 28)


def across_a_change(filled: Year, first: date, last: date, *, daily: bool) -> None:
    """Fill days, with another key from the 28th on."""
    fill_days(filled, first, CHANGED - timedelta(days=1), daily=daily)
    filled.ledger.rotate_key(filled.clock.now())
    fill_days(filled, CHANGED, last, daily=daily)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return bundle_across_changes(tmp_path_factory.mktemp("keys"))


def bundle_across_changes(folder: Path) -> Sound:
    """Publish a report across two changes of the key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.report.year.fill_days", across_a_change)
        with year(folder, first=date(2026, 12, 26), loaded=date(2026, 12, 26), daily=True) as filled:
            # The newest checkpoint is by the key before: the new one has signed no day yet.
            filled.ledger.rotate_key(filled.clock.now())
            made = publish(filled)
    path = folder / "bundle.zip"
    path.write_bytes(made[EVIDENCE])
    return Sound(path=path, files=files_of(path), state=folder / "state", csv=made[DAYS])


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_key_that_the_agent_had_is_known_for_its_own(sound: Sound) -> None:
    known = verifier(sound.state).fingerprints
    assert len(known) == 3
    for fingerprint in known:
        found = verify(sound.path, fingerprint)
        assert (found.damage, found.doubts) == ([], [])
        assert [one.day for one in found.changes] == ["2026-12-28", "2027-01-08"]
    assert verify(sound.path, "SHA256:" + "A" * 43).outcome is EvidenceOutcome.DAMAGED


def test_the_command_says_which_key_followed_which(sound: Sound) -> None:
    said = list(told(verify(sound.path), verifier(sound.state).fingerprints[0]))
    one, two, three = verifier(sound.state).fingerprints
    assert f"key {two}: follows {one}, by a statement of 2026-12-28" in said
    assert said[-1] == f"key {three}: signataire vérifié"


@pytest.mark.programs
@pytest.mark.parametrize("shell", EACH_SHELL)
def test_verify_sh_follows_the_statements(sound: Sound, tmp_path: Path, shell: str) -> None:
    code, said = run_script(unpack(sound.files, tmp_path / "bundle"), shell)
    assert (code, said[-1]) == (0, "Tout se tient.")
    for fingerprint in verifier(sound.state).fingerprints:
        assert any(fingerprint in line for line in said)


@pytest.mark.programs
def test_every_line_of_verify_txt_succeeds_with_the_key_that_it_names(sound: Sound, tmp_path: Path) -> None:
    unpacked, text = unpack(sound.files, tmp_path / "bundle"), sound.files["VERIFY.txt"].decode()
    lines = [line for line in text.splitlines() if re.match("sha256sum|openssl", line)]
    assert f"il y en a {len(lines)}" in text
    for line in lines:
        assert subprocess.run(["sh", "-c", line], cwd=unpacked, capture_output=True, check=False).returncode == 0, line


# Tampering by someone who has the key of the bundle.


def last_statement_left_out(files: Files) -> Files:
    return {name: content for name, content in files.items() if not name.startswith("keys/2")}


def first_statement_left_out(files: Files) -> Files:
    kept = {name: content for name, content in files.items() if not name.startswith("keys/1")}
    return {re.sub("^keys/2", "keys/1", name): content for name, content in kept.items()}


def signature_of_the_key_before_replaced(files: Files) -> Files:
    return files | {"keys/2.sig": files["keys/2-new.sig"]}


def countersignature_replaced(files: Files) -> Files:
    return files | {"keys/1-new.sig": files["keys/1.sig"]}


def other_fingerprint_named(files: Files) -> Files:
    return files | {"keys/1.txt": files["keys/1.txt"].replace(b"to SHA256:", b"to SHA256:A", 1)}


def key_before_replaced(files: Files) -> Files:
    return files | {"keys/1.pub.pem": files["keys/2.pub.pem"]}


TAMPERED: tuple[Callable[[Files], Files], ...] = (
    last_statement_left_out, first_statement_left_out, signature_of_the_key_before_replaced,
    countersignature_replaced, other_fingerprint_named, key_before_replaced,
)  # fmt: skip


@pytest.mark.programs
@pytest.mark.parametrize("tampered", TAMPERED, ids=lambda one: one.__name__.replace("_", "-"))
def test_a_statement_that_does_not_hold_is_seen_by_each(
    sound: Sound, tmp_path: Path, tampered: Callable[[Files], Files]
) -> None:
    """A reader who knows the first key: the statements must lead from it."""
    first = verifier(sound.state).fingerprints[0]
    files = resigned(tampered(dict(sound.files)), sound.state)
    assert check(files, tmp_path, first).outcome is EvidenceOutcome.DAMAGED
    code, said = run_script(unpack(files, tmp_path / "bundle"))
    assert code == 1 or not any(first in line for line in said)


def test_a_key_without_a_statement_is_another_key(sound: Sound, tmp_path: Path) -> None:
    make_key(tmp_path)
    files = resigned({name: one for name, one in sound.files.items() if not name.startswith("keys/")}, tmp_path)
    found = check(files, tmp_path, verifier(sound.state).fingerprints[0])
    assert "it is signed with another key" in found.damage[0]


def test_a_statement_of_a_stolen_key_leads_to_the_thief_s_bundle(sound: Sound, tmp_path: Path) -> None:
    """Named as not provable: it is the new fingerprint, from another way, that shows it."""
    make_key(tmp_path)
    old, new = signer(sound.state), signer(tmp_path)
    first, second = read_changes(sound.state)
    statement = statement_of(
        day="2027-01-02", origin=second.origin, old=old.note_key.public, new=new.note_key.public,
        size=second.size, root=second.root,
    )  # fmt: skip
    by_old, by_new = (key.sign_bytes(statement.encode()) for key in (old, new))
    change = KeyChange(
        statement=statement, old=old.note_key.public, new=new.note_key.public,
        old_signature=by_old, new_signature=by_new,
    )  # fmt: skip
    files = resigned(dict(sound.files) | dict(key_files((first, second, change))), tmp_path)
    assert check(files, tmp_path, verifier(sound.state).fingerprints[0]).damage == []
    assert "another key" in check(files, tmp_path, "SHA256:" + "B" * 43).damage[0]


def test_the_log_after_the_change_continues_that_of_the_key_before(sound: Sound, tmp_path: Path) -> None:
    """The proof that it does is in the bundle, and held."""
    (change, _) = read_changes(sound.state)
    proofs = re.sub(rb"(?m)^checkpoint %d .*\n" % change.size, b"", sound.files[bundle.PROOFS])
    assert proofs != sound.files[bundle.PROOFS]
    found = check(resigned(dict(sound.files) | {bundle.PROOFS: proofs}, sound.state), tmp_path)
    assert f"the checkpoint of size {change.size} is not continued by the newest one" in found.damage
