"""What the configuration declares: the hosts, backups, logs, perimeters, flows and filters that are expected.

An inventory is the denominator of every figure: never "what answered", always "what was declared".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

# What `dated_by` says where a file's own time is its date, and how long a file is left alone after its last change.
MTIME = "mtime"
SETTLE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """A body for which the service is run."""

    id: str
    name: str
    signatories: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Further columns of an export; None: it has none for that, which then stays unshown."""

    running: str | None = None
    oldest: str = ""
    waiting: str | None = None
    campaign: str | None = None
    restart: str | None = None
    supported: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file that a console or an identity provider drops here, a row each; `timezone` is of dates without one.

    `fact` is what it tells of: the protection of machines, their updates, or the second factor of accounts. But for the
    last, `host` and `date` name the columns of the machine and of its fact's own date; `columns` those of its updates.
    `date_format` is strptime's, None: ISO 8601.
    """

    id: str
    path: str
    format: str
    host: str = ""
    date: str = ""
    fact: str = "protection"
    date_format: str | None = None
    separator: str = ","
    timezone: str = "Europe/Paris"
    columns: Columns = Columns()


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """Where a console tells of a host's updates, and how it calls the host; None: the host is asked, its id."""

    export: Export | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Antivirus:
    """Where a host's protection is found; None: it is looked for.

    `export` is where a console tells of it, and `name` how it calls the host; None: by its id.
    """

    product: str | None = None
    socket: str | None = None
    database: str | None = None
    realtime: bool = False
    export: Export | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Someone who holds accounts and keys at present."""

    id: str
    accounts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A way in that no sshd shows: a VPN, a bastion, a web console, a hypervisor.

    `export` is where an identity provider tells of the second factor of anyone who comes in by it; None: nothing tells.
    `required_by` names what asks for it at each sign-in, since having one is not having to show it.
    """

    id: str
    accounts: tuple[str, ...]
    export: Export | None = None
    required_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbacked:
    """What a host holds and no backup has to hold, by a pattern, and why."""

    what: str
    reason: str


