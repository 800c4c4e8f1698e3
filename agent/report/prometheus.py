"""What Prometheus heard of each day: three expressions, asked once for each run of civil days of one length.

Reads:  POST /api/v1/query_range (Prometheus' manual, «HTTP API», «Range queries»), its own scrapes of `/metrics`.
Needs:  an address, and where it asks for one a file with `user:password`.
Blind:  what was never scraped, or was dropped since; it keeps fifteen days unless told otherwise.
"""

import base64
import http.client
import json
import math
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from urllib.parse import SplitResult, urlencode, urlsplit
from zoneinfo import ZoneInfo

from agent.config.forms import is_loopback
from agent.core.convention import OF_POINTS
from agent.core.deadline import Deadline, within
from agent.core.errors import BeffroiError, LookError, UsageError
from agent.core.files import read_file
from agent.core.model import WORST_FIRST, State
from agent.core.period import day_end, day_of, day_start
from agent.report.crosscheck import AlertedState, History, Name
from agent.report.days import Span
from agent.wording.inert import inert

DEADLINE = timedelta(seconds=60)
LARGEST_ANSWER = 64 * 2**20
LARGEST_SECRET = 4096
# A day counts as heard whole where it has nearly as many scrapes as the day of which most were heard.
WHOLE = 0.95
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_JUST_BEFORE = timedelta(milliseconds=1)

_BY = "max by (target, subject{more})"
_STATES = _BY.format(more=", state") + " (max_over_time(beffroi_target_state{{beneficiary={who}}}[{length}s])) > 0"
_SCRAPES = _BY.format(more="") + ' (count_over_time(beffroi_target_state{{beneficiary={who}, state="met"}}[{length}s]))'
_EXCESS = (
    _BY.format(more="")
    + ' (max_over_time(beffroi_target_value{{beneficiary={who}, target=~"{of}"}}[{length}s]))'
    + " - on (target, subject) "
    + _BY.format(more="")
    + ' (max_over_time(beffroi_target_limit{{beneficiary={who}, target=~"{of}"}}[{length}s]))'
)


class NoHistory(BeffroiError):
    """Raised where Prometheus could not be asked, or gave no answer that is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusServer:
    """Where Prometheus is, and the file that holds `user:password` where it asks for one."""

    parts: SplitResult
    credentials: Path | None = None

    @property
    def name(self) -> str:
        """Return host and port, for a message."""
        return inert(self.parts.netloc)

    def connection(self, seconds: float) -> http.client.HTTPConnection:
        """Return a connection, not yet made, of which each answer takes so long at the most."""
        host, port = self.parts.hostname or "", self.parts.port
        if self.parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=seconds)
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())


def source(
    address: str, credentials: Path | None, option: str = "--prometheus", secret: str = "--prometheus-credentials"
) -> PrometheusServer:
    """Return the server that an option names. Raises UsageError, which never repeats what may hold a password."""
    hint = f"give http://HOST:PORT or https://HOST[:PORT], the password in {secret} FILE"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{option} is no address", hint) from error
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{option} holds a user or a password, which every process list shows", hint)
    odd = not address.isascii() or not address.isprintable() or " " in address or bool(parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or odd:
        raise UsageError(f"{option} is no address", hint)
    if credentials is not None and parts.scheme == "http" and not is_loopback(parts.hostname):
        raise UsageError("a password never goes over plain HTTP but to this machine", "give an https:// address")
    return PrometheusServer(parts=parts, credentials=credentials)


def history(asked: PrometheusServer, beneficiary: str, span: Span, zone: ZoneInfo) -> History:
    """Return what was heard of a beneficiary's days, within a deadline. Raises NoHistory."""
    try:
        return within(DEADLINE, "prometheus", lambda: _history(asked, beneficiary, span, zone))
    except LookError as error:
        raise NoHistory(f"no cross-check: {error.message}", "the report is made without it") from error


def _history(asked: PrometheusServer, beneficiary: str, span: Span, zone: ZoneInfo) -> History:
    client = _Client(asked, Deadline(DEADLINE))
    worst: dict[tuple[Name, date], State] = {}
    scrapes: dict[tuple[Name, date], float] = {}
    excess: dict[tuple[Name, date], float] = {}
    for days, length in _runs(span, zone):
        ask = _Ask(client, beneficiary, days, length, zone)
        for labels, name, day, _ in ask.points(_STATES):
            state = _STATES_BY_NAME.get(labels.get("state", ""))
            if state is not None:
                before = worst.get((name, day), state)
                worst[name, day] = min(state, before, key=WORST_FIRST.index)
        scrapes |= {(name, day): value for _, name, day, value in ask.points(_SCRAPES)}
        excess |= {(name, day): value for _, name, day, value in ask.points(_EXCESS)}
    enough = WHOLE * max(scrapes.values(), default=0.0)
    found: dict[Name, dict[date, AlertedState]] = {}
    for (name, day), state in worst.items():
        whole = scrapes.get((name, day), 0.0) >= enough
        found.setdefault(name, {})[day] = AlertedState(worst=state, whole=whole, excess=excess.get((name, day)))
    return found


