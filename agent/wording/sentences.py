"""One plain sentence for a verdict, for someone who has no time: which target, about what, and what was found."""

from collections.abc import Iterator, Mapping
from itertools import chain

from agent.config.programs import programs
from agent.core.facts.installed_programs import OUTDATED_HOST, OUTDATED_PROGRAM
from agent.core.model import Finding, State, Verdict
from agent.core.reason import Reason
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.phrases import access, backups, registers
from agent.wording.phrases.backups import VERIFICATION
from agent.wording.phrases.general import NOT_SHOWN, SEEN, Phrases, When
from agent.wording.slots import slots
from agent.wording.states import state_word
from agent.wording.targets.every import TARGETS, words_of

# More than these would no longer be one sentence; `detail` says them all.
MOST_OTHERS = 2

NOTHING_SHOWN = Words(fr="rien n'est démontré, ", en="nothing is proven, ")
BECAUSE = Words(fr="car ", en="since ")
ACCEPTED = Words(
    fr="risque accepté (inscription {acceptance}) ; mesuré {measured} : ",
    en="risk accepted (entry {acceptance}); measured {measured}: ",
)
ALSO = Words(fr=" ; par ailleurs : ", en="; besides: ")
REMARK = Words(fr=" ; ", en="; ")
# Reasons that are no failure of a look, each of whose sentences says what is lacking.
NOT_YET_SHOWN = frozenset({Reason.ON_COURSE, Reason.INCOMPLETE})
REMARKS = (*backups.REMARKS, *access.REMARKS, *registers.REMARKS)
MORE = Words(fr=" et {count} de plus", en=" and {count} more")
WITHIN_ALLOWANCE = Words(
    fr=" ; le jour reste compté atteint, dans la tolérance d'exécution",
    en="; the day still counts as met, within the run allowance",
)
OUTDATED = Words(
    fr=" ; le programme {program} installé sur {host} est périmé et doit être réinstallé (commande dans le détail)",
    en="; the program {program} installed on {host} is outdated and must be installed anew (command in the detail)",
)
BEFORE_COLON = Words(fr=" : ", en=": ")


def sentence(verdict: Verdict, language: Language) -> str:
    """Return one sentence that stands on its own, with the target's title and the subject before it."""
    words = TARGETS.get(verdict.target)
    title = inert(verdict.target) if words is None else words.title.of(language)
    return f"{title}, {inert(verdict.subject)}{BEFORE_COLON.of(language)}{phrase(verdict, language)}."


def phrase(verdict: Verdict, language: Language) -> str:
    """Return what the sentence says after its colon, for a place whose heading already names target and subject."""
    said = _finding_phrase(verdict, verdict.measured, verdict.target, verdict.subject, verdict.unit, language)
    if verdict.state is State.ACCEPTED:
        acceptance = inert(verdict.acceptance or "?")
        measured = state_word(verdict.measured, language)
        said = ACCEPTED.of(language).format(acceptance=acceptance, measured=measured) + said
    if verdict.measured is State.MISSED and verdict.day_state is State.MET:
        said += WITHIN_ALLOWANCE.of(language)
    return said + _remarks(verdict, language) + _others(verdict, language) + "".join(_outdated(verdict, language))


def _finding_phrase(
    said: Verdict | Finding, state: State, target: str, subject: str, unit: str, language: Language
) -> str:
    body = _body(said, target, slots(said, subject, unit, language), language)
    if state is not State.UNPROVEN:
        return body
    link = BECAUSE.of(language) if said.reason in NOT_SHOWN or said.reason in NOT_YET_SHOWN else ""
    return f"{NOTHING_SHOWN.of(language)}{link}{body}"


def _body(said: Verdict | Finding, target: str, filled: Mapping[str, str], language: Language) -> str:
    return next(_fitting(_phrases(target, said), filled, language), words_of(target, said.reason).short.of(language))


def _phrases(target: str, said: Verdict | Finding) -> Iterator[Words | When]:
    nothing: Phrases = ()
    reason = said.reason
    own = TARGETS[target].phrases if target in TARGETS else {}
    return chain(
        VERIFICATION.get(reason, nothing) if _is_verifier(said.about.get("collector")) else nothing,
        own.get(reason, nothing),
        SEEN.get(reason, nothing),
        NOT_SHOWN.get(reason, nothing),
    )


def _is_verifier(collector: object) -> bool:
    return any(collector in program.verifiers for program in programs().values())


def _fitting(phrases: Iterator[Words], filled: Mapping[str, str], language: Language) -> Iterator[str]:
    for phrase in phrases:
        if isinstance(phrase, When) and phrase.known not in filled:
            continue
        try:
            # Only our own phrases are formats; what was read from outside is filled in and never read as one.
            yield phrase.of(language).format_map(filled)
        except KeyError:
            continue


def _remarks(verdict: Verdict, language: Language) -> str:
    filled = slots(verdict, verdict.subject, verdict.unit, language)
    said = (text for phrase in REMARKS for text in _fitting(iter((phrase,)), filled, language))
    return "".join(REMARK.of(language) + text for text in said)


def _others(verdict: Verdict, language: Language) -> str:
    shown = [_other(finding, verdict, language) for finding in verdict.rest if finding.state in SPEAKING]
    distinct = [text for text in dict.fromkeys(shown) if text]
    if not distinct:
        return ""
    listed = ", ".join(distinct[:MOST_OTHERS])
    more = len(distinct) - MOST_OTHERS
    return ALSO.of(language) + listed + (MORE.of(language).format(count=more) if more > 0 else "")


SPEAKING = (State.MISSED, State.UNPROVEN)


def _outdated(verdict: Verdict, language: Language) -> Iterator[str]:
    for about in (verdict.about, *(finding.about for finding in verdict.rest)):
        program, host = about.get(OUTDATED_PROGRAM), about.get(OUTDATED_HOST)
        if program is not None:
            yield OUTDATED.of(language).format(program=inert(str(program)), host=inert(str(host)))


def _other(finding: Finding, verdict: Verdict, language: Language) -> str:
    copy = finding.about.get("copy")
    if isinstance(copy, str) and copy != verdict.subject:
        return f"{inert(copy)} {words_of(verdict.target, finding.reason).short.of(language)}"
    if finding.reason is verdict.reason:
        return ""
    return _body(finding, verdict.target, slots(finding, verdict.subject, verdict.unit, language), language)
