"""Which ledgers the fleet's database ever admitted: what a key that was replaced had sent stays, and counts.

Reads:  the tables of admissions, of ledgers and of their keys.
Needs:  the centre's role.
Blind:  to an admission that the database has lost; the centre's copies tell of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, and_, func, select

from agent.fleet.tables import ADMISSION, KNOWN_LEDGER, PUBLIC_KEY, REFUSED_ROW
from agent.ledger import disk_errors
from agent.ledger.keys import write_file
from agent.ledger.locks import setup_lock

FOLDER = "admitted"
# Why a ledger is refused whose key another one has as well.
FORK = "fork"
# A key in PEM has a tenth of that. What an agent's role has sent in its place is cut, and is then no key.
LONGEST_KEY = 1000
_PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedLedger:
    """A ledger that has sent its key: whose it is, and since when; `is_present`: its agent is admitted with it now.

    `forked_at`: when another ledger of the same key was first refused since the agent was admitted last; None: never.
    """

    agent: str
    ledger: str
    pem: str
    admitted_at: datetime
    is_present: bool
    forked_at: datetime | None = None


def admitted_ledgers(connection: Connection) -> tuple[AdmittedLedger, ...]:
    """Return every ledger that was ever admitted and has sent its key, by agent, in the order of their admission.

    The one that is admitted now is its agent's last, also where it is an older key that was taken again.
    """
    query = (
        select(
            KNOWN_LEDGER.c.agent,
            KNOWN_LEDGER.c.ledger,
            KNOWN_LEDGER.c.admitted_at,
            func.substr(PUBLIC_KEY.c.pem, 1, LONGEST_KEY).label("pem"),
            ADMISSION.c.admitted_at.label("now_since"),
            REFUSED_ROW.c.at.label("forked_at"),
        )
        .join(PUBLIC_KEY, PUBLIC_KEY.c.ledger == KNOWN_LEDGER.c.ledger)
        .outerjoin(ADMISSION, ADMISSION.c.ledger == KNOWN_LEDGER.c.ledger)
        .outerjoin(
            REFUSED_ROW,
            and_(
                REFUSED_ROW.c.agent == ADMISSION.c.agent,
                REFUSED_ROW.c.admitted_at == ADMISSION.c.admitted_at,
                REFUSED_ROW.c.reason == FORK,
                REFUSED_ROW.c.fingerprint == ADMISSION.c.ledger,
            ),
        )
    )
    rows = connection.execute(query.order_by(KNOWN_LEDGER.c.agent, KNOWN_LEDGER.c.admitted_at)).all()
    last = {row.agent: row.admitted_at for row in rows}
    found = (
        AdmittedLedger(
            agent=row.agent,
            ledger=row.ledger,
            pem=row.pem,
            # Admitted again with the same key, it goes on; taken again after another, it follows that one.
            admitted_at=row.admitted_at
            if row.now_since is None or row.admitted_at == last[row.agent]
            else row.now_since,
            is_present=row.now_since is not None,
            forked_at=row.forked_at,
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: (one.agent, one.is_present, one.admitted_at)))


def note_beginning(directory: Path, at: datetime) -> None:
    """Note when the ledger of a copy was admitted, where that is not noted so: it counts since. Raises LedgerFull."""
    if noted_beginning(directory) != at:
        _note(_note_of(directory), at)


def noted_beginning(directory: Path) -> datetime | None:
    """Return when the ledger of a copy was admitted, as it was noted; None: it was never one that counts here."""
    return _noted(_note_of(directory))


def note_fork(directory: Path, at: datetime | None) -> None:
    """Note since when another ledger has the key of a copy's, None: that was settled. Raises LedgerFull."""
    if noted_fork(directory) == at:
        return
    file = _note_of_fork(directory)
    if at is not None:
        _note(file, at)
        return
    with disk_errors.room(file):
        file.unlink(missing_ok=True)


def noted_fork(directory: Path) -> datetime | None:
    """Return since when another ledger has the key of a copy's, as it was noted last; None: none has."""
    return _noted(_note_of_fork(directory))


def _note(file: Path, at: datetime) -> None:
    with disk_errors.room(file):
        file.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    # The centre, and a command that someone runs beside it, may both find it missing.
    with disk_errors.room(file), setup_lock(file.parent, _PATIENCE):
        write_file(file, at.isoformat().encode(), 0o640)


def _noted(file: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        # A release before lost what it wrote where the power went: it is noted anew.
        return None


def _note_of_fork(directory: Path) -> Path:
    beside = _note_of(directory)
    return beside.with_name(f"{beside.name}.fork")


def _note_of(directory: Path) -> Path:
    # Apart from the copies, which may be removed.
    return directory.parents[2] / FOLDER / directory.parent.name / directory.name
