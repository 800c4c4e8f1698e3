"""The keys of `[fleet]`: which ledgers one PostgreSQL database adds up, and how this program reaches it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from agent.config.declaring import DeclaredTable, key, needed
from agent.config.forms import Absolute, Database, Duration, Fingerprint, Id, RoleName, SecretFile, ValueForm


def _agents(value: object) -> object:
    """Let an agent's own name stand for a list of one."""
    return [{"id": value}] if isinstance(value, str) else value


class FleetAgentTable(DeclaredTable):
    """An agent of the fleet, in the centre's configuration."""

    id: Id = needed("Its name in the fleet.", '"arras-1"')
    fingerprint: Fingerprint | None = key(
        "Fingerprint of its signing key, as the agent's `fleet enrol` needs it.",
        '"SHA256:W5pB8pqyhhQMr9jkbJ0rVwEdhKzq1RrPjGqYfEwPEuo"',
        "a mistake",
    )
    evidence_age: Duration | None = key(
        "How long it may be silent, `26h` at most: later, everything behind it is unproven.",
        '"1h"',
        '`"1h"`',
    )
    hosts: list[Id] = key(
        "Hosts that this agent must watch: one that no agent watches is unproven, one that two watch is judged by the "
        "worse.",
        '["srv-1", "srv-2"]',
        "those that the agent declares",
        [],
    )


class FleetTable(DeclaredTable):
    """The fleet: the agent sends its ledger to a PostgreSQL database, and goes on by itself while that is away."""

    role: Literal["agent", "centre"] | None = key(
        "What this configuration is for: an agent, or the centre that reads what agents sent.",
        '"centre"',
        "an agent",
    )
    agent: Annotated[
        list[FleetAgentTable], BeforeValidator(_agents), ValueForm("id; for the centre, the tables below")
    ] = key("The name of this agent in the fleet.", '"arras-1"', "for the centre alone", [])
    database: Database | None = key(
        "The database, without a user and a password in it. Of several hosts, separated by commas, the one that takes "
        "writes is used.",
        '"postgresql://pg.example:5432/beffroi"',
        "a mistake",
    )
    user: RoleName | None = key("The role at the database.", '"beffroi_arras_1"', "a mistake")
    password_file: SecretFile | None = key("The file of its password.", '"fleet.password"', "no password")
    certificate_file: Absolute | None = key(
        "A client certificate instead of a password.", '"/etc/beffroi/fleet.crt"', "no certificate"
    )
    key_file: SecretFile | None = key("The certificate's private key.", '"/etc/beffroi/fleet.key"', "no certificate")
    root_certificate: Absolute | None = key(
        "The authority of the server's certificate, which is verified together with the server's name. Needed but for "
        "a Unix socket and the loopback.",
        '"/etc/beffroi/pg-ca.pem"',
        "not verified",
    )
