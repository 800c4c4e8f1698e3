"""Files that decide what the agent believes, shows or runs: no one but root and their owner may write them."""

import grp
import os
import pwd
import socket
import ssl
import threading
from pathlib import Path

import pytest

from agent.cli.config import remarks_on_web
from agent.config.web_config import load as load_web
from agent.core import files
from agent.core.errors import ConfigurationError, Unreadable, UsageError
from agent.core.files import other_writers
from agent.export.http.protection import WebProtection
from agent.export.http.server import HttpServer
from agent.hosts.environment_file import read_environment
from agent.hosts.local import LocalHost
from tests.config.written import SOUND, told
from tests.parts.web import HASH, StillSite, certify, connect, get, port_of

NOBODY = pwd.getpwnam("nobody")
NOBODYS = NOBODY.pw_gid
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
def test_a_user_s_private_group_is_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_in(tmp_path, mode=0o660)
    private = [one for one in pwd.getpwall() if one.pw_uid and grp.getgrgid(one.pw_gid).gr_name == one.pw_name]
    assert private
    os.chown(path, private[0].pw_uid, private[0].pw_gid)
    assert other_writers(path) == f"the user {private[0].pw_name}"
    monkeypatch.setattr(os, "geteuid", lambda: private[0].pw_uid)
    assert other_writers(path) is None


def test_a_folder_that_everyone_may_write_in_opens_its_files(tmp_path: Path) -> None:
    path = file_in(tmp_path)
    tmp_path.chmod(0o777)
    assert other_writers(path) == f"everyone on this machine, through the folder {tmp_path}"
    tmp_path.chmod(0o1777)
    assert other_writers(path) is None


def test_a_folder_further_up_that_everyone_may_write_in_counts(tmp_path: Path) -> None:
    (tmp_path / "open" / "below").mkdir(parents=True)
    path = file_in(tmp_path / "open" / "below")
    (tmp_path / "open").chmod(0o777)
    assert other_writers(path) == f"everyone on this machine, through the folder {tmp_path / 'open'}"


def test_a_link_leads_through_the_folders_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "closed").mkdir()
    file_in(tmp_path / "open")
    (tmp_path / "closed" / "link").symlink_to("../open/file")
    assert other_writers(tmp_path / "closed" / "link") is None
    (tmp_path / "open").chmod(0o777)
    through = f"everyone on this machine, through the folder {tmp_path / 'open'}"
    assert other_writers(tmp_path / "closed" / "link") == through


@needs_root
def test_another_account_owns_what_it_may_change(tmp_path: Path) -> None:
    """A sticky folder keeps others from a file, and not the owner of the file, of the folder or of a link."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = file_in(folder)
    os.chown(path, 54321, -1)
    assert other_writers(path) == "the user 54321"
    os.chown(path, 0, -1)
    folder.chmod(0o1777)
    os.chown(folder, 54321, -1)
    assert other_writers(path) == f"the user 54321, through the folder {folder}"
    os.chown(folder, 0, -1)
    (folder / "link").symlink_to("file")
    os.chown(folder / "link", 54321, -1, follow_symlinks=False)
    assert other_writers(folder / "link") == f"the user 54321, through the link {folder / 'link'}"
    assert other_writers(path) is None


@needs_root
def test_the_service_s_user_may_own_the_agent_s_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_in(tmp_path)
    os.chown(path, NOBODY.pw_uid, -1)
    assert other_writers(path) == "the user nobody"
    monkeypatch.setattr(files, "SERVICE_USER", "nobody")
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
    path = file_in(tmp_path, mode=0o602, text="B2_ACCOUNT_ID=theirs\n")
    with pytest.raises(Unreadable, match="may be written by everyone"):
        read_environment(LocalHost("here"), path)
    path.chmod(0o600)
    assert read_environment(LocalHost("here"), path) == {"B2_ACCOUNT_ID": "theirs"}


@needs_root
def test_an_environment_file_of_a_third_account_is_not_read(tmp_path: Path) -> None:
    path = file_in(tmp_path, text="B2_ACCOUNT_ID=theirs\n")
    os.chown(path, 54321, 0)
    with pytest.raises(Unreadable, match="may be written by the user 54321"):
        read_environment(LocalHost("here"), path)


@needs_root
def test_a_file_is_held_to_its_owner_once_it_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at the name finds root's file; the one that is opened is another's."""
    path, theirs = file_in(tmp_path), file_in(tmp_path, "theirs")
    os.chown(theirs, 54321, 0)
    opening = os.open
    with monkeypatch.context() as patch, pytest.raises(Unreadable, match="may be written by the user 54321"):
        patch.setattr(os, "open", lambda name, *given: opening(theirs if name == path else name, *given))
        files.read_file(path, limit=10, held=True)


