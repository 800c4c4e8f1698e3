"""OpenSSH's own answer to what is in force for a host, and what of it is honoured or refused here."""

import getpass
import os
import pwd
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.errors import Denied, LookError, TimedOut, ToolMissing, Unreadable
from agent.hosts.ssh import config
from agent.hosts.ssh.route import Client, DeclaredRoute, Endpoint, route
from tests.parts.executable import executable

pytestmark = pytest.mark.programs
ME = getpass.getuser()


class Home:
    """A home with a configuration file that stands in for both of OpenSSH's."""

    def __init__(self, folder: Path) -> None:
        self.ssh = folder / "home" / ".ssh"
        self.ssh.mkdir(parents=True)
        self.client = Client(user=ME, home=folder / "home", file=self.ssh / "config")
        self.write("")

    def write(self, text: str, name: str = "config") -> Path:
        path = self.ssh / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o644)
        return path

    def way(self, name: str = "vault", **declared: object) -> tuple[Endpoint, ...]:
        return route(DeclaredRoute(name=name, **declared), self.client)  # type: ignore[arg-type]  # named one by one below

    def end(self, name: str = "vault", **declared: object) -> Endpoint:
        return self.way(name, **declared)[-1]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_without_any_configuration_the_defaults_of_openssh_hold(home: Home) -> None:
    ssh = home.ssh
    assert home.way() == (
        Endpoint(
            name="vault",
            address="vault",
            port=22,
            user=ME,
            key_files=(),
            known_hosts=(
                ssh / "known_hosts",
                ssh / "known_hosts2",
                Path("/etc/ssh/ssh_known_hosts"),
                Path("/etc/ssh/ssh_known_hosts2"),
            ),
        ),
    )


def test_the_honoured_directives_are_honoured(home: Home) -> None:
    home.write(
        "Host vault\n"
        "  HostName %h.example\n"
        "  Port=2222\n"
        '  User "store keeper"\n'
        "  IdentityFile ~/.ssh/%r-key\n"
        "  IdentityFile /keys/second\n"
        "  UserKnownHostsFile ~/.ssh/one /etc/two\n"
        "  GlobalKnownHostsFile none\n"
    )
    end = home.end()
    assert (end.name, end.address, end.port, end.user) == ("vault", "vault.example", 2222, "store keeper")
    assert end.key_files == (home.ssh / "store keeper-key", Path("/keys/second"))
    assert end.known_hosts == (Path(pwd.getpwuid(os.geteuid()).pw_dir) / ".ssh" / "one", Path("/etc/two"))


def test_what_is_declared_comes_before_the_configuration(home: Home) -> None:
    home.write("Host *\n Port 1\n User other\n IdentityFile /other\n UserKnownHostsFile /other\n")
    end = home.end(port=2222, user="store", key_file=Path("/key"), known_hosts=Path("/known"))
    assert (end.port, end.user, end.key_files, end.known_hosts[0]) == (2222, "store", (Path("/key"),), Path("/known"))


def test_the_first_value_wins(home: Home) -> None:
    home.write("Host vault\n Port 1\nHost *\n Port 2\n User mine\n")
    end = home.end()
    assert (end.port, end.user) == (1, "mine")


@pytest.mark.parametrize(
    ("patterns", "holds"),
    [("vault", True), ("other", False), ("va* other", True), ("* !vault", False), ('"vault"', True), ("VAULT", False)],
)
def test_a_host_block_holds_for_its_patterns(home: Home, patterns: str, holds: bool) -> None:
    home.write(f"Host {patterns}\n Port 2222\n")
    assert home.end().port == (2222 if holds else 22)


@pytest.mark.parametrize(
    ("criteria", "holds"),
    [
        ("all", True),
        ("host vault.example", True),
        ("host vault", False),
        ("originalhost vault", True),
        ("originalhost=va*,x", True),
        ("!originalhost vault", False),
        ("user store", True),
        (f"user {ME}", False),
        (f"localuser {ME} user store", True),
        (f"localuser {ME} user other", False),
        ("canonical all", False),
    ],
)
def test_a_match_block_holds_for_the_criteria_that_can_be_told(home: Home, criteria: str, holds: bool) -> None:
    home.write(f"HostName vault.example\nUser store\nMatch {criteria}\n Port 2222\n")
    assert home.end().port == (2222 if holds else 22)


