"""Ids and what refers to them: nothing is declared twice, and nothing refers to nothing."""

from collections.abc import Iterator, Mapping

from agent.config.keys import nearest
from agent.config.mistakes import Mistake, shown
from agent.config.positions import Path
from agent.config.tables import TomlTable
from agent.core.convention import CLAUSES
from agent.core.inventory import DeclaredHost, Flow

_KINDS = ("beneficiary", "host", "export", "door", "holder", "backup", "log", "perimeter", "flow", "web_filter")
# The target that judges flows and hosts.
(_OF_BOTH,) = (clause.id for clause in CLAUSES.values() if {Flow, DeclaredHost} <= set(clause.subjects))


def mistaken_identities(file: TomlTable) -> Iterator[Mistake]:
    """Yield what is wrong with the ids of a file and with the references to them."""
    for kind in _KINDS:
        yield from _twice(kind.replace("_", " "), file.tables(kind))
    for backup in file.tables("backup"):
        yield from _twice("copy of this backup", backup.tables("copy"))
    for log in file.tables("log"):
        yield from _twice("sender of this log", log.sources())
    evidence = file.table("evidence")
    if evidence is not None:
        yield from _twice("witness", evidence.tables("witness"))
    fleet = file.table("fleet")
    if fleet is not None:
        yield from _twice("agent", fleet.tables("agent"))
    yield from _taken(file)
    yield from _dangling(file)


def declared(file: TomlTable, kind: str) -> dict[str, TomlTable]:
    """Return the tables of one kind by their ids, the first one of each id."""
    found: dict[str, TomlTable] = {}
    for table in file.tables(kind):
        id = table.text("id")
        if id is not None:
            found.setdefault(id, table)
    return found


def _twice(kind: str, tables: Iterator[TomlTable]) -> Iterator[Mistake]:
    first: dict[str, Path] = {}
    for table in tables:
        id = table.text("id")
        if id is None:
            continue
        if id in first:
            yield Mistake(
                path=table.at("id"),
                what=f"{shown(id)} is already the id of another {kind}",
                hint="give each its own id",
                first=first[id],
            )
        first.setdefault(id, table.at("id"))


def _taken(file: TomlTable) -> Iterator[Mistake]:
    # Both would be judged under one target with one subject, and one verdict would hide the other.
    hosts = declared(file, "host")
    for id, flow in declared(file, "flow").items():
        if id in hosts:
            yield Mistake(
                path=flow.at("id"),
                what=f"{shown(id)} is already the id of a host, and both are subjects of {_OF_BOTH}",
                hint="give the flow another id",
                first=hosts[id].at("id"),
            )
    for clause in CLAUSES.values():
        if clause.whole in hosts and DeclaredHost in clause.subjects:
            yield Mistake(
                path=hosts[clause.whole].at("id"),
                what=f'"{clause.whole}" is already a subject of {clause.id}',
                hint="give the host another id",
            )


def _dangling(file: TomlTable) -> Iterator[Mistake]:
    hosts, beneficiaries = declared(file, "host"), declared(file, "beneficiary")
    for kind, key in (("backup", "host"), ("log", "host"), ("flow", "from"), ("web_filter", "from")):
        for table in file.tables(kind):
            yield from _reference(table.at(key), table.text(key), hosts, "host")
    for kind in ("backup", "perimeter"):
        for table in file.tables(kind):
            yield from _reference(table.at("beneficiary"), table.text("beneficiary"), beneficiaries, "beneficiary")
    for host in file.tables("host"):
        for path, id in host.texts("beneficiaries"):
            yield from _reference(path, id, beneficiaries, "beneficiary")
        antivirus = host.table("antivirus")
        if antivirus is not None:
            exports = declared(file, "export")
            yield from _reference(antivirus.at("export"), antivirus.text("export"), exports, "export")
        updates = host.table("updates")
        if updates is not None:
            yield from _reference(updates.at("export"), updates.text("export"), declared(file, "export"), "export")
    yield from _dangling_doors(file, hosts)
    markers = (log.table("marker") for log in file.tables("log"))
    stores = (copy.table("store") for backup in file.tables("backup") for copy in backup.tables("copy"))
    copies = (copy for backup in file.tables("backup") for copy in backup.tables("copy"))
    for asking in (*markers, *stores, *copies):
        if asking is not None:
            yield from _reference(asking.at("host"), asking.text("host"), hosts, "host")


def _dangling_doors(file: TomlTable, hosts: Mapping[str, TomlTable]) -> Iterator[Mistake]:
    for door in file.tables("door"):
        for path, id in door.texts("hosts"):
            yield from _reference(path, id, hosts, "host")
        yield from _reference(door.at("export"), door.text("export"), declared(file, "export"), "export")


def _reference(path: Path, id: str | None, known: Mapping[str, TomlTable], kind: str) -> Iterator[Mistake]:
    if id is None or id in known:
        return
    near = nearest(id, known)
    hint = f"did you mean {shown(near)}?" if near else f"declare [[{kind}]] with this id, or name one that is declared"
    yield Mistake(path=path, what=f"{shown(id)} is no {kind} of this file", hint=hint)
