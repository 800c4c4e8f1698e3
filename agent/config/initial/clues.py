"""What a shell line, an environment file or a unit tells of a restic repository, without ever keeping a secret.

Only the values of the names in `_KEPT` are looked at; of every other variable no more than its name is remembered.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

_KEPT = {
    "RESTIC_REPOSITORY": "repository",
    "RESTIC_REPOSITORY_FILE": "repository_file",
    "RESTIC_PASSWORD_FILE": "password_file",
}
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]{0,63})=(.*)")
# What a shell or systemd would put something else in the place of.
_UNSETTLED = re.compile(r"[$`%]|\{\{|^~")
_ENDS_COMMAND = re.compile(r"&&|\|\|?|;|[0-9]?[<>].*")
_TOOLS = ("restic", "resticprofile", "autorestic", "rsync")
# restic's options that take the next word as their value (restic 0.18, `restic help backup`).
_WITH_VALUE = frozenset(
    {
        "-r",
        "--repo",
        "--repository-file",
        "-p",
        "--password-file",
        "--password-command",
        "--cacert",
        "--cache-dir",
        "--compression",
        "--key-hint",
        "--limit-download",
        "--limit-upload",
        "-o",
        "--option",
        "--pack-size",
        "--retry-lock",
        "--tls-client-cert",
        "--http-user-agent",
        "--stuck-request-timeout",
        "-e",
        "--exclude",
        "--exclude-file",
        "--exclude-if-present",
        "--exclude-larger-than",
        "--iexclude",
        "--iexclude-file",
        "--files-from",
        "--files-from-raw",
        "--files-from-verbatim",
        "-g",
        "--group-by",
        "-H",
        "--host",
        "--parent",
        "--read-concurrency",
        "--stdin-filename",
        "--tag",
        "--time",
    }
)
# A folder of this machine, or of another one that is reached by its name.
_IS_PLACE = re.compile(r"/|[^/:]+:(?!//)")
# rsync's options that take the next word as their value (rsync 3.4, rsync(1)).
_RSYNC_WITH_VALUE = frozenset(
    [
        "-e",
        "--rsh",
        "--exclude",
        "--include",
        "--exclude-from",
        "--include-from",
        "--files-from",
        "--password-file",
        "--link-dest",
        "--copy-dest",
        "--compare-dest",
        "--log-file",
        "--bwlimit",
        "--rsync-path",
        "--port",
        "--timeout",
        "-f",
        "--filter",
        "--backup-dir",
        "--suffix",
        "--chown",
        "--chmod",
        "--max-size",
        "--min-size",
        "-B",
        "--block-size",
        "-T",
        "--temp-dir",
        "--partial-dir",
        "-M",
        "--remote-option",
        "--usermap",
        "--groupmap",
    ]
)
_OPTIONS = {
    "-r": "repository",
    "--repo": "repository",
    "--repository-file": "repository_file",
    "-p": "password_file",
    "--password-file": "password_file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What was told so far; `names` are those of variables that were set, whatever their values."""

    repository: str | None = None
    repository_file: str | None = None
    password_file: str | None = None
    paths: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()

    def over(self, other: "Clues") -> "Clues":
        """Return these clues, completed by others."""
        return Clues(
            repository=self.repository or other.repository,
            repository_file=self.repository_file or other.repository_file,
            password_file=self.password_file or other.password_file,
            paths=self.paths or other.paths,
            names=self.names | other.names,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResticCall:
    """A call of restic, or of a program that calls it (whose configuration file is then named, where it is)."""

    tool: str
    clues: Clues = Clues()
    configuration: str | None = None


def assigned(lines: Sequence[str]) -> Clues:
    """Return what a list of `NAME=value` lines tells, the last one of a name counting, as in a shell."""
    clues = Clues()
    for line in lines:
        matched = _ASSIGNMENT.fullmatch(line)
        if matched is None:
            continue
        name = matched[1]
        clues = replace(clues, names=clues.names | {name})
        words = _words(matched[2]) if name in _KEPT else ()
        if words and settled(words[0]):
            clues = _with(clues, _KEPT[name], words[0])
    return clues


def settled(value: str) -> bool:
    """Return whether a value can be taken as it stands: nothing to be expanded, nothing unprintable."""
    return bool(value) and value.isprintable() and _UNSETTLED.search(value) is None


def commands(line: str) -> Iterator[ResticCall]:
    """Yield the calls of restic, resticprofile, autorestic or rsync in a shell line."""
    words = _words(line)
    for place, word in enumerate(words):
        tool = PurePosixPath(word).name
        if tool not in _TOOLS:
            continue
        rest = _until_end(words[place + 1 :])
        if tool == "rsync":
            yield from _mirrored(rest)
        elif tool == "restic":
            yield ResticCall(tool=tool, clues=_called(rest).over(assigned(words[:place])))
        else:
            yield ResticCall(tool=tool, configuration=_value(rest, ("-c", "--config")))


def programs(line: str) -> Iterator[str]:
    """Yield the absolute paths among a line's words: one of them may be the script that does the work."""
    yield from (word for word in _words(line) if word.startswith("/") and settled(word))


def _words(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line[:8192], comments=True))
    except ValueError:
        return ()


def _until_end(words: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for word in words:
        if _ENDS_COMMAND.fullmatch(word):
            break
        kept.append(word.removesuffix(";"))
        if word.endswith(";"):
            break
    return kept


def _value(words: Sequence[str], options: tuple[str, ...]) -> str | None:
    for place, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option in options:
            value = value if equals else next(iter(words[place + 1 :]), "")
            return value if settled(value) else None
    return None


def _called(words: Sequence[str]) -> Clues:
    clues, paths, backs_up, skip = Clues(), [], False, False
    for word in words:
        if skip:
            skip = False
            continue
        option, equals, _ = word.partition("=")
        skip = option in _WITH_VALUE and not equals
        if word == "backup":
            backs_up = True
        elif backs_up and word.startswith("/"):
            paths.append(word)
    if backs_up and all(settled(path) for path in paths):
        clues = replace(clues, paths=tuple(path.rstrip("/") or "/" for path in paths))
    for option, field in _OPTIONS.items():
        value = _value(words, (option,))
        clues = clues if value is None else _with(clues, field, value)
    return clues


def _mirrored(words: Sequence[str]) -> Iterator[ResticCall]:
    """Yield what a call of rsync copies from here: absolute paths, the last word being where they go."""
    named, skip = list[str](), False
    for word in words:
        if skip or word.startswith("-"):
            skip = not skip and word in _RSYNC_WITH_VALUE
            continue
        named.append(word)
    *sources, destination = named or [""]
    plain = all(settled(path) and path.startswith("/") for path in sources)
    if sources and plain and settled(destination) and "::" not in destination and _IS_PLACE.match(destination):
        yield ResticCall(tool="rsync", clues=Clues(repository=destination, paths=tuple(sources)))


def _with(clues: Clues, field: str, value: str) -> Clues:
    match field:
        case "repository":
            return replace(clues, repository=value)
        case "repository_file":
            return replace(clues, repository_file=value)
    return replace(clues, password_file=value)
