"""Security updates of a Debian or Ubuntu machine: what waits and since when, the last campaign, restarts, support.

Reads:  dpkg-query; apt-get indextargets, the signed indexes (InRelease) and security lists that it names; apt-cache
        policy, apt-get --simulate upgrade; dpkg.log and its rotations; /proc; needrestart -b as root; os-release;
        distro-info's tables; of a machine that only a console sees, that console's export ([[export]])
Needs:  nothing for most of it, any user may read it; root, the privileged reader or the line for sudo of explain ssh to
        see which programs of others still run replaced code. It takes no lock, refreshes no list and writes nothing
Blind:  does not verify the signature of an index again, apt did when it fetched it; sees no replaced script (Python,
        Perl) without needrestart, nothing installed by other means than dpkg
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from agent.core.ahead import lies_ahead
from agent.core.collecting.collector import Collector, Look
from agent.core.errors import Denied, Exited, Missing, Unreadable
from agent.core.facts.security_updates import PENDING, RELEASE, System
from agent.core.host import Host
from agent.core.inventory import DeclaredHost
from agent.core.model import Fact, Gap, Observation
from agent.core.reason import Reason
from collectors.patches import campaign, console, index, installed, kernel, metadata, pending, policy, support
from collectors.patches.installed import Installed
from collectors.patches.metadata import Metadata
from collectors.patches.pending import OfferedFix, PendingUpdate
from collectors.patches.policy import AptPolicy
from collectors.patches.restarts import restarts
from collectors.patches.versions import Version

OS_RELEASE = "/etc/os-release"
SMALL = 1024 * 1024

# What changes whenever lists are fetched, packages installed, held or pinned, or sources told.
APTS_FILES = (
    "/var/lib/dpkg/status",
    "/var/lib/apt/lists",
    "/etc/apt/sources.list",
    "/etc/apt/sources.list.d",
    "/etc/apt/preferences",
    "/etc/apt/preferences.d",
)

INSTALLED = "patch.installed"
OTHERS = "patch.others"
NOTHING_DUE = "patch.nothing_due"


def collect(machine: DeclaredHost, look: Look) -> Iterator[Fact | Gap]:
    """Yield what one machine owes. Raises ToolMissing where it has no dpkg or apt, and what reaching it raises."""
    if machine.updates.export is not None:
        yield from console.look_at(machine, machine.updates.export, look)
        return
    host = look.host(machine.id)
    packages = installed.parse(host.run(*installed.ARGV, timeout=look.timeout).stdout, machine.id)
    system = support.system_in(host.read(OS_RELEASE, limit=SMALL), machine.id)
    lists = metadata.look_at(host, machine.id, system.codename, packages, now=look.now, timeout=look.timeout)
    yield from lists.facts
    yield from lists.gaps
    yield from _unread(look.previous, lists)
    yield from _updates(host, machine.id, look, packages, lists)
    yield from _campaign(host, machine.id, look, packages)
    yield from restarts(host, machine.id, look, packages)
    yield from _support(host, machine.id, look, system, subscribed=lists.subscribed)


def _updates(host: Host, subject: str, look: Look, packages: Installed, lists: Metadata) -> Iterator[Fact | Gap]:
    policies: Mapping[str, AptPolicy] = {}
    try:
        if lists.apt_answers:
            policies = _policies(host, subject, look, packages)
    except (Exited, Unreadable) as error:
        yield Gap(subject=subject, reason=error.reason, detail=error.detail)
    still = [
        one
        for one in pending.remembered(look.previous, packages, look.now)
        if not pending.withdrawn(one, policies[one.id].offered if one.id in policies and lists.date else ())
    ]
    release = host.read(kernel.RELEASE, limit=SMALL).decode(errors="replace").strip()
    waits = pending.waiting(_offered(look, packages, lists, release), still)
    names = pending.asked(waits)
    if names:
        said = host.run("sh", "-c", pending.SCRIPT, "sh", pending.DOCUMENTATION, *names, timeout=look.timeout)
        waits = pending.dated(waits, said.stdout)
    yield from pending.facts(waits, subject)
    yield Fact(name=INSTALLED, subject=subject, value=installed.digests(packages), as_of=look.now)
    yield from _hindrances(host, subject, look, packages, lists, policies, waits)
    waiting_ids = {one.id for one in waits}
    others = sum(
        1
        for id, one in policies.items()
        if id not in waiting_ids and one.candidate is not None and packages[id].version < one.candidate
    )
    if policies:
        yield Fact(name=OTHERS, subject=subject, value=others, as_of=look.now)
    yield from _nothing_due(subject, look, lists, due=bool(waits or others or not policies))


def _unread(previous: Observation | None, lists: Metadata) -> Iterator[Fact]:
    """Yield the lists that an earlier look read and this one did not: what they lacked then, they lacked then."""
    read = {one.name for one in lists.offerings}
    told = () if previous is None else previous.named(metadata.INDEX)
    yield from (fact for fact in told if fact.value not in read)


def _offered(look: Look, packages: Installed, lists: Metadata, release: str) -> Iterator[OfferedFix]:
    indexes = () if look.previous is None else look.previous.named(metadata.INDEX)
    before = {one.value: one.as_of for one in indexes if not lies_ahead(one.as_of, look.now)}
    remembered = () if look.previous is None else look.previous.named(INSTALLED)
    same = installed.unchanged(packages, str(remembered[0].value)) if remembered else frozenset()
    for offering in lists.offerings:
        beside = kernel.without_metapackage(release, packages, offering.offers)
        for fix in (*index.fixes(packages, offering.offers), *((beside,) if beside else ())):
            date, known = min(offering.date, look.now), before.get(offering.name)
            yield OfferedFix(fix=fix, date=date, before=known, unchanged=fix.package.id in same)


def _policies(host: Host, subject: str, look: Look, packages: Installed) -> Mapping[str, AptPolicy]:
    """Return apt's policy for each installed package, by its id."""
    native = installed.native_of(packages)
    asked = {(one.name if one.architecture in (native, "all") else one.id): id for id, one in packages.items()}
    names = "".join(f"{name}\n" for name in asked).encode()
    said = policy.parse(host.run(*policy.POLICY, stdin=names, timeout=look.timeout).stdout, subject)
    return {asked[name]: one for name, one in said.items() if name in asked}


