"""The report as a PDF: the same bytes twice, tagged, its evidence inside, and no harm where it cannot be made."""

import builtins
import hashlib
import re
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pytest

from agent.report.build import build
from agent.report.csv_file import text
from agent.report.figures import Report
from agent.report.material import Material
from agent.report.page import render
from agent.report.pdf import NoPdf, render_pdf, with_images
from tests.parts.one_language import foreign
from tests.report.test_english_report import QUOTED, entered
from tests.report.test_one_language import NAMES

# What finds the libraries of WeasyPrint starts ldconfig.
pytestmark = pytest.mark.programs

AT = datetime(2027, 1, 1, tzinfo=UTC)
# In points: how tall a page is, and where its running foot begins.
TALL, FOOT = 842, 796


@pytest.fixture(scope="module")
def report(material: Material) -> Report:
    """Return the first edition."""
    return build(material, 1)


@pytest.fixture(scope="module")
def made(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report as a PDF with its table inside."""
    folder = tmp_path_factory.mktemp("pdf")
    (folder / "days.csv").write_text(text(report.days), encoding="utf-8")
    path = folder / "report.pdf"
    path.write_bytes(render_pdf(render(report), {"days.csv": folder / "days.csv"}, AT))
    return path


def test_the_same_page_gives_the_same_bytes(report: Report, tmp_path: Path) -> None:
    """Of a page that is short, since the other one takes seconds; whatever is random would be in both."""
    page = render(report).partition('<section id="objectifs"')[0] + "</main></body></html>"
    (tmp_path / "a.csv").write_text("a\n")
    one, two = (render_pdf(page, {"a.csv": tmp_path / "a.csv"}, AT) for _ in range(2))
    assert hashlib.sha256(one).hexdigest() == hashlib.sha256(two).hexdigest()


def test_it_is_tagged_in_french_with_its_title(made: Path) -> None:
    with pikepdf.open(made) as pdf:
        root: Any = pdf.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "fr"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert "/OutputIntents" in root
        assert str(pdf.docinfo["/Title"]).startswith("Rapport trimestriel de sécurité informatique, 4e trimestre 2026")


def test_it_claims_no_conformity_that_no_validator_confirms(made: Path) -> None:
    """Neither PDF/A nor PDF/UA: veraPDF does not run here."""
    content = made.read_bytes()
    assert b"pdfaid" not in content
    assert b"pdfuaid" not in content


def test_every_header_cell_of_the_pdf_has_its_scope(made: Path) -> None:
    scopes: Counter[str] = Counter()

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for child in list(element):
                walk(child)
        elif isinstance(element, pikepdf.Dictionary):
            if str(element.get("/S", "")) == "/TH":
                scopes[str(element["/A"].get("/Scope", "none"))] += 1
            walk(element.get("/K"))

    with pikepdf.open(made) as pdf:
        walk(pdf.Root.StructTreeRoot)
    assert scopes.keys() == {"/Column", "/Row"}
    assert scopes["/Column"] > 250
    assert scopes["/Row"] > 120


def test_poppler_reads_headings_tables_and_lists_from_the_tags(made: Path) -> None:
    ran = subprocess.run(["pdfinfo", "-struct", made], capture_output=True, check=True, timeout=60)
    kinds = Counter(
        line.split()[0].rstrip(":") for line in ran.stdout.decode(errors="replace").splitlines() if line.strip()
    )
    assert {kind for kind in ("H1", "H2", "H3", "Table", "TR", "TH", "TD", "Figure") if not kinds[kind]} == set()


def test_its_evidence_is_inside(made: Path, report: Report) -> None:
    with pikepdf.open(made) as pdf:
        assert list(pdf.attachments) == ["days.csv"]
        assert pdf.attachments["days.csv"].get_file().read_bytes() == text(report.days).encode()


def test_the_checker_finds_no_error(made: Path) -> None:
    found = pdfua.validate(str(made))
    assert [str(one) for one in found.findings if one.severity is pdfua.Severity.ERROR] == []


def test_a_reader_finds_the_words_on_its_pages(made: Path) -> None:
    ran = subprocess.run(["pdftotext", "-layout", made, "-"], capture_output=True, check=True, timeout=60)
    words = " ".join(ran.stdout.decode().split())
    assert "Rapport trimestriel de sécurité informatique" in words
    assert (
        "Syndicat Mixte du SCOT de l'Arrageois, 4e trimestre 2026, édition 1, diffusion restreinte page 1 sur" in words
    )
    assert "89 jours sur 92 (96,7 %)" in words


def in_words(path: Path) -> str:
    """Return the text of a PDF as a reader copies it, words that were parted at a line's end joined again."""
    ran = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, timeout=60)
    return " ".join(ran.stdout.decode().replace("\u2010\n", "").split())


def test_the_text_of_a_pdf_is_in_one_language(made: Path, report: Report, tmp_path: Path) -> None:
    """The convention's own words stand in « » within English; what people wrote is left out of a public version."""
    english = tmp_path / "english.pdf"
    english.write_bytes(render_pdf(render(report, public=True, language="en"), {}, AT))
    said = {"fr": in_words(made), "en": QUOTED.sub("…", in_words(english))}
    assert foreign(said["fr"], "fr", {*NAMES, *entered(report)} - {""}) == []
    assert foreign(said["en"], "en", {*NAMES, report.beneficiary_name}) == []
    assert len(foreign(said["en"], "fr", NAMES)) > 500


def test_two_servers_take_twenty_pages_and_none_stands_half_empty(made: Path) -> None:
    """The last page ends where it ends; what cannot be parted, such as a calendar, leaves a third of a page at most."""
    ran = subprocess.run(["pdftotext", "-bbox", made, "-"], capture_output=True, check=True, timeout=60)
    pages = ran.stdout.decode().split("<page ")[1:]
    assert len(pages) <= 20
    ends = [max(float(end) for end in re.findall(r'yMax="([\d.]+)">', page) if float(end) < FOOT) for page in pages]
    assert min(ends[:-1]) > TALL * 2 / 3


