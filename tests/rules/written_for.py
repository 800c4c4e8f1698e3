"""A configuration with something of everything, and the rules that are written from it."""

from pathlib import Path

from agent.cli.rules import looks
from agent.config.load import load
from agent.config.settings import Configuration
from agent.config.web_config import WebConfig
from agent.core.duties.expected import expected
from agent.rules.alert import Alert
from agent.rules.written import alerts, files, tests_of
from agent.wording.languages import Language
from tests.rules.cases import LONG, cases

PROOFS, LONG_PROOFS = "every.tests.yml", "every.long-tests.yml"

TEXT = """\
[[beneficiary]]
id = "scota"
name = "SCOTA"

[[beneficiary]]
id = "eaux"
name = "Syndicat des eaux"

[[host]]
id = "srv-1"
transport = "local"
site = "arras"
coverage = true

[[host]]
id = "srv.2"
transport = "ssh"
address = "srv-2.example"
site = "arras"
collect = ["patches", "clock"]

[[backup]]
id = "files"
beneficiary = "scota"
host = "srv-1"
paths = ["/srv"]

[[backup.copy]]
id = "offsite"
repository = "/nonexistent"
password_file = "/nonexistent.password"
site = "cambrai"
country = "FR"

[[log]]
id = "central"
host = "srv-1"
kind = "files"
path = "/var/log/central/{source}/**"
sources = ["srv-1", "fw-1"]

[[perimeter]]
id = "internet"
exposed = true
beneficiary = "scota"

[[flow]]
id = "guests-to-admin"
from = "srv-1"
to = "192.0.2.9:22"
protocol = "tcp"
expect = "blocked"

[[web_filter]]
id = "malware"
from = "srv-1"
url = "http://blocked.example/"
control_url = "http://allowed.example/"
refused_as = ["reset"]
"""
MAIL = """
[alert]
mail = { to = ["astreinte@example.fr", "b@example.fr"], smtp = "smtp://relay", from = "beffroi@example.fr", user = "b" }
mail_password_file = "/etc/beffroi/mail.password"
"""


def configured(folder: Path, more: str = "") -> Configuration:
    """Return the configuration, with something more at its end."""
    path = folder / "beffroi.toml"
    path.write_text(TEXT + more)
    return load(path, strict=False)


def written(
    configuration: Configuration, language: Language = "fr", protection: WebConfig | None = None
) -> dict[str, str]:
    """Return the files that are written from it."""
    rhythms, of_hosts = looks(configuration)
    return files(
        configuration,
        language=language,
        runbooks=None,
        rhythms=rhythms,
        of_hosts=of_hosts,
        protection=protection,
    )


def proofs(configuration: Configuration) -> dict[str, str]:
    """Return the tests of every case, by names of files: those of minutes, and those whose samples are far apart."""
    rhythms, of_hosts = looks(configuration)
    wanted = expected(configuration.inventory, configuration.convention.starts)
    every = tuple(cases(wanted, configuration.targets, rhythms, of_hosts))
    return {
        name: tests_of((case for case in every if case.interval == interval), interval)
        for name, interval in ((PROOFS, 1), (LONG_PROOFS, LONG))
    }


def every_alert(configuration: Configuration) -> tuple[Alert, ...]:
    """Return the alerts that are written from it."""
    rhythms, of_hosts = looks(configuration)
    wanted = expected(configuration.inventory, configuration.convention.starts)
    return tuple(alerts(wanted, configuration, rhythms, of_hosts))
