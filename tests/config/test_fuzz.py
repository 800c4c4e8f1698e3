"""Whatever stands in a configuration, it is understood or refused in one manner, and soon."""

import contextlib
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.config.load import understand
from agent.core.errors import ConfigurationError
from tests.config.test_load import WHOLE
from tests.config.written import PLACE, SOUND, taken_apart

PIECES = st.sampled_from(
    [
        "[", "]", "[[", "]]", "{", "}", "=", ".", ",", '"', "'", '"""', "\n", "\r\n", "#", "\\",
        "\\u0000", "\x00", "\x7f",
        "host", "backup.copy", "targets.backup-rpo", "id", "limit", "starts", "true", "inf", "nan", "-0", "1e400",
        "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "00:00:00",
        "'srv-1'", '"100 %"', "[]", "{}", "\u202e", "é", "\ud7ff", "9" * 30,
    ]
)  # fmt: skip


def refused_in_our_manner(content: bytes) -> None:
    """Understand a configuration, or see it refused by lines of the form FILE:LINE: key: what."""
    try:
        understand(content, PLACE, strict=False)
    except ConfigurationError as error:
        assert error.mistakes
        lines = content.count(b"\n") + 1
        assert all(1 <= taken_apart(line, hint).line <= lines for line, hint in error.mistakes)


@given(st.binary())
def test_any_bytes_are_refused_in_our_manner(content: bytes) -> None:
    refused_in_our_manner(content)


@given(st.lists(PIECES, max_size=40))
def test_pieces_of_toml_are_refused_in_our_manner(pieces: list[str]) -> None:
    refused_in_our_manner((SOUND + "".join(pieces)).encode(errors="surrogatepass"))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=5), PIECES)
def test_a_mutated_file_is_refused_in_our_manner(seed: int, times: int, piece: str) -> None:
    choice = random.Random(seed)
    content = bytearray(WHOLE.read_bytes())
    for _ in range(times):
        place = choice.randrange(len(content))
        match choice.randrange(4):
            case 0:
                content[place] = choice.randrange(256)
            case 1:
                del content[place : place + choice.randrange(1, 40)]
            case 2:
                content[place:place] = piece.encode()
            case 3:
                length = choice.randrange(1, 80)
                content[place:place] = content[choice.randrange(len(content)) :][:length]
    refused_in_our_manner(bytes(content))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.datetimes()
    | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.data())
def test_any_value_under_any_known_key_is_refused_in_our_manner(data: st.DataObject) -> None:
    lines = [line for line in WHOLE.read_text().splitlines() if " = " in line]
    chosen = data.draw(st.sampled_from(lines))
    value = data.draw(VALUES)
    written = toml(value)
    text = WHOLE.read_text().replace(chosen, f"{chosen.split(' = ')[0]} = {written}", 1)

    refused_in_our_manner(text.encode(errors="replace"))


def toml(value: object) -> str:
    """Return a value as TOML writes it, or as near as it comes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08x}" for letter in value) + '"'
    if isinstance(value, list):
        return f"[{', '.join(toml(inner) for inner in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    with contextlib.suppress(AttributeError):
        return value.isoformat()  # type: ignore[attr-defined, no-any-return]  # the dates and times
    return '""' if value is None else str(value)
