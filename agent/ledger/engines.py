"""Engines on SQLite files that share what SQLAlchemy prepares: a statement is compiled once for all ledgers.

`create_engine` gives each engine a dialect and a cache of its own. A ledger has three engines and a fleet's centre
three for each agent, which would all compile, and keep, the same statements.

Source: https://docs.sqlalchemy.org/en/21/core/connections.html («SQL Compilation Caching»).
"""

import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Engine, create_engine
from sqlalchemy.pool import NullPool, Pool, QueuePool, StaticPool
from sqlalchemy.sql.compiler import Compiled
from sqlalchemy.util import LRUCache

# The statements of the whole program are some hundred.
_COMPILED: LRUCache[object, Compiled] = LRUCache(1000)


def pooled(connect: Callable[[], Any]) -> Engine:
    """Return an engine whose connections are used again: four of them, and up to 28 more for a while."""
    return _on(QueuePool(connect, pool_size=4, max_overflow=28, dialect=dialect()))


def unpooled(connect: Callable[[], Any]) -> Engine:
    """Return an engine that connects for each transaction."""
    return _on(NullPool(connect, dialect=dialect()))


def in_memory() -> Engine:
    """Return an engine on an empty database of its own, which goes with its one connection."""
    return _on(StaticPool(_connect_in_memory, dialect=dialect()))


def _connect_in_memory() -> Any:  # SQLAlchemy's name for a connection is wider than sqlite3's
    return sqlite3.connect(":memory:")


def dialect() -> Dialect:
    """Return how SQLite is spoken to: one for all engines, since what is compiled is compiled for a dialect."""
    return _first().dialect


def _on(pool: Pool) -> Engine:
    first = _first()
    return Engine(pool, first.dialect, first.url, execution_options={"compiled_cache": _COMPILED})


@cache
def _first() -> Engine:
    """Return an engine that has connected once: its dialect knows then what this SQLite can do."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect():
        pass
    engine.dispose()
    return engine
