"""`beffroi report`: the files that it writes, what it says, and how it refuses."""

import csv
import html
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from agent.alert.outbox import Outbox
from agent.cli.invocation import invoke
from agent.core.errors import NoLedger, UsageError
from agent.core.model import State
from agent.publishing import mailings
from agent.report.crosscheck import AlertedState, History
from agent.report.days import Span
from agent.report.pdf import NoPdf
from agent.report.prometheus import NoHistory, PrometheusServer
from agent.report.signing import NotSigned
from tests.parts.one_language import foreign, said_in
from tests.parts.web import certify
from tests.report.year import copied, year

AT = "2027-01-08T12:00:00Z"


@pytest.fixture(scope="module")
def december(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a ledger with some days of December."""
    folder = tmp_path_factory.mktemp("december")
    with year(folder, first=date(2026, 12, 24), loaded=date(2026, 12, 20)):
        return folder


@pytest.fixture
def path(december: Path, tmp_path: Path) -> Iterator[Path]:
    """Return the configuration of a ledger of its own for each test."""
    with copied(december, tmp_path) as filled:
        yield filled.path


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out no page: how that is done has tests of its own, and takes seconds."""

    def quick(page: str, attached: Mapping[str, Path], dated: datetime) -> bytes:
        return f"%PDF {len(page)} {sorted(attached)} {dated:%Y}".encode()

    monkeypatch.setattr("agent.report.pdf.render_pdf", quick)


def report(path: Path, output: Path, *more: str) -> int:
    own = ("--quarter", "--semester", "--month", "--annex")
    quarter = () if any(option in more for option in own) else ("--quarter", "2026-Q4")
    words = ["report", "--config", str(path), "--output", str(output), "--beneficiary", "scota", *quarter, *more]
    with time_machine.travel(AT, tick=False):
        return invoke(words)


def test_it_writes_the_report_and_names_what_it_wrote(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "made" / "here"
    assert report(path, output) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        str(output / "beffroi-scota-2026-Q4.html"),
        str(output / "beffroi-scota-2026-Q4.csv"),
        str(output / "beffroi-scota-2026-Q4-figures.json"),
        str(output / "beffroi-scota-2026-Q4-evidence.zip"),
        str(output / "beffroi-scota-2026-Q4.pdf"),
    ]
    assert "published: edition 1 of 2026-Q4" in said.err
    assert sorted(str(file) for file in output.iterdir()) == sorted(said.out.splitlines())
    rows = list(csv.DictReader(io.StringIO((output / "beffroi-scota-2026-Q4.csv").read_text(encoding="utf-8"))))
    assert {row["beneficiary"] for row in rows} == {"scota"}
    assert (rows[0]["day"], rows[-1]["day"]) == ("2026-10-01", "2026-12-31")


def test_a_second_run_gives_the_same_bytes(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        assert report(path, tmp_path / name) == 0
    for ending in (".html", ".csv", "-figures.json", "-evidence.zip"):
        files = [(tmp_path / name / f"beffroi-scota-2026-Q4{ending}").read_bytes() for name in ("one", "two")]
        assert files[0] == files[1]


def test_the_pdf_of_an_edition_is_kept_and_bound(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(path, tmp_path / "one") == 0
    monkeypatch.setattr("agent.report.pdf.render_pdf", lambda *_: b"%PDF otherwise")
    assert report(path, tmp_path / "two") == 0
    stem = "beffroi-scota-2026-Q4"
    one, two = ((tmp_path / name / f"{stem}.pdf").read_bytes() for name in ("one", "two"))
    assert one == two
    assert invoke(["evidence", "verify", str(tmp_path / "one" / f"{stem}-evidence.zip")]) == 0
    assert f"document {stem}.pdf: as published" in capsys.readouterr().out
    (tmp_path / "one" / f"{stem}.pdf").write_bytes(b"%PDF otherwise")
    assert invoke(["evidence", "verify", str(tmp_path / "one" / f"{stem}-evidence.zip")]) == 1


def test_a_pdf_that_was_made_after_its_edition_is_bound_by_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(page: str, attached: Mapping[str, Path], dated: datetime) -> bytes:
        raise NoPdf("no PDF: WeasyPrint is not installed", "see docs/operating.md")

    with monkeypatch.context() as patch:
        patch.setattr("agent.report.pdf.render_pdf", missing)
        with pytest.raises(NoPdf):
            report(path, tmp_path / "made")
    capsys.readouterr()
    assert report(path, tmp_path / "made") == 0
    assert "the evidence of edition 1 does not bind it" in capsys.readouterr().err
    assert invoke(["evidence", "verify", str(tmp_path / "made" / "beffroi-scota-2026-Q4-evidence.zip")]) == 3
    assert "beffroi-scota-2026-Q4.pdf: this bundle binds no such document" in capsys.readouterr().out


def test_a_report_for_everybody_is_the_page_alone(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(path, tmp_path / "public", "--public") == 0
    assert sorted(file.name for file in (tmp_path / "public").iterdir()) == [
        "beffroi-scota-2026-Q4-public.html",
        "beffroi-scota-2026-Q4-public.pdf",
    ]
    assert "[]" in (tmp_path / "public" / "beffroi-scota-2026-Q4-public.pdf").read_text()
    assert "srv-1" not in (tmp_path / "public" / "beffroi-scota-2026-Q4-public.html").read_text(encoding="utf-8")
    assert "they are left out of a public report" in capsys.readouterr().err


def test_a_report_without_its_pdf_says_so_last_and_is_made(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(page: str, attached: Mapping[str, Path], dated: datetime) -> bytes:
        raise NoPdf("no PDF: WeasyPrint is not installed", "see docs/operating.md")

    monkeypatch.setattr("agent.report.pdf.render_pdf", missing)
    with pytest.raises(NoPdf):
        report(path, tmp_path / "made")
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == len(list((tmp_path / "made").iterdir())) == 4
    assert "published: edition 1 of 2026-Q4" in said.err
    assert NoPdf.exit_code == 2


@pytest.mark.parametrize("quarter", ["2026-Q5", "2026Q4", "nonsense", "2031-Q1"])
def test_what_is_no_quarter_that_is_known_is_refused(path: Path, tmp_path: Path, quarter: str) -> None:
    with pytest.raises(UsageError):
        report(path, tmp_path / "made", "--quarter", quarter)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("option", "text", "stem"),
    [
        ("--semester", "2026-S2", "beffroi-scota-2026-S2"),
        ("--month", "2026-12", "beffroi-scota-2026-12"),
        ("--annex", "2026", "beffroi-scota-2026-annex"),
    ],
)
def test_another_document_is_written_beside_its_table_and_nothing_is_published(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, text: str, stem: str
) -> None:
    output = tmp_path / "made"
    assert report(path, output, option, text) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [str(output / f"{stem}{ending}") for ending in (".html", ".csv", ".pdf")]
    assert said.err == ""
    assert f"['{stem}.csv'] 2026" in (output / f"{stem}.pdf").read_text()
    assert not (tmp_path / "state" / "reports").exists()
    assert report(path, tmp_path / "public", option, text, "--public") == 0
    names = sorted(file.name for file in (tmp_path / "public").iterdir())
    assert names == [f"{stem}-public.html", f"{stem}-public.pdf"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--quarter", "2026-Q4", "--month", "2026-12"), "--quarter and --month given"),
        (("--semester", "2026-S3"), "not a half-year"),
        (("--month", "2026-13"), "not a month"),
        (("--annex", "26"), "not a year"),
        (("--month", "2026-12", "--edition", "1"), "only a quarter's report has editions"),
        (("--month", "2031-01"), "no day of 2031-01 is over yet"),
    ],
)
def test_a_period_that_is_none_or_not_the_only_one_is_refused(
    path: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        report(path, tmp_path / "made", *words)
    assert not (tmp_path / "made").exists()


def test_an_english_report_stands_beside_the_french_one(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made"
    assert report(path, made, "--language", "en") == 0
    stem = "beffroi-scota-2026-Q4"
    assert capsys.readouterr().out.splitlines() == [
        str(made / f"{stem}{ending}")
        for ending in (".html", ".csv", "-figures.json", "-evidence.zip", "-en.html", ".pdf", "-en.pdf")
    ]
    assert '<html lang="fr">' in (made / f"{stem}.html").read_text(encoding="utf-8")
    english = (made / f"{stem}-en.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in english
    assert "Translation of edition 1; the French text prevails." in english
    free = [f"{stem}-figures.json", f"{stem}.csv"]
    for ending in (".pdf", "-en.pdf"):
        assert str(sorted(free)) in (made / f"{stem}{ending}").read_text()


def test_a_public_report_in_english_has_a_name_of_its_own(path: Path, tmp_path: Path) -> None:
    assert report(path, tmp_path / "made", "--language", "en", "--public") == 0
    stem = "beffroi-scota-2026-Q4"
    assert sorted(file.name for file in (tmp_path / "made").iterdir()) == [
        f"{stem}-en-public.html",
        f"{stem}-en-public.pdf",
        f"{stem}-public.html",
        f"{stem}-public.pdf",
    ]
    english = (tmp_path / "made" / f"{stem}-en-public.html").read_text(encoding="utf-8")
    assert "srv-1" not in english
    assert "public version" in english


def test_a_site_that_reads_english_gets_the_english_report_too(path: Path, tmp_path: Path) -> None:
    path.write_text(path.read_text().replace("[agent]\n", '[agent]\nlanguage = "en"\n'))
    assert report(path, tmp_path / "both", "--draft") == 0
    assert (tmp_path / "both" / "beffroi-scota-2026-Q4-en.html").exists()
    assert report(path, tmp_path / "french", "--draft", "--language", "fr") == 0
    assert not (tmp_path / "french" / "beffroi-scota-2026-Q4-en.html").exists()


def test_an_edition_of_old_has_no_english_page_and_says_so(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("agent.publishing.edition_folder.ENGLISH_PAGE", "report.html")
    assert report(path, tmp_path / "first") == 0
    monkeypatch.undo()
    monkeypatch.setattr("agent.report.pdf.render_pdf", lambda *_: b"%PDF")
    with pytest.raises(UsageError, match="edition 1 of 2026-Q4 was published without an English page"):
        report(path, tmp_path / "made", "--language", "en")
    assert not (tmp_path / "made").exists()
    path.write_text(path.read_text().replace("[agent]\n", '[agent]\nlanguage = "en"\n'))
    assert report(path, tmp_path / "made") == 0
    assert "without an English page: the French one alone is given" in capsys.readouterr().err


def test_another_document_has_an_english_copy_beside_it(path: Path, tmp_path: Path) -> None:
    assert report(path, tmp_path / "made", "--month", "2026-12", "--language", "en") == 0
    stem = "beffroi-scota-2026-12"
    made = {file.name for file in (tmp_path / "made").iterdir()}
    assert made == {f"{stem}.html", f"{stem}.csv", f"{stem}-en.html", f"{stem}.pdf", f"{stem}-en.pdf"}
    assert 'lang="en"' in (tmp_path / f"made/{stem}-en.html").read_text()


def test_no_period_at_all_is_refused(path: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no period given") as raised:
        invoke(["report", "--config", str(path), "--output", str(tmp_path / "made"), "--beneficiary", "scota"])
    assert "--quarter, --semester, --month, --annex" in (raised.value.hint or "")


def test_a_folder_that_cannot_be_written_in_is_told_before_anything_is_made(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    asked: list[object] = []
    monkeypatch.setattr("agent.cli.report.prepare_pdf", lambda *given: asked.append(given))
    with pytest.raises(UsageError, match="cannot write in"):
        report(path, tmp_path / "file")
    assert asked == []


def plain(page: Path) -> str:
    """Return a page with common spaces and apostrophes."""
    return " ".join(html.unescape(page.read_text()).replace("’", "'").split())


def test_what_prometheus_heard_is_told_and_changes_no_byte(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 28 to 31 December it heard that a machine's patches were missed; the report says that they were in time."""
    days = {date(2026, 12, day): AlertedState(worst=State.MISSED, whole=True) for day in range(28, 32)}
    asked = []

    def heard(where: PrometheusServer, beneficiary: str, span: Span, zone: ZoneInfo) -> History:
        asked.append((where.name, beneficiary, span, zone.key))
        return {("patching", "srv-1"): days}

    monkeypatch.setattr("agent.report.prometheus.history", heard)
    assert report(path, tmp_path / "one") == 0
    assert report(path, tmp_path / "two", "--prometheus", "http://127.0.0.1:9090") == 0
    said = capsys.readouterr().err
    assert "prometheus: patching srv-1 differs on 4 days: met here, missed there (2026-12-28 and 3 more)\n" in said
    assert "prometheus: 4 days compared, it holds nothing of" in said
    span = Span(first=date(2026, 10, 1), last=date(2026, 12, 31))
    assert asked == [("127.0.0.1:9090", "scota", span, "Europe/Paris")]
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
    page = plain(tmp_path / "two" / "beffroi-scota-2026-Q4-prometheus.html")
    assert "l'édition 1 du rapport trimestriel" in page
    assert "4 jours : du 28 au 31 décembre 2026" in page
    assert "srv-1" in page
    assert list((tmp_path / "two").glob("*-en*")) == []


@pytest.mark.parametrize(("more", "stem"), [((), "-en"), (("--public",), "-en-public")])
def test_the_comparison_with_prometheus_is_in_english_where_asked(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], stem: str
) -> None:
    days = {date(2026, 12, day): AlertedState(worst=State.MISSED, whole=True) for day in range(28, 32)}
    monkeypatch.setattr("agent.report.prometheus.history", lambda *given: {("patching", "srv-1"): days})
    asked = ("--prometheus", "http://metrics.example:9090", "--language", "en", *more)
    assert report(path, tmp_path / "made", *asked) == 0
    assert (tmp_path / "made" / f"beffroi-scota-2026-Q4{stem[3:]}-prometheus.html").exists()
    made = tmp_path / "made" / f"beffroi-scota-2026-Q4{stem}-prometheus.html"
    page = plain(made)
    assert '<html lang="en">' in page
    assert "This page compares, day by day, edition 1 of the quarterly report" in page
    assert ("4 days: from 28 to 31 December 2026" in page) is not bool(more)
    assert ("Subjects that differ, listed in the restricted version: 1." in page) is bool(more)
    assert ("srv-1" in page) is not bool(more)
    own = (
        "Syndicat Mixte du SCOT de l'Arrageois",
        "Communauté Urbaine d'Arras",
        "Délibération n° 588 du 24 septembre 2025",
    )
    assert foreign(said_in(made.read_text()).replace("’", "'"), "en", own) == []


def test_a_provisional_report_holds_what_prometheus_heard(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {date(2026, 12, day): AlertedState(worst=State.MISSED, whole=True) for day in range(28, 31)}
    monkeypatch.setattr("agent.report.prometheus.history", lambda *given: {("patching", "srv-1"): days})
    asked = ("--draft", "--prometheus", "http://metrics.example:9090")
    assert report(path, tmp_path / "made", *asked) == 0
    page = plain(tmp_path / "made" / "beffroi-scota-2026-Q4.html")
    annex = page[page.index('id="preuves"') :]
    assert "Prometheus (serveur metrics.example:9090)" in annex
    assert "3 jours : du 28 au 30 décembre 2026" in annex
    assert not (tmp_path / "made" / "beffroi-scota-2026-Q4-prometheus.html").exists()
    assert report(path, tmp_path / "public", "--public", *asked) == 0
    public = (tmp_path / "public" / "beffroi-scota-2026-Q4-public.html").read_text()
    assert "Prometheus" in public
    assert "metrics.example" not in public


def test_a_prometheus_that_cannot_be_asked_costs_a_line_and_no_report(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def dead(where: PrometheusServer, beneficiary: str, span: Span, zone: ZoneInfo) -> History:
        raise NoHistory("no cross-check: prometheus at x: connection refused", "the report is made without it")

    monkeypatch.setattr("agent.report.prometheus.history", dead)
    assert report(path, tmp_path / "made", "--prometheus", "http://127.0.0.1:9090") == 0
    said = capsys.readouterr()
    assert "no cross-check: prometheus at x: connection refused\nhint: the report is made without it\n" in said.err
    assert len(said.out.splitlines()) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--prometheus", "http://user:S3CRET@x"), "holds a user or a password"),
        (("--prometheus", "nonsense"), "is no address"),
        (("--prometheus", "http://x", "--month", "2026-12"), "only a quarter's days are compared"),
        (("--prometheus-credentials", "x"), "--prometheus-credentials is for --prometheus"),
    ],
)
def test_a_cross_check_that_cannot_be_is_refused_before_anything_is_made(
    path: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as raised:
        report(path, tmp_path / "made", *words)
    assert "S3CRET" not in raised.value.message
    assert not (tmp_path / "made").exists()


def test_no_ledger_is_told_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "beffroi.toml"
    path.write_text(
        f'[agent]\nstate_directory = "{tmp_path / "state"}"\n[[beneficiary]]\nid = "scota"\nname = "SCOTA"\n'
        '[[host]]\nid = "srv-1"\ntransport = "local"\nsite = "arras"\nbeneficiaries = ["scota"]\n'
    )
    with pytest.raises(NoLedger):
        report(path, tmp_path / "made")
    assert not (tmp_path / "state").exists()


def test_an_edition_is_mailed_once_where_that_is_asked_for(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a relay it waits in the outbox, and is not put there a second time."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('id = "scota"\n', 'id = "scota"\nmail = ["a@scota.fr"]\n', 1), encoding="utf-8")
    assert report(path, tmp_path / "made", "--mail") == 0
    assert "edition 1 of 2026-Q4 to a@scota.fr: the relay did not take it yet" in capsys.readouterr().err
    assert report(path, tmp_path / "made", "--mail") == 0
    assert "edition 1 of 2026-Q4 was mailed before: not again" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("own", "asked", "is_enclosed"),
    [("fr", "en", True), ("fr", None, False), ("en", "fr", False)],
)
def test_the_mail_encloses_english_where_the_command_asked_for_it(
    path: Path, tmp_path: Path, own: str, asked: str | None, is_enclosed: bool
) -> None:
    text = path.read_text(encoding="utf-8")
    text = text.replace("[agent]\n", f'[agent]\nlanguage = "{own}"\n', 1)
    path.write_text(text.replace('id = "scota"\n', 'id = "scota"\nmail = ["a@scota.fr"]\n', 1), encoding="utf-8")
    more = () if asked is None else ("--language", asked)
    assert report(path, tmp_path / "made", "--mail", *more) == 0
    reports = mailings.receiver("scota", "report")
    letter = Outbox(tmp_path / "state").next_for(reports, datetime(2027, 1, 9, tzinfo=UTC))
    assert letter is not None
    document = letter.message.document or ""
    assert ("beffroi-scota-2026-Q4-en.html" in document) is is_enclosed
    assert ("la page dont le nom se termine par -en".casefold() in letter.message.body.casefold()) is (
        is_enclosed and own == "fr"
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [((), "scota has no address to mail to"), (("--draft",), "only a published edition"), (("--public",), "only a")],
)
def test_what_cannot_be_mailed_is_refused(path: Path, tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        report(path, tmp_path / "made", "--mail", *more)


def with_seal(path: Path, folder: Path, *, days: int) -> Path:
    """Add what signs the PDF to a configuration; return the certificate."""
    seal = certify(folder, "seal", days=days)
    with path.open("a", encoding="utf-8") as file:
        file.write(f'\n[report]\ncertificate_file = "{seal.certificate}"\nkey_file = "{seal.key}"\n')
    return seal.certificate


def test_a_pdf_is_signed_where_a_certificate_is_configured(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[tuple[bytes, Path]] = []

    def sign(made: bytes, certificate: Path, key: Path, now: datetime) -> bytes:
        signed.append((made, certificate))
        return made + b"signed"

    monkeypatch.setattr("agent.publishing.pdf_pages.sign_pdf", sign)
    certificate = with_seal(path, tmp_path, days=90)
    assert report(path, tmp_path / "made") == 0
    assert (tmp_path / "made" / "beffroi-scota-2026-Q4.pdf").read_bytes().endswith(b"signed")
    assert [one for _, one in signed] == [certificate]


def test_a_pdf_that_cannot_be_signed_is_there_and_says_so(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_seal(path, tmp_path, days=-1)
    with pytest.raises(NotSigned, match=r"the PDF is not signed: \[report\] certificate_file: .* expired on"):
        report(path, tmp_path / "made")
    written = capsys.readouterr().out.splitlines()
    assert str(tmp_path / "made" / "beffroi-scota-2026-Q4.pdf") in written
    assert len(list((tmp_path / "made").iterdir())) == 5
