"""The first form of a bundle, of whole days of the chain: it stays sound for ever, and every way of tampering shows."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from agent.ledger.keys import make_key, signer, verifier
from agent.publishing.edition_files import DAYS, EVIDENCE
from agent.report import bundle
from agent.report.archive import ArchiveWriter
from agent.report.verifying import EvidenceOutcome, Verified, verify
from tests.report.first_bundle import first_bundle
from tests.report.published_bundle import Files, Sound, packed, publish, redeclare
from tests.report.year import year


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Publish a report; what was made stands for every test."""
    folder = tmp_path_factory.mktemp("evidence")
    with year(folder, first=date(2026, 12, 20)) as filled:
        redeclare(filled)
        made = publish(filled)
        with zipfile.ZipFile(io.BytesIO(made[EVIDENCE])) as archive:
            newest = {name: archive.read(name) for name in archive.namelist()}
        written = first_bundle(filled.ledger, signer(folder / "state"), "2026-09-30", newest)
    path = folder / "bundle.zip"
    path.write_bytes(written)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return Sound(path=path, files=files, state=folder / "state", csv=made[DAYS])


def check(content: bytes, tmp_path: Path, fingerprint: str | None = None) -> Verified:
    path = tmp_path / "tampered.zip"
    path.write_bytes(content)
    return verify(path, fingerprint)


def doubted(found: Verified) -> list[str]:
    """Return what is doubted beside days that no look shows: the tests' year has none."""
    return [one for one in found.doubts if "are kept as met, and no looks show them so" not in one]


def test_a_bundle_holds_and_names_its_key(sound: Sound) -> None:
    found = verify(sound.path)
    assert (found.damage, doubted(found), found.outcome) == ([], [], EvidenceOutcome.UNPROVEN)
    assert found.fingerprint == verifier(sound.state).fingerprint
    assert found.rows > 500
    assert found.heads >= 2
    assert found.payloads > 300
    assert found.about["edition"] == "1"
    assert verify(sound.path, found.fingerprint).damage == []
    assert sound.files["days.csv"] == sound.csv


def test_another_fingerprint_is_damage(sound: Sound) -> None:
    found = verify(sound.path, "SHA256:" + "A" * 43)
    assert found.outcome is EvidenceOutcome.DAMAGED
    assert "another key" in found.damage[0]


def test_it_holds_nothing_of_another_beneficiary_but_digests(sound: Sound) -> None:
    payloads = sound.files["payloads.txt"]
    assert b'"scota"' in payloads
    assert b"eaux" not in payloads
    assert any(b" eaux " in content for name, content in sound.files.items() if name.startswith("days/"))


# Tampering: files changed inside a well-formed archive. Each takes the files and returns others.


def a_day(files: Mapping[str, bytes]) -> str:
    return max((name for name in files if name.startswith("days/")), key=lambda name: len(files[name]))


def lines_of(files: Files) -> list[bytes]:
    return files[a_day(files)].splitlines(keepends=True)


def row_changed(files: Files) -> Files:
    day = a_day(files)
    return files | {day: files[day].replace(b" day ", b" dax ", 1)}


def row_removed(files: Files) -> Files:
    lines = lines_of(files)
    return files | {a_day(files): b"".join(lines[:3] + lines[4:])}


def rows_swapped(files: Files) -> Files:
    lines = lines_of(files)
    lines[3], lines[4] = lines[4], lines[3]
    return files | {a_day(files): b"".join(lines)}


def day_cut(files: Files) -> Files:
    return files | {a_day(files): b"".join(lines_of(files)[:-2])}


def day_removed(files: Files) -> Files:
    return {name: content for name, content in files.items() if name != a_day(files)}


def figure_changed(files: Files) -> Files:
    return files | {"days.csv": files["days.csv"].replace(b",unproven,", b",met,", 1)}


def payload_changed(files: Files) -> Files:
    better = files["payloads.txt"].replace(b'"missed"', b'"met"').replace(b'"unproven"', b'"met"')
    return files | {"payloads.txt": better}


def file_added(files: Files) -> Files:
    return files | {"note.txt": b"all is well\n"}


def signature_cut(files: Files) -> Files:
    return files | {"MANIFEST.sig": files["MANIFEST.sig"][:-1]}


def signature_missing(files: Files) -> Files:
    return {name: content for name, content in files.items() if name != "MANIFEST.sig"}


def key_garbled(files: Files) -> Files:
    return files | {"signing-key.pub.pem": b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}


TAMPERED: tuple[Callable[[Files], Files], ...] = (
    row_changed, row_removed, rows_swapped, day_cut, day_removed, figure_changed, payload_changed, file_added,
    signature_cut, signature_missing, key_garbled,
)  # fmt: skip


