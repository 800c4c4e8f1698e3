"""ClamAV: whether clamd runs, which base it has loaded and of when, and whether it detects.

What is loaded decides: a newer file on disk that clamd failed to load protects nothing, and only VERSION shows it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.collecting.collector import Look
from agent.core.errors import LookError, Unreadable
from agent.core.facts.protection import TRIED_EVERY, Protection, protections_in
from agent.core.host import Host
from agent.core.inventory import DeclaredHost
from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from collectors.antivirus.base import Base, loaded, on_disk, settled
from collectors.antivirus.clamd import NotListening, ask
from collectors.antivirus.eicar import detects
from collectors.antivirus.installed import InstalledProducts

PRODUCT = "clamav"
DATABASE = "/var/lib/clamav"
LONGEST_HEAD = 64 * 1024

# The header is the first 512 bytes of a file (clamav's libclamav/cvd.h); it is printable, and the rest is cut off.
_HEADS = (
    'cd -- "$1" || exit 9; '
    "for base in daily.cld daily.cvd daily.cud; do "
    '[ -f "$base" ] && { head -c 512 -- "$base" | LC_ALL=C tr -c "[:print:]" " "; echo; }; '
    "done; exit 0"
)
# A machine that hides other accounts' processes (hidepid) hides the first one too. One that was stopped, or has ended
# and is still listed, acts on nothing. A process of a container has a further number there (proc_pid_status(5)).
# Anyone may call a program of theirs so: only root's is known to be able to act.
_ON_ACCESS = (
    "cat /proc/1/comm >/dev/null 2>&1 || exit 9; "
    "cat /proc/[0-9]*/status 2>/dev/null | awk '"
    'function tell() { if (there) print inside ? "inside" : account == 0 ? "here" : "account " account } '
    '/^Name:/ { tell(); there = $0 == "Name:\tclamonacc"; inside = 0; account = -1 } '
    "/^State:/ && $2 ~ /^[TXZ]/ { there = 0 } "
    "/^Uid:/ { account = $3 } "
    "/^NSpid:/ { inside = NF > 2 } "
    "END { tell() }'; exit 0"
)


def look_at(machine: DeclaredHost, installed: InstalledProducts, look: Look) -> Iterator[Protection | Gap]:
    """Yield what ClamAV is on one machine. Raises a LookError where clamd is there and cannot be asked."""
    host = look.host(machine.id)
    declared = machine.antivirus
    socket = declared.socket or installed.socket
    if socket is None:
        if installed.only_tcp:
            raise Unreadable(
                f"clamd on {machine.id} listens on TCP alone, without authentication",
                "give it a LocalSocket in clamd.conf",
            )
        yield Protection(product=PRODUCT, running=False, said="no socket is configured, and none is there")
        return
    try:
        version = ask(host, socket, b"zVERSION\0", look.timeout)
    except NotListening as error:
        yield Protection(product=PRODUCT, running=False, said=error.message)
        return
    disk, gap = _on_disk(host, declared.database or installed.database or DATABASE, look.timeout)
    if gap is not None:
        yield gap
    before = next((one for one in protections_in(look.previous) if one.product == PRODUCT), None)
    base = loaded(version)
    if base is not None:
        base = settled(base, (*_known(disk), *_known_before(before)))
    seen = Protection(
        product=PRODUCT,
        running=True,
        loaded=base.built if base is not None else None,
        loaded_within=base.within if base is not None else timedelta(0),
        loaded_version=str(base.number) if base is not None else None,
        on_disk=disk.built if disk is not None else None,
        on_disk_version=str(disk.number) if disk is not None else None,
    )
    if declared.realtime:
        engaged, gap = _engaged(host, look.timeout)
        seen = replace(seen, engaged=engaged)
        if gap is not None:
            yield gap
    seen, gap = _tried(seen, before, host, socket, look)
    if gap is not None:
        yield gap
    yield seen


def _known(base: Base | None) -> Iterator[Base]:
    if base is not None:
        yield base


def _known_before(before: Protection | None) -> Iterator[Base]:
    """Yield the bases that the look before knew to the second."""
    if before is None:
        return
    told: list[tuple[datetime | None, str | None]] = [(before.on_disk, before.on_disk_version)]
    if not before.loaded_within:
        told.append((before.loaded, before.loaded_version))
    for built, version in told:
        if built is not None and version is not None and version.isdecimal():
            yield Base(number=int(version), built=built)


def _on_disk(host: Host, folder: str, timeout: timedelta) -> tuple[Base | None, Gap | None]:
    output = host.run(
        "sh",
        "-c",
        _HEADS,
        "sh",
        folder,
        timeout=timeout,
        accept=None,
        output_limit=LONGEST_HEAD,
        shown=f"headers of daily.* in {folder}",
    )
    if output.status != 0:
        detail = f"the signatures' folder {folder} of {host.id} cannot be entered"
        return None, Gap(subject=f"{host.id}/{PRODUCT}/disk", reason=Reason.DENIED, detail=detail)
    return on_disk(output.stdout), None


def _engaged(host: Host, timeout: timedelta) -> tuple[bool | None, Gap | None]:
    """Return whether clamonacc, which acts when a file is opened, runs; None: that cannot be told."""
    output = host.run("sh", "-c", _ON_ACCESS, timeout=timeout, accept=None, shown="processes called clamonacc")
    if output.status != 0:
        detail = f"{host.id} hides its processes from the account used there"
        return None, Gap(subject=f"{host.id}/{PRODUCT}/engaged", reason=Reason.DENIED, detail=detail)
    found = set(output.stdout.splitlines())
    if not found or b"here" in found:
        return bool(found), None
    if b"inside" in found:
        detail = f"clamonacc runs on {host.id} in a container alone: what it watches is not seen"
    else:
        detail = f"what is called clamonacc on {host.id} is not root's ({one_line(max(found))}): who acts is not seen"
    return None, Gap(subject=f"{host.id}/{PRODUCT}/engaged", reason=Reason.UNREADABLE, detail=detail)


def _tried(
    seen: Protection, before: Protection | None, host: Host, socket: str, look: Look
) -> tuple[Protection, Gap | None]:
    """Return what is proven: by the last trial while it is recent and was good, else by one made now."""
    last = before.tried_at if before is not None and before.running and before.proven else None
    if last is not None and lies_ahead(last, look.now):
        last = None
    if last is not None and timedelta(0) <= look.now - last < TRIED_EVERY:
        return replace(seen, proven=True, tried_at=last), None
    try:
        return replace(seen, proven=detects(host, socket, look.timeout), tried_at=look.now), None
    except LookError as error:
        kept = replace(seen, proven=True, tried_at=last) if last is not None else seen
        return kept, Gap(subject=f"{host.id}/{PRODUCT}/trial", reason=error.reason, detail=error.detail)
