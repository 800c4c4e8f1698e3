"""Notify of the agent's own evidence: a witness that refuses its log at once, what stays away in the morning.

A verdict is on what is watched; this is on the one that watches. What is known now is compared with what was notified,
which the outbox keeps: each alert is sent once, and its end to those who received it.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.alert.message import CONFIRM, MENDED, PAGE, RETIRED, RUNBOOK, SCHEMA, TICKET, Message
from agent.alert.outbox import OwnNotification
from agent.alert.sending import MAIL
from agent.core.alert_state import Severity
from agent.wording.in_french import quoted
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.runbooks import runbook_link

# By local time; what only asks for a ticket waits until then.
OFFICE_OPENS = time(8, 0)
LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAlert:
    """One alert on the agent itself, as it is known now; `runbook` is the page of docs/runbooks, without `.md`.

    `subject` tells two of a kind apart, such as two witnesses; it is not notified before it fired for `wait`.
    """

    runbook: str
    subject: str
    is_firing: bool
    severity: Severity
    summary: Words
    detail: str = ""
    confirm: str = "sudo beffroi ledger verify"
    wait: timedelta = timedelta(0)

    @property
    def name(self) -> str:
        """Return what the outbox knows it by."""
        return f"{self.runbook} {self.subject}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRound:
    """The result of one turn: what each receiver is to be sent, what is notified from now on, and what is over."""

    messages: tuple[tuple[str, Message], ...]
    notified: Mapping[str, OwnNotification]
    over: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReaders:
    """Who receives what, and in which words: the receivers' names, the language, the time zone, the own address."""

    names: Collection[str]
    language: Language
    zone: ZoneInfo
    address: str | None = None


def own_step(
    alerts: Sequence[OwnAlert],
    declared: Collection[str],
    before: Mapping[str, OwnNotification],
    readers: OwnReaders,
    now: datetime,
) -> OwnRound:
    """Return what is to be sent of the alerts that are known; `declared` are the names that can fire at all.

    An alert of which nothing is known now stays as it was notified: not to know is not to be well.
    """
    messages: list[tuple[str, Message]] = []
    notified: dict[str, OwnNotification] = {}
    over: list[str] = []
    for alert in alerts:
        known = before.get(alert.name)
        if alert.is_firing:
            since = now if known is None else known.since
            heard = frozenset() if known is None else known.receivers
            due = [one for one in readers.names if one not in heard and _is_due(alert, one, since, readers, now)]
            messages += ((one, _message(alert, alert.severity, readers)) for one in due)
            if known is None or due:
                notified[alert.name] = OwnNotification(since=since, receivers=heard | set(due))
        elif known is not None:
            ended = _message(alert, None, readers)
            messages += ((one, ended) for one in readers.names if one in known.receivers)
            over.append(alert.name)
    for name in sorted(before.keys() - set(declared)):
        messages += ((one, _retired(name, readers)) for one in readers.names if one in before[name].receivers)
        over.append(name)
    return OwnRound(messages=tuple(messages), notified=notified, over=tuple(over))


def _is_due(alert: OwnAlert, receiver: str, since: datetime, readers: OwnReaders, now: datetime) -> bool:
    if now - since < alert.wait:
        return False
    is_day = now.astimezone(readers.zone).time() >= OFFICE_OPENS
    return receiver != MAIL or alert.severity is Severity.PAGE or is_day


def _message(alert: OwnAlert, severity: Severity | None, readers: OwnReaders) -> Message:
    """Return the message on an alert; `severity` None: it is over."""
    language = readers.language
    word = MENDED if severity is None else PAGE if severity is Severity.PAGE else TICKET
    said = alert.summary.of(language).format(subject=inert(alert.subject))
    return Message(
        subject=f"{word.of(language)} : {said}",
        body="\n".join(_lines(alert, said, severity, readers)) + "\n",
        document=json.dumps(
            {
                "schema": SCHEMA,
                "changes": [],
                "agent": {
                    "alert": alert.runbook,
                    "subject": alert.subject,
                    "firing": severity is not None,
                    "severity": alert.severity.value,
                    "detail": inert(alert.detail, LONGEST),
                    "runbook": runbook_link(alert.runbook, readers.address),
                },
            }
        ),
    )


def _lines(alert: OwnAlert, said: str, severity: Severity | None, readers: OwnReaders) -> Iterator[str]:
    yield said
    if severity is None:
        return
    if alert.detail:
        told = inert(alert.detail, LONGEST)
        yield quoted(told).strip() if readers.language == "fr" else told
    yield f"{CONFIRM.of(readers.language)} : {alert.confirm}"
    yield f"{RUNBOOK.of(readers.language)} : {runbook_link(alert.runbook, readers.address)}"


def _retired(name: str, readers: OwnReaders) -> Message:
    runbook, _, subject = name.partition(" ")
    said = f"{RETIRED.of(readers.language)} : {inert(name)}"
    told = {"alert": runbook, "subject": subject, "firing": False, "retired": True}
    return Message(
        subject=said, body=f"{said}\n", document=json.dumps({"schema": SCHEMA, "changes": [], "agent": told})
    )
