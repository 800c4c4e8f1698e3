"""The status page: one document that needs nothing else, neither a script nor a second request."""

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from agent.export.page_view import view
from agent.export.snapshot import Snapshot
from agent.wording.page import typeset

if TYPE_CHECKING:
    from jinja2 import Environment


def render(snapshot: Snapshot) -> str:
    """Return the page in the snapshot's language, as a document that can be served, sent, printed or kept as a file."""
    shown = view(snapshot)
    environment = _environment()
    template = environment.get_template("status.html")
    return template.render(view=shown, words=shown.words, style=_style(), policy=policy(), typeset=typeset)


@cache
def policy() -> str:
    """Return the Content-Security-Policy that lets the page's own style sheet in, and nothing else at all.

    `img-src data:` is for the icon, which is part of the document.
    """
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def _style() -> str:
    environment = _environment()
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, "status.css")
    return source


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("agent.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
