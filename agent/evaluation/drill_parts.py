"""What exercises share: the look by which they open a copy, how they end early, and their entries in the registers."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.errors import LedgerFull, UsageError
from agent.core.files import shown
from agent.core.inventory import Copy
from agent.core.reason import Reason
from agent.evaluation.session import Session
from agent.register.kept import add
from agent.restores.exercise import Drill, ExerciseOutcome, ExerciseRequest, RestorePlan


def exercise_look(session: Session, copy: Copy) -> Look:
    """Return the look by which an exercise opens a copy, with a cache of its own that is empty."""
    context = session.context
    cache = context.folder / "cache" / f"drill-{hashlib.sha256(copy.subject.encode()).hexdigest()[:16]}"
    # As on the day of a disaster: what an earlier exercise fetched would hide what is no longer there.
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Look(
        now=session.clock.now(),
        here=context.here,
        host=context.host,
        timeout=context.timeout,
        folder=cache,
        previous=context.previous(copy.program.listing, copy.subject),
        last_look=context.previous,
    )


def failed(request: ExerciseRequest, begun: datetime, reason: Reason, detail: str = "") -> Drill:
    """Return an exercise in which nothing came back, and nothing hindered it."""
    return Drill(request=request, begun=begun, ending=ExerciseOutcome.FAILED, reason=reason, detail=detail)


def unproven(request: ExerciseRequest, begun: datetime, reason: Reason, detail: str) -> Drill:
    """Return an exercise of which nothing is known."""
    return Drill(request=request, begun=begun, ending=ExerciseOutcome.UNPROVEN, reason=reason, detail=detail)


def without_room(request: ExerciseRequest, begun: datetime, folder: Path, need: int) -> Drill | None:
    """Return an exercise that cannot begin, since so many bytes have no room in a folder; None: they have."""
    room = shutil.disk_usage(folder).free
    if need <= room:
        return None
    return unproven(request, begun, Reason.NO_ROOM, f"{need} bytes are needed in {shown(folder)}, {room} are free")


def agreed_entry(
    session: Session,
    request: ExerciseRequest,
    begun: datetime,
    plan: RestorePlan,
    agreed: Callable[[RestorePlan], bool],
) -> str:
    """Enter a restore that is confirmed, before its first byte; return the entry's id. Raises UsageError and more."""
    if not agreed(plan):
        raise UsageError("the exercise was not confirmed: nothing was restored", "answer y, or give no terminal")
    return entry_of(session, "restore", request, begun)


def entry_of(session: Session, register: str, request: ExerciseRequest, begun: datetime, *more: str) -> str:
    """Enter an exercise in a register; return the entry's id. Raises LedgerFull, EntryRefused."""
    if session.ledger is None:
        raise LedgerFull(f"nothing can be entered: {session.not_kept}", "make room there")
    words = [f"performed={begun.isoformat()}", f"backup={request.copy.backup}", f"author={request.author}", *more]
    if register == "restore":
        words.append(f"reason={request.reason}")
    return add(session.ledger, register, words, session.configuration, session.clock.now())
