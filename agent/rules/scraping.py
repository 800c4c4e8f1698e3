"""The Prometheus configuration that scrapes the agent, with the rules and Alertmanager at hand, and the same by file.

Sources: Prometheus «Configuration», `scrape_config` and `file_sd_config`.
"""

from agent.config.settings import Agent

ANY_HOST = ("", "0.0.0.0", "::", "[::]")
ADVICE = (
    "# Fifteen months of history: start Prometheus with --storage.tsdb.retention.time=460d (1 GB for 1,200 series",
    "# a minute). What counts for the convention is the ledger; this is for looking back.",
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


def scraping(agent: Agent, rules: str, file: str | None = None) -> dict[str, object]:
    """Return a whole configuration; the agent's address stands in it, or in a file of targets."""
    where: dict[str, object] = (
        {"static_configs": targets(agent)} if file is None else {"file_sd_configs": [{"files": [file]}]}
    )
    # With a web configuration the agent may ask for TLS and a password: what it asks for is to be completed here.
    scheme = {"scheme": "https"} if agent.web_config is not None else {}
    return {
        "global": {"scrape_interval": "60s", "evaluation_interval": "60s"},
        "rule_files": [rules],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["localhost:9093"]}]}]},
        "scrape_configs": [{"job_name": "beffroi", **scheme, **where}],
    }
