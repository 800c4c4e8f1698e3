"""Who owns the names of our three packages.

Reads:  RECORD of every distribution installed beside us, and where Python finds the three names.
Needs:  nothing.
Blind:  a file written by hand over one of ours, with no distribution behind it, in our own folder.

`agent`, `collectors` and `checks` are plain names, which other distributions carry too. Installing one of them in our
environment would write over our files without a word (pip 26: `pip check` is content). Nothing could be trusted then.
"""

import importlib.util
import re
from importlib.metadata import Distribution, distributions
from pathlib import Path

from agent.core.errors import UsageError

DISTRIBUTION = "beffroi"
PACKAGES = ("agent", "collectors", "checks")
HOME = Path(__file__).resolve().parents[2]

_CLAIM = re.compile(rf"^({'|'.join(PACKAGES)})(?:/|\.py,)", re.MULTILINE)


def strangers(path: list[str] | None = None) -> tuple[str, ...]:
    """Return each claim on one of our names that is not ours, as `NAME: OWNER`, sorted.

    `path` is where to look for distributions: `sys.path` when left out.
    """
    found = distributions() if path is None else distributions(path=path)
    installed = {f"{name}: {owner.name}" for owner in found for name in _claims(owner) if owner.name != DISTRIBUTION}
    return tuple(sorted(installed | {f"{name}: {place}" for name in PACKAGES if (place := _elsewhere(name))}))


def refuse_strangers() -> None:
    """Raise UsageError where something else than this program claims one of its package names."""
    found = strangers()
    if found:
        raise UsageError(
            f"another installed package owns a name of this program: {', '.join(found)}",
            "give this program a virtual environment of its own, made anew (remove .venv, or run beffroi install)",
        )


def _claims(owner: Distribution) -> set[str]:
    return set(_CLAIM.findall(owner.read_text("RECORD") or ""))


def _elsewhere(name: str) -> str | None:
    spec = importlib.util.find_spec(name)
    places = [] if spec is None else list(spec.submodule_search_locations or [])
    return None if places == [str(HOME / name)] else ", ".join(places) or "nobody"
