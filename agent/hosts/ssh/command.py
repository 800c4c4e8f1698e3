"""Wrap a command for the remote shell, and separate its answer from the shell's own output.

The account's shell may talk before it runs anything, run something else, or run nothing at all. A line with a random
mark, on both outputs, says where the answer begins, of which process group it is, and whether the program is there:

    Welcome to vault!
    <mark> 4711 1
    (what the program says)
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# One line without `!`, which the C shell would read even in quotes. The program is not exec'd: of an end by signal
# paramiko passes on nothing, while sh turns it into 128 + its number. It is looked for where `env` will look for it:
# a setting may be another PATH.
SCRIPT = (
    f"PATH={PATH}; export PATH; p=$1; shift; f=0; "
    '(for s; do case $s in PATH=*) PATH=${s#PATH=};; *=*) ;; *) break;; esac; done; command -v "$p") >/dev/null 2>&1 '
    "&& f=1; printf '\\n%s %s %s\\n' \"$0\" $$ $f; printf '\\n%s\\n' \"$0\" >&2; "
    '[ $f = 1 ] || exit 127; env LC_ALL=C "$@"; exit $?'
)


def remote_command(argv: Sequence[str], environment: Mapping[str, str], mark: str, *, reads: bool = True) -> str:
    """Return the line that runs an argv over there, word for word; whatever it holds stays one word.

    `reads`: it is sent an input; else it has none.
    """
    settings = (f"{name}={value}" for name, value in environment.items())
    # Not at the line's end: a forced command may read that.
    script = SCRIPT if reads else f"exec </dev/null; {SCRIPT}"
    return shlex.join(("exec", "sh", "-c", script, mark, argv[0], *settings, *argv))


def ending_command(group: int) -> str:
    """Return the line that ends a process group over there: TERM, two seconds, KILL."""
    return f"exec sh -c 'kill -s TERM -- -{group}; sleep 2; kill -s KILL -- -{group}' >/dev/null 2>&1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellAnswer:
    """What a program said over there; `found` is False where it is not installed."""

    group: int
    found: bool
    stdout: bytes
    stderr: bytes


def answer(stdout: bytes, stderr: bytes, mark: str) -> ShellAnswer | None:
    """Return a program's own words, without the shell's before them; None where the program was never started."""
    begin = _begin(stdout, mark)
    if begin is None:
        return None
    _before, found, after = stderr.partition(b"\n%s\n" % mark.encode())
    return ShellAnswer(
        group=int(begin[1]),
        found=begin[2] == b"1",
        stdout=stdout[begin.end() :],
        stderr=after if found else stderr,
    )


def answer_begins(stdout: bytes | bytearray, mark: str) -> int | None:
    """Return where a program's own words begin; None where nothing of it was heard yet."""
    begin = _begin(stdout, mark)
    return None if begin is None else begin.end()


def _begin(stdout: bytes | bytearray, mark: str) -> re.Match[bytes] | None:
    return re.search(rb"\n%s ([0-9]{1,9}) ([01])\n" % mark.encode(), stdout)
