"""The verdicts of a ledger: the newest of each key, and the line of states that the changed ones make."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from agent.accounting.timeline import Start, Timeline
from agent.core.model import Key, Verdict
from agent.ledger import encode, state_lines, verdicts
from agent.ledger.append import Writer
from agent.ledger.newest_known import Announced
from agent.ledger.opened import OpenedLedger
from agent.ledger.verdict_rows import VerdictRecord


class VerdictLedger(OpenedLedger):
    """Append verdicts, and read what stands and what changed."""

    def keep_verdicts(self, judged: Sequence[VerdictRecord]) -> None:
        """Take verdicts as the newest; one that says something new, or is the first of its UTC day, gets a row."""

        own = [one.verdict for one in judged]

        def keep(writer: Writer) -> Announced:
            starts, newest = verdicts.keep(writer, judged, self._limits), writer.tip
            return self._announced(
                writer,
                lambda known: known.with_verdicts(newest.sequence, own, starts),
                at=max((encode.instant(one.at) for one in own), default=None),
            )

        self._newest.take(self._store.write(keep))

    def standing(self) -> tuple[Verdict, ...]:
        """Return the newest verdict of each key."""
        return tuple(self._newest.read(self._store.read).standing.values())

    def newest_verdicts(self) -> Mapping[Key, Verdict]:
        """Return the newest verdict of each key, by its key."""
        return self._newest.read(self._store.read).standing

    def timeline(self, key: Key, since: datetime) -> Timeline:
        """Return a key's line of states, from the start that was in force at `since` on."""
        return self._store.read(lambda connection: state_lines.line(connection, key, since))

    def timelines(self, since: datetime, keys: Collection[Key] | None = None) -> Mapping[Key, Timeline]:
        """Return the line of every key that has one, each from the start that was in force at `since` on.

        `keys` narrows to (at least) these.
        """
        return self._store.read(lambda connection: state_lines.lines(connection, since, keys, self._limits))

    def last_starts(self) -> Mapping[Key, Start]:
        """Return, for each key, since when it is in the state that its line of states ends with."""
        return self._newest.read(self._store.read).starts

    def verdict_changes(self, since: datetime, key: Key | None = None) -> tuple[Verdict, ...]:
        """Return the verdicts that got a row since an instant, in the order of the ledger."""
        return self._store.read(lambda connection: verdicts.changes(connection, since, key))

    def last_verdicts(self, until: datetime, target: str, beneficiary: str) -> tuple[Verdict, ...]:
        """Return the last verdict before an instant that each subject of a target got a row of."""
        return self._store.read(lambda connection: verdicts.last_before(connection, until, target, beneficiary))
