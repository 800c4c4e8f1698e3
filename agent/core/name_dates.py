"""Find a date in a file's name, by a strptime form."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# What may stand in a form, and what a name then shows in its place (datetime's own table of directives).
_DIRECTIVES = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "m": r"\d{2}",
    "d": r"\d{2}",
    "j": r"\d{3}",
    "H": r"\d{2}",
    "M": r"\d{2}",
    "S": r"\d{2}",
    "b": r"[A-Za-z]{3}",
    "s": r"\d{9,11}",
    "%": "%",
}
_DAY = ({"m", "d"}, {"b", "d"}, {"j"})
NameDate = Callable[[str], datetime | None]


def name_date(form: str, timezone: str) -> NameDate:
    """Return what finds the date of a name, None for a name without one. Raises ValueError for a form that dates none.

    The last part of the name that the form matches counts.
    """
    given = set(re.findall(r"%(.)", form))
    unknown = sorted(given - _DIRECTIVES.keys())
    if unknown:
        raise ValueError(f"holds %{unknown[0]}, and these are known: {' '.join(f'%{one}' for one in _DIRECTIVES)}")
    if "s" not in given and not (given & {"Y", "y"} and any(day <= given for day in _DAY)):
        raise ValueError("shows no day: it needs %Y or %y, and %m and %d, or %j, or %s alone")
    parts = re.split(r"(%.)", form)
    pattern = re.compile("".join(_DIRECTIVES[one[1]] if one.startswith("%") else re.escape(one) for one in parts))
    zone = ZoneInfo(timezone)

    def dated(name: str) -> datetime | None:
        found = None
        for found in pattern.finditer(name):  # noqa: B007  # the last one
            pass
        try:
            if found is None:
                return None
            if "s" in given:
                digits = re.search(r"\d{9,11}", found[0])
                return datetime.fromtimestamp(int(digits[0]), UTC) if digits else None
            return datetime.strptime(found[0], form).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    return dated
