"""Read the frame of every answer of the store program: its greeting, and its refusals. Any bytes; pure."""

from collections.abc import Sequence

from agent.core.errors import Denied, Exited, LookError, Missing, ToolMissing, Unreadable
from agent.core.host import Output
from agent.core.lines import one_line

GREETING = b"beffroi-store 1"


def greeted(output: Output, lines: Sequence[bytes], where: str) -> list[bytes]:
    """Return the lines of an answer behind its greeting. Raises a LookError where it has none, or refuses."""
    if output.truncated:
        raise Unreadable(f"{where} says more than it may")
    if GREETING not in lines[:1]:
        said = one_line(output.stdout[:4096]) or one_line(output.stderr[:4096]) or "nothing"
        raise Exited(f"{where}: the store program there answered {said}", "run it by hand on that host")
    refused = next((line for line in lines if line.startswith(b"refused ")), None)
    if refused is not None:
        raise _refusal(one_line(refused[8:]), where)
    return list(lines[1:])


def _refusal(said: str, where: str) -> LookError:
    if said == "absent":
        return Missing(f"{where} is not there", "see store.path, and whether its disk is mounted on that host")
    if said == "denied":
        return Denied(f"{where} may not be read by the account used there", "let that account read it, and no more")
    if said.startswith("tool-missing "):
        return ToolMissing(f"the host of {where} has no {said.partition(' ')[2]}", "install one of them there")
    if said.startswith("this key only lists and hashes repositories"):
        hint = "install the newer program there: beffroi explain store"
        return ToolMissing(f"beffroi-store on the host of {where} is too old to list a folder", hint)
    return Denied(f"the account for {where} refuses: {said}", "see its authorized_keys line: beffroi explain store")
