"""One list of machines, from Ansible's file to the verdicts: who does not answer is there all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.ports import free_port
from tests.parts.program import beffroi
from tests.parts.sshd import Sshd, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]

CONFIGURATION = """
[agent]
state_directory = "{folder}/state"
timeout = "10s"
[[beneficiary]]
id = "scota"
[inventory]
ansible = "hosts.ini"
except = ["printers"]
host = {{ user = "{sshd.user}", key_file = "{sshd.key_file}", known_hosts = "{sshd.known_hosts}", collect = ["clock"] }}
"""
HOSTS = """
[web]
web[1:2] ansible_host={sshd.address} ansible_port={sshd.port} ansible_user=root
gone ansible_host={sshd.address} ansible_port={free}
[printers]
printer
"""


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    with running_sshd(tmp_path / "sshd") as running:
        yield running


def test_every_host_of_the_list_has_its_verdict_and_who_is_left_out_is_named(tmp_path: Path, sshd: Sshd) -> None:
    (tmp_path / "hosts.ini").write_text(HOSTS.format(sshd=sshd, free=free_port()))
    file = tmp_path / "beffroi.toml"
    file.write_text(CONFIGURATION.format(folder=tmp_path, sshd=sshd))
    checked = beffroi("config", "check", file)
    assert (checked.code, "3 hosts" in checked.out) == (0, True)
    seen = beffroi("check", "--target", "log-collection", "--json", "--config", file)
    subjects = {subject for target, subject in seen.verdicts if target == "log-collection"}
    assert {"web1", "web2", "gone"} <= subjects
    assert "printer" not in subjects
    assert seen.verdict("log-collection", "gone") == ("unproven", "unreachable")
    assert seen.verdicts["log-collection", "web1"]["reason"] != "unreachable"
    assert "printer" in seen.out + seen.err


def test_a_line_that_is_not_understood_stops_the_program_and_is_named(tmp_path: Path, sshd: Sshd) -> None:
    (tmp_path / "hosts.ini").write_text(HOSTS.format(sshd=sshd, free=1).replace("web[1:2]", "web[1:"))
    file = tmp_path / "beffroi.toml"
    file.write_text(CONFIGURATION.format(folder=tmp_path, sshd=sshd))
    for command in ("check", "status"):
        refused = beffroi(command, "--config", file)
        assert refused.code == 2
        assert f"{tmp_path}/hosts.ini:3: host: " in refused.err
        assert "\nhint: " in refused.err
        assert "Traceback" not in refused.err
