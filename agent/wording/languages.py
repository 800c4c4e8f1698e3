"""The two languages in which people read what was found; identifiers and JSON belong to neither."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]

LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One text in both languages."""

    fr: str
    en: str

    def of(self, language: Language) -> str:
        """Return the text in one language."""
        return self.fr if language == "fr" else self.en
