"""Leave out of what some beneficiaries see what it tells of the machines of others.

A departure alone is looked for on every machine: its verdict names the one that is late and what was seen there, and
rests on a look at each.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from agent.core.model import DetailValue, Verdict

# What stands in the place of a machine's name, and of what was seen there.
HIDDEN = "…"

# What a detail names a machine by, with what it then tells of it; of several machines, these tell without naming each.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "host": ("right",),
    "back_on": ("right_back",),
    "on_host": ("orphans",),
    "untold": (),
}
_OF_SEVERAL = ("remaining", "part", "said")

IsOwn = Callable[[str], bool]


def without_others(verdict: Verdict, is_own: IsOwn) -> Verdict:
    """Return a verdict that tells of no machine but their own."""
    rest = tuple(replace(one, about=_without_others(one.about, is_own)) for one in verdict.rest)
    return replace(verdict, about=_without_others(verdict.about, is_own), rest=rest)


def _without_others(about: Mapping[str, DetailValue], is_own: IsOwn) -> Mapping[str, DetailValue]:
    named = {name: value for name in _NAMES if isinstance(value := about.get(name), str)}
    others = [name for name, host in named.items() if not is_own(host)]
    hidden = {*others, *(told for name in others for told in _NAMES[name])}
    left_out = _OF_SEVERAL if named else ()
    return {name: HIDDEN if name in hidden else value for name, value in about.items() if name not in left_out}