def _hindrances(
    host: Host,
    subject: str,
    look: Look,
    packages: Installed,
    lists: Metadata,
    policies: Mapping[str, AptPolicy],
    waits: Iterable[PendingUpdate],
) -> Iterator[Fact]:
    """Yield which updates will not come by themselves, and why."""
    security: dict[str, Version] = {}
    for offering in lists.offerings:
        for fix in index.fixes(packages, offering.offers):
            security[fix.package.id] = max(fix.version, security.get(fix.package.id, fix.version))
    upgraded = _upgraded_before(look.previous, lists, waits)
    if upgraded is None and policies and any(not packages[one.id].held for one in waits):
        # It refuses where packages are half installed: what is kept back then cannot be told from what is not.
        with suppress(Exited, Unreadable):
            upgraded = policy.taken(host.run(*policy.UPGRADE, timeout=look.timeout).stdout)
    for one in waits:
        if one.id not in policies:
            continue
        why = policy.hindrance(
            held=packages[one.id].held,
            fix=one.version,
            policy=policies[one.id],
            security=security.get(one.id),
            upgraded=None if upgraded is None else bool({one.id, packages[one.id].name} & upgraded),
        )
        # The next kernel is another package, and without the metapackage nothing asks for it.
        if why == "pinned" and kernel.IMAGE.match(one.id) and one.version not in policies[one.id].offered:
            why = "kept-back"
        if why:
            yield Fact(name=f"{PENDING}.{why}", subject=subject, value=one.kept, as_of=look.now)


