"""The checker page in a browser: a bundle and its documents are verified there, and nothing leaves it."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from agent.cli.invocation import invoke
from agent.ledger.attestations import Attestation
from agent.ledger.keys import make_key, signer, verifier
from agent.proving.checkpoint import Checkpoint, sign_checkpoint
from agent.proving.cosignature import cosign
from agent.report.checker.checker_page import checker_page
from tests.parts import forged_log
from tests.parts.attested_bundle import AttestedBundle, OwnWitness, attested_bundle
from tests.parts.browser import browser, violations
from tests.report.published_bundle import Sound
from tests.report.test_attestations_shown import cosigned, repacked
from tests.report.test_derived import bundle_without_first_looks
from tests.report.test_keys_shown import TAMPERED, bundle_across_changes
from tests.report.year import Year

pytestmark = [pytest.mark.network, pytest.mark.programs]

PAGE = "beffroi-scota-2026-Q4.html"
Change = Callable[[dict[str, bytes]], dict[str, bytes]]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> AttestedBundle:
    """Return a bundle that its witness cosigned but for one day, and the page beside it."""

    def but_one(filled: Year, size: int, at: datetime) -> Attestation | None:
        return None if at.day == 29 else cosigned(filled, size, at)

    one = attested_bundle(tmp_path_factory.mktemp("made"), but_one)
    (one.path.parent / "kept-report.html").rename(one.path.parent / PAGE)
    return one


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """Open the page as a file; any request and any error is a failure."""
    (tmp_path / "checker.html").write_text(checker_page("fr"), encoding="utf-8")
    opened, asked, errors = chromium.new_page(), [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text))
    opened.goto((tmp_path / "checker.html").as_uri())
    yield opened
    assert [url for url in asked if not url.endswith("/checker.html")] == []
    assert errors == []
    opened.close()


def answer(page: Page, *paths: Path) -> tuple[str | None, str]:
    page.set_input_files("#files", [])
    page.set_input_files("#files", [str(path) for path in paths])
    page.wait_for_selector("#answer[data-outcome]", timeout=60_000)
    return page.get_attribute("#answer", "data-outcome"), page.inner_text("#answer")


def test_a_sound_bundle_is_told_with_its_page_and_its_signer(page: Page, made: AttestedBundle) -> None:
    outcome, said = answer(page, made.path, made.path.parent / PAGE)
    assert outcome == "unsigned"
    assert f"{PAGE} : conforme à ce qui a été publié" in said
    page.fill("#fingerprint", verifier(made.state).fingerprint)
    assert answer(page, made.path)[0] == "sound"
    page.fill("#fingerprint", "SHA256:" + "x" * 43)
    assert answer(page, made.path)[0] == "damaged"


def test_an_answer_is_that_of_what_was_given_last(page: Page, made: AttestedBundle) -> None:
    page.fill("#fingerprint", verifier(made.state).fingerprint)
    assert answer(page, made.path)[0] == "sound"
    both = "([sound]) => Promise.all([take([sound]), take([new File(['PK'], '$`.zip')])])"
    page.evaluate(f"({both})(document.getElementById('files').files)")
    assert page.get_attribute("#answer", "data-outcome") == "damaged"
    page.press("#fingerprint", "Backspace")
    assert (page.get_attribute("#answer", "data-outcome"), page.inner_text("#answer")) == (None, "")


@pytest.mark.parametrize("name", ["$`.html", "$'.html", "$&.html"])
def test_a_name_is_said_as_it_is(page: Page, made: AttestedBundle, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("another page")
    assert f"\n{name} n'est pas le document publié avec ce dossier\n" in answer(page, made.path, tmp_path / name)[1]


def test_a_page_that_was_changed_is_told(page: Page, made: AttestedBundle, tmp_path: Path) -> None:
    (tmp_path / PAGE).write_bytes((made.path.parent / PAGE).read_bytes().replace(b"non d", b"oui d"))
    outcome, said = answer(page, made.path, tmp_path / PAGE)
    assert outcome == "damaged"
    assert f"{PAGE} n'est pas le document publié avec ce dossier" in said


def test_a_public_pdf_that_was_made_later_is_no_damage(page: Page, made: AttestedBundle, tmp_path: Path) -> None:
    """`report --public` makes it of a published edition, whose bundle does not bind it."""
    later = tmp_path / PAGE.replace(".html", "-public.pdf")
    later.write_bytes(b"%PDF-")
    outcome, said = answer(page, made.path, later)
    assert outcome == "unproven"
    assert f"{later.name} : ce dossier ne lie aucun document de ce nom" in said


def test_the_days_that_a_witness_cosigned_are_counted(page: Page, made: AttestedBundle) -> None:
    page.fill("#witnesses", str(OwnWitness.make().key))
    outcome, said = answer(page, made.path)
    assert outcome == "unproven"
    assert "n'a pas contresigné à temps : 2026-12-28" in said
    page.fill("#witnesses", "nothing")
    assert answer(page, made.path)[0] == "unproven"


def of_another_log(made: AttestedBundle) -> dict[str, bytes]:
    """Show the cosignatures of the log that the agent once had, and not of this one, which its key signed later."""
    own, witness = signer(made.state), OwnWitness.make()
    notes = {}
    for size in made.sizes:
        text = sign_checkpoint(
            Checkpoint(origin=own.note_key.name, size=size, root=hashlib.sha256(b"%d" % size).digest()),
            own.note_key,
            own.sign_bytes,
        )
        at = datetime(2026, 12, 24, 12, tzinfo=UTC)
        line = cosign(text.text, witness.key, witness.private.sign, int(at.timestamp()))
        notes[f"checkpoints/{size}.txt"] = str(text.with_signatures([line])).encode()
    return notes


def test_a_cosignature_of_another_log_is_damage(page: Page, made: AttestedBundle, tmp_path: Path) -> None:
    page.fill("#witnesses", str(OwnWitness.make().key))
    notes = of_another_log(made)
    assert notes.keys() & made.files.keys()
    outcome, said = answer(page, repacked({**made.files, **notes}, made.state, tmp_path / "other.zip"))
    assert outcome == "damaged"
    assert "la contresignature d'un témoin ne tient pas" in said
    # A checkpoint of a size of which no proof is there is no better.
    files = {**made.files, "checkpoints/2000.txt": notes[f"checkpoints/{made.sizes[-1]}.txt"]}
    changed = files["checkpoints/2000.txt"].replace(f"\n{made.sizes[-1]}\n".encode(), b"\n2000\n", 1)
    files["checkpoints/2000.txt"] = changed
    assert answer(page, repacked(files, made.state, tmp_path / "beyond.zip"))[0] == "damaged"


def state_changed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Say another state in every row of the beneficiary."""
    return {name: content.replace(b'"met"', b'"missed"') for name, content in files.items()}


