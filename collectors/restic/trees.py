"""What a point's tree of files begins with: a backup made with a relative path hangs its folders at the top."""

import json
from typing import Any

from agent.core.errors import Unreadable
from agent.core.host import Output
from agent.core.points import Point
from collectors.restic.program import Restic

LIST_LIMIT = 4 * 1024 * 1024


def top_of(restic: Restic, point: Point) -> frozenset[str]:
    """Return the names at the top of a point's tree. Raises what Restic.ask raises, and Unreadable."""
    return names_in(restic.ask("ls", "--json", point.id, "/", output_limit=LIST_LIMIT), restic.copy.subject)


def names_in(output: Output, subject: str) -> frozenset[str]:
    """Return the names that `restic ls --json ID /` lists. Raises Unreadable for what is no such list."""
    # {"time":…,"struct_type":"snapshot"}
    # {"name":"srv","type":"dir","path":"/srv","uid":0,…,"struct_type":"node"}
    if output.truncated:
        raise Unreadable(f"{subject}: the top of a point's tree holds too many names")
    names = set()
    for line in output.stdout.splitlines():
        if not line.strip():
            continue
        try:
            node: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{subject}: restic's list of files is cut short or no JSON") from error
        if not isinstance(node, dict):
            raise Unreadable(f"{subject}: a line of restic's list of files is no entry")
        if isinstance(node.get("name"), str) and isinstance(node.get("type"), str):
            names.add(node["name"])
    return frozenset(names)
