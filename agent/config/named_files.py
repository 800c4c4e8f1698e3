"""The files that a configuration names: what a copy of the state directory alone does not hold.

Reads:  the agent's `.ssh/config`, for the keys that it names elsewhere.
Needs:  nothing; a file that cannot be read names nothing.
Blind:  what these files name themselves, such as the certificates of `web_config`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from agent.config.settings import Configuration

_NAMED = re.compile(r'\s*(?:IdentityFile|CertificateFile|UserKnownHostsFile|Include)[\s=]+"?([^"]+?)"?\s*', re.I)
_LARGEST = 1 << 16


def files_outside(configuration: Configuration, path: Path) -> tuple[Path, ...]:
    """Return the configuration file and the files it names outside the state directory, each once, in order of name."""
    directory = configuration.agent.state_directory
    found = {one.absolute() for one in (path, *_named(configuration), *_of_ssh(directory))}
    return tuple(sorted(one for one in found if not one.is_relative_to(directory)))


def _named(configuration: Configuration) -> Iterator[Path]:
    alert, inventory = configuration.alert, configuration.inventory
    for host in inventory.hosts:
        for name in (host.key_file, host.key_password_file, host.known_hosts):
            if name is not None:
                yield Path(name)
    files = (alert.mail_password_file, alert.webhook_file, alert.heartbeat_file, configuration.agent.web_config)
    pair = (configuration.report.certificate_file, configuration.report.key_file)
    yield from (one for one in (*files, *pair) if one is not None)
    yield from (witness.key_file for witness in configuration.evidence.witnesses)
    fleet = configuration.fleet
    if fleet is not None:
        files = (fleet.password_file, fleet.certificate_file, fleet.key_file, fleet.root_certificate)
        yield from (one for one in files if one is not None)
    if configuration.evidence.timestamp is not None:
        yield configuration.evidence.timestamp.ca_file
    for copy in inventory.copies:
        yield from (one for one in (copy.password_file, copy.environment_file) if one is not None)


def _of_ssh(directory: Path) -> Iterator[Path]:
    """Yield what the agent's own ssh configuration names by an absolute path; `~` and `%d` are the state directory."""
    try:
        with (directory / ".ssh/config").open(errors="replace") as file:
            lines = file.read(_LARGEST).splitlines()
    except OSError:
        return
    for line in lines:
        match = _NAMED.fullmatch(line)
        if match is not None and match[1].startswith("/"):
            yield Path(match[1])
