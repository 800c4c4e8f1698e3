"""Hold the keys of a backup and its copies to what its program needs, takes and can do."""

import re
from collections.abc import Iterator

from agent.config.leaks import holds_password
from agent.config.mistakes import Mistake, shown
from agent.config.positions import Path
from agent.config.programs import DEFAULT, programs
from agent.config.tables import TomlTable
from agent.core.durations import read_duration
from agent.core.inventory import MTIME, ProgramLooks
from agent.core.name_dates import name_date

_EXAMPLES = {
    "repository": 'add it, for example repository = "sftp:beffroi@vault:/srv/restic"',
    "password_file": 'add it, for example password_file = "/etc/beffroi/files.password"',
    "store": 'add it, for example store = { host = "nas", path = "/volume1/veeam" }',
    "stanza": 'add it, for example stanza = "main"',
    "server": 'add it, for example server = "pg"',
    "sets": 'add it, for example sets = [{ id = "erp", match = "erp/*.vbk" }]',
}


def program_mistakes(backup: TomlTable) -> Iterator[Mistake]:
    """Yield a program for which there are no collectors, and keys that its copies lack or cannot have."""
    name, known = backup.text("program") or DEFAULT, programs()
    if name not in known:
        yield Mistake(path=backup.at("program"), what=f"{shown(name)} is unknown", hint=f"one of: {', '.join(known)}")
        return
    program = known[name]
    yield from _of_backup(backup, program)
    every = {key for one in known.values() for key in (*one.needs, *one.takes)}
    for copy in backup.tables("copy"):
        for key in program.needs:
            if key not in copy.values or copy.values[key] == []:
                state = "an empty list" if key in copy.values else "missing"
                what = f"is {state}, and a copy of {program.name} needs it"
                yield Mistake(path=copy.at(key), what=what, hint=_EXAMPLES.get(key, "add it"))
        # What is in force names each default.
        for key in sorted(every - _taken(program)):
            if copy.values.get(key) not in (None, [], False):
                yield Mistake(
                    path=copy.at(key),
                    what=f"nothing here can look at it in a copy of {program.name}",
                    hint="leave it out",
                )
        yield from _address(copy, program)
        yield from _dated_by(copy)
        yield from _sets(copy, backup)
        if "mirror" in program.takes:
            yield from _mirror(copy, backup)


def _taken(program: ProgramLooks) -> set[str]:
    taken = {*program.needs, *program.takes}
    return taken if program.store_verification else taken - {"store"}


def _of_backup(backup: TomlTable, program: ProgramLooks) -> Iterator[Mistake]:
    if program.sourced and backup.values.get("paths") in (None, []):
        what = "is missing" if backup.values.get("paths") is None else "is an empty list"
        yield Mistake(path=backup.at("paths"), what=what, hint='add it, for example paths = ["/srv/scota"]')
    unasked = f"nothing here can look at it in a copy of {program.name}"
    if backup.text("canary") is not None and not program.canary:
        yield Mistake(path=backup.at("canary"), what=unasked, hint="leave it out")
    by_hand = "leave it out, and enter each restore that people try: beffroi register add"
    for key in ("sample", "try"):
        if backup.values.get(key) and not program.restores:
            yield Mistake(
                path=backup.at(key),
                what=f"nothing here restores files from a copy of {program.name}",
                hint="leave it out: beffroi drill starts the whole cluster" if program.started else by_hand,
            )


def _address(copy: TomlTable, program: ProgramLooks) -> Iterator[Mistake]:
    """Yield an address that its program would take for a folder below wherever it happens to be started."""
    address = copy.text("repository")
    if not address or not program.addresses or holds_password(address):  # a password is told by itself, unshown
        return
    if not re.match(program.addresses, address):
        yield Mistake(
            path=copy.at("repository"),
            what=f"{shown(address)} is neither an absolute path nor an address that {program.name} knows",
            hint=f'for example repository = "{program.example}"',
        )


def _dated_by(copy: TomlTable) -> Iterator[Mistake]:
    form = copy.text("dated_by")
    if form is None or form == MTIME:
        return
    try:
        name_date(form, "UTC")
    except ValueError as error:
        hint = f'say "{MTIME}", or how the date stands in the names, such as "%Y-%m-%d"'
        yield Mistake(path=copy.at("dated_by"), what=f"{shown(form)} {error}", hint=hint)


def _mirror(copy: TomlTable, backup: TomlTable) -> Iterator[Mistake]:
    """Yield what a mirror lacks or cannot have, and that a folder that is none has no sets."""
    paths = [path for _, path in backup.texts("paths")]
    if copy.flag("mirror") is not True:
        if copy.values.get("sets") in (None, []):
            state = "an empty list" if "sets" in copy.values else "missing"
            what = f"is {state}, and nothing else says which files are expected"
            yield Mistake(path=copy.at("sets"), what=what, hint=f"{_EXAMPLES['sets']}, or say mirror = true")
        return
    if not paths:
        what = "is missing, and a mirror is compared with them"
        yield Mistake(path=backup.at("paths"), what=what, hint='add it, for example paths = ["/srv/scota"]')
    for key in ("sets", "dated_by"):
        if copy.values.get(key) not in (None, []):
            what = "is for archives, and this copy is a mirror"
            yield Mistake(path=copy.at(key), what=what, hint="leave it out, or mirror", first=copy.at("mirror"))
    names = [path.rstrip("/").rpartition("/")[2] for path in paths]
    if len(set(names)) < len(names) or (len(names) > 1 and "" in names):
        yield Mistake(
            path=backup.at("paths"),
            what="hold one last name twice, and in a mirror each lies under its own",
            hint="declare a backup for each",
        )


def _sets(copy: TomlTable, backup: TomlTable) -> Iterator[Mistake]:
    retention, seen = backup.read("retention", read_duration), dict[str, Path]()
    for one in copy.tables("sets"):
        id, limit = one.text("id"), one.read("limit", read_duration)
        if id is not None and id in seen:
            yield Mistake(
                path=one.at("id"), what=f"{shown(id)} is already a set of this copy", hint="rename one", first=seen[id]
            )
        if id is not None:
            seen.setdefault(id, one.at("id"))
        if retention is not None and limit is not None and limit > retention:
            yield Mistake(
                path=one.at("limit"),
                what=f"{shown(one.text('limit'))} is longer than the retention, {shown(backup.text('retention'))}: "
                "a set with no file left would be in time",
                hint="correct the limit of this set",
                first=backup.at("retention"),
            )
