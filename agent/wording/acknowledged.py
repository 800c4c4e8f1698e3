"""Say who has taken a verdict in hand, and until when its alert is silent."""

from agent.accounting.acknowledgements import Acknowledgement
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.quantities import instant
from agent.wording.targets.every import TARGETS

TAKEN = Words(fr="pris en charge par {author} jusqu'au {until}", en="acknowledged by {author} until {until}")
COLON = Words(fr=" : ", en=": ")


def taken_in_hand(one: Acknowledgement, language: Language, *, named: bool = False) -> str:
    """Return who acknowledged, until when and why; `named`: target and subject stand before it."""
    colon = COLON.of(language)
    said = TAKEN.of(language).format(author=inert(one.author), until=instant(one.until, language))
    if one.reason:
        said += f"{colon}{inert(one.reason)}"
    if not named:
        return said
    title = TARGETS[one.key.target].title.of(language) if one.key.target in TARGETS else inert(one.key.target)
    return f"{title}, {inert(one.key.subject)}{colon}{said}"
