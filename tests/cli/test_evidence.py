"""`beffroi evidence`: the newest checkpoint as it was signed; the outcome of a bundle, and its exit code."""

import errno
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from agent.cli.invocation import invoke
from agent.core.errors import UsageError
from agent.core.period import Quarter
from agent.ledger.keys import verifier
from agent.proving.checkpoint import parse_checkpoint
from agent.publishing.edition_files import EVIDENCE, FIGURES, PAGE
from agent.publishing.reports import ReportRequest, published
from tests.ledger.samples import live, open_ledger
from tests.parts.checkout import HOME
from tests.report.year import year


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a bundle; its ledger lies beside it in `state`."""
    folder = tmp_path_factory.mktemp("bundle")
    path = folder / "beffroi-scota-2026-Q4-evidence.zip"
    with year(folder, first=date(2026, 12, 28), loaded=date(2026, 12, 26)) as filled:
        wish = ReportRequest(quarter=Quarter(2026, 4), beneficiary="scota")
        with published(filled.configuration, filled.ledger, wish, filled.clock.now()) as made:
            path.write_bytes(made.content(EVIDENCE))
            (folder / "page.html").write_bytes(made.content(PAGE))
            (folder / "figures.json").write_bytes(made.content(FIGURES))
    yield path


def verify(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, list[str]]:
    code = invoke(["evidence", "verify", str(path), *more])
    said = capsys.readouterr()
    assert said.err == ""
    return code, said.out.splitlines()


def test_a_sound_bundle_says_that_nobody_knows_its_signer(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (first, *underived, unseen, by_event, last) = verify(bundle, capsys)
    assert code == 0
    assert first.startswith("sound: scota, 2026-Q4, 1: ")
    assert underived and all(one.startswith("not derived from looks: ") for one in underived)
    assert unseen.startswith("not seen: beffroi-scota-2026-Q4-en-public.html, ")
    assert by_event.startswith("not counted again: the figures of targets by event: ")
    assert {"incident-report", "access-revocation"} <= set(by_event.split(": ")[2].split(", "))
    assert last == f"key {verifier(bundle.parent / 'state').fingerprint}: signataire non vérifié"


@pytest.mark.programs
def test_a_bundle_is_verified_without_a_database_a_host_or_a_configuration(bundle: Path) -> None:
    """What is heavy to load takes a third of the memory that a quarter of fifty hosts may take."""
    refused = ("sqlalchemy", "sqlite3", "psycopg", "paramiko", "prometheus_client", "jinja2", "agent.config.schema")
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({refused}));"
        " from agent.cli.invocation import invoke; sys.exit(invoke(sys.argv[1:]))"
    )
    asked = ("evidence", "verify", bundle, "--document", bundle.with_name("figures.json"))
    ran = subprocess.run(
        [sys.executable, "-P", "-c", script, *asked],
        env={"PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "figures: each target's counts, rate and words follow" in ran.stdout


def test_the_fingerprint_settles_who_signed(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fingerprint = verifier(bundle.parent / "state").fingerprint
    code, lines = verify(bundle, capsys, "--fingerprint", fingerprint)
    assert (code, lines[-1]) == (0, f"key {fingerprint}: signataire vérifié")
    code, lines = verify(bundle, capsys, "--fingerprint", "SHA256:" + "x" * 43)
    assert (code, lines[0].partition(":")[0]) == (1, "damaged")


def test_documents_beside_a_bundle_and_those_named_are_held_to_it(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / bundle.name
    alone.write_bytes(bundle.read_bytes())
    page = tmp_path / "beffroi-scota-2026-Q4.html"
    page.write_bytes((bundle.parent / "page.html").read_bytes())
    code, lines = verify(alone, capsys)
    assert code == 0
    assert "document beffroi-scota-2026-Q4.html: as published" in lines
    page.write_bytes(page.read_bytes() + b" ")
    code, lines = verify(alone, capsys)
    assert (code, lines[1]) == (1, "beffroi-scota-2026-Q4.html is not the document that was published with this bundle")
    own = tmp_path / "mine.html"
    own.write_bytes((bundle.parent / "page.html").read_bytes())
    assert verify(alone, capsys, "--document", str(own))[0] == 0
    assert verify(alone, capsys, "--document", str(own), "--document", str(page))[0] == 1


def test_damage_is_said_line_by_line(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(bundle.read_bytes()[:-30])
    code, lines = verify(path, capsys)
    assert code == 1
    assert lines[1].startswith("it is not a bundle as beffroi writes it")


@pytest.mark.parametrize(
    ("name", "what"), [("", "is a folder, not a regular file"), ("nothing.zip", "nothing.zip is not there")]
)
def test_what_is_no_file_is_hinted_to_the_bundle(
    tmp_path: Path, name: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["evidence", "verify", str(tmp_path / name)]) == 3
    said = capsys.readouterr()
    assert what in said.out
    assert said.err == "hint: name the bundle itself, the file …-evidence.zip of the edition\n"


def test_a_bundle_that_cannot_be_looked_at_is_unproven_and_no_bug(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refused)
    assert invoke(["evidence", "verify", str(bundle.with_name("nothing.zip"))]) == 3
    said = capsys.readouterr()
    assert ("nothing.zip" in said.out, said.err) == (True, "")


def test_what_is_no_fingerprint_is_refused(bundle: Path) -> None:
    with pytest.raises(UsageError, match="not a fingerprint"):
        invoke(["evidence", "verify", str(bundle), "--fingerprint", "MD5:12"])


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    path = tmp_path / "beffroi.toml"
    path.write_text(
        f'[agent]\nstate_directory = "{tmp_path / "state"}"\n\n'
        '[[beneficiary]]\nid = "scota"\nname = "SCOTA"\n\n'
        '[[host]]\nid = "srv-1"\ntransport = "local"\nsite = "arras"\nbeneficiaries = ["scota"]\n'
    )
    return path


def test_the_newest_checkpoint_is_printed_as_it_was_signed(
    configuration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live(tmp_path / "state", 4)
    assert invoke(["evidence", "checkpoint", "--config", str(configuration)]) == 0
    said = capsys.readouterr().out
    checkpoint, _ = parse_checkpoint(said.encode(), verifier(tmp_path / "state").note_key)
    assert checkpoint.size == 3
    saved = tmp_path / "saved.txt"
    saved.write_text(said)
    assert invoke(["ledger", "verify", "--checkpoint", str(saved), "--config", str(configuration)]) == 0


def test_a_ledger_that_was_never_signed_has_no_checkpoint(
    configuration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_ledger(tmp_path / "state").close()
    assert invoke(["evidence", "checkpoint", "--config", str(configuration)]) == 3
    said = capsys.readouterr()
    assert (said.out, said.err.partition(":")[0]) == ("", "no checkpoint yet")
