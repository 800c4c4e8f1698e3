"""A state directory is written to an archive and put back whole; a hostile archive leaves nothing."""

import io
import os
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.alert.outbox import FILE as OUTBOX_FILE
from agent.alert.outbox import Outbox
from agent.cli.invocation import invoke
from agent.core.errors import UsageError
from agent.fleet import replicas
from agent.ledger import backup, locks, restore
from tests.ledger.samples import HandClock, live

Member = tuple[tarfile.TarInfo, bytes]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return a state directory with a ledger of three days and everything that an agent keeps beside it."""
    state = tmp_path / "state"
    live(state)
    Outbox(state)
    for name, mode in {".ssh": 0o700, "reports": 0o750, "drills": 0o750, "cache": 0o700}.items():
        (state / name).mkdir(mode=mode)
    for name in (".ssh/id_ed25519", "reports/one.html", "drills/one.txt", "cache/index", "mine.txt"):
        (state / name).write_text(f"content of {name}")
    (state / ".ssh/id_ed25519").chmod(0o600)
    (state / "reports/one.html").chmod(0o640)
    return state


def archived(state: Path) -> bytes:
    out = io.BytesIO()
    backup.write(state, out, HandClock())
    return out.getvalue()


def put_back(folder: Path, archive: bytes) -> Path:
    folder.mkdir(mode=0o750, exist_ok=True)
    restore.restore(folder, io.BytesIO(archive), HandClock())
    return folder


def listed(folder: Path) -> dict[str, int]:
    left_out = ("daemon.lock", "locks", "scratch", "cache", "ledger.sqlite-", "alerts.sqlite-")
    return {
        str(path.relative_to(folder)): path.stat().st_mode
        for path in folder.rglob("*")
        if not str(path.relative_to(folder)).startswith(left_out)
    }


def test_the_outbox_has_the_name_that_the_backup_looks_for() -> None:
    assert backup.OUTBOX_NAME == OUTBOX_FILE


def test_a_centre_s_copies_are_filled_anew(state: Path, tmp_path: Path) -> None:
    """They are databases that are written to: copied as they lie, they come back torn."""
    assert backup.COPIES_NAME == replicas.FOLDER
    for name in ("agents/arras-1/key/ledger.sqlite", "admitted/arras-1/key"):
        (state / name).parent.mkdir(parents=True)
        (state / name).touch()
    back = put_back(tmp_path / "back", archived(state))
    assert not (back / "agents").exists()
    assert (back / "admitted/arras-1/key").exists()


def test_all_comes_back_with_its_modes_but_what_is_made_anew(state: Path, tmp_path: Path) -> None:
    back = put_back(tmp_path / "back", archived(state))

    assert listed(back) == listed(state)
    assert (back / ".ssh/id_ed25519").read_text() == "content of .ssh/id_ed25519"
    assert not (back / "cache").exists()
    assert list((back / "scratch").iterdir()) == []


def test_the_outbox_is_copied_as_a_database(state: Path, tmp_path: Path) -> None:
    with sqlite3.connect(state / OUTBOX_FILE) as outbox:
        outbox.execute("CREATE TABLE mark (one)")
        archive = archived(state)
    outbox.close()
    back = sqlite3.connect(put_back(tmp_path / "back", archive) / OUTBOX_FILE)
    assert back.execute("SELECT count(*) FROM mark").fetchone() == (0,)
    back.close()


def test_what_is_not_in_a_backup_is_listed(state: Path) -> None:
    (state / ".ssh/config").symlink_to("/etc/hosts")
    os.mkfifo(state / "pipe")
    (state / OUTBOX_FILE).write_bytes(b"no database" * 100)

    lacks = "\n".join(backup.write(state, io.BytesIO(), HandClock()).lacks)

    assert f"{state}/.ssh/config: a link, which is not followed" in lacks
    assert f"{state}/pipe: no file and no folder" in lacks
    assert f"{state}/{OUTBOX_FILE}: " in lacks


def test_a_second_name_of_a_file_is_kept_as_a_file(state: Path, tmp_path: Path) -> None:
    os.link(state / "mine.txt", state / "yours.txt")
    assert (put_back(tmp_path / "back", archived(state)) / "yours.txt").read_text() == "content of mine.txt"


def test_a_directory_that_is_not_empty_is_left_alone(state: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    (back / "mine.txt").touch()
    with pytest.raises(UsageError, match=r"is not empty: mine\.txt") as refused:
        put_back(back, archived(state))
    # A daemon goes on in a directory that is moved away from under it, and no start begins another.
    assert refused.value.hint.startswith("stop the service")
    assert os.listdir(back) == ["mine.txt"]


def test_nothing_is_put_back_under_a_running_daemon(state: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    archive = archived(state)
    with locks.daemon_lock(back), pytest.raises(UsageError, match="another beffroi daemon"):
        put_back(back, archive)
    assert "ledger.sqlite" not in os.listdir(back)


def test_an_archive_of_an_earlier_release_gives_the_ledger_to_the_group(state: Path, tmp_path: Path) -> None:
    back = put_back(tmp_path / "back", changed(archived(state), lambda one: one.name == "ledger.sqlite", mode=0o600))
    assert (back / "ledger.sqlite").stat().st_mode & 0o777 == 0o640


def test_no_special_mode_and_no_open_key_comes_back(state: Path, tmp_path: Path) -> None:
    back = put_back(tmp_path / "back", changed(archived(state), lambda one: one.isreg(), mode=0o6777, uid=0))
    assert (back / "mine.txt").stat().st_mode & 0o7777 == 0o775
    assert (back / ".ssh/id_ed25519").stat().st_mode & 0o7777 == 0o700
    assert (back / "signing-key.pem").stat().st_mode & 0o7777 == 0o700


def members(archive: bytes) -> list[Member]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return [(one, b"" if (file := opened.extractfile(one)) is None else file.read()) for one in opened]


def packed(given: list[Member]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as opened:
        for member, content in given:
            opened.addfile(member, io.BytesIO(content))
    return out.getvalue()


def changed(archive: bytes, which: Callable[[tarfile.TarInfo], bool], **to: int) -> bytes:
    given = members(archive)
    for one in (one for one, _ in given if which(one)):
        for name, value in to.items():
            setattr(one, name, value)  # TarInfo.replace is not in the Python of Debian 12
    return packed(given)


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


def sparse() -> tarfile.TarInfo:
    made = member("sparse")
    made.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": "9" * 15}
    return made


def long_header() -> tarfile.TarInfo:
    made = member("long")
    made.pax_headers = {"comment": "x" * (2 << 20)}
    return made


HOSTILE = {
    "absolute": (member("/etc/cron.d/one"), "would not lie in the state directory"),
    "above": (member("reports/../../one"), "would not lie in the state directory"),
    "lock": (member("scratch/one"), "would not lie in the state directory"),
    "link": (member("link", tarfile.SYMTYPE, "/etc"), "neither a plain file nor a folder"),
    "hard link": (member("link", tarfile.LNKTYPE, "ledger.sqlite"), "neither a plain file nor a folder"),
    "device": (member("null", tarfile.CHRTYPE), "neither a plain file nor a folder"),
    "pipe": (member("pipe", tarfile.FIFOTYPE), "neither a plain file nor a folder"),
    "twice": (member("ledger.sqlite"), "has no place in it"),
    "below a file": (member("ledger.sqlite/one"), "has no place in it"),
    "no folder": (member("nowhere/one"), "has no place in it"),
    "sparse": (sparse(), "neither a plain file nor a folder"),
    "long header": (long_header(), "a header that is too long"),
    "long name": (member("n" * 2000), "would not lie in the state directory"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_archive_leaves_nothing(what: str, state: Path, tmp_path: Path) -> None:
    one, message = HOSTILE[what]
    archive = packed([*members(archived(state)), (one, b"")])
    with pytest.raises(UsageError, match=message):
        put_back(tmp_path / "back", archive)
    assert set(os.listdir(tmp_path / "back")) <= backup.LOCK_NAMES
    assert list((tmp_path / "back/scratch").iterdir()) == []


def test_a_size_beyond_the_archive_is_refused(state: Path, tmp_path: Path) -> None:
    huge = member("huge")
    huge.size = 1 << 40
    archive = archived(state).rstrip(b"\0")
    archive += b"\0" * (-len(archive) % 512) + huge.tobuf(tarfile.GNU_FORMAT)
    with pytest.raises(UsageError, match="cannot be read"):
        put_back(tmp_path / "back", archive)


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (b"", "no uncompressed tar"),
        (b"\x1f\x8b" + b"x" * 2000, "no uncompressed tar"),
        (packed([(member("one"), b"")]), r"holds no ledger\.sqlite"),
        (packed([(member("ledger.sqlite"), b"")]), "ledger cannot be used"),
    ],
)
def test_what_is_no_backup_is_refused(archive: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        put_back(tmp_path / "back", archive)


def test_an_archive_larger_than_the_room_is_refused(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = archived(state)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10})())
    with pytest.raises(UsageError, match="10 bytes free"):
        put_back(tmp_path / "back", archive)


def test_the_command_says_what_it_found_and_what_is_missing(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "beffroi.tar").write_bytes(archived(state))
    state.rename(tmp_path / "lost")
    configuration = tmp_path / "beffroi.toml"
    configuration.write_text(
        f'[agent]\nstate_directory = "{state}"\n\n[[beneficiary]]\nid = "scota"\nname = "SCOTA"\n\n'
        '[[host]]\nid = "srv-1"\ntransport = "ssh"\naddress = "srv-1"\nuser = "beffroi"\n'
        f'key_file = "{tmp_path}/hosts.key"\nsite = "arras"\nbeneficiaries = ["scota"]\n'
    )
    words = ["--config", str(configuration), "ledger", "restore", str(tmp_path / "beffroi.tar")]

    assert invoke(words) == 0
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "sound: 18 rows, 2 signed days",
        f"missing: {tmp_path}/hosts.key, which the configuration names",
    ]
    assert state.stat().st_mode & 0o777 == 0o750
    with pytest.raises(UsageError, match="is not empty"):
        invoke(words)
