"""A PDF is made when its edition is published: here, or in a process of its own."""

import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.config.settings import ReportSettings
from agent.hosts.local import LocalHost
from agent.publishing.pdf_pages import made_apart, made_here

NOW = datetime(2027, 1, 8, 12, tzinfo=UTC)
LAST = date(2026, 12, 31)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text("<html lang=fr><title>x</title><p>\u00e9t\u00e9</p></html>", encoding="utf-8")
    (tmp_path / "days.csv").write_text("day\n")
    return path


@pytest.mark.programs
def test_a_process_of_its_own_makes_the_same_bytes(page: Path) -> None:
    attached = {"days.csv": page.with_name("days.csv")}
    apart = made_apart(LocalHost("agent"), ReportSettings(), NOW)(page, attached, LAST)
    assert apart is not None
    assert apart == made_here(ReportSettings(), NOW)(page, attached, LAST)
    assert sorted(one.name for one in page.parent.iterdir()) == ["days.csv", "report.html"]


@pytest.mark.programs
def test_a_pdf_that_cannot_be_signed_as_asked_is_none_and_logged(page: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = ReportSettings(certificate_file=page.with_name("c.pem"), key_file=page.with_name("k.pem"))
    with caplog.at_level(logging.WARNING, "beffroi.report"):
        assert made_apart(LocalHost("agent"), settings, NOW)(page, {}, LAST) is None
    assert "no PDF of report.html is published" in caplog.text
    assert made_here(settings, NOW)(page, {}, LAST) is None
