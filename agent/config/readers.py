"""The names in `readers`: what must hold between the lists, and what the web configuration must know."""

from collections.abc import Collection, Iterator

from agent.config.keys import nearest
from agent.config.mistakes import Mistake, shown
from agent.config.positions import Path
from agent.config.tables import TomlTable


def mistaken_readers(file: TomlTable) -> Iterator[Mistake]:
    """Yield readers who could not prove a name, and names that see everything and only a part."""
    agent = file.table("agent") or TomlTable(path=("agent",), values={})
    named = _limited(file)
    everything = {name: place for place, name in agent.texts("readers")}
    for place, name in named:
        if name in everything:
            yield Mistake(
                path=place,
                what=f"{shown(name, place)} is in [agent] readers as well, which see everything",
                hint="keep the name in one of the two lists",
                first=everything[name],
            )
    if "web_config" not in agent.values and agent.text("listen") != "":
        for place, name in (*((place, name) for name, place in everything.items()), *named):
            yield Mistake(
                path=place,
                what=f"{shown(name, place)} cannot prove its name: there is no basic authentication without web_config",
                hint="name a web_config with basic_auth_users in [agent], or leave readers out",
            )


def unknown_readers(file: TomlTable, known: Collection[str], web_config: str) -> Iterator[Mistake]:
    """Yield readers that are no name of a web configuration; `known` are its names."""
    agent = file.table("agent")
    for place, name in (*(agent.texts("readers") if agent is not None else ()), *_limited(file)):
        if name not in known:
            near = nearest(name, tuple(known)) or nearest(name.lower(), tuple(known))
            hint = f"did you mean {shown(near)}?" if near else f"add the name to basic_auth_users of {web_config}"
            yield Mistake(path=place, what=f"{shown(name, place)} is no name of {shown(web_config)}", hint=hint)


def _limited(file: TomlTable) -> tuple[tuple[Path, str], ...]:
    return tuple(one for table in file.tables("beneficiary") for one in table.texts("readers"))
