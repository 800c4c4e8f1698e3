"""Days of a bundle from before the log, and before the quarter: shown whole or as digests, and none left out."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.period import Quarter, each_day
from agent.ledger.keys import verifier
from agent.ledger.ledger import Ledger
from agent.publishing.edition_files import DAYS, EVIDENCE
from agent.report import bundle
from agent.report.verifying import EvidenceOutcome
from tests.evaluation.test_round import DAY, world
from tests.ledger.test_signed_log import close_as_before
from tests.report.published_bundle import (
    EACH_SHELL,
    Files,
    Sound,
    check,
    publish,
    resigned,
    run_script,
    unpack,
)
from tests.report.test_derived import bundle_of, live, turn
from tests.report.year import Year, fill_days, noon, year


@pytest.mark.programs
@pytest.mark.parametrize("shell", EACH_SHELL)
def test_days_signed_before_the_log_began_are_shown_whole_and_sound(tmp_path: Path, shell: str) -> None:
    """Those of others are seen as digests there, as in the first form; a changed payload of theirs is damage."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.report.year.fill_days", partly_before_the_log)
        with year(tmp_path, first=date(2026, 12, 24), loaded=date(2026, 12, 23)) as filled:
            made = publish(filled)
    with zipfile.ZipFile(io.BytesIO(made[EVIDENCE])) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert sum(name.startswith("earlier/") for name in files) >= 3
    assert sum(name.startswith("days/") for name in files) >= 3
    found = check(files, tmp_path)
    assert (found.damage, found.doubts) == ([], [])
    code, said = run_script(unpack(files, tmp_path / "bundle"), shell)
    assert (code, said[-1]) == (0, "Tout se tient.")
    worse = resigned(
        files | {bundle.PAYLOADS: files[bundle.PAYLOADS].replace(b'"met"', b'"tem"', 1)}, tmp_path / "state"
    )
    assert check(worse, tmp_path).outcome is EvidenceOutcome.DAMAGED
    code, said = run_script(unpack(worse, tmp_path / "worse"), shell)
    assert (code, "FAUX : contenus des lignes de ces journées" in said) == (1, True)


def last_whole_day_left_out(files: Files) -> Files:
    last = max(name for name in files if name.startswith("earlier/"))
    name = last.removeprefix("earlier/").removesuffix(".txt")
    rows = {line.split(b" ")[1] for line in files[last].splitlines()[1:]}
    kept = {one: content for one, content in files.items() if name not in one or one.startswith("days/")}
    heads = [line for line in files[bundle.HEADS].splitlines(True) if name.encode() not in line]
    payloads = [line for line in files[bundle.PAYLOADS].splitlines(True) if line.split(b" ")[0] not in rows]
    return kept | {bundle.HEADS: b"".join(heads), bundle.PAYLOADS: b"".join(payloads)}


def partly_before_the_log(filled: Year, first: date, last: date, *, daily: bool) -> None:
    """Fill days; those before the 28th are signed as they were before the log."""
    begins, state = date(2026, 12, 28), filled.configuration.agent.state_directory

    def close(ledger: Ledger, now: datetime) -> None:
        ledger._store.write(lambda writer: close_as_before(writer, state, now))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "sign_heads", close)
        for day in each_day(first, begins - timedelta(days=1)):
            fill_days(filled, day, day)
    fill_days(filled, begins, last, daily=daily)


