"""A fleet on one machine, by the words of docs/fleet.md: PostgreSQL of Debian's, an agent, and the centre's unit."""

import json
import pathlib
import urllib.request

from tests.system.inside import BEFFROI, CONFIGURATION, Step, as_user, comes, ran, sure

CENTRE = pathlib.Path("/etc/beffroi/centre.toml")
PORT = 9590
DATABASE = "postgresql://localhost:5432/fleet"
SOCKET = "postgresql:///fleet?host=/var/run/postgresql"
CENTRE_TEXT = """\
[agent]
state_directory = "/var/lib/beffroi-centre"
listen = "127.0.0.1:{port}"
[[beneficiary]]
id = "scota"
name = "SCOTA"
[fleet]
role = "centre"
database = "{database}"
user = "beffroi_centre"
password_file = "centre.password"
[[fleet.agent]]
id = "fresh-1"
fingerprint = "{fingerprint}"
"""
AGENT_TEXT = """

[fleet]
agent = "fresh-1"
database = "{database}"
user = "beffroi_fresh_1"
password_file = "agent.password"
"""
FINGERPRINT = (
    "openssl pkey -pubin -in /var/lib/beffroi/signing-key.pub.pem -outform DER | openssl dgst -sha256 -binary "
    "| base64 | tr -d = | sed 's/^/SHA256:/'"
)


def at_centre(path: str) -> str:
    """Return what the centre serves, nothing while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=10) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def of_centre(name: str) -> str:
    """Return a property of the centre's service."""
    return sure("systemctl", "show", "beffroi-centre.service", "--value", f"--property={name}").strip()


def secret(name: str, word: str) -> str:
    """Lay a password for the service's user alone; return its file."""
    file = CENTRE.with_name(name)
    file.touch(mode=0o640)
    file.write_text(f"{word}\n")
    sure("chgrp", "beffroi", str(file))
    file.chmod(0o640)
    return str(file)


def database_is_made() -> None:
    """Install PostgreSQL, and let root be its administrator."""
    install = ("apt-get", "-qq", "-y", "--no-install-recommends", "install", "postgresql", "openssl")
    sure("env", "DEBIAN_FRONTEND=noninteractive", *install)
    sure("systemctl", "start", "postgresql")
    assert as_user("postgres", "createuser", "--superuser", "root").returncode == 0
    assert as_user("postgres", "createdb", "fleet").returncode == 0


def a_centre_is_installed_and_serves_what_its_agent_sends() -> None:
    database_is_made()
    fingerprint = sure("sh", "-c", FINGERPRINT).strip()
    secret("centre.password", "du centre")
    CENTRE.write_text(CENTRE_TEXT.format(port=PORT, database=DATABASE, fingerprint=fingerprint))
    sure("chgrp", "beffroi", str(CENTRE))
    CENTRE.chmod(0o640)
    done = ran("./beffroi", "install")
    assert done.returncode == 0, done.stderr
    assert "what reaches its database is in the release" in done.stderr, done.stderr
    sure(BEFFROI, "config", "check", str(CENTRE))
    sure(BEFFROI, "fleet", "schema", "--connect", SOCKET, "--config", str(CENTRE))
    enrol = (BEFFROI, "fleet", "enrol", "fresh-1", "--fingerprint", fingerprint, "--connect", SOCKET)
    sure(*enrol, "--password-file", secret("agent.password", "de l'agent"))
    sure("systemctl", "enable", "--now", "beffroi-centre")
    assert of_centre("ActiveState") == "active"
    assert pathlib.Path("/proc", of_centre("MainPID")).owner() == "beffroi"
    assert comes(lambda: 'state="never"} 1' in at_centre("/metrics")), at_centre("/metrics")[-2000:]
    CONFIGURATION.write_text(CONFIGURATION.read_text() + AGENT_TEXT.format(database=DATABASE))
    sure("systemctl", "restart", "beffroi")
    said = sure("journalctl", "-u", "beffroi", "-n", "20", "--no-pager")
    assert comes(lambda: "fresh-1/files" in at_centre("/api/verdicts"), 180), said
    found = json.loads(at_centre("/api/verdicts"))["verdicts"]
    assert {one["agent"] for one in found} == {"fresh-1"}, found
    assert "fresh-1" in at_centre("/")
    (agent,) = json.loads(sure(BEFFROI, "fleet", "status", "--json", "--config", str(CENTRE)))["agents"]
    assert (agent["agent"], agent["state"]) == ("fresh-1", "current"), agent
    said = ran("systemd-analyze", "security", "--threshold=20", "beffroi-centre.service").stdout
    assert "UNSAFE" not in said, said[-300:]


def a_centre_takes_a_changed_configuration_and_starts_again_when_it_is_killed() -> None:
    good = CENTRE.read_text()
    CENTRE.write_text(f'{good}hosts = ["nowhere"]\n')
    sure("systemctl", "reload", "beffroi-centre")
    assert comes(lambda: '"no-agent"' in at_centre("/api/verdicts")), at_centre("/api/verdicts")
    CENTRE.write_text(f"{good}hosts = 7\n")
    assert ran("systemctl", "reload", "beffroi-centre").returncode != 0
    assert "beffroi_configuration_refused 1" in at_centre("/metrics")
    CENTRE.write_text(good)
    sure("systemctl", "reload", "beffroi-centre")
    before = of_centre("MainPID")
    sure("systemctl", "kill", "--signal=SIGKILL", "beffroi-centre")
    assert comes(lambda: of_centre("MainPID") not in (before, "0") and "fresh-1/files" in at_centre("/api/verdicts"))


def the_agent_goes_on_alone_when_the_fleet_is_gone() -> None:
    sure("systemctl", "disable", "--now", "beffroi-centre", "postgresql")
    CENTRE.unlink()
    text = CONFIGURATION.read_text().replace(AGENT_TEXT.format(database=DATABASE), "")
    said = "journalctl", "-u", "beffroi", "-n", "50", "--no-pager"
    assert comes(lambda: "not sent to the fleet" in sure(*said), 120), sure(*said)
    assert sure("systemctl", "is-active", "beffroi").strip() == "active"
    CONFIGURATION.write_text(text)
    sure("systemctl", "restart", "beffroi")


STEPS: tuple[Step, ...] = (
    a_centre_is_installed_and_serves_what_its_agent_sends,
    a_centre_takes_a_changed_configuration_and_starts_again_when_it_is_killed,
    the_agent_goes_on_alone_when_the_fleet_is_gone,
)
