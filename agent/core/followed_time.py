"""The instant of a judgement as rules see it: each comparison with it notes when its answer would be another.

A rule works with `question.now` as with any `datetime`. What it gets is a stand-in: `now - seen.ended > limit` also
notes `seen.ended + limit`. So the next instant at which a verdict can change by time alone is recorded while it is
judged, and no rule declares it. Whatever is done with the stand-in that is not followed here makes the judgement
`restless`: it is made anew at every round, as if nothing were known of it.

The stand-ins are no subclasses of `datetime`, `timedelta` and `float`: the methods of those, written in C, would read
the instant without a note.
"""

import operator
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, cast

_ZERO = timedelta(0)
_ONE_DAY = timedelta(days=1)


class Turns:
    """Note when the answers that one judgement draws from its instant turn.

    `next` is the earliest such instant that is not past; None: none is noted. `restless`: at any time.
    """

    __slots__ = ("at", "next", "restless")

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.next: datetime | None = None
        self.restless = False

    @property
    def now(self) -> datetime:
        """Return the instant as rules see it."""
        # It stands for a datetime: what it does not follow, it gives up on and hands to the datetime itself.
        return cast(datetime, FollowedInstant(self, self.at.astimezone(UTC), _ZERO))

    def note(self, instant: datetime, since: datetime | None = None) -> None:
        """Note an instant at which an answer turns, and the date that it follows from; a past one turns nothing."""
        if instant >= self.at and (self.next is None or instant < self.next):
            self.next = instant

    def has_turned(self, now: datetime) -> bool:
        """Return True where an answer may be another one by an instant."""
        return self.restless or (self.next is not None and self.next <= now)

    def join(self, other: "Turns") -> None:
        """Note what another judgement noted."""
        self.restless = self.restless or other.restless
        if other.next is not None:
            self.note(other.next)

    @contextmanager
    def apart(self) -> Iterator["Turns"]:
        """Yield what is noted meanwhile, by itself; it counts for the whole as well."""
        own, before = Turns(self.at), (self.next, self.restless)
        self.next, self.restless = None, False
        try:
            yield own
        finally:
            own.next, own.restless = self.next, self.restless
            self.next, self.restless = before
            self.join(own)


def plain(value: Any) -> Any:
    """Return the `datetime`, `timedelta` or `float` for which a stand-in stands; anything else as it is."""
    return value.plain if isinstance(value, _Followed) else value


def is_followed(value: object) -> bool:
    """Return True for a stand-in."""
    return isinstance(value, _Followed)


class _Followed:
    """What stands for a value that moves with time; what it does not follow makes the judgement restless."""

    __slots__ = ("plain", "turns")
    plain: Any
    turns: Turns

    def __getattr__(self, name: str) -> Any:
        self.turns.restless = True
        return getattr(self.plain, name)

    # Held by the type checker alone: `isinstance` with an `ABC` costs three times as much, at each comparison.
    @abstractmethod
    def _crosses(self, other: Any) -> None:
        """Note when this and another value are equal."""

    def __lt__(self, other: Any) -> bool:
        self._crosses(other)
        return bool(self.plain < plain(other))

    def __le__(self, other: Any) -> bool:
        self._crosses(other)
        return bool(self.plain <= plain(other))

    def __gt__(self, other: Any) -> bool:
        self._crosses(other)
        return bool(self.plain > plain(other))

    def __ge__(self, other: Any) -> bool:
        self._crosses(other)
        return bool(self.plain >= plain(other))

    def __eq__(self, other: object) -> bool:
        self._crosses(other)
        return bool(self.plain == plain(other))

    def __hash__(self) -> int:
        self.turns.restless = True
        return hash(self.plain)


