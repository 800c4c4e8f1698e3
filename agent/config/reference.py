"""Render docs/configuration.md from the schema, so that the document cannot say anything else than the program does."""

import sys
import types
from collections.abc import Iterator
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from agent.config.forms import ValueForm
from agent.config.keys import fields_of, headings_of, models_in
from agent.config.schema import ConfigurationFile
from agent.config.values import write_duration, write_limit
from agent.core.convention import CLAUSES, BetterSide

_HEAD = """\
# Configuration

One TOML file, `/etc/beffroi/beffroi.toml` unless `--config` or `$BEFFROI_CONFIG` says otherwise. `beffroi init` writes
a first one from what the machine shows; `beffroi config check` says every mistake at once, each with its line and how
to mend it.

[examples/site](examples/site/README.md) is a whole site: three hosts, two copies, a protected page, alerts, with each
account, right and secret that it needs.

Durations: `90s 15m 24h 31d`; sizes: `512MiB 20GiB 1TB`; ratios: `"100 %"`; times of day: `"03:30"`; days: `2026-01-31`,
without quotes. An id is at most 64 letters, digits, dots, dashes and underscores. Unknown keys, ids given twice,
references to nothing, passwords in the file or in an address, times without a zone and a file that expects nothing are
mistakes.

A secret's file that is no absolute path is looked for in `$CREDENTIALS_DIRECTORY`, then beside the configuration. That
such a file is missing, or may be read by everyone, is a mistake for `config check`; `check` and `run` go on without it,
and it costs only the verdicts that it touches. So is a configuration, `web_config`, certificate, secret's file,
`known_hosts` or inventory that others than root, the user who runs the agent and the user `beffroi` own or may write,
in itself or through a folder or link on its way: `check` and `run` say so of the configuration, do not read such an
`environment_file`, and serve nothing by such a `web_config` or certificate.

`sudo beffroi config check` tries every file as the user whom the service runs as, the owner of the state directory, and
says how one that this user may not read gets readable. It reads `web_config` and its files too: an expired certificate,
a key that does not fit, a line that is no bcrypt hash and a name in `readers` that `web_config` lacks are mistakes.

This page is rendered from the schema (`python -m agent.config.reference`) and checked by a test.
"""
_TARGETS = """
## The targets

`limit` and `attainment` may be stricter than the convention's, never looser: what SCOTA was informed of otherwise is an
entry of the register of adaptations. `run_allowance` and `evidence_age` have a ceiling for the same reason.
`alert_after` is for the targets judged by age.

| target | objective | unit of `limit` | `evidence_age` | judged by age |
| --- | --- | --- | --- | --- |
"""


def render() -> str:
    """Return the whole document."""
    return _HEAD + "".join(_table(heading, model) for heading, model in headings_of(ConfigurationFile)) + _targets()


def _table(heading: str, model: type[BaseModel]) -> str:
    rows = "".join(_row(key, field) for key, field in fields_of(model).items() if not _is_array_of_tables(field))
    header = "| key | holds | left out | meaning |\n| --- | --- | --- | --- |\n"
    return f"\n## `{heading}`\n\n{model.__doc__}\n\n{header}{rows}"


def _is_array_of_tables(field: FieldInfo) -> bool:
    # An array of tables has a heading of its own; a list that may hold names instead of tables is a key.
    return any(str(example).startswith("[[") for example in field.examples or ())


def _row(key: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra
    left_out = str(extra.get("left_out", "")) if isinstance(extra, dict) else ""
    held = " or ".join(dict.fromkeys(_forms(field.annotation, field.metadata)))
    example = str(field.examples[0]) if field.examples else ""
    # A default is an example already.
    meaning = f"{field.description} Example: `{example}`" if example not in left_out else str(field.description)
    cells = (f"`{key}`", held, "**needed**" if field.is_required() else left_out or "none", meaning)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _forms(annotation: object, metadata: object = ()) -> Iterator[str]:
    named = [one.words for one in metadata if isinstance(one, ValueForm)] if isinstance(metadata, list | tuple) else []
    origin, arguments = get_origin(annotation), get_args(annotation)
    if named:
        yield named[0]
    elif origin is Annotated:
        yield from _forms(arguments[0], arguments[1:])
    elif origin is Literal:
        yield ", ".join(f'`"{choice}"`' for choice in arguments)
    elif origin in (Union, types.UnionType):
        for argument in arguments:
            yield from _forms(argument)
    elif origin is list:
        yield f"list: {' or '.join(_forms(arguments[0]))}"
    elif origin is dict:
        yield f"table: for each target, {' or '.join(_forms(arguments[1]))}"
    elif annotation is bool:
        yield "`true` or `false`"
    elif annotation is int:
        yield "whole number"
    elif annotation is not type(None) and any(models_in(annotation)):
        yield "table"


def _targets() -> str:
    rows = ""
    for clause in CLAUSES.values():
        sign = "at most" if clause.better is BetterSide.LOWER else "at least"
        objective = "no figure" if clause.limit is None else f"{sign} {write_limit(clause.limit, clause.unit)}"
        unit = {"seconds": "duration", "bytes": "size", "ratio": "ratio"}.get(clause.unit, "whole number")
        taken = "none taken" if clause.limit is None else unit
        age = "yes" if clause.by_age else "no"
        rows += f"| `{clause.id}` | {objective} | {taken} | {write_duration(clause.evidence_age)} | {age} |\n"
    return _TARGETS + rows


if __name__ == "__main__":
    sys.stdout.write(render())
