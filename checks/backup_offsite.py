"""backup-offsite: each copy's newest point is there, at another site, in the EEA, intact (convention, article 5)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.eea import EEA
from agent.core.facts.copy_audit import COLLECTOR as AUDITS
from agent.core.facts.immutability import COLLECTOR as IMMUTABILITY
from agent.core.facts.restore_samples import CHANGED, SAME, failed_in, sampled_in
from agent.core.facts.restore_samples import COLLECTOR as SAMPLES
from agent.core.facts.verification import verifier_of
from agent.core.inventory import Backup, Copy
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.copy_lag import matched, source_copy
from agent.core.judging.counting import counted_points
from agent.core.judging.immutability import by_protection, hidden_in, promise_needs, promised, shown_by_protection
from agent.core.judging.intact import VERIFICATION_MOVES, VERIFIED_WITHIN, damage_in_look, damage_of_old, verified
from agent.core.judging.recency import recency
from agent.core.judging.terms import Owed, asked_in, terms_of
from agent.core.model import Detail, Finding, Observation, State
from agent.core.places import STANDS, place_needs, placed
from agent.core.points import Point
from agent.core.reached import audited_damage, sibling_damage
from agent.core.reason import Reason

VANISHED_SHOWN = timedelta(days=7)
PROTECTION_SHOWN = timedelta(days=7)
# What did not come back stays told until it does, or its point is gone; readings are kept for a year and more.
SAMPLES_SHOWN = timedelta(days=365)


def needs(question: Question) -> tuple[Need, ...]:
    """Return the list of the copy's points, that of its store's files, and its last verification that succeeded.

    Beside these: where it lies, the points that it is copied from, whether it could be deleted, its last sample.
    """
    copy: Copy = question.item
    verification = Need(
        collector=verifier_of(copy), subject=copy.subject, by_occasion=True, evidence_age=VERIFIED_WITHIN
    )
    points = Need(collector=copy.program.listing, subject=copy.subject)
    store_listing = copy.program.store_listing
    store = (Need(collector=store_listing, subject=copy.subject),) if copy.store is not None and store_listing else ()
    return (points, *store, verification, *_beside(copy, question))


def _beside(copy: Copy, question: Question) -> Iterator[Need]:
    yield from place_needs(copy)
    yield from promise_needs(copy)
    if protection := copy.program.protection:
        yield Need(
            collector=protection,
            subject=copy.subject,
            by_occasion=True,
            evidence_age=PROTECTION_SHOWN,
            optional=not by_protection(copy),
        )
    if copy.sample is not None:
        yield Need(collector=SAMPLES, subject=copy.subject, by_occasion=True, evidence_age=SAMPLES_SHOWN, optional=True)
    source = source_copy(question.inventory.backup(copy.backup))
    if source.subject != copy.subject:
        yield Need(collector=source.program.listing, subject=source.subject, by_occasion=True, optional=True)


def declared(question: Question) -> Iterator[Finding]:
    """Yield what the configuration alone settles: the copy's site and its country."""
    copy: Copy = question.item
    if not copy.offsite:
        others = [other for other in question.inventory.backup(copy.backup).copies if other.offsite]
        if others:
            about = {"other": others[0].subject}
            yield Finding(state=State.NOT_APPLICABLE, reason=Reason.NOT_EXPECTED, about=about)
            return
        yield Finding(state=State.MISSED, reason=Reason.NOT_OFFSITE, about={"copy": copy.subject})
    if copy.country is None:
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about={"key": "country"})
    elif copy.country.upper() not in EEA and not copy.transfer_basis:
        yield Finding(state=State.MISSED, reason=Reason.OUTSIDE_EEA, about={"country": copy.country})


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield the findings on one look: the age of the newest point and what is gone, or what a verification showed."""
    age, program = question.target.evidence_age, question.item.program
    if need.collector == program.listing and need.subject != question.item.subject:
        findings = _copied(seen, question)
    elif need.collector == program.listing:
        findings = _listed(seen, question)
    elif need.collector == program.store_listing:
        findings = _stored(seen, question)
    elif need.collector == program.protection:
        findings = _protected(seen, question)
    elif need.collector == IMMUTABILITY:
        findings = promised(seen, question.item)
    elif need.collector == program.place:
        age = STANDS
        findings = placed(seen, question.item)
    elif need.collector == SAMPLES:
        age = SAMPLES_SHOWN
        findings = _sampled(seen)
    else:
        age = VERIFIED_WITHIN
        findings = verified(seen, question.now, question.first_seen)
    for finding in findings:
        observed = finding.observed_at or seen.ended
        yield replace(finding, observed_at=observed, stands_until=observed + age)


def _listed(seen: Observation, question: Question) -> Iterator[Finding]:
    copy: Copy = question.item
    backup = question.inventory.backup(copy.backup)
    own_limit = copy.limit or timedelta(seconds=question.target.limit or 0)
    limits = {one.id: one.limit + question.allowance for one in copy.sets if one.limit is not None}
    yield recency(
        seen,
        counted_points(backup, seen, question.last_look, whatever_damage=True, parts=backup.parts_of(copy.subject)),
        now=question.now,
        limit=own_limit + question.allowance,
        limits=limits,
        judge_history=False,
        declared_hosts=frozenset(one.snapshot_host for one in question.inventory.backups),
        cluster=copy.cluster,
    )
    present = seen.one("repository.present")
    if present is not None and present.value is False:
        return
    if damaged := seen.named("repository.damaged_snapshot"):
        about: Detail = {"files": len(damaged), "file": f"snapshots/{damaged[0].value}"}
        yield Finding(state=State.MISSED, reason=Reason.DAMAGED, about=about)
    yield from damage_of_old(question.last_look(verifier_of(copy), copy.subject), question.now)
    if files := audited_damage(copy.subject, copy.program, question.last_look):
        about = {"files": len(files), "file": files[0]}
        yield Finding(state=State.MISSED, reason=Reason.DAMAGED, about=about)
    if files := sibling_damage(copy.subject, copy.program, question.last_look, copy.siblings):
        about = {"files": len(files), "file": files[0]}
        yield Finding(state=State.MISSED, reason=Reason.DAMAGED, about=about)
    yield from _under_another_name(question)
    yield from _gone(_vanished(seen, backup, question), seen)


def _gone(points: tuple[Point, ...], seen: Observation) -> Iterator[Finding]:
    """Yield the points that are gone and should not be; those that a delete marker hides are still there."""
    hidden = {one.file.rpartition("/")[2] for one in hidden_in(seen)}
    for reason, found in (
        (Reason.HIDDEN, [point for point in points if point.id in hidden]),
        (Reason.VANISHED, [point for point in points if point.id not in hidden]),
    ):
        if found:
            newest = max(found, key=lambda point: point.time)
            about: Detail = {"points": len(found), "point": newest.id, "newest": newest.time}
            yield Finding(state=State.MISSED, reason=reason, about=about)


def _under_another_name(question: Question) -> Iterator[Finding]:
    """Yield what was wrong with the copy's repository before it was renamed, and was not looked at since."""
    copy: Copy = question.item
    verification = question.formerly(verifier_of(copy), copy.subject)
    if verification is not None:
        yield from damage_in_look(verification)
    audit = question.formerly(AUDITS, copy.subject)
    if audit is not None:
        yield from damage_in_look(audit)
    store = question.formerly(copy.program.store_listing, copy.subject)
    if store is not None:
        yield from _stored(store, question)
    sample = question.formerly(SAMPLES, copy.subject)
    if sample is not None and failed_in(sample):
        yield from _sampled(sample)