class FollowedInstant(_Followed):
    """The instant of a judgement, or one that lies `shift` after it."""

    __slots__ = ("_shift",)

    def __init__(self, turns: Turns, instant: datetime, shift: timedelta) -> None:
        self.turns = turns
        self.plain = instant
        self._shift = shift

    def _crosses(self, other: Any) -> None:
        if isinstance(other, datetime):
            _note(self.turns, other, -self._shift)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, timedelta):
            return FollowedInstant(self.turns, self.plain + other, self._shift + other)
        return _given_up(operator.add, self, other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, timedelta):
            return FollowedInstant(self.turns, self.plain - other, self._shift - other)
        if isinstance(other, FollowedInstant):
            return self.plain - other.plain
        if isinstance(other, datetime):
            return FollowedDuration(self.turns, self.plain - other, other.astimezone(UTC) - self._shift, 1)
        return _given_up(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        if isinstance(other, datetime):
            return FollowedDuration(self.turns, other - self.plain, other.astimezone(UTC) - self._shift, -1)
        return _given_up(operator.sub, other, self)

    def astimezone(self, zone: tzinfo | None = None) -> Any:
        """Return it in another zone, of which the civil day is followed."""
        return _InZone(self.turns, self.plain.astimezone(zone), self._shift)


class _InZone(FollowedInstant):
    """An instant in a zone: its day turns at the next midnight there."""

    __slots__ = ()

    def date(self) -> date:
        """Return the civil day."""
        day: date = self.plain.date()
        midnight = datetime.combine(day + _ONE_DAY, datetime.min.time(), tzinfo=self.plain.tzinfo)
        _note(self.turns, midnight, -self._shift, is_date=False)
        return day


class FollowedDuration(_Followed):
    """The time since an instant (`sign` 1), or until it (-1)."""

    __slots__ = ("_origin", "_sign")

    def __init__(self, turns: Turns, duration: timedelta, origin: datetime, sign: int) -> None:
        self.turns = turns
        self.plain = duration
        self._origin = origin
        self._sign = sign

    def _crosses(self, other: Any) -> None:
        if isinstance(other, timedelta):
            _note(self.turns, self._origin, self._sign * other)
        elif isinstance(other, FollowedDuration) and other._sign != self._sign:
            self.turns.restless = True

    def _moved(self, by: timedelta) -> Any:
        try:
            return FollowedDuration(self.turns, self.plain + by, self._origin - self._sign * by, self._sign)
        except OverflowError:
            return _given_up(operator.add, self, by)

    def __add__(self, other: Any) -> Any:
        return self._moved(other) if isinstance(other, timedelta) else _given_up(operator.add, self, other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, timedelta):
            return self._moved(-other)
        if isinstance(other, FollowedDuration) and other._sign == self._sign:
            return self.plain - other.plain
        return _given_up(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return (-self)._moved(other) if isinstance(other, timedelta) else _given_up(operator.sub, other, self)

    def __neg__(self) -> "FollowedDuration":
        return FollowedDuration(self.turns, -self.plain, self._origin, -self._sign)

    def __bool__(self) -> bool:
        self._crosses(_ZERO)
        return bool(self.plain)

    def total_seconds(self) -> Any:
        """Return it in seconds, followed as well."""
        return FollowedSeconds(self)


class FollowedSeconds(_Followed):
    """The seconds of a duration: a figure that moves."""

    __slots__ = ("_duration",)

    def __init__(self, duration: FollowedDuration) -> None:
        self.turns = duration.turns
        self.plain = duration.plain.total_seconds()
        self._duration = duration

    def _crosses(self, other: Any) -> None:
        if isinstance(other, FollowedSeconds):
            self._duration._crosses(other._duration)
        elif isinstance(other, int | float):
            try:
                self._duration._crosses(timedelta(seconds=other))
            except (OverflowError, ValueError):
                return  # endless, or no number: never equal

    def __neg__(self) -> "FollowedSeconds":
        return FollowedSeconds(-self._duration)

    def __bool__(self) -> bool:
        self._crosses(0)
        return bool(self.plain)


def _note(turns: Turns, instant: datetime, later: timedelta, *, is_date: bool = True) -> None:
    try:
        turns.note(instant.astimezone(UTC) + later, instant if is_date else None)
    except OverflowError:
        return  # beyond what a date can say: not in the life of this program


def _given_up(work: Callable[..., Any], *values: Any) -> Any:
    for value in values:
        if isinstance(value, _Followed):
            value.turns.restless = True
    return work(*(plain(value) for value in values))


def _giving_up(name: str) -> Callable[..., Any]:
    def unfollowed(self: _Followed, *others: Any) -> Any:
        self.turns.restless = True
        return getattr(self.plain, name)(*(plain(one) for one in others))

    return unfollowed


# What Python looks up on the class, past `__getattr__`. Of a plain value each gives what it always gives.
_UNFOLLOWED = {
    FollowedInstant: ("__str__", "__repr__", "__format__"),
    FollowedDuration: (
        *("__str__", "__repr__", "__format__", "__abs__", "__pos__", "__mul__", "__rmul__", "__truediv__"),
        *("__floordiv__", "__mod__", "__divmod__", "__rtruediv__", "__rfloordiv__", "__rmod__", "__rdivmod__"),
    ),
    FollowedSeconds: (
        *("__str__", "__repr__", "__format__", "__abs__", "__pos__", "__round__", "__trunc__", "__floor__", "__ceil__"),
        *("__float__", "__int__", "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__"),
        *("__rtruediv__", "__floordiv__", "__rfloordiv__", "__mod__", "__rmod__", "__divmod__", "__rdivmod__"),
        *("__pow__", "__rpow__"),
    ),
}
for _kind, _names in _UNFOLLOWED.items():
    for _name in _names:
        setattr(_kind, _name, _giving_up(_name))