def row_removed(files: dict[str, bytes]) -> dict[str, bytes]:
    name = next(name for name, content in files.items() if name.startswith("days/") and content.count(b"\n") > 1)
    return files | {name: files[name].partition(b"\n")[2]}


def without(files: dict[str, bytes], names: Sequence[str]) -> dict[str, bytes]:
    """Leave days out, and their proofs."""
    proofs = files["proofs.txt"].decode()
    for name in names:
        proofs = re.sub(rf"(?m)^(own|day|leaf|log) {name} .*\n", "", proofs)
    left = {one: content for one, content in files.items() if not any(name in one for name in names)}
    return left | {"proofs.txt": proofs.encode()}


def days_in(files: dict[str, bytes]) -> list[str]:
    return sorted(name[5:-4] for name in files if name.startswith("days/"))


def day_removed(files: dict[str, bytes]) -> dict[str, bytes]:
    return without(files, [name for name in days_in(files) if name.endswith("-2026-12-28")])


def first_days_removed(files: dict[str, bytes]) -> dict[str, bytes]:
    return without(files, days_in(files)[:3])


def last_days_removed(files: dict[str, bytes]) -> dict[str, bytes]:
    return without(files, days_in(files)[-3:]) | {"tail.txt": b""}


def ended_before_its_end(files: dict[str, bytes]) -> dict[str, bytes]:
    return files | {"about.txt": files["about.txt"].replace(b"last_day: 2026-12-31", b"last_day: 2026-12-29")}


def begun_after_its_beginning(files: dict[str, bytes]) -> dict[str, bytes]:
    return files | {"about.txt": files["about.txt"].replace(b"first_day: 2026-10-01", b"first_day: 2026-12-29")}


def called_erased(files: dict[str, bytes]) -> dict[str, bytes]:
    """Keep the digest of each row on a day's state, and not what it says."""

    def hidden(row: re.Match[bytes]) -> bytes:
        return row[1] + b"erased:" + hashlib.sha256(row[2]).hexdigest().encode()

    rows = re.compile(rb"(?m)^(\d+ \S+ day )(\{.*)$")
    return {name: rows.sub(hidden, content) if name.startswith("days/") else content for name, content in files.items()}


def checkpoint_changed(files: dict[str, bytes]) -> dict[str, bytes]:
    return files | {"checkpoint.sig": bytes(64)}


SIGNED_ANEW = (
    state_changed,
    row_removed,
    day_removed,
    first_days_removed,
    last_days_removed,
    ended_before_its_end,
    begun_after_its_beginning,
    called_erased,
    checkpoint_changed,
)


@pytest.mark.parametrize("change", SIGNED_ANEW)
def test_what_the_key_itself_signed_is_held_to_its_proofs(
    page: Page, made: AttestedBundle, tmp_path: Path, change: Change
) -> None:
    changed = change(dict(made.files))
    assert changed != made.files
    assert answer(page, repacked(changed, made.state, tmp_path / "changed.zip"))[0] == "damaged"


FORGED = (
    forged_log.second_version,
    forged_log.at_another_s_place,
    forged_log.fewer_bits,
    forged_log.other_bits,
    forged_log.form_before,
    forged_log.twice_in_the_log,
)


