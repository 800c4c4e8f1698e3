import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Denied, LookError, Unreadable
from agent.hosts.ssh.config import Line, Settings, Source, parse, read_settings
from agent.hosts.ssh.route import Client, DeclaredRoute, Endpoint, route


class Home:
    """A home and a system folder with configuration files, as a client of OpenSSH has them."""

    def __init__(self, folder: Path) -> None:
        self.ssh = folder / "home" / ".ssh"
        self.system = folder / "etc"
        self.ssh.mkdir(parents=True)
        self.system.mkdir()
        self.client = Client(
            user="agent",
            home=folder / "home",
            sources=(
                Source(path=self.ssh / "config", folder=self.ssh, own=True),
                Source(path=self.system / "ssh_config", folder=self.system, own=False),
            ),
        )

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
            user="agent",
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
    assert end.known_hosts == (home.ssh / "one", Path("/etc/two"))


def test_what_is_declared_comes_before_the_configuration(home: Home) -> None:
    home.write("Host *\n Port 1\n User other\n IdentityFile /other\n UserKnownHostsFile /other\n")
    end = home.end(port=2222, user="store", key_file=Path("/key"), known_hosts=Path("/known"))
    assert (end.port, end.user, end.key_files, end.known_hosts[0]) == (2222, "store", (Path("/key"),), Path("/known"))


def test_the_first_value_wins_and_the_users_file_comes_before_the_systems(home: Home) -> None:
    home.write("Host vault\n Port 1\nHost *\n Port 2\n User mine\n")
    (home.system / "ssh_config").write_text("Port 3\nUser theirs\nHostName real\n")
    end = home.end()
    assert (end.port, end.user, end.address) == (1, "mine", "real")


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
        ("user agent", False),
        ("localuser agent user store", True),
        ("localuser agent user other", False),
        ("canonical all", False),
    ],
)
def test_a_match_block_holds_for_the_criteria_that_can_be_told(home: Home, criteria: str, holds: bool) -> None:
    home.write(f"HostName vault.example\nUser store\nMatch {criteria}\n Port 2222\n")
    assert home.end().port == (2222 if holds else 22)


def test_a_match_that_runs_a_program_is_an_error_where_it_may_change_the_way_and_is_never_run(
    home: Home, tmp_path: Path
) -> None:
    home.write(f"Host vault\nMatch originalhost vault exec 'touch {tmp_path}/ran'\n User x\n")
    with pytest.raises(Unreadable, match=r"config:2: match may set user for vault"):
        home.way()
    home.write(f"Match originalhost other exec 'touch {tmp_path}/ran'\n User x\n")
    assert home.end().user == "agent"
    home.write(f"User first\nMatch exec 'touch {tmp_path}/ran'\n User x\n LogLevel QUIET\n")
    assert home.end().user == "first"
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
        "NewDirectiveOfTomorrow yes",
    ],
)
def test_whatever_would_change_the_way_or_the_trust_is_an_error_with_file_and_line(home: Home, directive: str) -> None:
    home.write(f"# a comment\n\nHost vault\n    {directive}\n")
    with pytest.raises(Unreadable, match=rf"config:4: {directive.split()[0].lower()} ") as caught:
        home.way()
    assert caught.value.hint
    assert home.end("other").port == 22


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
    (home.system / "ssh_config.d").mkdir()
    (home.system / "ssh_config").write_text(
        "Include /nowhere/*.conf ssh_config.d/*.conf\n\nHost *\n"
        "    SendEnv LANG LC_* COLORTERM NO_COLOR\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n"
    )
    # systemd 257: 20-systemd-ssh-proxy.conf
    (home.system / "ssh_config.d" / "20-systemd-ssh-proxy.conf").write_text(
        "Host unix/* vsock/* machine/*\n    ProxyCommand /usr/lib/systemd/systemd-ssh-proxy %h %p\n"
        "    ProxyUseFdpass yes\n    CheckHostIP no\n\nHost .host\n    ProxyCommand x\n"
    )
    assert home.end().port == 22


def test_includes_are_read_in_their_place_and_under_their_blocks_condition(home: Home) -> None:
    home.write("Port 2222\nHost inner\n User theirs\n", "parts/one")
    home.write("Host other\n Include parts/*\nHost vault\n User mine\n Include ~/.ssh/parts/one\n")
    assert (home.end("vault").port, home.end("vault").user) == (2222, "mine")
    assert home.end("third").port == 22


def test_a_block_within_an_include_ends_with_it(home: Home) -> None:
    home.write("Host other\n User theirs\n", "part")
    home.write("Include part\nPort 2222\n")
    assert home.end().port == 2222


def test_an_include_of_itself_is_an_error_and_no_endless_reading(home: Home) -> None:
    home.write("Include config\n")
    with pytest.raises(Unreadable, match="goes too deep"):
        home.way()


