"""What the second boot tries: upgrades that succeed, fail or are cut off, and one without a network."""

import pathlib
import subprocess

from tests.system import breaking
from tests.system.inside import (
    BEFFROI,
    CURRENT,
    STATE,
    Step,
    believed,
    changed,
    comes,
    ledger_version,
    owners,
    ran,
    releases,
    sure,
    verdicts,
    well,
)

# A migration leads to what the tables declare; each planted one stands before the next's place.
MIGRATED, DECLARED = "def newest(", "METADATA = MetaData()\n"
MIGRATION = (
    "MIGRATIONS += (Migration(to=MIGRATIONS[-1].to + 1, apply=lambda connection:"
    ' connection.exec_driver_sql("CREATE TABLE {table} ( a TEXT )")),)\n'
)
TABLE = 'Table("{table}", METADATA, Column("a", Text))\n'


def planted(table: str) -> None:
    """Give the checkout's ledger one more version, which adds a table."""
    changed("agent/ledger/schema.py", MIGRATED, MIGRATION.format(table=table) + MIGRATED)
    changed("agent/ledger/tables.py", DECLARED, DECLARED + TABLE.format(table=table))


def is_well_after_a_reboot() -> None:
    assert comes(well)
    assert ran(BEFFROI, "ledger", "verify").returncode == 0
    with believed():
        assert comes(lambda: verdicts().get(("backup-rpo", "files")) == ("met", "within-limit"), 90), verdicts()


def an_upgrade_leads_the_ledger_on() -> None:
    before, version = CURRENT.readlink().name, ledger_version()
    changed("agent/core/version.py", 'VERSION = "', 'VERSION = "9.')
    planted("first_planted")
    done = ran("./beffroi", "install")
    assert done.returncode == 0, done.stderr
    assert comes(well)
    assert sure(BEFFROI, "--version").startswith("beffroi 9.")
    assert CURRENT.readlink().name != before and releases() == {CURRENT.readlink().name, before}
    assert ledger_version() == version + 1
    assert ran(BEFFROI, "ledger", "verify").returncode == 0
    assert list(STATE.glob("ledger.sqlite.version-*")) == []
    assert ("backup-rpo", "files") in verdicts()


def a_broken_upgrade_goes_back() -> None:
    before, kept, rows = CURRENT.readlink().name, releases(), ran(BEFFROI, "ledger", "verify").stdout
    changed("agent/core/version.py", '"9.', '"10.')
    version = ledger_version()
    planted("second_planted")
    changed("agent/daemon/loop.py", "        jump = self._agenda.tick()", '        raise RuntimeError("planted")')
    done = ran("./beffroi", "install")
    assert done.returncode == 2, done
    assert "not taken: " in done.stderr and f"release {before}: in use again" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert comes(well)
    assert CURRENT.readlink().name == before and releases() == kept
    assert ledger_version() == version
    verified = ran(BEFFROI, "ledger", "verify")
    assert verified.returncode == 0 and int(verified.stdout.split()[1]) >= int(rows.split()[1]), (rows, verified)
    assert owners(STATE) == {"beffroi"}
    changed("agent/daemon/loop.py", '        raise RuntimeError("planted")', "        jump = self._agenda.tick()")


def an_upgrade_that_is_cut_off_is_made_good_by_the_next() -> None:
    before, version = CURRENT.readlink().name, ledger_version()
    installing = subprocess.Popen(["./beffroi", "install"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert comes(lambda: CURRENT.readlink().name != before, 300)
    installing.kill()
    installing.wait()
    done = ran("./beffroi", "install")
    assert done.returncode == 0, done.stderr
    assert comes(well)
    assert sure(BEFFROI, "--version").startswith("beffroi 10.")
    assert releases() == {CURRENT.readlink().name, before}
    assert ledger_version() == version + 1


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


STEPS: tuple[Step, ...] = (
    is_well_after_a_reboot,
    breaking.killed_at_any_moment_of_an_upgrade_it_is_made_good_by_the_next,
    breaking.is_well_with_a_clock_that_stands_in_the_past,
    an_upgrade_leads_the_ledger_on,
    a_broken_upgrade_goes_back,
    an_upgrade_that_is_cut_off_is_made_good_by_the_next,
    installs_from_a_directory_of_wheels_without_a_network,
)
