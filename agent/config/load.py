"""Read a configuration file: every mistake at once, or the values that the program uses."""

import re
import tomllib
from functools import partial
from itertools import chain, islice
from pathlib import Path

from pydantic import ValidationError

from agent.config.agreement import disagreements
from agent.config.build import build
from agent.config.digest import digest
from agent.config.fleet_agreement import mistaken_fleet
from agent.config.identities import mistaken_identities
from agent.config.leaks import leaks
from agent.config.listed import with_listed_hosts
from agent.config.machine import state_directory, unready
from agent.config.mistakes import SHOWN_AT_MOST, Mistake, inert, of_schema, refusal
from agent.config.positions import Positions, locate, longest_key
from agent.config.promises import broken_promises
from agent.config.readers import mistaken_readers, unknown_readers
from agent.config.schema import ConfigurationFile
from agent.config.settings import Configuration
from agent.config.signing_pair import signing_mistakes
from agent.config.tables import TomlTable
from agent.core.access import mend, way_in
from agent.core.clock import SystemClock
from agent.core.errors import ConfigurationError, Denied, LookError, UsageError
from agent.core.files import read_file

LARGEST = 1024 * 1024
# The schema needs four; tomllib's time and memory grow with the square of a key's length.
LONGEST_KEY = 8
_SYNTAX = "see https://toml.io: text in straight quotes, tables in [brackets], one key = value a line, { } on one line"
_DAY_FIRST = re.compile(r"=\s*\d{1,2}([/.-])\d{1,2}\1\d{4}\b", re.ASCII)
_DATE = "a date is written year-month-day, without quotes: 2025-12-15"


def load(path: Path, *, strict: bool) -> Configuration:
    """Return what a configuration file means; raise ConfigurationError with all its mistakes.

    `strict`: what the machine lacks at this moment counts as a mistake too, as for `config check`.
    """
    return understand(content_of(path), path, strict=strict)


def content_of(path: Path) -> bytes:
    """Return the bytes of a configuration file. Raises ConfigurationError, whose hint says how this user gets in."""
    try:
        return read_file(path, limit=LARGEST)
    except Denied as error:
        raise ConfigurationError([(error.message, way_in(path))]) from error
    except LookError as error:
        hint = error.hint or "name a configuration file with --config, or write one with beffroi init --output FILE"
        raise ConfigurationError([(error.message, hint)]) from error


def state_directory_of(content: bytes) -> Path:
    """Return the state directory that a configuration names, be the rest of it sound or not; else the default."""
    try:
        return state_directory(TomlTable(path=(), values=_parse(content, "")))
    except ConfigurationError:
        return state_directory(TomlTable(path=(), values={}))


def understand(content: bytes, path: Path, *, strict: bool) -> Configuration:
    """Return what the bytes of a configuration file mean, as `load` does; `path` is where they are to lie."""
    written = _parse(content, str(path))
    listed = with_listed_hosts(written, locate(content) if "inventory" in written else Positions(), path)
    values = listed.values
    file = TomlTable(path=(), values=values)
    found = list(listed.mistakes)
    try:
        model = ConfigurationFile.model_validate(values)
    except ValidationError as error:
        model = None
        # What holds for each listed host is told where it is written, and once.
        own = (one for one in error.errors(include_url=False) if one["loc"][:3] not in listed.lines)
        found += [of_schema(one) for one in islice(own, SHOWN_AT_MOST)]
    between = chain(
        disagreements(file),
        mistaken_identities(file),
        leaks(file),
        broken_promises(file),
        mistaken_readers(file),
        mistaken_fleet(file),
    )
    of_machine = chain(unready(file, path), signing_mistakes(file, path, SystemClock().now())) if strict else ()
    found += islice(chain(between, of_machine), SHOWN_AT_MOST)
    web = _web_mistakes(file, found) if strict else ()
    if model is None or found or web:
        positions = locate(content)
        places = Positions(lines={**positions.lines, **listed.lines}, spots=listed.spots)
        in_file = refusal(str(path), found, places).mistakes if found else ()
        raise ConfigurationError((*in_file, *web))
    return build(model, path, digest(content, sorted(listed.files.items())), listed.left_out)


def _web_mistakes(file: TomlTable, found: list[Mistake]) -> tuple[tuple[str, str], ...]:
    """Return the mistakes of the web configuration itself; add to `found` the readers that it does not know."""
    name = (file.table("agent") or file).text("web_config")
    # What hinders reading it is a mistake of the key already.
    if not name or any(mistake.path == ("agent", "web_config") for mistake in found):
        return ()
    # TLS and a YAML reader, which only who checks a configuration waits for.
    from agent.config import web_config

    try:
        known = web_config.load(
            Path(name), at=SystemClock().now(), mend=partial(mend, state=state_directory(file))
        ).users
    except ConfigurationError as error:
        return error.mistakes
    except UsageError as error:
        return ((error.message, error.hint),)
    found += unknown_readers(file, known, name)
    return ()


def _parse(content: bytes, file: str) -> dict[str, object]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _not_toml(file, line, "it holds bytes that are not UTF-8", "save the file as UTF-8") from error
    if text.startswith("\ufeff"):
        raise _not_toml(file, 1, "it begins with a byte order mark", "save the file as UTF-8 without a byte order mark")
    _hold_to_short_keys(content, file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _line_of(str(error), text)
        raise _not_toml(file, line, _said(str(error)), _mend(text, line)) from error
    except RecursionError as error:
        raise _not_toml(file, _deepest_line(text), "tables or lists within each other too deep", _SYNTAX) from error
    except ValueError as error:
        # Python refuses to read a whole number of more than 4300 digits.
        number = re.search(r"[0-9_]{4000}", text)
        line = text.count("\n", 0, number.start()) + 1 if number else 1
        raise _not_toml(file, line, "a number that is too long", "shorten it") from error


def _hold_to_short_keys(content: bytes, file: str) -> None:
    # Most files have no line with so many dots, and need no syntax tree to be let through.
    if any(line.count(b".") >= LONGEST_KEY for line in content.split(b"\n")):
        parts, line = longest_key(content)
        if parts > LONGEST_KEY:
            raise _not_toml(file, line, f"a key of {parts} parts", f"no key has more than {LONGEST_KEY}")


def _not_toml(file: str, line: int, what: str, hint: str) -> ConfigurationError:
    return ConfigurationError([(f"{inert(file)}:{line}: file: is not TOML that can be read: {what}", hint)])


def _mend(text: str, line: int) -> str:
    at = "".join(text.split("\n")[line - 1 : line])
    return _DATE if _DAY_FIRST.search(at[:1000]) else _SYNTAX


def _said(message: str) -> str:
    words = re.sub(r" \(at (?:line \d+, column \d+|end of document)\)$", "", message)
    return inert(words[:1].lower() + words[1:])[:160]


def _line_of(message: str, text: str) -> int:
    matched = re.search(r"\(at line (\d+), column \d+\)$", message)
    return int(matched[1]) if matched else max(1, len(text.rstrip().splitlines()))


def _deepest_line(text: str) -> int:
    lines = text.split("\n")
    return max(range(len(lines)), key=lambda place: lines[place].count("[") + lines[place].count("{")) + 1
