"""Decide which looks at hosts behind SSH are begun now: those that are due, some hosts at a time.

A thousand hosts that are due together (a first start, a start after a long stop) are not asked together. From then on
each host keeps the place that it got, since each of its looks is due by itself, one rhythm after it was last begun.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.core.ahead import lies_ahead
from agent.daemon.schedule import STEP, ScheduledDuty
from agent.evaluation.tasks import Task, way_of

# All hosts that are due together have been asked within this share of the shortest rhythm, so that the turns of one
# rhythm are over before the next; and within so long at most: the first verdicts of a thousand hosts wait for no more.
SHARE = 0.75
LONGEST_SPREAD = timedelta(minutes=15)
# A host that is asked is asked at once what would be due of it within this share of its rhythm: one connection for all,
# and looks that parted (one was declared later) come together again.
TAKEN_ALONG = 0.5
# So many hosts are asked at once in any case: as many as there are workers.
AT_ONCE = 32
NEVER = datetime.min.replace(tzinfo=UTC)

# By the key of `[schedule]`.
Rhythms = Mapping[str, ScheduledDuty]


def is_paced(task: Task) -> bool:
    """Return whether a look is begun when its host's turn comes, and not with all others of its rhythm."""
    return way_of(task) is not None


class PacedLooks:
    """Remember when each look was last begun; `last_begun` is what the ledger knows, by collector and subject."""

    def __init__(self, last_begun: Mapping[tuple[str, str], datetime]) -> None:
        self._last_begun = dict(last_begun)

    def due(self, tasks: Iterable[Task], rhythms: Rhythms, now: datetime, zone: ZoneInfo) -> tuple[Task, ...]:
        """Return the looks that are begun now, those of one host together; to be asked once a STEP.

        A host with something that was never looked at comes first, then the one that waits longest. Where that decides
        nothing a digest of the id does: neighbours in a list, often of one rack or one jump host, come apart.
        """
        hosts: dict[str, list[Task]] = {}
        for task in tasks:
            hosts.setdefault(task.host, []).append(task)
        names = {task.name for of_host in hosts.values() for task in of_host}
        self._last_begun = {name: at for name, at in self._last_begun.items() if name in names}
        late = {host: self._late(of_host, rhythms, now, zone) for host, of_host in hosts.items()}
        waiting = sorted(
            (host for host in late if late[host]), key=lambda host: (self._since(late[host], now), digest(host))
        )
        periods = [rhythms[task.collector.schedule].every for host in waiting for task in late[host]]
        chosen = waiting[: hosts_at_once(len(hosts), periods)]
        begun = [task for host in chosen for task in self._soon(hosts[host], rhythms, now, zone)]
        self._last_begun |= {task.name: now for task in begun}
        return tuple(begun)

    def forget(self, names: Iterable[tuple[str, str]]) -> None:
        """Take looks for ones that were never taken: what is declared under their names is something else now."""
        self._last_begun = {name: at for name, at in self._last_begun.items() if name not in frozenset(names)}

    def _late(self, tasks: Iterable[Task], rhythms: Rhythms, now: datetime, zone: ZoneInfo) -> list[Task]:
        return [
            task for task in tasks if rhythms[task.collector.schedule].due(self._last_begun.get(task.name), now, zone)
        ]

    def _soon(self, tasks: Iterable[Task], rhythms: Rhythms, now: datetime, zone: ZoneInfo) -> Iterator[Task]:
        for task in tasks:
            every = rhythms[task.collector.schedule].every
            ahead = every * TAKEN_ALONG if isinstance(every, timedelta) else timedelta(0)
            yield from self._late([task], rhythms, now + ahead, zone)

    def _since(self, late: Iterable[Task], now: datetime) -> datetime:
        begun = (self._last_begun.get(task.name, NEVER) for task in late)
        return min(NEVER if lies_ahead(at, now) else at for at in begun)


def digest(host: str) -> bytes:
    """Return what orders hosts: the same for an id on every machine and in every release."""
    return hashlib.sha256(host.encode()).digest()


def hosts_at_once(hosts: int, periods: Iterable[object]) -> int:
    """Return how many of so many hosts are asked in one STEP, given the rhythms of what is due; at least AT_ONCE."""
    intervals = [one for one in periods if isinstance(one, timedelta)]
    spread = min([LONGEST_SPREAD, *(one * SHARE for one in intervals)])
    return max(AT_ONCE, math.ceil(hosts * STEP / max(spread, STEP)))
