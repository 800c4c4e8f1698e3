"""What the first boot tries first: it installs, begins, looks from inside its sandbox, and refuses who may not."""

import contextlib
import json
import pathlib
import sqlite3
import tempfile

from tests.system import breaking
from tests.system.inside import (
    BEFFROI,
    CONFIGURATION,
    PASSWORD,
    RELEASES,
    REPOSITORY,
    STATE,
    NotHereError,
    Step,
    as_user,
    believed,
    comes,
    owners,
    ran,
    served,
    shown,
    sure,
    verdicts,
    well,
)

CLOSED = """\
[[backup]]
id = "closed"
beneficiary = "scota"
host = "fresh"
paths = ["/srv/closed"]
[[backup.copy]]
id = "offsite"
repository = "/srv/elsewhere/closed"
password_file = "{secret}"
site = "cambrai"
country = "FR"
offsite = true
"""


def installs_and_starts_nothing() -> None:
    done = ran("./beffroi", "install")
    assert done.returncode == 0, done.stderr
    assert "written from what this machine shows" in done.stderr, done.stderr
    assert "sudo beffroi begin" in done.stderr, done.stderr
    assert (shown("ActiveState"), ran("systemctl", "is-enabled", "beffroi").stdout.strip()) == ("inactive", "disabled")
    assert not any(STATE.glob("ledger*"))
    assert ran("systemctl", "is-active", "beffroi-reader.socket").returncode != 0


def begins_nothing_unasked_or_with_a_secret_that_it_cannot_read() -> None:
    unasked = ran(BEFFROI, "begin")
    assert unasked.returncode == 2, unasked
    assert "can be proven now" in unasked.stderr and "sudo beffroi begin --yes" in unasked.stderr, unasked.stderr
    secret = pathlib.Path("/etc/beffroi/closed.password")
    secret.write_text("secret\n")
    secret.chmod(0o600)
    text = CONFIGURATION.read_text()
    CONFIGURATION.write_text(f"{text}\n{CLOSED.format(secret=secret)}")
    refused = ran(BEFFROI, "begin", "--yes")
    assert refused.returncode == 2, refused
    assert "may not be read by this user" in refused.stderr, refused.stderr
    CONFIGURATION.write_text(text.replace("[agent]\n", "[agent]\ndemonstration = true\n", 1))
    demonstration = ran(BEFFROI, "begin", "--yes")
    assert demonstration.returncode == 2 and "demonstration" in demonstration.stderr, demonstration
    CONFIGURATION.write_text(text)
    secret.unlink()
    assert shown("ActiveState") == "inactive" and not any(STATE.glob("ledger*"))


def begins_and_is_healthy() -> None:
    done = ran(BEFFROI, "begin", "--yes")
    assert done.returncode == 0, done.stderr
    assert "can be proven now" in done.stderr, done.stderr
    assert comes(well)
    assert shown("StatusText") == "watching"
    process = pathlib.Path("/proc", shown("MainPID"))
    assert process.owner() == "beffroi"
    assert sure("systemctl", "is-enabled", "beffroi").strip() == "enabled"
    assert (CONFIGURATION.owner(), CONFIGURATION.group(), CONFIGURATION.stat().st_mode & 0o777) == (
        "root",
        "beffroi",
        0o640,
    )
    assert CONFIGURATION.parent.stat().st_mode & 0o777 == 0o750
    assert STATE.stat().st_mode & 0o777 == 0o750 and owners(STATE) == {"beffroi"}
    assert owners(pathlib.Path("/opt/beffroi")) == {"root"}
    assert sure(BEFFROI, "--version").startswith("beffroi ")


def exposes_little_while_it_runs() -> None:
    said = ran("systemd-analyze", "security", "--threshold=20", "beffroi.service")
    assert said.returncode == 0, said.stdout[-300:]


def installs_again_and_changes_nothing() -> None:
    before = shown("MainPID"), sorted(RELEASES.iterdir()), CONFIGURATION.read_bytes()
    done = ran("./beffroi", "install")
    assert done.returncode == 0, done.stderr
    assert "runs already" in done.stderr
    assert (shown("MainPID"), sorted(RELEASES.iterdir()), CONFIGURATION.read_bytes()) == before


