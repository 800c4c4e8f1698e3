"""What is answered at each address, and to whom."""

from dataclasses import replace

from agent.export.http.health import Health
from agent.export.http.refusing import refusal
from agent.export.http.request import HttpRequest
from agent.export.http.response import Response, json_text, line
from agent.export.http.site import Site
from agent.export.http.turns import ClientTurns
from agent.export.metrics import chosen, exposition
from agent.export.pages.addresses import PageLinks, asked, asked_host, asked_runbook
from agent.export.pages.page_filter import filter_in
from agent.export.snapshot import Snapshot
from agent.export.verdicts_json import document
from agent.wording.languages import LANGUAGES

# Of each so many at once; who asks for pages without end delays no scrape.
PAGES, SCRAPES = ClientTurns(2, "too many pages are being made"), ClientTurns(1, "too many scrapes are being answered")
OWN_ONLY = "this name may see its own beneficiary's pages only"
NO_READER = "this name is in no list of readers"


def answer(request: HttpRequest, user: str | None, site: Site) -> Response:
    """Return what a request is answered; `user` is the proven name, None where none is asked for.

    Raises RequestRefused where too many pages or scrapes are being made.
    """
    if request.method not in ("GET", "HEAD"):
        return line(405, "only GET and HEAD are answered here", ("Allow", "GET, HEAD"))
    of_page = any(one(request.path) is not None for one in (asked, asked_host, asked_runbook))
    if not of_page and request.path not in ("/", "/metrics", "/healthz", "/api/verdicts"):
        return refusal(request, 404, "there is nothing at this address", site.language())
    limited_to = site.readers().sight(user)
    if limited_to is not None and not limited_to:
        return refusal(request, 403, NO_READER, site.language())
    if limited_to is not None and request.path in ("/metrics", "/healthz"):
        return refusal(request, 403, OWN_ONLY, site.language())
    if request.path == "/healthz":
        return _health(site.health())
    if request.path == "/metrics":
        form = chosen(request.fields.get("accept", ""))
        with SCRAPES.turn():
            return Response(status=200, content_type=form.value, body=exposition(site.snapshot(), form))
    with PAGES.turn():
        return _shown(request, limited_to, site)


def _health(health: Health) -> Response:
    fault = health.fault()
    return line(200, "ok") if fault is None else line(503, fault)


def _shown(request: HttpRequest, limited_to: frozenset[str] | None, site: Site) -> Response:
    language, beneficiary = request.parameters.get("language"), request.parameters.get("beneficiary")
    if language not in (None, *LANGUAGES):
        return refusal(request, 404, "there is no such language", site.language())
    if limited_to is not None and beneficiary is not None and beneficiary not in limited_to:
        return refusal(request, 403, OWN_ONLY, site.language())
    snapshot = site.snapshot()
    if limited_to is not None:
        snapshot = snapshot.narrow(limited_to)
    if beneficiary is not None:
        if beneficiary not in {one.id for one in snapshot.beneficiaries}:
            return refusal(request, 404, "there is no such beneficiary", site.language())
        snapshot = snapshot.narrow((beneficiary,))
    snapshot = replace(snapshot, language=language or snapshot.language)
    refresh = "off" if request.parameters.get("refresh") == "off" else None
    links = PageLinks(language=language, beneficiary=beneficiary, refresh=refresh)
    return _told(request, snapshot, links, site)


def _told(request: HttpRequest, snapshot: Snapshot, links: PageLinks, site: Site) -> Response:
    # The pages' templates are loaded by the first one who asks for a page, not by every scrape.
    wanted = asked(request.path)
    if wanted is not None:
        from agent.export.http.target_routes import target_answer

        return target_answer(wanted, snapshot, links, site)
    if (name := asked_runbook(request.path)) is not None:
        from agent.export.http.runbook_routes import runbook_answer

        return runbook_answer(name, snapshot, links)
    if request.path != "/api/verdicts":
        from agent.export.http.filtered_routes import filtered_answer

        return filtered_answer(request, snapshot, links)
    chosen = filter_in(request.parameters)
    narrowed = None if chosen is None else chosen.within(snapshot)
    if chosen is None or narrowed is None:
        return line(404, "nothing answers to this filter")
    verdicts = [one for one in narrowed.verdicts if chosen.state in (None, one.state)]
    return json_text(document(verdicts, snapshot.at, snapshot.agent_names))