@pytest.mark.parametrize("forged", FORGED, ids=lambda one: getattr(one, "__name__", "").replace("_", "-"))
def test_a_leaf_at_another_place_is_seen(
    page: Page, made: AttestedBundle, tmp_path: Path, forged: Callable[[Mapping[str, bytes], Path], dict[str, bytes]]
) -> None:
    outcome, said = answer(page, repacked(forged(made.files, made.state), made.state, tmp_path / "forged.zip"))
    assert outcome == "damaged"
    assert "n'est pas à la place qui revient au bénéficiaire" in said or "manquent avant" in said


def test_a_number_that_is_a_text_hides_no_missing_day(page: Page, made: AttestedBundle, tmp_path: Path) -> None:
    files = first_days_removed(forged_log.number_as_text(made.files, made.state))
    assert answer(page, repacked(files, made.state, tmp_path / "forged.zip"))[0] == "damaged"


def test_days_of_the_form_before_are_counted(page: Page, made: AttestedBundle, tmp_path: Path) -> None:
    files = forged_log.all_without_places(made.files, made.state)
    outcome, said = answer(page, repacked(files, made.state, tmp_path / "before.zip"))
    assert outcome == "unsigned"
    assert "8 des 8 journées signées du trimestre, et 2 autres, sont d'une forme ancienne" in said
    first, _ = forged_log.two_versions(made.files, made.state)
    outcome, said = answer(page, repacked(first, made.state, tmp_path / "first.zip"))
    assert (outcome, "forme ancienne" in said) == ("unsigned", False)


@pytest.fixture(scope="module")
def across(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Return a bundle across two changes of the key."""
    return bundle_across_changes(tmp_path_factory.mktemp("across"))


def test_a_reader_who_knows_the_first_key_follows_the_statements(page: Page, across: Sound, tmp_path: Path) -> None:
    one, two, _ = verifier(across.state).fingerprints
    page.fill("#fingerprint", one)
    outcome, said = answer(page, across.path)
    assert (outcome, f"La clé {two} succède à {one}" in said) == ("sound", True)
    for tampered in TAMPERED:
        changed = repacked(tampered(dict(across.files)), across.state, tmp_path / "tampered.zip")
        assert answer(page, changed)[0] == "damaged"


def archived(files: dict[str, bytes], path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_bundle_that_was_zipped_again_is_no_false_alarm(page: Page, made: AttestedBundle, tmp_path: Path) -> None:
    assert answer(page, archived(dict(made.files), tmp_path / "again.zip"))[0] == "unsigned"


def test_looks_that_a_rule_erased_are_no_damage(page: Page, tmp_path: Path) -> None:
    assert answer(page, archived(bundle_without_first_looks(tmp_path), tmp_path / "x.zip"))[0] == "unsigned"


@pytest.mark.parametrize("name", ["MANIFEST.sig", "about.txt", "days.csv"])
def test_what_is_not_as_it_was_signed_is_damage(page: Page, made: AttestedBundle, tmp_path: Path, name: str) -> None:
    files = dict(made.files)
    files[name] = files[name][:-1] + bytes([files[name][-1] ^ 1])
    assert answer(page, archived(files, tmp_path / "x.zip"))[0] == "damaged"
    assert answer(page, archived(dict(made.files) | {"more.txt": b""}, tmp_path / "y.zip"))[0] == "damaged"


def test_a_foreign_key_is_seen_by_the_fingerprint_alone(page: Page, made: AttestedBundle, tmp_path: Path) -> None:
    make_key(tmp_path)
    files = dict(made.files) | {"signing-key.pub.pem": (tmp_path / "signing-key.pub.pem").read_bytes()}
    page.fill("#fingerprint", verifier(made.state).fingerprint)
    outcome, said = answer(page, repacked(files, tmp_path, tmp_path / "foreign.zip"))
    assert outcome == "damaged"
    assert "une autre clé" in said


@pytest.mark.parametrize("content", [b"", b"PK", io.BytesIO(b"x" * 4096).getvalue()])
def test_what_is_no_archive_is_damage_and_no_bundle_at_all_is_asked_for(
    page: Page, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    (tmp_path / "x.txt").write_bytes(content)
    assert answer(page, tmp_path / "x.zip")[0] == "damaged"
    assert answer(page, tmp_path / "x.txt")[0] == "unproven"


def test_it_says_that_the_recipe_is_the_reference_and_is_accessible(page: Page, made: AttestedBundle) -> None:
    answer(page, made.path)
    assert "La référence est la recette du dossier, avec openssl et sha256sum" in page.inner_text("main")
    assert violations(page) == []


def test_the_command_writes_the_page_in_either_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["evidence", "page"]) == 0
    assert capsys.readouterr().out == checker_page("fr")
    assert invoke(["evidence", "page", "--language", "en", "--output", str(tmp_path / "p.html")]) == 0
    assert "Verify an evidence bundle" in (tmp_path / "p.html").read_text(encoding="utf-8")
