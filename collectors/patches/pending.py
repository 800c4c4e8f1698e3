"""Since when each security update has been waiting: remembered from look to look, as a bracket of two dates.

A fix is known to be out since the date of the first signed index that offered it, `patch.pending`. It came after the
index before, which did not offer it: `patch.pending.after`. At a first sight there is none; what is installed in its
place then gives a hint, `patch.pending.changelog`, and no more than that, since anyone may build an old version late.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from agent.core.ahead import lies_ahead
from agent.core.facts.security_updates import AFTER, CHANGELOG, PENDING, PackageVersion
from agent.core.model import Fact, Observation
from collectors.patches import kernel
from collectors.patches.index import Fix
from collectors.patches.installed import Installed
from collectors.patches.versions import Version

DOCUMENTATION = "/usr/share/doc"
MOST = 300
# The first line of a changelog that ends an entry: ` -- Name <address>  Mon, 17 Nov 2025 10:00:00 +0100`.
SCRIPT = (
    'd=$1; shift; for p; do for f in "$d/$p/changelog.Debian.gz" "$d/$p/changelog.gz"; do [ -f "$f" ] || continue; '
    'printf "%s " "$p"; zcat -f -- "$f" 2>/dev/null | head -c 65536 | sed -n "/^ -- .*>  /{s/^ -- .*>  //p;q}" | '
    "cut -b 1-60; echo; break; done; done; exit 0"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingUpdate:
    """One update that waits.

    `known` is since when it surely did, `after` what it is surely younger than, `changelog` what it is probably
    younger than.
    """

    id: str
    version: Version
    known: datetime
    after: datetime | None = None
    changelog: datetime | None = None

    @property
    def kept(self) -> PackageVersion:
        """Return package and version as a fact holds them."""
        return PackageVersion(package=self.id, version=self.version.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFix:
    """A fix, the date of the signed index that offers it, and that of the same index as the last look saw it.

    `unchanged`: the last look saw this very version installed. Without that, the index before may have offered the fix
    already: a machine that is set back to an older image keeps its old dates.
    """

    fix: Fix
    date: datetime
    before: datetime | None
    unchanged: bool


def remembered(previous: Observation | None, installed: Installed, now: datetime) -> Iterator[PendingUpdate]:
    """Yield what was waiting at the last look and still is: what is installed is older than it.

    What was first seen ahead of now is known since now, and nothing shows since when it waits at the most.
    """
    if previous is None:
        return
    after = {fact.value: fact.as_of for fact in previous.named(AFTER) if not lies_ahead(fact.as_of, now)}
    changelog = {fact.value: fact.as_of for fact in previous.named(CHANGELOG)}
    for fact in previous.named(PENDING):
        one = fact.value
        if not isinstance(one, PackageVersion):
            continue
        package = installed.get(one.package)
        # A kernel that was installed since then has another name.
        if package is not None and kernel.newest_of_line(package, installed).version < Version(one.version):
            yield PendingUpdate(
                id=one.package,
                version=Version(one.version),
                known=min(fact.as_of, now),
                after=after.get(one),
                changelog=changelog.get(one),
            )


def waiting(offered: Iterable[OfferedFix], still: Iterable[PendingUpdate]) -> tuple[PendingUpdate, ...]:
    """Return everything that waits, oldest first; what was remembered keeps its dates."""
    found = {one.kept: one for one in still}
    for one in offered:
        package = one.fix.package
        # What was installed or changed since the index before may have lacked the fix already then.
        since = package.since if one.unchanged else None
        settled = one.before is not None and since is not None and since < one.before < one.date
        new = PendingUpdate(
            id=package.id, version=one.fix.version, known=one.date, after=one.before if settled else None
        )
        found.setdefault(new.kept, new)
    return tuple(sorted(found.values(), key=lambda one: (one.known, one.kept)))


def withdrawn(one: PendingUpdate, versions: Sequence[Version]) -> bool:
    """Return whether nothing that apt knows of mends it any more: the archive took it back.

    A fix that left the security index at a point release is not withdrawn: the point release offers as much. Of a
    kernel no one can tell, since the next one has another name.
    """
    return bool(versions) and not kernel.IMAGE.match(one.id) and max(versions) < one.version


def asked(ones: Iterable[PendingUpdate]) -> tuple[str, ...]:
    """Return the packages whose changelog is to be read: those of which nothing says how old their fix may be."""
    names = (one.id.partition(":")[0] for one in ones if one.after is None and one.changelog is None)
    return tuple(dict.fromkeys(names))[:MOST]


# openssl Sat, 12 Jul 2025 21:40:31 +0200
def dated(ones: Iterable[PendingUpdate], said: bytes) -> tuple[PendingUpdate, ...]:
    """Return the same, each with the date of the changelog that lies there, where one does."""
    dates: dict[str, datetime] = {}
    for line in said.decode(errors="replace").split("\n"):
        name, _space, text = line.partition(" ")
        try:
            date = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if date.tzinfo is not None:
            dates.setdefault(name, date.astimezone(UTC))
    return tuple(
        one if one.changelog is not None else replace(one, changelog=dates.get(one.id.partition(":")[0]))
        for one in ones
    )


def facts(ones: Iterable[PendingUpdate], subject: str) -> Iterator[Fact]:
    """Yield what is kept of them."""
    for one in ones:
        yield Fact(name=PENDING, subject=subject, value=one.kept, as_of=one.known)
        if one.after is not None:
            yield Fact(name=AFTER, subject=subject, value=one.kept, as_of=min(one.after, one.known))
        elif one.changelog is not None:
            yield Fact(name=CHANGELOG, subject=subject, value=one.kept, as_of=min(one.changelog, one.known))
