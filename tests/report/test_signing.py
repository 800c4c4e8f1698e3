"""The PDF's signature: made with a certificate of openssl's, verified by poppler's pdfsig; what is unsound is said."""

import builtins
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.config.signing_pair import flaw
from agent.report.pdf import render_pdf
from agent.report.signing import FIELD, NotSigned, sign_pdf

pytestmark = pytest.mark.programs

PAGE = '<!doctype html><html lang="fr"><title>x</title><h1>Rapport</h1><p>mots</p></html>'
# The certificates are made after this module is read.
NOW = datetime.now(UTC) + timedelta(days=1)


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)


def pair(folder: Path, name: str = "seal", days: int = 30) -> tuple[Path, Path]:
    """Return a certificate and its key, as `openssl req -x509` makes them."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", f"/O=CUA/CN={name}"),
        *("-keyout", str(key), "-out", str(certificate)),
    )
    return certificate, key


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a sound pair."""
    return pair(tmp_path_factory.mktemp("seal"))


@pytest.fixture(scope="module")
def page() -> bytes:
    """Return a short page as a PDF."""
    return render_pdf(PAGE, {}, datetime(2027, 1, 1, tzinfo=UTC))


def pdfsig(path: Path) -> str:
    return subprocess.run(["pdfsig", "-nocert", path], capture_output=True, timeout=60).stdout.decode()


def test_pdfsig_finds_the_signature_over_the_whole_file(page: bytes, seal: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign_pdf(page, *seal, NOW))
    said = pdfsig(path)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert f"Signature Field Name: {FIELD}" in said
    assert "seal" in said


def test_a_changed_byte_breaks_the_signature(page: bytes, seal: tuple[Path, Path], tmp_path: Path) -> None:
    made = sign_pdf(page, *seal, NOW)
    at = made.index(b"/Title")
    path = tmp_path / "changed.pdf"
    path.write_bytes(made[:at] + b"/Titlf" + made[at + 6 :])
    assert "Signature is Valid." not in pdfsig(path)


def test_what_was_a_pdf_stays_one_and_is_a_prefix(page: bytes, seal: tuple[Path, Path]) -> None:
    assert sign_pdf(page, *seal, NOW).startswith(page)


def test_an_authority_s_certificate_may_follow_the_signer_s(
    page: bytes, seal: tuple[Path, Path], tmp_path: Path
) -> None:
    authority, _ = pair(tmp_path, "authority")
    chain = tmp_path / "chain.crt"
    chain.write_bytes(seal[0].read_bytes() + authority.read_bytes())
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign_pdf(page, chain, seal[1], NOW))
    assert "Signature is Valid." in pdfsig(path)


@pytest.mark.parametrize(("late", "said"), [(timedelta(days=31), "expired on"), (timedelta(days=-2), "is valid from")])
def test_a_certificate_out_of_its_time_signs_nothing(
    page: bytes, seal: tuple[Path, Path], late: timedelta, said: str
) -> None:
    with pytest.raises(NotSigned, match=said) as raised:
        sign_pdf(page, *seal, NOW + late)
    assert raised.value.message.startswith("the PDF is not signed: [report] certificate_file: ")
    assert "\n" not in raised.value.message
    assert raised.value.hint


def test_a_key_of_another_certificate_signs_nothing(page: bytes, seal: tuple[Path, Path], tmp_path: Path) -> None:
    _, other = pair(tmp_path, "other")
    with pytest.raises(NotSigned, match="is not the key of"):
        sign_pdf(page, seal[0], other, NOW)


def test_what_is_no_certificate_or_no_key_is_named(seal: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "junk").write_text("junk\n")
    for certificate, key, named in (
        (tmp_path / "junk", seal[1], "certificate_file"),
        (seal[0], tmp_path / "junk", "key_file"),
        (tmp_path / "gone", seal[1], "certificate_file"),
        (seal[0], tmp_path / "gone", "key_file"),
    ):
        found = flaw(certificate, key, NOW)
        assert found is not None
        assert found.key == named
    assert flaw(*seal, NOW) is None


def test_a_key_with_a_passphrase_is_refused(seal: tuple[Path, Path], tmp_path: Path) -> None:
    locked = tmp_path / "locked.key"
    openssl("pkey", "-in", str(seal[1]), "-aes256", "-passout", "pass:hunter2", "-out", str(locked))
    found = flaw(seal[0], locked, NOW)
    assert found is not None
    assert "asks for a passphrase" in found.what


def test_without_pyhanko_it_says_so(page: bytes, seal: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *given: Any) -> Any:
        if name.partition(".")[0] == "pyhanko":
            raise ImportError(name)
        return real(name, *given)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(NotSigned, match="pyHanko is not installed"):
        sign_pdf(page, *seal, NOW)
