"""What an sshd asks of one account that comes from one class of addresses: its own answer, `sshd -T -C …`.

Reference: sshd(8) «-T» and «-C», sshd_config(5) «Match». sshd answers root alone, since it loads its host keys first.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import Denied, Exited, Unreadable
from agent.core.host import Host
from agent.core.lines import last_line, one_line
from agent.hosts.root_requests import RootRequest, ask
from collectors.access.origins import Origin

DEFAULT_FILE = "/etc/ssh/sshd_config"
# Beyond this many questions a policy is no longer one that anyone can answer for.
MOST_QUESTIONS = 2000
# Other programs by which one comes in from afar, by the names of their processes or sockets; none of them is read here.
OTHERS = {
    "dropbear": "dropbear", "tinysshd": "tinyssh", "teleport": "teleport", "in.telnetd": "telnet", "telnetd": "telnet",
    "telnet": "telnet", "xrdp": "xrdp", "Xvnc": "vnc", "Xtigervnc": "vnc", "x11vnc": "vnc", "x0vncserver": "vnc",
    "x0tigervncserve": "vnc", "wayvnc": "vnc", "vino-server": "vnc", "krfb": "vnc", "gnome-remote-de": "gnome-remote",
    "nxserver.bin": "nomachine", "cockpit-ws": "cockpit", "cockpit": "cockpit", "miniserv.pl": "webmin",
    "pveproxy": "proxmox", "pmgproxy": "proxmox", "shellinaboxd": "shellinabox", "ttyd": "ttyd", "guacd": "guacamole",
    "ocserv": "ocserv", "ocserv-main": "ocserv",
    "pptpd": "pptp", "anydesk": "anydesk", "teamviewerd": "teamviewer", "rustdesk": "rustdesk", "in.rshd": "rsh",
    "rshd": "rsh", "in.rlogind": "rsh", "rlogind": "rsh", "in.rexecd": "rsh", "rexecd": "rsh",
    "vsftpd": "ftp", "proftpd": "ftp", "in.proftpd": "ftp", "pure-ftpd": "ftp", "pure-ftpd-virtu": "ftp",
    "in.ftpd": "ftp", "ftpd": "ftp",
}  # fmt: skip
# May let in an account that has expired: dropbear asks neither PAM nor the last day, ProFTPD 1.3.8 let one in.
PASSWORD_ALONE = frozenset({"dropbear", "ftp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SshServer:
    """One sshd: the arguments that choose its configuration."""

    arguments: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Return its main configuration file."""
        flags = dict(zip(self.arguments, self.arguments[1:], strict=False))
        return flags.get("-f", DEFAULT_FILE)

    @property
    def name(self) -> str:
        """Return how it is told from another sshd of the same machine."""
        return "sshd" if not self.arguments else f"sshd({' '.join(self.arguments)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SshdPolicy:
    """What one sshd answered about one account from one class of addresses, its keywords in lower case."""

    values: Mapping[str, tuple[str, ...]]

    def on(self, keyword: str) -> bool:
        """Return whether a switch is on."""
        return self.first(keyword) == "yes"

    def first(self, keyword: str) -> str:
        """Return the first value of a keyword, in lower case; empty where it was not said."""
        return next(iter(self.values.get(keyword, ())), "").lower()

    def text(self, keyword: str) -> str:
        """Return the first value of a keyword as it was said; empty where it was not."""
        return next(iter(self.values.get(keyword, ())), "")

    def words(self, keyword: str) -> tuple[str, ...]:
        """Return every word of a keyword."""
        return tuple(word for value in self.values.get(keyword, ()) for word in value.split())


Lines = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SshServers:
    """What a machine shows of its ways in: each sshd, those that listen and the one that is installed.

    `lines` are those of its configuration that matter here, each in its words, the keyword in lower case; `closed` the
    files of it that may not be read, `refused` those that someone else than root may have laid, `missing` those that
    are not there. `unsure` is what could not be told of any sshd; `shells` are those that none lets anyone in for;
    `others` are other programs by which one comes in from afar; `unnamed` is what root sees that /etc/sysconfig/sshd
    does not name.
    """

    lines: Mapping[SshServer, Lines]
    closed: Mapping[SshServer, tuple[str, ...]]
    refused: Mapping[SshServer, tuple[str, ...]]
    missing: Mapping[SshServer, tuple[str, ...]]
    others: tuple[str, ...]
    unsure: tuple[str, ...] = ()
    shells: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()


NONE = SshServers(lines={}, closed={}, refused={}, missing={}, others=())


def doors_of(host: Host, timeout: timedelta) -> SshServers:
    """Return the ways in that a machine shows. Raises a LookError."""
    return parse_doors(ask(host, RootRequest.DOORS, timeout).text)