def _copied(source: Observation, question: Question) -> Iterator[Finding]:
    """Yield how the copy stands to the repository that it is copied from.

    What has not arrived is told and is no miss by itself: copies are made later in the day, and only of some points.
    """
    copy: Copy = question.item
    own = question.beside(copy.program.listing, copy.subject)
    found = None if own is None else matched(source, own, question.inventory.backup(copy.backup), question.now)
    if own is None or found is None:
        return
    if found.rewritten:
        about: Detail = {"points": len(found.rewritten), "point": found.rewritten[0].id, "source_copy": source.subject}
        yield Finding(state=State.MISSED, reason=Reason.CONTENT_CHANGED, observed_at=own.ended, about=about)
    about = {
        "source_copy": source.subject,
        "arrived": found.arrived,
        "waiting": len(found.waiting),
        "never_arrived": len(found.missing),
    }
    if found.missing:
        about = {**about, "point": found.missing[0].id, "newest_missing": found.missing[0].time}
    yield Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=found.behind.total_seconds(),
        unit="seconds",
        observed_at=min(own.ended, source.ended),
        about=about,
    )


def _protected(seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield whether the copy could be deleted, which no objective forbids, and that a protection was lost, for a week.

    What only took in and now gives way is the first thing that an intruder would arrange: nothing shows then that the
    copy will be there tomorrow, although it was found intact.
    """
    lost = seen.one("repository.append_only.lost")
    if lost is not None and question.now - lost.as_of <= PROTECTION_SHOWN:
        about: Detail = {"lost_at": lost.as_of}
        if isinstance(lost.value, datetime):
            about = {**about, "held_until": lost.value}
        yield Finding(state=State.UNPROVEN, reason=Reason.PROTECTION_LOST, about=about)
    if by_protection(question.item):
        yield shown_by_protection(seen, question.item, question.now, PROTECTION_SHOWN)
    told = seen.one("repository.append_only")
    about = {"append_only": "unknown"}
    if told is not None:
        about = {"append_only": "yes" if told.value is True else "no", "tried_at": told.as_of}
    keys = seen.named("repository.key")
    if keys:
        made = [fact.as_of for fact in keys]
        about = {**about, "keys": len(keys), "oldest_key": min(made), "newest_key": max(made)}
    yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=about)


def _sampled(seen: Observation) -> Iterator[Finding]:
    """Yield what did not come back as it should, else the result of the sample, beside the rest.

    No sample at all is no miss: the convention asks for copies that are verified, and samples are made where the backup
    states a reason for them.
    """
    failed = failed_in(seen)
    if failed:
        worst, _ = failed[0]
        about: Detail = {"failed_samples": len(failed), "since": min(at for _, at in failed)}
        yield Finding(state=State.MISSED, reason=worst.reason, about={**about, "point": worst.point})
        return
    files = sampled_in(seen)
    results = Counter(one.result for one in files)
    broken = sum(one.opening == "broken" for one in files)
    about = {"samples": len(files), "same": results[SAME], "changed_since": results[CHANGED], "do_not_open": broken}
    unread = Counter(one.unread for one in files if one.unread)
    if unread:
        about = {**about, "live_unread": unread.total(), "live_unread_because": unread.most_common(1)[0][0]}
    yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=about)


def _stored(seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what the files of the repository show by their names and sizes alone."""
    present = seen.one("repository.present")
    if present is not None and present.value is False:
        yield Finding(state=State.MISSED, reason=Reason.ABSENT)
        return
    altered = seen.named("store.altered")
    if altered:
        about: Detail = {"files": len(altered), "file": str(altered[0].value)}
        yield Finding(state=State.MISSED, reason=Reason.DAMAGED, about=about)
    missing = [fact for fact in seen.named("store.missing") if question.now - fact.as_of <= VANISHED_SHOWN]
    if missing:
        count = seen.one("store.missing.count")
        told = count.value if count is not None and isinstance(count.value, int) else 0
        about = {"gone_files": max(told, len(missing)), "file": str(missing[0].value)}
        yield Finding(state=State.MISSED, reason=Reason.VANISHED, about=about)


def _vanished(seen: Observation, backup: Backup, question: Question) -> tuple[Point, ...]:
    """Return the backup's points that went away in the last days, and that the retention does not explain."""
    gone = seen.named("backup.point.gone")
    if not gone:
        return ()
    counted = counted_points(backup, seen, question.last_look, parts=backup.parts_of(seen.subject))
    newest = max((one.newest.time for one in counted if one.newest is not None), default=None)
    asked, declared = asked_in(seen), terms_of(backup)
    return tuple(
        fact.value
        for fact in gone
        if isinstance(fact.value, Point)
        and question.now - fact.as_of <= VANISHED_SHOWN
        and _unexplained(
            fact.value, asked.get(fact.value.id) or declared.asked_of(fact.value, fact.as_of - fact.value.time), newest
        )
    )


def _unexplained(point: Point, owed: Owed, newest: datetime | None) -> bool:
    # Between the two terms, points are thinned out: one may go, as long as a newer one stands for it.
    return owed is Owed.KEPT or (owed is Owed.THINNED and (newest is None or newest <= point.time))


CHECK = Check(target="backup-offsite", needs=needs, judge=judge, declared=declared, moving=VERIFICATION_MOVES)