@pytest.mark.parametrize("tampered", TAMPERED, ids=lambda one: one.__name__.replace("_", " "))
def test_tampering_is_seen(sound: Sound, tmp_path: Path, tampered: Callable[[Files], Files]) -> None:
    files = tampered(dict(sound.files))
    assert files != sound.files
    found = check(packed(files), tmp_path)
    assert found.outcome is EvidenceOutcome.DAMAGED
    assert all("\n" not in line for line in found.damage)


# The same by someone who also makes the manifest anew, with a key of their own: seen by the fingerprint, and where the
# rows were touched by the heads that the agent signed on the day.


def manifest_made_anew(files: Files, key: Path | None) -> Files:
    import base64

    rest = {name: content for name, content in files.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}
    if key is not None:
        rest[bundle.KEY] = (key / "signing-key.pub.pem").read_bytes()
    writer = ArchiveWriter(io.BytesIO())
    for name, content in rest.items():
        writer.add(name, [content])
    manifest = "".join(f"{digest}  {name}\n" for name, digest in sorted(writer.digests.items()))
    signature = base64.b64decode(signer(key).sign(manifest)) if key is not None else files[bundle.SIGNATURE]
    return rest | {bundle.MANIFEST: manifest.encode(), bundle.SIGNATURE: signature}


@pytest.mark.parametrize("tampered", TAMPERED[:8], ids=lambda one: one.__name__.replace("_", " "))
def test_tampering_is_seen_with_a_manifest_made_anew(
    sound: Sound, tmp_path: Path, tampered: Callable[[Files], Files]
) -> None:
    changed = tampered(dict(sound.files))
    assert check(packed(manifest_made_anew(changed, None)), tmp_path).outcome is EvidenceOutcome.DAMAGED
    make_key(tmp_path)
    foreign = check(packed(manifest_made_anew(changed, tmp_path)), tmp_path)
    assert foreign.outcome is EvidenceOutcome.DAMAGED  # the days' signatures are not of this key


@pytest.mark.parametrize("tampered", [row_changed, row_removed, rows_swapped, day_cut, figure_changed, payload_changed])
def test_the_agents_own_key_does_not_sign_what_does_not_follow(
    sound: Sound, tmp_path: Path, tampered: Callable[[Files], Files]
) -> None:
    """With the key itself: rows are held to the heads of their days, payloads to rows, figures to payloads."""
    files = manifest_made_anew(tampered(dict(sound.files)), sound.state)
    found = check(packed(files), tmp_path)
    assert found.outcome is EvidenceOutcome.DAMAGED


def days_left_out(files: Files) -> Files:
    """Leave two signed days within the quarter out, and name them nowhere."""
    (_, first, second, *_) = sorted(name for name in files if name.startswith("days/") and "-2026-12-" in name)
    gone = {
        one
        for day in (first, second)
        for name in [day[5:-4]]
        for one in (day, *(f"heads/{name}.{end}" for end in ("txt", "sig")))
    }
    rows = {line.split(b" ")[1] for day in (first, second) for line in files[day].splitlines()[1:]}
    kept = {name: content for name, content in files.items() if name not in gone}
    heads = [line for line in files[bundle.HEADS].splitlines(True) if not any(day.encode() in line for day in gone)]
    payloads = [line for line in files[bundle.PAYLOADS].splitlines(True) if line.split(b" ")[0] not in rows]
    return kept | {bundle.HEADS: b"".join(heads), bundle.PAYLOADS: b"".join(payloads)}


def test_days_that_were_left_out_within_the_quarter_are_missed(sound: Sound, tmp_path: Path) -> None:
    found = check(packed(manifest_made_anew(days_left_out(dict(sound.files)), sound.state)), tmp_path)
    assert any(line.startswith("signed days are missing between number ") for line in found.damage)


def end_cut(files: Files, first_gone: str) -> Files:
    """Leave out every signed day from one on, and what was kept since the last one was signed."""
    days = [name for name in files if name.startswith("days/") and name[-14:-4] < first_gone]
    names = {name[5:-4] for name in days}
    rows = {line.split(b" ")[1] for day in days for line in files[day].splitlines()[1:]}
    kept = {
        name: content
        for name, content in files.items()
        if not name.startswith(("days/", "heads/")) or name.partition("/")[2].rpartition(".")[0] in names
    }
    heads = [line for line in files[bundle.HEADS].splitlines(True) if line.split(b"  ")[1].strip().decode() in days]
    payloads = [line for line in files[bundle.PAYLOADS].splitlines(True) if line.split(b" ")[0] in rows]
    return kept | {bundle.HEADS: b"".join(heads), bundle.TAIL: b"", bundle.PAYLOADS: b"".join(payloads)}


