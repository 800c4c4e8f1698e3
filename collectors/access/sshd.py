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
from collectors.access.origins import Origin

DEFAULT_FILE = "/etc/ssh/sshd_config"
LIMIT = 32 * 1024 * 1024
# Beyond this many questions a policy is no longer one that anybody can answer for.
MOST_QUESTIONS = 2000
KEYWORDS = (
    "allowgroups", "allowusers", "authenticationmethods", "authorizedkeyscommand", "authorizedkeysfile",
    "denygroups", "denyusers", "gssapiauthentication", "hostbasedauthentication", "kbdinteractiveauthentication",
    "kerberosauthentication", "pamservicename", "passwordauthentication", "permitemptypasswords", "permitrootlogin",
    "pubkeyauthentication", "pubkeyauthoptions", "refuseconnection", "trustedusercakeys", "usedns", "usepam",
)  # fmt: skip

# Which sshd listen, by the titles that they give themselves. Anybody may call a process so: only root's own sshd is
# believed (a program that takes root's rights keeps the name of its file in `comm`).
FIND = (
    "PATH=$PATH:/usr/sbin:/sbin; command -v sshd >/dev/null 2>&1 && echo installed; "
    "for title in $(grep -a -l -s '^sshd: .*\\[listener\\]' /proc/[0-9]*/cmdline); do process=${title%/cmdline}; "
    '[ "$(stat -c %u "$process")" = 0 ] && [ "$(cat "$process/comm")" = sshd ] && '
    "tr '\\000' '\\n' <\"$title\"; done 2>/dev/null; "
    "cat /proc/[0-9]*/comm 2>/dev/null | sort -u | sed 's/^/runs /'; "
    "for socket in /etc/systemd/system/sockets.target.wants/*.socket; do "
    'socket=${socket##*/}; echo "runs ${socket%.socket}"; done; exit 0'
)
# Other programs by which one comes in from afar, by the names of their processes or sockets; none of them is read here.
OTHERS = {
    "dropbear": "dropbear", "tinysshd": "tinyssh", "teleport": "teleport", "in.telnetd": "telnet", "telnetd": "telnet",
    "telnet": "telnet", "xrdp": "xrdp", "Xvnc": "vnc", "Xtigervnc": "vnc", "x11vnc": "vnc", "cockpit-ws": "cockpit",
    "cockpit": "cockpit", "miniserv.pl": "webmin", "shellinaboxd": "shellinabox", "ttyd": "ttyd", "guacd": "guacamole",
    "anydesk": "anydesk", "teamviewerd": "teamviewer", "rustdesk": "rustdesk", "in.rshd": "rsh", "in.rlogind": "rsh",
}  # fmt: skip
# The lines of a configuration that matter, those of included files too.
SCAN = (
    'scan() { [ "$2" -lt 17 ] || return 0; cat -- "$1" >/dev/null || return 0; '
    "grep -a -i -E '^[[:space:]]*(match|include)([[:space:]]|=)' \"$1\" | head -n 2000 | while IFS= read -r line; do "
    'printf "%s\\n" "$line"; case $line in *[Ii][Nn][Cc][Ll][Uu][Dd][Ee][[:space:]=]*) '
    "for pattern in $(printf '%s' \"$line\" | tr -d '\"' | sed 's/^[[:space:]]*[A-Za-z]*[[:space:]=]*//'); do "
    "case $pattern in /*) ;; *) pattern=/etc/ssh/$pattern;; esac; "
    'for file in $pattern; do [ -e "$file" ] && scan "$file" $(($2 + 1)); done; done;; esac; done; }; scan "$1" 0'
)
ASK = (
    "PATH=$PATH:/usr/sbin:/sbin; while IFS= read -r spec; do "
    'said=$("$@" -T -C "$spec" 2>&1); status=$?; printf "== %s %s\\n" $status "$spec"; '
    'if [ $status = 0 ]; then printf "%s\\n" "$said" | '
    f"grep -a -i -E '^({'|'.join(KEYWORDS)}) '; "
    'else printf "%s\\n" "$said" | tail -n 3; break; fi; done; exit 0'
)

