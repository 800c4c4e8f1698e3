"""The query that narrows a page: `?show=missed|unproven|all&host=ID&target=ID`.

`beneficiary` is no part of it: it narrows what may be seen at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.core.model import State
from agent.export.snapshot import Snapshot

_SHOWN = {"missed": State.MISSED, "unproven": State.UNPROVEN, "all": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFilter:
    """What of a snapshot is shown; None: all states, hosts or targets."""

    state: State | None = None
    host: str | None = None
    target: str | None = None

    @property
    def query(self) -> dict[str, str | None]:
        """Return the parameters of a link that filters alike."""
        return {"show": None if self.state is None else self.state.value, "host": self.host, "target": self.target}

    def within(self, snapshot: Snapshot) -> Snapshot | None:
        """Return the snapshot of the filter's host and target, all states; None where there is no such thing in it."""
        standings = snapshot.standings
        if self.host is not None:
            if self.host not in snapshot.host_names:
                return None
            standings = tuple(one for one in standings if one.concerns(self.host))
        if self.target is not None:
            if self.target not in {one.key.target for one in snapshot.standings}:
                return None
            standings = tuple(one for one in standings if one.key.target == self.target)
        if standings is snapshot.standings:
            return snapshot
        runs = tuple(run for run in snapshot.runs if self.host in (None, run.host))
        return replace(snapshot, standings=standings, runs=runs)


EVERYTHING = PageFilter()


def filter_in(parameters: Mapping[str, str]) -> PageFilter | None:
    """Return the filter that a query names; an empty value filters nothing; None: `show` is none of its three words."""
    show = parameters.get("show") or "all"
    if show not in _SHOWN:
        return None
    return PageFilter(state=_SHOWN[show], host=parameters.get("host") or None, target=parameters.get("target") or None)
