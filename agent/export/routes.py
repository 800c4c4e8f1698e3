"""What is answered at each address, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from agent.export.health import Health
from agent.export.metrics import chosen, exposition
from agent.export.request import Request
from agent.export.snapshot import Snapshot
from agent.export.verdicts_json import document

LINE = "text/plain; charset=utf-8"

# What a page may do when it is none: nothing.
CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Site(Protocol):
    """Give the server what it shows; every method is called from several threads, at each request anew."""

    def snapshot(self) -> Snapshot:
        """Return everything that is known at this instant, for all beneficiaries."""
        ...

    def health(self) -> Health:
        """Return whether the agent is well; must answer at once, whatever else is stuck."""
        ...

    def readers(self) -> Mapping[str, frozenset[str]]:
        """Return, for each basic-authentication name that may see only some beneficiaries, the ids of these."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Hold an answer; `policy` is its Content-Security-Policy."""

    status: int
    content_type: str
    body: bytes
    policy: str = CLOSED
    headers: tuple[tuple[str, str], ...] = ()


def line(status: int, text: str, *headers: tuple[str, str]) -> Response:
    """Return an answer of one line of text."""
    return Response(status=status, content_type=LINE, body=f"{text}\n".encode(), headers=headers)


def answer(request: Request, user: str | None, site: Site) -> Response:
    """Return what a request is answered; `user` is the name that was proven, None where none is asked for."""
    if request.method not in ("GET", "HEAD"):
        return line(405, "only GET and HEAD are answered here", ("Allow", "GET, HEAD"))
    if request.path not in ("/", "/metrics", "/healthz", "/api/verdicts"):
        return line(404, "there is nothing at this address")
    limited_to = site.readers().get(user) if user is not None else None
    if limited_to is not None and request.path not in ("/", "/api/verdicts"):
        return line(403, "this name may see its own beneficiary's pages only")
    if request.path == "/healthz":
        return _health(site.health())
    if request.path == "/metrics":
        form = chosen(request.fields.get("accept", ""))
        return Response(status=200, content_type=form.value, body=exposition(site.snapshot(), form))
    return _shown(request, limited_to, site)


def _health(health: Health) -> Response:
    fault = health.fault()
    return line(200, "ok") if fault is None else line(503, fault)


def _shown(request: Request, limited_to: frozenset[str] | None, site: Site) -> Response:
    snapshot = site.snapshot()
    asked = request.parameters.get("beneficiary")
    if limited_to is not None:
        if asked is not None and asked not in limited_to:
            return line(403, "this name may see its own beneficiary's pages only")
        snapshot = snapshot.narrow(limited_to)
    if asked is not None:
        if asked not in {one.id for one in snapshot.beneficiaries}:
            return line(404, "there is no such beneficiary")
        snapshot = snapshot.narrow((asked,))
    if request.path == "/api/verdicts":
        body = document(snapshot.verdicts, snapshot.at)
        return Response(status=200, content_type="application/json", body=f"{body}\n".encode())
    # The page's templates are loaded by the first one who asks for it, not by every scrape.
    from agent.export.page import policy, render

    page = render(snapshot)
    return Response(
        status=200,
        content_type="text/html; charset=utf-8",
        body=page.encode(errors="replace"),
        policy=f"{policy()}; frame-ancestors 'none'",
        headers=(("Content-Language", snapshot.language),),
    )
