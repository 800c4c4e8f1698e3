"""What must hold between the keys of `[fleet]`: who connects where, how it proves its name and the server's."""

from collections.abc import Iterator
from datetime import timedelta

from agent.config.database_address import DatabaseAddress
from agent.config.forms import is_loopback
from agent.config.mistakes import Mistake, shown
from agent.config.positions import Path
from agent.config.tables import TomlTable
from agent.core.durations import read_duration

LONGEST_SILENCE = timedelta(hours=26)
_EXAMPLES = {"database": '"postgresql://pg.example:5432/beffroi"', "user": '"beffroi_arras_1"'}
# What only an agent looks at, judges by or sends.
_LOOKED_AT = (
    *("host", "backup", "log", "perimeter", "flow", "web_filter", "door", "holder", "export", "inventory"),
    *("schedule", "targets", "evidence"),
)


def mistaken_fleet(file: TomlTable) -> Iterator[Mistake]:
    """Yield what does not hold together in `[fleet]`."""
    fleet = file.table("fleet")
    if fleet is None:
        return
    for key, example in _EXAMPLES.items():
        if key not in fleet.values:
            yield Mistake(path=fleet.at(key), what="is missing", hint=f"add it, for example {key} = {example}")
    yield from _connection(fleet)
    if fleet.text("role") == "centre":
        yield from _centre(file, fleet)
    else:
        yield from _agent(fleet)
        agent = file.table("agent")
        if agent is not None and agent.flag("demonstration"):
            hint = "remove demonstration, or [fleet]: the centre's reports state the real site of each copy"
            yield Mistake(
                path=agent.at("demonstration"), what="is set, and nothing of it is told to the fleet", hint=hint
            )


def _connection(fleet: TomlTable) -> Iterator[Mistake]:
    given = [key for key in ("certificate_file", "key_file") if key in fleet.values]
    if len(given) == 1:
        (lacking,) = {"certificate_file", "key_file"} - {*given}
        hint = f"name the file of the other half, or remove {given[0]}"
        yield Mistake(path=fleet.at(lacking), what=f"is missing, and {given[0]} alone proves nothing", hint=hint)
    address = fleet.read("database", DatabaseAddress.of)
    if address is None or address.folder is not None:
        return
    host = next((one for one in address.hosts if not is_loopback(one)), None)
    if host is not None and "root_certificate" not in fleet.values:
        yield Mistake(
            path=fleet.at("root_certificate"),
            what=f"is missing, and {shown(host)} is another machine: anyone on the way could pose as the database",
            hint="name the certificate of the authority that signed the server's",
        )
    elif given and "password_file" not in fleet.values and "root_certificate" not in fleet.values:
        yield Mistake(
            path=fleet.at("root_certificate"),
            what="is missing, and nothing else proves the server: any account here could pose as the database",
            hint="name the certificate of the authority that signed the server's, or give password_file",
        )
    if "password_file" not in fleet.values and not given:
        yield Mistake(
            path=fleet.at("password_file"),
            what="is missing, and so is certificate_file: only a Unix socket knows its user without",
            hint="name the file of the role's password, or certificate_file and key_file",
        )


def _agent(fleet: TomlTable) -> Iterator[Mistake]:
    if "agent" not in fleet.values or any(fleet.tables("agent")):
        has_tables = any(fleet.tables("agent"))
        yield Mistake(
            path=fleet.at("agent"),
            what="holds agents, and only the centre has some" if has_tables else "is missing",
            hint='say role = "centre" for the centre' if has_tables else 'name this agent, such as agent = "arras-1"',
        )


def _centre(file: TomlTable, fleet: TomlTable) -> Iterator[Mistake]:
    if fleet.text("agent") is not None:
        hint = 'declare the agents as [[fleet.agent]], or remove role = "centre"'
        yield Mistake(path=fleet.at("agent"), what="is one agent's name, and this is the centre", hint=hint)
        return
    own = file.table("agent")
    if own is None or "state_directory" not in own.values:
        hint = 'give it a folder of its own: state_directory = "/var/lib/beffroi-centre"'
        what = "is missing, and the one of an agent would hold the centre's ledger"
        yield Mistake(path=("agent", "state_directory"), what=what, hint=hint)
    seen: dict[str, Path] = {}
    for agent in fleet.tables("agent"):
        for place, host in agent.texts("hosts"):
            if host in seen:
                what = f"{shown(host)} is declared already"
                hint = "a host belongs to one agent: keep one of the two"
                yield Mistake(path=place, what=what, hint=hint, first=seen[host])
            seen.setdefault(host, place)
        if "fingerprint" not in agent.values:
            hint = "add what beffroi ledger verify prints on the agent as its key, SHA256:…"
            yield Mistake(path=agent.at("fingerprint"), what="is missing", hint=hint)
        age = agent.read("evidence_age", read_duration)
        if age is not None and age > LONGEST_SILENCE:
            yield Mistake(
                path=agent.at("evidence_age"),
                what=f'{shown(agent.text("evidence_age"))} is looser than "26h", the longest silence of an agent',
                hint='leave it out for "1h", or shorten it',
            )
    alert = file.table("alert")
    rings = set() if alert is None else alert.values.keys() - {"mail", "mail_password_file"}
    for key in sorted(rings):
        what = "is declared at the centre, which rings for nothing: Prometheus does, by beffroi rules"
        yield Mistake(path=("alert", key), what=what, hint="keep mail alone, by which reports are sent")
    for key in _LOOKED_AT:
        if key in file.values:
            hint = "declare it in the configuration of the agent"
            yield Mistake(
                path=(key,), what="is declared at the centre, which looks at nothing and sends nothing", hint=hint
            )
