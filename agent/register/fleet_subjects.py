"""What the agents of a fleet declare, by the names that it has at the centre: `agent/subject`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.accounting.accepting import AcceptanceTerms
from agent.core.errors import UsageError
from agent.core.model import Key
from agent.ledger.load_rows import Load
from agent.register.registers import REGISTERS, Kind

# What an entry of these is about, the agent alone looks at or judges by.
_LOOKED_AT = frozenset({Kind.BACKUP, Kind.PERIMETER})
OF_AGENTS = frozenset(
    {"departure"} | {one.name for one in REGISTERS.values() if any(field.kind in _LOOKED_AT for field in one.fields)}
)


def named(key: Key, agent: str) -> Key:
    """Return an agent's key by its name at the centre."""
    return key._replace(subject=f"{agent}/{key.subject}")


def refuse_of_agents(register: str) -> None:
    """Raise UsageError for a register by which only an agent judges."""
    if register in OF_AGENTS:
        raise UsageError(
            f"{register}: entries are judged by the agent that looks at what they name",
            f"run beffroi register add {register} there; the centre shows and counts them",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSubjects:
    """What is judged at the agents, for the beneficiaries that the centre declares; `loads` are each one's last.

    `lacking` are keys of hosts that the centre itself declares, by their own names.
    """

    loads: Mapping[str, Load]
    beneficiaries: frozenset[str]
    lacking: frozenset[Key] = field(default_factory=frozenset)

    def __contains__(self, key: object) -> bool:
        """Return whether some agent's last load declares a key, or the centre does."""
        if not isinstance(key, Key) or key.beneficiary not in self.beneficiaries:
            return False
        agent, _, subject = key.subject.partition("/")
        load = self.loads.get(agent)
        return key in self.lacking or (load is not None and key._replace(subject=subject) in load.declared)

    def __iter__(self) -> Iterator[Key]:
        """Yield every key."""
        for agent, load in self.loads.items():
            yield from (named(key, agent) for key in load.declared if key.beneficiary in self.beneficiaries)
        yield from self.lacking

    def terms(self, own: AcceptanceTerms) -> AcceptanceTerms:
        """Return by what acceptances are judged: `own` are the centre's; what agents know as mutualised is so here.

        A beneficiary for which the centre names no signatory has those that its agents name.
        """
        told = {agent: load.accepting for agent, load in self.loads.items() if load.accepting is not None}
        signatories = dict(own.signatories)
        for id in (one for one, names in own.signatories.items() if not names):
            every = (name for terms in told.values() for name in terms.signatories.get(id, ()))
            signatories[id] = tuple(dict.fromkeys(every))
        mutualised = frozenset(named(key, agent) for agent, terms in told.items() for key in terms.mutualised)
        return AcceptanceTerms(signatories=signatories, mutualised=own.mutualised | mutualised)