@pytest.mark.parametrize("name", ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GLIBC_TUNABLES", "GODEBUG"])
def test_no_environment_file_changes_the_programs_themselves(tmp_path: Path, name: str) -> None:
    path = file_in(tmp_path, text=f"B2_ACCOUNT_ID=x\n{name}=secret\n")
    with pytest.raises(Unreadable, match=f"line 2: {name} may not be set there") as raised:
        read_environment(LocalHost("here"), path)
    assert "secret" not in raised.value.message + raised.value.hint


@pytest.mark.network
def test_nothing_is_served_by_a_web_configuration_that_others_may_write(tmp_path: Path) -> None:
    path = file_in(tmp_path, "web.yml", 0o666, f"basic_auth_users:\n  a: {HASH}\n")
    with pytest.raises(ConfigurationError, match="may be written by everyone on this machine, who could add a name"):
        load_web(path)
    with pytest.raises(UsageError):
        HttpServer("127.0.0.1:0", StillSite(), web_config=path)


@pytest.mark.parametrize("name", ["server.crt", "server.key", "ca.crt"])
def test_no_certificate_that_others_may_write_is_believed(tmp_path: Path, name: str) -> None:
    """Who may write the authority of the clients admits themselves."""
    path = mutual(tmp_path)
    assert load_web(path).tls is not None
    (tmp_path / name).chmod(0o602)
    with pytest.raises(ConfigurationError, match=rf"{name} may be written by everyone on this machine"):
        load_web(path)


@pytest.mark.network
def test_a_certificate_that_comes_to_be_writable_serves_nobody(tmp_path: Path) -> None:
    """Its content and its date stay: the change of its mode is enough."""
    path = mutual(tmp_path)
    protection = WebProtection(path, open_to_others=False, insecure=False)
    assert protection.current() is not None
    (tmp_path / "ca.crt").chmod(0o602)
    assert protection.current() is None
    (tmp_path / "ca.crt").chmod(0o600)
    assert protection.current() is not None


@pytest.mark.parametrize("name", ["web.yml", "server.crt", "server.key", "ca.crt"])
def test_a_pipe_in_a_certificate_s_place_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = mutual(tmp_path)
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name, 0o600)
    with pytest.raises(UsageError, match="is a pipe, not a regular file"):
        load_web(path)


@pytest.mark.network
def test_a_pipe_in_a_certificate_s_place_stops_neither_page_nor_stop(tmp_path: Path) -> None:
    """No one is served while it lies there; the page comes back with the certificate."""
    path = mutual(tmp_path)
    server = HttpServer("127.0.0.1:0", StillSite(), web_config=path).start()
    (tmp_path / "server.crt").rename(tmp_path / "kept.crt")
    os.mkfifo(tmp_path / "server.crt", 0o600)
    with connect(port_of(server)) as connection:
        assert refused(connection)
    (tmp_path / "kept.crt").rename(tmp_path / "server.crt")
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    assert get(port_of(server), "/healthz", context=context).status == 200
    assert stopped(server)


@pytest.mark.network
def test_a_configuration_whose_disk_hangs_does_not_hold_up_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, asked = threading.Event(), threading.Event()

    def current(_: WebProtection) -> None:
        asked.set()
        hangs.wait()

    monkeypatch.setattr(WebProtection, "current", current)
    server = HttpServer("127.0.0.1:0", StillSite(), web_config=mutual(tmp_path)).start()
    try:
        with connect(port_of(server)):
            assert asked.wait(60)
            assert stopped(server)
    finally:
        hangs.set()


def mutual(folder: Path) -> Path:
    """Write a web configuration that asks clients for a certificate."""
    authority = certify(folder, "ca")
    certify(folder, "server", authority)
    return file_in(
        folder,
        "web.yml",
        text="tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
        "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n",
    )


def refused(connection: socket.socket) -> bool:
    """Return True where the server closes a connection without a word."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def stopped(server: HttpServer) -> bool:
    """Stop a server, on a thread of its own; return whether it came to its end."""
    ending = threading.Thread(target=server.stop, daemon=True)
    ending.start()
    ending.join(60)
    return not ending.is_alive()


def test_config_check_remarks_on_hashes_of_unlike_costs(tmp_path: Path) -> None:
    dear = HASH.replace("$04$", "$10$")
    told, _ = list(remarks_on_web(file_in(tmp_path, "web.yml", text=f"basic_auth_users:\n  a: {HASH}\n  b: {dear}\n")))
    assert 'the costs of the hashes differ (4 of "a"; 10 of "b")' in told
    assert (
        list(remarks_on_web(file_in(tmp_path, "web.yml", text=f"basic_auth_users:\n  a: {HASH}\n  b: {HASH}\n"))) == []
    )
