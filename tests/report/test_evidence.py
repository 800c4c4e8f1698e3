"""The bundle of evidence: sound for us, for `verify.sh`, and line by line; every way of tampering shows."""

import gzip
import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.ledger import erasure_notice
from agent.ledger.keys import make_key, verifier
from agent.publishing.edition_files import DAYS, EVIDENCE
from agent.report import bundle
from agent.report.documents import documents_in
from agent.report.verifying import EvidenceOutcome, verify
from tests.parts.kept import append_entry
from tests.report.published_bundle import (
    SHELLS,
    Files,
    Sound,
    check,
    publish,
    redeclare,
    resigned,
    run_script,
    unpack,
)
from tests.report.year import year

FIRST_FORM = Path(__file__).parent / "golden" / "bundle-1.zip.gz"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Publish a report of two beneficiaries' ledger; what was made stands for every test."""
    folder = tmp_path_factory.mktemp("evidence")
    with year(folder, first=date(2026, 12, 22), loaded=date(2026, 12, 21)) as filled:
        redeclare(filled)
        made = publish(filled)
    path = folder / "bundle.zip"
    path.write_bytes(made[EVIDENCE])
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return Sound(path=path, files=files, state=folder / "state", csv=made[DAYS])


def test_a_bundle_is_sound_and_names_its_key(sound: Sound) -> None:
    found = verify(sound.path)
    assert (found.damage, found.doubts, found.outcome) == ([], [], EvidenceOutcome.SOUND)
    assert found.fingerprint == verifier(sound.state).fingerprint
    assert found.rows == found.payloads > 60
    assert found.heads >= 10
    assert found.about["edition"] == "1"
    assert verify(sound.path, found.fingerprint).outcome is EvidenceOutcome.SOUND
    assert sound.files["days.csv"] == sound.csv


def test_another_fingerprint_is_damage(sound: Sound) -> None:
    found = verify(sound.path, "SHA256:" + "A" * 43)
    assert found.outcome is EvidenceOutcome.DAMAGED
    assert "another key" in found.damage[0]


@pytest.mark.parametrize("form", [1, 2])
def test_a_bundle_of_an_earlier_release_stays_sound(tmp_path: Path, form: int) -> None:
    (tmp_path / "bundle.zip").write_bytes(gzip.decompress(FIRST_FORM.with_name(f"bundle-{form}.zip.gz").read_bytes()))
    found = verify(tmp_path / "bundle.zip")
    assert (found.damage, found.doubts) == ([], [])
    assert found.payloads == 232
    assert re.match(r"(\d+) of the \1 signed days of the quarter, and [12] others, have the form", found.limits[0])


def test_it_holds_nothing_of_another_beneficiary(sound: Sound) -> None:
    assert b'"scota"' in sound.files[bundle.TAIL]
    assert not [name for name, content in sound.files.items() if re.search(rb"\beaux\b", content)]
    rows = [line for name in sound.files if name.startswith("days/") for line in sound.files[name].splitlines()]
    rows += sound.files[bundle.TAIL].splitlines()
    assert [int(row.split(b" ", 1)[0]) for row in rows] == list(range(1, len(rows) + 1))


def test_others_change_neither_its_files_nor_the_length_of_a_proof(tmp_path: Path, sound: Sound) -> None:
    """The same days with a dozen beneficiaries more: as many files, proofs of the same length."""
    with year(tmp_path, first=date(2026, 12, 22), loaded=date(2026, 12, 21)) as filled:
        for number in range(12):
            append_entry(filled.ledger, "awareness", {"performed": "2026-12-01"}, beneficiary=f"other-{number}")
        redeclare(filled)
        made = publish(filled)
    with zipfile.ZipFile(io.BytesIO(made[EVIDENCE])) as archive:
        assert set(archive.namelist()) == set(sound.files)
        proofs = archive.read(bundle.PROOFS)
    assert [len(line.split(b" ")) for line in proofs.splitlines()] == [
        len(line.split(b" ")) for line in sound.files[bundle.PROOFS].splitlines()
    ]
    assert b"other-" not in made[EVIDENCE]


def commands(sound: Sound) -> list[str]:
    """Return the lines of VERIFY.txt that are to be run."""
    return [line for line in sound.files["VERIFY.txt"].decode().splitlines() if re.match("sha256sum|openssl", line)]


def shown_by_hand(sound: Sound) -> list[str]:
    return [line.strip()[2:] for line in sound.files["VERIFY.txt"].decode().splitlines() if line.startswith("   $ ")]


