"""`beffroi report`: a quarter's report as a page, a table and a bundle of evidence, and other documents beside it."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.install import WheelsOption
from agent.cli.options import ConfigOption, configuration_path
from agent.cli.report_files import (
    english_page,
    hand_out,
    hand_out_comparison,
    hand_out_pdf,
    hand_out_pdfs,
    named,
    pdf_maker,
    refuse_unwritable,
    wanted,
)
from agent.core.errors import UsageError
from agent.wording.languages import Language

if TYPE_CHECKING:
    from agent.config.settings import Configuration
    from agent.ledger.ledger import Ledger
    from agent.publishing.reports import ReportFiles, ReportRequest
    from agent.report.further.sheet import Period


def register(app: typer.Typer) -> None:
    """Add `report`."""

    @app.command()
    def report(
        output: Annotated[Path, typer.Option(help="Folder to write to; created if missing.")],
        quarter: Annotated[str | None, typer.Option(help="Quarterly report of this quarter, such as 2026-Q4.")] = None,
        semester: Annotated[str | None, typer.Option(help="The execution report of a half-year: 2026-S1.")] = None,
        month: Annotated[str | None, typer.Option(help="The security indicators of a month: 2026-10.")] = None,
        annex: Annotated[str | None, typer.Option(help="The annex to a year's bill, its storage: 2026.")] = None,
        beneficiary: Annotated[str | None, typer.Option(help="Beneficiary. Default: the only one.")] = None,
        edition: Annotated[int | None, typer.Option(min=1, help="Edition. Default: the newest, or the first.")] = None,
        draft: Annotated[
            bool, typer.Option("--draft", help="Mark every page as a draft; publish, keep and mail nothing.")
        ] = False,
        public: Annotated[bool, typer.Option("--public", help="Leave out every host, account and person.")] = False,
        prometheus: Annotated[
            str | None, typer.Option(help="Compare the quarter's days with this Prometheus server.")
        ] = None,
        prometheus_credentials: Annotated[Path | None, typer.Option(help="File with user:password for it.")] = None,
        language: Annotated[
            Language | None, typer.Option("--language", help="`en`: the report in English, too.")
        ] = None,
        mail: Annotated[
            bool, typer.Option("--mail", help="Mail the edition to its beneficiary, unless it was mailed.")
        ] = False,
        wheels: WheelsOption = None,
        config: ConfigOption = None,
    ) -> None:
        """Write one report: of a quarter (published and kept once it is over), or of another kind."""
        from agent.config.of_agent import load_of_agent
        from agent.core.period import HalfYear, Month, Quarter, Year
        from agent.publishing.reports import ReportRequest
        from agent.report.prometheus import source

        option, text = _only({"--quarter": quarter, "--semester": semester, "--month": month, "--annex": annex})
        if prometheus is None and prometheus_credentials is not None:
            raise UsageError("--prometheus-credentials is for --prometheus", "give --prometheus URL too")
        kinds: dict[str, type[Period]] = {"--semester": HalfYear, "--month": Month, "--annex": Year}
        if option != "--quarter" and (edition is not None or draft):
            raise UsageError("only a quarter's report has editions and drafts", "leave --edition and --draft out")
        if option != "--quarter" and prometheus is not None:
            raise UsageError("only a quarter's days are compared", "leave --prometheus out")
        if mail and (draft or public):
            raise UsageError("only a published edition is mailed", "leave --draft and --public out")
        asked_for = kinds.get(option, Quarter).parse(text)
        if option != "--quarter" or prometheus is not None:
            load_of_agent(configuration_path(config))
        # Before the minute that the first PDF takes.
        refuse_unwritable(output)
        prepare_pdf(wheels, configuration_path(config))
        if not isinstance(asked_for, Quarter):
            translated = wanted(configuration_path(config), language) is not False
            _further(configuration_path(config), asked_for, output, beneficiary, public=public, english=translated)
            return
        server = None if prometheus is None else source(prometheus, prometheus_credentials)
        asked = wanted(configuration_path(config), language)
        wish = ReportRequest(
            quarter=asked_for,
            beneficiary=beneficiary,
            edition=edition,
            draft=draft,
            server=server,
            pdf=pdf_maker(configuration_path(config), public=public, english=asked is not False),
        )
        with made(configuration_path(config), wish) as found:
            files = named(found, public=public)
            english = english_page(found, public=public, asked=asked)
            hand_out(output, files | english)
            translated = asked is not False
            hand_out_comparison(configuration_path(config), output, found, public=public, english=translated)
            for line in (*remarks(found, public=public), *compared(found)):
                typer.echo(line, err=True)
            if mail:
                mail_edition(configuration_path(config), found, english=translated)
            # Last: where it cannot be made, everything else is there, and the exit code says so.
            pages = {name: file for name, file in (files | english).items() if file.suffix == ".html"}
            hand_out_pdfs(configuration_path(config), output, found, pages, public=public)


def mail_edition(path: Path, found: "ReportFiles", *, english: bool) -> None:
    """Mail a published edition to its beneficiary, once; `english`: with its translation.

    Raises UsageError where there is none, or no address.
    """
    from agent.alert.outbox import Outbox
    from agent.core.clock import SystemClock
    from agent.ledger import editions
    from agent.publishing import mailings

    if found.edition is None:
        raise UsageError(f"{found.quarter} is not over: nothing is mailed of it", "leave --mail out until it is")
    with opened_for_mail(path) as (configuration, ledger, now):
        reader = next(one for one in configuration.inventory.beneficiaries if one.id == found.beneficiary)
        if not reader.mail:
            raise UsageError(f"{reader.id} has no address to mail to", 'give [[beneficiary]] mail = ["…"]')
        known = ledger.ask(lambda kept: editions.read(kept, reader.id))
        edition = next(one for one in known if (one.quarter, one.number) == (str(found.quarter), found.edition))
        outbox = Outbox(configuration.agent.state_directory)
        if not mailings.keep_report(configuration, ledger, outbox, reader, edition, now, english=english):
            typer.echo(f"edition {found.edition} of {found.quarter} was mailed before: not again", err=True)
            return
        sent = mailings.send_now(configuration, reader, SystemClock())
        said = "mailed" if sent else "the relay did not take it yet: the daemon tries again each hour"
        typer.echo(f"edition {found.edition} of {found.quarter} to {', '.join(reader.mail)}: {said}", err=True)


def _only(asked: Mapping[str, str | None]) -> tuple[str, str]:
    """Return the one option that was given, and its text. Raises UsageError."""
    given = [(option, text) for option, text in asked.items() if text is not None]
    if len(given) != 1:
        what = " and ".join(option for option, _ in given) or "no period"
        raise UsageError(f"{what} given: one report is on one period", f"give one of {', '.join(asked)}")
    return given[0]


def _further(
    path: Path, period: "Period", output: Path, beneficiary: str | None, *, public: bool, english: bool
) -> None:
    """Write another document than a quarter's report, and name its files; `english`: a translation, too."""
    from agent.evaluation.past_days import books_of, settle
    from agent.report.further.making import make

    with opened(path) as (configuration, ledger, now):
        settle(ledger, books_of(configuration, ledger), now, final=False)
        document = make(configuration, ledger, period, beneficiary, now, public=public)
        stem = f"{document.stem}-public" if public else document.stem
        pages = {stem: document.page}
        if english:
            copy = make(configuration, ledger, period, beneficiary, now, public=public, language="en")
            pages[f"{stem}-en"] = copy.page
    contents = {f"{name}.html": page for name, page in pages.items()}
    contents |= {} if public else {f"{stem}.csv": document.table}
    with tempfile.TemporaryDirectory(prefix="beffroi-report-") as folder:
        files = {name: Path(folder) / name for name in contents}
        for name, content in contents.items():
            files[name].write_text(content, encoding="utf-8")
        hand_out(output, files)
        if not document.over:
            typer.echo(f"provisional: {period} is not over", err=True)
        for name in pages:
            hand_out_pdf(path, output, name, files, period.last)


