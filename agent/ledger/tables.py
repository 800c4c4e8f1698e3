"""The tables, in types that every database has.

`chain` and `payload` are the ledger; `erased` says which payloads went by rule. Everything after them is derived: kept
up in the transaction that appends, only there to answer quickly, and made anew from the chain when need be
(agent.ledger.derive). Instants are text as agent.ledger.encode writes them, so that they sort as they follow.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

METADATA = MetaData()


def _sequence(*, primary_key: bool = True) -> "Column[int]":
    return Column("sequence", BigInteger, primary_key=primary_key, autoincrement=False, nullable=False)


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> "Column[str]":
    return Column(name, Text, primary_key=primary_key, nullable=nullable)


def _key() -> "tuple[Column[str], Column[str], Column[str]]":
    return tuple(_text(name, primary_key=True) for name in KEY)  # type: ignore[return-value]  # three names, three columns


def _name() -> "tuple[Column[str], Column[str]]":
    return _text("collector", primary_key=True), _text("subject", primary_key=True)


KEY = ("target", "subject", "beneficiary")

SCHEMA = Table("schema_version", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))

CHAIN = Table(
    "chain",
    METADATA,
    _sequence(),
    _text("instant"),
    _text("kind"),
    _text("beneficiary"),
    _text("payload_sha256"),
    _text("link"),
)
PAYLOAD = Table("payload", METADATA, _sequence(), _text("text"))
ERASED = Table("erased", METADATA, _sequence(), Column("erasure", BigInteger, nullable=False))

# The newest row once more: rows cut off at the end are missed by it.
TIP = Table(
    "tip",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    _sequence(primary_key=False),
    _text("instant"),
    _text("link"),
)

# `base` is the reading that holds whole what this one holds as a difference; null for a failure.
READING = Table(
    "reading_row",
    METADATA,
    _sequence(),
    _text("collector"),
    _text("subject"),
    Column("base", BigInteger),
    Index("reading_row_by_subject", "collector", "subject", "sequence"),
)
# `position`: the place in a batch, from 1 on; 0 for a row of its own. `origin` is the reading that it rests on, its own
# row as well. `instant` is that of its row.
LATEST_READING = Table(
    "latest_reading",
    METADATA,
    *_name(),
    _sequence(primary_key=False),
    Column("position", Integer, nullable=False),
    Column("origin", BigInteger, nullable=False),
    _text("instant"),
    _text("look"),
)
# Of those with a row of their own. `redated`: dates that have moved since the text of the facts was written, as a JSON
# object.
LATEST_OBSERVATION = Table(
    "latest_observation",
    METADATA,
    *_name(),
    _sequence(primary_key=False),
    Column("base", BigInteger, nullable=False),
    _text("base_instant"),
    _text("facts_sha256"),
    _text("redated"),
    _text("look"),
)
# Apart, so that a look that saw nothing new rewrites a few hundred bytes and not a thousand facts.
OBSERVED_FACTS = Table(
    "observed_facts",
    METADATA,
    *_name(),
    _text("lines"),
)

# One row for each row of many looks (agent.ledger.batch), and the newest observation where it is one of these.
BATCH = Table("batch_row", METADATA, _sequence())
BATCHED_OBSERVATION = Table(
    "batched_observation",
    METADATA,
    *_name(),
    _sequence(primary_key=False),
    Column("position", Integer, nullable=False),
    Column("origin", BigInteger, nullable=False),
    _text("look"),
    _text("difference"),
)
# The last row of each UTC day that holds a look of a name; each look names the one before it of its day.
BATCH_DAY = Table(
    "batch_day",
    METADATA,
    *_name(),
    _text("day", primary_key=True),
    Column("last", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
# Instants of rows of batches: of observations those that no later one reaches, the newest last; `is_dip`: of any look
# those that lie before the look before them, under a clock that was set back.
BATCH_INSTANT = Table(
    "batch_instant",
    METADATA,
    *_name(),
    Column("is_dip", Boolean, primary_key=True, nullable=False),
    _sequence(),
    _text("instant"),
    sqlite_with_rowid=False,
)

# Rows with verdicts, one or many, which are of one instant; and the rows of each key. A thousand hosts have a hundred
# thousand verdicts with a row a month, so that each takes one place in one tree.
VERDICT_ROW = Table(
    "verdict_row",
    METADATA,
    _sequence(),
    _text("at"),
    Index("verdict_row_by_instant", "at"),
)
VERDICT = Table(
    "verdict_of_key",
    METADATA,
    *_key(),
    _text("at", primary_key=True),
    _sequence(),
    sqlite_with_rowid=False,
)
# `words` and `sequence` are those of the newest row; `verdict` and `at` are renewed at each judgement, row or not.
STANDING = Table(
    "standing",
    METADATA,
    *_key(),
    _sequence(primary_key=False),
    _text("day"),
    _text("words"),
    _text("at"),
    _text("verdict"),
)
# The newest start of each key's line; `stands_until` is renewed at each judgement as well.
LINE = Table(
    "line",
    METADATA,
    *_key(),
    _text("last_at", nullable=True),
    _text("last_state", nullable=True),
    _text("last_reason", nullable=True),
    _text("stands_until", nullable=True),
)
START = Table("line_start", METADATA, *_key(), _text("at", primary_key=True), _text("state"), _text("reason"))

DAY = Table(
    "day_row",
    METADATA,
    *_key(),
    _text("day", primary_key=True),
    _sequence(primary_key=False),
    _text("state"),
    _text("measured"),
    _text("reason"),
    Column("late", Boolean, nullable=False),
    _text("judged_at"),
    Index("day_row_by_day", "day"),
    Index("day_row_by_sequence", "sequence"),
    sqlite_with_rowid=False,
)

# One load is one row for each beneficiary, so that a bundle can show one and hold back the others.
LOAD = Table("load_row", METADATA, _sequence(), Column("number", BigInteger, nullable=False))
FIRST_SEEN = Table("first_seen", METADATA, *_key(), _text("at"))

ENTRY = Table(
    "entry_row",
    METADATA,
    _sequence(),
    _text("register"),
    _text("id"),
    Column("revision", Integer, nullable=False),
    Index("entry_row_by_id", "register", "id", "revision", unique=True),
)
# The highest number ever given: an erased entry's is not given again.
ENTRY_NUMBER = Table(
    "entry_number", METADATA, _text("register", primary_key=True), Column("number", BigInteger, nullable=False)
)

HEAD = Table(
    "head",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _sequence(primary_key=False),
    _text("day"),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    _text("previous"),
    _text("head"),
    _text("signature"),
    _text("fingerprint"),
)

# The agent's log (agent.ledger.signed_log): its leaves from 0 on, each with the head that gave it and its day's seed.
LOG_LEAF = Table(
    "log_leaf",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    _text("text"),
    _text("seed"),
)
# The tree of each beneficiary of a signed day; `number` is its head's.
OWN_TREE = Table(
    "own_tree",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("beneficiary", primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    _text("root"),
)
CHECKPOINT = Table(
    "checkpoint",
    METADATA,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    _sequence(primary_key=False),
    _text("note"),
)

# One row for each time that a name came: `gone` and `explained` as in agent.core.manifest.
MANIFEST = Table(
    "manifest",
    METADATA,
    _text("subject", primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("name"),
    Column("size", BigInteger, nullable=False),
    _text("first_seen"),
    _text("last_hashed", nullable=True),
    _text("gone", nullable=True),
    Column("explained", Boolean, nullable=False),
)

DERIVED = (
    READING,
    LATEST_READING,
    LATEST_OBSERVATION,
    OBSERVED_FACTS,
    BATCH,
    BATCHED_OBSERVATION,
    BATCH_DAY,
    BATCH_INSTANT,
    VERDICT_ROW,
    VERDICT,
    STANDING,
    LINE,
    START,
    DAY,
    LOAD,
    FIRST_SEEN,
    ENTRY,
    ENTRY_NUMBER,
    HEAD,
    LOG_LEAF,
    OWN_TREE,
    CHECKPOINT,
    MANIFEST,
)
