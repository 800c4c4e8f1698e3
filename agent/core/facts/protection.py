"""What one look at a machine's protection showed, and the facts that hold it: pure, for the collector and the rule.

Four matters that are never taken for one another: it runs, it is engaged (it acts on access), it is fresh (when what is
loaded in memory was built), it is proven (it recognised the EICAR test string). Each may be unknown: None.

The facts, subject `host/product`: `protection.running`, `protection.engaged`, `protection.loaded` and
`protection.on_disk` (build dates), `protection.loaded.version` and `protection.on_disk.version`,
`protection.loaded.within` (how far the build date may be off, where a clock without a zone told it),
`protection.contact` (when the console last answered, for what has no signatures), `protection.proven` as of the
trial, `protection.said` (why it is not running or not engaged).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.model import Fact, Observation

# What an EICAR trial proves is worth a day; it is made again every eight hours, so that one late run breaks nothing.
TRIED_EVERY = timedelta(hours=8)
# Products whose detection can be tried without leaving a file behind.
TRIABLE = frozenset({"clamav"})
# What a console's export tells of, whatever the product is.
CONSOLE = "console"
# Products that have no dated signatures here: what dates them is what their console says.
SENSORS = frozenset({"wazuh", CONSOLE})
# Products that cannot be tried, and tell whether they act: that is asked of them in any case.
TELLING = frozenset({"defender", "wazuh"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What was seen of one product on one machine; None: not shown."""

    product: str
    running: bool
    engaged: bool | None = None
    loaded: datetime | None = None
    loaded_within: timedelta = timedelta(0)
    loaded_version: str | None = None
    on_disk: datetime | None = None
    on_disk_version: str | None = None
    contact: datetime | None = None
    proven: bool | None = None
    tried_at: datetime | None = None
    said: str | None = None


def facts_of(seen: Protection, host: str, now: datetime) -> Iterator[Fact]:
    """Yield the facts that hold what was seen."""
    subject = f"{host}/{seen.product}"
    told: dict[str, bool | str | datetime | timedelta | None] = {
        "running": seen.running,
        "engaged": seen.engaged,
        "loaded": seen.loaded,
        "loaded.within": seen.loaded_within or None,
        "loaded.version": seen.loaded_version,
        "on_disk": seen.on_disk,
        "on_disk.version": seen.on_disk_version,
        "contact": seen.contact,
        "said": seen.said,
    }
    for name, value in told.items():
        if value is not None:
            yield Fact(name=f"protection.{name}", subject=subject, value=value, as_of=now)
    if seen.proven is not None:
        yield Fact(name="protection.proven", subject=subject, value=seen.proven, as_of=seen.tried_at or now)


def protections_in(seen: Observation | None) -> tuple[Protection, ...]:
    """Return what a look's facts hold, a product each, in the order in which they were seen."""
    if seen is None:
        return ()
    subjects = dict.fromkeys(fact.subject for fact in seen.named("protection.running"))
    return tuple(_protection(subject, seen) for subject in subjects)


def _protection(subject: str, seen: Observation) -> Protection:
    own = {fact.name.removeprefix("protection."): fact for fact in seen.facts if fact.subject == subject}
    proven = own.get("proven")
    return Protection(
        product=subject.rpartition("/")[2],
        running=_flag(own.get("running")) is True,
        engaged=_flag(own.get("engaged")),
        loaded=_instant(own.get("loaded")),
        loaded_within=_duration(own.get("loaded.within")),
        loaded_version=_text(own.get("loaded.version")),
        on_disk=_instant(own.get("on_disk")),
        on_disk_version=_text(own.get("on_disk.version")),
        contact=_instant(own.get("contact")),
        proven=_flag(proven),
        tried_at=proven.as_of if proven is not None else None,
        said=_text(own.get("said")),
    )


def _flag(fact: Fact | None) -> bool | None:
    return fact.value if fact is not None and isinstance(fact.value, bool) else None


def _instant(fact: Fact | None) -> datetime | None:
    return fact.value if fact is not None and isinstance(fact.value, datetime) else None


def _duration(fact: Fact | None) -> timedelta:
    return fact.value if fact is not None and isinstance(fact.value, timedelta) else timedelta(0)


def _text(fact: Fact | None) -> str | None:
    return fact.value if fact is not None and isinstance(fact.value, str) else None
