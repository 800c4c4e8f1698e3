"""The looks of one name as a bundle shows them, asked for by the instant: what the newest one then showed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from agent.core.judging.moving import Moving, moved
from agent.core.look_runs import MOST_APART, LookFace, LookRun, dated
from agent.core.model import Fact, Failure, Observation, Reading
from agent.evaluation.evaluate import NewestLooks
from agent.ledger.fields import each, parse, refuse
from agent.ledger.kept_types import FACT, LOOK
from agent.ledger.reading_payload import Name

_NO_TIME = "2000-01-01T00:00:00.000000Z"
# A moment is judged by the newest look and the newest that succeeded, and the next one mostly by the same.
_FACES_KEPT = 4


class RunLooks:
    """The runs of one name, in order."""

    def __init__(self, name: Name, runs: Sequence[LookRun], changed: Mapping[str, str] | None = None) -> None:
        self._name = name
        self._id = "/".join(name)
        self._runs = runs
        self._firsts = [run.first for run in runs]
        self.is_empty = not runs
        self._readings: dict[int, Reading] = {}
        self._of_face: dict[int, tuple[Reading, tuple[Fact, ...]]] = {}
        self._facts: dict[str, Fact] = {}
        self._look: tuple[str, Reading] | None = None
        self._changed = changed or {}
        # All that one face shows, of which several dates are looked for.
        self._joined: tuple[LookFace, str] | None = None
        # Several keys rest on the looks at one clock, or at one copy.
        self._moves: dict[int, tuple[Moving, timedelta, Mapping[str, str] | None]] = {}
        self._seen_before: list[int | None] = []
        seen: int | None = None
        for place, run in enumerate(runs):
            self._seen_before.append(seen)
            seen = place if _is_observation(run.face) else seen
        self.most_facts = max((len(run.face.facts) for run in runs), default=0)

    def shown_alone(self) -> "RunLooks":
        """Return the looks without those that are told by another: nothing is known from that one to the next.

        One that failed in the place of others, or after them, is left out as well.
        """
        shown = [run for place, run in enumerate(self._runs) if not self._failed_for_others(place)]
        runs = [replace(run, last=run.first, unshown=0) if run.unshown else run for run in shown]
        return RunLooks(self._name, runs, self._changed)

    def begins(self) -> Iterator[datetime]:
        """Yield when the first look of each run ended."""
        return iter(self._firsts)

    def begins_at(self, at: datetime) -> bool:
        """Return whether a run begins at an instant."""
        place = bisect_left(self._firsts, at)
        return place < len(self._firsts) and self._firsts[place] == at

    def begins_twice(self, since: datetime, until: datetime) -> bool:
        """Return whether more than one run begins between two instants, both included."""
        return bisect_right(self._firsts, until) - bisect_left(self._firsts, since) > 1

    def moved(self, at: datetime, moving: Moving, limit: timedelta) -> Mapping[str, str] | None:
        """Return which dates moved in the run that begins at an instant; None: more is new than what may move."""
        place = bisect_left(self._firsts, at)
        if place == 0 or self._firsts[place + 1 : place + 2] == [at]:
            return None
        known = self._moves.get(place)
        if known is None or known[0] is not moving or known[1] != limit:
            before, after = self._runs[place - 1], self._runs[place]
            known = self._moves[place] = moving, limit, moved(before.face, before.last, after.face, at, moving, limit)
        return known[2]

    def names_date(self, date: str, at: datetime, *, fresh: bool = True) -> bool:
        """Return whether the newest look at an instant shows anything of a date; `fresh`: also one that ended then."""
        place = (bisect_right if fresh else bisect_left)(self._firsts, at) - 1
        if place < 0:
            return False
        face = self._runs[place].face
        if self._joined is None or self._joined[0] is not face:
            self._joined = face, "\n".join(face.facts)
        return date in self._joined[1]

    def shows(self, names: Set[str]) -> bool:
        """Return whether any look showed a fact of some names, or one that has these words in its value."""
        lines, words = {line for run in self._runs for line in run.face.facts}, [f'"name":"{name}"' for name in names]
        return any(word in line for word in words for line in lines)

    def goes_on(self, at: datetime) -> bool:
        """Return whether a look ended at an instant, or looks before and after it showed the same."""
        place = bisect_right(self._firsts, at) - 1
        return place >= 0 and at <= self._runs[place].last

    def held(self, now: datetime, until: datetime | None = None) -> datetime | None:
        """Return when the newest look ended, of those of runs that began before an instant; None: there was none.

        `until`: none after it is meant.
        """
        place = bisect_left(self._firsts, now) - 1
        return None if place < 0 else min(self._runs[place].last, until or now)

    def left_out(self, since: datetime, until: datetime) -> bool:
        """Return whether looks between two instants are told by another, since each showed something else.

        Those before them are meant too, of which the newest may still be what is judged by.
        """
        place = bisect_right(self._firsts, since) - 1
        if place >= 0 and not _is_observation(self._runs[place].face):
            since = min(since, self._runs[self._seen_before[place] or 0].last)
        if place >= 0 and self._runs[place].unshown:
            return True
        return any(run.unshown and run.last >= since and run.first <= until for run in self._runs)

    def failed_for_others(self, at: datetime) -> bool:
        """Return whether the newest look at an instant failed, and it or the one before it tells of others.

        What those saw is not shown: by which of them it would have been judged, no one knows.
        """
        place = bisect_right(self._firsts, at) - 1
        return place >= 0 and self._failed_for_others(place)

    def _failed_for_others(self, place: int) -> bool:
        if _is_observation(self._runs[place].face):
            return False
        before = self._seen_before[place]
        return bool(self._runs[place].unshown) or (before is not None and bool(self._runs[before].unshown))

    def ends(self) -> Iterator[datetime]:
        """Yield when the last look of each run ended that tells of no other looks."""
        return (run.last for run in self._runs if not run.unshown)

    def is_sparse(self, since: datetime, until: datetime, most: timedelta) -> bool:
        """Return whether two shown looks about a time are further apart than that; none shows those told by another.

        One that failed in the place of others, or after such as are not shown, shows nothing.
        """
        shown = [run for place, run in enumerate(self._runs) if not self._failed_for_others(place)]
        about = [run for run in shown if run.last >= since - most and run.first <= until + most]
        pairs = (((one.first if one.unshown else one.last), two.first) for one, two in pairwise(about))
        return (
            not about
            or about[0].first > since
            or any(run.apart > MOST_APART for run in about)
            or any(after - before > most and before < until and after > since for before, after in pairs)
        )

    def apart(self, at: datetime) -> timedelta:
        """Return the longest time between two looks of the run that an instant is in."""
        place = bisect_right(self._firsts, at) - 1
        return timedelta(0) if place < 0 else self._runs[place].apart

    def newest(self, now: datetime, fresh: datetime | None) -> NewestLooks | None:
        """Return the newest look at an instant; `fresh`: one that ended then is new; None: it had not begun yet."""
        place = (bisect_left if fresh is None else bisect_right)(self._firsts, now) - 1
        if place < 0:
            return None
        run = self._runs[place]
        ended = min(run.last, now)
        reading = self._at(place, ended)
        seen = place if isinstance(reading, Observation) else self._seen_before[place]
        observation = self._observed(seen, ended if seen == place else None)
        is_fresh = fresh is not None and ended == fresh and isinstance(reading, Observation)
        return NewestLooks(
            reading=reading,
            evidence_id=self._id,
            observation=observation,
            observation_id=None if observation is None else self._id,
            fresh=is_fresh,
            previous_ended=self._before(place, ended) if is_fresh else None,
            previous_id=None,
        )

    def _before(self, place: int, ended: datetime) -> datetime | None:
        """Return when the look that succeeded before one ended, or the earliest that this may have been in its run."""
        run = self._runs[place]
        if ended > run.first:
            return max(run.first, ended - run.apart)
        seen = self._seen_before[place]
        return None if seen is None else self._runs[seen].last

    def _observed(self, place: int | None, ended: datetime | None) -> Observation | None:
        if place is None:
            return None
        found = self._at(place, ended or self._runs[place].last)
        return found if isinstance(found, Observation) else None

    def _at(self, place: int, ended: datetime) -> Reading:
        """Return a look of a run as it was at an instant."""
        known = self._readings.get(place)
        if known is not None and known.ended == ended:
            return known
        face = self._runs[place].face
        shown = self._of_face.get(id(face))
        if shown is None:
            while len(self._of_face) >= _FACES_KEPT:
                del self._of_face[next(iter(self._of_face))]
            shown = self._of_face[id(face)] = self._reading(face)
        moved = _moved(*shown, ended)
        self._readings = {place: moved}
        return moved

    def _reading(self, face: LookFace) -> tuple[Reading, tuple[Fact, ...]]:
        """Return a look without its instant and without facts, and the facts."""
        if self._look is None or self._look[0] != face.look:
            self._look = face.look, self._without_facts(face.look)
        # Most of what a look shows, the look before showed as well.
        known, new = self._facts, [line for line in face.facts if line not in self._facts]
        known = known | dict(zip(new, self._read(new), strict=True))
        self._facts = {line: known[line] for line in face.facts}
        return self._look[1], tuple(map(self._facts.__getitem__, face.facts))

    def _without_facts(self, text: str) -> Reading:
        look = parse(text)
        if not isinstance(look, dict):
            refuse("look", look)
        commands = look.get("evidence")
        evidence = (
            [{**one, "duration": 0, "output_sha256": ""} for one in commands] if isinstance(commands, list) else []
        )
        named = {"collector": self._name[0], "subject": self._name[1], "begun": _NO_TIME, "ended": _NO_TIME}
        return LOOK.decode({**look, **named, "evidence": evidence})

    def _read(self, lines: Sequence[str]) -> Iterator[Fact]:
        every = ",".join(dated(self._renamed(line), _NO_TIME) for line in lines)
        return map(FACT.decode, each(lambda one: one)(parse(f"[{every}]")))

    def _renamed(self, line: str) -> str:
        for old, new in self._changed.items():
            line = line.replace(old, new)
        return line


def _moved(look: Reading, facts: Sequence[Fact], ended: datetime) -> Reading:
    if isinstance(look, Failure):
        return replace(look, begun=ended, ended=ended)
    # Twice as fast as `replace`, which counts for each fact at each moment that is judged.
    dated = [
        Fact(name=fact.name, subject=fact.subject, value=fact.value, as_of=ended) if fact.as_of == look.ended else fact
        for fact in facts
    ]
    return replace(look, begun=ended, ended=ended, facts=tuple(dated))


def _is_observation(face: LookFace) -> bool:
    return '"outcome":"observation"' in face.look


def joined(runs: Sequence[LookRun], apart: timedelta) -> list[LookRun]:
    """Take runs over and return them; those that follow one another without a silence, and show the same, are one."""
    found: list[LookRun] = []
    for run in runs:
        last = found[-1] if found else None
        if last is not None and run.last <= last.last:
            continue  # told once more
        if last is not None and run.first <= last.last:
            run.first = last.last
        if last is not None and last.face == run.face and run.first - last.last <= apart:
            last.apart = max(last.apart, run.apart, run.first - last.last)
            last.last, last.looks, last.unshown = run.last, last.looks + run.looks, last.unshown + run.unshown
            continue
        found.append(run)
    return found
