"""`beffroi audit`: read back and authenticate what a seed draws from an off-site copy."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, LanguageOption, configuration_path

if TYPE_CHECKING:
    from agent.core.facts.copy_audit import AuditRequest
    from agent.core.inventory import Copy, Inventory
    from agent.evaluation.session import Session
    from agent.wording.languages import Language

EXIT_CODES = {"sound": 0, "damaged": 1, "unproven": 3}
DRAWS_WORD = "draws"
LONGEST_SEED = 128
MOST_DRAWS = 100_000
SCHEMA = "beffroi.audit-draws/1"


def register(app: typer.Typer) -> None:
    """Add `audit`."""

    @app.command()
    def audit(
        copy: Annotated[
            list[str],
            typer.Argument(
                metavar="[draws] BACKUP/COPY",
                help="The copy. With `draws` before it, print what the seed draws, one a line, and read none of it.",
            ),
        ],
        seed: Annotated[
            str, typer.Option(metavar="HEX", help="The seed that the auditor chose: an even number of hex digits.")
        ],
        draws: Annotated[int, typer.Option(help="How many draws.")] = 460,
        by: Annotated[
            str | None, typer.Option(metavar="NAME", help="Who has the audit made; recorded in the register.")
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
        output: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Write what is printed to this file instead.")
        ] = None,
        config: ConfigOption = None,
        language: LanguageOption = None,
    ) -> None:
        """Read back what a seed draws from a copy and authenticate it; exit 0 sound, 1 damaged, 3 unproven."""
        from agent.cli.interrupt import end_programs_when_interrupted
        from agent.cli.printing import chosen_language
        from agent.core.facts.copy_audit import AuditRequest
        from agent.evaluation.session import open_session

        end_programs_when_interrupted()
        only_draws, name = words(copy)
        hold_to_author(by, only_draws=only_draws)
        seed, draws = read_seed(seed), read_draws(draws)
        with open_session(configuration_path(config), keep=not only_draws) as session:
            declared = session.configuration.inventory
            request = AuditRequest(copy=copy_declared(declared, name), seed=seed, draws=draws, by=by or "")
            if only_draws:
                code, text = 0, drawn_text(session, request, json=json)
            else:
                chosen = chosen_language(language, session.configuration)
                code, text = audited(session, request, chosen, json=json)
        write(text, output)
        raise typer.Exit(code)


def words(given: list[str]) -> tuple[bool, str]:
    """Return whether only the draws are asked for, and the copy's name. Raises UsageError."""
    from agent.core.errors import UsageError

    only_draws = given[0] == DRAWS_WORD
    names = given[1:] if only_draws else given
    if len(names) != 1:
        what = "no copy is named" if not names else f"{len(names)} copies are named"
        raise UsageError(f"{what}: an audit is of one copy", "write: beffroi audit BACKUP/COPY --seed HEX --by NAME")
    return only_draws, names[0]


def hold_to_author(by: str | None, *, only_draws: bool) -> None:
    """Raise UsageError where an audit has no author."""
    from agent.core.errors import UsageError

    if not only_draws and not (by or "").strip():
        raise UsageError("--by is missing: the register keeps who has an audit made", "add --by NAME")


def read_seed(text: str) -> str:
    """Return a seed as lower-case hexadecimal digits. Raises UsageError."""
    from agent.core.errors import UsageError

    plain = text.strip().lower()
    if not plain or len(plain) % 2 or len(plain) > LONGEST_SEED or not set(plain) <= set("0123456789abcdef"):
        raise UsageError(
            f"--seed: {text[:60]!r} is no seed",
            f"write 2 to {LONGEST_SEED} hexadecimal digits, two a byte; of any text: printf TEXT | sha256sum",
        )
    return plain


def read_draws(count: int) -> int:
    """Return how many draws are asked for. Raises UsageError."""
    from agent.core.errors import UsageError

    if not 1 <= count <= MOST_DRAWS:
        raise UsageError(f"--draws: {count} is not from 1 to {MOST_DRAWS}", "460 draws see a loss of 1 % with 99 %")
    return count


def copy_declared(inventory: "Inventory", name: str) -> "Copy":
    """Return the copy of this name. Raises UsageError."""
    from agent.cli.narrowing import unknown

    known = {copy.subject: copy for copy in inventory.copies}
    if name not in known:
        raise unknown("copy", name, known)
    return known[name]


def audited(session: "Session", request: "AuditRequest", language: "Language", *, json: bool) -> tuple[int, str]:
    """Audit a copy, keep its record; return the exit code and what to print."""
    from agent.cli.progress import progress
    from agent.core.facts.copy_audit import audit_document
    from agent.evaluation.copy_audit import audit, keep_audit
    from agent.wording.audit_text import audit_text

    with progress() as begin:
        done = audit(session, request, begin(request.copy.subject))
    text = audit_text(done, language)
    keep_audit(session, done, text)
    return EXIT_CODES[done.outcome.value], audit_document(done) if json else text


def drawn_text(session: "Session", request: "AuditRequest", *, json: bool) -> str:
    """Return what the seed draws, one a line or as JSON."""
    import json as json_text

    from agent.evaluation.copy_audit import drawn_by

    found = drawn_by(session, request)
    names = [unit.name for unit in found.units]
    if not json:
        return "".join(f"{name}\n" for name in names)
    values = {
        "schema": SCHEMA,
        "backup": request.copy.backup,
        "copy": request.copy.id,
        "seed": request.seed,
        "draws": request.draws,
        "drawn": names,
    }
    return json_text.dumps(values) + "\n"


def write(text: str, output: Path | None) -> None:
    """Write a record to standard output, or to a file that only its owner and group may read. Raises UsageError."""
    from agent.core.errors import UsageError
    from agent.core.files import shown
    from agent.core.replacing import OF_GROUP, replace_file

    if output is None:
        sys.stdout.write(text)
        return
    try:
        replace_file(output, (text.encode(),), OF_GROUP)
    except OSError as error:
        why = (error.strerror or "refused").lower()
        raise UsageError(f"cannot write {shown(output)}: {why}", "name a file that you may write") from error
