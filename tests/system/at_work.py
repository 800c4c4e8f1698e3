"""What the first boot tries next: canary, sample and report by their timers, and a daemon that is killed or frozen."""

import json
import os
import pathlib
import signal
import subprocess
import time
import zipfile

from tests.system.inside import (
    BEFFROI,
    CONFIGURATION,
    PASSWORD,
    REPOSITORY,
    STATE,
    UNITS,
    Step,
    believed,
    comes,
    owners,
    ran,
    shown,
    sure,
    verdicts,
    well,
)


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


def two_work_on_one_repository_one_after_the_other() -> None:
    command = (BEFFROI, "verify", "--all", "--json")
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        said, wrong = one.communicate(timeout=600)
        assert one.returncode == 0, (one.returncode, said, wrong)
        assert {copy["outcome"] for copy in json.loads(said)["copies"]} == {"sound"}, said
    assert well() and owners(STATE) == {"beffroi"}
    assert ran(BEFFROI, "ledger", "verify").returncode == 0


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
        signed = "checkpoint.txt" in archive.namelist()
    verified = ran(BEFFROI, "evidence", "verify", str(bundle))
    # On its first day an agent has signed nothing yet: that its rows were kept then is not shown, and not called sound.
    assert verified.returncode == (0 if signed else 3), verified
    assert signed or "it holds no signed day" in verified.stdout, verified
    assert owners(reports) == {"beffroi"}


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


STEPS: tuple[Step, ...] = (
    a_canary_is_planted_by_its_timer_and_comes_out_of_the_copy,
    a_sample_is_restored_and_opened_inside_the_sandbox,
    two_work_on_one_repository_one_after_the_other,
    a_report_is_written_by_its_timer_as_a_pdf_too,
    a_second_daemon_is_refused,
    a_killed_daemon_comes_back,
    a_frozen_daemon_is_started_anew_by_the_watchdog,
)
