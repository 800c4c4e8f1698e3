"""A configuration file is read whole, refused whole, and never leaves anything but one kind of error."""

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agent.config.load import LARGEST, load, understand
from agent.config.settings import Agent, Convention, Schedule
from agent.core.convention import CLAUSES
from agent.core.duties.expected import expected
from agent.core.errors import ConfigurationError
from tests.config.written import PLACE, SOUND, taken_apart, told
from tests.parts.web import HASH

WHOLE = Path(__file__).parent / "recorded" / "whole.toml"


def test_a_sound_file_is_understood() -> None:
    configuration = understand(SOUND.encode(), PLACE, strict=False)

    assert [host.id for host in configuration.inventory.hosts] == ["srv-1", "vault"]
    assert configuration.agent == Agent()
    assert configuration.schedule == Schedule()
    assert configuration.convention == Convention(starts=date(2026, 1, 1))
    assert configuration.digest == hashlib.sha256(SOUND.encode()).hexdigest()


def test_every_key_of_the_contract_is_understood() -> None:
    configuration = understand(WHOLE.read_bytes(), PLACE, strict=False)
    inventory = configuration.inventory
    (files,) = inventory.backups
    offsite, archive = files.copies

    assert configuration.agent.web_config == Path("/etc/beffroi/web.yml")
    assert configuration.convention.signed == date(2025, 12, 15)
    assert inventory.beneficiaries[0].signatories == ("Présidente du SCOTA",)
    assert inventory.host("srv-1").antivirus.socket == "/run/clamav/clamd.ctl"
    assert inventory.host("vault").collect == ()
    assert (files.retention, files.canary) == (timedelta(days=400), "/srv/scota/.beffroi-canary")
    assert (offsite.offsite, archive.offsite) == (True, True)
    assert (offsite.limit, archive.limit) == (None, timedelta(days=7))
    assert offsite.store is not None and offsite.store.host == "vault"
    assert archive.password_file == Path("/etc/beffroi/archive.password")
    assert archive.environment_file == Path("/etc/beffroi/archive.env")
    assert [source.subject for source in inventory.log_sources] == ["central/srv-1", "central/fw-1"]
    assert inventory.log_sources[1].starts == date(2026, 3, 1)
    assert inventory.perimeters[0].exposed
    assert inventory.flows[0].to == "192.0.2.9:22"
    assert inventory.web_filters[0].refused_as == ("status 403", "text Accès refusé", "reset")
    assert configuration.alert.mail is not None and configuration.alert.mail.sender == "beffroi@example.fr"
    assert configuration.alert.heartbeat_file == Path("/etc/beffroi/heartbeat")
    assert configuration.targets["backup-rpo"].alert_after == timedelta(hours=26)
    assert configuration.targets["backup-rpo"].severity == "page"


def test_all_that_the_contract_needs_from_the_machine_is_said_and_suffices_when_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs(tmp_path, "restic", "ssh")))
    text = WHOLE.read_text().replace("/etc/beffroi/", f"{tmp_path}/").replace('"…"', '"mail.password"')
    file = tmp_path / "beffroi.toml"
    file.write_text(text)

    with pytest.raises(ConfigurationError) as caught:
        load(file, strict=True)
    missing = [taken_apart(line, hint, file).key for line, hint in caught.value.mistakes]
    for name in ("web.yml", "vault.key", "files.password", "archive.password", "archive.env", "mail.password"):
        make_private(tmp_path / name)
    make_private(tmp_path / "webhook")
    make_private(tmp_path / "heartbeat")
    (tmp_path / "web.yml").write_text(f"basic_auth_users:\n  scota: {HASH}\n")

    assert missing == [
        "agent.web_config",
        "host.key_file",
        "backup.copy.password_file",
        "backup.copy.password_file",
        "backup.copy.environment_file",
        "alert.mail_password_file",
        "alert.webhook_file",
        "alert.heartbeat_file",
    ]
    assert load(file, strict=True).path == file


def programs(folder: Path, *names: str) -> Path:
    """Make empty programs of some names in a folder of their own."""
    made = folder / "bin"
    made.mkdir()
    for name in names:
        (made / name).touch(mode=0o755)
    return made


def make_private(path: Path) -> None:
    """Make a file that only its owner may read."""
    path.write_text("secret\n")
    path.chmod(0o600)


def test_what_depends_on_the_machine_never_stops_check_or_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert understand(SOUND.encode(), PLACE, strict=False).inventory.backups
    assert {mistake.key for mistake in told(SOUND, strict=True)} == {"backup", "backup.copy.password_file"}


