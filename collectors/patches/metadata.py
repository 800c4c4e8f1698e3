"""The lists on a machine: which suites bring security updates, until when they may be believed, what they offer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent.core.errors import Denied, Exited, Missing, TimedOut, Unreadable
from agent.core.host import Command, Host
from agent.core.lines import last_line
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from agent.hosts.evidence import hold_to
from collectors.patches import coverage, index, release, targets
from collectors.patches.index import Offers
from collectors.patches.installed import Installed, native_of
from collectors.patches.release import SuiteIndex
from collectors.patches.targets import IndexTarget

# Ubuntu's suites bear no Valid-Until; Debian's security suite is signed for a week, so a week it is.
WITHOUT_END = timedelta(days=7)
# Whatever an archive says, lists older than the objective itself (31 days) show nothing about it.
LONGEST = timedelta(days=31)
AHEAD = timedelta(minutes=5)
LABEL = "a mirror must keep Label: Debian-Security, or Ubuntu's Origin and Suite"
RELEASE_LIMIT = 16 * 1024 * 1024

SOURCE = "patch.security_source"
FRESH = "patch.metadata"
INDEX = "patch.index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """One list of a security suite as it was read: what it offers, and when its archive signed it."""

    name: str
    date: datetime
    offers: Offers


@dataclass(slots=True, kw_only=True)
class Metadata:
    """What the lists of one machine show; `subscribed` to Ubuntu's ESM. Without `apt_answers`, nothing."""

    offerings: list[Offering] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    fresh_until: datetime | None = None
    subscribed: bool = False
    apt_answers: bool = True

    @property
    def date(self) -> datetime | None:
        """Return the date of the oldest list that was read; None: no list was, or one could not be."""
        return None if self.gaps else min((one.date for one in self.offerings), default=None)


def look_at(
    host: Host, subject: str, codename: str, installed: Installed, *, now: datetime, timeout: timedelta
) -> Metadata:
    """Return what the lists show. Raises ToolMissing and the host's own errors; where apt itself fails, it is a gap."""
    seen = Metadata()
    try:
        listed = _listed(host, subject, timeout)
    except (Exited, TimedOut, Denied, Unreadable) as error:
        seen.gaps.append(Gap(subject=subject, reason=error.reason, detail=error.detail))
        seen.apt_answers = False
        return seen
    signed = dict(_signed(host, subject, listed, seen))
    security = {over: one for over, one in signed.items() if one.security and codename in ("", one.system)}
    suites: dict[str, SuiteIndex] = {}
    for target in listed:
        one = security.get(target.over)
        if one is None:
            continue
        known = suites.get(target.suite)
        suites[target.suite] = one if known is None or known.date < one.date else known
        _offered(host, subject, target, one, seen, timeout)
    seen.subscribed = any(one.extends_support for one in suites.values())
    if not suites:
        seen.gaps += _never_fetched(host, subject, listed, timeout)
    _judge_suites(subject, listed, signed, suites, seen, now, native_of(installed))
    if suites:
        seen.gaps += coverage.uncovered(host, subject, installed, listed, signed, suites, timeout)
    return seen


def _listed(host: Host, subject: str, timeout: timedelta) -> tuple[IndexTarget, ...]:
    command = Command(argv=targets.ARGV, timeout=timeout, accept=None)
    output = host.execute(command)
    if output.status != 0 and b"Permission denied" in output.stderr:
        raise Denied(f"apt on {subject} may not read its own lists with this account: {last_line(output.stderr)}")
    return tuple(targets.parse(hold_to(replace(command, accept=(0,)), output, subject).stdout, subject))


def _signed(
    host: Host, subject: str, listed: tuple[IndexTarget, ...], seen: Metadata
) -> Iterator[tuple[str, SuiteIndex]]:
    """Yield the signed index over each group of lists; one that is there and cannot be read is a gap."""
    for over in dict.fromkeys(target.over for target in listed):
        try:
            found = _release(host, over)
        except (Denied, Unreadable) as error:
            seen.gaps.append(Gap(subject=subject, reason=error.reason, detail=error.detail))
            continue
        if found is not None:
            yield over, found


