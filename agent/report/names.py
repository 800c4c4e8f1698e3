"""What a subject is called: by its name, or, in a report for everyone, by what it is and a number. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from agent.core.convention import subjects_of
from agent.core.duties.entries import DUTIES
from agent.core.inventory import Backup, Copy, DeclaredHost, Flow, LogSource, Perimeter, WebFilter
from agent.core.model import Key
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.translated import translated

WITHHELD = "(texte réservé à l'annexe de diffusion restreinte)"
# A line of names is read; past that they are counted.
MOST_NAMED = 12

# What an item is, in one word.
_KINDS = MappingProxyType(
    {
        Backup: "sauvegarde",
        Copy: "copie",
        LogSource: "source",
        DeclaredHost: "machine",
        Flow: "flux",
        WebFilter: "filtre",
        Perimeter: "périmètre",
    }
)
_FIXED = MappingProxyType({"alert-path": "chaîne d'alerte", "convention": "convention"})


@dataclass(frozen=True, slots=True)
class Names:
    """Give each subject its name, in a report's language; `known` None: names are shown as they are."""

    known: dict[tuple[str, str], str] | None = None
    language: Language = "fr"

    @property
    def public(self) -> bool:
        """Return whether names are left out."""
        return self.known is not None

    def say(self, text: str) -> str:
        """Return one of the report's own texts, given in French, in the report's language."""
        return translated(text, self.language)

    def of(self, target: str, subject: str) -> str:
        """Return what a subject is called."""
        if self.known is None or target in DUTIES:  # an entry's id names no one
            return self.say(_FIXED[subject]) if subject in _FIXED else inert(subject)
        return self.known.get((target, subject), self.say("élément"))

    def by(self, author: str) -> str:
        """Return who wrote something, to stand behind a date; nothing where names are left out."""
        return self.say(", par {author}").format(author=inert(author)) if author and not self.public else ""

    def listed(self, names: Sequence[str], most: int = MOST_NAMED) -> str:
        """Return some names in a row, those past so many counted."""
        beyond = len(names) - most
        more = self.say(" et {number} de plus").format(number=beyond) if beyond > 0 else ""
        return ", ".join(names[:most]) + more

    def text(self, text: str | None, longest: int = 400) -> str:
        """Return what someone wrote in a register, which may name anyone."""
        if not text:
            return ""
        return self.say(WITHHELD) if self.public else inert(text, longest)


def names(keys: Iterable[Key], beneficiary: str, *, public: bool, language: Language = "fr") -> Names:
    """Return the names of some keys' subjects; the same subject has one number under all targets."""
    if not public:
        return Names(language=language)
    ordered = sorted(set(keys))
    hosts = {key.subject for key in ordered if subjects_of(key.target) == (DeclaredHost,)}
    numbers: dict[tuple[str, str], int] = {}
    known: dict[tuple[str, str], str] = {}
    for key in ordered:
        if key.subject in _FIXED or key.subject == beneficiary:
            fixed = _FIXED.get(key.subject)
            known[key.target, key.subject] = beneficiary if fixed is None else translated(fixed, language)
            continue
        # Under a target with several kinds of subjects, what is no host is of the first kind.
        kind = "machine" if key.subject in hosts else _KINDS.get(subjects_of(key.target)[0], "élément")
        if (kind, key.subject) not in numbers:
            numbers[kind, key.subject] = 1 + sum(1 for other, _ in numbers if other == kind)
        known[key.target, key.subject] = f"{translated(kind, language)} {numbers[kind, key.subject]}"
    return Names(known, language)
