"""`beffroi evidence`: print the newest checkpoint, or check a bundle offline, with no configuration and no ledger."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup

if TYPE_CHECKING:
    from agent.report.verifying import Verified

# What a hostile bundle holds may be anything, and as long.
LONGEST = 400


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
    ) -> None:
        """Verify a bundle and the documents of its report; exit 0 intact, 1 damaged, 3 inconclusive."""
        from agent.report.verifying import EvidenceOutcome, verify

        found = verify(bundle, known(fingerprint), document)
        for line in told(found, fingerprint):
            typer.echo(line)
        raise typer.Exit(
            {EvidenceOutcome.SOUND: 0, EvidenceOutcome.DAMAGED: 1, EvidenceOutcome.UNPROVEN: 3}[found.outcome]
        )


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
    for name in found.documents.sound:
        yield f"document {inert(name)}: as published"
    if found.documents.unseen:
        yield f"not seen: {', '.join(map(inert, found.documents.unseen))}"
    if found.fingerprint:
        if fingerprint is None:
            yield f"key {found.fingerprint}: signataire non vérifié"
        elif found.outcome is EvidenceOutcome.SOUND:
            yield f"key {found.fingerprint}: signataire vérifié"