# server	-f	/etc/ssh/admin_config
# line	match	Address	10.0.0.0/8
# denied	/etc/ssh/sshd_config.d/50-own.conf
# unsure	an sshd runs that is not the installed one: /opt/sbin/sshd
# noshell	/usr/bin/zsh
# runs	cockpit-ws
# unnamed	keytab
def parse_doors(said: str) -> SshServers:
    """Return what the answer tells. Raises Unreadable for what is no such line."""
    found: dict[str, dict[SshServer, list[str]]] = {"line": {}, "denied": {}, "refused": {}, "missing": {}}
    told: dict[str, dict[str, None]] = {"runs": {}, "noshell": {}, "unsure": {}, "cut": {}, "unnamed": {}}
    server: SshServer | None = None
    for line in said.split("\n"):
        kind, _tab, rest = line.partition("\t")
        if kind == "server":
            server = SshServer(arguments=tuple(rest.split("\t")) if rest else ())
            for each in found.values():
                each.setdefault(server, [])
        elif kind in found and server is not None:
            found[kind][server].append(rest)
        elif kind in told:
            told[kind][rest] = None
        elif line:
            raise Unreadable(f"the search for sshd says {line[:80]!r}")
    lines, closed, refused, missing = ({one: tuple(each) for one, each in kind.items()} for kind in found.values())
    return SshServers(
        lines={one: tuple(tuple(line.split("\t")) for line in each) for one, each in lines.items()},
        closed=closed,
        refused=refused,
        missing=missing,
        others=tuple(sorted({OTHERS[name] for name in told["runs"] if name in OTHERS})),
        unsure=(*told["unsure"], *(f"not all of it was read: {what}" for what in told["cut"])),
        shells=frozenset(told["noshell"]),
        unnamed=frozenset(told["unnamed"]),
    )


def conditions_of(doors: SshServers, server: SshServer, where: str) -> Lines:
    """Return the words of each Match line, those of included files too. Raises Denied, Unreadable."""
    if doors.closed[server]:
        raise Denied(f"the configuration of sshd on {where} may not be read", f"sudo grep -ri match {server.file}")
    if doors.refused[server]:
        first = one_line(doors.refused[server][0])
        hint = "make it a regular file owned by root that no one else can write, nor a folder above it"
        raise Unreadable(f"{first} on {where}, of sshd's configuration, may belong to another user than root", hint)
    if server.file in doors.missing[server]:
        raise Unreadable(f"{server.file} on {where} is not there")
    return tuple(tuple(words) for keyword, *words in doors.lines[server] if keyword == "match")


def key_files(policy: SshdPolicy, lines: Lines) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the patterns of files that a policy names, and those of them that may be parts of one.

    sshd tells them without quotes: which words are one pattern is read from the lines of its configuration.
    """
    text = policy.text("authorizedkeysfile")
    written = [words for keyword, *words in lines if keyword == "authorizedkeysfile" and " ".join(words) == text]
    if written:
        return tuple(dict.fromkeys(word for words in written for word in words)), ()
    words = tuple(text.split())
    return words, tuple(word for word in words if word != "none" and not word.startswith(("/", ".ssh", "%")))


def specification(account: str, origin: Origin) -> str:
    """Return what `-C` is given for one account from one class of addresses."""
    told = {"user": account, "host": origin.name or origin.address, "addr": origin.address}
    if origin.local_address:
        told["laddr"] = origin.local_address
    if origin.local_port:
        told["lport"] = str(origin.local_port)
    return ",".join(f"{name}={value}" for name, value in told.items())


def policies_of(
    host: Host, server: SshServer, specifications: Sequence[str], timeout: timedelta
) -> Mapping[str, SshdPolicy]:
    """Return what one sshd answers to each specification. Raises Denied, with the command that settles it."""
    told = ask(host, RootRequest.POLICIES, timeout, lines=specifications[:MOST_QUESTIONS])
    command = shlex.join(("sudo", "sshd", *server.arguments, "-T", "-C", specifications[0]))
    return parse_policies(_section(told.text, server), host.id, command)


def _section(said: str, server: SshServer) -> bytes:
    """Return what one of several sshd answered."""
    heads = [part.partition("\n") for part in re.split(r"^server", said, flags=re.MULTILINE)]
    own = "".join(f"\t{argument}" for argument in server.arguments)
    return next((body for head, _end, body in heads[1:] if head == own), "").encode()


# == 0 user=root,host=192.0.2.1,addr=192.0.2.1
# usepam yes
# authenticationmethods publickey,password publickey,keyboard-interactive:pam
def parse_policies(said: bytes, where: str, command: str) -> Mapping[str, SshdPolicy]:
    """Return each answer by its specification. Raises Denied, Exited."""
    found: dict[str, SshdPolicy] = {}
    for status, spec, lines in _answers(said.decode("utf-8", "replace").split("\n")):
        if status != "0":
            text = "\n".join(lines)
            if "no hostkeys" in text or "ermission denied" in text:
                raise Denied(f"sshd on {where} shows its policy to root alone; to settle it: {command}", command)
            raise Exited(f"sshd on {where} shows no policy: {last_line(text.encode())}", command)
        values: dict[str, list[str]] = {}
        for line in lines:
            keyword, _space, value = line.partition(" ")
            values.setdefault(keyword.lower(), []).append(value)
        if "authenticationmethods" not in values or "pubkeyauthentication" not in values:
            raise Exited(f"sshd on {where} shows no policy: {one_line(' '.join(lines))}", command)
        found[spec] = SshdPolicy(values={keyword: tuple(each) for keyword, each in values.items()})
    return found


def _answers(lines: Iterable[str]) -> Iterator[tuple[str, str, list[str]]]:
    head: tuple[str, str] | None = None
    body: list[str] = []
    for line in lines:
        if line.startswith("== "):
            if head is not None:
                yield (*head, body)
            status, _space, spec = line[3:].partition(" ")
            head, body = (status, spec), []
        elif line:
            body.append(line)
    if head is not None:
        yield (*head, body)