def test_a_final_edition_that_was_cut_at_its_end_is_unproven(
    sound: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the key itself, the table counted anew: days that were missed would be silence."""
    files = end_cut(dict(sound.files), "2026-12-28")
    monkeypatch.setattr("agent.report.verifying.recount", lambda *given: 1)
    found = check(packed(manifest_made_anew(files, sound.state)), tmp_path)
    assert (found.outcome, found.damage) == (EvidenceOutcome.UNPROVEN, [])
    assert len(found.doubts) == 1
    assert found.doubts[0].startswith("its rows end before the quarter is over, at 2026-12-27T")


def test_silence_is_accepted_by_an_acceptance_alone(sound: Sound, tmp_path: Path) -> None:
    """The table is the author's: a silent day that it calls accepted rests on an entry of that day and subject."""
    table = sound.files[bundle.DAYS].decode().splitlines(True)
    silent = next(place for place, line in enumerate(table) if ",unproven,not-run" in line)
    table[silent] = table[silent].replace(",unproven,not-run", ",accepted,not-run")
    files = manifest_made_anew(dict(sound.files) | {bundle.DAYS: "".join(table).encode()}, sound.state)
    (said,) = check(packed(files), tmp_path).damage
    assert said.endswith("does not follow from the rows")


@pytest.mark.parametrize("name", ["beffroi-scota-2027-Q1-evidence.zip", "beffroi-eaux-2026-Q4-evidence.zip"])
def test_a_bundle_under_another_one_s_name_is_damage(sound: Sound, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(sound.path.read_bytes())
    (said,) = verify(tmp_path / name).damage
    assert said.startswith("its name says ")
    for fine in ("beffroi-scota-2026-Q4-evidence.zip", "of my own.zip"):
        (tmp_path / fine).write_bytes(sound.path.read_bytes())
        assert verify(tmp_path / fine).damage == []


def test_a_foreign_key_over_everything_is_seen_by_the_fingerprint_alone(sound: Sound, tmp_path: Path) -> None:
    found = verify(sound.path, verifier(sound.state).fingerprint)
    assert (found.damage, doubted(found)) == ([], [])
    make_key(tmp_path)
    assert verify(sound.path, verifier(tmp_path).fingerprint).outcome is EvidenceOutcome.DAMAGED


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("0001-01-01", "2026-12-31"),
        ("2026-10-01", "9999-12-31"),
        ("2026-12-01", "2026-12-31"),
        ("2026-10-01", "2026-10-01"),
        ("2026-10-01", "2026-12-30"),
    ],
)
def test_a_span_that_is_not_the_quarter_s_is_damage_and_is_not_counted(
    sound: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, last: str
) -> None:
    about = sound.files[bundle.ABOUT].decode()
    about = re.sub(
        r"(?m)^last_day: .*$", f"last_day: {last}", re.sub(r"(?m)^first_day: .*$", f"first_day: {first}", about)
    )
    monkeypatch.setattr("agent.report.recount._counted", lambda *given: pytest.fail("every day of it was counted"))
    files = manifest_made_anew({**sound.files, bundle.ABOUT: about.encode()}, sound.state)
    found = check(packed(files), tmp_path)
    assert found.damage == [f"about.txt: the days {first} to {last} are not those of 2026-Q4"]


@pytest.mark.parametrize("zone", ["Europe/London", "UTC"])
def test_days_of_another_zone_than_the_quarter_s_are_doubted(sound: Sound, tmp_path: Path, zone: str) -> None:
    """Its author chooses it: in some zone, what was missed around midnight is fewer days."""
    about = sound.files[bundle.ABOUT].replace(b"Europe/Paris", zone.encode())
    found = check(packed(manifest_made_anew({**sound.files, bundle.ABOUT: about}, sound.state)), tmp_path)
    said = f"its days are those of {zone}, and a quarter's are of Europe/Paris"
    assert (found.damage, doubted(found)) == ([], [said])


def test_a_row_of_the_table_under_another_beneficiary_is_damage(sound: Sound, tmp_path: Path) -> None:
    """Figures are counted from the beneficiary's own: a missed day would pass for one of which nothing is known."""
    table = sound.files[bundle.DAYS].replace(b",scota,unproven,", b",eaux,unproven,", 1)
    assert table != sound.files[bundle.DAYS]
    found = check(packed(manifest_made_anew({**sound.files, bundle.DAYS: table}, sound.state)), tmp_path)
    assert len(found.damage) == 1
    assert found.damage[0].endswith("is a row of another beneficiary")


def test_a_file_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    assert verify(tmp_path).outcome is EvidenceOutcome.UNPROVEN
    assert verify(tmp_path / "nothing.zip").outcome is EvidenceOutcome.UNPROVEN


def test_days_before_the_quarter_are_shown_where_it_rests_on_them(sound: Sound) -> None:
    """The first load of the configuration is of the first of January."""
    assert min(name for name in sound.files if name.startswith("days/")) == "days/00001-2026-01-01.txt"
