"""The runbooks of the on-call, one page an alert, as installed with the program.

Reads:  docs/runbooks/NAME.md beside the packages (agent.installation.release lays it there); en/NAME.md.
The pages name samples (`srv-1`, `files`); where the site's own subjects are known, those stand in their place.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from agent.config.health_command import SAMPLE as HEALTH
from agent.core.convention import CLAUSES
from agent.core.inventory import Backup, Copy, DeclaredHost, LogSource, Perimeter
from agent.core.model import Key
from agent.core.ownership import HOME
from agent.core.reason import Reason
from agent.wording.languages import Language

FOLDER = HOME / "docs" / "runbooks"
FOLDERS: Mapping[Language, Path] = MappingProxyType({"fr": FOLDER, "en": FOLDER / "en"})
NO_IDS: Mapping[str, str] = MappingProxyType({})
# The sample of each kind of subject in the pages.
SAMPLES = {
    DeclaredHost: "srv-1",
    Backup: "files",
    Copy: "files/offsite",
    LogSource: "central/fw-1",
    Perimeter: "internet",
}
BENEFICIARY = "scota"
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_SAMPLE = re.compile(r"(?<![\w/.-])(files/offsite|central/fw-1|srv-1|files|internet|scota)(?![\w/.-])")


def runbook_names() -> tuple[str, ...]:
    """Return the names of the runbooks that are installed, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md")))


def runbook(
    name: str, ids: Mapping[str, str] = NO_IDS, *, language: Language = "fr", health: str = HEALTH
) -> str | None:
    """Return a runbook's text, in Markdown, with the site's own ids in its commands; None for an unknown name.

    `health` is the command that asks this agent for its health (agent.config.health_command).
    """
    if name not in runbook_names():
        return None
    text = (FOLDERS[language] / f"{name}.md").read_text(encoding="utf-8").replace(HEALTH, health)
    return _CODE.sub(lambda code: _SAMPLE.sub(lambda one: ids.get(one[0], one[0]), code[0]), text)


def runbook_link(name: str, address: str | None) -> str:
    """Return where a runbook is read: at the agent's own address, or by the command that prints it."""
    return f"beffroi explain {name}" if address is None else f"{address.rstrip('/')}/runbook/{name}"


def site_ids(name: str, keys: Iterable[Key]) -> Mapping[str, str]:
    """Return what stands for the samples of a runbook; of each kind the first key counts, the page's own target first.

    Only names that a shell takes as they are: a command is pasted.
    """
    known = [key for key in keys if re.fullmatch(r"[A-Za-z0-9][\w./@:-]*", key.subject, re.ASCII)]
    own = name.removesuffix("-missed")
    found: dict[str, str] = {}
    for key in sorted(known, key=lambda one: one.target != own):
        kinds = CLAUSES[key.target].subjects if key.target in CLAUSES else ()
        if len(kinds) == 1 and kinds[0] in SAMPLES:
            found.setdefault(SAMPLES[kinds[0]], key.subject)
        found.setdefault(BENEFICIARY, key.beneficiary)
    return found


def runbooks_of(name: str) -> tuple[str, ...]:
    """Return the runbooks on a target, a reason code or a runbook's own name: of a reason those that treat it."""
    names = runbook_names()
    if name in names:
        return (name,)
    if name in CLAUSES:
        return (f"{name}-missed",)
    if name not in {reason.value for reason in Reason}:
        return ()
    return tuple(one for one in names if f"`{name}`" in (runbook(one) or ""))
