"""Begin to keep score: check as the service would, show what will be expected, ask, then start the service."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agent.core.errors import UsageError
from agent.core.lines import one_line
from agent.installation import service
from agent.installation.install import alone, require_configuration, require_system
from agent.installation.places import Places
from agent.installation.release import Release, Say, current

# One look at everything; each look has a deadline of its own far below it.
LOOK_WITHIN = timedelta(minutes=15)
SHOWN_SUBJECTS = 4
# What says that something could not be looked at, and what a detail says of a repository that is not there.
NOT_SEEN = frozenset(
    {
        *("tool-missing", "denied", "locked", "wrong-password", "wrong-repository", "unreachable", "timed-out"),
        *("host-key-unknown", "host-key-changed", "exited", "unreadable"),
    }
)
NO_REPOSITORY = "repository=absent"
# What the look said on which the first finding rests: the rest of that finding is for scripts.
_SAID = re.compile(r"[a-z-]{1,40} \([^()]{0,400}\bsaid=([^()]{1,400}(?:\([^()]{0,200}\)[^()]{0,200})*)\)")
MOST_NOT_SEEN = 12
# What `check` ends with where it has judged: all met, some missed, some unproven.
JUDGED = (0, 1, 3)
NEXT = "mend the configuration, then: sudo beffroi begin"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProgress:
    """One target: its subjects, how many verdicts are expected, missed and unproven now, and why, by reason."""

    target: str
    subjects: tuple[str, ...]
    expected: int
    missed: Mapping[str, tuple[str, ...]]
    unproven: Mapping[str, tuple[str, ...]]

    @property
    def proven(self) -> int:
        """Return how many verdicts are met or missed now."""
        return self.expected - sum(map(len, self.unproven.values()))

    @property
    def met(self) -> int:
        """Return how many verdicts are met now, or not applicable."""
        return self.proven - sum(map(len, self.missed.values()))

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return the cells of its row."""
        met = f"{self.met} of {self.expected}"
        return self.target, _named(self.subjects), met, _reasons(self.missed), _reasons(self.unproven)


def _reasons(found: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{reason}: {_named(subjects)}" for reason, subjects in found.items()) or "-"


def begin(places: Places, say: Say, confirm: Callable[[], None]) -> None:
    """Begin: enable and start the service that is installed. `confirm` raises UsageError where it is not wanted.

    Raises UsageError: a mistake, a secret that the service cannot read, a service that does not become well.
    """
    require_system(places)
    require_configuration(places)
    with alone(places):
        release = current(places)
        if release is None:
            raise UsageError("nothing is installed", "sudo ./beffroi install, in a checkout")
        if service.has_begun():
            say(f"{service.SERVICE}: it has begun already")
            return
        _hold_to_configuration(places, say)
        answered = service.reader_is_enabled()
        service.begin_reader(release, None, say)
        try:
            for line in shown(_looked(places, say)):
                say(line)
            confirm()
            _start(release, say)
        except BaseException:
            if not answered:
                service.stop_reader()
            raise


def _hold_to_configuration(places: Places, say: Say) -> None:
    done = service.run_as_service(places, "config", "check", str(places.configuration), timeout=timedelta(minutes=5))
    for line in _lines(done.stderr if done.status else done.stdout + done.stderr):
        say(line)
    if done.status:
        raise UsageError(f"{places.configuration} is not taken: nothing was begun", NEXT)


def _looked(places: Places, say: Say) -> Mapping[str, Any]:
    """Return the verdicts of one look at everything, of which nothing is kept."""
    say("looking once at everything that is declared; nothing is kept")
    words = ("check", "--no-store", "--json", "--language", "en", "--config", str(places.configuration))
    done = service.run_as_service(places, *words, timeout=LOOK_WITHIN)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = None
    if done.status not in JUDGED or not isinstance(found, dict):
        said = one_line(done.stderr) or f"status {done.status}"
        raise UsageError(f"what is declared could not be looked at: {said}", NEXT)
    found["beside"] = [line for line in _lines(done.stderr) if line]
    return found


def _lines(said: bytes) -> Iterator[str]:
    return (one_line(line) for line in said.splitlines())


def table(verdicts: Sequence[Mapping[str, Any]]) -> tuple[TargetProgress, ...]:
    """Return a line for each target: what one look shows of its subjects, met or missed, and what it does not."""
    own: dict[str, list[Mapping[str, Any]]] = {}
    for one in verdicts:
        own.setdefault(one["target"], []).append(one)
    found = []
    for target, judged in sorted(own.items()):
        found.append(
            TargetProgress(
                target=target,
                subjects=tuple(dict.fromkeys(one["subject"] for one in judged)),
                expected=len(judged),
                missed=_by_reason(judged, "missed"),
                unproven=_by_reason(judged, "unproven"),
            )
        )
    return tuple(found)


def _by_reason(judged: Sequence[Mapping[str, Any]], state: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in judged:
        if one["state"] == state:
            found[one["reason"]] = (*found.get(one["reason"], ()), one["subject"])
    return found


def not_seen(verdicts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each subject that could not be looked at, or whose repository is not there: what was said."""
    said: dict[str, str] = {}
    for one in verdicts:
        detail = str(one.get("detail", ""))
        if one["reason"] in NOT_SEEN or NO_REPOSITORY in detail:
            told = _SAID.match(detail)
            why = detail or one["reason"] if told is None else f"{one['reason']}: {told[1]}"
            said.setdefault(one["subject"], f"{one['subject']} ({one['target']}): {why}")
    for line in list(said.values())[:MOST_NOT_SEEN]:
        yield f"could not be read: {one_line(line, 240)}"
    if len(said) > MOST_NOT_SEEN:
        yield f"could not be read: {len(said) - MOST_NOT_SEEN} more subjects; beffroi check --no-store names them"


def shown(looked: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table of what will be expected, then what lies here and is watched by nothing."""
    lines = table(looked["verdicts"])
    rows = [
        ("target", "expected of", "met or not due", "missed, and why", "unproven, and why"),
        *(line.cells() for line in lines),
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    yield ""
    for row in rows:
        yield "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4])).rstrip()
    yield ""
    yield from not_seen(looked["verdicts"])
    yield from looked["beside"]
    expected, proven = sum(line.expected for line in lines), sum(line.proven for line in lines)
    met = sum(line.met for line in lines)
    yield (
        f"{expected} verdicts will be expected from now on; {proven} can be proven now: "
        f"{met} met or not due, {proven - met} missed"
    )


def _named(subjects: Sequence[str]) -> str:
    more = len(subjects) - SHOWN_SUBJECTS
    named = ", ".join(one_line(one, 60) for one in subjects[:SHOWN_SUBJECTS])
    return f"{named} and {more} more" if more > 0 else named


def _start(release: Release, say: Say) -> None:
    service.systemctl("enable", "--quiet", service.SERVICE)
    try:
        service.start_and_wait(say)
    except BaseException:
        service.systemctl("disable", "--now", "--quiet", service.SERVICE, accept=(0, 1, 5))
        say(f"{service.SERVICE}: stopped and disabled")
        raise
    release.was_well()
    say("begun: what is declared is expected from now on; beffroi status shows it")
