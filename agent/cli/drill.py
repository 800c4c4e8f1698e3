"""`beffroi drill`: a timed restore, recorded in the registers."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path

if TYPE_CHECKING:
    from agent.core.inventory import Copy, Inventory
    from agent.core.looks import LastLook
    from agent.evaluation.session import Session
    from agent.restores.exercise import Drill, ExerciseRequest, RestorePlan

EXIT_CODES = {"ok": 0, "failed": 1, "unproven": 3}


def register(app: typer.Typer) -> None:
    """Add `drill`."""

    @app.command()
    def drill(
        copy: Annotated[
            str,
            typer.Argument(metavar="BACKUP[/COPY]", help="Default: the first off-site copy that counts."),
        ],
        reason: Annotated[str, typer.Option(help="Reason for the restore; recorded in the register.")],
        author: Annotated[str, typer.Option(help="Person responsible; recorded in the register.")],
        full: Annotated[
            bool, typer.Option("--full", help="Restore the whole source, not a sample of its files.")
        ] = False,
        into: Annotated[
            Path | None, typer.Option(metavar="DIR", help="An empty folder for the restored files, which are kept.")
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Restore the newest off-site point, time it, compare it or start its cluster, remove it and record it."""
        from agent.cli.interrupt import end_programs_when_interrupted
        from agent.evaluation.session import open_session
        from agent.restores.exercise import ExerciseRequest

        end_programs_when_interrupted()
        with open_session(configuration_path(config)) as session:
            request = ExerciseRequest(
                copy=restorable(copy_named(session.configuration.inventory, copy, session.context.previous)),
                full=full,
                reason=reason,
                author=author,
                into=None if into is None else into.absolute(),
            )
            done, text, values = carried_out(session, request)
        sys.stdout.write(values if json else text)
        raise typer.Exit(EXIT_CODES[done.ending.value])


def carried_out(session: "Session", request: "ExerciseRequest") -> "tuple[Drill, str, str]":
    """Carry out an exercise and keep its record; return it with its text and its line of JSON."""
    import json
    from functools import partial

    from agent.core.facts.copy_audit import found_damage
    from agent.core.reached import WAL
    from agent.core.reason import Reason
    from agent.evaluation.copy_audit import keep_damage
    from agent.evaluation.drill import drill, entered
    from agent.evaluation.round import Round
    from agent.restores.exercise import record_of, values_of
    from agent.wording.record import record as record_text

    done = drill(session, request, agreed)
    record = record_of(done)
    done = entered(session, done, record)
    text = record_text(done)
    if done.entries:
        keep_record(session, done, record, text)
    if session.ledger is not None:
        files = (*(f"snapshots/{id}" for id in done.damaged), *(f"{WAL}{name}" for name in done.damaged_segments))
        bad, sound = dict.fromkeys(files, Reason.DAMAGED), {f"{WAL}{name}" for name in done.replayed}
        look = partial(found_damage, request.copy, bad, done.begun, session.clock.now(), sound=sound)
        keep_damage(session, session.ledger, request.copy, look)
    backup = session.configuration.inventory.backup(request.copy.backup)
    subjects = (backup.id, backup.beneficiary, *(entry for _, entry in done.entries))
    Round(session).judge([one for one in session.wanted if one.key.subject in subjects])
    return done, text, json.dumps(values_of(done)) + "\n"


def copy_named(inventory: "Inventory", name: str, last_look: "LastLook | None" = None) -> "Copy":
    """Return the copy that a name means. Raises UsageError.

    Of a backup: the first off-site copy that counts for `backup-rpo`; where none does, the first off-site one.
    """
    from agent.cli.narrowing import unknown
    from agent.core.errors import UsageError
    from agent.core.facts.recovery_points import copies_to_restore_from
    from agent.core.looks import no_look
    from agent.core.places import elsewhere

    known = {copy.subject: copy for copy in inventory.copies}
    if name in known:
        return known[name]
    copies = [copy for copy in inventory.copies if copy.backup == name]
    if not copies:
        raise unknown("backup or copy", name, [*known, *(backup.id for backup in inventory.backups)])
    off_site = copies_to_restore_from(inventory.backup(name))
    if not off_site:
        raise UsageError(f"{name}: no copy is off site", f"name the copy to restore from: {copies[0].subject}")
    # One that lies on its source's own machine is lost with it.
    return next(iter(elsewhere(off_site, last_look or no_look)), off_site[0])


def restorable(copy: "Copy") -> "Copy":
    """Return a copy from which this program can restore. Raises UsageError."""
    from agent.core.errors import UsageError

    if copy.program.restores or copy.program.started:
        return copy
    hint = "restore by hand, and enter the test: beffroi register add"
    raise UsageError(f"{copy.subject}: nothing here restores from a copy of {copy.program.name}", hint)


def agreed(plan: "RestorePlan") -> bool:
    """Ask someone at a terminal; elsewhere the command itself is the word."""
    if not sys.stdin.isatty():
        return True
    from agent.wording.inert import inert
    from agent.wording.quantities import size

    what = f"{plan.files} files" if plan.files else "a cluster"
    question = f"restore {what}, {size(plan.bytes, 'en')}, into {inert(str(plan.folder))}?"
    return typer.confirm(question, err=True)


def keep_record(session: "Session", done: "Drill", record: bytes, text: str) -> None:
    """Keep an exercise's record in the state directory, as JSON and as text, for its owner's eyes."""
    from agent.core.replacing import replace_file

    folder = session.configuration.agent.state_directory / "drills"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{done.begun:%Y%m%dT%H%M%SZ}-{done.request.copy.backup}-{done.request.copy.id}"
    for suffix, content in (("json", record), ("txt", text.encode())):
        replace_file(folder / f"{name}.{suffix}", (content,), 0o600)
