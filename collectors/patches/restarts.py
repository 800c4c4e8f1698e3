"""What an installed update still waits for: a restart of the machine, or of the programs that run the old code."""

from collections.abc import Iterator
from datetime import datetime

from agent.core.collecting.collector import Look
from agent.core.errors import Unreadable
from agent.core.host import Host
from agent.core.model import Fact, Gap, Observation
from agent.core.reason import Reason
from collectors.patches import kernel, needrestart, processes, root
from collectors.patches.installed import Installed
from collectors.patches.kernel import RunningKernel
from collectors.patches.needrestart import NeedrestartReport
from collectors.patches.processes import StaleProgram
from collectors.patches.root import RootReport

RUNNING = "kernel.running"
KERNEL = "restart.kernel"
PROGRAM = "restart.program"
SERVICE = "restart.service"
# What needrestart named at an earlier look, where it did not say all at this one: it shows nothing but since when.
UNTOLD = "restart.service.untold"
SMALL = 65536


def restarts(host: Host, subject: str, look: Look, packages: Installed) -> Iterator[Fact | Gap]:
    """Yield the restarts that are owed, each as of the day since when, and what could not be seen of it."""
    rooted = root.look_at(host, look.timeout)
    told: NeedrestartReport | None = None
    try:
        told = needrestart.parse(rooted.needrestart, in_container=_in_container(host, look, rooted))
    except Unreadable as error:
        yield Gap(subject=subject, reason=error.reason, detail=f"{error.message} (on {subject})")
    yield from _kernel(host, subject, look, packages, told)
    yield from _programs(host, subject, look, packages, rooted)
    if not rooted.whole or (told is not None and told.cut):
        detail = f"needrestart on {subject} does not list every service; as root: needrestart -b -r l"
        yield Gap(subject=subject, reason=Reason.UNREADABLE, detail=detail)
    yield from _services(host, subject, look, told, whole=rooted.whole)


def _in_container(host: Host, look: Look, rooted: RootReport) -> bool:
    """Return whether the machine is a container; asked only where needrestart's answer hangs on it."""
    if not rooted.needrestart.strip() or b"NEEDRESTART-KSTA" in rooted.needrestart:
        return False
    return kernel.in_container(host.run(*kernel.CONTAINER, timeout=look.timeout).stdout)


def _kernel(
    host: Host, subject: str, look: Look, packages: Installed, told: NeedrestartReport | None
) -> Iterator[Fact | Gap]:
    running = RunningKernel(
        release=host.read(kernel.RELEASE, limit=SMALL).decode(errors="replace").strip(),
        banner=host.read(kernel.BANNER, limit=SMALL).decode(errors="replace"),
    )
    present = kernel.images(packages)
    if running.release not in present:
        # A container, or a guest that its host starts with the host's kernel: none of its own, and none owed.
        container = kernel.in_container(host.run(*kernel.CONTAINER, timeout=look.timeout).stdout)
        if container or not present:
            yield Fact(name=RUNNING, subject=subject, value="none of its own", as_of=look.now)
            return
        if kernel.foreign(running, packages):
            detail = f"the kernel that runs on {subject} is of no installed package: {running.release[:80]}"
            yield Gap(subject=subject, reason=Reason.UNREADABLE, detail=detail)
            yield from _foreign(subject, look, running, told)
            return
    yield Fact(name=RUNNING, subject=subject, value=running.release[:200], as_of=look.now)
    owed = kernel.owed(running, packages)
    if owed is None:
        return
    since = min(one for one in (owed.since, look.now, _before(look.previous, running)) if one is not None)
    yield Fact(name=KERNEL, subject=subject, value=owed.newest, as_of=since)


def _foreign(subject: str, look: Look, running: RunningKernel, told: NeedrestartReport | None) -> Iterator[Fact]:
    """Yield the restart of which needrestart knows, where no one else knows anything of the kernel that runs."""
    if told is not None and told.kernel is not None:
        yield Fact(name=RUNNING, subject=subject, value=running.release[:200], as_of=look.now)
        since = _before(look.previous, running) or look.now
        yield Fact(name=KERNEL, subject=subject, value=told.kernel, as_of=min(since, look.now))


def _before(previous: Observation | None, running: RunningKernel) -> datetime | None:
    """Return since when the last look said that this very kernel is to be replaced."""
    was = None if previous is None else previous.one(RUNNING)
    told = None if previous is None else previous.one(KERNEL)
    return told.as_of if told is not None and was is not None and was.value == running.release[:200] else None


def _programs(host: Host, subject: str, look: Look, packages: Installed, rooted: RootReport) -> Iterator[Fact | Gap]:
    """Yield the programs that run replaced code, and that some may not be looked into."""
    maps = processes.parse(rooted.programs)
    said = host.run("sh", "-c", processes.STARTED, "sh", processes.PROC, timeout=look.timeout)
    starts = processes.started(said.stdout)
    newest = max((one.since for one in packages.values() if one.since is not None), default=None)
    hidden = processes.unseen(maps, starts, newest)
    if hidden or (1 not in starts and maps.hidden):
        count = f"{hidden} older than the newest update" if hidden else "all of them hidden"
        refused = f", {rooted.refused}" if rooted.refused else ""
        detail = (
            f"processes on {subject} may not be looked into by this account ({count}{refused}); "
            "as root: needrestart -b -r l; to let it: beffroi explain ssh"
        )
        yield Gap(subject=subject, reason=Reason.DENIED, detail=detail)
    if maps.cut:
        detail = f"{len(maps.cut)} processes on {subject} run more replaced files than are listed"
        yield Gap(subject=subject, reason=Reason.UNREADABLE, detail=detail)
    for one in processes.stale(maps, starts):
        yield Fact(name=PROGRAM, subject=subject, value=one.name, as_of=_since(one, look))


def _services(host: Host, subject: str, look: Look, told: NeedrestartReport | None, *, whole: bool) -> Iterator[Fact]:
    """Yield the services that needrestart names, since an earlier look that did, unless they were started since then.

    It tells no date: the first look at which it names one is the earliest that is certain.
    """
    earlier = () if look.previous is None else (*look.previous.named(UNTOLD), *look.previous.named(SERVICE))
    before = {str(fact.value): fact.as_of for fact in earlier}
    named = () if told is None else told.services
    starts = needrestart.started(host, named, look.timeout) if named else {}
    for name in named:
        known = before.get(name)
        goes_on = known is not None and (name not in starts or starts[name] <= known)
        since = known if goes_on and known is not None else look.now
        yield Fact(name=SERVICE, subject=subject, value=name, as_of=min(since, look.now))
    if told is None or told.cut or not whole:
        yield from (
            Fact(name=UNTOLD, subject=subject, value=name, as_of=known)
            for name, known in before.items()
            if name not in named
        )


def _since(one: StaleProgram, look: Look) -> datetime:
    """Return since when a program runs old code: an earlier look says more, of a process that ran already then."""
    since = min(one.since or look.now, look.now)
    if look.previous is None or one.started is None:
        return since
    told = [fact.as_of for fact in look.previous.named(PROGRAM) if fact.value == one.name and one.started <= fact.as_of]
    return min((since, *told))
