"""The report as one document that needs nothing else: its own style sheet, no script, no second request."""

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from agent.report.figures import Report
from agent.report.view import view
from agent.wording.page import typeset

if TYPE_CHECKING:
    from jinja2 import Environment


def render(report: Report, *, public: bool = False) -> str:
    """Return the document in French; `public` leaves out every name that a citizen may not be told."""
    template = _environment().get_template("report.html")
    return template.render(
        view=view(report, public=public),
        style=_style(),
        policy=policy(),
        typeset=typeset,
        said=lambda text: typeset(text, "fr"),
    )


@cache
def policy() -> str:
    """Return the Content-Security-Policy that lets the document's own style sheet in, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _style() -> str:
    environment = _environment()
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, "report.css")
    return source


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("agent.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
