"""A copy of the program, to which a test adds what a document shows."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.parts.checkout import HOME, PACKAGES
from tests.parts.program import Said, beffroi

SITE = """\
[agent]
state_directory = "{state}"
listen = "127.0.0.1:0"
language = "en"

[convention]
starts = 2026-01-01

[[beneficiary]]
id = "scota"

[[host]]
id = "srv-1"
transport = "local"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """A copy of the program, and a configuration beside it."""

    home: Path
    configuration: Path

    def beffroi(self, *arguments: str | Path) -> Said:
        """Run one command of the copy to its end, with its configuration where it takes one."""
        taken = () if arguments[0] == "explain" else ("--config", self.configuration)
        return beffroi(*arguments, *taken, extra={"PYTHONPATH": str(self.home)})

    def configure(self, more: str) -> None:
        """Write the configuration: one host, and these lines of its own or tables after it."""
        self.configuration.write_text(SITE.format(state=self.configuration.parent / "state") + more)

    def follow(self, document: str) -> list[str]:
        """Write each file that a document shows below its path; return their paths."""
        text = (HOME / "docs" / document).read_text()
        shown = re.findall(r"^`([\w./-]+)`:[^\n]*\n\n```\w+\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        for path, content in shown:
            assert not (self.home / path).exists(), path
            (self.home / path).parent.mkdir(parents=True, exist_ok=True)
            (self.home / path).write_text(content)
        return [path for path, _ in shown]


def scratch_tree(folder: Path) -> Scratch:
    """Return a copy of the program below a folder."""
    home = folder / "tree"
    for name in PACKAGES:
        # With what is compiled: each command of a copy would else compile it again.
        shutil.copytree(HOME / name, home / name)
    scratch = Scratch(home=home, configuration=folder / "beffroi.toml")
    scratch.configure("")
    return scratch
