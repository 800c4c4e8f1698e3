"""Which beneficiaries each basic-authentication name may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.core.inventory import Beneficiary

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The declared readers. Where none is declared, every request sees everything; else a name in no list sees nothing.

    `limited` gives the beneficiaries of a name, `unlimited` the names that see everything.
    """

    limited: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unlimited: frozenset[str] = frozenset()

    @classmethod
    def declared(cls, unlimited: Iterable[str], beneficiaries: Iterable[Beneficiary]) -> "Readers":
        """Return the readers of a configuration: `[agent] readers` and those of its beneficiaries."""
        limited: dict[str, frozenset[str]] = {}
        for beneficiary in beneficiaries:
            for reader in beneficiary.readers:
                limited[reader] = limited.get(reader, frozenset()) | {beneficiary.id}
        return cls(limited=limited, unlimited=frozenset(unlimited))

    @property
    def names(self) -> frozenset[str]:
        """Return every declared name."""
        return self.unlimited | self.limited.keys()

    def sight(self, user: str | None) -> frozenset[str] | None:
        """Return the beneficiaries that a proven name may see; None: everything. No name proven: `user` is None."""
        if not self.names:
            return None
        if user is None:
            return NOTHING
        # A name in both lists is a mistake of the configuration; the narrower list counts.
        if user in self.limited:
            return self.limited[user]
        return None if user in self.unlimited else NOTHING
