"""A bundle whose author signs what they like with a key of their own: the verifier's machine is none of theirs."""

import hashlib
import json
import os
import struct
import tracemalloc
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.cli.evidence import LONGEST, told
from agent.core.errors import UsageError
from agent.ledger import received
from agent.ledger.chain import GENESIS, forge, line_of
from agent.ledger.keys import make_key, verifier
from agent.report import bundle, bundle_files
from agent.report.verifying import EvidenceOutcome, Verified, verify
from tests.report.published_bundle import Sound, packed
from tests.report.test_rows_shown import manifest_made_anew, sound

__all__ = ["sound"]

# Of each kind of row a few are enough.
OF_A_KIND = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """One row of a bundle, with its payload."""

    instant: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forger:
    """Someone with a key of their own, and with a sound bundle to begin from."""

    files: Mapping[str, bytes]
    rows: tuple[Entered, ...]
    folder: Path

    def made(self, rows: Iterable[Entered], changed: Mapping[str, bytes] | None = None) -> Path:
        """Write a bundle of these rows, none of them in a signed day, signed as a whole."""
        lines, payloads, link = [GENESIS], [], GENESIS
        for number, one in enumerate(rows, 1):
            digest = hashlib.sha256(one.text.encode()).hexdigest()
            row = forge(
                link, sequence=number, instant=one.instant, kind=one.kind, beneficiary="scota", payload_sha256=digest
            )
            lines.append(line_of(link, row).rstrip("\n"))
            payloads.append(f"{number} {one.text}")
            link = row.link
        files = {name: content for name, content in self.files.items() if not name.startswith(("days/", "heads/"))}
        files |= {bundle.HEADS: b"", bundle.TAIL: ended(lines), bundle.PAYLOADS: ended(payloads)}
        path = self.folder / "forged.zip"
        path.write_bytes(packed(manifest_made_anew(files | dict(changed or {}), self.folder)))
        return path


def ended(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture(scope="module")
def forger(sound: Sound, tmp_path_factory: pytest.TempPathFactory) -> Forger:
    folder = tmp_path_factory.mktemp("forger")
    make_key(folder)
    texts = dict(line.split(" ", 1) for line in sound.files[bundle.PAYLOADS].decode().splitlines())
    found: dict[str, list[Entered]] = {}
    for name in sorted(sound.files):
        if name.startswith("days/") or name == bundle.TAIL:
            for _, number, instant, kind, owner, _ in fields_of(sound.files[name]):
                if owner == "scota":
                    found.setdefault(kind, []).append(Entered(instant=instant, kind=kind, text=texts[number]))
    rows = [one for kind in found.values() for one in kind[:OF_A_KIND]]
    return Forger(files=sound.files, rows=tuple(sorted(rows, key=lambda one: one.instant)), folder=folder)


def fields_of(content: bytes) -> Iterator[list[str]]:
    return (line.split(" ") for line in content.decode().splitlines() if line.count(" ") == 5)


def printed(found: Verified) -> list[str]:
    """Return what a verifier reads on a terminal, after holding each line to be one."""
    lines = list(told(found, None))
    assert all(len(line) <= LONGEST + 1 for line in lines)
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for line in lines for letter in line)
    return lines


def test_the_forger_s_own_bundle_is_understood_and_is_not_the_agent_s(forger: Forger, sound: Sound) -> None:
    """Else the attacks below would be refused at the door, and show nothing."""
    found = verify(forger.made(forger.rows))
    assert found.payloads == len(forger.rows)
    assert {"load", "day"} <= {one.kind for one in forger.rows}
    assert all(line.startswith("days.csv: ") for line in found.damage)
    assert verify(forger.made(forger.rows), verifier(sound.state).fingerprint).outcome is EvidenceOutcome.DAMAGED