@pytest.mark.programs
def test_every_line_of_verify_txt_succeeds(sound: Sound, tmp_path: Path) -> None:
    unpacked = unpack(sound.files, tmp_path / "bundle")
    assert len(commands(sound)) == 3
    assert f"il y en a {len(commands(sound))}." in sound.files["VERIFY.txt"].decode()
    for line in commands(sound):
        ran = subprocess.run(["sh", "-c", line], cwd=unpacked, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, (line, ran.stdout, ran.stderr)


@pytest.mark.programs
def test_what_verify_txt_shows_by_hand_gives_the_fingerprint_and_a_payload(sound: Sound, tmp_path: Path) -> None:
    unpacked = unpack(sound.files, tmp_path / "bundle")
    (tmp_path / "beffroi-scota-2026-Q4.csv").write_bytes(sound.files["days.csv"])
    day = a_day(sound.files)
    row = sound.files[day].splitlines()[0].split(b" ", 3)
    answers = [
        subprocess.run(
            ["sh", "-c", line.replace("NUMÉRO", row[0].decode()).replace("days/JOUR.txt", day)],
            cwd=unpacked, capture_output=True, text=True, check=True,
        ).stdout.strip()
        for line in shown_by_hand(sound)
    ]  # fmt: skip
    assert f"SHA256:{answers[0].rstrip('=')}" == verifier(sound.state).fingerprint
    assert answers[1] == ""
    assert answers[2] == "beffroi-scota-2026-Q4.csv: OK"
    assert {"exact : document beffroi-scota-2026-Q4.csv", "Tout se tient."} <= set(answers[3].splitlines())
    digest = subprocess.run(["sha256sum"], input=row[3], capture_output=True, check=True).stdout
    assert answers[4].encode() == digest.strip()


@pytest.mark.programs
@pytest.mark.parametrize("name", ["days/2026-12-31.txt", "report two.html", "-n", "MANIFEST.sigx", "MANIFESTxsig"])
def test_the_recipe_names_a_file_that_was_added(sound: Sound, tmp_path: Path, name: str) -> None:
    unpacked = unpack(sound.files, tmp_path / "bundle")
    (unpacked / name).write_text("added")
    line = next(line for line in shown_by_hand(sound) if "find . " in line)
    ran = subprocess.run(["sh", "-c", line], cwd=unpacked, capture_output=True, text=True, check=True)
    assert ran.stdout.rstrip("\n") == name
    code, said = run_script(unpacked)
    assert (code, "FAUX : aucun fichier ajouté" in said) == (1, True)


@pytest.mark.programs
@pytest.mark.parametrize("shell", SHELLS)
def test_verify_sh_finds_it_sound_in_any_shell(sound: Sound, tmp_path: Path, shell: str) -> None:
    code, said = run_script(unpack(sound.files, tmp_path / "bundle"), shell)
    assert code == 0
    assert said[-1] == "Tout se tient."
    assert not [line for line in said if line.startswith("FAUX")]
    assert any(verifier(sound.state).fingerprint in line for line in said)


@pytest.mark.programs
@pytest.mark.parametrize(
    ("shell", "program", "arguments"),
    [
        ("dash", "awk", "$3 != s"),
        ("bash", "awk", "$2 != w"),
        ("busybox", "awk", "-v q="),
        pytest.param("dash", "sed", "s/^# //p", marks=pytest.mark.slow),  # as awk, by one wrapper for all but grep
        ("dash", "grep", "-v -x -F"),
        pytest.param("busybox", "grep", "-v -E", marks=pytest.mark.slow),
        pytest.param("bash", "find", "! -type d", marks=pytest.mark.slow),
    ],
)
def test_verify_sh_ends_where_a_program_fails(
    sound: Sound, tmp_path: Path, shell: str, program: str, arguments: str
) -> None:
    """Each of these gives what is looked for where nothing is wrong: an empty output."""
    folder = unpack(sound.files, tmp_path / "bundle")
    code, said = run_script(folder, shell, failing=(program, arguments))
    assert f"« {program} » a échoué : rien n'est démontré." in said
    assert (code, "Tout se tient." in said) == (1, False)


def test_each_verifier_knows_what_a_rule_erases() -> None:
    kinds, home = "|".join(sorted(erasure_notice.OWN_RULES)), Path(bundle.__file__).parent
    assert f"({kinds}) erased:" in (home / "verify.sh").read_text()
    assert f"ERASABLE = /^({kinds})$/;" in (home / "checker/checker.js").read_text()


@pytest.mark.programs
@pytest.mark.parametrize("place", ["bundle", "."])
def test_verify_sh_holds_documents_that_no_one_named(sound: Sound, tmp_path: Path, place: str) -> None:
    folder = unpack(sound.files, tmp_path / "bundle")
    (tmp_path / "true").mkdir()
    bound = documents_in(sound.files[bundle.MANIFEST])
    name = next(name for name, digest in bound.items() if digest == hashlib.sha256(sound.csv).hexdigest())
    (tmp_path / "true" / name).write_bytes(sound.csv)
    assert run_script(folder, "dash", f"true/{name}")[0] == 0
    (tmp_path / place / name).write_bytes(sound.csv[:-9])
    code, said = run_script(folder, "dash", f"true/{name}")
    assert (code, f"exact : document {name}" in said) == (1, True)
    assert [line for line in said if line.startswith("FAUX : document")]


def test_verify_sh_is_one_page_of_short_lines() -> None:
    lines = (Path(bundle.__file__).parent / "verify.sh").read_text().splitlines()
    assert len(lines) <= 190
    assert max(map(len, lines)) <= 135


# Tampering: each takes the files and returns others; with the manifest made anew, by the agent's own key.


def a_day(files: Mapping[str, bytes]) -> str:
    """Return a day that holds results of days, the one with most rows."""
    held = (name for name in files if name.startswith("days/") and b" days {" in files[name])
    return max(held, key=lambda name: files[name].count(b"\n"))


def lines_of(files: Files) -> list[bytes]:
    return files[a_day(files)].splitlines(keepends=True)


def row_left_out(files: Files) -> Files:
    lines = lines_of(files)
    return files | {a_day(files): b"".join(lines[:3] + lines[4:])}


def last_rows_left_out(files: Files) -> Files:
    return files | {a_day(files): b"".join(lines_of(files)[:-2])}


def rows_swapped(files: Files) -> Files:
    lines = lines_of(files)
    (third, a), (fourth, b) = (line.split(b" ", 1) for line in lines[2:4])
    lines[2:4] = [third + b" " + b, fourth + b" " + a]
    return files | {a_day(files): b"".join(lines)}


def row_of_another_added(files: Files) -> Files:
    lines = lines_of(files)
    number = int(lines[-1].split(b" ", 1)[0])
    other = lines[-1].replace(f"{number} ".encode(), f"{number + 1} ".encode(), 1).replace(b'"scota"', b'"eaux"')
    return files | {a_day(files): b"".join([*lines, other])}


def day_row_made_better(files: Files) -> Files:
    better = {
        name: content.replace(b'"measured":"unproven"', b'"measured":"met"').replace(
            b'"state":"unproven"', b'"state":"met"'
        )
        for name, content in files.items()
        if name.startswith("days/")
    }
    return files | better


def day_left_out(files: Files) -> Files:
    """Leave a day out, with its proofs and its rows."""
    day = a_day(files)
    name = day[5:-4].encode()
    proofs = [line for line in files[bundle.PROOFS].splitlines(True) if name not in line]
    return {one: content for one, content in files.items() if one != day} | {bundle.PROOFS: b"".join(proofs)}


def last_day_left_out(files: Files) -> Files:
    last = max(name for name in files if name.startswith("days/"))
    proofs = [line for line in files[bundle.PROOFS].splitlines(True) if last[5:-4].encode() not in line]
    return {one: content for one, content in files.items() if one != last} | {bundle.PROOFS: b"".join(proofs)}


def day_of_another_name(files: Files) -> Files:
    day = a_day(files)
    old, new = day[5:-4].encode(), b"00777-2026-12-30"
    rest = {one: content for one, content in files.items() if one != day}
    proofs = files[bundle.PROOFS].replace(b" " + old + b" ", b" " + new + b" ")
    return rest | {f"days/{new.decode()}.txt": files[day], bundle.PROOFS: proofs}


def instant_changed(files: Files) -> Files:
    lines = lines_of(files)
    lines[0] = re.sub(rb"T\d\d:", b"T03:", lines[0], count=1)
    return files | {a_day(files): b"".join(lines)}


def hash_of_a_proof_changed(files: Files) -> Files:
    return files | {bundle.PROOFS: re.sub(rb"(?m)^(log .*)[0-9a-f]{4}$", rb"\g<1>beef", files[bundle.PROOFS], count=1)}


def proof_cut_short(files: Files) -> Files:
    return files | {bundle.PROOFS: re.sub(rb"(?m)^(day .*) [0-9a-f]{64}$", rb"\g<1>", files[bundle.PROOFS], count=1)}


def proof_of_another_place(files: Files) -> Files:
    def moved(found: re.Match[bytes]) -> bytes:
        return found[1] + str(int(found[2]) ^ 1).encode()

    return files | {bundle.PROOFS: re.sub(rb"(?m)^(day \S+ )(\d+)", moved, files[bundle.PROOFS], count=1)}


def fewer_rows_said(files: Files) -> Files:
    def fewer(found: re.Match[bytes]) -> bytes:
        return b'"rows":' + str(int(found[1]) - 1).encode()

    return row_left_out(files) | {bundle.PROOFS: re.sub(rb'"rows":([1-9]\d*)', fewer, files[bundle.PROOFS])}


def leaf_of_another_beneficiary(files: Files) -> Files:
    proofs = files[bundle.PROOFS].replace(b'"beneficiary":"scota"', b'"beneficiary":"eaux"')
    return files | {bundle.PROOFS: proofs, bundle.ABOUT: files[bundle.ABOUT].replace(b"scota", b"eaux")}


def checkpoint_of_fewer_days(files: Files) -> Files:
    """Sign no other: the text alone is changed."""
    return files | {
        name: re.sub(rb"(?m)^(\d+)$", lambda found: str(int(found[1]) - 1).encode(), files[name], count=1)
        for name in (bundle.CHECKPOINT, bundle.SIGNED_TEXT)
    }


def erased_without_an_erasure(files: Files) -> Files:
    """Let an entry's payload be another one, said to be erased."""
    rows = re.sub(
        rb"(?m)^(\d+ \S+ entry )\{.*$", rb"\g<1>erased:" + b"ab" * 32, files[a_day_with_entries(files)], count=1
    )
    return files | {a_day_with_entries(files): rows}


def erased_by_no_rule(files: Files) -> Files:
    """Let an entry's payload be said to be erased, under its own digest: every proof holds."""

    def gone(found: re.Match[bytes]) -> bytes:
        return found[1] + b"erased:" + hashlib.sha256(found[2]).hexdigest().encode()

    day = a_day_with_entries(files)
    return files | {day: re.sub(rb"(?m)^(\d+ \S+ entry )(\{.*)$", gone, files[day], count=1)}


def day_row_called_erased(files: Files) -> Files:
    """Let the result of a day be said to be erased, and a row that is not signed say so: no rule erases a day."""
    row = next(row for row in re.findall(rb"(?m)^\d+ \S+ days? (\{.*)$", files[a_day(files)]))
    digest = hashlib.sha256(row).hexdigest().encode()
    last = files[bundle.TAIL].splitlines()[-1].split(b" ")
    notice = b'%d %s erased {"keep":1,"payloads":["%s"],"rule":"keep_readings"}\n' % (int(last[0]) + 1, last[1], digest)
    return files | {
        a_day(files): files[a_day(files)].replace(row, b"erased:" + digest),
        bundle.TAIL: files[bundle.TAIL] + notice,
    }


def a_day_with_entries(files: Files) -> str:
    return next(name for name in sorted(files) if name.startswith("days/") and b" entry " in files[name])


def tail_row_left_out(files: Files) -> Files:
    lines = files[bundle.TAIL].splitlines(True)
    return files | {bundle.TAIL: b"".join(lines[:5] + lines[6:])}


SEEN_BY_BOTH: tuple[Callable[[Files], Files], ...] = (
    row_left_out, last_rows_left_out, rows_swapped, row_of_another_added, day_row_made_better, day_left_out,
    last_day_left_out, day_of_another_name, instant_changed, hash_of_a_proof_changed, proof_cut_short,
    proof_of_another_place, fewer_rows_said, leaf_of_another_beneficiary, checkpoint_of_fewer_days,
    erased_without_an_erasure, erased_by_no_rule, day_row_called_erased, tail_row_left_out,
)  # fmt: skip


@pytest.mark.programs
@pytest.mark.parametrize("tampered", SEEN_BY_BOTH, ids=lambda one: one.__name__.replace("_", " "))
def test_the_agents_own_key_does_not_hide_what_was_tampered_with(
    sound: Sound, tmp_path: Path, tampered: Callable[[Files], Files]
) -> None:
    """Someone with the key makes the manifest anew: `evidence verify` and `verify.sh` see it all the same."""
    changed = tampered(dict(sound.files))
    assert changed != sound.files
    files = resigned(changed, sound.state)
    found = check(files, tmp_path)
    assert found.outcome is EvidenceOutcome.DAMAGED
    assert all("\n" not in line for line in found.damage)
    code, said = run_script(unpack(files, tmp_path / "bundle"))
    assert code == 1
    assert [line for line in said if line.startswith("FAUX")]


@pytest.mark.programs
@pytest.mark.parametrize("name", ["days.csv", "tail.txt", "MANIFEST", "proofs.txt", "checkpoint.txt", "verify.sh"])
def test_what_was_changed_after_signing_is_seen_by_each(sound: Sound, tmp_path: Path, name: str) -> None:
    files = dict(sound.files) | {name: sound.files[name] + b"\n"}
    assert check(files, tmp_path).outcome is EvidenceOutcome.DAMAGED
    unpacked = unpack(files, tmp_path / "bundle")
    code, said = run_script(unpacked)
    assert (code, said[-1]) == (1, "Tout ne se tient pas.")
    ran = [
        subprocess.run(["sh", "-c", line], cwd=unpacked, capture_output=True, check=False) for line in commands(sound)
    ]
    assert any(one.returncode for one in ran)


def test_a_foreign_key_over_everything_is_seen_by_the_fingerprint_and_the_checkpoint(
    sound: Sound, tmp_path: Path
) -> None:
    make_key(tmp_path)
    found = check(resigned(sound.files, tmp_path), tmp_path, verifier(sound.state).fingerprint)
    assert found.damage[0].startswith("it is signed with another key")
    assert check(resigned(sound.files, tmp_path), tmp_path).damage[0].startswith("checkpoint.txt does not hold")


def figure_changed(files: Files) -> Files:
    return files | {"days.csv": files["days.csv"].replace(b",unproven,", b",met,", 1)}


def silence_called_accepted(files: Files) -> Files:
    return files | {"days.csv": files["days.csv"].replace(b",unproven,not-run", b",accepted,not-run", 1)}


def days_of_another_quarter(files: Files) -> Files:
    about = files[bundle.ABOUT].replace(b"2026-Q4", b"2026-Q3").replace(b"2026-10-01", b"2026-07-01")
    return files | {bundle.ABOUT: about.replace(b"2026-12-31", b"2026-09-30")}


@pytest.mark.parametrize("tampered", [figure_changed, silence_called_accepted, days_of_another_quarter])
def test_figures_that_do_not_follow_from_the_rows_are_damage(
    sound: Sound, tmp_path: Path, tampered: Callable[[Files], Files]
) -> None:
    found = check(resigned(tampered(dict(sound.files)), sound.state), tmp_path)
    assert all("does not follow" in line or "more rows do not" in line for line in found.damage)
    assert found.damage


@pytest.mark.programs
def test_what_a_rule_erased_is_sound_as_erased(tmp_path: Path) -> None:
    with year(tmp_path, first=date(2026, 12, 28), loaded=date(2026, 12, 27)) as filled:
        now, long, short = filled.clock.now(), timedelta(days=4000), timedelta(days=6)
        assert filled.ledger.erase_expired(now, keep_readings=long, keep_personal=short, needed=())
        filled.clock.time += timedelta(days=1)
        filled.ledger.sign_heads(filled.clock.time)
        made = publish(filled)
    with zipfile.ZipFile(io.BytesIO(made[EVIDENCE])) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    rows = b"".join(content for name, content in files.items() if name.startswith("days/"))
    assert b" entry erased:" in rows
    assert b" erased {" in rows
    found = check(files, tmp_path)
    assert (found.damage, found.outcome) == ([], EvidenceOutcome.SOUND)
    code, said = run_script(unpack(files, tmp_path / "bundle"))
    assert (code, said[-1]) == (0, "Tout se tient.")


def test_a_bundle_that_was_unpacked_and_packed_again_is_sound(sound: Sound, tmp_path: Path) -> None:
    path = tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(sound.files):
            archive.writestr(f"beffroi-scota-2026-Q4-evidence/{name}", sound.files[name])
    found = verify(path)
    assert (found.damage, found.doubts) == ([], [])


@pytest.mark.programs
@pytest.mark.parametrize("name", ["../../outside", "/tmp/outside", "00001-2026-12-21/../../outside"])
def test_verify_sh_writes_nowhere_that_a_hostile_bundle_names(sound: Sound, tmp_path: Path, name: str) -> None:
    proofs = sound.files[bundle.PROOFS] + f"own {name} x\nday {name} 0 1\n".encode()
    files = resigned(dict(sound.files) | {bundle.PROOFS: proofs}, sound.state)
    code, said = run_script(unpack(files, tmp_path / "bundle"))
    assert (code, "FAUX : forme de chaque ligne" in said) == (1, True)
    assert json.dumps(said).count("exact : place") == 0
    assert check(files, tmp_path).outcome is EvidenceOutcome.DAMAGED
