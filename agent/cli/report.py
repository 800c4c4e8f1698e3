"""`beffroi report`: the quarterly report, as a page, a table for tools and a bundle of evidence."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path

if TYPE_CHECKING:
    from agent.publish import Made, Wish


def register(app: typer.Typer) -> None:
    """Add `report`."""

    @app.command()
    def report(
        quarter: Annotated[str, typer.Option(help="Such as 2026-Q4.")],
        output: Annotated[Path, typer.Option(help="The folder to write in, made where it is missing.")],
        beneficiary: Annotated[str | None, typer.Option(help="For whom; left out: the only one.")] = None,
        edition: Annotated[int | None, typer.Option(min=1, help="Left out: the newest, or the first.")] = None,
        public: Annotated[bool, typer.Option("--public", help="Leave out every host, account and person.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Write the report of a quarter; the first one after its end is published and kept."""
        from agent.core.period import Quarter
        from agent.publish import Wish

        wish = Wish(quarter=Quarter.parse(quarter), beneficiary=beneficiary, edition=edition)
        with made(configuration_path(config), wish) as found:
            for path in (*write(output, named(found, public=public)), *write_pdf(output, found, public=public)):
                typer.echo(path)
            for line in remarks(found, public=public):
                typer.echo(line, err=True)


@contextmanager
def made(path: Path, wish: "Wish") -> "Iterator[Made]":
    """Give the report that was asked for. Raises UsageError, LedgerError."""
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.identity import take_identity
    from agent.ledger.ledger import Ledger
    from agent.publish import published

    configuration = load(path, strict=False)
    directory = configuration.agent.state_directory
    take_identity(directory, writing=True)
    clock = SystemClock()
    # A ledger that is not there is told, never made: it would have nothing to report.
    Ledger.open(directory, clock=clock, readonly=True).close()
    with Ledger.open(directory, clock=clock) as ledger, published(configuration, ledger, wish, clock.now()) as found:
        yield found


def named(found: "Made", *, public: bool) -> dict[str, Path]:
    """Return the files to hand out by the names that they bear outside."""
    from agent.publish import DAYS, EVIDENCE, PAGE, PUBLIC_PAGE

    stem = f"beffroi-{found.beneficiary}-{found.quarter}"
    if public:
        return {f"{stem}.html": found.folder / PUBLIC_PAGE}
    return {
        f"{stem}.html": found.folder / PAGE,
        f"{stem}.csv": found.folder / DAYS,
        f"{stem}-evidence.zip": found.folder / EVIDENCE,
    }


def write(output: Path, files: Mapping[str, Path]) -> tuple[Path, ...]:
    """Copy some files into a folder, each whole or not at all. Raises UsageError where that cannot be done."""
    from agent.core.errors import UsageError

    written = []
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, source in files.items():
            beside = output / f".{name}.new"
            shutil.copyfile(source, beside)
            beside.replace(output / name)
            written.append(output / name)
    except OSError as error:
        raise UsageError(
            f"cannot write in {output}: {error.strerror}",
            "name a folder that the owner of the state directory may write in",
        ) from error
    return tuple(written)


def write_pdf(output: Path, found: "Made", *, public: bool) -> tuple[Path, ...]:
    """Write the page as a PDF, its table and evidence inside; where it cannot be made, say so and go on."""
    from agent.core.period import day_end
    from agent.report.pdf import NoPdf, render_pdf

    files = named(found, public=public)
    stem = f"beffroi-{found.beneficiary}-{found.quarter}"
    page = files.pop(f"{stem}.html")
    try:
        made = render_pdf(page.read_text(encoding="utf-8"), files, day_end(found.quarter.last))
    except NoPdf as error:
        typer.echo(error.message, err=True)
        typer.echo(f"hint: {error.hint}", err=True)
        return ()
    with tempfile.TemporaryDirectory(prefix="beffroi-pdf-") as folder:
        draft = Path(folder) / "report.pdf"
        draft.write_bytes(made)
        return write(output, {f"{stem}.pdf": draft})


def remarks(found: "Made", *, public: bool) -> Iterator[str]:
    """Yield what is to be known of what was made, beside it."""
    if found.edition is None:
        yield f"provisional: {found.quarter} is not over, and nothing was kept"
    elif found.fresh:
        yield f"published: edition {found.edition} of {found.quarter}"
        yield f"hint: what arrives later takes --edition {found.edition + 1}"
    if public:
        yield "the CSV and the evidence name hosts and persons: they are left out of a public report"