def _release(host: Host, over: str) -> SuiteIndex | None:
    try:
        return release.parse(host.read(f"{over}InRelease", limit=RELEASE_LIMIT), f"{over}InRelease")
    except Missing:
        pass
    try:
        host.read(f"{over}Release.gpg", limit=RELEASE_LIMIT)
        return release.parse(host.read(f"{over}Release", limit=RELEASE_LIMIT), f"{over}Release", detached=True)
    except Missing:
        return None  # never fetched, or a folder that no one signs: it shows nothing


def _offered(
    host: Host, subject: str, target: IndexTarget, over: SuiteIndex, seen: Metadata, timeout: timedelta
) -> None:
    listed = over.lists.get(target.key)
    if listed is None and not any(name.startswith(f"{target.key}.") for name in over.lists):
        return  # the archive has no such list: a component or an architecture that it lacks
    try:
        offers: Offers = {}
        if listed is None or listed.size:  # apt keeps no file of an empty list
            said = host.run(*index.argv(target.file), timeout=timeout, output_limit=index.LIMIT)
            offers = index.parse(said.stdout, listed, target.file)
    except (Denied, Unreadable) as error:
        seen.gaps.append(Gap(subject=subject, reason=error.reason, detail=error.detail))
        return
    name = f"{target.suite} {target.key}"
    seen.offerings.append(Offering(name=name, date=over.date, offers=offers))
    seen.facts.append(Fact(name=INDEX, subject=subject, value=name, as_of=over.date))


def _judge_suites(
    subject: str,
    listed: tuple[IndexTarget, ...],
    signed: Mapping[str, SuiteIndex],
    suites: Mapping[str, SuiteIndex],
    seen: Metadata,
    now: datetime,
    native: str,
) -> None:
    """Say until when the security suites may be believed, or that there is none, or that no one can tell."""
    unknown = {target.suite for target in listed if target.over not in signed}
    for suite in sorted(unknown - set(suites)):
        if suite.endswith(("-security", "/updates")):
            seen.gaps.append(_not_there(suite, subject))
    if not suites:
        seen.gaps += _unlabelled(subject, listed, signed)
    for suite, one in suites.items():
        until = min(one.valid_until or one.date + WITHOUT_END, one.date + LONGEST)
        if one.date > now + AHEAD:
            detail = f"the signed index of {suite} on {subject} is dated in the future: {one.date:%Y-%m-%d %H:%M} UTC"
            seen.gaps.append(Gap(subject=subject, reason=Reason.STALE_METADATA, detail=detail))
        seen.facts.append(Fact(name=FRESH, subject=subject, value=until, as_of=one.date))
        seen.fresh_until = until if seen.fresh_until is None else min(until, seen.fresh_until)
    if suites and coverage.lacking(listed, suites, {native}):
        seen.facts.append(Fact(name=SOURCE, subject=subject, value=False, as_of=now))
    elif suites:
        seen.facts.append(Fact(name=SOURCE, subject=subject, value=True, as_of=now))
    elif unknown or not listed or seen.gaps:
        detail = f"apt on {subject} has no list of security updates that could be read"
        seen.gaps.append(Gap(subject=subject, reason=Reason.STALE_METADATA, detail=detail))
    else:
        seen.facts.append(Fact(name=SOURCE, subject=subject, value=False, as_of=now))


def _never_fetched(host: Host, subject: str, listed: tuple[IndexTarget, ...], timeout: timedelta) -> Iterator[Gap]:
    """Yield each suite of security updates that the sources name, and of which apt knows nothing yet."""
    said = host.run("sh", "-c", targets.CONFIGURED, timeout=timeout, shown="apt's sources, and what it fetched")
    known = {target.suite for target in listed}
    yield from (_not_there(suite, subject) for suite in targets.never_fetched(said.stdout) if suite not in known)


def _not_there(suite: str, subject: str) -> Gap:
    detail = f"the signed index of {suite} on {subject} is not there: it was never fetched, or was removed"
    return Gap(subject=subject, reason=Reason.STALE_METADATA, detail=detail)


def _unlabelled(subject: str, listed: tuple[IndexTarget, ...], signed: Mapping[str, SuiteIndex]) -> Iterator[Gap]:
    """Yield each suite that the sources call one of security and its index does not: a mirror may sign it anew."""
    named = {one.suite for one in listed if one.over in signed and not signed[one.over].security}
    for suite in sorted(one for one in named if one.endswith("-security")):
        detail = f"the signed index of {suite} on {subject} does not call itself one of security updates: {LABEL}"
        yield Gap(subject=subject, reason=Reason.UNREADABLE, detail=detail)
