"""Test whether alerts would arrive, by the last delivery of each channel and a test message where it is old.

A webhook is posted a document marked as a test, as `beffroi alert test` does; a relay is asked whether it would take a
message for each address, and is given a whole one at first and once a month; the heartbeat proves itself each minute.
All go the way of any alert: outbox, courier, retries.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.alert.message import PROBE, Message, of_proof
from agent.alert.outbox import DeliveryProof, Outbox
from agent.alert.sending import MAIL, WEBHOOK
from agent.config.settings import AlertSettings
from agent.core.clock import Clock
from agent.core.errors import LedgerError
from agent.core.facts import alert_path
from agent.core.facts.alert_path import AlertChannel
from agent.core.model import Gap, Observation, Reading
from agent.core.reason import Reason
from agent.wording.languages import Language

log = logging.getLogger("beffroi.alert")

HEARTBEAT = "heartbeat"

# convention, «Evidence has an age»: repeated so that one late run breaks nothing.
EVERY = timedelta(hours=8)
WHOLE_EVERY = timedelta(days=31)
# How long a way out that took no test is left alone; messages that matter are tried on their own.
AGAIN_AFTER = timedelta(minutes=30)
# No one is sent a test at night.
OFFICE_HOURS = (time(8, 0), time(18, 0))
LOOK_EVERY = timedelta(minutes=1)
# What is sent now may take so long to be taken; what is kept of the turn then tells it.
SETTLES = timedelta(minutes=2)
# How often the heartbeat, which is taken each minute, is noted as taken.
NOTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResult:
    """The result of one turn: whether something was sent, and what is to be kept, where it is news."""

    sent: bool = False
    reading: Reading | None = None


class Proofs:
    """Note what each way out takes and refuses, from any thread; `turn` is the loop's own."""

    def __init__(self, outbox: Outbox, alert: Callable[[], AlertSettings], clock: Clock) -> None:
        self._outbox = outbox
        self._alert = alert
        self._clock = clock
        self._lock = threading.Lock()
        self._looked: datetime | None = None
        self._told: tuple[object, ...] | None = None
        self._told_at: datetime | None = None
        self._sent: dict[tuple[str, str], datetime] = {}

    def taken(self, name: str, *, whole: bool = True) -> None:
        """Note that a way out took a message, or all but a message (`whole` False)."""
        now = self._clock.now()

        def noted(before: AlertChannel) -> AlertChannel | None:
            if name == HEARTBEAT and before.failing is None and within(before.proven, now, NOTED_EVERY):
                return None
            return AlertChannel(name=name, proven=now, message=now if whole else before.message)

        self._note(name, noted)

    def taken_in_part(self, name: str, said: str) -> None:
        """Note that a message was taken for some of its addresses: the way out is not proven by it."""

        def noted(before: AlertChannel) -> AlertChannel:
            now = self._clock.now()
            return replace(before, message=now, failing=before.failing or now, said=said)

        self._note(name, noted)

    def refused(self, name: str, said: str) -> None:
        """Note that a way out did not take a message."""

        def noted(before: AlertChannel) -> AlertChannel | None:
            if before.failing is not None and before.said == said:
                return None
            return replace(before, failing=before.failing or self._clock.now(), said=said)

        self._note(name, noted)

    def _note(self, name: str, change: Callable[[AlertChannel], AlertChannel | None]) -> None:
        try:
            with self._lock:
                way = change(self._known(name))
                if way is not None:
                    self._outbox.put_proof(DeliveryProof(mark=mark_of(name, self._alert()), way=way))
        except LedgerError as error:
            # What was delivered is delivered; it then proves nothing, and the outbox is told of elsewhere.
            log.error("delivery to %s cannot be recorded: %s", name, error.message)

    def turn(self, now: datetime, zone: ZoneInfo, language: Language) -> ProofResult:
        """Send what is due, at most once a minute; return what the ways out have shown, where that is news."""
        if self._looked is not None and timedelta(0) <= now - self._looked < LOOK_EVERY:
            return ProofResult()
        self._looked = now
        messages = list(self._due(now, zone, language))
        self._outbox.put({}, messages, now)
        self._sent |= {(name, mark_of(name, self._alert())): now for name, _message in messages}
        return ProofResult(sent=bool(messages), reading=self._news(now))

    def _known(self, name: str) -> AlertChannel:
        """Return what a way out has shown under the settings of today."""
        kept = self._outbox.proofs().get(name)
        return kept.way if kept is not None and kept.mark == mark_of(name, self._alert()) else AlertChannel(name=name)

    def _due(self, now: datetime, zone: ZoneInfo, language: Language) -> Iterator[tuple[str, Message]]:
        for name in names_of(self._alert()):
            sent = self._sent.get((name, mark_of(name, self._alert())))
            if name == HEARTBEAT or self._outbox.waiting(name) or within(sent, now, AGAIN_AFTER):
                continue  # what waits is tried again by itself, and shows as much
            way = self._known(name)
            is_day = OFFICE_HOURS[0] <= now.astimezone(zone).time() < OFFICE_HOURS[1]
            if way.message is None or (is_day and name == MAIL and not within(way.message, now, WHOLE_EVERY)):
                yield name, of_proof(language)
            elif not within(way.proven, now, EVERY):
                yield name, PROBE if name == MAIL else of_proof(language)

    def _news(self, now: datetime) -> Reading | None:
        ways = tuple(self._known(name) for name in names_of(self._alert()))
        if self._told is not None and any(within(sent, now, SETTLES) for sent in self._sent.values()):
            return None
        told = tuple((way.name, way.proven is None, way.failing is None, way.said) for way in ways)
        if told == self._told and within(self._told_at, now, EVERY):
            return None
        self._told, self._told_at = told, now
        gap = Gap(subject=alert_path.SUBJECT, reason=Reason.NOT_DECLARED, detail="no receiver in [alert]")
        return Observation(
            collector=alert_path.COLLECTOR,
            host=alert_path.SUBJECT,
            subject=alert_path.SUBJECT,
            begun=now,
            ended=now,
            facts=tuple(alert_path.facts_of(ways, now)),
            gaps=() if ways else (gap,),
        )


def within(instant: datetime | None, now: datetime, age: timedelta) -> bool:
    """Return whether an instant lies within an age; one that lies ahead is of a clock that was set back since."""
    return instant is not None and timedelta(0) <= now - instant < age


def names_of(alert: AlertSettings) -> tuple[str, ...]:
    """Return the ways out that are configured."""
    known = {MAIL: alert.mail, WEBHOOK: alert.webhook or alert.webhook_file, HEARTBEAT: alert.heartbeat_file}
    return tuple(name for name, value in known.items() if value is not None)


def mark_of(name: str, alert: AlertSettings) -> str:
    """Return what tells the settings of a way out from others: what was proven of one says nothing of another.

    A file is told by its name: what is in it is a secret, and the service manager writes it anew at each start.
    """
    settings = {MAIL: alert.mail, WEBHOOK: (alert.webhook, alert.webhook_file), HEARTBEAT: alert.heartbeat_file}
    return hashlib.sha256(repr(settings[name]).encode()).hexdigest()[:16]
