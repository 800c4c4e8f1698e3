"""`config check` looks at the pair that signs reports: both named, private, fitting and valid."""

from pathlib import Path

import pytest

from agent.config.load import load
from agent.core.errors import ConfigurationError
from tests.parts.web import certify

SITE = """
[[beneficiary]]
id = "scota"
name = "SCOTA"
"""


def site(folder: Path, certificate: Path | None, key: Path | None) -> Path:
    lines = [f'certificate_file = "{certificate}"' if certificate else "", f'key_file = "{key}"' if key else ""]
    path = folder / "beffroi.toml"
    path.write_text(f'[agent]\nstate_directory = "{folder}"\n{SITE}\n[report]\n' + "\n".join(lines) + "\n")
    return path


def said(path: Path, *, strict: bool = True) -> list[tuple[str, str]]:
    try:
        load(path, strict=strict)
    except ConfigurationError as error:
        return [one for one in error.mistakes if "report." in one[0]]
    return []


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Return a sound pair whose key is private."""
    made = certify(tmp_path, "seal")
    made.key.chmod(0o640)
    return made.certificate, made.key


def test_a_sound_pair_is_taken(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    path = site(tmp_path, *pair)
    assert said(path) == []
    assert load(path, strict=False).report.key_file == pair[1]


def test_half_a_pair_is_a_mistake(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    ((what, hint),) = said(site(tmp_path, pair[0], None), strict=False)
    assert "report.key_file: is missing, and certificate_file alone signs nothing" in what
    assert hint


def test_a_key_that_everyone_may_read_is_a_mistake(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    pair[1].chmod(0o644)
    ((what, hint),) = said(site(tmp_path, *pair))
    assert "may be read or written by everyone on this machine" in what
    assert "chmod 0640" in hint


def test_an_expired_certificate_is_a_mistake(tmp_path: Path) -> None:
    made = certify(tmp_path, "old", days=-1)
    made.key.chmod(0o640)
    ((what, hint),) = said(site(tmp_path, made.certificate, made.key))
    assert "report.certificate_file" in what
    assert "expired on" in what
    assert hint == "renew the certificate"


def test_a_key_that_does_not_fit_is_a_mistake(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    other = certify(tmp_path, "other")
    other.key.chmod(0o640)
    ((what, _),) = said(site(tmp_path, pair[0], other.key))
    assert "is not the key of" in what


def test_files_that_are_not_there_are_told_once(tmp_path: Path) -> None:
    found = said(site(tmp_path, tmp_path / "a.crt", tmp_path / "a.key"))
    assert len(found) == 2
    assert all("is not there" in what for what, _ in found)