# What is looked for only on a host that has a key of this name.
OWN_KEYS = frozenset({"coverage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredHost:
    """A machine that is watched, or that only answers for a store (`collect = []`).

    `coverage`: what it holds is compared with its backups, but for what is `unbacked`. `sources` are the paths that its
    backups name.
    """

    id: str
    transport: str = "local"
    address: str | None = None
    port: int | None = None
    user: str | None = None
    key_file: str | None = None
    known_hosts: str | None = None
    key_password_file: str | None = None
    agent_socket: str | None = None
    keep_connection: bool = False
    site: str | None = None
    provider: str | None = None
    beneficiaries: tuple[str, ...] = ()
    perimeter: str | None = None
    collect: tuple[str, ...] | None = None
    antivirus: Antivirus = field(default_factory=Antivirus)
    updates: Updates = field(default_factory=Updates)
    administrators: tuple[str, ...] | None = None
    authorities: tuple[str, ...] = ()
    doors: tuple[Door, ...] = ()
    coverage: bool = False
    unbacked: tuple[Unbacked, ...] = ()
    sources: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None

    def collects(self, word: str) -> bool:
        """Return whether `collect` asks for this; left out, it asks for whatever applies to the machine.

        What has a key of its own is asked for by that alone.
        """
        if word in OWN_KEYS:
            return self.coverage
        return self.collect is None or word in self.collect


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where a copy's files can be listed and hashed without its key; `local`: on the agent's own machine."""

    host: str
    path: str
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSet:
    """Files of a folder that are one series of recovery points: those whose path below it matches.

    `limit` is how old its newest may be; None: as for the copy.
    """

    id: str
    match: str
    limit: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The standing reason for which sample restores are made."""

    reason: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLooks:
    """A backup program, and the collectors that look at its copies; empty: it has none of that kind.

    `listing` lists a copy's points, `verification` reads a copy back. Of a copy with a `store`, `store_listing` lists
    the files there and `store_verification` hashes them in place of `verification`. `canary` reads the dated file of
    each path's newest point, `protection` whether the copy could be deleted, `place` on which machine it lies.
    `command` is what runs on the agent's own machine, `package` the Debian package that holds it; empty: of that name.

    `databases`: the kind of databases that it backs up by itself, such as `postgresql`; empty: it backs up files.

    `needs` and `takes` are the keys of `[[backup.copy]]` without which a copy of it is none, and that it may have
    beside them. `sourced`: its points name the paths of the source, which have to be declared. `restores`: this agent
    can restore files from it. `started`: an exercise restores it whole, starts it and asks it. `whole_files`: each of
    its points is a file by itself, and damage of one reaches no other.

    `addresses` is a regular expression of what a repository's address begins with, `example` is one; empty: any text.
    """

    name: str
    listing: str
    verification: str
    store_listing: str = ""
    store_verification: str = ""
    canary: str = ""
    protection: str = ""
    place: str = ""
    command: str = ""
    package: str = ""
    needs: tuple[str, ...] = ("repository", "password_file")
    takes: tuple[str, ...] = ("environment_file", "repository_id", "store")
    databases: str = ""
    sourced: bool = True
    restores: bool = True
    started: bool = False
    whole_files: bool = False
    addresses: str = ""
    example: str = ""

    @property
    def verifiers(self) -> tuple[str, ...]:
        """Return the collectors that verify copies, with a store or without."""
        return tuple(name for name in (self.verification, self.store_verification) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One repository that holds a backup, made with `program`; its subject is `backup/copy`.

    `local`: its source lies on the agent's own machine; else `host` is asked about it over SSH. `believed`: its
    place is what the configuration says, whatever machine it lies on, as in a demonstration. `immutable`: how long each
    of its files is promised to be protected from deletion, from its writing. `siblings` are the
    subjects of other copies that are kept in the same repository. `cluster` is what its program calls a database
    cluster, such as a stanza, and `asked_at` the host where that program is run. Of a folder of files,
    `sets` are its series of points, dated by `dated_by` in `timezone`, and a file is judged once nothing has changed
    in it for `settle`. `mirror`: the folder follows the source's paths.
    """

    id: str
    backup: str
    program: ProgramLooks
    repository: str
    password_file: Path | None = None
    environment_file: Path | None = None
    site: str | None = None
    country: str | None = None
    offsite: bool = False
    transfer_basis: str | None = None
    limit: timedelta | None = None
    immutable: timedelta | None = None
    repository_id: str | None = None
    store: Store | None = None
    host: str = ""
    snapshot_host: str = ""
    paths: tuple[str, ...] = ()
    retention: timedelta | None = None
    thinned_after: timedelta | None = None
    canary: str | None = None
    sample: Sample | None = None
    local: bool = False
    believed: bool = False
    siblings: tuple[str, ...] = ()
    cluster: str = ""
    asked_at: str = ""
    sets: tuple[FileSet, ...] = ()
    mirror: bool = False
    dated_by: str = MTIME
    settle: timedelta = SETTLE
    timezone: str = "Europe/Paris"

    @property
    def subject(self) -> str:
        """Return the name under which this copy is judged."""
        return f"{self.backup}/{self.id}"

    def siblings_of(self, subject: str) -> tuple[str, ...]:
        """Return the other copies in this one's repository; `subject` is this one's."""
        return self.siblings if subject == self.subject else ()

    @property
    def kept_at(self) -> str:
        """Return the declared host that answers for it beside its source's; empty: none."""
        if self.store is not None:
            return self.store.host
        return "" if self.asked_at == self.host else self.asked_at

    @property
    def parts(self) -> tuple[str, ...]:
        """Return what needs a recent point each: the sets, the database cluster, or the source's paths."""
        return tuple(one.id for one in self.sets) or ((self.cluster,) if self.cluster else self.paths)

    @property
    def daily(self) -> bool:
        """Return whether something of it is held to the target's own limit."""
        return self.limit is None and (not self.sets or any(one.limit is None for one in self.sets))


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One protected source and the copies that are expected of it.

    `dumps` names what else of its host it holds, such as `postgresql:shop`. `kit` are the
    files without which nothing of it can be restored.
    """

    id: str
    beneficiary: str
    program: ProgramLooks
    host: str
    paths: tuple[str, ...]
    snapshot_host: str
    copies: tuple[Copy, ...]
    retention: timedelta | None = None
    thinned_after: timedelta | None = None
    canary: str | None = None
    sample: Sample | None = None
    dumps: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()
    tries: tuple[str, ...] = ()
    try_timeout: timedelta = timedelta(minutes=15)
    perimeter: str | None = None
    starts: date | None = None
    ends: date | None = None

    def siblings_of(self, subject: str) -> tuple[str, ...]:
        """Return the copies in the same repository as one of this backup's, by their subjects."""
        return next((copy.siblings for copy in self.copies if copy.subject == subject), ())

    @property
    def parts(self) -> tuple[str, ...]:
        """Return what needs a recent point each, in any of its copies: their sets and clusters, or the paths."""
        own = (part for copy in self.copies if copy.sets or copy.cluster for part in copy.parts)
        return tuple(dict.fromkeys(own)) or self.paths

    def parts_of(self, subject: str, *, daily: bool = False) -> tuple[str, ...]:
        """Return what needs a recent point in one copy; `daily`: that is held to the target's own limit."""
        copy = next((copy for copy in self.copies if copy.subject == subject), None)
        if copy is None or not copy.sets:
            return self.paths if copy is None or not copy.cluster else copy.parts
        return tuple(one.id for one in copy.sets if not daily or one.limit is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """How the path of a source's logs is tried: a message into the syslog socket of a declared host."""

    host: str
    socket: str = "/dev/log"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource:
    """One machine expected to send its logs to a place; its subject is `log/source`."""

    id: str
    log: str
    host: str
    kind: str
    path: str
    timezone: str = "Europe/Paris"
    marker: Marker | None = None
    starts: date | None = None
    ends: date | None = None
    beneficiaries: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """Return the name under which this source is judged."""
        return f"{self.log}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A place where logs are collected, with the machines expected to send theirs; `timezone` is of lines without one.

    It is looked at as a whole, since one listing shows all its sources; each source is judged for itself.
    """

    id: str
    host: str
    kind: str
    path: str
    timezone: str
    sources: tuple[LogSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Perimeter:
    """A perimeter for scans, and for penetration tests where it is exposed."""

    id: str
    exposed: bool
    beneficiary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRoute:
    """From which host, and to what, something is tried; `protocol` is `tcp` or `udp`."""

    host: str
    to: str
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A network flow that must pass or must not.

    `controls` are required flows from the same host: one that passes shows that a trial from there can. `witnesses` are
    required flows to the same destination from other hosts: one that passes shows that something answers there.
    """

    id: str
    from_host: str
    to: str
    protocol: str
    expect: str
    beneficiaries: tuple[str, ...] = ()
    controls: tuple[FlowRoute, ...] = ()
    witnesses: tuple[FlowRoute, ...] = ()

    @property
    def way(self) -> FlowRoute:
        """Return what is tried."""
        return FlowRoute(host=self.from_host, to=self.to, protocol=self.protocol)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFilter:
    """A category of addresses that must be refused; `proxy` None: what the machine tells everyone there."""

    id: str
    from_host: str
    url: str
    control_url: str
    refused_as: tuple[str, ...]
    proxy: str | None = None
    beneficiaries: tuple[str, ...] = ()


Item = Beneficiary | DeclaredHost | Backup | Copy | Log | LogSource | Perimeter | Flow | WebFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything that is declared; `left_out` are the hosts that a list of machines has, and that are not watched."""

    beneficiaries: tuple[Beneficiary, ...] = ()
    hosts: tuple[DeclaredHost, ...] = ()
    backups: tuple[Backup, ...] = ()
    log_sources: tuple[LogSource, ...] = ()
    perimeters: tuple[Perimeter, ...] = ()
    flows: tuple[Flow, ...] = ()
    web_filters: tuple[WebFilter, ...] = ()
    holders: tuple[Holder, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def copies(self) -> tuple[Copy, ...]:
        """Return the copies of all backups, in the order in which they are declared."""
        return tuple(copy for backup in self.backups for copy in backup.copies)

    @property
    def logs(self) -> tuple[Log, ...]:
        """Return the places where logs are collected, in the order in which they are declared."""
        places: dict[str, list[LogSource]] = {}
        for source in self.log_sources:
            places.setdefault(source.log, []).append(source)
        return tuple(
            Log(
                id=id,
                host=sources[0].host,
                kind=sources[0].kind,
                path=sources[0].path,
                timezone=sources[0].timezone,
                sources=tuple(sources),
            )
            for id, sources in places.items()
        )

    def items(self) -> Iterator[Item]:
        """Yield every declared thing that a collector may look at."""
        yield from self.beneficiaries
        yield from self.hosts
        yield from self.backups
        yield from self.copies
        yield from self.logs
        yield from self.log_sources
        yield from self.perimeters
        yield from self.flows
        yield from self.web_filters

    def host(self, id: str) -> DeclaredHost:
        """Return a declared host; the configuration has settled that it is there."""
        return next(host for host in self.hosts if host.id == id)

    def backup(self, id: str) -> Backup:
        """Return a declared backup; the configuration has settled that it is there."""
        return next(backup for backup in self.backups if backup.id == id)
