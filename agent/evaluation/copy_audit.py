"""Audit a copy: read back what a seed draws, authenticate it, and keep the result in the register `audit-draw`.

The audit is entered before anything is looked at and amended with its result, so that one that was cut off, or whose
result did not please, stays on record.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from agent.accounting.audit_draws import LOST, AuditDraws, confidence, draw
from agent.core.collecting.audited import AuditedCopy, AuditUnit, UnitOutcome, UnitReading
from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.errors import Damaged, LedgerError, LedgerFull, LookError, UsageError
from agent.core.facts.copy_audit import (
    COLLECTOR,
    AuditOutcome,
    AuditRequest,
    Bound,
    CopyAudit,
    audit_document,
    damage_look,
)
from agent.core.inventory import Copy
from agent.core.judging.looked_at import FACT as LOOKED_AT
from agent.core.judging.looked_at import target_of
from agent.core.model import Fact, Observation
from agent.core.reason import Reason
from agent.core.replacing import replace_file
from agent.evaluation.round import Round
from agent.evaluation.session import Session
from agent.ledger.ledger import Ledger
from agent.register.reading import read_value
from agent.register.registers import REGISTERS, needed

REGISTER = "audit-draw"
# Reads at once: each waits for the store most of its time.
READERS = 4


def audit(session: Session, request: AuditRequest, progress: Callable[[float], None]) -> CopyAudit:
    """Draw, read, judge and enter. What keeps the copy from being read is told in the answer.

    Raises UsageError, LedgerError and Stopped.
    """
    if session.ledger is None:
        raise LedgerFull(f"no audit without its entry in the register: {session.not_kept}", "make room there")
    request = replace(request, by=_author(session, request.by))
    begun = session.clock.now()
    started = {
        "performed": begun.isoformat(),
        "backup": request.copy.backup,
        "copy": request.copy.id,
        "seed": request.seed,
        "draws": str(request.draws),
        "author": request.by,
        "beneficiary": session.configuration.inventory.backup(request.copy.backup).beneficiary,
    }
    entry = _enter(session.ledger, started, None)
    done = CopyAudit(
        request=request,
        begun=begun,
        ended=begun,
        outcome=AuditOutcome.UNPROVEN,
        reason=Reason.NOT_RUN,
        bound=Bound(lost=LOST, confidence=0.0),
        entry=entry,
    )
    done = replace(_performed(session, done, progress), ended=session.clock.now())
    digest = hashlib.sha256(audit_document(done).encode()).hexdigest()
    result = {"bytes_read": str(done.bytes_read), "outcome": done.outcome.value, "evidence": f"sha256:{digest}"}
    _enter(session.ledger, {**started, **result}, entry)
    _keep_damage(session, session.ledger, done)
    return done


def _keep_damage(session: Session, ledger: Ledger, done: CopyAudit) -> None:
    """Keep the damage that an audit found, and judge by it what rests on that repository. Raises LedgerError."""
    keep_damage(session, ledger, done.request.copy, lambda before: damage_look(done, before))


def keep_damage(
    session: Session, ledger: Ledger, copy: Copy, found: Callable[[Observation | None], Observation | None]
) -> None:
    """Keep what was found damaged, beside what was before, and judge what rests on that repository.

    `found` makes the look, None where nothing is damaged, from the one before. Raises LedgerError.
    """
    inventory = session.configuration.inventory
    target, before = target_of(copy, inventory), session.context.previous(COLLECTOR, copy.subject)
    if target is not None and before is not None and not target.shown_by(before):
        before = None
    look = found(before)
    if look is None:
        return
    if target is not None:
        place = Fact(name=LOOKED_AT, subject=copy.subject, value=target.digest, as_of=look.ended)
        look = replace(look, facts=(place, *look.facts))
    (kept,) = ledger.keep_readings([look])
    if isinstance(kept, LedgerError):
        raise kept
    names = {copy.subject, *copy.siblings}
    concerned = names | {one.backup for one in inventory.copies if one.subject in names}
    Round(session).judge([one for one in session.wanted if one.key.subject in concerned])


def drawn_by(session: Session, request: AuditRequest) -> AuditDraws:
    """Return what a seed draws from a copy; nothing of it is read. Raises a LookError, and Damaged."""
    try:
        with _opened(session, request.copy) as copy:
            return _drawn(copy, request)
    except RepositoryAbsent as error:
        raise LookError(f"{request.copy.subject}: no repository is there: {error}", "see: beffroi verify") from error


def keep_audit(session: Session, done: CopyAudit, text: str) -> Path:
    """Keep an audit's record in the state directory, as JSON and as text, for its owner's eyes; return their folder."""
    folder = session.configuration.agent.state_directory / "audits"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{done.begun:%Y%m%dT%H%M%SZ}-{done.request.copy.backup}-{done.request.copy.id}"
    for suffix, content in (("json", audit_document(done)), ("txt", text)):
        replace_file(folder / f"{name}.{suffix}", (content.encode(),), 0o600)
    return folder


def _performed(session: Session, done: CopyAudit, progress: Callable[[float], None]) -> CopyAudit:
    try:
        with _opened(session, done.request.copy) as copy:
            done = replace(done, version=copy.version)
            found = _drawn(copy, done.request)
            done = replace(
                done,
                drawn=tuple(unit.name for unit in found.units),
                listed=found.listed,
                bytes_listed=found.bytes_listed,
                list_digest=copy.list_digest,
            )
            if not found.units:
                detail = "the copy lists nothing that could be drawn"
                return replace(done, reason=Reason.EMPTY, detail=detail)
            readings = tuple(_read(copy, found.distinct, progress))
            return judged(replace(done, readings=readings), copy.lists_the_same)
    except RepositoryAbsent as error:
        return replace(done, outcome=AuditOutcome.DAMAGED, reason=Reason.ABSENT, detail=str(error))
    except Damaged as error:
        return replace(done, outcome=AuditOutcome.DAMAGED, reason=Reason.DAMAGED, detail=error.message)
    except LookError as error:
        return replace(done, reason=error.reason, detail=error.message)


def judged(done: CopyAudit, lists_the_same: Callable[[], bool]) -> CopyAudit:
    """Return an audit with its outcome, from what was read. Raises a LookError.

    `lists_the_same` is asked where a piece is gone: a prune that ran meanwhile takes pieces away, too.
    """
    every = not done.unread
    seen = Bound(lost=LOST, confidence=confidence(done.request.draws) if every else 0.0)
    if done.missed and all(one.reason is Reason.ABSENT for one in done.missed) and not lists_the_same():
        detail = "the repository was pruned while it was read; audit it again with the same seed"
        gone = tuple(
            replace(one, outcome=UnitOutcome.UNREAD) if one.outcome is UnitOutcome.MISSED else one
            for one in done.readings
        )
        return replace(done, readings=gone, reason=Reason.UNREADABLE, detail=detail)
    if done.missed:
        return replace(done, outcome=AuditOutcome.DAMAGED, reason=done.missed[0].reason, bound=seen)
    if not every:
        first = done.unread[0]
        return replace(done, reason=first.reason, detail=first.detail)
    return replace(done, outcome=AuditOutcome.SOUND, reason=Reason.WITHIN_LIMIT, bound=seen)


def _read(copy: AuditedCopy, units: Sequence[AuditUnit], progress: Callable[[float], None]) -> Iterator[UnitReading]:
    """Yield what reading each piece showed; once one was hindered for good, the others are not tried."""
    hindered: list[UnitReading] = []

    def read(unit: AuditUnit) -> UnitReading:
        if hindered:
            return replace(hindered[0], unit=unit)
        found = copy.read(unit)
        if found.hopeless:
            found = copy.read(unit)  # a link that broke once may be back
        if found.hopeless:
            hindered.append(found)
        return found

    with ThreadPoolExecutor(READERS, thread_name_prefix="audit") as pool:
        try:
            for number, found in enumerate(pool.map(read, units)):
                progress((number + 1) / len(units))
                yield found
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _drawn(copy: AuditedCopy, request: AuditRequest) -> AuditDraws:
    return draw(bytes.fromhex(request.seed), request.draws, copy.units())


@contextmanager
def _opened(session: Session, copy: Copy) -> Iterator[AuditedCopy]:
    """Open a copy with a cache of its own, empty before and removed afterwards: what lies there proves nothing."""
    program, context = session.registry.program(copy), session.context
    if program.audits is None:
        name = copy.program.name
        raise UsageError(f"{copy.subject}: a copy made with {name} cannot be audited by draws", "see: beffroi verify")
    cache = context.folder / "cache" / f"audit-{hashlib.sha256(copy.subject.encode()).hexdigest()[:16]}"
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        look = Look(
            now=session.clock.now(), here=context.here, host=context.host, timeout=context.timeout, folder=cache
        )
        before = context.previous(copy.program.listing, copy.subject)
        pinned = before.one("repository.id") if before is not None else None
        yield program.audits(copy, look, None if pinned is None else str(pinned.value))
    finally:
        shutil.rmtree(cache, ignore_errors=True)


def _author(session: Session, by: str) -> str:
    field = REGISTERS[REGISTER].field("author") or needed("author")
    try:
        return read_value(field, by.strip(), session.configuration.inventory)
    except UsageError as error:
        raise UsageError(f"--by: {error.message}", error.hint) from error


def _enter(ledger: Ledger, values: Mapping[str, str], id: str | None) -> str:
    def made(rows: Iterable[object]) -> list[tuple[Mapping[str, str], str]]:
        return [(values, values["beneficiary"])]

    (kept,) = ledger.enter(REGISTER, made, id=id)
    return kept
