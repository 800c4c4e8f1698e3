"""How long logrotate lets a log become: so many turns of such a period, or an age (logrotate.conf(5))."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.core.host import Host

FILES = ("/etc/logrotate.conf", "/etc/logrotate.d")
ANSWER = 4 * 1024 * 1024
# What logrotate leaves out by itself (logrotate(8), tabooext): what an upgrade or an editor laid beside.
_TABOO = "*.dpkg-*|*.ucf-*|*.rpm*|*.bak|*.old|*.orig|*.new|*.disabled|*.cfsaved|*.swp|*,v|*'~'"
# Each file apart: one without a last newline must not run into the next.
_SHOW = (
    f'for i in "$1" "$2"/*; do case "$i" in {_TABOO}) continue;; esac; '
    '[ -f "$i" ] && cat -- "$i" && echo; done 2>/dev/null; exit 0'
)
PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationRule:
    """What one block says of the logs whose patterns it names."""

    patterns: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def age(self) -> timedelta | None:
        """Return how old a line becomes at the least before it goes; None: nothing tells."""
        ages = []
        if (days := _number(self.settings.get("maxage"))) is not None and days > 0:
            ages.append(timedelta(days=days))
        turns, period = _number(self.settings.get("rotate")), PERIODS.get(self.settings.get("period", ""))
        # By size alone, no turn has a time of its own; below zero, nothing goes.
        if period is not None and turns is not None and turns >= 0 and not {"size", "maxsize"} & self.settings.keys():
            ages.append(turns * period)
        return min(ages, default=None)


def erased_after(host: Host, paths: Iterable[str], timeout: timedelta) -> timedelta | None:
    """Return how old the lines of the shortest-lived file become; None: logrotate says nothing. Raises a LookError."""
    output = host.run(
        "sh", "-c", _SHOW, "sh", *FILES, timeout=timeout, output_limit=ANSWER, shown="logrotate's configuration"
    )
    return shortest(tuple(parse(output.stdout)), paths)


def shortest(rules: Iterable[RotationRule], paths: Iterable[str]) -> timedelta | None:
    """Return the shortest age that some rules give to any of these files; None: none of them does."""
    known = tuple(paths)
    told = (rule.age for rule in rules if any(_names(pattern, known) for pattern in rule.patterns))
    return min((age for age in told if age is not None), default=None)


def _names(pattern: str, paths: Iterable[str]) -> bool:
    signs = {"*": "[^/]*", "?": "[^/]"}
    regular = re.compile("".join(signs.get(letter) or re.escape(letter) for letter in pattern), re.DOTALL)
    plain = re.split("[*?]", pattern)[0]
    return any(path.startswith(plain) and regular.fullmatch(path) for path in paths)


# weekly
# rotate 4
# /var/log/central/*/messages
# {
#     rotate 52
#     postrotate
#         /usr/lib/rsyslog/rsyslog-rotate
#     endscript
# }
def parse(said: bytes) -> Iterator[RotationRule]:
    """Yield each block, with what was set before it for all; what cannot be understood is left out."""
    shared: dict[str, str] = {}
    patterns: list[str] = []
    inside: dict[str, str] | None = None
    script = False
    for line in re.sub(r"([{}])", r"\n\1\n", said.decode(errors="replace")).splitlines():
        words = line.split("#")[0].split()
        if script or not words:
            script = script and words[:1] != ["endscript"]
        elif words[0] in ("postrotate", "prerotate", "firstaction", "lastaction", "preremove"):
            script = True
        elif words[0] == "{":
            inside = dict(shared)
        elif words[0] == "}":
            yield RotationRule(patterns=tuple(patterns), settings=inside or {})
            inside, patterns = None, []
        elif inside is None and words[0][0] in "/\"'":
            patterns += [word.strip("\"'") for word in words]
        else:
            _set(shared if inside is None else inside, words)


def _set(settings: dict[str, str], words: list[str]) -> None:
    if words[0] in PERIODS:
        settings["period"] = words[0]
    else:
        settings[words[0]] = words[1] if len(words) > 1 else ""


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,5}", text) else None