@contextmanager
def opened_for_mail(path: Path) -> "Iterator[tuple[Configuration, Ledger, datetime]]":
    """Give the configuration, the ledger that holds the editions, and what time it is."""
    from agent.cli.centre import is_centre, opened_own

    if is_centre(path):
        with opened_own(path) as (configuration, ledger, clock):
            yield configuration, ledger, clock.now()
        return
    with opened(path) as found:
        yield found


@contextmanager
def opened(path: Path) -> "Iterator[tuple[Configuration, Ledger, datetime]]":
    """Give the configuration, the ledger, and what time it is. Raises UsageError, LedgerError."""
    from agent.config.of_agent import load_of_agent
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.ledger.ledger import Ledger

    configuration = load_of_agent(path)
    directory = configuration.agent.state_directory
    take_identity(directory, writing=True)
    clock = SystemClock()
    # A ledger that is not there is told, never made: it would have nothing to report.
    Ledger.open(directory, clock=clock, readonly=True).close()
    with Ledger.open(directory, clock=clock) as ledger:
        yield configuration, ledger, clock.now()


@contextmanager
def made(path: Path, wish: "ReportRequest") -> "Iterator[ReportFiles]":
    """Give the report that was asked for, at a centre over all of its agents. Raises UsageError, LedgerError."""
    from agent.cli.centre import is_centre, opened_reading
    from agent.publishing.reports import published

    if is_centre(path):
        with (
            opened_reading(path) as (configuration, ledger, clock, reading),
            published(configuration, ledger, wish, clock.now(), reading) as found,
        ):
            yield found
        return
    with opened(path) as (configuration, ledger, now), published(configuration, ledger, wish, now) as found:
        yield found


def prepare_pdf(wheels: Path | None, path: Path) -> None:
    """Bring what a PDF and its signature need, the first time, while the rights to do so are still there."""
    from agent.config.load import load
    from agent.installation.pdf import set_up

    signed = load(path, strict=False).report.key_file is not None
    set_up(wheels, lambda line: typer.echo(line, err=True), signed=signed)


def remarks(found: "ReportFiles", *, public: bool) -> Iterator[str]:
    """Yield what is to be known of what was made, beside it."""
    if found.draft:
        yield f"draft of {found.quarter}: nothing was published, kept or mailed"
    elif found.edition is None:
        yield f"provisional: {found.quarter} is not over, and nothing was kept"
    elif found.fresh:
        yield f"published: edition {found.edition} of {found.quarter}"
        yield f"hint: what arrives later takes --edition {found.edition + 1}"
    if public:
        yield "the CSV and the evidence name hosts and persons: they are left out of a public report"


def compared(found: "ReportFiles") -> "Iterator[str]":
    """Yield what Prometheus heard otherwise than the report says, or that it could not be asked."""
    from agent.report.crosscheck import lines

    if found.comparison is not None:
        yield from lines(found.comparison)
