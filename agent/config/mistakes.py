"""Turn what is wrong with a file into lines that a person can act on; nothing secret is ever repeated."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlsplit

from pydantic_core import ErrorDetails

from agent.config.keys import elsewhere, example_of, fields_of, nearest, table_at
from agent.config.positions import Path, Positions, Spot
from agent.core.errors import ConfigurationError

SHOWN_AT_MOST = 1000
_BARE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRET = re.compile(r"pass(?!ive)|pwd|secret|token|credential|api_?key|access_?key|private_?key", re.IGNORECASE)
# By how many letters at most a mistyped key is longer or shorter than the one that was meant.
_TYPED_AMISS = 2
# Keys that name persons, by a mail address as well.
_OF_PERSONS = ("readers", "accounts", "administrators", "signatories", "mail", "to", "from")
_PERSON = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]*")
_WANTED = {
    "string_type": "text",
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong: where, what, how to mend it, and where its first like stands, if that matters.

    `spot` is where it stands when that is in another file, of which `path` is then the key.
    """

    path: Path
    what: str
    hint: str
    first: Path | None = None
    spot: Spot | None = None


def refusal(file: str, mistakes: Iterable[Mistake], positions: Positions) -> ConfigurationError:
    """Return the error that says a file's mistakes in the order of their lines, at most SHOWN_AT_MOST of them."""
    placed = [(mistake.spot or _spot(file, mistake.path, positions), mistake) for mistake in mistakes]
    placed.sort(key=lambda pair: (pair[0].file != file, pair[0].file, pair[0].line))
    lines: dict[tuple[str, str], None] = {}
    for spot, mistake in placed[:SHOWN_AT_MOST]:
        first = "" if mistake.first is None else f", first {_told(_spot(file, mistake.first, positions), spot)}"
        lines[f"{_begin(spot, mistake)}: {mistake.what}{first}", mistake.hint] = None
    if len(placed) > SHOWN_AT_MOST:
        where = _begin(*placed[SHOWN_AT_MOST])
        lines[f"{where}: and further mistakes that are not shown", "mend the others first"] = None
    return ConfigurationError(tuple(lines))


def _spot(file: str, path: Path, positions: Positions) -> Spot:
    return positions.elsewhere(path) or Spot(file=file, line=positions.line(path))


def _begin(spot: Spot, mistake: Mistake) -> str:
    return f"{inert(spot.file)}:{spot.line}: {key_words(mistake.path)}"


def _told(spot: Spot, beside: Spot) -> str:
    return f"on line {spot.line}" if spot.file == beside.file else f"at {inert(spot.file)}:{spot.line}"


def of_schema(error: ErrorDetails) -> Mistake:
    """Return one of pydantic's errors in our words."""
    path: Path = error["loc"]
    kind, value = error["type"], error["input"]
    example = example_of(path)
    hint = f"for example {example}" if example else "see docs/configuration.md"
    context: Mapping[str, object] = error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(path, value)
    if kind == "missing":
        return Mistake(path=path, what="is missing", hint=f"add it, {hint}")
    if kind == "form":
        zoneless = str(context["what"]).endswith("without a zone")
        return Mistake(
            path=path,
            what=f"{shown(value, path)} {context['what']}",
            hint="write the day alone, such as 2026-01-31" if zoneless else hint,
        )
    if kind == "literal_error":
        return _not_a_choice(path, value, str(context["expected"]))
    if kind == "too_short":
        return Mistake(path=path, what="is an empty list", hint=hint)
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        return Mistake(path=path, what=f"{shown(value, path)} is out of range (bound: {bound})", hint=hint)
    wanted = _WANTED.get(kind, "of another form")
    if kind == "list_type" and isinstance(value, dict):
        wanted = "an array of tables"
    # A table or a list has no short form to repeat.
    said = "" if isinstance(value, dict | list) else f"{shown(value, path)} "
    what = f"{said}must be {wanted}, not {kind_of(value)}"
    return Mistake(path=path, what=what, hint=_type_hint(path, kind, value, hint))


