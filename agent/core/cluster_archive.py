"""What is seen of a database cluster's archive at one look: base backups, WAL, and how far the cluster itself is."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.errors import LookError
from agent.core.wal_segments import BaseBackup, WalArchive, WalChain, chains_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How far the source's cluster has written WAL, which transactions have ended, and its `archive_timeout`.

    `timeline` is the one that it writes. `archived` is the last segment that it believes to be archived; empty: none
    yet. `socket` is the Unix socket on which it answered; empty: it was another way.
    """

    lsn: int
    snapshot: str
    timeout: int
    timeline: int = 0
    archived: str = ""
    socket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerCluster:
    """The base backups of a cluster that another one followed, as after an upgrade, and its WAL."""

    backups: tuple[BaseBackup, ...]
    wal: WalArchive

    def chains(self) -> tuple[WalChain, ...]:
        """Return the chain of each base backup, the one that leads furthest first."""
        return chains_of(self.backups, self.wal)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterArchive:
    """The base backups of one cluster and its WAL; `unusable` are ids of backups of which something is known to lack.

    `damaged` are ids of those that a verification found damaged: they are told, and nothing is replayed on them.
    `source` is the cluster itself, or why it does not tell anything; `system` its system identifier. `former` are the
    clusters before it: their base backups are points, and nothing new is replayed on them.
    """

    backups: tuple[BaseBackup, ...]
    unusable: tuple[str, ...]
    damaged: frozenset[str]
    wal: WalArchive
    source: SourceState | LookError
    system: str = ""
    former: tuple[FormerCluster, ...] = ()

    @property
    def timeline(self) -> int:
        """Return the timeline that the cluster writes; 0: it does not tell."""
        return 0 if isinstance(self.source, LookError) else self.source.timeline

    def chains(self) -> tuple[WalChain, ...]:
        """Return the chain of each base backup, the one that leads furthest first."""
        return chains_of(self.backups, self.wal, self.timeline)

    def best_of(self, chains: Iterable[WalChain]) -> WalChain | None:
        """Return the first chain of a whole base backup that is not known to be damaged."""
        return next((one for one in chains if one.complete and one.backup.id not in self.damaged), None)

    @property
    def best(self) -> WalChain | None:
        """Return the chain that leads to the newest instant; None where no base backup can be restored."""
        return self.best_of(self.chains())