def test_a_password_file_that_everyone_may_read_is_a_mistake_for_config_check(tmp_path: Path) -> None:
    password = tmp_path / "files.password"
    make_private(password)
    password.chmod(0o644)

    mistakes = told(SOUND.replace("/etc/beffroi/files.password", str(password)), strict=True)

    assert [(mistake.line, "everyone" in mistake.what) for mistake in mistakes if mistake.line == 24] == [(24, True)]


@pytest.mark.parametrize("kind", ["folder", "empty file"])
def test_a_password_file_that_is_no_file_with_something_in_it_is_a_mistake(tmp_path: Path, kind: str) -> None:
    password = tmp_path / "files.password"
    if kind == "folder":
        password.mkdir()
    else:
        password.touch(mode=0o600)

    mistakes = told(SOUND.replace("/etc/beffroi/files.password", str(password)), strict=True)

    assert any(mistake.key == "backup.copy.password_file" for mistake in mistakes)


@pytest.mark.parametrize("closed", ["file", "folder"])
def test_a_password_file_that_this_user_may_not_read_is_a_mistake(open_folder: Path, closed: str) -> None:
    folder = open_folder / "secrets"
    folder.mkdir(mode=0o755)
    make_private(folder / "password")
    (folder / "password" if closed == "file" else folder).chmod(0)
    text = SOUND.replace("/etc/beffroi/files.password", str(folder / "password"))

    with without_rights():
        mistakes = told(text, strict=True)

    assert any("by this user" in mistake.what for mistake in mistakes if mistake.line == 24)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that every user gets to, unlike pytest's own."""
    with TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def without_rights() -> Iterator[None]:
    """Take on the user no one where the tests run as root, whom no file mode stops."""
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)


def test_a_relative_password_file_is_looked_for_among_the_credentials_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SOUND.replace("/etc/beffroi/files.password", "files.password").encode()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    without = understand(text, PLACE, strict=False).inventory.copies[0].password_file
    (tmp_path / "files.password").touch()
    with_it = understand(text, PLACE, strict=False).inventory.copies[0].password_file

    assert without == Path("/etc/beffroi/files.password")
    assert with_it == tmp_path / "files.password"


def test_every_target_of_the_convention_is_in_force_whatever_the_file_says() -> None:
    targets = understand(SOUND.encode(), PLACE, strict=False).targets

    assert set(targets) == set(CLAUSES)
    assert all(targets[id].limit == clause.limit for id, clause in CLAUSES.items())
    assert all(targets[id].attainment == Fraction(1) for id in CLAUSES)


def test_a_stricter_limit_takes_the_convention_s_place() -> None:
    text = SOUND + '[targets.patching]\nlimit = "14d"\n[targets.log-retention]\nlimit = "360d"\n'
    targets = understand(text.encode(), PLACE, strict=False).targets

    assert targets["patching"].limit == timedelta(days=14).total_seconds()
    assert targets["log-retention"].limit == timedelta(days=360).total_seconds()
    assert targets["patching"].evidence_age == CLAUSES["patching"].evidence_age


def test_what_is_left_out_means_what_the_contract_says() -> None:
    inventory = understand(SOUND.encode(), PLACE, strict=False).inventory
    (backup,) = inventory.backups

    assert backup.beneficiary == "scota"
    assert backup.snapshot_host == socket.gethostname()
    assert backup.copies[0].offsite is True
    assert inventory.host("srv-1").collect is None
    assert inventory.host("srv-1").beneficiaries == ("scota",)


def test_a_remote_host_is_named_by_its_id_in_snapshots() -> None:
    text = SOUND.replace('host = "srv-1"', 'host = "vault"').replace('site = "cambrai"\n', 'site = "lens"\n', 1)

    assert understand(text.encode(), PLACE, strict=False).inventory.backups[0].snapshot_host == "vault"


def test_copies_at_the_source_s_own_provider_are_not_off_site_whatever_their_site() -> None:
    text = SOUND.replace('site = "arras"', 'site = "arras"\nprovider = "p"')
    same, other = f'{text}provider = "p"\n', f'{text}provider = "q"\n'

    assert understand(same.encode(), PLACE, strict=False).inventory.copies[0].offsite is False
    assert understand(other.encode(), PLACE, strict=False).inventory.copies[0].offsite is True
    assert understand(text.encode(), PLACE, strict=False).inventory.copies[0].offsite is True
    with pytest.raises(ConfigurationError, match="the copy's provider is its source's own"):
        understand(f"{same}offsite = true\n".encode(), PLACE, strict=False)


def test_copies_at_the_source_s_own_site_are_not_off_site() -> None:
    text = SOUND.replace('site = "arras"', 'site = "cambrai"')

    assert understand(text.encode(), PLACE, strict=False).inventory.copies[0].offsite is False


