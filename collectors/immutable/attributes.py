"""The attributes that keep the files of a folder from deletion (chattr +i, +a), and who owns them.

Neither an immutable nor an append-only file can be deleted or renamed, not even by the owner of its folder. In an
append-only folder nothing can, yet an owner may still overwrite what lies there (chattr(1); Linux, fs/namei.c).
"""

import re
import shlex
from datetime import UTC, datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Denied, LookError, ToolMissing, Unreadable
from agent.core.host import LARGE_OUTPUT, Output
from agent.core.inventory import Copy
from agent.core.lines import last_line
from agent.core.places import kind_of
from agent.hosts.environment_file import read_environment
from agent.hosts.repository_folders import sftp_folder
from agent.hosts.ssh.probe import SSH_FAILED, judge
from agent.hosts.ssh.strict import connect_seconds, ssh_argv
from collectors.immutable.counting import ProtectedFile

# A job on the store's machine sets the attribute once a day: until then a file owes nothing.
BY_TOMORROW = timedelta(days=1)
FOREVER = timedelta.max
_NOTHING = timedelta(0)
_SCRIPT = (
    'cd -- "$1" || exit 3; '
    'find . -path ./locks -prune -o "(" -type f -o -type d ")" -printf "%y %T@ %U %m %p\\n" || exit 4; '
    'echo attributes; find . -path ./locks -prune -o "(" -type f -o -type d ")" -exec lsattr -d -- "{}" + || exit 5; '
    "echo end"
)
_ENTRY = re.compile(rb"([fd]) (-?[0-9]{1,12})\.[0-9]* ([0-9]{1,10}) ([0-7]{1,4}) (\./?.*)")
_ATTRIBUTES = re.compile(rb"([A-Za-z-]{8,40}) +(\./?.*)")


def protected_files(copy: Copy, look: Look) -> tuple[ProtectedFile, ...]:
    """Return the files of a copy's folder and whether they can be deleted. Raises a LookError where that is unknown."""
    deadline = Deadline(look.timeout)
    output, where = _asked(copy, look, deadline)
    return parse(output, where, look.now)


def _asked(copy: Copy, look: Look, deadline: Deadline) -> tuple[Output, str]:
    timeout = timedelta(seconds=deadline.remaining())
    if copy.store is not None:
        shown = f"lsattr {copy.store.path}"
        of_store = ("sh", "-c", _SCRIPT, "sh", copy.store.path)
        door = look.host(copy.store.host)
        answer = door.run(*of_store, timeout=timeout, accept=None, output_limit=LARGE_OUTPUT, shown=shown)
        return answer, copy.store.host
    place = sftp_folder(copy.repository)
    if place is None and kind_of(copy) != "local":
        raise Unreadable(
            f"{copy.subject}: what protects the files of a store of this kind cannot be asked",
            "give the copy a store on a host that can be asked, or leave out immutable",
        )
    folder = copy.repository.removeprefix("local:").removeprefix("file://") if place is None else place[0]
    argv: tuple[str, ...] = ("sh", "-c", _SCRIPT, "sh", folder)
    if place is not None:
        argv = ssh_argv(place[1], connect_seconds(deadline), shlex.join(argv))
    environment = {} if copy.environment_file is None else read_environment(look.here, copy.environment_file)
    answer = look.here.run(
        *argv, timeout=timeout, environment=environment, accept=None, output_limit=LARGE_OUTPUT,
        shown=f"lsattr {folder}",
    )  # fmt: skip
    if place is not None and answer.status == SSH_FAILED:
        raise judge(place[1].host, answer.status, answer.stderr) or _untold(answer, place[1].host)
    return answer, folder if place is None else place[1].host


# f 1796136856.3216476950 1000 444 ./data/5c/5c1e…
# d 1796136856.3216476950 0 755 ./data
# attributes
# ----i---------e------- ./data/5c/5c1e…
# end
def parse(output: Output, where: str, now: datetime) -> tuple[ProtectedFile, ...]:
    """Return what the command told of each file that owes protection, or has it, or cannot be dated. Pure.

    Raises a LookError for an answer that is not whole.
    """
    lines = output.stdout.split(b"\n")
    if output.status != 0 or output.truncated or lines[-2:] != [b"end", b""] or lines.count(b"attributes") != 1:
        raise _untold(output, where)
    middle = lines.index(b"attributes")
    entries = [_ENTRY.fullmatch(line) for line in lines[:middle]]
    told = [_ATTRIBUTES.fullmatch(line) for line in lines[middle + 1 : -2]]
    flags = {match[2]: match[1] for match in told if match is not None}
    found = [match for match in entries if match is not None]
    # A name with a line break is in neither list: nothing is known of it.
    if None in entries or None in told or {match[5] for match in found} != flags.keys():
        raise Unreadable(f"{where}: the attributes of its files cannot be understood")
    files = (_protected(match, flags, now) for match in found if match[1] == b"f")
    return tuple(one for one in files if one.protected != _NOTHING or now - one.written >= BY_TOMORROW)


def _protected(entry: "re.Match[bytes]", flags: dict[bytes, bytes], now: datetime) -> ProtectedFile:
    name = entry[5]
    written = datetime.fromtimestamp(int(entry[2]), UTC)
    own, around = flags[name], flags.get(name.rpartition(b"/")[0], b"")
    fixed = int(entry[3]) == 0 and not int(entry[4], 8) & 0o022
    held = b"i" in own or b"a" in own or ((b"i" in around or b"a" in around) and fixed)
    return ProtectedFile(
        name=name.removeprefix(b"./").decode(errors="replace"),
        written=written,
        # Its writer dates a file: dated ahead it would owe nothing for as long as that.
        protected=FOREVER if held else None if lies_ahead(written, now) else _NOTHING,
    )


def _untold(output: Output, where: str) -> LookError:
    said = last_line(output.stderr)
    if "ermission denied" in said:
        return Denied(f"{where}: some files of the copy may not be looked at", "let the account read them")
    if output.status in (5, 127) and "not found" in said:
        return ToolMissing(f"{where} has no lsattr", "install e2fsprogs there")
    hint = "an account with a shell can ask for attributes; one for sftp or one command alone cannot"
    return Unreadable(f"{where}: the attributes of the copy's files are unknown: {said or 'nothing was said'}", hint)
