"""Render docs/shell/beffroi.1, the manual page, from the commands' own help as docs/commands.md is."""

import re
import sys
from collections.abc import Iterator
from typing import Any

from agent.cli.options import DEFAULT_CONFIGURATION, VARIABLE
from agent.cli.reference import argument_name, commands, usage_of

_HEAD = """\
.\\" Rendered from the program: python -m agent.cli.manual
.TH BEFFROI 1 "" beffroi "User Commands"
.SH NAME
beffroi \\- check the security targets of a convention, and prove how far each one is met
.SH SYNOPSIS
.B beffroi
.I COMMAND
.RI [ ARGUMENT ...]
.br
.B beffroi \\-\\-version
.SH DESCRIPTION
Looks at backups, hosts, logs and networks, judges each security target by fresh, dated evidence, and never calls a
target met without it. What is seen to be wrong is
.BR missed ;
what could not be looked at is
.BR unproven .
.PP
.B \\-\\-config
and
.B \\-\\-language
may stand before the command's name too.
.B beffroi
.I COMMAND
.B \\-\\-help
says the same as this page.
.SH COMMANDS
"""

EXIT_CODES = (
    ("0", "Every verdict is met, accepted or not applicable; what was made is made; what was verified is sound."),
    ("1", "At least one verdict is missed; what was verified is damaged."),
    ("2", "Usage, configuration or set-up error: nothing was judged, or what was asked for is refused."),
    ("3", "None is missed and at least one is unproven; a verification could not tell."),
    ("70", "The agent itself failed."),
    ("130", "It was interrupted."),
)
_FILES = (
    (str(DEFAULT_CONFIGURATION), "The configuration."),
    ("/var/lib/beffroi", "The state directory: ledger, signing key, reports."),
)


def render() -> str:
    """Return the whole page in the man macros of groff."""
    parts = [_HEAD, *(_section(command, name) for name, command in commands())]
    parts += [".SH EXIT STATUS\n", *(_tagged(code, said) for code, said in EXIT_CODES)]
    parts += [".SH FILES\n", *(_tagged(path, said) for path, said in _FILES)]
    parts += [".SH ENVIRONMENT\n", _tagged(VARIABLE, "The configuration to use where --config is not given.")]
    parts += [".SH SEE ALSO\n", ".BR restic (1),\n.BR systemctl (1),\n.BR journalctl (1)\n"]
    return "".join(parts)


def _section(command: Any, name: str) -> str:
    rows = "".join(_tagged(argument_name(one), one.help or "") for one in command.params)
    usage = _escaped(usage_of(command, f"beffroi {name}"))
    return f".SS {_escaped(name)}\n.B {usage}\n.PP\n{_lines(command.help)}{rows}"


def _tagged(term: str, text: str) -> str:
    return f".TP\n.B {_escaped(term)}\n{_lines(text) or '.br' + chr(10)}"


def _lines(text: str | None) -> str:
    """Return a text, a sentence a line, as man pages are written; empty where there is none."""
    words = " ".join((text or "").split())
    return "".join(f"{_escaped(line)}\n" for line in _sentences(words))


def _sentences(text: str) -> Iterator[str]:
    yield from (one for one in re.split(r"(?<=[.;:]) (?=[A-Z])", text) if one)


def _escaped(text: str) -> str:
    """Return a text that no macro reads: backslashes, hyphens, and a leading full stop or apostrophe."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("`", "")
    return "\\&" + plain if plain[:1] in (".", "'") else plain


if __name__ == "__main__":
    sys.stdout.write(render())
