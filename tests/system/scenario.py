"""What is tried inside the machine, step by step; run there by the system's own Python, as root, from the checkout.

Prints one line of JSON a step: its name, what was wrong with it, null where nothing was, and why it was skipped.
"""

import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Iterator

from tests.system import breaking, moving, reader
from tests.system.inside import (
    BEFFROI,
    CONFIGURATION,
    CURRENT,
    RELEASES,
    STATE,
    NotHereError,
    Step,
    as_user,
    changed,
    comes,
    owners,
    ran,
    releases,
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
UNITS = pathlib.Path("/etc/systemd/system")
REPOSITORY, PASSWORD = "/srv/elsewhere/files", "/etc/beffroi/files.password"


@contextlib.contextmanager
def believed() -> Iterator[None]:
    """Believe the declared sites of the copies, which all lie on this machine, until the end."""
    key = "[agent]\ndemonstration = true\n"
    CONFIGURATION.write_text(CONFIGURATION.read_text().replace("[agent]\n", key, 1))
    sure("systemctl", "reload", "beffroi")
    try:
        yield
    finally:
        CONFIGURATION.write_text(CONFIGURATION.read_text().replace(key, "[agent]\n", 1))
        sure("systemctl", "reload", "beffroi")


# The first boot


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
        raise NotHereError("systemd hands no credential over in this machine, to nobody")
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
        assert "refused" in shown("StatusText") and shown("ActiveState") == "active", shown("StatusText")
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


def a_second_daemon_is_refused() -> None:
    second = ran(BEFFROI, "run")
    assert second.returncode == 2, second
    assert "another beffroi daemon works on" in second.stderr
    assert well()


def a_killed_daemon_comes_back() -> None:
    before = shown("MainPID")
    os.kill(int(before), signal.SIGKILL)
    assert comes(lambda: shown("MainPID") not in ("0", before) and well())
    assert ran(BEFFROI, "ledger", "verify").returncode == 0


def a_frozen_daemon_is_started_anew_by_the_watchdog() -> None:
    before = shown("MainPID")
    os.kill(int(before), signal.SIGSTOP)
    assert comes(lambda: shown("MainPID") not in ("0", before) and well(), 180)


def ledger_version() -> str:
    """Return the version of the ledger's tables."""
    query = "SELECT max(version) FROM schema_version"
    script = f"import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute({query!r}).fetchone()[0])"
    return as_user("beffroi", "python3", "-c", script, str(STATE / "ledger.sqlite")).stdout.strip()


STEPS = "Migration(to=2, apply=typed_values),)"
STEP = 'Migration(to={to}, apply=lambda connection: connection.exec_driver_sql("CREATE TABLE planted_{to} ( a TEXT )"))'
# A migration leads to what the tables declare.
TABLE = "METADATA = MetaData()\n"
PLANTED = 'Table("planted_{to}", METADATA, Column("a", Text))\n'


def an_upgrade_leads_the_ledger_on() -> None:
    before = CURRENT.readlink().name
    changed("agent/core/version.py", 'VERSION = "', 'VERSION = "9.')
    changed("agent/ledger/schema.py", STEPS, f"{STEPS[:-1]} {STEP.format(to=3)},)")
    changed("agent/ledger/tables.py", TABLE, TABLE + PLANTED.format(to=3))
    done = ran("./beffroi", "install")
    assert done.returncode == 0, done.stderr
    assert comes(well)
    assert sure(BEFFROI, "--version").startswith("beffroi 9.")
    assert CURRENT.readlink().name != before and releases() == {CURRENT.readlink().name, before}
    assert ledger_version() == "3"
    assert ran(BEFFROI, "ledger", "verify").returncode == 0
    assert list(STATE.glob("ledger.sqlite.version-*")) == []
    assert ("backup-rpo", "files") in verdicts()


def a_broken_upgrade_goes_back() -> None:
    before, kept, rows = CURRENT.readlink().name, releases(), ran(BEFFROI, "ledger", "verify").stdout
    changed("agent/core/version.py", '"9.', '"10.')
    changed("agent/ledger/schema.py", f"{STEP.format(to=3)},)", f"{STEP.format(to=3)}, {STEP.format(to=4)})")
    changed("agent/ledger/tables.py", PLANTED.format(to=3), PLANTED.format(to=3) + PLANTED.format(to=4))
    changed("agent/daemon/loop.py", "        jump = self._agenda.tick()", '        raise RuntimeError("planted")')
    done = ran("./beffroi", "install")
    assert done.returncode == 2, done
    assert "not taken: " in done.stderr and f"release {before}: in use again" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert comes(well)
    assert CURRENT.readlink().name == before and releases() == kept
    assert ledger_version() == "3"
    verified = ran(BEFFROI, "ledger", "verify")
    assert verified.returncode == 0 and int(verified.stdout.split()[1]) >= int(rows.split()[1]), (rows, verified)
    assert owners(STATE) == {"beffroi"}
    changed("agent/daemon/loop.py", '        raise RuntimeError("planted")', "        jump = self._agenda.tick()")


def an_upgrade_that_is_cut_off_is_made_good_by_the_next() -> None:
    before = CURRENT.readlink().name
    installing = subprocess.Popen(["./beffroi", "install"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert comes(lambda: CURRENT.readlink().name != before, 300)
    installing.kill()
    installing.wait()
    done = ran("./beffroi", "install")
    assert done.returncode == 0, done.stderr
    assert comes(well)
    assert sure(BEFFROI, "--version").startswith("beffroi 10.")
    assert releases() == {CURRENT.readlink().name, before}
    assert ledger_version() == "4"


def installs_from_a_directory_of_wheels_without_a_network() -> None:
    wheels = "/var/tmp/wheels"
    pip = (".venv/bin/python", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:")
    sure(*pip, "--require-hashes", "--dest", wheels, "--requirement", "requirements/runtime.txt")
    changed("agent/core/version.py", '"10.', '"11.')
    sure("mv", ".venv", "/var/tmp/venv-of-the-first-start")
    offline = ("unshare", "--net", "./beffroi", "install", "--wheels")
    nowhere = ran(*offline, "/var/empty")
    assert nowhere.returncode == 2, nowhere
    done = ran(*offline, wheels)
    assert done.returncode == 0, done.stderr
    assert sure(BEFFROI, "--version").startswith("beffroi 11.")
    assert comes(well)
    breaking.lacks_one_wheel_and_says_which(pathlib.Path(wheels))
    damaged = next(path for path in pathlib.Path(wheels).iterdir() if path.name.lower().startswith("jinja2"))
    damaged.write_bytes(damaged.read_bytes() + b"more")
    changed("agent/core/version.py", '"11.', '"12.')
    refused = ran(*offline, wheels)
    assert refused.returncode == 2, refused
    assert "HASHES" in refused.stderr, refused.stderr
    assert sure(BEFFROI, "--version").startswith("beffroi 11.") and well()
    changed("agent/core/version.py", '"12.', '"11.')


def every_five_seconds(unit: str) -> pathlib.Path:
    """Have a timer of ours ring at once, by a drop-in as an administrator would write it."""
    drop_in = UNITS / f"{unit}.d"
    drop_in.mkdir()
    (drop_in / "often.conf").write_text("[Timer]\nOnCalendar=\nOnCalendar=*:*:0/5\nAccuracySec=1s\n")
    sure("systemctl", "daemon-reload")
    sure("systemctl", "enable", "--now", unit)
    return drop_in


def a_canary_is_planted_by_its_timer_and_comes_out_of_the_copy() -> None:
    canary = pathlib.Path("/srv/source/.canary")
    good = CONFIGURATION.read_text()
    CONFIGURATION.write_text(
        good.replace('paths = ["/srv/source"]', f'paths = ["/srv/source"]\ncanary = "{canary}"', 1)
    )
    sure("systemctl", "reload", "beffroi")
    drop_in = every_five_seconds("beffroi-canary@files.timer")
    assert comes(canary.exists), ran("systemctl", "status", "beffroi-canary@files.service").stdout
    (drop_in / "often.conf").unlink()
    sure("systemctl", "daemon-reload")
    sure("systemctl", "restart", "beffroi-canary@files.timer")
    assert comes(lambda: ran("systemctl", "is-active", "beffroi-canary@files.service").stdout.strip() == "inactive")
    sure("restic", "--repo", REPOSITORY, "--password-file", PASSWORD, "backup", "/srv/source")
    sure("chmod", "-R", "go=rX", "/srv/elsewhere")
    with believed():
        done = ran(BEFFROI, "check", "--json", "--target", "backup-rpo")
    (found,) = (one for one in json.loads(done.stdout)["verdicts"] if one["subject"] == "files")
    assert (found["state"], found["reason"]) == ("met", "within-limit"), found


def a_sample_is_restored_and_opened_inside_the_sandbox() -> None:
    """What opens a file limits its own memory first, which not every sandbox lets it do."""
    good = CONFIGURATION.read_text()
    reason = 'sample = { reason = "essai", author = "RSSI" }'
    CONFIGURATION.write_text(good.replace('paths = ["/srv/source"]', f'paths = ["/srv/source"]\n{reason}', 1))
    sure("systemctl", "reload", "beffroi")

    def entered() -> list[dict[str, object]]:
        said = ran(BEFFROI, "register", "list", "restore", "--json").stdout
        return list(json.loads(said)["entries"]) if said else []

    assert comes(lambda: entered() != [], 120), ran(BEFFROI, "register", "list", "restore").stderr
    told = (BEFFROI, "status", "files/offsite", "--json")
    assert comes(lambda: "do_not_open=1" in ran(*told).stdout, 120), ran(*told).stdout
    assert "same=6, samples=6" in ran(*told).stdout, ran(*told).stdout
    # Recovering it writes, which Landlock alone makes safe: the sandbox must leave it that.
    assert any(b'"kind":"sqlite","opening":"opened"' in path.read_bytes() for path in STATE.glob("ledger.sqlite*"))
    assert comes(lambda: verdicts().get(("backup-rto", "files")) == ("met", "within-limit"), 120), verdicts()


def a_report_is_written_by_its_timer_as_a_pdf_too() -> None:
    today = time.localtime()
    quarter = f"{today.tm_year}-Q{(today.tm_mon + 2) // 3}"
    drop_in = UNITS / "beffroi-report@scota.service.d"
    drop_in.mkdir()
    command = f"{BEFFROI} report --quarter {quarter} --beneficiary scota --output /var/lib/beffroi/reports"
    (drop_in / "quarter.conf").write_text(f"[Service]\nExecStart=\nExecStart={command}\n")
    often = every_five_seconds("beffroi-report@scota.timer")
    wanted = {".html", ".csv", ".zip", ".pdf"}
    reports = STATE / "reports"
    assert comes(lambda: reports.is_dir() and wanted <= {path.suffix for path in reports.iterdir()}, 120), ran(
        "journalctl", "--no-pager", "-n", "20", "-u", "beffroi-report@scota.service"
    ).stdout
    (often / "often.conf").unlink()
    sure("systemctl", "daemon-reload")
    sure("systemctl", "restart", "beffroi-report@scota.timer")
    # The unit's own command, which asks for the quarter before: nothing was watched then, which it says.
    (drop_in / "quarter.conf").unlink()
    sure("systemctl", "daemon-reload")
    ran("systemctl", "start", "beffroi-report@scota.service")
    (bundle,) = reports.glob(f"*{quarter}*.zip")
    with zipfile.ZipFile(bundle) as archive:
        signed = archive.read("HEADS") != b""
    verified = ran(BEFFROI, "evidence", "verify", str(bundle))
    # On its first day an agent has signed nothing yet: that its rows were kept then is not shown, and not called sound.
    assert verified.returncode == (0 if signed else 3), verified
    assert signed or "it holds no signed day" in verified.stdout, verified
    assert owners(reports) == {"beffroi"}


def two_work_on_one_repository_one_after_the_other() -> None:
    command = (BEFFROI, "verify", "--all", "--json")
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        said, wrong = one.communicate(timeout=600)
        assert one.returncode == 0, (one.returncode, said, wrong)
        assert {copy["outcome"] for copy in json.loads(said)["copies"]} == {"sound"}, said
    assert well() and owners(STATE) == {"beffroi"}
    assert ran(BEFFROI, "ledger", "verify").returncode == 0


# After a reboot


def is_well_after_a_reboot() -> None:
    assert comes(well)
    assert ran(BEFFROI, "ledger", "verify").returncode == 0
    with believed():
        assert comes(lambda: verdicts().get(("backup-rpo", "files")) == ("met", "within-limit"), 90), verdicts()


def is_well_after_another_reboot() -> None:
    is_well_after_a_reboot()


def uninstall_keeps_ledger_and_configuration() -> None:
    ledger, configuration = ledger_version(), CONFIGURATION.read_bytes()
    done = ran(BEFFROI, "uninstall")
    assert done.returncode == 0, done.stderr
    assert CONFIGURATION.read_bytes() == configuration and ledger_version() == ledger
    for path in ("/opt/beffroi", BEFFROI, "/etc/systemd/system/beffroi.service", "/etc/sysusers.d/beffroi.conf"):
        assert not os.path.lexists(path), path
    assert ran("systemctl", "is-active", "beffroi").returncode != 0
    assert ran("./beffroi", "uninstall").returncode == 0


def installs_anew_over_what_was_kept() -> None:
    done = ran("./beffroi", "install", "--start")
    assert done.returncode == 0, done.stderr
    assert comes(lambda: well() and ("backup-rpo", "files") in verdicts())
    assert "left as it is" in done.stderr


def purge_keeps_nothing() -> None:
    unasked = ran(BEFFROI, "uninstall", "--purge")
    assert (unasked.returncode, well()) == (2, True), unasked.stderr
    done = ran(BEFFROI, "uninstall", "--purge", "--yes")
    assert done.returncode == 0, done.stderr
    kept = ("/proc", "/sys", "/srv", "/root", "/var/tmp", "/var/log/journal", "/run/log")
    apart = [word for path in kept for word in ("-path", path, "-prune", "-o")]
    left = sure("find", "/", "-xdev", *apart, "-name", "*beffroi*", "-print").split()
    left += sure("find", "/run", *apart, "-name", "*beffroi*", "-print").split()
    assert left == [], left
    for name in ("beffroi", "beffroi-reader"):
        assert ran("id", name).returncode != 0
        assert ran("getent", "group", name).returncode != 0
    for listed in ("list-units", "list-unit-files", "list-timers", "list-sockets"):
        # list-unit-files ends with 1 where no file is of that name.
        said = ran("systemctl", listed, "--all", "--no-legend", "--plain", "beffroi*")
        assert said.stdout.strip() == said.stderr.strip() == "", (listed, said)
    assert sure("find", "/", "-xdev", "-nouser", "-not", "-path", "/proc/*").split() == []


BOOTS: tuple[tuple[Step, ...], ...] = (
    (
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
        *reader.STEPS,
        a_canary_is_planted_by_its_timer_and_comes_out_of_the_copy,
        a_sample_is_restored_and_opened_inside_the_sandbox,
        two_work_on_one_repository_one_after_the_other,
        a_report_is_written_by_its_timer_as_a_pdf_too,
        a_second_daemon_is_refused,
        a_killed_daemon_comes_back,
        a_frozen_daemon_is_started_anew_by_the_watchdog,
    ),
    (
        is_well_after_a_reboot,
        breaking.killed_at_any_moment_of_an_upgrade_it_is_made_good_by_the_next,
        breaking.is_well_with_a_clock_that_stands_in_the_past,
        an_upgrade_leads_the_ledger_on,
        a_broken_upgrade_goes_back,
        an_upgrade_that_is_cut_off_is_made_good_by_the_next,
        installs_from_a_directory_of_wheels_without_a_network,
    ),
    (
        is_well_after_another_reboot,
        uninstall_keeps_ledger_and_configuration,
        installs_anew_over_what_was_kept,
        purge_keeps_nothing,
    ),
    moving.STEPS,
)


def main() -> None:
    """Take the steps of one boot, or those that are named, each whatever became of the one before."""
    os.environ.pop("PYTHONPATH", None)
    for step in BOOTS[int(sys.argv[1])]:
        if sys.argv[2:] and step.__name__ not in sys.argv[2:]:
            continue
        begun = time.monotonic()
        wrong = skipped = None
        try:
            step()
        except NotHereError as reason:
            skipped = str(reason)
        except BaseException:
            wrong = traceback.format_exc()
            wrong += ran("journalctl", "-u", "beffroi", "-n", "30", "--no-pager").stdout
        seconds = round(time.monotonic() - begun, 1)
        told = {"step": step.__name__, "seconds": seconds, "wrong": wrong, "skipped": skipped}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
