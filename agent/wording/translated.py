"""The report's own texts in the language of a report: French ones are written where they are used, English ones here.

French is what the parties sign, so its texts stand where the report is put together. Each has its English one in a
table; a text that has none is an error, never French within an English page.
"""

from collections.abc import Mapping
from types import MappingProxyType

from agent.wording.english_annexes import ANNEXES
from agent.wording.english_entries import ENTRIES
from agent.wording.english_further import FURTHER
from agent.wording.english_page import PAGE
from agent.wording.english_proof import PROOF
from agent.wording.english_sentences import SENTENCES
from agent.wording.english_tables import TABLES
from agent.wording.languages import Language

ENGLISH: Mapping[str, str] = MappingProxyType(SENTENCES | PAGE | TABLES | ENTRIES | ANNEXES | PROOF | FURTHER)


def translated(text: str, language: Language) -> str:
    """Return one of the report's texts, given in French, in a language. Raises KeyError where it has no English."""
    return text if language == "fr" else ENGLISH[text]
