"""Ask for an entry's keys one by one, on a terminal, with the terms computed as soon as they are known.

Questions go to standard error: standard output carries the new entry's id only.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from agent.config.settings import Configuration
    from agent.register.registers import Field, Register
    from agent.wording.languages import Language


def asked(register: "Register", configuration: "Configuration", now: datetime) -> list[str]:
    """Return the `key=value` words that a person gave; an empty answer leaves an optional key out."""
    words = []
    for field in register.fields:
        if field.key == "none" or (field.key == "beneficiary" and len(configuration.inventory.beneficiaries) < 2):
            continue
        value = _answer(field, configuration)
        if value is None:
            continue
        words.append(f"{field.key}={value}")
        for line in terms(register.name, field.key, value, configuration, now):
            typer.echo(line, err=True)
    return words


def _answer(field: "Field", configuration: "Configuration") -> str | None:
    from agent.core.errors import UsageError
    from agent.register.reading import read_value
    from agent.register.registers import Kind

    optional = "" if field.required else ", or nothing"
    while True:
        text: str = typer.prompt(
            f"{field.key} ({field.kind.value}{optional})", default="", show_default=False, err=True
        )
        text = text.strip()
        if not text and not field.required:
            return None
        try:
            value = read_value(field, text, configuration.inventory)
        except UsageError as error:
            typer.echo(f"{field.key}: {error.message}\nhint: {error.hint}", err=True)
            continue
        return f"sha256:{value}" if field.kind is Kind.FILE else value


def terms(name: str, key: str, value: str, configuration: "Configuration", now: datetime) -> list[str]:
    """Return a line for each clock that a value of a key starts: which target, until when, and how long that is."""
    from agent.core.duties.entries import duties_of
    from agent.core.duties.moments import read_when
    from agent.core.duties.terms import last_moment
    from agent.core.judging.events import CLOCKS
    from agent.wording.page import clock_line
    from agent.wording.targets.every import target_title

    language: Language = "en" if configuration.agent.language == "en" else "fr"
    colon = ": " if language == "en" else " : "
    lines = []
    for duty in duties_of(name):
        target = configuration.targets[duty.target]
        term_of = CLOCKS.get(target.unit)
        if duty.opened != key or duty.closed == key or term_of is None or target.limit is None:
            continue
        due = term_of(read_when(value), None, target.limit, now).sure
        left: timedelta = due - now
        lines.append(f"{target_title(duty.target, language)}{colon}{clock_line(left, last_moment(due), language)}")
    return lines