# Days before the quarter that hold loads and entries.


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Publish a report whose ledger began in September, with two loads then and days that no figure rests on."""
    folder = tmp_path_factory.mktemp("early")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.report.year.fill_days", from_september)
        with year(folder, first=date(2026, 12, 29), loaded=date(2026, 9, 18)) as filled:
            made = publish(filled)
    path = folder / "bundle.zip"
    path.write_bytes(made[EVIDENCE])
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return Sound(path=path, files=files, state=folder / "state", csv=made[DAYS])


def from_september(filled: Year, first: date, last: date, *, daily: bool) -> None:
    """Fill some days of September, with a later load that leaves a host out, then the days of December."""
    fill_days(filled, date(2026, 9, 18), date(2026, 9, 20), daily=True)
    (load,) = filled.ledger.loads()
    fewer = {key: days for key, days in load.declared.items() if key.subject != "srv-2"}
    filled.clock.time = noon(date(2026, 9, 22))
    filled.ledger.keep_load("e" * 64, fewer, load.targets)
    fill_days(filled, date(2026, 9, 22), date(2026, 9, 23), daily=True)
    fill_days(filled, first, last, daily=True)


def first_load_left_out(files: Files) -> Files:
    """Leave the day of the first load out, and of the table what it alone declared."""
    day = next(name for name in sorted(files) if name.startswith("days/") and b" load {" in files[name])
    proofs = [line for line in files[bundle.PROOFS].splitlines(True) if day[5:-4].encode() not in line]
    table = [line for line in files[bundle.DAYS].splitlines(True) if b"no-longer-declared" not in line]
    kept = {name: content for name, content in files.items() if name != day}
    return kept | {bundle.PROOFS: b"".join(proofs), bundle.DAYS: b"".join(table)}


def days_before_left_out(files: Files) -> Files:
    return {
        name: content for name, content in files.items() if not name.startswith("before/") and name != bundle.BEFORE
    }


def a_day_before_left_out(files: Files) -> Files:
    day = next(name for name in sorted(files) if name.startswith("before/"))
    proofs = [line for line in files[bundle.BEFORE].splitlines(True) if day[7:-4].encode() not in line]
    return {name: content for name, content in files.items() if name != day} | {bundle.BEFORE: b"".join(proofs)}


def load_shown_as_a_digest(files: Files) -> Files:
    """Put the day of the first load among those of which the digests alone are shown."""
    day = next(name for name in sorted(files) if name.startswith("days/") and b" load {" in files[name])
    name = day[5:-4].encode()
    digested = [
        b" ".join([*line.split(b" ", 3)[:3], hashlib.sha256(line.split(b" ", 3)[3]).hexdigest().encode()]) + b"\n"
        for line in files[day].splitlines()
    ]
    own = [line for line in files[bundle.PROOFS].splitlines(True) if name in line]
    left = first_load_left_out(files)
    before = {f"before/{day[5:]}": b"".join(digested), bundle.BEFORE: b"".join([*own, files[bundle.BEFORE]])}
    return left | before


def row_of_a_day_before_changed(files: Files) -> Files:
    day = next(name for name in sorted(files) if name.startswith("before/"))
    return files | {day: files[day].replace(b" day ", b" verdict ", 1)}


@pytest.mark.programs
@pytest.mark.parametrize("shell", EACH_SHELL)
def test_days_that_no_figure_rests_on_are_shown_as_digests(early: Sound, tmp_path: Path, shell: str) -> None:
    before = [name for name in early.files if name.startswith("before/")]
    assert len(before) >= 2
    assert not any(b"{" in early.files[name] for name in before)
    found = check(early.files, tmp_path, verifier(early.state).fingerprint)
    assert (found.damage, found.doubts) == ([], [])
    code, said = run_script(unpack(early.files, tmp_path / "bundle"), shell)
    assert (code, said[-1]) == (0, "Tout se tient.")


@pytest.mark.programs
@pytest.mark.parametrize(
    "tampered",
    [
        first_load_left_out,
        a_day_before_left_out,
        load_shown_as_a_digest,
        row_of_a_day_before_changed,
        lambda files: days_before_left_out(first_load_left_out(files)),
    ],
)
def test_no_early_day_with_a_load_can_be_left_out(
    early: Sound, tmp_path: Path, tampered: Callable[[Files], Files]
) -> None:
    files = resigned(tampered(dict(early.files)), early.state)
    assert check(files, tmp_path).outcome is not EvidenceOutcome.SOUND
    code, said = run_script(unpack(files, tmp_path / "bundle"))
    assert (code, said[-1]) == (1, "Tout ne se tient pas.")


def test_what_is_left_out_with_every_day_before_is_no_more_than_doubted(early: Sound, tmp_path: Path) -> None:
    """The table follows from what is left, and says nothing of a host: without the digests that would be sound."""
    left = first_load_left_out(dict(early.files))
    assert left[bundle.DAYS] != early.files[bundle.DAYS]
    found = check(resigned(days_before_left_out(left), early.state), tmp_path)
    assert (found.damage, found.outcome) == ([], EvidenceOutcome.UNPROVEN)
    assert len(found.doubts) == 1


def test_a_bundle_without_the_days_before_is_doubted(early: Sound, tmp_path: Path) -> None:
    """Those that an earlier release made have none."""
    found = check(resigned(days_before_left_out(dict(early.files)), early.state), tmp_path)
    assert (found.damage, found.outcome) == ([], EvidenceOutcome.UNPROVEN)
    assert [line for line in found.doubts if "no load and no entry is left out before 0" in line]


@pytest.mark.programs
def test_a_quarter_of_which_no_day_is_signed_yet_is_sound(tmp_path: Path) -> None:
    """The agent stood still over the quarter's first days, and the report is made on the day on which it is back."""
    with world(tmp_path, begins=datetime(2026, 12, 28, 5, tzinfo=UTC)) as held:
        turn(held)
        live(held, datetime(2026, 12, 31, 17, tzinfo=UTC))
        held.clock.instant += 5 * DAY
        turn(held)
        files = bundle_of(held, Quarter(2027, 1))
    found = check(files, tmp_path)
    assert (found.damage, found.about["last_day"]) == ([], "2027-01-04")
    assert run_script(unpack(files, tmp_path / "bundle"))[0] == 0