def test_a_log_source_belongs_to_whom_its_log_s_host_works_for() -> None:
    text = SOUND.replace('name = "SCOTA"', 'name = "SCOTA"\n[[beneficiary]]\nid = "other"')
    text = text.replace('site = "arras"', 'site = "arras"\nbeneficiaries = ["other"]')
    text = text.replace('id = "files"', 'id = "files"\nbeneficiary = "scota"')
    text += '[[log]]\nid = "central"\nhost = "srv-1"\nkind = "journal"\nsources = ["fw-1"]\n'
    inventory = understand(text.encode(), PLACE, strict=False).inventory

    assert inventory.log_sources[0].beneficiaries == ("other",)
    assert inventory.log_sources[0].path == "/var/log/journal"
    assert inventory.host("vault").beneficiaries == ("scota", "other")


def test_an_instant_with_a_zone_is_its_day_in_paris() -> None:
    text = SOUND.replace("starts = 2026-01-01", "starts = 2025-12-31T23:30:00Z")

    assert understand(text.encode(), PLACE, strict=False).convention.starts == date(2026, 1, 1)


def test_no_key_of_the_inventory_is_given_twice_to_one_subject() -> None:
    inventory = understand(WHOLE.read_bytes(), PLACE, strict=False).inventory
    keys = [one.key for one in expected(inventory, None)]

    assert len(keys) == len(set(keys))


def test_one_changed_byte_changes_the_digest() -> None:
    once = understand(SOUND.encode(), PLACE, strict=False)
    again = understand(f"{SOUND}\n".encode(), PLACE, strict=False)

    assert replace(again, digest=once.digest) == once
    assert again.digest != once.digest


def test_a_file_that_is_not_there_is_one_mistake_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "none.toml", strict=True)

    ((line, hint),) = caught.value.mistakes
    assert "none.toml is not there" in line
    assert "beffroi init" in hint


@pytest.mark.parametrize("kind", ["folder", "pipe", "large", "link to nothing"])
def test_what_is_no_file_of_a_bearable_size_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "beffroi.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "large":
        path.write_bytes(b"#" * (LARGEST + 1))
    else:
        path.symlink_to(tmp_path / "nowhere")

    with pytest.raises(ConfigurationError) as caught:
        load(path, strict=True)

    assert len(caught.value.mistakes) == 1
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"\xff\xfe[agent]", 1),
        (b'[agent]\nlanguage = "f\xe9"\n', 2),
        (b"[agent]\nx = \x00\n", 2),
        (b'[agent]\nx = "a\x00b"\n', 2),
        (b"[agent]\n[agent]\n", 2),
        (b"a = 1\nb\n", 2),
        (b"a = [1,\n2", 2),
        (b"\n\na = [" + b"[" * 50_000, 3),
        (b"\na" + b".a" * 200_000 + b" = 1\n", 2),
        (b"\na = " + b"9" * 5000, 2),
        (b"a = 2026-02-30", 1),
        (b"\xef\xbb\xbf[agent]\n", 1),
        (b"a = 1\rb = 2", 1),
        (b"=" * 500_000, 1),
    ],
)
def test_what_is_not_toml_is_one_mistake_the_first_with_its_line(content: bytes, line: int) -> None:
    (mistake,) = told(content)

    assert (mistake.line, mistake.key) == (line, "file")


def test_a_table_in_braces_over_two_lines_is_hinted_to_stay_on_one() -> None:
    (mistake,) = told(b"[[backup]]\ncopy = [{\n id = 1 }]\n")

    assert "{ } on one line" in mistake.hint


@pytest.mark.parametrize("written", ["15/12/2025", "15.12.2025", "1-2-2025"])
def test_a_date_with_the_day_first_is_hinted_as_toml_writes_it(written: str) -> None:
    (mistake,) = told(f"[convention]\nsigned = {written}\n".encode())

    assert (mistake.line, mistake.hint) == (2, "a date is written year-month-day, without quotes: 2025-12-15")


def test_ten_thousand_mistakes_are_bounded_and_in_order() -> None:
    mistakes = told(SOUND + "".join(f"unknown_{number} = 1\n" for number in range(10_000)))

    assert len(mistakes) <= 1001
    assert [mistake.line for mistake in mistakes] == sorted(mistake.line for mistake in mistakes)


def test_ten_thousand_references_to_nothing_are_bounded() -> None:
    backups = "".join(
        f'[[backup]]\nid = "b{number}"\nhost = "nowhere-{number}"\npaths = ["/a"]\n' for number in range(10_000)
    )

    assert len(told(SOUND + backups)) <= 1001


def test_midnight_zones_do_not_overflow_at_the_ends_of_the_calendar() -> None:
    (mistake,) = told(SOUND.replace("2026-01-01", "0001-01-01T00:00:00+14:00"))

    assert (mistake.line, mistake.key) == (4, "convention.starts")
