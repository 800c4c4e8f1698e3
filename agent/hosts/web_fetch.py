"""Fetch a web page from a declared machine, here or over SSH."""

import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import Exited, ToolMissing, Unreadable
from agent.core.facts.web_pages import CertificateTrust, Fetched, FetchOutcome
from agent.core.host import Host
from agent.core.lines import last_line, one_line
from agent.hosts import web_fetch_program

# Contract, «Network».
MOST_BYTES, MOST_REDIRECTS = 1024 * 1024, 10
USUAL_SECONDS = 20.0
LONGEST_ANSWER = 64 * 1024

_PROGRAM = inspect.getsource(web_fetch_program)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """What came of a page, and at which address it ended."""

    fetched: Fetched
    address: str


def fetch(host: Host, url: str, refused_as: Sequence[str], timeout: timedelta, proxy: str | None = None) -> FetchResult:
    """Return what came of asking for a page from a machine.

    `refused_as` are the forms of refusal (`status 403`, `text …`, `reset`), `proxy` the one to use (None: what the
    machine tells everyone there), `timeout` what it may cost. Raises ToolMissing, TimedOut, Exited, Unreadable, and
    whatever reaching that machine raises.
    """
    texts = [form.removeprefix("text ") for form in refused_as if form.startswith("text ")]
    wanted = {
        "url": url,
        "texts": texts,
        "proxy": proxy,
        "seconds": min(USUAL_SECONDS, timeout.total_seconds() / 2),
        "most": MOST_BYTES,
        "hops": MOST_REDIRECTS,
    }
    try:
        output = host.run(
            "python3", "-I", "-c", _PROGRAM, json.dumps(wanted),
            timeout=timeout, accept=None, output_limit=LONGEST_ANSWER, shown=f"python3: GET {url}",
        )  # fmt: skip
    except ToolMissing:
        raise ToolMissing(f"{host.id} has no python3, which asking for a page needs", "install python3 there") from None
    if output.status != 0:
        raise Exited(f"{host.id} could not ask for a page: {last_line(output.stderr) or 'nothing was said'}")
    return parse(output.stdout, refused_as, texts)


# {"end": "answered", "said": "", "statuses": [302, 403], "found": [0], "address": "http://…", "proxy": "proxy:3128",
#  "trust": "local", "issuer": "CUA", "read": 512}
def parse(answer: bytes, refused_as: Sequence[str], texts: Sequence[str]) -> FetchResult:
    """Return what the program tells; raises Unreadable for anything else."""
    try:
        told = json.loads(answer)
        statuses = [int(status) for status in told["statuses"]]
        found = {texts[int(number)] for number in told["found"]}
        end = FetchOutcome(told["end"])
        fetched = Fetched(
            end=end,
            status=statuses[-1] if statuses else None,
            refused_as=recognised(refused_as, end, statuses, found),
            proxy=one_line(str(told["proxy"])) or None,
            trust=CertificateTrust(told["trust"]) if told["trust"] else None,
            issuer=one_line(str(told["issuer"])) or None,
        )
        return FetchResult(fetched=fetched, address=str(told["address"]))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise Unreadable(f"what asking for a page answers is not understood: {one_line(answer)}") from error


def recognised(refused_as: Sequence[str], end: FetchOutcome, statuses: Sequence[int], found: set[str]) -> str | None:
    """Return the first declared form of refusal that was met on the way, or None."""
    for form in refused_as:
        kind, _, rest = form.partition(" ")
        if kind == "reset" and end is FetchOutcome.RESET:
            return form
        if kind == "status" and int(rest) in statuses:
            return form
        if kind == "text" and rest in found:
            return form
    return None
