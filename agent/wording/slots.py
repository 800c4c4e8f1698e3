"""The names and numbers that a sentence may use, each already written out and harmless."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime

from agent.core.measures import ByteCount, Seconds
from agent.core.model import Detail, DetailValue, Finding, State, Verdict
from agent.core.reason import Reason
from agent.wording.in_french import ENGLISH_ONLY, in_french
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.quantities import beside, compared, day, duration, instant, number, quantity, size

# How a failure names the program that a look lacked, or the two of which it needed one.
_NOT_INSTALLED = re.compile(r"(\S{1,60}) is not installed\b")
_HAS_NO = re.compile(r"(?:the host of )?\S{1,60} has no ([\w-]{1,30})(?:,|$)", re.ASCII)
_HAS_NEITHER = re.compile(r"\S{1,60} has neither ([\w-]{1,30}) nor ([\w-]{1,30})(?:,|$)", re.ASCII)
# The command that settles it, where a look names one: the same in every language.
_COMMAND = re.compile(r"\bsudo [^;,]{1,200}")
# As many of what fares alike as a sentence names beside the first.
_NAMED_BESIDE = 3
# None of these is nothing to tell.
COUNTS = ("foreign_points", "copies_with_own_limit")


def slots(said: Verdict | Finding, subject: str, unit: str, language: Language) -> Mapping[str, str]:
    """Return what may be filled into a phrase about one verdict or one of its findings."""
    filled = {name: _written(name, value, language) for name, value in said.about.items()}
    if language == "fr":
        filled = {name: text for name, text in filled.items() if name not in ENGLISH_ONLY}
    for name in COUNTS:
        if said.about.get(name) == 0:
            del filled[name]
    filled["subject"] = inert(subject)
    # A centre puts the agent before it, and no register knows it so.
    filled["subject_at_agent"] = inert(subject.rpartition("/")[2])
    if command := _COMMAND.search(str(said.about.get("said", ""))):
        filled["command"] = inert(command[0])
    if said.reason is Reason.TOOL_MISSING:
        filled |= _lacking(str(said.about.get("said", "")))
    if said.about.get("copy") == subject:
        del filled["copy"]
    if said.value is not None:
        filled["value"] = quantity(said.value, unit, language)
    if said.limit is not None:
        filled["limit"] = beside(said.limit, said.limit, unit, language)
    if said.value is not None and said.limit is not None:
        filled["value"], filled["limit"] = compared(said.value, said.limit, unit, language)
    return {**filled, **_verified(said, language), **_alike(said, language)}


def _lacking(said: str) -> Mapping[str, str]:
    """Return the program that a look lacked, or both of which one was needed; nothing where none is named."""
    if neither := _HAS_NEITHER.match(said):
        return {"tool": inert(neither[1]), "other_tool": inert(neither[2])}
    tool = _NOT_INSTALLED.match(said) or _HAS_NO.match(said)
    return {"tool": inert(tool[1])} if tool else {}


def _verified(said: Verdict | Finding, language: Language) -> Mapping[str, str]:
    """Return how long ago a copy was verified, and the site that is only declared, where findings say so."""
    rest = said.rest if isinstance(said, Verdict) else ()
    ages = [finding.value for finding in rest if "depth" in finding.about and finding.state is State.MET]
    verified = {"verified": quantity(ages[0], "seconds", language)} if ages and ages[0] is not None else {}
    sites = [str(finding.about["declared_site"]) for finding in rest if "declared_site" in finding.about]
    return {**verified, **({"declared_site": inert(sites[0])} if sites else {})}


def _alike(said: Verdict | Finding, language: Language) -> Mapping[str, str]:
    """Return the names of what else has the same reason, and how many more there are, where `others` counts them."""
    others, rest = said.about.get("others"), said.rest if isinstance(said, Verdict) else ()
    names = [inert(str(one.about["what"])) for one in rest if one.reason is said.reason and "what" in one.about]
    if not isinstance(others, int) or not names:
        return {}
    beyond = others - len(names[:_NAMED_BESIDE])
    more = {"beyond": number(beyond, language)} if beyond > 0 else {}
    return {"alike": ", ".join(names[:_NAMED_BESIDE]), **more}


def plain(about: Detail) -> str:
    """Return what a finding names as `name=value` pairs, in English, on one line."""
    return ", ".join(f"{inert(name)}={_raw(value)}" for name, value in sorted(about.items()))


def _raw(value: DetailValue) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return inert(value, 300) if isinstance(value, str) else f"{value:.15g}"


def _written(name: str, value: DetailValue, language: Language) -> str:
    if isinstance(value, str):
        return inert(in_french(name, value) if language == "fr" else value)
    if isinstance(value, date):
        return _dated(value, language)
    if not math.isfinite(value):
        return str(value)
    if isinstance(value, Seconds):
        return duration(value, language)
    return size(value, language) if isinstance(value, ByteCount) else number(value, language)


def _dated(value: date, language: Language) -> str:
    try:
        return instant(value, language) if isinstance(value, datetime) else day(value, language)
    except OverflowError:
        # The first and the last hours of the calendar may have no date in Paris; a file can claim any date.
        return value.isoformat()