def test_a_way_over_jump_hosts_is_laid_out_machine_by_machine(home: Home) -> None:
    home.write(
        "Host vault\n HostName 192.0.2.9\n ProxyJump store@gate:2200,inner\n"
        "Host gate\n HostName gate.example\n IdentityFile /keys/gate\n ProxyJump outer\n"
        "Host inner\n Port 23\n ProxyJump elsewhere\n"
    )
    way = home.way(key_file=Path("/keys/vault"), user="beffroi")
    assert [(one.name, one.address, one.port, one.user, one.key_files) for one in way] == [
        ("outer", "outer", 22, "agent", (Path("/keys/vault"),)),
        ("gate", "gate.example", 2200, "store", (Path("/keys/gate"),)),
        ("inner", "inner", 23, "agent", (Path("/keys/vault"),)),
        ("vault", "192.0.2.9", 22, "beffroi", (Path("/keys/vault"),)),
    ]


def test_of_a_jump_and_a_proxy_command_the_first_one_holds(home: Home) -> None:
    home.write("Host vault\n ProxyJump gate\nHost *\n ProxyCommand nc %h %p\n")
    with pytest.raises(Unreadable, match="config:4: proxycommand"):  # which holds for the gate itself
        home.way()
    home.write("Host vault\n ProxyJump gate\nHost vault\n ProxyCommand nc %h %p\n")
    assert [one.name for one in home.way()] == ["gate", "vault"]
    home.write("Host vault\n ProxyCommand none\n ProxyJump gate\n")
    assert [one.name for one in home.way()] == ["vault"]


def test_a_circle_of_jump_hosts_is_an_error(home: Home) -> None:
    home.write("Host *\n ProxyJump gate\n")
    with pytest.raises(Unreadable, match="config:2: proxyjump leads in a circle"):
        home.way()


@pytest.mark.parametrize(
    "text",
    ["Port", "Port x", "Port 0", "Port 65536", "Port 1 2", "Port ٣", 'User "open', "ProxyJump -x", "ProxyJump a:b:c",
     "IdentityFile relative", "IdentityFile /%Z", "IdentityFile /${NO_SUCH_VARIABLE}", "HostName %p", 'HostName ""'],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_with_file_and_line(home: Home, text: str) -> None:
    home.write(f"\n{text}\n")
    with pytest.raises(Unreadable, match="config:2: "):
        home.way()


def test_a_file_that_others_may_write_is_denied_as_ssh_does(home: Home) -> None:
    home.write("Port 2222\n").chmod(0o666)
    with pytest.raises(Denied, match="may be written by others"):
        home.way()


def test_a_pipe_in_the_place_of_the_file_is_unreadable(home: Home) -> None:
    os.mkfifo(home.ssh / "config")
    with pytest.raises(Unreadable, match="is a pipe"):
        home.way()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("User a", ("a",)),
        ("User\ta  b ", ("a", "b")),
        ("User = a", ("a",)),
        ("User=a", ("a",)),
        ('User "a b"c \'d"e\'', ("a bc", 'd"e')),
        ("User a#b # rest", ("a#b",)),
        ('User ""', ("",)),
        (r"User a\ b \"q\" C:\n", ("a b", '"q"', r"C:\n")),
    ],
)
def test_a_line_is_split_as_openssh_splits_it(text: str, words: tuple[str, ...]) -> None:
    assert parse(text.encode(), "config") == (Line(where="config:1", keyword="user", arguments=words),)


WORDS = ["Host", "Match", "Include", "HostName", "Port", "ProxyJump", "IdentityFile", "ProxyCommand", "exec", "all",
         "vault", "*", "!", "!vault", "none", "22", "=", '"', "'", "\\", "#", "\n", "\n", "%h", "~/x", "/x", ",",
         "\0"]  # fmt: skip


@given(st.binary() | st.lists(st.sampled_from(WORDS)).map(lambda words: " ".join(words).encode()))
def test_any_bytes_are_a_way_or_a_typed_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "any-config"
    folder.mkdir(exist_ok=True)
    (folder / "config").write_bytes(content)
    (folder / "config").chmod(0o600)
    client = Client(
        user="agent", home=folder, sources=(Source(path=folder / "config", folder=folder / "none", own=True),)
    )
    try:
        way = route(DeclaredRoute(name="vault"), client)
    except LookError as error:
        assert error.message.isprintable()
    else:
        assert way[-1].name == "vault"


def test_no_file_says_nothing(tmp_path: Path) -> None:
    source = Source(path=tmp_path / "none", folder=tmp_path, own=True)
    assert read_settings([source], host="vault", user=None, local_user="agent") == Settings()


def test_a_long_line_takes_no_long_time() -> None:
    assert len(parse(b"User " + b"x" * 500_000, "config")[0].value) == 500_000
