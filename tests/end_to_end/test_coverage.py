"""What a host holds beside a real restic repository, through the whole program: missed, then held, then told."""

import json
import os
from pathlib import Path

import pytest

from tests.parts.program import beffroi
from tests.parts.repositories import make_repository

pytestmark = pytest.mark.programs

CONFIGURATION = """
[agent]
state_directory = "{state}"
listen = ""
[[beneficiary]]
id = "scota"
[[host]]
id = "srv-1"
collect = []
coverage = true
unbacked = {unbacked}
[[backup]]
id = "system"
host = "srv-1"
paths = ["/etc"]
[[backup.copy]]
id = "near"
repository = "{repository}"
password_file = "{password}"
offsite = false
"""


def excuses() -> str:
    """Return what excuses whatever else this machine holds, whichever it is."""
    points = {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}
    names = ("postgresql", "mariadb", "libvirt", "proxmox", "container")
    folders = ("/var/**", "/srv/**", "/home/**", "/root/**", "/run/**", "/usr/**", "/proc", "/proc/**")
    every = sorted({*points, *folders, *(f"{name}:*" for name in names)} - {"/etc"})
    # JSON's lists and texts are TOML's too; its tables are not.
    tables = (f'{{ what = {json.dumps(one)}, reason = "of this test" }}' for one in every)
    return f"[{', '.join(tables)}]"


def test_a_path_is_missed_until_a_recovery_point_holds_it(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    path = tmp_path / "beffroi.toml"
    (tmp_path / "state").mkdir()
    path.write_text(
        CONFIGURATION.format(
            state=tmp_path / "state",
            unbacked=excuses(),
            repository=repository.folder,
            password=repository.password_file,
        )
    )
    options = ("--config", path)
    before = beffroi(*options, "check", "--json").verdicts["backup-coverage", "srv-1"]
    assert (before["state"], before["reason"]) == ("missed", "not-covered")
    assert "what=/etc" in str(before["detail"]) and "no_point=1" in str(before["detail"])
    repository.run("backup", "/etc")
    after = beffroi(*options, "check", "--json").verdicts["backup-coverage", "srv-1"]
    assert "what=/etc" not in str(after["detail"])
    assert "because=of this test" in str(after["detail"])
    # An account that is not root may not look everywhere.
    assert after["state"] in ({"met"} if os.geteuid() == 0 else {"met", "unproven"})
