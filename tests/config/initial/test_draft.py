"""A first configuration is accepted as it stands, says what was found, and says what is left to fill in."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.initial.discover import DiscoveredMachine, FoundRepository
from agent.config.initial.draft import initial, write_new
from agent.config.load import understand
from agent.core.errors import UsageError
from tests.config.test_load import make_private, programs
from tests.config.written import PLACE


def repository(**said: object) -> FoundRepository:
    """Return a found repository with everything settled but what is said otherwise."""
    settled: dict[str, object] = {
        "name": "nightly",
        "origin": "/etc/cron.d/restic",
        "repository": "/mnt/backup",
        "password_file": "/etc/restic/password",
        "environment_file": None,
        "paths": ("/srv",),
    }
    return FoundRepository(**(settled | said))  # type: ignore[arg-type]  # what a test says is of the right type


@pytest.fixture
def password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a password file that config check accepts, on a machine with restic and ssh."""
    monkeypatch.setenv("PATH", str(programs(tmp_path, "restic", "ssh")))
    make_private(tmp_path / "password")
    return str(tmp_path / "password")


def test_a_machine_without_backups_is_still_watched() -> None:
    text = initial(DiscoveredMachine(name="srv-1"))
    configuration = understand(text.encode(), PLACE, strict=True)

    assert [host.id for host in configuration.inventory.hosts] == ["srv-1"]
    assert "No repository was found" in text


def test_what_is_settled_stands(password: str) -> None:
    machine = DiscoveredMachine(
        name="srv-1",
        repositories=(
            repository(password_file=password),
            repository(password_file=password, repository="sftp:backup@vault:/srv/restic", origin="/etc/cron.d/z"),
        ),
        antivirus_socket="/run/clamav/clamd.ctl",
        antivirus_database="/var/lib/clamav",
        journal="/var/log/journal",
        apt=True,
    )
    inventory = understand(initial(machine).encode(), PLACE, strict=True).inventory
    (backup,) = inventory.backups

    assert (backup.id, backup.paths) == ("nightly", ("/srv",))
    assert [(copy.id, copy.repository, copy.offsite) for copy in backup.copies] == [
        ("local", "/mnt/backup", False),
        ("sftp", "sftp:backup@vault:/srv/restic", False),
    ]
    assert inventory.hosts[0].antivirus.socket == "/run/clamav/clamd.ctl"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"repository": None}, "fill in its address"),
        ({"password_file": None}, "fill in its password_file"),
        ({"paths": ()}, "fill in its paths"),
        ({"password_file": "/nowhere/password"}, "is not there"),
        ({"environment_file": "/nowhere/env"}, "is not there"),
        ({"paths": ("relative",)}, "is not an absolute path"),
    ],
)
def test_what_is_not_settled_is_commented_out_and_says_why(password: str, said: dict[str, object], words: str) -> None:
    machine = DiscoveredMachine(name="srv-1", repositories=(repository(**({"password_file": password} | said)),))
    text = initial(machine)

    assert not understand(text.encode(), PLACE, strict=True).inventory.backups
    assert words in text
    assert "# [[backup]]" in text


def test_one_copy_that_is_not_settled_does_not_hide_one_that_is(password: str) -> None:
    found = (repository(password_file=password), repository(password_file=None, repository="b2:bucket", origin="/b"))
    inventory = understand(
        initial(DiscoveredMachine(name="srv-1", repositories=found)).encode(), PLACE, strict=True
    ).inventory

    assert [copy.repository for copy in inventory.copies] == ["/mnt/backup"]


def test_without_restic_the_file_is_accepted_all_the_same(
    password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    text = initial(DiscoveredMachine(name="srv-1", repositories=(repository(password_file=password),)))

    assert "restic is not installed" in text
    assert not understand(text.encode(), PLACE, strict=True).inventory.backups


def test_taking_the_marks_away_gives_the_backup_that_was_meant(password: str) -> None:
    text = initial(DiscoveredMachine(name="srv-1", repositories=(repository(password_file=password, paths=()),)))
    marked = text[text.index("# [[backup]]") : text.index("# [alert]")]
    lines = [line.removeprefix("# ") for line in marked.splitlines() if not line.startswith(("# Found", "# Not"))]
    (backup,) = tomllib.loads("\n".join(lines))["backup"]

    assert backup["copy"][0]["repository"] == "/mnt/backup"


@given(
    st.text(max_size=80),
    st.lists(
        st.builds(
            FoundRepository,
            name=st.text(max_size=70),
            origin=st.text(max_size=30),
            repository=st.none() | st.text(max_size=30),
            password_file=st.none() | st.text(max_size=30),
            environment_file=st.none() | st.text(max_size=30),
            paths=st.lists(st.text(max_size=20), max_size=2).map(tuple),
        ),
        max_size=4,
    ),
)
def test_whatever_was_found_the_file_is_accepted(name: str, found: list[FoundRepository]) -> None:
    text = initial(DiscoveredMachine(name=name, repositories=tuple(found)))

    assert understand(text.encode(errors="surrogatepass"), PLACE, strict=True).inventory.hosts


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "beffroi.toml"
    path.write_text("mine")

    with pytest.raises(UsageError, match="already there"):
        write_new(path, "theirs")
    assert path.read_text() == "mine"


def test_a_link_to_nothing_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "beffroi.toml").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match="already there"):
        write_new(tmp_path / "beffroi.toml", "theirs")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be written: the folder .*nowhere does not exist"):
        write_new(tmp_path / "nowhere" / "beffroi.toml", "text")


def test_others_may_not_read_what_was_written(tmp_path: Path) -> None:
    write_new(tmp_path / "beffroi.toml", "é\n")

    assert (tmp_path / "beffroi.toml").stat().st_mode & 0o007 == 0
    assert (tmp_path / "beffroi.toml").read_bytes() == "é\n".encode()
