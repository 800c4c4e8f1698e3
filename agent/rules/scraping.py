"""The Prometheus configuration that scrapes the agent, with the rules and Alertmanager at hand, and the same by file.

Sources: Prometheus «Configuration», `scrape_config` and `file_sd_config`.
"""

import ssl
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from agent.config.settings import Agent
from agent.config.web_config import WebConfig
from agent.core.inventory import Inventory
from agent.rules.alertmanager import MONITOR

ANY_HOST = ("", "0.0.0.0", "::", "[::]")
ADVICE = (
    "# Leave this file beside the rules, and name it with --config.file: copied elsewhere, Prometheus starts without a",
    "# rule and says nothing.",
    "# Fifteen months of history: start Prometheus with --storage.tsdb.retention.time=460d (1 GB for 1,200 series",
    "# a minute). What counts for the convention is the ledger; this is for looking back.",
)
# What the administrator lays there; the files stay out of what this program writes.
CA_FILE, PASSWORD_FILE = "/etc/prometheus/beffroi-ca.pem", "/etc/prometheus/beffroi.password"
CERTIFICATE_FILE, KEY_FILE = "/etc/prometheus/beffroi-client.pem", "/etc/prometheus/beffroi-client.key"
TO_FILL_IN = (
    "# The agent is protected: put the authority of its certificate and the password of that name into the files that",
    "# are named below, readable by Prometheus alone. Where the certificate names another host, set server_name.",
)


def address(agent: Agent) -> str | None:
    """Return where this machine's Prometheus finds the agent; None where it serves nothing, or at a Unix socket."""
    if not agent.listen or agent.listen.startswith("unix:"):
        return None
    host, _, port = agent.listen.rpartition(":")
    return f"{'localhost' if host in ANY_HOST else host}:{port}"


def targets(agent: Agent) -> list[dict[str, object]]:
    """Return the agent's address, as in a file of targets; none where it serves nothing."""
    found = address(agent)
    return [] if found is None else [{"targets": [found]}]


def credentials(agent: Agent, protection: WebConfig, readers: Sequence[str]) -> dict[str, object]:
    """Return what Prometheus must show and check to read a protected agent, as placeholders: names of files.

    `readers` are the names that see everything; none: every name does.
    """
    found: dict[str, object] = {}
    if protection.tls is not None:
        checked = {"ca_file": CA_FILE}
        if agent.address is not None and (name := urlsplit(agent.address).hostname):
            checked["server_name"] = name
        if protection.tls.verify_mode is ssl.CERT_REQUIRED:
            checked |= {"cert_file": CERTIFICATE_FILE, "key_file": KEY_FILE}
        found |= {"scheme": "https", "tls_config": checked}
    if protection.users:
        name = next((one for one in readers if one in protection.users), min(protection.users))
        found["basic_auth"] = {"username": name, "password_file": PASSWORD_FILE}
    return found


def readers_of_all(agent: Agent, inventory: Inventory) -> tuple[str, ...]:
    """Return the names that see every beneficiary and so `/metrics`, in order; none where no reader is declared."""
    limited = {name for one in inventory.beneficiaries for name in one.readers}
    return tuple(name for name in agent.readers if name not in limited)


def scraping(
    agent: Agent, rules: str, asked: Mapping[str, object], file: str | None = None, name: str = ""
) -> dict[str, object]:
    """Return a whole configuration; the agent's address stands in it, or in a file of targets.

    `asked` is what `credentials` returns; `name` the agent's in its fleet, which an Alertmanager tells it by.
    """
    labelled: dict[str, object] = {"external_labels": {MONITOR: name}} if name else {}
    where: dict[str, object] = (
        {"static_configs": targets(agent)} if file is None else {"file_sd_configs": [{"files": [file]}]}
    )
    return {
        "global": {"scrape_interval": "60s", "evaluation_interval": "60s", **labelled},
        "rule_files": [rules],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["localhost:9093"]}]}]},
        "scrape_configs": [{"job_name": "beffroi", **asked, **where}],
    }
