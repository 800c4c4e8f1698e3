"""A day of a bundle has one place for its beneficiary's leaf: no second version of it can be shown.

What is forged here is signed with the agent's own key, and every proof in it holds: only the place is wrong.
"""

import zipfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.ledger import signed_log
from agent.publishing.edition_files import DAYS, EVIDENCE
from agent.report import bundle
from agent.report.verifying import EvidenceOutcome, verify
from tests.parts import forged_log
from tests.parts.forged_log import Files
from tests.report.published_bundle import EACH_SHELL, Sound, check, publish, resigned, run_script, unpack
from tests.report.year import Year, fill_days, year

Forging = Callable[[Mapping[str, bytes], Path], Files]
WRONG: Mapping[str, tuple[Forging, str]] = {
    "the second version of a day": (forged_log.second_version, "at the beneficiary's place"),
    "a leaf at the place of another": (forged_log.at_another_s_place, "at the beneficiary's place"),
    "a tree of fewer bits": (forged_log.fewer_bits, "its leaves are none"),
    "a tree of other bits than are said": (forged_log.other_bits, "at the beneficiary's place"),
    "a day of the form before": (forged_log.form_before, "the form that ended before it"),
    "each day twice in the log": (forged_log.twice_in_the_log, "at another index of the log"),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Publish a report whose days were signed daily."""
    folder = tmp_path_factory.mktemp("places")
    with year(folder, first=date(2026, 12, 26), loaded=date(2026, 12, 26), daily=True) as filled:
        made = publish(filled)
    path = folder / "bundle.zip"
    path.write_bytes(made[EVIDENCE])
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return Sound(path=path, files=files, state=folder / "state", csv=made[DAYS])


def test_the_version_at_the_beneficiary_s_place_is_sound(sound: Sound, tmp_path: Path) -> None:
    """What the next tests forge holds in all but the place."""
    first, second = forged_log.two_versions(sound.files, sound.state)
    assert first[bundle.CHECKPOINT] == second[bundle.CHECKPOINT]
    found = check(resigned(first, sound.state), tmp_path)
    assert (found.damage, found.doubts, found.limits) == ([], [], ())


@pytest.mark.programs
@pytest.mark.parametrize("forging", WRONG, ids=lambda name: name.replace(" ", "-"))
def test_a_leaf_at_another_place_is_seen_by_each(sound: Sound, tmp_path: Path, forging: str) -> None:
    forged, said = WRONG[forging]
    files = resigned(forged(sound.files, sound.state), sound.state)
    found = check(files, tmp_path)
    assert found.outcome is EvidenceOutcome.DAMAGED
    assert [line for line in found.damage if said in line]
    code, printed = run_script(unpack(files, tmp_path / "bundle"))
    assert code == 1
    assert {line for line in printed if line.startswith("FAUX")} in (
        {"FAUX : place de chaque jour, celle qui revient au bénéficiaire"},
        {"FAUX : suite des jours et des lignes"},
    )


@pytest.mark.programs
@pytest.mark.parametrize("shell", EACH_SHELL)
def test_days_of_the_form_before_are_counted(sound: Sound, tmp_path: Path, shell: str) -> None:
    files = resigned(forged_log.all_without_places(sound.files, sound.state), sound.state)
    found = check(files, tmp_path)
    assert (found.damage, found.doubts) == ([], [])
    assert found.limits == (
        "6 of the 6 signed days of the quarter, and 2 others, have the form of an earlier release: the holder of the"
        " key could have signed two versions of such a day",
    )
    code, printed = run_script(unpack(files, tmp_path / "bundle"), shell)
    assert (code, printed[-1]) == (0, "Tout se tient.")
    assert [line for line in printed if line.startswith("À savoir : 6 des 6 jours signés du trimestre, et 2 autres")]
    assert not [line for line in run_script(unpack(sound.files, tmp_path / "new"), shell)[1] if "À savoir" in line]


def test_a_ledger_that_was_led_on_counts_its_days_of_the_form_before(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.report.year.fill_days", partly_without_places)
        with year(tmp_path, first=date(2026, 12, 26), loaded=date(2026, 12, 26), daily=True) as filled:
            made = publish(filled)
    (tmp_path / "bundle.zip").write_bytes(made[EVIDENCE])
    found = verify(tmp_path / "bundle.zip")
    assert (found.damage, found.doubts) == ([], [])
    assert found.limits[0].startswith("3 of the 6 signed days of the quarter, and 0 others, have")


def partly_without_places(filled: Year, first: date, last: date, *, daily: bool) -> None:
    """Fill days; those before the 29th are signed as version 4 of the ledger did."""
    begins = date(2026, 12, 29)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signed_log, "places_for", lambda names: None)
        fill_days(filled, first, begins - timedelta(days=1), daily=daily)
    fill_days(filled, begins, last, daily=daily)