def database_in_use(path: pathlib.Path) -> None:
    """Make a database as a backup takes it while it is in use: it opens by writing, from the log beside it."""
    with tempfile.TemporaryDirectory() as folder:
        used = pathlib.Path(folder, "used.db")
        with contextlib.closing(sqlite3.connect(used)) as database:
            database.execute("pragma journal_mode=wal")
            database.execute("create table letter (text)")
            database.commit()
            for suffix in ("", "-wal"):
                path.with_name(path.name + suffix).write_bytes(used.with_name(used.name + suffix).read_bytes())


def looks_at_restic_inside_the_sandbox() -> None:
    repository, source, password = REPOSITORY, "/srv/source", PASSWORD
    pathlib.Path(source).mkdir()
    pathlib.Path(source, "file").write_text("text\n" * 1000)
    pathlib.Path(source, "figures.json").write_text(json.dumps({"figures": list(range(1000))}))
    pathlib.Path(source, "broken.json").write_text("{")
    database_in_use(pathlib.Path(source, "live.db"))
    pathlib.Path(password).write_text("a password of the test\n")
    sure("chown", "root:beffroi", password)
    sure("chmod", "640", password)
    sure("restic", "--repo", repository, "--password-file", password, "init")
    sure("restic", "--repo", repository, "--password-file", password, "backup", source)
    sure("chmod", "-R", "go=rX", "/srv/elsewhere")
    with CONFIGURATION.open("a") as file:
        file.write(
            f'\n[[backup]]\nid = "files"\nbeneficiary = "scota"\nhost = "fresh"\npaths = ["{source}"]\n'
            f'[[backup.copy]]\nid = "offsite"\nrepository = "{repository}"\npassword_file = "{password}"\n'
            'site = "cambrai"\ncountry = "FR"\noffsite = true\n'
        )
    with believed():
        assert comes(lambda: verdicts().get(("backup-rpo", "files")) == ("met", "within-limit"), 90), verdicts()
    assert comes(lambda: verdicts().get(("backup-rpo", "files")) == ("missed", "not-offsite"), 90), verdicts()
    with believed():
        refused = ran("./beffroi", "install")
    assert refused.returncode == 2 and "demonstration" in refused.stderr, refused.stderr


def reads_a_password_that_only_systemd_hands_over() -> None:
    handed_over = ("systemd-run", "--wait", "--pipe", "--quiet", "--property=LoadCredential=one:/etc/hostname")
    if ran(*handed_over, "sh", "-c", 'test -e "$CREDENTIALS_DIRECTORY/one"').returncode != 0:
        raise NotHereError("systemd hands no credential over in this machine")
    secret, drop_in = pathlib.Path("/root/files.secret"), pathlib.Path("/etc/systemd/system/beffroi.service.d")
    secret.write_bytes(pathlib.Path("/etc/beffroi/files.password").read_bytes())
    secret.chmod(0o600)
    drop_in.mkdir()
    (drop_in / "secrets.conf").write_text(f"[Service]\nLoadCredential=files.handed-over:{secret}\n")
    good = CONFIGURATION.read_text()
    backup = good[good.index('[[backup]]\nid = "files"') :]
    handed = backup.replace('id = "files"', 'id = "handed"').replace(
        '"/etc/beffroi/files.password"', '"files.handed-over"'
    )
    try:
        # The copy lies on this very machine.
        demonstration = good.replace("[agent]\n", "[agent]\ndemonstration = true\n", 1)
        CONFIGURATION.write_text(f"{demonstration}\n{handed}")
        sure("systemctl", "daemon-reload")
        sure("systemctl", "restart", "beffroi")
        assert comes(lambda: served().get(("backup-rpo", "handed")) == ("met", "within-limit"), 120), served()
    finally:
        CONFIGURATION.write_text(good)
        (drop_in / "secrets.conf").unlink()
        sure("systemctl", "daemon-reload")
        sure("systemctl", "restart", "beffroi")
    assert comes(well)


