"""What every document in HTML is made with: a package's templates, and one style that is part of the document."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template


# Without slots, where a cached property would have no place.
@dataclass(frozen=True, kw_only=True)
class Documents:
    """The templates of a package and its style sheets; nothing is read, nor Jinja imported, before it is asked.

    `besides` is what a document may do beside wearing its style sheet, as directives of a Content-Security-Policy.
    """

    package: str
    style_sheets: tuple[str, ...]
    besides: str = ""

    def template(self, name: str) -> "Template":
        """Return one template."""
        return self._environment.get_template(name)

    @cached_property
    def style(self) -> str:
        """Return the style sheets as one, to be put into the document."""
        loader = self._environment.loader
        assert loader is not None
        return "".join(loader.get_source(self._environment, name)[0] for name in self.style_sheets)

    @cached_property
    def policy(self) -> str:
        """Return the Content-Security-Policy that lets the document's own style sheet in, and nothing else at all."""
        digest = base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()
        return f"default-src 'none'; style-src 'sha256-{digest}'; {self.besides}base-uri 'none'; form-action 'none'"

    @cached_property
    def _environment(self) -> "Environment":
        from jinja2 import Environment, PackageLoader, StrictUndefined

        return Environment(
            loader=PackageLoader(self.package),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
