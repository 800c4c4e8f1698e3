"""The notifier: takes the verdicts of each round, stores notifications and has them delivered."""

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.accounting.acknowledgements import after_recovery, lapsed
from agent.accounting.agreements import Agreements
from agent.alert.courier import DeliveryWorker
from agent.alert.heartbeat import Heartbeat
from agent.alert.message import Message, of_change, of_day
from agent.alert.outbox import Outbox
from agent.alert.own_alerts import OFFICE_OPENS, OwnAlert, OwnReaders, own_step
from agent.alert.proving import Proofs
from agent.alert.retired import retired_verdicts, without_verdict
from agent.alert.sending import MAIL, WEBHOOK, Receivers
from agent.alert.transitions import LastNotification, Transition, alert_state, step, waits_for_time
from agent.config.settings import Configuration
from agent.core.alert_state import Severity, rings
from agent.core.clock import Clock
from agent.core.errors import LedgerError
from agent.core.inventory import Backup, DeclaredHost, Flow, Inventory, Log, WebFilter
from agent.core.model import Key, Reading, State, Verdict
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger
from agent.wording.languages import Language

log = logging.getLogger("beffroi.alert")

# What a digest waits for what was declared just now to be looked at: else the first one names nothing but that.
FIRST_LOOKS = timedelta(hours=1)
# What a message that is being taken at the end may still take, so that it need not come again as a repeat.
LAST_WORD = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that has a verdict; `is_whole`: with this round, all was judged since what is expected changed."""

    keys: Collection[Key]
    is_whole: bool
    verdicts: Callable[[], Sequence[Verdict]]


class Notifier:
    """Changes of state to the receivers of `[alert]`; `take` and the digest are the loop's own."""

    def __init__(self, folder: Path, configuration: Callable[[], Configuration], ledger: Ledger, clock: Clock) -> None:
        """Open the outbox in a state directory; `configuration` is asked later only. Raises LedgerError."""
        self._configuration = configuration
        self._ledger = ledger
        self._clock = clock
        self._outbox = Outbox(folder)
        self._proofs = Proofs(self._outbox, lambda: configuration().alert, clock)
        self._couriers = [
            DeliveryWorker(name, self._outbox, self.receivers, clock, proofs=self._proofs) for name in (MAIL, WEBHOOK)
        ]
        self._heartbeat: Heartbeat | None = None
        self._failure: str | None = None
        # Verdicts that were given and not dealt with yet, or of which time alone may make something to be notified.
        self._waiting: dict[Key, Verdict] = {}
        # Whether a judgement of the whole was not dealt with yet.
        self._is_whole = False

    @property
    def failure(self) -> str | None:
        """Return why nothing can be told at the moment; None: it can."""
        return self._failure

    def receivers(self) -> Receivers:
        """Return where messages go, by the configuration in use."""
        configuration = self._configuration()
        return Receivers(alert=configuration.alert, language=_language(configuration))

    def start(self, alive: Callable[[], bool]) -> None:
        """Begin to deliver, and to call the outside watcher while `alive` says so and alerts can be kept."""
        self._heartbeat = Heartbeat(
            lambda: self._configuration().alert.heartbeat_file,
            lambda: alive() and self._failure is None,
            self._pulse,
            proofs=self._proofs,
        )
        self._heartbeat.start()
        for courier in self._couriers:
            courier.start()

    def stop(self) -> None:
        """End; what is not delivered stays in the outbox."""
        if self._heartbeat is not None:
            self._heartbeat.end()
        for courier in self._couriers:
            courier.end()
        for courier in self._couriers:
            courier.join(LAST_WORD)

    def take(
        self, verdicts: Sequence[Verdict], agreements: Agreements, now: datetime, every: Standing | None = None
    ) -> None:
        """Keep what the verdicts of one round change; log where that cannot be done, and try again at the next.

        `every`: where `verdicts` are only those that were given anew, all that there are.
        """
        names = self.receivers().names()
        if not names:
            return
        self._waiting = {} if every is None else self._waiting
        self._waiting |= {one.key: one for one in verdicts}
        if every is None:
            every = Standing(keys={one.key for one in verdicts}, is_whole=True, verdicts=lambda: verdicts)
        self._is_whole = self._is_whole or every.is_whole
        try:
            self._keep(every, agreements, names, now)
        except LedgerError as error:
            if error.message != self._failure:
                log.error("%s", error.message)
            self._failure = error.message
            return
        self._failure = None
        for courier in self._couriers:
            courier.hurry()

    def take_own(self, alerts: Sequence[OwnAlert], declared: Collection[str], now: datetime) -> None:
        """Keep what the agent's own state changes; log where that cannot be done, and try again at the next turn.

        `declared` are the names of the alerts that can fire under the configuration in use.
        """
        configuration = self._configuration()
        receivers = OwnReaders(
            names=self.receivers().names(),
            language=_language(configuration),
            zone=ZoneInfo(configuration.agent.timezone),
            address=configuration.agent.address,
        )
        if not receivers.names:
            return
        try:
            found = own_step(alerts, declared, self._outbox.own_alerts(), receivers, now)
            if found.messages or found.notified or found.over:
                self._outbox.put_own_alerts(found.notified, found.over, found.messages, now)
        except LedgerError as error:
            log.error("alerts on the agent itself cannot be kept: %s", error.message)
            return
        for courier in self._couriers if found.messages else ():
            courier.hurry()

    def prove(self, now: datetime) -> Reading | None:
        """Send what shows that alerts would arrive, where it is due; return what that has shown, where it is news."""
        configuration = self._configuration()
        try:
            found = self._proofs.turn(now, ZoneInfo(configuration.agent.timezone), _language(configuration))
        except LedgerError as error:
            log.error("%s", error.message)
            return None
        if found.sent:
            for courier in self._couriers:
                courier.hurry()
        return found.reading

    def _keep(self, every: Standing, agreements: Agreements, names: Sequence[str], now: datetime) -> None:
        configuration, verdicts = self._configuration(), tuple(self._waiting.values())
        standing = after_recovery(agreements.acknowledgements, self._ledger.verdict_changes, now)
        agreements = replace(agreements, acknowledgements=standing)
        notified = self._outbox.notified(None if self._is_whole else self._waiting)
        # What is no longer expected shows in a judgement of the whole, which follows each change of what is.
        retired = self._retired(without_verdict(notified, every.keys), now) if self._is_whole else ()
        silenced = [one.key for one in verdicts if _silenced(one, agreements, now)]
        over = lapsed(agreements.acknowledgements, now)
        found = step((*verdicts, *retired), notified, configuration.targets, silenced, now, over)
        language = _language(configuration)
        hosts = hosts_of(configuration.inventory) if found.transitions else {}
        messages = [
            (name, of_change(group, language, hosts, configuration.agent.address))
            for group in _by_cause(found.transitions)
            for name in names
            if name != MAIL or any(transition.severity is Severity.PAGE for transition in group)
        ]
        self._outbox.put(found.notified, messages, now)
        self._is_whole = False
        self._forget_settled({**notified, **found.notified}, agreements)
        if MAIL in names:
            self._digest(every, agreements, language, now)

    def _forget_settled(self, notified: Mapping[Key, LastNotification], agreements: Agreements) -> None:
        """Keep at hand only the verdicts of which time alone may make something to be notified."""
        silenced = {one.key for one in agreements.exclusions} | {one.key for one in agreements.acknowledgements}
        targets = self._configuration().targets
        self._waiting = {
            key: one
            for key, one in self._waiting.items()
            if key in silenced or waits_for_time(one, notified.get(key), targets)
        }

    def _retired(self, keys: Sequence[Key], now: datetime) -> tuple[Verdict, ...]:
        """Return a verdict on each of some keys that is no longer expected."""
        if not keys:
            return ()
        return retired_verdicts(
            keys, self._ledger.loads(), self._ledger.first_seen(), self._configuration().targets, now
        )

    def _digest(self, every: Standing, agreements: Agreements, language: Language, now: datetime) -> None:
        local = now.astimezone(ZoneInfo(self._configuration().agent.timezone))
        last, before = self._outbox.last_digest()
        if local.time() < OFFICE_OPENS or last == local.date().isoformat():
            return
        verdicts = every.verdicts()
        if self._awaits_first_looks(verdicts, now):
            return
        retired = self._retired(without_verdict(self._outbox.notified(), every.keys), now)
        bad = [one for one in verdicts if _stands(one) and not _silenced(one, agreements, now)]
        quiet = [
            (one, exclusion.ends)
            for one in verdicts
            if _stands(one) and (exclusion := agreements.silenced(one.key, now)) is not None
        ]
        standing = json.dumps(sorted([*map(_told_as, bad), *(f"~{_told_as(one)}" for one, _ in quiet)]))
        # Neither what no one can see any more nor what is gone from the configuration without an end is over.
        stood = {one.rpartition(" ")[0] for one in json.loads(before or "[]")}
        over = (*(one for one in verdicts if alert_state(one) is State.MET), *retired)
        ended = [one for one in over if _named(one) in stood]
        message = of_day(bad, quiet, ended, language)
        messages: list[tuple[str, Message]] = [] if message is None or standing == before else [(MAIL, message)]
        self._outbox.put_digest(local.date().isoformat(), standing, messages, now)

    def _awaits_first_looks(self, verdicts: Sequence[Verdict], now: datetime) -> bool:
        unseen = {one.key for one in verdicts if one.reason is Reason.NOT_RUN}
        noted = self._outbox.notified(unseen) if unseen else {}
        return any(key in unseen and abs(now - one.since) < FIRST_LOOKS for key, one in noted.items())

    def _pulse(self) -> str:
        """Return what the outside watcher is sent: the newest signed head, which then lies outside this machine."""
        heads = self._ledger.heads()
        head = heads[-1] if heads else None
        shown = None if head is None else {"day": head.day, "head": head.head, "signature": head.signature}
        return json.dumps({"schema": "beffroi.heartbeat/1", "head": shown})


