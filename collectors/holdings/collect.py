"""Holdings: what a machine holds that may need a backup, and where the paths that its backups name really lead.

Reads:  the table of mounts with each file system's space and first names; which PostgreSQL and MariaDB servers run,
        and the names of their databases (psql on each socket; the folders of a MariaDB data folder, else mariadb);
        data folders in their usual places in which no server runs;
        the guests and disks that libvirt and Proxmox define; volumes of Docker and Podman; /etc, mail folders, the
        folders that nginx and Apache name; readlink for the paths of the backups
Needs:  root, the privileged reader, or the program of `beffroi explain ssh`; for PostgreSQL a role of the account's
        name, without any right (createuser --no-createdb beffroi), and psql
Blind:  a folder is not looked into: what of it a backup's exclude patterns leave out is not seen; databases inside
        containers; disks that are not mounted; other database servers than these two
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from agent.core.collecting.collector import Collector, Look
from agent.core.deadline import Deadline
from agent.core.errors import Unreadable
from agent.core.facts.holdings import (
    CONTAINER,
    DATABASES,
    GUESTS,
    HOLDING,
    LINK,
    PROXMOX,
    Holding,
    Link,
    holdings_in,
)
from agent.core.host import Host
from agent.core.inventory import DeclaredHost
from agent.core.measures import two_figures
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from agent.hosts.root_requests import RootRequest, ask
from collectors.holdings.answer import RootAnswerLines, gaps_in, parse
from collectors.holdings.databases import databases, since_first_seen
from collectors.holdings.mounts import file_systems, mount_entries, places_of, views_of

NAME = "holdings"
# So many paths fit on one command line.
AT_ONCE = 500
# So much is told of one machine; an answer from another may be anything.
MOST = 20_000
RESOLVE = """
for path; do
	[ -L "$path" ] && kind=l || kind=-
	printf '%s' "$kind"
	readlink -n -m -- "$path"
	printf '\\0'
done
"""


def collect(machine: DeclaredHost, look: Look) -> Iterator[Fact | Gap]:
    """Yield what one machine holds; raises a LookError where nothing of it can be seen."""
    host = look.host(machine.id)
    answer = ask(host, RootRequest.COVERAGE, look.timeout)
    told = parse(answer.text)
    before = () if look.previous is None else tuple(holdings_in(look.previous))
    found = (*in_answer(told, look.now), *databases(told, host, look.now, look.timeout))
    found = tuple(_with_real_disks(host, islice(apart(found, before), MOST), look.timeout))
    for holding in since_first_seen(iter(found), before):
        yield Fact(name=HOLDING, subject=machine.id, value=holding, as_of=look.now)
    for link in _links(host, machine.sources, look.timeout):
        yield Fact(name=LINK, subject=machine.id, value=link, as_of=look.now)
    yield from gaps_in(told, machine.id, answer.refused)
    if len(found) == MOST:
        detail = f"more than {MOST} things that may need a backup"
        yield Gap(subject=f"{machine.id}/all", reason=Reason.INCOMPLETE, detail=detail)


def in_answer(told: RootAnswerLines, now: datetime) -> Iterator[Holding]:
    """Yield what root's part lists whole."""
    yield from file_systems(told, now)
    sizes, mounted = told.sizes(), mount_entries(told)
    views = views_of(told, mounted)
    for kind, path, name in told.of("folder", 3):
        places = places_of(path, mounted, views)
        if not places and kind == CONTAINER:  # told as a file system of another machine, or in memory
            continue
        size = sizes.get(path)
        bytes = None if size is None else two_figures(size)
        # A volume that is a mount itself is the folder that it shows; an excuse of that one is meant for it.
        own = 2 if kind == CONTAINER and path in mounted else 1
        where, shown = places[:own] or (path,), places[own:]
        yield Holding(kind=kind, name=name or path, since=now, paths=where, bytes=bytes, shown=shown)
    disks: dict[tuple[str, str], dict[str, None]] = {}
    for kind, guest, disk in told.of("disk", 3):
        disks.setdefault((kind, guest), {})[disk] = None
    for kind, guest in dict.fromkeys(told.of("guest", 2)):
        yield Holding(kind=kind, name=guest, since=now, paths=tuple(disks.get((kind, guest), ())))
    for guest, disk in told.of("unsaved", 2):
        yield Holding(kind=PROXMOX, name=f"{guest}/{disk.rstrip(':')}", since=now)


def apart(found: Iterable[Holding], before: Iterable[Holding] = ()) -> Iterator[Holding]:
    """Yield databases and volumes so that no two have one name: a further one is told with where it lies.

    An entry of `dumps` or `unbacked` that names the first says nothing of a second server's, or of another user's. Each
    keeps the name that it had `before`: where the first server stands still, its name is not the second one's.
    """
    former = {(one.kind, one.name): _where(one) for one in before if one.kind in DATABASES | {CONTAINER}}
    taken: dict[tuple[str, str], str] = {}
    for one in found:
        if one.kind in DATABASES | {CONTAINER} and not one.hindered:
            where = _where(one)
            names = (one.name, *_longer(one))
            if any(taken.get((one.kind, name)) == where for name in names):
                continue  # the same, seen again by another way
            free = [name for name in names if (one.kind, name) not in taken]
            kept = [name for name in free if former.get((one.kind, name)) == where]
            if not free:
                continue
            taken[one.kind, (kept or free)[0]] = where
            one = replace(one, name=(kept or free)[0])
        yield one


def _where(one: Holding) -> str:
    return one.paths[0] if one.paths else ""


def _longer(one: Holding) -> Iterator[str]:
    where = _where(one)
    _, socket, port = where.rpartition("/.s.PGSQL.")
    if socket:
        yield f"{one.name}@{port}"
    yield f"{one.name}@{where}"


def _with_real_disks(host: Host, found: Iterable[Holding], timeout: timedelta) -> Iterator[Holding]:
    """Yield what was found, a guest's disks under the paths to which links lead. Raises a LookError."""
    found = tuple(found)
    disks = [disk for one in found if one.kind in GUESTS for disk in one.paths if disk.startswith("/")]
    real = {link.path: link.real for link in _links(host, disks, timeout)}
    for one in found:
        yield replace(one, paths=tuple(real.get(disk, disk) for disk in one.paths)) if one.kind in GUESTS else one


def _links(host: Host, paths: Iterable[str], timeout: timedelta) -> Iterator[Link]:
    """Yield where each path leads. Raises Unreadable for an answer that is none, and other LookErrors."""
    asked, deadline = tuple(dict.fromkeys(paths)), Deadline(timeout)
    for begin in range(0, len(asked), AT_ONCE):
        yield from _led(host, asked[begin : begin + AT_ONCE], timedelta(seconds=deadline.remaining()))


def _led(host: Host, asked: Sequence[str], timeout: timedelta) -> Iterator[Link]:
    output = host.run("sh", "-c", RESOLVE, "sh", *asked, timeout=timeout, shown="readlink: paths of the backups")
    said = output.stdout.decode("utf-8", "replace").split("\0")
    if len(said) != len(asked) + 1:
        raise Unreadable(f"{host.id} does not say where the paths of its backups lead")
    for path, told in zip(asked, said, strict=False):
        # A loop of links leads nowhere.
        yield Link(path=path, real=told[1:] or path, link=told.startswith("l"))


COLLECTOR = Collector(
    name=NAME,
    schedule="coverage",
    looks_at=DeclaredHost,
    collect=collect,
    subject_of=lambda machine: machine.id,
    host_of=lambda machine: machine.id,
    collect_word="coverage",
)
