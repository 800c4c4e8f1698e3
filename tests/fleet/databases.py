"""One PostgreSQL for all tests of the fleet, and a database of its own for each."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from agent.config.settings import FleetSettings
from agent.fleet.database import FleetDatabase, connected_as_administrator
from agent.fleet.laying import lay_schema
from tests.parts.postgresql import PostgresqlServer, running_postgresql

_NUMBERS = itertools.count(1)


class AnyServer(Protocol):
    """One server, or several of which one takes writes."""

    def url(self, name: str, role: str = "postgres") -> str:
        """Return libpq's address of a database, as a role."""

    def settings(self, name: str) -> str:
        """Return what `[fleet] database` names."""

    def run(self, name: str, *statements: str, role: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements as a role; return the rows of the last."""


@dataclass
class LaidOn:
    """A fleet's database that was just made; `root`: the authority of its server, where that is asked for it."""

    server: AnyServer
    name: str
    root: Path | None = None

    def settings(self, user: str, agent: str = "") -> FleetSettings:
        """Return the `[fleet]` of an agent, or of the centre."""
        return FleetSettings(
            database=self.server.settings(self.name), user=user, agent=agent, root_certificate=self.root
        )

    def administrator(self) -> FleetDatabase:
        """Connect as the database's administrator."""
        return connected_as_administrator(None, self.server.url(self.name))

    def run(self, *statements: str, role: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements as a role; return the rows of the last."""
        return self.server.run(self.name, *statements, role=role)


@dataclass
class Laid(LaidOn):
    """One on a server of the test's."""

    server: PostgresqlServer


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresqlServer]:
    """Run one server for the session."""
    with running_postgresql() as running:
        yield running


def created(server: PostgresqlServer, template: str = "template1") -> Laid:
    """Make a database, an empty one unless as another."""
    name = f"fleet{next(_NUMBERS)}"
    server.run("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
    return Laid(server=server, name=name)


def laid_on(server: PostgresqlServer) -> Laid:
    """Make a database with the fleet's schema, and readers for two beneficiaries."""
    template = Laid(server=server, name="laid_template")
    if not server.run("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{template.name}'"):
        server.run("postgres", f"CREATE DATABASE {template.name}")
        with template.administrator() as database:
            assert lay_schema(database, ("scota", "lens"))
    return created(server, template.name)


@pytest.fixture
def empty(server: PostgresqlServer) -> Laid:
    """Return an empty database."""
    return created(server)


@pytest.fixture
def laid(server: PostgresqlServer) -> Laid:
    """Return a database with the fleet's schema, and readers for two beneficiaries."""
    return laid_on(server)