def looks_through_ssh_inside_the_sandbox() -> None:
    sure("apt-get", "-qq", "update")
    sure("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", "install", "openssh-server")
    sure("systemctl", "start", "ssh")
    sure("useradd", "--create-home", "store")
    sure("cp", "-r", "/srv/elsewhere/files", "/home/store/repository")
    keys, allowed = STATE / ".ssh", pathlib.Path("/home/store/.ssh")
    for folder in (keys, allowed):
        folder.mkdir(mode=0o700)
    sure("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / "id_ed25519"))
    (allowed / "authorized_keys").write_text((keys / "id_ed25519.pub").read_text())
    host_key = pathlib.Path("/etc/ssh/ssh_host_ed25519_key.pub").read_text()
    (keys / "known_hosts").write_text(f"localhost {host_key}")
    sure("chown", "-R", "store:store", "/home/store")
    sure("chown", "-R", "beffroi:beffroi", str(keys))
    with CONFIGURATION.open("a") as file:
        file.write(
            '\n[[backup.copy]]\nid = "far"\nrepository = "sftp:store@localhost:/home/store/repository"\n'
            'password_file = "/etc/beffroi/files.password"\nsite = "geneve"\ncountry = "FR"\noffsite = true\n'
        )
    settled = {("met", "within-limit"), ("unproven", "on-course")}
    with believed():
        assert comes(lambda: verdicts().get(("backup-offsite", "files/far")) in settled, 120), verdicts()
    assert comes(lambda: verdicts().get(("backup-offsite", "files/far")) == ("missed", "not-offsite"), 120), verdicts()


def a_bad_file_at_a_reload_keeps_the_old_one() -> None:
    good = CONFIGURATION.read_text()
    try:
        CONFIGURATION.write_text(good + "\n[[hots]]\n")
        assert ran("systemctl", "reload", "beffroi").returncode != 0
        # The command that reloads may end before the daemon has said that it goes on.
        assert comes(lambda: shown("ActiveState") == "active"), shown("ActiveState")
        assert "refused" in shown("StatusText"), shown("StatusText")
        by_hand = ran(BEFFROI, "reload")
        assert by_hand.returncode == 2 and "hots" in by_hand.stderr, by_hand
        assert "the configuration file is refused" in ran(BEFFROI, "status").stderr
        assert ("backup-rpo", "files") in verdicts()
        refused = ran("./beffroi", "install")
        assert refused.returncode == 2 and "hots" in refused.stderr, refused.stderr
    finally:
        CONFIGURATION.write_text(good)
    assert sure(BEFFROI, "reload").startswith("configuration ")
    assert comes(lambda: shown("StatusText") == "watching")


def a_check_of_root_leaves_nothing_of_root_behind() -> None:
    done = ran(BEFFROI, "check", "--json")
    assert done.returncode in (1, 3), done.stderr
    assert owners(STATE) == {"beffroi"}
    assert ran(BEFFROI, "ledger", "verify").returncode == 0


def the_group_reads_and_nobody_else() -> None:
    sure("useradd", "--groups", "beffroi", "reader")
    sure("useradd", "stranger")
    assert as_user("reader", BEFFROI, "status", "--json").returncode in (1, 3)
    for user, command in (("stranger", "status"), ("stranger", "check"), ("reader", "check"), ("reader", "verify")):
        refused = as_user(user, BEFFROI, command)
        assert refused.returncode == 2, (user, command, refused)
        assert "hint: " in refused.stderr and "Traceback" not in refused.stderr, refused.stderr


STEPS: tuple[Step, ...] = (
    breaking.finds_no_room_and_leaves_nothing_half_done,
    installs_and_starts_nothing,
    begins_nothing_unasked_or_with_a_secret_that_it_cannot_read,
    begins_and_is_healthy,
    exposes_little_while_it_runs,
    installs_again_and_changes_nothing,
    looks_at_restic_inside_the_sandbox,
    reads_a_password_that_only_systemd_hands_over,
    looks_through_ssh_inside_the_sandbox,
    a_bad_file_at_a_reload_keeps_the_old_one,
    a_check_of_root_leaves_nothing_of_root_behind,
    the_group_reads_and_nobody_else,
)
