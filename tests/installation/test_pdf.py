"""What a PDF needs, brought by the first report of a checkout."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.installation import extra, pdf, release


@dataclass
class Checkout:
    """A checkout with an environment of its own, and what was brought into it."""

    home: Path
    brought: list[tuple[Path, Path, Path | None]] = field(default_factory=list)
    packages: int = 0
    said: list[str] = field(default_factory=list)

    def set_up(self, wheels: Path | None = None) -> None:
        """Set up as a first report does."""
        pdf.set_up(wheels, self.said.append)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """Return a checkout whose environment lacks WeasyPrint, run by root."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / pdf.LOCK).write_text("weasyprint==1 --hash=sha256:0\n")
    made = Checkout(home=tmp_path)

    def bring(folder: Path, lock: Path, wheels: Path | None) -> None:
        made.brought.append((folder, lock, wheels))

    def bring_packages(names: Sequence[str], what_for: str, say: Callable[[str], None]) -> None:
        made.packages += 1

    monkeypatch.setattr(extra, "HOME", tmp_path)
    monkeypatch.setattr("sys.prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    monkeypatch.setattr(release, "install_libraries", bring)
    monkeypatch.setattr(pdf, "bring_packages", bring_packages)
    return made


def test_a_first_report_brings_libraries_and_packages(checkout: Checkout, tmp_path: Path) -> None:
    checkout.set_up(tmp_path / "wheels")
    assert checkout.brought == [(tmp_path / ".venv", tmp_path / pdf.LOCK, tmp_path / "wheels")]
    assert checkout.packages == 1
    assert checkout.said == [f"first PDF: installing what {pdf.LOCK} locks"]


def test_a_later_report_brings_nothing(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda name: object())
    checkout.set_up()
    assert (checkout.brought, checkout.said) == ([], [])


def test_who_is_not_root_installs_no_package(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    checkout.set_up()
    assert (len(checkout.brought), checkout.packages) == (1, 0)


def test_an_environment_of_somebody_else_is_left_alone(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", "/usr")
    checkout.set_up()
    monkeypatch.setattr("sys.prefix", str(checkout.home / ".venv"))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    checkout.set_up()
    assert (checkout.brought, checkout.packages) == ([], 0)


def test_what_cannot_be_brought_is_said_and_the_report_goes_on(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path, lock: Path, wheels: Path | None) -> None:
        raise UsageError("installing what requirements/pdf.txt locks failed: no route", "fix the cause")

    monkeypatch.setattr(release, "install_libraries", fail)
    checkout.set_up()
    assert checkout.said[-1] == "installing what requirements/pdf.txt locks failed: no route"


def test_what_signs_is_brought_where_it_is_asked_for(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / pdf.SIGNATURE_LOCK).write_text("pyhanko==1 --hash=sha256:0\n")
    pdf.set_up(None, checkout.said.append, signed=True)
    assert [lock for _, lock, _ in checkout.brought] == [tmp_path / pdf.LOCK, tmp_path / pdf.SIGNATURE_LOCK]
    assert checkout.said[-1] == f"first PDF: installing what {pdf.SIGNATURE_LOCK} locks"
