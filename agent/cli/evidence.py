"""`beffroi evidence`: print the newest checkpoint, or check a bundle offline, with no configuration and no ledger."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup
from agent.wording.languages import Language

if TYPE_CHECKING:
    from agent.report.attestations_shown import NamedAttesters
    from agent.report.verifying import Verified

# What a hostile bundle holds may be anything, and as long.
LONGEST = 400
LARGEST_KEY = 256 * 1024


def register(app: typer.Typer) -> None:
    """Add `evidence checkpoint` and `evidence verify`."""
    group = typer.Typer(cls=CommandGroup, no_args_is_help=True, help="Check the evidence behind a report.")
    app.add_typer(group, name="evidence")

    # Without it, typer would take a group of one command for that command.
    @group.callback()
    def evidence_group() -> None:
        """Check the evidence behind a report."""

    @group.command("checkpoint")
    def print_checkpoint(config: ConfigOption = None) -> None:
        """Print the newest signed checkpoint of the ledger's log, cosigned; exit 3 if none was signed yet."""
        note = newest_checkpoint(configuration_path(config))
        if note is None:
            typer.echo("no checkpoint yet: one is signed each time that a day (UTC) is over", err=True)
            raise typer.Exit(3)
        typer.echo(note, nl=False)

    @group.command("page")
    def print_page(
        output: Annotated[Path | None, typer.Option(help="File to write. Default: standard output.")] = None,
        language: Annotated[Language, typer.Option("--language", help="`fr` or `en`.")] = "fr",
    ) -> None:
        """Write a page that verifies a bundle in a browser: one file, which asks no server anything."""
        from agent.config.initial.draft import write_new
        from agent.report.checker.checker_page import checker_page

        page = checker_page(language)
        if output is None:
            typer.echo(page, nl=False)
        else:
            write_new(output, page)

    @group.command("verify")
    def verify_bundle(
        bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The file …-evidence.zip.")],
        fingerprint: Annotated[
            str | None, typer.Option(help="Fingerprint of the agent's key, SHA256:…; another key is damage.")
        ] = None,
        document: Annotated[
            list[Path] | None,
            typer.Option(help="Page, PDF or table of the report; again for each. Default: those beside the bundle."),
        ] = None,
        witness_key: Annotated[
            list[Path] | None,
            typer.Option(help="Verifier key of a witness; again for each. A day that it did not cosign in time: 3."),
        ] = None,
        tsa_ca: Annotated[
            Path | None,
            typer.Option(help="Certificates of the time-stamp authority, PEM. A day that it did not stamp in time: 3."),
        ] = None,
    ) -> None:
        """Verify a bundle and the documents of its report; exit 0 intact, 1 damaged, 3 inconclusive."""
        from agent.report.verifying import EvidenceOutcome, verify

        found = verify(bundle, known(fingerprint), document, attesters(witness_key or [], tsa_ca))
        for line in told(found, fingerprint):
            typer.echo(line)
        with suppress(OSError):  # a folder that may not be entered, as the lines above say
            if not bundle.is_file():
                typer.echo("hint: name the bundle itself, the file …-evidence.zip of the edition", err=True)
        raise typer.Exit(
            {EvidenceOutcome.SOUND: 0, EvidenceOutcome.DAMAGED: 1, EvidenceOutcome.UNPROVEN: 3}[found.outcome]
        )


def attesters(witness_keys: Sequence[Path], tsa_ca: Path | None) -> "NamedAttesters":
    """Return whom a reader of a bundle knows. Raises UsageError for a file that is no key or no certificate."""
    from agent.core.errors import UsageError
    from agent.proving.cosignature import parse_witness_key
    from agent.proving.signed_note import NotANote
    from agent.report.attestations_shown import NamedAttesters

    keys = []
    for path in witness_keys:
        try:
            keys.append(parse_witness_key(_read(path).decode()))
        except (NotANote, UnicodeDecodeError) as error:
            said = error.message if isinstance(error, NotANote) else "not a text"
            raise UsageError(f"{path}: {said}", "beffroi witness --print-key prints a witness's key") from error
    return NamedAttesters(witnesses=tuple(keys), stamped=None if tsa_ca is None else _stamped_by(tsa_ca))