_LISTENER = re.compile(r"sshd: (.*) \[listener\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Hold one sshd: the arguments that choose its configuration. `running`: it listens at the moment."""

    arguments: tuple[str, ...] = ()
    running: bool = False

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
class Policy:
    """Hold what one sshd answered about one account from one class of addresses, its keywords in lower case."""

    values: Mapping[str, tuple[str, ...]]

    def on(self, keyword: str) -> bool:
        """Tell whether a switch is on."""
        return self.first(keyword) == "yes"

    def first(self, keyword: str) -> str:
        """Return the first value of a keyword, in lower case; empty where it was not said."""
        return next(iter(self.values.get(keyword, ())), "").lower()

    def words(self, keyword: str) -> tuple[str, ...]:
        """Return every word of a keyword."""
        return tuple(word for value in self.values.get(keyword, ()) for word in value.split())


def servers_of(host: Host, timeout: timedelta) -> tuple[tuple[Server, ...], tuple[str, ...]]:
    """Return the sshd of a machine, those that listen, else the one that is installed; and other programs of the kind.

    Raises a LookError.
    """
    said = host.run("sh", "-c", FIND, timeout=timeout, output_limit=LIMIT, shown="which sshd listen").stdout
    return parse_servers(said), parse_others(said)


# installed
# sshd: /usr/sbin/sshd -D -f /etc/ssh/admin_config [listener] 0 of 10-100 startups
def parse_servers(said: bytes) -> tuple[Server, ...]:
    """Return the sshd that were found."""
    lines = said.decode("utf-8", "replace").split("\n")
    titles = (_LISTENER.match(line) for line in lines)
    found = dict.fromkeys(Server(arguments=_choosing(title[1]), running=True) for title in titles if title)
    if found:
        return tuple(found)
    return (Server(),) if "installed" in lines else ()


# runs cockpit-ws
def parse_others(said: bytes) -> tuple[str, ...]:
    """Return the other programs by which one comes in from afar."""
    names = (line.removeprefix("runs ") for line in said.decode("utf-8", "replace").split("\n"))
    return tuple(sorted({OTHERS[name] for name in names if name in OTHERS}))


def _choosing(title: str) -> tuple[str, ...]:
    try:
        words = shlex.split(title)[1:]
    except ValueError:
        words = title.split()[1:]
    kept: list[str] = []
    for flag, value in zip(words, [*words[1:], ""], strict=False):
        if flag in ("-f", "-o", "-h"):
            kept += [flag, value]
        elif flag[:2] in ("-f", "-o", "-h") and len(flag) > 2:
            kept += [flag[:2], flag[2:]]
    return tuple(kept)


def conditions_of(host: Host, server: Server, timeout: timedelta) -> tuple[str, ...]:
    """Return the Match lines of a configuration, those of included files too. Raises a LookError."""
    output = host.run("sh", "-c", SCAN, "sh", server.file, timeout=timeout, accept=None, shown=f"scan {server.file}")
    if b"ermission denied" in output.stderr:
        raise Denied(f"the configuration of sshd on {host.id} may not be read", f"sudo grep -ri match {server.file}")
    if b"No such file" in output.stderr and not output.stdout:
        raise Unreadable(f"{server.file} on {host.id} is not there")
    lines = output.stdout.decode("utf-8", "replace").split("\n")
    return tuple(line.strip() for line in lines if line.strip().lower().startswith("match"))


def specification(account: str, origin: Origin) -> str:
    """Return what `-C` is given for one account from one class of addresses."""
    told = {"user": account, "host": origin.name or origin.address, "addr": origin.address}
    if origin.local_address:
        told["laddr"] = origin.local_address
    if origin.local_port:
        told["lport"] = str(origin.local_port)
    return ",".join(f"{name}={value}" for name, value in told.items())


def policies_of(host: Host, server: Server, specifications: Sequence[str], timeout: timedelta) -> Mapping[str, Policy]:
    """Return what one sshd answers to each specification. Raises Denied, with the command that settles it."""
    asked = "".join(f"{one}\n" for one in specifications[:MOST_QUESTIONS]).encode()
    program = ("sshd", *server.arguments)
    output = host.run(
        *("sh", "-c", ASK, "sh", *program),
        timeout=timeout,
        stdin=asked,
        output_limit=LIMIT,
        shown=shlex.join((*program, "-T", "-C", "…")),
    )
    command = shlex.join(("sudo", *program, "-T", "-C", specifications[0]))
    return parse_policies(output.stdout, host.id, command)


# == 0 user=root,host=192.0.2.1,addr=192.0.2.1
# usepam yes
# authenticationmethods publickey,password publickey,keyboard-interactive:pam
def parse_policies(said: bytes, where: str, command: str) -> Mapping[str, Policy]:
    """Return each answer by its specification. Raises Denied, Exited."""
    found: dict[str, Policy] = {}
    for status, spec, lines in _answers(said.decode("utf-8", "replace").split("\n")):
        if status != "0":
            text = "\n".join(lines)
            if "no hostkeys" in text or "ermission denied" in text:
                raise Denied(f"sshd on {where} tells its policy to root alone; this settles it: {command}", command)
            raise Exited(f"sshd on {where} tells no policy: {last_line(text.encode())}", command)
        values: dict[str, list[str]] = {}
        for line in lines:
            keyword, _space, value = line.partition(" ")
            values.setdefault(keyword.lower(), []).append(value)
        if "authenticationmethods" not in values or "pubkeyauthentication" not in values:
            raise Exited(f"sshd on {where} tells no policy: {one_line(' '.join(lines))}", command)
        found[spec] = Policy(values={keyword: tuple(each) for keyword, each in values.items()})
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
