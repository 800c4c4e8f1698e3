"""Write a configuration as TOML with every default filled in and marked; loading the text gives the same values."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from agent.config.keys import fields_of, models_in
from agent.config.promises import PROMISED_RATE
from agent.config.schema import ConfigurationFile
from agent.config.values import write_duration, write_limit, write_ratio
from agent.core.convention import CLAUSES, Clause

_MARK = "  # default"
# Its address lets anyone who knows it post.
_SECRETS = {"alert": ("webhook",)}
_BARE = re.compile(r"[A-Za-z0-9_-]+")

Values = Mapping[str, object]


def in_force(content: bytes) -> str:
    """Return the TOML of a sound file's bytes. Secrets are left out; hosts of an inventory stay in the inventory."""
    values = tomllib.loads(content.decode())
    inventory = values.get("inventory")
    listed = isinstance(inventory, dict) and "ansible" in inventory
    blocks: list[str] = []
    for key, field in fields_of(ConfigurationFile).items():
        model, given = next(models_in(field.annotation)), values.get(key)
        if key == "fleet" and given is None:
            continue  # no key of it means anything without its database
        if key == "targets":
            blocks += _targets(given if isinstance(given, dict) else {})
        elif isinstance(given, list):
            # What a host says itself outdoes the inventory, a default too.
            marked = not (key == "host" and listed)
            blocks += (block for one in given for block in _table(model, one, key, marked=marked, many=True))
        elif get_origin(field.annotation) is not list:
            blocks += _table(model, given if isinstance(given, dict) else {}, key)
    return "\n".join(blocks)


def _table(
    model: type[BaseModel], values: Values, name: str, *, marked: bool = True, many: bool = False
) -> Iterator[str]:
    fields = fields_of(model)
    lines, inner = [], []
    for key, field in fields.items():
        if key not in values:
            default = _default(field) if marked else None
            lines += [f"{key} = {default}{_MARK}"] if default is not None else []
        elif key in _SECRETS.get(name, ()):
            lines.append(f"# {key} is given, and left out here: it is a secret; name a file that holds it ({key}_file)")
        elif _is_tables(values[key]) and any(models_in(field.annotation)):
            inner.append((key, next(models_in(field.annotation))))
        else:
            lines.append(f"{key} = {toml(values[key])}")
    if lines or many or inner:
        heading = f"[[{name}]]" if many else f"[{name}]"
        yield "\n".join((heading, *lines, ""))
    for key, within in inner:
        value = values[key]
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from _table(within, one, f"{name}.{key}", many=isinstance(value, list))


def _is_tables(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
    )


def _default(field: FieldInfo) -> str | None:
    """Return a key's default as TOML, or None where leaving it out is not the same as any value."""
    extra = field.json_schema_extra
    left_out = extra.get("left_out") if isinstance(extra, dict) else None
    example = field.examples[0] if field.examples else None
    if field.default == []:
        return "[]"
    return str(example) if left_out == f"`{example}`" and field.default is not None else None


def _targets(given: Values) -> Iterator[str]:
    for id, clause in CLAUSES.items():
        own = given.get(id)
        values = own if isinstance(own, dict) else {}
        lines = [f"{key} = {toml(value)}" for key, value in values.items()]
        lines += [f"{key} = {value}{_MARK}" for key, value in _of_clause(clause) if key not in values]
        yield "\n".join((f"[targets.{id}]", *lines, ""))


def _of_clause(clause: Clause) -> Iterator[tuple[str, str]]:
    if clause.limit is not None:
        whole = clause.unit not in ("seconds", "bytes", "ratio")
        yield "limit", str(int(clause.limit)) if whole else toml(write_limit(clause.limit, clause.unit))
    yield "evidence_age", toml(write_duration(clause.evidence_age))
    if clause.run_allowance:
        yield "run_allowance", toml(write_duration(clause.run_allowance))
    yield "attainment", toml(write_ratio(PROMISED_RATE))


def toml(value: object) -> str:
    """Return a value that TOML gave as TOML on one line; what a terminal could obey is escaped."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(toml(one) for one in value)}]"
    if isinstance(value, dict):
        entries = (f"{name if _BARE.fullmatch(name) else _quoted(name)} = {toml(one)}" for name, one in value.items())
        return f"{{ {', '.join(entries)} }}" if value else "{}"
    return str(value)


def _quoted(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08X}" for one in written)
