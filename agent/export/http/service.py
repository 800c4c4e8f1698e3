"""The interface between the HTTP server and what answers its requests."""

from dataclasses import dataclass
from typing import Protocol

from agent.export.http.request import HttpRequest
from agent.export.http.response import Response
from agent.export.http.routes import answer
from agent.export.http.site import Site


class HttpService(Protocol):
    """Answer requests; every method is called from several threads.

    `body_limit` are the bytes of a body that are read, 0: none is. `any_host`: whatever name the client asks for.
    """

    @property
    def body_limit(self) -> int:
        """Return how many bytes a request's body may have."""
        ...

    @property
    def any_host(self) -> bool:
        """Return whether requests for any host are answered."""
        ...

    def language(self) -> str:
        """Return the language of a refusal."""
        ...

    def answer(self, request: HttpRequest, user: str | None) -> Response:
        """Return the answer to a request, of a user who has proven a name."""
        ...


@dataclass(frozen=True, slots=True)
class SitePages:
    """A site's pages as a service: they read no body, and are served under their own names alone."""

    site: Site
    body_limit: int = 0
    any_host: bool = False

    def language(self) -> str:
        """Return the language of the pages."""
        return self.site.language()

    def answer(self, request: HttpRequest, user: str | None) -> Response:
        """Return a page."""
        return answer(request, user, self.site)
