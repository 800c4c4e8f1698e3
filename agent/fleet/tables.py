"""The tables of the fleet's database, in types that PostgreSQL, YugabyteDB and CockroachDB all have.

`row` is the chain of each ledger as its agent keeps it, `payload` the texts that its digests are of. A ledger is named
by the fingerprint of its key. Keys of tables are the guards: no two rows of a ledger have one sequence, and no two
claim one predecessor.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)

from agent.ledger.chain import GENESIS

SCHEMA = "beffroi"
VERSION = 1
METADATA = MetaData(schema=SCHEMA)

_DIGEST = "~ '^[0-9a-f]{64}$'"


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> "Column[str]":
    return Column(name, Text, primary_key=primary_key, nullable=nullable)


def _now(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


FLEET_VERSION = Table("version", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))

# Every key that was ever admitted; a key that was replaced keeps its rows.
KNOWN_LEDGER = Table("ledger", METADATA, _text("ledger", primary_key=True), _text("agent"), _now("admitted_at"))

# Who may write which ledger now. `admitted_at`: what was refused before then is settled.
ADMISSION = Table(
    "agent",
    METADATA,
    _text("agent", primary_key=True),
    Column("ledger", Text, ForeignKey(KNOWN_LEDGER.c.ledger), nullable=False, unique=True),
    Column("role", Text, nullable=False, unique=True),
    _now("admitted_at"),
)
READER = Table("reader", METADATA, _text("role", primary_key=True), _text("beneficiary"))

# The public half of each ledger's key, as its agent sent it: worth what its digest says, which is the ledger's name.
PUBLIC_KEY = Table(
    "public_key", METADATA, Column("ledger", Text, ForeignKey(KNOWN_LEDGER.c.ledger), primary_key=True), _text("pem")
)

# `ahead`: how many rows the agent had after this one when it sent it.
ROW = Table(
    "row",
    METADATA,
    Column("ledger", Text, ForeignKey(KNOWN_LEDGER.c.ledger), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    _text("previous"),
    _text("instant"),
    _text("kind"),
    _text("beneficiary"),
    _text("payload_sha256"),
    _text("link"),
    Column("ahead", BigInteger, nullable=False),
    _now("received_at"),
    UniqueConstraint("ledger", "previous", name="row_previous_key"),
    CheckConstraint("sequence >= 1 AND ahead >= 0", name="row_numbers_check"),
    CheckConstraint(f"(sequence = 1) = (previous = '{GENESIS}')", name="row_first_check"),
    CheckConstraint(f"previous {_DIGEST} AND link {_DIGEST} AND payload_sha256 {_DIGEST}", name="row_digests_check"),
    CheckConstraint(
        "length(instant) = 27 AND length(kind) BETWEEN 1 AND 64 AND length(beneficiary) <= 64", name="row_texts_check"
    ),
)
PAYLOAD_SENT = Table(
    "payload",
    METADATA,
    _text("ledger", primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    _text("beneficiary"),
    _text("text"),
    ForeignKeyConstraint(["ledger", "sequence"], [ROW.c.ledger, ROW.c.sequence], name="payload_row_fkey"),
)

# What an agent was refused, by itself or by the guards: `fork`, `key`, `link` or `payload`.
REFUSED_ROW = Table(
    "refusal",
    METADATA,
    Column("agent", Text, ForeignKey(ADMISSION.c.agent), primary_key=True),
    Column("admitted_at", DateTime(timezone=True), primary_key=True),
    _text("reason", primary_key=True),
    _text("fingerprint", primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    _text("detail"),
    _now("at"),
    CheckConstraint("reason IN ('fork', 'key', 'link', 'payload') AND length(detail) <= 500", name="refusal_check"),
)
