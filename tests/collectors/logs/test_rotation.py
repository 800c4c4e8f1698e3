"""How long logrotate's own configuration lets a log become, as the real logrotate understands it."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hosts.local import LocalHost
from collectors.logs import rotation
from collectors.logs.rotation import RotationRule, parse, shortest

DEBIAN = b"""# see "man logrotate" for details
weekly
rotate 4
create
include /etc/logrotate.d
/var/log/wtmp {
    missingok
    monthly
    rotate 1
}
/var/log/central/*/messages
/var/log/central/*/*.log
{
\trotate 52
\tcompress
\tpostrotate
\t\t/usr/lib/rsyslog/rsyslog-rotate {}
\tendscript
}
/var/log/apt/term.log { rotate 12
 daily # not weekly
 maxage 5 }
"/var/log/quoted name" { size 10M }
"""
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("path", "age"),
    [
        ("/var/log/central/fw-1/messages", 364 * DAY),
        ("/var/log/central/fw-1/auth.log", 364 * DAY),
        ("/var/log/central/fw-1/2026/auth.log", None),
        ("/var/log/wtmp", 30 * DAY),
        ("/var/log/apt/term.log", 5 * DAY),
        ("/var/log/elsewhere", None),
    ],
)
def test_a_log_becomes_as_old_as_its_block_says(path: str, age: timedelta | None) -> None:
    assert shortest(tuple(parse(DEBIAN)), [path]) == age


def test_what_turns_by_size_or_keeps_everything_has_no_age() -> None:
    for settings in ({"period": "daily", "rotate": "-1"}, {"period": "daily", "rotate": "9", "size": "1M"}, {}):
        assert RotationRule(patterns=("/a",), settings=settings).age is None


def test_the_shortest_lived_file_counts() -> None:
    rules = tuple(parse(DEBIAN))
    assert shortest(rules, ["/var/log/central/a/messages", "/var/log/apt/term.log"]) == 5 * DAY


@pytest.mark.programs
def test_the_real_logrotate_reads_the_same_file_without_complaint(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_bytes(DEBIAN.replace(b"include /etc/logrotate.d\n", b""))
    rules.chmod(0o644)
    done = subprocess.run(
        ["logrotate", "--debug", "--state", str(tmp_path / "state"), str(rules)], capture_output=True, timeout=60
    )
    said = done.stderr.decode()
    assert "/var/log/central/*/messages" in said
    assert "(52 rotations)" in said
    assert "(12 rotations)" in said


@pytest.mark.programs
def test_both_places_of_the_configuration_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "conf").write_text("weekly\nrotate 4")
    (tmp_path / "d" / "central").write_text("/x/*.log {\n}")
    for beside in ("central.dpkg-dist", "central.ucf-old", "central~"):
        (tmp_path / "d" / beside).write_text("/x/*.log {\n    daily\n    rotate 7\n}\n")
    monkeypatch.setattr(rotation, "FILES", (str(tmp_path / "conf"), str(tmp_path / "d")))
    found = rotation.erased_after(LocalHost("srv-1"), ["/x/a.log", "/x/a.log.1"], timedelta(seconds=20))
    assert found == 28 * DAY


@given(st.binary(max_size=300) | st.text(alphabet='/*{}\n#" rotatedailymaxage019-', max_size=200).map(str.encode))
def test_any_bytes_are_rules_or_none(said: bytes) -> None:
    age = shortest(tuple(parse(said)), ["/var/log/a"])
    assert age is None or age >= timedelta(0)