def _unknown(path: Path, value: object) -> Mistake:
    key = str(path[-1])
    table = table_at(path[:-1])
    known = fields_of(table) if table is not None else {}
    near, heading = nearest(key, known), elsewhere(key)
    # password_fiel is a file that is mistyped, password a secret.
    is_mistyped = near is not None and near.endswith("_file") and abs(len(near) - len(key)) <= _TYPED_AMISS
    if _SECRET.search(key) and not key.endswith("_file") and not is_mistyped:
        return Mistake(
            path=path,
            what="a secret does not belong in this file",
            hint="put it in a file that only beffroi may read and name that file, as password_file or environment_file",
        )
    # A table whose name is nearly known, such as [[backups]], is no value that belongs to another one.
    if heading is not None and not (near is not None and isinstance(value, dict | list)):
        hint = f"{key} is a key of {heading}; known here: {', '.join(known)}"
    elif near is not None:
        hint = f"did you mean {near}?"
    else:
        hint = f"known here: {', '.join(known)}"
    return Mistake(path=path, what="is no known key", hint=hint)


def _not_a_choice(path: Path, value: object, expected: str) -> Mistake:
    choices = tuple(re.findall(r"'([^']*)'", expected))
    near = nearest(value, choices) if isinstance(value, str) else None
    listed = ", ".join(f'"{choice}"' for choice in choices)
    what = f"{shown(value, path)} is not " + (f"one of {listed}" if len(choices) > 1 else listed)
    return Mistake(path=path, what=what, hint=f'did you mean "{near}"?' if near else f"choose {listed}")


def _type_hint(path: Path, kind: str, value: object, hint: str) -> str:
    heading = ".".join(str(part) for part in path if isinstance(part, str))
    if kind == "list_type" and isinstance(value, dict):
        return f"write [[{heading}]], with two brackets on either side"
    if kind.startswith("model") and isinstance(value, list):
        return f"write [{heading}], with one bracket on either side"
    return hint


def kind_of(value: object) -> str:
    """Return the kind of a TOML value in words, never the value."""
    match value:
        case bool():
            return "true or false"
        case str():
            return "text"
        case int():
            return "a whole number"
        case float():
            return "a number with decimals"
        case datetime():
            return "a time" if value.tzinfo else "a time without a zone"
        case date():
            return "a day"
        case time():
            return "a time without a zone"
        case list():
            return "a list"
    return "a table"


def shown(value: object, path: Path = ()) -> str:
    """Return a value as a message may repeat it: short, inert, and not at all where it could hold a secret."""
    named = [part for part in path if isinstance(part, str)]
    if named and (_SECRET.search(named[-1]) or named[-1] in ("webhook", "webhook_file", "heartbeat_file")):
        return "this value"
    match value:
        case str():
            return _shown_text(value, named[-1] if named else "")
        case bool():
            return str(value).lower()
        case int() if -(10**12) < value < 10**12:
            return str(value)
        case float():
            return repr(value)
        case date() | time():
            # As it is written in the file, a zone and its lack included.
            return value.isoformat()
    return kind_of(value)


def _shown_text(text: str, key: str) -> str:
    """Return a text in quotes: of an address its host alone, of what may hold a user and a password nothing."""
    if "@" in text and (key not in _OF_PERSONS or _PERSON.fullmatch(text) is None):
        return "this value"
    if "://" not in text:
        return inert_quoted(text)
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "this value"
    rest = "/…" if parts.path not in ("", "/") or parts.query or parts.fragment else parts.path
    return inert_quoted(f"{parts.scheme}://{parts.hostname or ''}{port}{rest}")


def inert_quoted(text: str) -> str:
    """Return a text in quotes, cut to 60 characters and inert."""
    cut = text if len(text) <= 60 else f"{text[:59]}…"
    return f'"{inert(cut)}"'


def inert(text: str) -> str:
    """Return a text with its control and other unprintable characters escaped."""
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)


def key_words(path: Path) -> str:
    """Return a path as dotted keys, without indices: the line says which one is meant."""
    return ".".join(_key_words(path)) or "file"


def _key_words(path: Path) -> Iterator[str]:
    for part in path:
        if isinstance(part, str):
            # A colon in a key must not look like the one that ends it.
            yield part if _BARE.fullmatch(part) else inert_quoted(part).replace(":", "\\u003a")
