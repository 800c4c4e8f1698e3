"""OpenSSH's client configuration, as far as it is honoured (ssh_config(5)).

Honoured: `Host HostName Port User IdentityFile ProxyJump UserKnownHostsFile GlobalKnownHostsFile Include`, `Ciphers
MACs KexAlgorithms HostKeyAlgorithms RequiredRSASize`, and `Match` by `all host originalhost user localuser`; by
`final`, which holds after everything else, where such an algorithm is set. What changes neither the route nor the
trust is passed over. Everything else that holds for the host is an error that names file and line: to pass over a
detour would be to look at another machine.
"""

import glob
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.core.errors import Denied, Missing, Unreadable
from agent.core.files import read_file, shown
from agent.core.lines import one_line
from agent.hosts.ssh.directives import ALGORITHMS, HARMLESS, HONOURED, REFUSED
from agent.hosts.ssh.patterns import matches_any

FILE_LIMIT = 1024 * 1024
DEEPEST_INCLUDE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One directive: `file:line`, its name in lower case, its arguments without quotes."""

    where: str
    keyword: str
    arguments: tuple[str, ...]

    @property
    def value(self) -> str:
        """Return the only argument; raise Unreadable where there are more or none."""
        if len(self.arguments) != 1 or not self.arguments[0]:
            raise self.mistake("wants one value")
        return self.arguments[0]

    def mistake(self, what: str) -> Unreadable:
        """Return the error that says what is wrong with this line."""
        return Unreadable(f"{self.where}: {one_line(self.keyword)} {what}", "see ssh_config(5)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configuration file; includes that are relative lie in `folder`; an `own` one must be safe from others."""

    path: Path
    folder: Path
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The directives that hold for one host; the first of each, and all of `identity_files`.

    `algorithms` are the lines that narrow a connection's algorithms, by their names in lower case.
    """

    host_name: Line | None = None
    port: Line | None = None
    user: Line | None = None
    proxy_jump: Line | None = None
    user_known_hosts: Line | None = None
    global_known_hosts: Line | None = None
    identity_files: tuple[Line, ...] = ()
    algorithms: Mapping[str, Line] = field(default_factory=dict)


def read_settings(sources: Sequence[Source], *, host: str, user: str | None, local_user: str) -> Settings:
    """Return what the configuration files say for a host, as it was named, and for the user if one was named.

    A file that is not there says nothing. Raises Unreadable and Denied, naming file and line.
    """
    reading = _Reading(host=host, user=user, local_user=local_user)
    for source in sources:
        reading.take(source, source.path, applies=True, depth=0)
    return reading.settings()


def parse(content: bytes, file: str) -> tuple[Line, ...]:
    """Return a configuration's directives. Raises Unreadable where a quote is left open or a name stands alone."""
    return tuple(_parse(content.decode(errors="surrogateescape"), file))