def test_a_match_that_runs_a_program_is_an_error_and_is_never_run(home: Home, tmp_path: Path) -> None:
    home.write(f'Host vault\nMatch originalhost vault exec "touch {tmp_path}/ran"\n User x\n')
    with pytest.raises(Unreadable, match=r"config line 2: match exec"):
        home.way()
    home.write(f'Match originalhost other exec "touch {tmp_path}/ran"\n User x\n')
    assert home.end().user == ME
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "directive",
    [
        "ProxyCommand nc %h %p",
        "HostKeyAlias other",
        "KnownHostsCommand /bin/true",
        "BindAddress 192.0.2.1",
        "BindInterface eth1",
        "ControlPath ~/.ssh/%C",
        "CanonicalizeHostname yes",
        "AddressFamily inet6",
        "VerifyHostKeyDNS yes",
        "NoHostAuthenticationForLocalhost yes",
        "RevokedHostKeys /etc/revoked",
    ],
)
def test_whatever_would_change_the_way_or_the_trust_is_an_error_by_name(home: Home, directive: str) -> None:
    home.write(f"# a comment\n\nHost vault\n    {directive}\n")
    with pytest.raises(Unreadable, match=rf"ssh -G vault: {directive.split()[0].lower()} is not honoured") as caught:
        home.way()
    assert caught.value.hint
    assert home.end("other").port == 22


def test_what_openssh_does_not_know_is_an_error_with_file_and_line(home: Home) -> None:
    home.write("\nNewDirectiveOfTomorrow yes\n")
    with pytest.raises(Unreadable, match="config: line 2: Bad configuration option: newdirectiveoftomorrow"):
        home.way()


