"""The backup program that docs/adding-a-backup-program.md shows, and points made by it."""

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import collectors
from tests.parts.checkout import HOME

DOCUMENT = HOME / "docs" / "adding-a-backup-program.md"
_BLOCK = re.compile(r"^`collectors/(aside/\w+\.py)`:\n\n```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Write the document's program below a folder, and let it be found there as if it lay in `collectors`."""
    for name, text in _BLOCK.findall(DOCUMENT.read_text()):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    collectors.__path__.append(str(folder))
    try:
        yield
    finally:
        collectors.__path__.remove(str(folder))
        for name in [name for name in sys.modules if name.partition("collectors.aside")[1] and "tests" not in name]:
            del sys.modules[name]
        vars(collectors).pop("aside", None)


def make_archive(archive: Path) -> None:
    """Make an empty archive."""
    archive.mkdir(parents=True)
    (archive / "id").write_text(hashlib.sha256(str(archive).encode()).hexdigest() + "\n")


def make_point(archive: Path, source: Path, *, age: timedelta, host: str = "srv-1") -> Path:
    """Copy a source aside, as made so long ago; return the point's folder."""
    made = datetime.now(UTC) - age
    point = archive / hashlib.sha256(made.isoformat().encode()).hexdigest()
    tree = point / "tree"
    kept = tree / str(source).lstrip("/")
    shutil.copytree(source, kept)
    sums = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  ./{file.relative_to(tree)}\n"
        for file in sorted(kept.rglob("*"))
        if file.is_file()
    ]
    (point / "sums").write_text("".join(sums))
    (point / "point.json").write_text(json.dumps({"time": made.isoformat(), "host": host, "paths": [str(source)]}))
    return point
