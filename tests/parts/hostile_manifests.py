"""Lists of the files of a pgBackRest backup, changed as anyone can who may write into an unencrypted repository."""

import gzip
import hashlib
import json
import re
from pathlib import Path

_SUM = re.compile(r'^backrest-checksum="[0-9a-f]{40}"$', re.MULTILINE)


def add_file(backup: Path, name: str, content: bytes) -> None:
    """Add a file to a backup and to both copies of its list, whose own sum is made anew."""
    packed = gzip.compress(content)
    target = backup / f"{name}.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed)
    told = {
        "checksum": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "repo-size": len(packed),
        "size": len(content),
        "timestamp": 1796175210,
    }
    line = f"{name}={json.dumps(told, separators=(',', ':'))}\n"
    for path in (backup / "backup.manifest", backup / "backup.manifest.copy"):
        changed = path.read_text().replace("[target:file]\n", f"[target:file]\n{line}")
        path.write_text(_SUM.sub(f'backrest-checksum="{_sum_of(changed)}"', changed))


def _sum_of(manifest: str) -> str:
    """Return the sum over all sections but the last, which holds the sum."""
    sections, lines = list[str](), list[str]()
    for line in reversed(manifest[: manifest.rindex("[backrest]")].splitlines()):
        if line.startswith("["):
            sections.append(f'"{line[1:-1]}":{{{",".join(reversed(lines))}}}')
            lines = []
        elif line:
            name, value = _pair(line)
            lines.append(f'"{name}":{value}')
    whole = "{" + ",".join(reversed(sections)) + "}"
    return hashlib.sha1(whole.encode(), usedforsecurity=False).hexdigest()


def _pair(line: str) -> tuple[str, str]:
    """Return a key and its value, which is JSON."""
    for found in re.finditer("=", line):
        try:
            json.loads(line[found.end() :])
        except ValueError:
            continue
        return line[: found.start()], line[found.end() :]
    raise ValueError(line)