def test_a_value_of_a_later_openssh_that_is_not_known_here_is_an_error(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("ssh")
    script = f'case "$*" in *none*) ;; *) echo "detour tomorrow";; esac; exec "{real}" "$@"'
    executable(tmp_path / "bin" / "ssh", script)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    with pytest.raises(Unreadable, match="ssh -G vault: detour is not known here"):
        home.way()


def test_a_newer_openssh_with_one_more_default_changes_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.end().port == 22
    real = shutil.which("ssh")
    executable(tmp_path / "bin" / "ssh", f'echo "detour never"; exec "{real}" "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    assert home.end().port == 22


def test_without_openssh_the_package_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ToolMissing, match="ssh is not installed") as missing:
        home.way()
    assert missing.value.hint == "apt-get install openssh-client"


@pytest.mark.parametrize("name", ["", "-x", "a@b", "ssh://a", "a b", "a/b"])
def test_what_is_no_name_of_a_host_is_refused(home: Home, name: str) -> None:
    with pytest.raises(Unreadable):
        home.way(name)


@pytest.mark.parametrize(
    "directive", ["ProxyCommand none", "ControlPath none", "CanonicalizeHostname no", "AddressFamily any",
                  "VerifyHostKeyDNS ask", "ProxyJump none", "StrictHostKeyChecking no", "HashKnownHosts yes",
                  "SendEnv LANG LC_*", "GSSAPIAuthentication yes", "LocalForward 1 x:1", "ServerAliveInterval 5"],
)  # fmt: skip
def test_what_changes_neither_way_nor_trust_is_passed_over(home: Home, directive: str) -> None:
    home.write(f"{directive}\nPort 2222\n")
    assert home.end().port == 2222


def test_an_unknown_directive_that_openssh_is_told_to_ignore_is_ignored(home: Home) -> None:
    home.write("IgnoreUnknown My*,Other\nMyOwn yes\nPort 2222\n")
    assert home.end().port == 2222


def test_debians_own_configuration_is_understood(home: Home) -> None:
    parts = home.ssh / "ssh_config.d"
    home.write(
        f"Include /nowhere/*.conf {parts}/*.conf\n\nHost *\n"
        "    SendEnv LANG LC_* COLORTERM NO_COLOR\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n"
    )
    # systemd 257: 20-systemd-ssh-proxy.conf
    home.write(
        "Host unix/* vsock/* machine/*\n    ProxyCommand /usr/lib/systemd/systemd-ssh-proxy %h %p\n"
        "    ProxyUseFdpass yes\n    CheckHostIP no\n\nHost .host\n    ProxyCommand x\n",
        "ssh_config.d/20-systemd-ssh-proxy.conf",
    )
    assert home.end().port == 22


def test_an_include_of_itself_is_an_error_and_no_endless_reading(home: Home) -> None:
    home.write(f"Include {home.ssh}/config\n")
    with pytest.raises(Unreadable, match="Too many recursive configuration includes"):
        home.way()


def test_a_way_over_jump_hosts_is_laid_out_machine_by_machine(home: Home) -> None:
    home.write(
        "Host vault\n HostName 192.0.2.9\n ProxyJump store@gate:2200,inner\n"
        "Host gate\n HostName gate.example\n IdentityFile /keys/gate\n ProxyJump outer\n"
        "Host inner\n Port 23\n ProxyJump elsewhere\n"
    )
    way = home.way(key_file=Path("/keys/vault"), user="beffroi")
    assert [(one.name, one.address, one.port, one.user, one.key_files) for one in way] == [
        ("outer", "outer", 22, ME, (Path("/keys/vault"),)),
        ("gate", "gate.example", 2200, "store", (Path("/keys/gate"),)),
        ("inner", "inner", 23, ME, (Path("/keys/vault"),)),
        ("vault", "192.0.2.9", 22, "beffroi", (Path("/keys/vault"),)),
    ]


def test_of_a_jump_and_a_proxy_command_the_first_one_holds(home: Home) -> None:
    home.write("Host vault\n ProxyJump gate\nHost *\n ProxyCommand nc %h %p\n")
    with pytest.raises(Unreadable, match="ssh -G gate: proxycommand"):  # which holds for the gate itself
        home.way()
    home.write("Host vault\n ProxyJump gate\nHost vault\n ProxyCommand nc %h %p\n")
    assert [one.name for one in home.way()] == ["gate", "vault"]
    home.write("Host vault\n ProxyCommand none\n ProxyJump gate\n")
    assert [one.name for one in home.way()] == ["vault"]


def test_a_circle_of_jump_hosts_is_an_error(home: Home) -> None:
    home.write("Host *\n ProxyJump gate\n")
    with pytest.raises(Unreadable, match=r"jumphost loop via gate|proxyjump leads in a circle"):
        home.way()


@pytest.mark.parametrize(
    "text",
    ["Port", "Port x", "Port 0", "Port 65536", "Port 1 2", "Port ٣", 'User "open', "ProxyJump -x", "ProxyJump a:b:c",
     "IdentityFile relative", "IdentityFile /%Z", "IdentityFile /${NO_SUCH_VARIABLE}", "HostName %p", 'HostName ""'],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error(home: Home, text: str) -> None:
    home.write(f"\n{text}\n")
    with pytest.raises(
        Unreadable, match=r"line 2: |ssh -G vault: (identityfile|port|proxyjump) |hostname|unknown key %p"
    ) as caught:
        home.way()
    assert caught.value.message.isprintable()


def test_a_file_that_others_may_write_is_denied_as_ssh_does() -> None:
    refused = config.refusal("vault", b"Bad owner or permissions on /home/agent/.ssh/config\r\n")
    assert isinstance(refused, Denied)
    assert "/home/agent/.ssh/config" in refused.message


def test_a_pipe_in_the_place_of_the_file_costs_no_more_than_its_time(home: Home) -> None:
    home.client = replace(home.client, file=home.ssh / "pipe")
    os.mkfifo(home.ssh / "pipe")
    with pytest.raises(TimedOut):
        route(DeclaredRoute(name="vault"), home.client, timedelta(seconds=0.3))


WORDS = ["Host", "Match", "Include", "HostName", "Port", "ProxyJump", "IdentityFile", "ProxyCommand", "exec", "all",
         "vault", "*", "!", "!vault", "none", "22", "=", '"', "'", "\\", "#", "\n", "\n", "%h", "~/x", "/x", ",",
         "\0"]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.lists(st.sampled_from(WORDS)).map(lambda words: " ".join(words).encode()))
def test_any_bytes_are_a_way_or_a_typed_error(home: Home, content: bytes) -> None:
    (home.ssh / "config").write_bytes(content)
    try:
        way = home.way()
    except LookError as error:
        assert error.message.isprintable()
    else:
        assert way[-1].name == "vault"
