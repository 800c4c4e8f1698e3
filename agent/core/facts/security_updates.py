"""The facts of a look at a machine's security updates that hold more than a number or a date.

`patch.pending` (`as_of`: since when it surely waits), `patch.pending.after` (what it is surely younger than),
`patch.pending.changelog` (what it is probably younger than) and `patch.pending.WHY` for each of HINDRANCES hold a
PackageVersion; `system.release` holds a System.
"""

from dataclasses import dataclass

from agent.core.registered import registered

PENDING = "patch.pending"
AFTER = "patch.pending.after"
CHANGELOG = "patch.pending.changelog"
# What keeps an update from coming by itself.
HINDRANCES = ("held", "pinned", "kept-back", "superseded")
RELEASE = "system.release"


@registered("patch.package")
@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PackageVersion:
    """One version of a package, such as `openssl:amd64` in `3.5.7-1~deb13u3`; the architecture may be missing."""

    package: str
    version: str

    @property
    def name(self) -> str:
        """Return the package's name without its architecture."""
        return self.package.partition(":")[0]


@registered("system.release")
@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Which system a machine says that it is; no `version`: it is not released (testing, unstable)."""

    distribution: str
    codename: str
    version: str

    @property
    def words(self) -> str:
        """Return the name for a sentence, such as `debian 13 trixie`."""
        return " ".join(part for part in (self.distribution, self.version, self.codename) if part)
