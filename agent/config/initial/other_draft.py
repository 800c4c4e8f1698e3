"""The tables of backups that other programs leave in a folder, or keep of a database."""

from collections.abc import Callable, Iterable, Iterator

from agent.config.initial.folders import BARMAN, OtherBackup
from agent.config.initial.toml_text import commented, free_id, plain_id, quoted
from agent.config.mistakes import inert

LOCAL = "on this machine, unless the folder is another's"
ELSEWHERE = "fill in site and country, then say true"
BARMAN_RUNS = (
    'fill in: a [[host]] for where Barman runs, with transport = "ssh" and user = "barman", also for this machine'
)


def other_blocks(
    found: Iterable[OtherBackup], host: str, taken: set[str], complaint_of: Callable[[str], str]
) -> Iterator[str]:
    """Yield the table of each backup, behind marks where something is to be filled in or does not hold.

    `complaint_of` returns what is wrong with a configuration that has one table more; empty: nothing.
    """
    for one in found:
        block = _table(one, host, free_id(plain_id(one.name), taken))
        complaint = f"fill in {', '.join(one.lacking)}" if one.lacking else complaint_of(block)
        notes = [f"Found in {inert(one.origin)}.", *(f"Note: {inert(remark)}." for remark in one.remarks)]
        notes += [f"Not settled: {complaint}. Then take the marks away."] if complaint else []
        yield "\n" + "".join(f"# {note}\n" for note in notes) + (commented(block) if complaint else block)


def _table(one: OtherBackup, host: str, id: str) -> str:
    lines = ["[[backup]]", f"id = {quoted(id)}", f"program = {quoted(one.program)}", f"host = {quoted(host)}"]
    lines += [f"{key} = {_listed(values)}" for key, values in (("paths", one.paths), ("dumps", one.dumps)) if values]
    lines += ["[[backup.copy]]", f"id = {quoted(plain_id(one.server) if one.server else 'local')}"]
    lines += [f"{key} = {quoted(value)}" for key, value in one.keys]
    if one.program == BARMAN:
        lines.append(f"host = {quoted(host)}                        # {BARMAN_RUNS}")
    if one.folder:
        lines.append(f"store = {{ host = {quoted(one.server or host)}, path = {quoted(one.folder)} }}")
    if one.mirror:
        lines.append("mirror = true")
    if one.sets:
        sets = (f"{{ id = {quoted(name)}, match = {quoted(match)} }}" for name, match in one.sets)
        lines.append(f"sets = [{', '.join(sets)}]")
    lines.append(f"offsite = false                        # {ELSEWHERE if one.server else LOCAL}")
    return "".join(f"{line}\n" for line in lines)


def _listed(values: Iterable[str]) -> str:
    return f"[{', '.join(quoted(value) for value in values)}]"