def _read(path: Path) -> bytes:
    from agent.core.errors import LookError, UsageError
    from agent.core.files import read_file

    try:
        return read_file(path, limit=LARGEST_KEY)
    except LookError as error:
        raise UsageError(error.message, "give a file that you can read") from error


def _stamped_by(ca_file: Path) -> "Callable[[str, bytes], datetime]":
    """Return what holds a token to an authority, with openssl."""
    import tempfile

    from cryptography.x509 import load_pem_x509_certificates

    from agent.core.errors import LookError, UsageError
    from agent.hosts.local import LocalHost
    from agent.publishing.timestamps import NotStamped, TokenRefused, hold_to_authority
    from agent.report.attestations_shown import NotAttested

    try:
        load_pem_x509_certificates(_read(ca_file))
    except ValueError as error:
        raise UsageError(f"{ca_file} holds no certificate in PEM", "give the authority's certificate") from error
    here, folder = LocalHost("here"), Path(tempfile.gettempdir())

    def stamped(note: str, token: bytes) -> datetime:
        try:
            return hold_to_authority(here, folder, note, token, ca_file)
        except TokenRefused as error:
            raise NotAttested(str(error)) from error
        except NotStamped as error:
            raise LookError(str(error), "apt-get install openssl") from error

    return stamped


def newest_checkpoint(path: Path) -> str | None:
    """Return the newest checkpoint of a configuration's ledger, cosignatures included; None where none was signed.

    Raises ConfigurationError, NotAllowed, LedgerError, UsageError where there is no ledger.
    """
    from agent.config.of_agent import load_of_agent
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.ledger.attestations import cosigned, read
    from agent.ledger.ledger import Ledger

    directory = load_of_agent(path).agent.state_directory
    take_identity(directory, writing=False)
    with Ledger.open(directory, clock=SystemClock(), readonly=True) as ledger:
        newest = ledger.newest_checkpoint()
        return None if newest is None else cosigned(newest.note, ledger.ask(read))


def known(fingerprint: str | None) -> str | None:
    """Return a fingerprint as it is written here. Raises UsageError for what is none."""
    import re

    from agent.core.errors import UsageError

    if fingerprint is None:
        return None
    plain = fingerprint.strip().rstrip("=")
    if not re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", plain):
        raise UsageError(f"not a fingerprint: {fingerprint[:60]!r}", "write SHA256: and its 43 letters and digits")
    return plain


def _by_event() -> Iterator[str]:
    from agent.core.convention import CLAUSES, CountingRule

    return (target for target, clause in CLAUSES.items() if clause.counted is CountingRule.BY_EVENT)


def _key_changes(found: "Verified") -> Iterator[str]:
    from agent.proving.key_change import fingerprint_of

    for one in found.changes:
        yield f"key {fingerprint_of(one.new)}: follows {fingerprint_of(one.old)}, by a statement of {one.day}"


def told(found: "Verified", fingerprint: str | None) -> Iterator[str]:
    """Yield what was found, the outcome first, each thing on a line of its own."""
    from agent.report.verifying import EvidenceOutcome
    from agent.wording.inert import inert

    about = found.about
    what = ", ".join(inert(about.get(name, "?")) for name in ("beneficiary", "quarter", "edition")) if about else ""
    counts = f"{found.rows} rows, {found.heads} signed days, {found.payloads} payloads"
    yield f"{found.outcome.value}: {what + ': ' if what else ''}{counts}"
    for line in (*found.damage, *found.doubts):
        yield inert(line, LONGEST)
    yield from (inert(line, LONGEST) for line in (*found.attested, *found.limits, *found.derived.lines()))
    for name in found.documents.sound:
        yield f"document {inert(name)}: as published"
    if found.documents.unseen:
        yield f"not seen: {', '.join(map(inert, found.documents.unseen))}"
    if found.figures_held:
        yield "figures: each target's counts, rate and words follow from the rows, those by event included"
    elif found.outcome is EvidenceOutcome.SOUND:
        yield f"not counted again: the figures of targets by event: {', '.join(_by_event())}"
    yield from (inert(line, LONGEST) for line in _key_changes(found))
    if found.fingerprint:
        if fingerprint is None:
            yield f"key {found.fingerprint}: signataire non vérifié"
        elif found.outcome is EvidenceOutcome.SOUND:
            yield f"key {found.fingerprint}: signataire vérifié"
