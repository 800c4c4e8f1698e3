"""Where the program begins and where it ends: one command, one exit code, and never a traceback for its user.

`--version` is answered before anything heavy is imported, so that it takes no longer than Python itself.
"""

import atexit
import gc
import os
import select
import sys
from collections.abc import Sequence

from agent.core.errors import BeffroiError, ConfigurationError
from agent.core.version import release

INTERNAL = 70
INTERRUPTED = 130
READER_GONE = 141  # what a shell gives for a program that SIGPIPE ended
LONGEST_CODE = 10  # of a character that is written out: `\u{10ffff}`
# A start makes 150,000 objects that last and hardly any rubbish: searching them every 2,000 costs a tenth of its time.
NEW_OBJECTS = 20_000


def main() -> int:
    """Carry out the command of `sys.argv`; return its exit code."""
    collect_rarely()
    fill_closed_streams()
    make_printable()
    arguments = sys.argv[1:]
    try:
        if arguments == ["--version"]:
            print(f"beffroi {release()}")
            code = 0
        else:
            code = carry_out(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except ConfigurationError as error:
        return tell(error, error.mistakes)
    except BeffroiError as error:
        return tell(error, [(error.message, error.hint)])
    except Exception as error:
        if isinstance(error, BrokenPipeError) and reader_is_gone():
            return forsake_output()
        return tell_internal(error)


def carry_out(arguments: Sequence[str]) -> int:
    """Hand the arguments to the command line; what it takes to import it is paid here."""
    from agent.cli.invocation import invoke

    return invoke(arguments)


def collect_rarely() -> None:
    """Search for rubbish more rarely, and not once more at the end, when the process and all its memory go."""
    gc.set_threshold(NEW_OBJECTS)
    atexit.register(gc.freeze)


def fill_closed_streams() -> None:
    """Open the null device where standard input, output or error is closed: no file of ours may get their numbers."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


def make_printable() -> None:
    """Let any text through: a hostile file name, or a letter that the terminal's encoding lacks, ends no command."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def tell(error: BeffroiError, lines: Sequence[tuple[str, str]]) -> int:
    """Print each message and its hint on standard error; return the error's exit code."""
    for message, hint in lines:
        say(message)
        if hint:
            say(f"hint: {hint}")
    return error.exit_code


def tell_internal(error: Exception) -> int:
    """Print one line on a fault of our own, and where its details were kept; they may hold what a user must not see."""
    from agent.cli.details import keep_details, place_of

    kept = keep_details(error)
    say(f"beffroi: internal error: {type(error).__name__} at {place_of(error)}")
    say(
        f"hint: the details are in {kept}"
        if kept
        else "hint: set BEFFROI_DEBUG to a file for the details, then try again"
    )
    return INTERNAL


def say(line: str) -> None:
    """Print one line on standard error, where there is one; nothing that was read elsewhere steers a terminal."""
    from agent.wording.inert import inert

    shown = line.replace("\r", "\\r").replace("\n", "\\n")
    try:
        print(inert(shown, len(shown) * LONGEST_CODE), file=sys.stderr, flush=True)
    except OSError:
        return


def reader_is_gone() -> bool:
    """Return whether the reader of our standard output has stopped; any other broken pipe is our own fault."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (OSError, ValueError, AttributeError):
        return False


def forsake_output() -> int:
    """Give up standard output, so that the interpreter's last flush says nothing; return the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_GONE


if __name__ == "__main__":
    sys.exit(main())
