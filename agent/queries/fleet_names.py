"""How what an agent of a fleet names is called at the centre: its own name before it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agent.accounting.agreements import EVERY_SUBJECT, Acceptance, Adaptation, Agreements
from agent.accounting.retirements import Retirement
from agent.accounting.storing import CopyTerms, StoringTerms
from agent.core.duties.entries import RegisterEntry, Revision
from agent.core.model import Key, Verdict
from agent.register.fleet_subjects import named
from agent.report.figures import CopyPlace, InForce

# What an entry's values name of its agent's.
_NAMING = ("subject", "backup", "perimeter")


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreNames:
    """One agent's names at the centre; of the targets `whole` a beneficiary keeps its own.

    `entries` are the ids of its entries, which a former ledger of the agent may have given as well; `former` is its
    number then, from 1.
    """

    agent: str
    whole: frozenset[str]
    entries: frozenset[str] = frozenset()
    former: int = 0

    def subject(self, name: str) -> str:
        """Return a subject by its name there."""
        return f"{self.agent}/{name}"

    def entry_id(self, id: str) -> str:
        """Return an entry's id by its name there."""
        return self.subject(f"{id}~{self.former}" if self.former else id)

    def key(self, key: Key) -> Key:
        """Return a key by its name there."""
        is_whole = key.target in self.whole and key.subject == key.beneficiary
        if key.subject in self.entries:
            return key._replace(subject=self.entry_id(key.subject))
        return key if is_whole else named(key, self.agent)

    def verdict(self, one: Verdict) -> Verdict:
        """Return a verdict on a key by its name there."""
        return replace(one, subject=self.key(one.key).subject)

    def entry(self, one: RegisterEntry) -> RegisterEntry:
        """Return a register's entry, with the names of its values and of its revisions."""
        return replace(
            one,
            id=self.entry_id(one.id),
            values=self._values(one.values),
            earlier=tuple(Revision(values=self._values(before.values), until=before.until) for before in one.earlier),
        )

    def _values(self, values: Mapping[str, str]) -> Mapping[str, str]:
        return {key: self.subject(text) if key in _NAMING else text for key, text in values.items()}

    def agreements(self, own: Agreements) -> Agreements:
        """Return agreements; a limit that was adapted for all subjects is one for all of this agent, and of no other.

        A share of days is that of a whole target: an agent's own adapts none.
        """
        adaptations = (one for one in own.adaptations if one.subject is not None or one.limit is not None)
        return Agreements(
            acceptances=tuple(self._acceptance(one) for one in own.acceptances),
            adaptations=tuple(self._adaptation(one) for one in adaptations),
            exclusions=tuple(replace(one, id=self.entry_id(one.id), key=self.key(one.key)) for one in own.exclusions),
        )

    def _acceptance(self, one: Acceptance) -> Acceptance:
        return replace(one, id=self.entry_id(one.id), key=self.key(one.key))

    def _adaptation(self, one: Adaptation) -> Adaptation:
        if one.subject is None:
            return replace(one, id=self.entry_id(one.id), subject=f"{self.agent}{EVERY_SUBJECT}", attainment=None)
        return replace(one, id=self.entry_id(one.id), subject=self.subject(one.subject))

    def copy(self, one: CopyPlace) -> CopyPlace:
        """Return the place of a copy."""
        return replace(one, subject=self.subject(one.subject))

    def storing(self, terms: Sequence[InForce[StoringTerms | None]]) -> tuple[InForce[StoringTerms | None], ...]:
        """Return a backup's terms."""
        return tuple(replace(one, value=None if one.value is None else self._terms(one.value)) for one in terms)

    def _terms(self, one: StoringTerms) -> StoringTerms:
        return replace(one, backup=self.subject(one.backup), copies=tuple(self._copy(copy) for copy in one.copies))

    def _copy(self, one: CopyTerms) -> CopyTerms:
        return replace(one, subject=self.subject(one.subject))

    def retirement(self, one: Retirement) -> Retirement:
        """Return a retirement."""
        return replace(one, id=self.entry_id(one.id), subject=self.subject(one.subject))
