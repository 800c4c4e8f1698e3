"""Files that decide what the agent believes, shows or runs: no one but root and their owner may write them."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from agent.cli.config import _remark_on_costs
from agent.config.web_config import load as load_web
from agent.core.errors import ConfigurationError, Unreadable, UsageError
from agent.core.files import other_writers
from agent.export.http.server import Server
from agent.hosts.local import LocalHost
from collectors.restic.environment import read_environment
from tests.config.written import SOUND, told
from tests.parts.web import HASH, StillSite

NOBODYS = pwd.getpwnam("nobody").pw_gid
GROUP = grp.getgrgid(NOBODYS).gr_name
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="to give a file to another group needs root")


def file_in(folder: Path, name: str = "file", mode: int = 0o640, text: str = "x\n") -> Path:
    """Write a file of some mode."""
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(("mode", "writers"), [(0o600, None), (0o644, None), (0o646, "everyone on this machine")])
def test_what_everyone_may_write_is_told(tmp_path: Path, mode: int, writers: str | None) -> None:
    assert other_writers(file_in(tmp_path, mode=mode)) == writers


@needs_root
def test_what_a_group_may_write_is_told_with_its_name(tmp_path: Path) -> None:
    path = file_in(tmp_path, mode=0o660)
    assert other_writers(path) is None  # root's own group
    os.chown(path, -1, NOBODYS)
    assert other_writers(path) == f"the group {GROUP}"
    os.chown(path, -1, 54321)
    assert other_writers(path) == "the group 54321"


@needs_root
def test_a_user_s_private_group_is_the_user(tmp_path: Path) -> None:
    path = file_in(tmp_path, mode=0o660)
    private = [one for one in pwd.getpwall() if one.pw_uid and grp.getgrgid(one.pw_gid).gr_name == one.pw_name]
    assert private
    os.chown(path, private[0].pw_uid, private[0].pw_gid)
    assert other_writers(path) is None


def test_a_folder_that_everyone_may_write_in_opens_its_files(tmp_path: Path) -> None:
    path = file_in(tmp_path)
    tmp_path.chmod(0o777)
    assert other_writers(path) == "everyone on this machine, through its folder"
    tmp_path.chmod(0o1777)
    assert other_writers(path) is None


def test_config_check_names_a_configuration_that_others_may_write(tmp_path: Path) -> None:
    path = file_in(tmp_path, "beffroi.toml", 0o666, SOUND)
    mistakes = [one for one in told(SOUND, strict=True, place=path) if one.key == "file"]
    assert [one.what for one in mistakes] == ["this file may be written by everyone on this machine"]
    assert f"chmod go-w {path}" in mistakes[0].hint


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("backup.copy.environment_file", 'environment_file = "{file}"\n'),
        ("backup.copy.password_file", 'password_file = "{file}"\n'),
        (
            "host.known_hosts",
            '[[host]]\nid = "s"\ntransport = "ssh"\naddress = "a"\nsite = "b"\nknown_hosts = "{file}"\n',
        ),
    ],
)
def test_config_check_names_each_file_that_others_may_write(tmp_path: Path, key: str, line: str) -> None:
    path = file_in(tmp_path, mode=0o622)
    text = SOUND.replace('password_file = "/etc/beffroi/files.password"\n', "") if "password_file" in line else SOUND
    mistakes = [one for one in told(text + line.replace("{file}", str(path)), strict=True) if one.key == key]
    assert len(mistakes) == 1
    assert "written by everyone on this machine" in mistakes[0].what


def test_an_environment_file_that_others_may_write_is_not_read(tmp_path: Path) -> None:
    """It could name a library to load: the copy is unproven, and restic is not started."""
    path = file_in(tmp_path, mode=0o602, text="LD_PRELOAD=/tmp/theirs.so\n")
    with pytest.raises(Unreadable, match="may be written by everyone"):
        read_environment(LocalHost("here"), path)
    path.chmod(0o600)
    assert read_environment(LocalHost("here"), path) == {"LD_PRELOAD": "/tmp/theirs.so"}


@pytest.mark.network
def test_nothing_is_served_by_a_web_configuration_that_others_may_write(tmp_path: Path) -> None:
    path = file_in(tmp_path, "web.yml", 0o666, f"basic_auth_users:\n  a: {HASH}\n")
    with pytest.raises(ConfigurationError, match="may be written by everyone on this machine, who could add a name"):
        load_web(path)
    with pytest.raises(UsageError):
        Server("127.0.0.1:0", StillSite(), web_config=path)


def test_config_check_remarks_on_hashes_of_unlike_costs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dear = HASH.replace("$04$", "$10$")
    _remark_on_costs(file_in(tmp_path, "web.yml", text=f"basic_auth_users:\n  a: {HASH}\n  b: {dear}\n"))
    assert 'the costs of the hashes differ (4 of "a"; 10 of "b")' in capsys.readouterr().err
    _remark_on_costs(file_in(tmp_path, "web.yml", text=f"basic_auth_users:\n  a: {HASH}\n  b: {HASH}\n"))
    assert capsys.readouterr().err == ""
