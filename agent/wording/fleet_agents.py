"""How each agent of a fleet stands, in words: the list at the head of the centre's page."""

from collections.abc import Iterator, Sequence

from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.quantities import instant

HEADING = Words(fr="Agents", en="Agents")
STATES = {
    AgentState.REFUSED: Words(fr="refusé", en="refused"),
    AgentState.SILENT: Words(fr="silencieux", en="silent"),
    AgentState.NEVER: Words(fr="jamais entendu", en="never heard of"),
    AgentState.CURRENT: Words(fr="à jour", en="current"),
}
_SINCE = Words(fr="dernière ligne reçue le {at}", en="last row received {at}")
_LAG = Words(fr="retard : {rows} lignes", en="{rows} rows behind")


def agent_lines(agents: Sequence[AgentStanding], language: Language) -> Iterator[str]:
    """Yield a line for each agent, those that are not current first."""
    order = tuple(STATES)
    for one in sorted(agents, key=lambda one: (order.index(one.state), one.agent)):
        yield _line(one, language)


def _line(one: AgentStanding, language: Language) -> str:
    colon = "\N{NO-BREAK SPACE}: " if language == "fr" else ": "
    parts = [STATES[one.state].of(language)]
    if one.received_at is not None:
        parts.append(_SINCE.of(language).format(at=instant(one.received_at, language)))
    if one.lag_rows:
        parts.append(_LAG.of(language).format(rows=one.lag_rows))
    if one.why:
        parts.append(inert(one.why, 200))
    return f"{inert(one.agent)}{colon}{', '.join(parts)}"
