"""What must hold between the keys of a file, each of which is sound by itself."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from agent.config.forms import is_loopback, listening_on
from agent.config.identities import declared
from agent.config.mistakes import Mistake, shown
from agent.config.positions import Path
from agent.config.program_keys import program_mistakes
from agent.config.tables import TomlTable
from agent.core.durations import read_duration

SECOND_FACTOR = "second-factor"
UPDATES = "updates"
OF_UPDATES = ("oldest", "waiting", "campaign", "restart", "supported")
_OF_SSH = ("address", "port", "user", "key_file", "known_hosts", "key_password_file", "agent_socket", "keep_connection")


def disagreements(file: TomlTable) -> Iterator[Mistake]:
    """Yield what does not hold together."""
    yield from _nothing_expected(file)
    yield from _listening(file)
    yield from _alerts(file)
    yield from _signing(file)
    for host in file.tables("host"):
        yield from _host(host)
    hosts = declared(file, "host")
    for backup in file.tables("backup"):
        yield from _kit(backup, hosts.get(backup.text("host") or ""))
        yield from _backup(backup)
        yield from _sites(backup, hosts.get(backup.text("host") or ""))
    for log in file.tables("log"):
        yield from _log(log)
    yield from _exports(file)
    yield from _doors(file)
    if len(declared(file, "beneficiary")) > 1:
        yield from _whose(file)


def _nothing_expected(file: TomlTable) -> Iterator[Mistake]:
    if not file.values.get("beneficiary"):
        yield Mistake(
            path=("beneficiary",),
            what="is missing, so this file expects nothing: every target has a beneficiary",
            hint='add [[beneficiary]] with id = "scota", then [[host]], [[backup]] and what else is promised',
        )


def _listening(file: TomlTable) -> Iterator[Mistake]:
    agent = file.table("agent")
    address = agent.read("listen", listening_on) if agent is not None else None
    if agent is None or (agent.text("listen") or "").startswith("unix:") or address is None or is_loopback(address[0]):
        return
    if "web_config" not in agent.values and agent.values.get("insecure") is not True:
        yield Mistake(
            path=agent.at("listen"),
            what=f"{shown(agent.text('listen'))} is off loopback, where plain HTTP can be read by anyone on the way",
            hint='name a web_config that sets TLS, listen on "127.0.0.1:9588", or say insecure = true',
        )


def _alerts(file: TomlTable) -> Iterator[Mistake]:
    alert = file.table("alert")
    if alert is not None and "webhook" in alert.values and "webhook_file" in alert.values:
        yield Mistake(
            path=alert.at("webhook"),
            what="is given beside webhook_file",
            hint="keep webhook_file, whose address stays out of this file",
            first=alert.at("webhook_file"),
        )


def _signing(file: TomlTable) -> Iterator[Mistake]:
    report = file.table("report")
    given = [key for key in ("certificate_file", "key_file") if report is not None and report.text(key)]
    if report is not None and len(given) == 1:
        (lacking,) = {"certificate_file", "key_file"} - {*given}
        yield Mistake(
            path=report.at(lacking),
            what=f"is missing, and {given[0]} alone signs nothing",
            hint=f"name the file of the other half, or remove {given[0]}",
        )


def _host(host: TomlTable) -> Iterator[Mistake]:
    yield from _days(host)
    if host.values.get("beneficiaries") == []:
        yield Mistake(path=host.at("beneficiaries"), what="names no one", hint="leave it out for all beneficiaries")
    if host.values.get("unbacked") and host.values.get("coverage", False) is False:
        yield Mistake(
            path=host.at("unbacked"),
            what="excuses what is not looked for",
            hint="say coverage = true, or remove unbacked",
        )
    if host.text("transport") == "ssh":
        if "address" not in host.values:
            yield Mistake(
                path=host.at("address"), what="is missing", hint='add it, for example address = "vault.example"'
            )
        return
    if host.values.get("transport", "local") == "local":
        for key in _OF_SSH:
            if host.values.get(key, False) is not False:  # what is in force names each default
                yield Mistake(
                    path=host.at(key),
                    what=f"{shown(host.values[key], host.at(key))} is for a host that is reached by SSH, "
                    "and this one is the machine itself",
                    hint='say transport = "ssh", or leave it out',
                )


def _kit(backup: TomlTable, host: TomlTable | None) -> Iterator[Mistake]:
    if backup.values.get("kit") and host is not None and host.values.get("coverage", False) is False:
        yield Mistake(
            path=backup.at("kit"),
            what=f"is judged only where its host, {shown(backup.text('host'))}, is looked at for coverage",
            hint="say coverage = true in that [[host]], or remove kit",
        )


def _days(table: TomlTable) -> Iterator[Mistake]:
    starts, ends = table.day("starts"), table.day("ends")
    if starts is not None and ends is not None and ends < starts:
        yield Mistake(
            path=table.at("ends"),
            what=f"{ends} is before its start, {starts}",
            hint="the last day is not before the first",
        )


def _backup(backup: TomlTable) -> Iterator[Mistake]:
    yield from _days(backup)
    retention, thinned = backup.read("retention", read_duration), backup.read("thinned_after", read_duration)
    if retention is not None and thinned is not None and thinned > retention:
        yield Mistake(
            path=backup.at("thinned_after"),
            what=f"{shown(backup.text('thinned_after'))} is longer than the retention, "
            f"{shown(backup.text('retention'))}",
            hint="leave it out where points are only removed at the end of their retention",
            first=backup.at("retention"),
        )
    yield from program_mistakes(backup)
    yield from _canary(backup)
    for copy in backup.tables("copy"):
        limit = copy.read("limit", read_duration)
        if retention is not None and limit is not None and limit > retention:
            yield Mistake(
                path=copy.at("limit"),
                what=f"{shown(copy.text('limit'))} is longer than the retention, "
                f"{shown(backup.text('retention'))}: a copy with no point left would be in time",
                hint="correct the limit of this copy",
                first=backup.at("retention"),
            )
    seen: dict[str, Path] = {}
    for copy in backup.tables("copy"):
        repository = (copy.text("repository") or "").rstrip("/")
        if repository and repository in seen:
            yield Mistake(
                path=copy.at("repository"),
                what=f"{shown(copy.text('repository'))} is already another copy of this backup",
                hint="one repository is one copy",
                first=seen[repository],
            )
        seen.setdefault(repository, copy.at("repository"))


def _canary(backup: TomlTable) -> Iterator[Mistake]:
    canary, paths = backup.text("canary"), [path for _, path in backup.texts("paths")]
    if canary is not None and paths and not any(PurePosixPath(canary).is_relative_to(path) for path in paths):
        yield Mistake(
            path=backup.at("canary"),
            what=f"{shown(canary)} lies under none of the backup's paths, so no recovery point can hold it",
            hint="put it below one of the paths",
        )


def _sites(backup: TomlTable, host: TomlTable | None) -> Iterator[Mistake]:
    site = host.text("site") if host is not None else None
    unsettled = False
    for copy in backup.tables("copy"):
        if copy.flag("offsite") is True and site is not None and copy.text("site") == site:
            yield Mistake(
                path=copy.at("offsite"),
                what=f"cannot be true: the copy's site is its source's own, {shown(site)}",
                hint="correct the site, or say offsite = false",
                first=copy.at("site"),
            )
        provider = host.text("provider") if host is not None else None
        if copy.flag("offsite") is True and provider is not None and copy.text("provider") == provider:
            yield Mistake(
                path=copy.at("offsite"),
                what=f"cannot be true: the copy's provider is its source's own, {shown(provider)}",
                hint="correct the provider, or say offsite = false",
                first=copy.at("provider"),
            )
        if "offsite" not in copy.values and "site" not in copy.values:
            yield Mistake(
                path=copy.at("site"),
                what="is missing, so it is unknown whether this copy is off site",
                hint='add site = "…", or state offsite = true or false',
            )
        unsettled = unsettled or ("offsite" not in copy.values and "site" in copy.values)
    if unsettled and host is not None and "site" not in host.values:
        yield Mistake(
            path=host.at("site"),
            what="is missing, so it is unknown which copies are off site",
            hint='add site = "…" to the host, or state offsite in its copies',
        )


def _log(log: TomlTable) -> Iterator[Mistake]:
    for source in log.sources():
        yield from _days(source)
    yield from _marker(log)
    path, kind = log.text("path"), log.text("kind")
    if kind == "files" and "path" not in log.values:
        yield Mistake(
            path=log.at("path"), what="is missing", hint='add it, for example path = "/var/log/central/{source}/**"'
        )
    if kind == "files" and path is not None and "{source}" not in path and len(tuple(log.sources())) > 1:
        yield Mistake(
            path=log.at("path"),
            what=f"{shown(path)} does not separate the senders",
            hint="put {source} where the sending machine's name stands",
        )
    if kind == "journal" and path is not None and "{source}" in path:
        yield Mistake(
            path=log.at("path"),
            what=f"{shown(path)} names a sender, and a journal identifies senders by _HOSTNAME",
            hint='give the journal\'s folder, such as "/var/log/journal"',
        )


def _exports(file: TomlTable) -> Iterator[Mistake]:
    for export in file.tables("export"):
        fact = export.text("fact") or "protection"
        needed = {"protection": ("host", "date"), UPDATES: ("host", "date", "oldest")}.get(fact, ())
        for name in (name for name in needed if name not in export.values):
            yield Mistake(
                path=export.at(name),
                what=f"is missing, and an export of {fact} has no column without a name",
                hint=f'add {name} = "…" with the column\'s heading, or say fact = "{SECOND_FACTOR}"',
            )
        for name in OF_UPDATES if fact != UPDATES else ():
            if name in export.values:
                hint = f'say fact = "{UPDATES}", or leave it out'
                what = f"{shown(export.values[name])} is for an export of {UPDATES} alone"
                yield Mistake(path=export.at(name), what=what, hint=hint)
    exports = declared(file, "export")
    for host in file.tables("host"):
        yield from _told_by(host.table("antivirus"), exports, "protection")
        yield from _told_by(host.table("updates"), exports, UPDATES)


def _told_by(table: TomlTable | None, exports: Mapping[str, TomlTable], fact: str) -> Iterator[Mistake]:
    told = exports.get((table.text("export") if table is not None else None) or "")
    own = fact if told is None else told.text("fact") or "protection"
    if table is not None and own != fact:
        what = "accounts, not of machines" if own == SECOND_FACTOR else f"{own}, not of {fact}"
        yield Mistake(
            path=table.at("export"),
            what=f"{shown(table.text('export'))} names an export of {what}",
            hint=f"name an export of {fact}",
        )


def _doors(file: TomlTable) -> Iterator[Mistake]:
    exports = declared(file, "export")
    for door in file.tables("door"):
        told = exports.get(door.text("export") or "")
        if told is not None and told.text("fact") != SECOND_FACTOR:
            yield Mistake(
                path=door.at("export"),
                what=f"{shown(door.text('export'))} names an export of machines, not of accounts",
                hint=f'say fact = "{SECOND_FACTOR}" there, or name another export',
            )
        for path, account in door.texts("accounts"):
            if account.split() != [account]:
                hint = "write the account as the export names it"
                yield Mistake(path=path, what=f"{shown(account, path)} holds a space", hint=hint)


def _marker(log: TomlTable) -> Iterator[Mistake]:
    marker = log.table("marker")
    if marker is None:
        return
    source = marker.text("source") or marker.text("host")
    if source is not None and source not in {one.text("id") for one in log.sources()}:
        yield Mistake(
            path=marker.at("source" if "source" in marker.values else "host"),
            what=f"{shown(source)} is no sender of this log",
            hint="add it to sources, or name the one under which it sends as source",
        )


def _whose(file: TomlTable) -> Iterator[Mistake]:
    for kind in ("backup", "perimeter"):
        for table in file.tables(kind):
            if "beneficiary" not in table.values:
                yield Mistake(
                    path=table.at("beneficiary"),
                    what="is missing, and there are several beneficiaries",
                    hint="say whose it is",
                )
