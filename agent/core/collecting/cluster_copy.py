"""The interface of a copy of a database cluster, for the exercise that restores it, starts it and asks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from agent.core.reason import Reason
from agent.core.wal_segments import WalChain


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPoint:
    """A base backup with the WAL that goes on from it, and the newest instant that they are shown to lead to.

    `archived` is when its newest segment was: nothing in it was committed later, whatever the source's clock says.
    `missing` is a segment that the archive lacks before later ones; empty: none. `needs` are the ids of the other
    backups that hold files of it. `major` is the version of the server that made it; None: only the restored cluster
    says so.
    """

    chain: WalChain
    time: datetime
    archived: datetime
    missing: str = ""
    needs: tuple[str, ...] = ()
    major: int | None = None

    @property
    def id(self) -> str:
        """Return the base backup's id."""
        return self.chain.backup.id

    @property
    def segments(self) -> int:
        """Return how many segments are to be replayed."""
        return self.chain.end // self.chain.size - self.chain.first


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRestore:
    """How a restore ended: `damaged` that the copy's data is bad, `hindered` what else kept it from being made.

    `wal` is the file of WAL that is bad or could not be fetched; empty: it is the base backup. `listed`: the program
    held each file to the sum that it keeps of it.
    """

    took: timedelta
    damaged: bool = False
    hindered: Reason | None = None
    said: str = ""
    wal: str = ""
    listed: bool = False

    @property
    def is_whole(self) -> bool:
        """Return whether everything came back."""
        return not self.damaged and self.hindered is None


def roles_with(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the usual superuser, and the role by which a source is asked."""
    return tuple(dict.fromkeys(("postgres", environment.get("PGUSER", "postgres"))))


class ClusterCopy(Protocol):
    """Reach one copy of a cluster; every call has a deadline and may raise a LookError."""

    @property
    def id(self) -> str:
        """Return the cluster's system identifier."""
        ...

    @property
    def version(self) -> str:
        """Return the backup program and its version."""
        ...

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles by which its restored cluster may be asked, those first that are tried first."""
        ...

    def newest(self) -> ClusterPoint | None:
        """Return the point that leads to the newest instant; None where there is none that can be restored."""
        ...

    def restore(
        self, point: ClusterPoint, data: Path, tablespaces: Path, wal: Path, *, timeout: timedelta
    ) -> ClusterRestore:
        """Restore the base backup into a new folder `data`, and lay its WAL down as it was written, by segment.

        Each tablespace goes into a folder of `tablespaces` that has its number as its name. History files of the
        timelines that are followed lie beside the segments.
        """
        ...

    def keeps(self, point: ClusterPoint) -> bool:
        """Return whether the base backup of a point is kept still: its retention neither removed nor removes it."""
        ...
