"""Durations, sizes, shares and instants as people read them, in French and in English.

Figures are cut, never rounded up: 94.96 % does not read 95 %, and 23 h 59 min does not read 24 h.
"""

import math
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from agent.wording.languages import Language, Words

# The civil days of the convention are those of Paris, wherever the agent runs.
PARIS = ZoneInfo("Europe/Paris")

MINUTE, HOUR, DAY = 60, 3600, 86400

# Objectives up to the CNIL's 72 h are written in hours, so ages beside them are as well.
LAST_IN_HOURS = 72 * HOUR
# The convention writes its limits in hours up to here.
LAST_LIMIT_IN_HOURS = 96 * HOUR

MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}

SHORT_MONTHS = {
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}

SIZES = (
    (10**12, Words(fr="To", en="TB")),
    (10**9, Words(fr="Go", en="GB")),
    (10**6, Words(fr="Mo", en="MB")),
    (10**3, Words(fr="ko", en="kB")),
)

ONE_BYTE, SEVERAL_BYTES = Words(fr="octet", en="byte"), Words(fr="octets", en="bytes")
ONE_WORKING_DAY = Words(fr="jour ouvré", en="working day")
SEVERAL_WORKING_DAYS = Words(fr="jours ouvrés", en="working days")


def duration(seconds: float | timedelta, language: Language, *, precise: bool = False) -> str:
    """Return a duration in its two largest units, such as «26 h 3 min»; `precise` adds the smaller ones."""
    total = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    if total < 0:
        return f"-{duration(-total, language, precise=precise)}"
    if total < MINUTE:
        thousandths = _thousandths(seconds) if precise or total == 0 else 0
        return f"{thousandths} ms" if total == 0 and thousandths else _joined((total, "s"), (thousandths, "ms"))
    if total < HOUR:
        return _joined((total // MINUTE, "min"), (total % MINUTE, "s"))
    if total <= LAST_IN_HOURS or (precise and total < 4 * DAY):
        parts = [(total // HOUR, "h"), (total % HOUR // MINUTE, "min")]
        return _joined(*parts, (total % MINUTE, "s")) if precise else _joined(*parts)
    day = "j" if language == "fr" else "d"
    parts = [(total // DAY, day), (total % DAY // HOUR, "h")]
    return _joined(*parts, (total % HOUR // MINUTE, "min"), (total % MINUTE, "s")) if precise else _joined(*parts)


def size(count: float, language: Language, *, precise: bool = False) -> str:
    """Return a number of bytes in decimal units, as the convention counts its terabyte; `precise` spells every byte."""
    total = int(count)
    for unit, words in SIZES:
        if total >= unit and not precise:
            return f"{_cut(total * 10 // unit, language)} {words.of(language)}"
    return f"{total} {(SEVERAL_BYTES if total > 1 else ONE_BYTE).of(language)}"


def share(ratio: float, language: Language) -> str:
    """Return a ratio as a percentage cut to one decimal."""
    # The float nearest to 0.29 lies below it; so little is forgiven that no real shortfall is.
    return f"{_cut(int(Fraction(ratio) * 1000 + Fraction(1, 10**9)), language)} %"


def number(count: float, language: Language) -> str:
    """Return a number without a unit, whole where it is whole."""
    whole = int(count) if float(count).is_integer() else None
    if whole is not None:
        return str(whole)
    text = f"{count:.1f}"
    return text.replace(".", ",") if language == "fr" else text


def quantity(value: float, unit: str, language: Language, *, precise: bool = False) -> str:
    """Return a value with its unit, one of the contract's: seconds, bytes, ratio, count, working-days.

    What is no finite number, as a foreign file may hold, is shown as what it is.
    """
    if not math.isfinite(value):
        return str(value)
    match unit:
        case "seconds":
            return duration(value, language, precise=precise)
        case "bytes":
            return size(value, language, precise=precise)
        case "ratio":
            return share(value, language)
        case "working-days":
            words = SEVERAL_WORKING_DAYS if value >= 2 else ONE_WORKING_DAY
            return f"{number(value, language)} {words.of(language)}"
        case _:
            return number(value, language)


def beside(value: float, limit: float | None, unit: str, language: Language) -> str:
    """Return a value in the unit in which its limit is written: 95 h beside 72 h, not 3 d 23 h."""
    if unit != "seconds" or limit is None or not math.isfinite(value) or not HOUR <= limit <= LAST_LIMIT_IN_HOURS:
        return quantity(value, unit, language)
    if value <= LAST_IN_HOURS:
        return quantity(value, unit, language)
    minutes = int(value) // MINUTE
    return _joined((minutes // 60, "h"), (minutes % 60, "min"))


def compared(value: float, limit: float, unit: str, language: Language) -> tuple[str, str]:
    """Return a value and its limit, precise enough to differ where they differ: 24 h 0 min 20 s against 24 h."""
    # A value of several times its limit is read in days.
    own = beside(value, limit, unit, language) if value <= 2 * limit else quantity(value, unit, language)
    texts = own, beside(limit, limit, unit, language)
    if texts[0] != texts[1] or value == limit:
        return texts
    return quantity(value, unit, language, precise=True), quantity(limit, unit, language, precise=True)


def grouped(count: int, language: Language) -> str:
    """Return a whole number, its thousands apart: 19 942 in French, 19,942 in English."""
    return f"{count:,}" if language == "en" else f"{count:,}".replace(",", "\u202f")


def day(when: date, language: Language) -> str:
    """Return a date in full, such as «1er mars 2026» or “1 March 2026”."""
    first = "1er" if language == "fr" and when.day == 1 else str(when.day)
    return f"{first} {MONTHS[language].split()[when.month - 1]} {when.year}"


def instant(when: datetime, language: Language) -> str:
    """Return an instant to the minute on the clocks of Paris; `when` is aware."""
    local = when.astimezone(PARIS)
    if language == "fr":
        return f"{day(local.date(), language)} à {local.hour} h {local.minute:02d}"
    return f"{day(local.date(), language)} at {local:%H:%M}"


def _thousandths(seconds: float | timedelta) -> int:
    """Return the milliseconds beyond whole seconds, which only a clock's offset is told in."""
    exact = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    return int(exact % 1 * 1000)


def _joined(*parts: tuple[int, str]) -> str:
    kept = [part for index, part in enumerate(parts) if part[0] or index == 0]
    return " ".join(f"{count} {unit}" for count, unit in kept)


def _cut(tenths: int, language: Language) -> str:
    whole, tenth = divmod(tenths, 10)
    if tenth == 0:
        return str(whole)
    return f"{whole}{',' if language == 'fr' else '.'}{tenth}"
