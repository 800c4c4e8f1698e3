"""borgmatic's configuration files, read for the borg repositories and sources that they name.

Reads:  config.yaml and *.yaml where borgmatic's documentation says that they are looked for
Blind:  includes, and what a template works out. Of secrets only the presence is seen.
"""

import shlex
from collections.abc import Iterator
from pathlib import Path

from agent.config.initial.clues import Clues
from agent.config.initial.profiles import Tree, paths_in, table_in, text_at, tree_of
from agent.config.initial.units import Job, outside

# https://torsion.org/borgmatic/how-to/set-up-backups/#configuration
_FILES = (
    "etc/borgmatic/config.yaml",
    "etc/borgmatic.d/*.yaml",
    "etc/borgmatic.d/*.yml",
    "root/.config/borgmatic/config.yaml",
    "root/.config/borgmatic.d/*.yaml",
)
_MOST = 50
_SECTIONS = ("location", "storage", "retention", "consistency", "hooks")


def borgmatic_jobs(root: Path) -> Iterator[Job]:
    """Yield what each configuration backs up, once for each of its repositories."""
    for pattern in _FILES:
        for file in sorted(root.glob(pattern))[:_MOST]:
            yield from _of_file(root, file, _flat(tree_of(file)))


def _flat(tree: Tree) -> Tree:
    """Return the options at the top, where those of sections stand too (borgmatic before 1.8)."""
    sections = (table_in(tree.get(name)) for name in _SECTIONS)
    return {**tree, **{key: value for section in sections for key, value in section.items()}}


def _of_file(root: Path, file: Path, options: Tree) -> Iterator[Job]:
    sources = paths_in(options.get("source_directories"))
    names = frozenset(("BORG_PASSPHRASE",) if "encryption_passphrase" in options else ())
    if not sources or "repositories" not in options:
        return
    listed = options["repositories"]
    for one in listed if isinstance(listed, list) else ():
        entry = table_in(one) or {"path": one}
        name = text_at(entry, "label") or file.stem
        yield Job(
            name="borgmatic" if name == "config" else name,
            origin=f"{outside(root, file)}, repository {text_at(entry, 'label') or text_at(entry, 'path') or '…'}",
            tool="borgmatic",
            program="borg",
            clues=Clues(
                repository=text_at(entry, "path"),
                password_file=_password_file(text_at(options, "encryption_passcommand")),
                paths=sources,
                names=names,
            ),
        )


def _password_file(command: str | None) -> str | None:
    """Return the file that a pass command prints: `cat /etc/borg/passphrase`."""
    try:
        words = shlex.split(command or "")
    except ValueError:
        return None
    words = [word for word in words if word != "--"]
    printed = len(words) == 2 and words[0].rpartition("/")[2] == "cat" and words[1].startswith("/")
    return words[1] if printed else None
