"""Compose notifications: a mail text for people, a JSON document for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from agent.alert.transitions import BAD, EVERYTHING, SAME, Transition, alert_state
from agent.core.alert_state import Severity, runbook_of
from agent.core.model import WORST_FIRST, State, Verdict
from agent.core.reason import Reason
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.quantities import compared, instant, quantity
from agent.wording.runbooks import runbook_link
from agent.wording.sentences import sentence
from agent.wording.states import state_word
from agent.wording.targets.every import TARGETS, words_of
from agent.wording.verdict_fields import fields

SCHEMA = "beffroi.alert/1"
MOST_NAMED = 3
# What is read at three in the morning; the page shows all.
MOST_TOLD = 30

PAGE = Words(fr="ALERTE", en="ALERT")
TICKET = Words(fr="À traiter", en="To do")
MENDED = Words(fr="Rétabli", en="Mended")
RETIRED = Words(fr="Retiré, n'est plus attendu", en="Retired, no longer expected")
REPEAT = Words(fr="[répétition possible] ", en="[may be a repeat] ")
TEST = Words(fr="Essai d'alerte de beffroi", en="Test alert of beffroi")
TEST_BODY = Words(
    fr="Ceci est un essai, demandé par beffroi alert test. Rien n'est arrivé.",
    en="This is a test, asked for by beffroi alert test. Nothing has happened.",
)
PROOF_BODY = Words(
    fr="Ceci est un essai que le logiciel de mesure envoie de lui-même, à sa mise en service puis "
    "une fois par mois, pour démontrer "
    "que son courrier arrive. Rien n'est arrivé, il n'y a rien à faire.",
    en="This is a test that the agent sends of its own accord, when it is set up and then once a month, to prove that "
    "its mail arrives. Nothing has happened, there is nothing to do.",
)
DIGEST = Words(fr="Bilan du jour : ", en="The day's digest: ")
SILENCED = Words(
    fr="Alertes tues pendant une maintenance convenue :", en="Alerts silenced during an agreed maintenance:"
)
SEVERAL = Words(fr="plusieurs causes à la fois", en="several causes at once")
THE_REST = Words(
    fr="Et {count} de plus. Tout voir : sudo beffroi status", en="And {count} more. To see all: sudo beffroi status"
)
AND_MORE = Words(fr=" et {count} de plus", en=" and {count} more")

STATE = Words(fr="État", en="State")
WAS = Words(fr="était", en="was")
HOST = Words(fr="Hôte", en="Host")
UNTIL = Words(fr="jusqu'au", en="until")
MEASURED = Words(fr="Mesuré", en="Measured")
LIMIT = Words(fr="limite", en="limit")
LAST_GOOD = Words(fr="Dernier instant bon", en="Last good instant")
CONFIRM = Words(fr="Confirmer", en="Confirm")
MEND = Words(fr="Remède", en="Mend")
RUNBOOK = Words(fr="Fiche", en="Runbook")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, ready for either kind of receiver."""

    subject: str
    body: str
    document: str

    @property
    def is_probe(self) -> bool:
        """Return whether it says nothing: only whether a relay would take a message is asked."""
        return self == PROBE

    @property
    def is_test(self) -> bool:
        """Return whether nothing has happened that it tells of; no one waits for it."""
        return self.is_probe or self.document == TEST_DOCUMENT


PROBE = Message(subject="", body="", document="")
TEST_DOCUMENT = json.dumps({"schema": SCHEMA, "test": True, "changes": []})


def of_change(
    transitions: Sequence[Transition],
    language: Language,
    hosts: Mapping[str, str] = MappingProxyType({}),
    address: str | None = None,
) -> Message:
    """Return the message on the changes of one cause.

    `hosts` is on which host a subject lies, `address` the agent's own, which links lead to.
    """
    transitions = sorted(transitions, key=_reading_order)
    changes = [
        {
            **fields(transition.verdict),
            "from": transition.before.value,
            "severity": transition.severity.value,
            "host": hosts.get(transition.verdict.subject),
            "runbook": _runbook(transition.verdict, address),
        }
        for transition in transitions
    ]
    return Message(
        subject=_subject(transitions, language),
        body=_body(transitions, language, hosts, address),
        document=json.dumps({"schema": SCHEMA, "changes": changes}, allow_nan=False),
    )


def of_test(language: Language) -> Message:
    """Return the message that says that it is a test."""
    return Message(
        subject=TEST.of(language),
        body=TEST_BODY.of(language) + "\n",
        document=TEST_DOCUMENT,
    )


def of_proof(language: Language) -> Message:
    """Return the message by which the agent shows of its own accord that a path works."""
    return Message(subject=TEST.of(language), body=PROOF_BODY.of(language) + "\n", document=TEST_DOCUMENT)


def of_day(
    bad: Iterable[Verdict], silenced: Iterable[tuple[Verdict, datetime]], ended: Sequence[Verdict], language: Language
) -> Message | None:
    """Return the digest of a day: what is missed or unproven, what is silenced; None where there is nothing to say.

    `ended` is what was notified before and is well again, or retired.
    """
    worst_first = sorted(bad, key=lambda one: (WORST_FIRST.index(one.state), one.reason is Reason.NOT_RUN))
    lines = [f"- {state_word(one.state, language)} : {sentence(one, language)}" for one in worst_first]
    quiet = [
        f"- {sentence(one, language)} ({UNTIL.of(language)} {instant(until, language)})" for one, until in silenced
    ]
    parts = ["\n".join(lines)] if lines else []
    if quiet:
        parts.append("\n".join([SILENCED.of(language), *quiet]))
    for word, over in _ended(ended):
        parts.append("\n".join([f"{word.of(language)} :", *(f"- {sentence(one, language)}" for one in over)]))
    if not parts:
        return None
    subject = f"{DIGEST.of(language)}{len(lines)}"
    return Message(subject=subject, body="\n\n".join(parts) + "\n", document="")