def _upgraded_before(
    previous: Observation | None, lists: Metadata, waits: Iterable[PendingUpdate]
) -> frozenset[str] | None:
    """Return what an upgrade takes along as the last look found it, where the same waits by the same lists.

    A simulation is most of what a look costs (2.5 s of CPU with 80 upgrades), and its answer seldom changes.
    """
    if previous is None or {one.as_of for one in previous.named(metadata.INDEX)} != {
        one.date for one in lists.offerings
    }:
        return None
    kept = {one.kept: one.id for one in waits}
    if {fact.value for fact in previous.named(PENDING)} != set(kept):
        return None
    kept_back = {fact.value for fact in previous.named(f"{PENDING}.kept-back")}
    return frozenset(id for one, id in kept.items() if one not in kept_back)


def _nothing_due(subject: str, look: Look, lists: Metadata, *, due: bool) -> Iterator[Fact]:
    """Yield when, by lists of that day, nothing at all was left to install: no campaign was owed before then."""
    fresh = lists.fresh_until is not None and lists.fresh_until > look.now
    if not due and fresh and lists.date is not None:
        yield Fact(name=NOTHING_DUE, subject=subject, value=True, as_of=lists.date)
        return
    before = None if look.previous is None else look.previous.one(NOTHING_DUE)
    if before is not None and not lies_ahead(before.as_of, look.now):
        yield before


def _campaign(host: Host, subject: str, look: Look, packages: Installed) -> Iterator[Fact | Gap]:
    output = host.run(*campaign.ARGV, timeout=look.timeout, output_limit=campaign.LIMIT, accept=None)
    seen = campaign.parse(output.stdout, packages, look.now)
    if campaign.DENIED in output.stderr or output.truncated:
        reason = Reason.DENIED if not output.truncated else Reason.UNREADABLE
        yield Gap(
            subject=subject,
            reason=reason,
            detail=f"{campaign.LOG} on {subject} cannot be read whole; as root: zgrep ' upgrade ' {campaign.LOG}*",
        )
    if seen.readable_since is not None:
        since = seen.readable_since
        yield Fact(name="patch.log", subject=subject, value=since, as_of=since)
    last = seen.last_confirmed
    before = None if look.previous is None else look.previous.one("patch.campaign")
    if before is not None and lies_ahead(before.as_of, look.now):
        before = None
    if last is not None and (before is None or before.as_of < last):
        yield Fact(name="patch.campaign", subject=subject, value=True, as_of=min(last, look.now))
    elif before is not None:  # the log turns; what it showed once stays true
        yield before
    yield Fact(name="patch.upgrades_unconfirmed", subject=subject, value=seen.unconfirmed, as_of=look.now)


def _support(host: Host, subject: str, look: Look, system: System, *, subscribed: bool) -> Iterator[Fact | Gap]:
    """Yield until when the system is supported, by the machine's own table or, where it has none, by the agent's."""
    yield Fact(name=RELEASE, subject=subject, value=system, as_of=look.now)
    if system.distribution in support.TABLES and not system.version:
        yield Fact(name="system.unreleased", subject=subject, value=True, as_of=look.now)
        return
    path = support.TABLES.get(system.distribution, "")
    said = f"nothing here knows how long {system.words} is supported"
    reason = Reason.UNREADABLE
    for where in (host, look.here) if path else ():
        try:
            until = support.supported_until(where.read(path, limit=SMALL), system, subscribed=subscribed)
        except Missing:
            said = f"{said}: distro-info-data is not installed on {subject} nor beside the agent"
            reason = Reason.TOOL_MISSING
            continue
        except (Denied, Unreadable) as error:
            said, reason = error.message, error.reason
            continue
        if until is not None:
            yield Fact(name="system.supported_until", subject=subject, value=until, as_of=look.now)
            return
    yield Gap(subject=subject, reason=reason, detail=said)


COLLECTOR = Collector(
    name="patches",
    schedule="patches",
    looks_at=DeclaredHost,
    collect=collect,
    subject_of=lambda machine: machine.id,
    host_of=lambda machine: machine.id,
    collect_word="patches",
    watches=APTS_FILES,
)
