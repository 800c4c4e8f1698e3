"""What is installed and covered by no security list: of another architecture, or of a component without one.

Sources that were carried over from another machine or an older release name some lists and leave others out. Those that
come are fresh, and nothing in them tells that fixes for these packages are never asked for.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from agent.core.errors import Denied, Unreadable
from agent.core.host import Host
from agent.core.model import Gap
from agent.core.reason import Reason
from collectors.patches import index
from collectors.patches.index import Offers
from collectors.patches.installed import Installed, native_of
from collectors.patches.release import SuiteIndex
from collectors.patches.targets import IndexTarget

# The list of the component that holds the system itself, for one architecture.
MAIN = "main/binary-{architecture}/Packages"
# The installer's own lists, below a component, are none of an installed system.
_LIST = re.compile(r"([^/]+)/binary-([^/]+)/Packages")
MOST_NAMED = 3

Suites = Mapping[str, SuiteIndex]


def lacking(listed: Sequence[IndexTarget], suites: Suites, architectures: Collection[str]) -> tuple[str, ...]:
    """Return of which architectures security suites list the system's own packages, and the sources ask for none."""
    asked = {target.key for target in listed if target.suite in suites}
    names = {name for one in suites.values() for name in one.lists}
    keys = {MAIN.format(architecture=one): one for one in sorted(architectures)}
    return tuple(one for key, one in keys.items() if key not in asked and any(name.startswith(key) for name in names))


def uncovered(
    host: Host,
    subject: str,
    installed: Installed,
    listed: Sequence[IndexTarget],
    signed: Mapping[str, SuiteIndex],
    suites: Suites,
    timeout: timedelta,
) -> Iterator[Gap]:
    """Yield a gap for each architecture and component of which something is installed and no fix is asked for.

    `signed` are the indexes over all lists, by what the files begin with; `suites` those of security.
    """
    native = native_of(installed)
    inside = {native} if any(one.all_apart for one in suites.values()) else {native, "all"}
    for one in lacking(listed, suites, {package.architecture for package in installed.values()} - inside):
        yield _gap(subject, f"packages of {one}", "see arch= and Architectures: in its sources")
    origins = {one.origin for one in suites.values()}
    for target in _left_out(listed, suites, native):
        over = signed.get(target.over)
        if over is None or over.security or over.origin not in origins:
            continue
        try:
            offers = _offers(host, target, over, timeout)
        except (Denied, Unreadable) as error:
            yield Gap(subject=subject, reason=error.reason, detail=error.detail)
            continue
        names = sorted(one.name for one in installed.values() if (one.name, one.architecture) in offers)
        if names:
            component = target.key.partition("/")[0]
            told = ", ".join(names[:MOST_NAMED]) + (
                f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else ""
            )
            yield _gap(
                subject, f"packages of {component} ({told})", f"add {component} to its source of security updates"
            )


def _left_out(listed: Sequence[IndexTarget], suites: Suites, native: str) -> Iterator[IndexTarget]:
    """Yield the lists of components of which the security suites have one that is not empty and is not asked for."""
    offered = {
        found[1]
        for one in suites.values()
        for name, entry in one.lists.items()
        if (found := _LIST.fullmatch(name)) and found[2] == native and entry.size
    }
    asked = {found[1] for target in listed if target.suite in suites and (found := _LIST.fullmatch(target.key))}
    for target in listed:
        found = _LIST.fullmatch(target.key)
        if found and found[2] == native and found[1] in offered - asked - {"main"}:
            yield target


def _offers(host: Host, target: IndexTarget, over: SuiteIndex, timeout: timedelta) -> Offers:
    listed = over.lists.get(target.key)
    if listed is not None and not listed.size:  # apt keeps no file of an empty list
        return {}
    said = host.run(*index.argv(target.file), timeout=timeout, output_limit=index.LIMIT)
    return index.parse(said.stdout, listed, target.file)


def _gap(subject: str, what: str, hint: str) -> Gap:
    detail = f"apt on {subject} has {what} and no list of their security updates: {hint}"
    return Gap(subject=subject, reason=Reason.INCOMPLETE, detail=detail)