_STATES_BY_NAME = {state.value: state for state in State}


def _runs(span: Span, zone: ZoneInfo) -> Iterator[tuple[tuple[date, ...], timedelta]]:
    """Yield days in a row of one length: a range has one step, and two days of the year are not of 24 hours."""
    for length, days in groupby(span.days, key=lambda day: day_end(day, zone) - day_start(day, zone)):
        yield tuple(days), length


class _Ask:
    """Ask about some days of one length."""

    def __init__(
        self, client: "_Client", beneficiary: str, days: tuple[date, ...], length: timedelta, zone: ZoneInfo
    ) -> None:
        self._client, self._days, self._zone = client, frozenset(days), zone
        self._who = json.dumps(beneficiary, ensure_ascii=False)
        self._length = int(length.total_seconds())
        # A range reaches back from its end: a day is told at its own last instant.
        self._start, self._end = (day_end(day, zone) - _JUST_BEFORE for day in (days[0], days[-1]))

    def points(self, expression: str) -> Iterator[tuple[Mapping[str, str], Name, date, float]]:
        """Yield each point that an expression gives: its labels, whose it is, its day, its value."""
        form = {
            "query": expression.format(who=self._who, of="|".join(sorted(OF_POINTS)), length=self._length),
            "start": f"{self._start.timestamp():.3f}",
            "end": f"{self._end.timestamp():.3f}",
            "step": str(self._length),
        }
        for labels, points in self._client.series(form):
            name = (labels.get("target", ""), labels.get("subject", ""))
            for at, value in points:
                day = day_of(at, self._zone)
                if day in self._days and math.isfinite(value):
                    yield labels, name, day, value


class _Client:
    """Ask one address, each time on a connection of its own, until all of its time is gone."""

    def __init__(self, asked: PrometheusServer, deadline: Deadline) -> None:
        self._asked, self._deadline = asked, deadline
        self._headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        if asked.credentials is not None:
            try:
                self._headers["Authorization"] = basic(asked.credentials)
            except ValueError as error:
                raise NoHistory(f"no cross-check: {error}", "write user:password in it, one line") from error

    def series(self, form: Mapping[str, str]) -> Iterator[tuple[Mapping[str, str], list[tuple[datetime, float]]]]:
        """Yield the series that an answer holds. Raises NoHistory."""
        try:
            yield from _series(json.loads(self._answer(form)))
        except (ValueError, RecursionError, OverflowError) as error:
            raise self._no("its answer is no query result") from error

    def _answer(self, form: Mapping[str, str]) -> bytes:
        parts, seconds = self._asked.parts, max(self._deadline.remaining(), 0.001)
        connection = self._asked.connection(seconds)
        try:
            path = f"{parts.path.rstrip('/')}/api/v1/query_range"
            connection.request("POST", path, urlencode(form).encode(), self._headers)
            answer = connection.getresponse()
            content = answer.read(LARGEST_ANSWER + 1)
            status = answer.status
        except (OSError, http.client.HTTPException) as error:
            raise self._no(said(error)) from error
        finally:
            connection.close()
        if status != 200:
            raise self._no(f"answered {status}")
        if len(content) > LARGEST_ANSWER:
            raise self._no("its answer is too large")
        return content

    def _no(self, why: str) -> NoHistory:
        return NoHistory(
            f"no cross-check: prometheus at {self._asked.name}: {why}", "the report is made without it; ask again later"
        )


def _series(answer: object) -> Iterator[tuple[Mapping[str, str], list[tuple[datetime, float]]]]:
    """Yield the series of an answer. Raises ValueError for whatever is none."""
    data = answer.get("data") if isinstance(answer, dict) and answer.get("status") == "success" else None
    result = data.get("result") if isinstance(data, dict) and data.get("resultType") == "matrix" else None
    if not isinstance(result, list):
        raise ValueError("no matrix")
    for one in result:
        labels = one.get("metric") if isinstance(one, dict) else None
        values = one.get("values") if isinstance(one, dict) else None
        if not isinstance(labels, dict) or not isinstance(values, list):
            raise ValueError("no series")
        yield {str(key): str(value) for key, value in labels.items()}, [_point(value) for value in values]


def _point(value: object) -> tuple[datetime, float]:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], int | float):
        raise ValueError("no point")
    # In any zone the calendar has a day for it, which its own last one lacks.
    if not 0 <= value[0] < _LATEST:
        raise ValueError("no instant")
    return datetime.fromtimestamp(value[0], UTC), float(str(value[1]))


def basic(path: Path) -> str:
    """Return the header that a file of `user:password` makes. Raises ValueError, which says what is wrong with it."""
    try:
        text = read_file(path, limit=LARGEST_SECRET).decode().strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} holds no text") from error
    except LookError as error:
        raise ValueError(error.message) from error
    if ":" not in text or "\n" in text:
        raise ValueError(f"{path} does not hold user:password")
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def said(error: Exception) -> str:
    """Return what went wrong with a connection, for a message."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted here: {inert(error.verify_message, 80)}"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return inert(error.strerror.lower(), 200) if isinstance(error, OSError) and error.strerror else type(error).__name__
