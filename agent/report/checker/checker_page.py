"""Write the checker page: one HTML file, its script and its words inside, that no policy lets out.

Its policy allows this one script by its digest and no request at all.
"""

import base64
import hashlib
import json
from importlib import resources

from jinja2 import Environment, StrictUndefined

from agent.wording import checker as words
from agent.wording.languages import Language

_FIELDS = ("title", "lead", "drop", "fingerprint", "witnesses", "again", "limits_title")


def checker_page(language: Language) -> str:
    """Return the page."""
    script, style, template = (_text(f"checker.{ending}") for ending in ("js", "css", "html"))
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(template).render(
        language=language,
        policy=policy,
        style=style,
        script=script,
        words={name: getattr(words, name.upper()).of(language) for name in _FIELDS},
        limits=[one.of(language) for one in words.LIMITS],
        # What stands in a script element ends at the first "</": none is written there.
        said=json.dumps({name: one.of(language) for name, one in words.SAID.items()}).replace("</", "<\\/"),
    )


def _text(name: str) -> str:
    return resources.files("agent.report.checker").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