def hosts_of(inventory: Inventory) -> Mapping[str, str]:
    """Return on which host each subject lies, where it lies on one: what is to be logged in to."""
    found: dict[str, str] = {}
    for item in inventory.items():
        match item:
            case DeclaredHost():
                found[item.id] = item.id
            case Backup():
                found |= {item.id: item.host} | {copy.subject: item.host for copy in item.copies}
            case Log():
                found |= {source.subject: item.host for source in item.sources}
            case Flow() | WebFilter():
                found[item.id] = item.from_host
    return found


def _language(configuration: Configuration) -> Language:
    return "en" if configuration.agent.language == "en" else "fr"


def _by_cause(transitions: Sequence[Transition]) -> list[list[Transition]]:
    groups: dict[str, list[Transition]] = {}
    for transition in transitions:
        groups.setdefault(transition.cause, []).append(transition)
    return list(groups.values())


def _silenced(verdict: Verdict, agreements: Agreements, now: datetime) -> bool:
    if agreements.silenced(verdict.key, now) is not None:
        return True
    return agreements.acknowledged(verdict.key, verdict.state, now) is not None


def _stands(verdict: Verdict) -> bool:
    on_course = verdict.state is State.UNPROVEN and verdict.reason is Reason.ON_COURSE
    return rings(verdict.target) and verdict.state in (State.MISSED, State.UNPROVEN) and not on_course


def _told_as(verdict: Verdict) -> str:
    return f"{_named(verdict)} {verdict.state.value}"


def _named(verdict: Verdict) -> str:
    return f"{verdict.target} {verdict.subject} ({verdict.beneficiary})"