def _parse(text: str, file: str) -> Iterator[Line]:
    for number, raw in enumerate(text.split("\n"), start=1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        end = next((at for at, one in enumerate(stripped) if one.isspace() or one == "="), len(stripped))
        rest = stripped[end:].lstrip().removeprefix("=")
        arguments = _words(rest)
        where = f"{file}:{number}"
        if not arguments:
            raise Unreadable(f"{where}: {one_line(stripped)} has no value, or a quote that is left open")
        yield Line(where=where, keyword=stripped[:end].lower(), arguments=arguments)


def _words(text: str) -> tuple[str, ...]:
    """Return words split as OpenSSH's argv_split does; none where a quote is left open."""
    words: list[str] = []
    word: list[str] = []
    begun, quote = False, ""
    letters = iter(enumerate(text))
    for at, letter in letters:
        if letter == "\\" and text[at + 1 : at + 2] in ("'", '"', "\\", " "):
            word.append(next(letters)[1])
            begun = True
        elif quote or letter in "'\"":
            begun = True
            if letter == quote or not quote:
                quote = "" if quote else letter
            else:
                word.append(letter)
        elif letter == "#" and not begun:
            break
        elif not letter.isspace():
            word.append(letter)
            begun = True
        elif begun:
            words.append("".join(word))
            word, begun = [], False
    if begun:
        words.append("".join(word))
    return () if quote else tuple(words)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Gather, file by file, what holds for one host; a block's condition is True, False, or a Match no one can tell."""

    host: str
    user: str | None
    local_user: str
    first: dict[str, Line] = field(default_factory=dict)
    identity_files: list[Line] = field(default_factory=list)
    unknown: list[Line] = field(default_factory=list)
    final: list[Line] = field(default_factory=list)
    last: dict[str, Line] = field(default_factory=dict)

    def take(self, source: Source, path: Path, *, applies: bool | Line, depth: int) -> None:
        """Read one file; what it includes is read in the include's place and under its condition."""
        outer = applies
        for line in _lines_of(source, path):
            if line.keyword == "host":
                applies = outer if matches_any(line.arguments, self.host) else False
            elif line.keyword == "match":
                applies = self._match(line, outer)
            elif applies is False:
                continue
            elif line.keyword == "include":
                if depth == DEEPEST_INCLUDE:
                    raise line.mistake("goes too deep")
                for included in _included(source, line):
                    self.take(source, included, applies=applies, depth=depth + 1)
            else:
                self._keep(line, applies)

    def _match(self, line: Line, outer: bool | Line) -> bool | Line:
        if outer is False:
            return False
        words = iter(line.arguments)
        answer: bool | Line = outer
        untold = []
        for word in words:
            name, _, value = word.removeprefix("!").partition("=")
            if name.lower() not in ("all", "canonical", "final"):
                value = value or next(words, "")
            told = self._criterion(name.lower(), value)
            if told is None:
                answer = line
                untold.append(word.lower())
            elif told is word.startswith("!"):
                return False
        if untold == ["final"] and outer is True:
            self.final.append(line)
        return answer

    def _criterion(self, name: str, value: str) -> bool | None:
        """Return whether a condition holds; None for one that is unknown here."""
        said_name, said_user = self.first.get("hostname"), self.first.get("user")
        host = said_name.value.replace("%h", self.host) if said_name else self.host
        user = self.user or (said_user.value if said_user else self.local_user)
        texts = {"host": host, "originalhost": self.host, "user": user, "localuser": self.local_user}
        if name == "all":
            return True
        if name == "canonical":  # would need CanonicalizeHostname, which is refused
            return False
        return matches_any(value.split(","), texts[name]) if name in texts else None

    def _keep(self, line: Line, applies: bool | Line) -> None:
        # The first of these two keeps the other one out (ssh_config(5), ProxyJump).
        slot = "proxy" if line.keyword in ("proxyjump", "proxycommand") else line.keyword
        if line.keyword in HARMLESS:
            if line.keyword == "ignoreunknown":
                self.first.setdefault(slot, line)
            return
        if slot in self.first and slot != "identityfile":
            return
        if isinstance(applies, Line) and line.keyword in ALGORITHMS and applies in self.final:
            self.last.setdefault(slot, line)
            return
        if isinstance(applies, Line):
            raise applies.mistake(
                f"may set {one_line(line.keyword)} for {one_line(self.host)}, and is not evaluated here"
            )
        if line.keyword == "identityfile":
            self.identity_files.append(line)
        elif line.keyword in HONOURED | ALGORITHMS or line.keyword in REFUSED:
            self.first[slot] = line
        else:
            self.unknown.append(line)

    def settings(self) -> Settings:
        """Return what was gathered, unless something in it cannot be honoured."""
        for line in self.first.values():
            if line.keyword in REFUSED and line.arguments[0].lower() not in REFUSED[line.keyword]:
                raise line.mistake(f"is not honoured here, and would change how {one_line(self.host)} is reached")
        ignored = self.first.get("ignoreunknown")
        for line in self.unknown:
            if ignored is None or not matches_any(ignored.arguments[0].lower().split(","), line.keyword):
                raise line.mistake("is not known here")
        proxy = self.first.get("proxy")
        return Settings(
            host_name=self.first.get("hostname"),
            port=self.first.get("port"),
            user=self.first.get("user"),
            proxy_jump=proxy if proxy is not None and proxy.keyword == "proxyjump" else None,
            user_known_hosts=self.first.get("userknownhostsfile"),
            global_known_hosts=self.first.get("globalknownhostsfile"),
            identity_files=tuple(self.identity_files),
            algorithms={name: line for name, line in {**self.last, **self.first}.items() if name in ALGORITHMS},
        )


def _lines_of(source: Source, path: Path) -> tuple[Line, ...]:
    try:
        content = read_file(path, limit=FILE_LIMIT)
    except Missing:
        return ()
    if source.own:
        status = os.stat(path)
        # ssh itself refuses such a file: "Bad owner or permissions".
        if status.st_uid not in (0, os.geteuid()) or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise Denied(f"{shown(path)} may be written by others", "chmod go-w, and let its user own it")
    return parse(content, shown(path))


def _included(source: Source, line: Line) -> Iterator[Path]:
    for argument in line.arguments:
        # An own file's folder is `~/.ssh`.
        pattern = source.folder.parent / argument[2:] if argument.startswith("~/") else source.folder / argument
        yield from (Path(found) for found in sorted(glob.glob(str(pattern).replace("\0", "?"))))
