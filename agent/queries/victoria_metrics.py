"""Give series to a VictoriaMetrics: what it has already is asked first, so that nothing is given twice.

Reads:  GET /api/v1/export, one series a line (VictoriaMetrics' manual, «How to export data in JSON line format»).
Needs:  POST /api/v1/import, the same form; an address, and where it asks for one a file with `user:password`.
Blind:  to what it took a moment ago and does not show yet: it shows what it took within seconds.
"""

import http.client
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

from agent.core.deadline import within
from agent.core.errors import BeffroiError, LookError
from agent.core.lines import one_line
from agent.queries.backfill_series import BackfillSeries
from agent.report.prometheus import PrometheusServer, basic, said
from agent.wording.inert import inert

T = TypeVar("T")
Identity = tuple[tuple[str, str], ...]
Stored = dict[Identity, dict[int, float]]

DEADLINE = timedelta(seconds=60)
# It takes lines of 10 MB, and requests of any size; a small one is little to send again.
BATCH_LETTERS = 1_000_000
LARGEST_LINE, LARGEST_ANSWER = 16 * 2**20, 256 * 2**20
_HINT = "what it has taken stays, and nothing is given twice: run it again"


class MetricsAway(BeffroiError):
    """Raised where VictoriaMetrics cannot be reached, does not answer in time, or refuses."""

    exit_code = 3


class _Refused(Exception):
    """Raised for an answer that is none, with what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VictoriaMetrics:
    """A VictoriaMetrics; each request has a connection, and a minute, of its own."""

    server: PrometheusServer

    def points(self, matching: Mapping[str, str], begin: datetime, end: datetime) -> Stored:
        """Return the points that it has of some series from an instant up to another. Raises MetricsAway."""
        selector = ",".join(f"{name}={json.dumps(value)}" for name, value in matching.items())
        form = {
            "match[]": f"{{{selector}}}",
            "start": f"{begin.timestamp():.3f}",
            "end": f"{end.timestamp():.3f}",
            # Every point as it was given, and not one of several at one instant.
            "reduce_mem_usage": "1",
        }
        return self._within(partial(self._exported, urlencode(form).encode()))

    def give(self, series: Iterable[BackfillSeries]) -> int:
        """Give it some series, a batch at a time; return how many points. Raises MetricsAway."""
        given = 0
        for batch, points in _batches(series):
            self._within(partial(self._given, batch))
            given += points
        return given

    def _exported(self, form: bytes) -> Stored:
        found: Stored = {}
        for line in self._lines("export", form, "application/x-www-form-urlencoded"):
            labels, points = _series(json.loads(line))
            found.setdefault(labels, {}).update(points)
        return found

    def _given(self, batch: bytes) -> None:
        for _ in self._lines("import", batch, "application/x-ndjson"):
            pass

    def _lines(self, what: str, body: bytes, kind: str) -> Iterator[bytes]:
        headers = {"Content-Type": kind, "Connection": "close"}
        if self.server.credentials is not None:
            headers["Authorization"] = basic(self.server.credentials)
        connection = self.server.connection(DEADLINE.total_seconds())
        try:
            connection.request("POST", f"{self.server.parts.path.rstrip('/')}/api/v1/{what}", body, headers)
            with connection.getresponse() as answer:
                yield from _whole_lines(answer)
        finally:
            connection.close()

    def _within(self, call: Callable[[], T]) -> T:
        name = f"VictoriaMetrics at {self.server.name}"
        try:
            return within(DEADLINE, name, call)
        except LookError as error:
            raise MetricsAway(error.message, _HINT) from error
        except (OSError, http.client.HTTPException) as error:
            raise MetricsAway(f"{name}: {said(error)}", _HINT) from error
        except _Refused as error:
            raise MetricsAway(f"{name}: {error}", _HINT) from error
        except (ValueError, RecursionError, OverflowError) as error:
            raise MetricsAway(f"{name}: {one_line(str(error), 200)}", _HINT) from error


def _whole_lines(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield the lines of an answer. Raises _Refused for one that is an error, is cut, or is too large."""
    if answer.status not in (200, 204):
        quoted = one_line(answer.read(500).decode(errors="replace"), 200)
        raise _Refused(f"answered {answer.status}: {inert(quoted)}")
    left = LARGEST_ANSWER
    while line := answer.readline(LARGEST_LINE):
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            raise _Refused("its answer is cut, or too large")
        yield line


def _batches(series: Iterable[BackfillSeries]) -> Iterator[tuple[bytes, int]]:
    """Yield bodies of some lines each, with how many points they hold."""
    lines: list[str] = []
    letters = points = 0
    for one in series:
        lines.append(_line(one))
        letters, points = letters + len(lines[-1]), points + len(one.points)
        if letters >= BATCH_LETTERS:
            yield "".join(lines).encode(), points
            lines, letters, points = [], 0, 0
    if lines:
        yield "".join(lines).encode(), points


def _line(one: BackfillSeries) -> str:
    written = {"metric": one.labels, "values": [*one.points.values()], "timestamps": [*one.points]}
    return json.dumps(written, separators=(",", ":"), allow_nan=False) + "\n"


def _series(read: object) -> tuple[Identity, dict[int, float]]:
    """Return the series of one line. Raises _Refused for whatever is none."""
    metric, values, at = (
        read.get(name) if isinstance(read, dict) else None for name in ("metric", "values", "timestamps")
    )
    if (
        not isinstance(metric, dict)
        or not isinstance(values, list)
        or not isinstance(at, list)
        or len(at) != len(values)
    ):
        raise _Refused("its answer holds no series")
    labels = tuple(sorted((str(name), str(value)) for name, value in metric.items()))
    return labels, {int(when): float(value) for when, value in zip(at, values, strict=True) if value is not None}