ODD: tuple[Any, ...] = (
    *(None, True, -1, 10**400, 1e308, "", "\ud800", "\x1b]0;title\x07", "a\nb", "\u202e", "=cmd|x", "../../etc/passwd"),
    *("0001-01-01", "9999-12-31", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000000Z", "P99999999999D"),
    *([], {}, [[]], {"": {}}, "x" * 5000, ["x"] * 500),
)


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of each value within a document, its own keys included."""
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from leaves(one, (*place, key))


def put(value: Any, place: tuple[Any, ...], odd: Any) -> Any:
    """Return a document with something odd at a place."""
    if not place:
        return odd
    key, *rest = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[key] = put(value[key], tuple(rest), odd)
    return copy


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_whatever_a_payload_holds_is_told_in_lines(forger: Forger, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(forger.rows) - 1))
    row = forger.rows[number]
    document = json.loads(row.text)
    place = data.draw(st.sampled_from(list(leaves(document))))
    text = json.dumps(put(document, place, data.draw(st.sampled_from(ODD))))
    changed = Entered(instant=row.instant, kind=row.kind, text=text)
    found = verify(forger.made([*forger.rows[:number], changed, *forger.rows[number + 1 :]]))
    assert printed(found)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, "9" * 10_000, "1e999999", "NaN", '"\\ud800"', "{}", "", "\x1b[31m"]
)
@pytest.mark.parametrize("kind", ["day", "load", "entry", "verdict"])
def test_a_payload_that_is_none_is_damage(forger: Forger, kind: str, text: str) -> None:
    row = Entered(instant=forger.rows[0].instant, kind=kind, text=text)
    found = verify(forger.made([*forger.rows, row]))
    assert found.outcome is EvidenceOutcome.DAMAGED
    assert printed(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("timezone", zone) for zone in ("../../etc/passwd", "/etc/shadow", "Europe", "", "\x1b[31m", "Mars/Olympus")),
        *(("quarter", quarter) for quarter in ("9999-Q4", "99999999999-Q1", "2026-Q5", "", "\x1b]0;x\x07")),
        *(("first_day", day) for day in ("0001-01-01", "tomorrow", "")),
        *(("beneficiary", who) for who in ("other", "\u202eatocs", "\x1b[2J")),
        *(("edition", number) for number in ("\x1b[31m", "1" * 5000)),
        *(("schema", form) for form in ("beffroi.evidence/999", "\x1b[31m")),
    ],
)
def test_nothing_that_about_says_is_believed_or_obeyed(forger: Forger, name: str, value: str) -> None:
    about = forger.files[bundle.ABOUT].decode().splitlines()
    lines = [f"{name}: {value}" if line.startswith(f"{name}: ") else line for line in about]
    found = verify(forger.made(forger.rows, {bundle.ABOUT: ended(lines)}))
    assert found.outcome is not EvidenceOutcome.SOUND
    assert printed(found)


def test_a_line_without_end_is_given_up(forger: Forger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_files, "LONGEST_LINE", 1_000_000)
    path = forger.made(forger.rows, {bundle.PAYLOADS: b"1 " + os.urandom(6_000_000).hex().encode()})
    tracemalloc.start()
    try:
        found = verify(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "payloads.txt holds a line that is too long" in printed(found)[1]
    assert peak < 20_000_000


def test_a_directory_without_end_is_not_read(tmp_path: Path) -> None:
    """A file of 3 GB that takes no room, all of it a directory: it cost as much memory."""
    path, size = tmp_path / "bundle.zip", 3_000_000_000
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, size, 0, 0))
    tracemalloc.start()
    try:
        found = verify(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "its directory is longer than its files take" in printed(found)[1]
    assert peak < 20_000_000


def test_a_pipe_in_a_bundle_s_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "bundle.zip")
    found = verify(tmp_path / "bundle.zip")
    assert found.outcome is EvidenceOutcome.UNPROVEN
    assert "is a pipe, not a regular file" in printed(found)[1]


def test_a_pipe_in_the_place_of_received_heads_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "heads")
    with pytest.raises(UsageError, match="is a pipe, not a regular file"):
        received.read([tmp_path / "heads"])


def test_a_zone_that_is_a_folder_is_damage_and_no_unreadable_file(forger: Forger) -> None:
    about = forger.files[bundle.ABOUT].decode().splitlines()
    lines = ["timezone: Europe" if line.startswith("timezone: ") else line for line in about]
    found = verify(forger.made(forger.rows, {bundle.ABOUT: ended(lines)}))
    assert found.damage == ["about.txt: 'Europe' is no time zone"]
    assert found.doubts == []


@pytest.mark.parametrize("edition", ["1", "provisional"])
def test_a_quarter_of_which_nothing_is_shown_is_unproven(forger: Forger, edition: str) -> None:
    about = forger.files[bundle.ABOUT].decode().splitlines()
    lines = [f"edition: {edition}" if line.startswith("edition: ") else line for line in about]
    header = forger.files[bundle.DAYS].splitlines()[0].decode()
    found = verify(forger.made([], {bundle.ABOUT: ended(lines), bundle.DAYS: ended([header])}))
    assert found.outcome is EvidenceOutcome.UNPROVEN
    assert found.damage == []
    assert "no signed day" in found.doubts[0]
    assert "shows nothing of the quarter" in found.doubts[1]


def test_a_table_of_countless_rows_is_given_up_early(forger: Forger) -> None:
    header, first, *_ = forger.files[bundle.DAYS].decode().splitlines()
    rows = (f"{number},,,{first.split(',')[3]},," for number in range(300_000))
    path = forger.made(forger.rows, {bundle.DAYS: ended([header, *rows])})
    tracemalloc.start()
    try:
        found = verify(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "more than" in found.damage[0]
    assert peak < 40_000_000


def test_a_payload_too_large_to_be_counted_is_not_parsed(forger: Forger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.report.recount.LARGEST_COUNTED", 100_000)
    row = Entered(instant=forger.rows[0].instant, kind="load", text="[" + "0," * 100_000 + "0]")
    assert "too large for a load" in verify(forger.made([*forger.rows, row])).damage[0]
