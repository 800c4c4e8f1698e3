"""`beffroi verify`: verify off-site copies as far as the budget allows."""

import json as json_text
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.core.facts.installed_programs import STORE, renewal
from agent.core.facts.verification import STORE_OUTDATED, Verification, VerificationOutcome, verification_of
from agent.core.inventory import Copy, Inventory
from agent.core.reason import Reason

if TYPE_CHECKING:
    from agent.evaluation.round import Round
    from agent.evaluation.tasks import Task

SCHEMA = "beffroi.verify/1"


def register(app: typer.Typer) -> None:
    """Add `verify`."""

    @app.command()
    def verify(
        copies: Annotated[list[str] | None, typer.Argument(help="BACKUP or BACKUP/COPY. Default: all.")] = None,
        everything: Annotated[bool, typer.Option("--all", help="Read every byte, without a budget.")] = False,
        budget: Annotated[str | None, typer.Option(help="Read at most this much, such as 20GiB.")] = None,
        json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Verify the integrity of the off-site copies, oldest-verified first."""
        from agent.config.values import read_size
        from agent.core.errors import UsageError

        try:
            size = None if budget is None else read_size(budget)
        except ValueError as error:
            raise UsageError(f"--budget: {budget!r:.60} {error}", "write a size such as 20GiB") from error
        if everything and size is not None:
            raise UsageError("--all and --budget exclude each other", "leave one of them out")
        done = verify_copies(configuration_path(config), copies or [], everything=everything, budget=size)
        sys.stdout.write(document(done) if json else "".join(f"{line(one)}\n" for one in done))
        raise typer.Exit(exit_code(done))


def verify_copies(
    path: Path, names: Sequence[str], *, everything: bool, budget: int | None
) -> tuple[Verification, ...]:
    """Verify some copies (none named: every off-site one), keep and return each result."""
    from agent.cli.interrupt import end_programs_when_interrupted
    from agent.cli.progress import progress
    from agent.core.errors import UsageError
    from agent.evaluation.round import Round
    from agent.evaluation.session import open_session
    from agent.evaluation.tasks import run_task, tasks_of

    end_programs_when_interrupted()
    with open_session(path) as session:
        chosen = copies_named(session.inventory, names)
        if not chosen:
            raise UsageError("no copy is off site: there is nothing to verify", "name one: beffroi verify BACKUP/COPY")
        allowed = None if everything else budget or session.configuration.schedule.verify_budget
        turn = Round(session)
        subjects = {copy.subject: copy for copy in chosen}
        done = []
        with progress() as begin:
            todo = [
                task for task in tasks_of(session.registry, session.inventory, "verify") if task.subject in subjects
            ]
            for task in oldest_first(todo, turn):
                reading = run_task(task, session.context, budget=allowed, progress=begin(task.subject))
                turn.take(reading)
                done.append(verification_of(subjects[task.subject], reading))
                if allowed is not None:
                    allowed = max(1, allowed - done[-1].bytes_read)
        concerned = subjects.keys() | {copy.backup for copy in chosen}
        turn.judge([one for one in session.wanted if one.key.subject in concerned])
        if turn.not_kept is not None:
            typer.echo(f"not kept: {turn.not_kept}", err=True)
        inventory = session.configuration.inventory
        for hint in (*renewals(done, inventory), *passwords(done, inventory)):
            typer.echo(hint, err=True)
    return tuple(done)


def renewals(done: Sequence[Verification], inventory: Inventory) -> Iterator[str]:
    """Yield the command that renews each outdated store program, once a host."""
    names = {f"{one.backup}/{one.copy}" for one in done if STORE_OUTDATED in one.remarks}
    stores = (copy.store for copy in inventory.copies if copy.subject in names)
    for id in sorted({store.host for store in stores if store is not None}):
        yield f"hint: {STORE.name} on {id} is outdated; renew it with: {renewal(STORE, inventory.host(id))}"


def passwords(done: Sequence[Verification], inventory: Inventory) -> Iterator[str]:
    """Yield the file whose password did not open a copy, once a copy."""
    from agent.wording.inert import inert

    refused = {f"{one.backup}/{one.copy}" for one in done if one.reason is Reason.WRONG_PASSWORD}
    for copy in inventory.copies:
        if copy.subject in refused and copy.password_file is not None:
            yield f"hint: put the password of {copy.subject} into its password_file, {inert(str(copy.password_file))}"


def copies_named(inventory: Inventory, names: Sequence[str]) -> tuple[Copy, ...]:
    """Return the copies that some names mean; no name: every off-site copy. Raises UsageError."""
    from agent.cli.narrowing import unknown

    if not names:
        return tuple(copy for copy in inventory.copies if copy.offsite)
    known = {copy.subject for copy in inventory.copies} | {backup.id for backup in inventory.backups}
    for name in names:
        if name not in known:
            raise unknown("backup or copy", name, known)
    return tuple(copy for copy in inventory.copies if copy.subject in names or copy.backup in names)


def oldest_first(todo: "Sequence[Task]", turn: "Round") -> "list[Task]":
    """Return the verifications in the order in which they are most needed: never done, then the longest ago."""

    def last_done(task: "Task") -> datetime:
        seen = turn.seen(*task.name)
        return seen.observation.ended if seen and seen.observation else datetime.min.replace(tzinfo=UTC)

    return sorted(todo, key=last_done)


def exit_code(done: Sequence[Verification]) -> int:
    """Return 0 where every copy is sound, 1 where damage was found, 3 where it could not be told."""
    outcomes = {one.outcome for one in done}
    if VerificationOutcome.DAMAGED in outcomes:
        return 1
    return 3 if VerificationOutcome.UNPROVEN in outcomes or not done else 0


def line(one: Verification) -> str:
    """Return the result of one copy, in one line of fields separated by tabs."""
    from agent.wording.inert import inert

    fields = [one.outcome.value, f"{one.backup}/{one.copy}", one.depth or "-", one.reason.value, told(one)]
    return "\t".join(inert(field, 2000) for field in fields)


def told(one: Verification) -> str:
    """Return the numbers of one verification, or what kept it from being made."""
    if one.outcome is VerificationOutcome.UNPROVEN and one.detail:
        return one.detail
    if one.reason is Reason.ABSENT:
        return "its repository or folder is not where it should be"
    stored = "?" if one.bytes_stored is None else str(one.bytes_stored)
    read = f"{one.files_read} files, {one.bytes_read} of {stored} bytes read in {one.seconds:.1f} s"
    if one.outcome is not VerificationOutcome.SOUND:
        read += f", {one.files_verified} files and {one.bytes_verified} bytes of them sound"
    damage = ", ".join(f"{bad.file} ({bad.reason})" for bad in one.damage[:20])
    more = f" and {len(one.damage) - 20} more" if len(one.damage) > 20 else ""
    outdated = f"; {STORE_OUTDATED}" if STORE_OUTDATED in one.remarks else ""
    return f"{read}; {damage}{more}{outdated}" if damage else read + outdated


def document(done: Sequence[Verification]) -> str:
    """Return the contract's JSON, on one line, in ASCII."""
    copies = [
        {
            "backup": one.backup,
            "copy": one.copy,
            "depth": one.depth or "listed",
            "outcome": one.outcome.value,
            "reason": one.reason.value,
            "files_verified": one.files_verified,
            "bytes_verified": one.bytes_verified,
            "bytes_stored": one.bytes_stored,
            "seconds": round(one.seconds, 3),
            "damage": [{"file": bad.file, "reason": bad.reason} for bad in one.damage],
            "remarks": list(one.remarks),
        }
        for one in done
    ]
    return json_text.dumps({"schema": SCHEMA, "copies": copies}) + "\n"