def test_a_term_stands_on_the_page_of_what_it_names(made: Path) -> None:
    ran = subprocess.run(["pdftotext", "-layout", made, "-"], capture_output=True, check=True, timeout=60)
    pages = [" ".join(page.split()) for page in ran.stdout.decode().split("\f")]
    assert any("Dernière journée signée, 7 janvier 2027 (UTC) 2e2e2e" in page for page in pages)


def test_a_page_is_no_blank_and_has_its_colours(made: Path, tmp_path: Path) -> None:
    """The calendar's missed days are dark red on the pages of the daily backup."""
    subprocess.run(
        ["pdftoppm", "-r", "40", "-f", "3", "-l", "4", "-png", made, tmp_path / "page"], check=True, timeout=60
    )
    from PIL import Image

    red = 0
    for image in tmp_path.glob("page*.png"):
        with Image.open(image) as opened:
            colours = opened.convert("RGB").getcolors(maxcolors=1 << 20)
        assert colours is not None
        red += sum(count for count, colour in colours if isinstance(colour, tuple) and colour[0] > 110 > 60 > colour[1])
    # The state's sign alone has less than that.
    assert red > 60


def test_each_drawing_is_an_image_that_says_what_it_shows(report: Report) -> None:
    page = with_images(render(report))
    assert "<svg" not in page
    assert page.count("<img ") == page.count(' alt="') > 50
    assert ' alt=""' not in page
    assert 'alt="Octobre 2026, Sauvegarde quotidienne. Jours d&#39;octobre 2026' in page.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("No module named 'weasyprint'"), "WeasyPrint is not installed"),
        (OSError("cannot load library 'libpango-1.0-0'\nmore"), "what WeasyPrint needs is missing"),
    ],
)
def test_without_what_it_needs_it_says_so(monkeypatch: pytest.MonkeyPatch, error: Exception, said: str) -> None:
    real = builtins.__import__

    def refuse(name: str, *given: Any) -> Any:
        if name == "weasyprint":
            raise error
        return real(name, *given)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(NoPdf, match=said) as raised:
        render_pdf("<p>x</p>", {}, AT)
    assert "\n" not in raised.value.message
    assert raised.value.hint


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """Neither a file nor an address that a page might name is opened."""
    (tmp_path / "secret.txt").write_text("secret")
    page = (
        f'<!doctype html><html lang="fr"><title>x</title><img alt="x" src="file://{tmp_path}/secret.txt">'
        '<img alt="y" src="http://192.0.2.1/"><p>words</p></html>'
    )
    assert b"%PDF" in render_pdf(page, {}, AT)[:10]


def test_two_servers_take_at_most_twenty_four_pages(made: Path) -> None:
    ran = subprocess.run(["pdfinfo", made], capture_output=True, check=True, timeout=60)
    pages = next(line.split()[1] for line in ran.stdout.decode().splitlines() if line.startswith("Pages:"))
    assert int(pages) <= 24


def test_the_first_page_names_the_page_of_each_target(made: Path) -> None:
    ran = subprocess.run(
        ["pdftotext", "-layout", "-f", "1", "-l", "2", made, "-"], capture_output=True, check=True, timeout=60
    )
    words = " ".join(ran.stdout.decode().split())
    assert "A. Méthode de décompte (p. " in words.replace("\u00a0", " ")
    assert words.replace("\u00a0", " ").count("(p. ") >= 20


def test_page_one_cuts_no_word_of_a_cause_that_stands_among_dashes(report: Report, tmp_path: Path) -> None:
    """As on the first day of a quarter: one target has a cause, of the others nothing was looked at."""
    page = re.sub(r'<section id="objectifs".*?(?=</main>)', "", render(report), flags=re.DOTALL)
    cells = r"(</td>)<td>[^<]*</td><td>[^<]*</td><td>[^<]*</td>"
    said = iter(["depuis le 1er décembre 2026, toujours ouvert", "constat manquant"])
    page = re.sub(
        cells,
        lambda found: f"{found[1]}<td>{next(said, '—')}</td><td>{next(said, '—')}</td><td>sans action inscrite</td>",
        page,
    )
    page = re.sub(
        r'<span class="says">[^<]*</span>',
        '<span class="says">Rien n\'était suivi pendant cette période : on ne peut rien affirmer.</span>',
        page,
    )
    assert "manquant" in words_of_pdf(page, tmp_path)


def test_page_one_breaks_a_word_that_is_wider_than_its_column(report: Report, tmp_path: Path) -> None:
    """As a digest in a cause and an action that were entered: it would run over the columns beside it."""
    digests = {"cause": "9f3c" * 16, "action": "7e2b" * 16}
    entries = tuple(
        replace(one, values={**one.values, **digests}) if one.register == "plan" else one for one in report.entries
    )
    page = render(replace(report, entries=entries))
    page = re.sub(r'<section id="objectifs".*?(?=</main>)', "", page, flags=re.DOTALL)
    words = words_of_pdf(page, tmp_path)
    assert any(word.startswith("9f3c9f3c") for word in words)
    assert any(word.startswith("7e2b7e2b") for word in words)
    assert not set(digests.values()) & set(words)


def words_of_pdf(page: str, folder: Path) -> list[str]:
    (folder / "a.csv").write_text("a\n")
    path = folder / "one.pdf"
    path.write_bytes(render_pdf(page, {"a.csv": folder / "a.csv"}, AT))
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, timeout=60).stdout.decode().split()