def _ended(ended: Sequence[Verdict]) -> list[tuple[Words, list[Verdict]]]:
    retired = [one for one in ended if one.reason is Reason.RETIRED]
    mended = [one for one in ended if one.reason is not Reason.RETIRED]
    return [(word, over) for word, over in ((MENDED, mended), (RETIRED, retired)) if over]


def repeated(document: str) -> str:
    """Return a document marked as one that may have been sent before."""
    return json.dumps({**json.loads(document), "repeat": True})


def _body(transitions: Sequence[Transition], language: Language, hosts: Mapping[str, str], address: str | None) -> str:
    paragraphs = [_paragraph(one, language, hosts.get(one.verdict.subject), address) for one in transitions[:MOST_TOLD]]
    if len(transitions) > MOST_TOLD:
        paragraphs.append(THE_REST.of(language).format(count=len(transitions) - MOST_TOLD))
    # Beneficiaries of one host have the same paragraph, which names none of them.
    return "\n\n".join(dict.fromkeys(paragraphs)) + "\n"


def _reading_order(transition: Transition) -> tuple[bool, bool, bool]:
    """Return what puts first what wakes someone, then what is missed, then what is not over: a long text is cut."""
    state = alert_state(transition.verdict)
    return state not in BAD or transition.severity is not Severity.PAGE, state is not State.MISSED, state not in BAD


def _word(transitions: Sequence[Transition], bad: Sequence[Transition], language: Language) -> str:
    """Return the result of the changes; a risk that is accepted is not mended."""
    if any(transition.severity is Severity.PAGE for transition in bad):
        return PAGE.of(language)
    if bad:
        return TICKET.of(language)
    if all(transition.verdict.reason is Reason.RETIRED for transition in transitions):
        return RETIRED.of(language)
    states = {alert_state(transition.verdict) for transition in transitions}
    mended = MENDED.of(language)
    return mended if State.MET in states else state_word(transitions[0].verdict.state, language).capitalize()


def _subject(transitions: Sequence[Transition], language: Language) -> str:
    bad = [transition for transition in transitions if alert_state(transition.verdict) in BAD]
    word = _word(transitions, bad, language)
    if transitions[0].cause.startswith(SAME):
        return f"{word} : {_same(transitions, language)}"
    cause = SEVERAL.of(language) if transitions[0].cause == EVERYTHING else inert(transitions[0].cause, 80)
    shown = bad or transitions
    titles = list(dict.fromkeys(TARGETS[transition.verdict.target].title.of(language) for transition in shown))
    named = ", ".join(titles[:MOST_NAMED])
    if len(titles) > MOST_NAMED:
        named += AND_MORE.of(language).format(count=len(titles) - MOST_NAMED)
    return f"{word} : {cause} : {named}"


def _paragraph(transition: Transition, language: Language, host: str | None, address: str | None) -> str:
    verdict = transition.verdict
    was = f"{WAS.of(language)} {state_word(transition.before, language)}"
    lines = [
        sentence(verdict, language),
        f"{STATE.of(language)} : {state_word(verdict.state, language)} ({was}), {verdict.reason.value}",
    ]
    if host is not None:
        lines.append(f"{HOST.of(language)} : {inert(host)}")
    if verdict.value is not None:
        lines.append(f"{MEASURED.of(language)} : {_numbers(verdict, language)}")
    if transition.last_good is not None:
        lines.append(f"{LAST_GOOD.of(language)} : {instant(transition.last_good, language)}")
    if verdict.state in (State.MISSED, State.UNPROVEN):
        lines += [
            f"{CONFIRM.of(language)} : sudo beffroi status {inert(verdict.subject)}",
            f"{MEND.of(language)} : {words_of(verdict.target, verdict.reason).mend.of(language)}",
            f"{RUNBOOK.of(language)} : {_runbook(verdict, address)}",
        ]
    return "\n".join(lines)


def _runbook(verdict: Verdict, address: str | None) -> str | None:
    name = runbook_of(verdict.target, verdict.state)
    return None if name is None else runbook_link(name, address)


def _same(transitions: Sequence[Transition], language: Language) -> str:
    """Return what befell several subjects at once, and the first of their names."""
    verdict = transitions[0].verdict
    subjects = list(dict.fromkeys(inert(transition.verdict.subject) for transition in transitions))
    names = ", ".join(subjects[:MOST_NAMED])
    if len(subjects) > MOST_NAMED:
        names += AND_MORE.of(language).format(count=len(subjects) - MOST_NAMED)
    title, words = TARGETS[verdict.target].title.of(language), words_of(verdict.target, verdict.reason)
    said = words.short.of(language)
    # The names come last: what was read from outside is never read as a format.
    told = f"{said} : {names}" if words.listed is None else words.listed.of(language).replace("{subjects}", names)
    return f"{title} : {told}"


def _numbers(verdict: Verdict, language: Language) -> str:
    if verdict.value is None or verdict.limit is None:
        return quantity(verdict.value or 0, verdict.unit, language)
    measured, limit = compared(verdict.value, verdict.limit, verdict.unit, language)
    return f"{measured}, {LIMIT.of(language)} {limit}"
