"""The example of an Alertmanager configuration: receivers, grouping by cause, and which alerts silence others.

Source: Alertmanager «Configuration»; nothing here is newer than 0.25, which Debian 12 ships.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from agent.config.settings import AlertSettings, Mail
from agent.core.convention import CLAUSES
from agent.core.inventory import DeclaredHost, Inventory, LogSource
from agent.rules.alert import any_of

ON_CALL, TICKETS, WATCHER, NOBODY = "on-call", "tickets", "watcher", "nobody"

# Placeholder addresses, to be replaced at installation.
WATCHER_URL = "https://watcher.example/beffroi"
ON_CALL_URL = "https://on-call.example/beffroi"
TICKETS_URL = "https://tickets.example/beffroi"

# The external label of a Prometheus, by which an Alertmanager of several agents tells whose alert it is.
MONITOR = "monitor"

_AWAY = "BeffroiAgentGone|BeffroiAgentFrozen"
_NOT_THEIRS = f"BeffroiWatchdog|{_AWAY}|BeffroiCentre.+|BeffroiFleet.+"
_OF_LOOKS = "BeffroiTargetUnproven|BeffroiDayUnproven|BeffroiCollectorFailing|BeffroiHostSilent"

# Which targets a host that is silent, or that keeps the logs, leaves unproven.
_OF_HOSTS = any_of(sorted(clause.id for clause in CLAUSES.values() if DeclaredHost in clause.subjects))
_OF_LOGS = any_of(sorted(clause.id for clause in CLAUSES.values() if LogSource in clause.subjects))


def alertmanager(alert: AlertSettings, inhibited: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """Return the example, with some inhibitions; mail goes where `[alert]` says, if it does."""
    return {
        **({"global": _relay(alert.mail, alert)} if alert.mail is not None else {}),
        "route": _routes(),
        "inhibit_rules": [*inhibited],
        "receivers": [
            {"name": NOBODY},
            {"name": WATCHER, "webhook_configs": [{"url": WATCHER_URL, "send_resolved": False}]},
            _receiver(ON_CALL, alert.mail, ON_CALL_URL),
            _receiver(TICKETS, alert.mail, TICKETS_URL),
        ],
    }


def _relay(mail: Mail, alert: AlertSettings) -> dict[str, object]:
    relay = urlsplit(mail.smtp)
    port = relay.port or (465 if relay.scheme == "smtps" else 25)
    known: dict[str, object] = {
        "smtp_smarthost": f"{relay.hostname}:{port}",
        "smtp_from": mail.sender,
        # A password never goes over a plain connection; a relay that asks for none may have no TLS.
        "smtp_require_tls": mail.user is not None,
    }
    if mail.user is not None:
        known["smtp_auth_username"] = mail.user
    if alert.mail_password_file is not None:
        known["smtp_auth_password_file"] = str(alert.mail_password_file)
    return known


def _receiver(name: str, mail: Mail | None, url: str) -> dict[str, object]:
    if mail is None or not mail.to:
        return {"name": name, "webhook_configs": [{"url": url, "send_resolved": True}]}
    return {"name": name, "email_configs": [{"to": to, "send_resolved": True} for to in mail.to]}


def _routes() -> dict[str, object]:
    return {
        "receiver": TICKETS,
        "group_by": ["severity", "cause"],
        "group_wait": "2m",
        "group_interval": "5m",
        # Longer than Alertmanager remembers what it sent (120 h) would repeat at random.
        "repeat_interval": "96h",
        "routes": [
            {
                "receiver": WATCHER,
                "matchers": ['alertname="BeffroiWatchdog"'],
                "group_wait": "0s",
                "group_interval": "1m",
                "repeat_interval": "5m",
            },
            {"receiver": NOBODY, "matchers": ['alertname=~"Beffroi.+"', 'severity="none"']},
            {
                "receiver": ON_CALL,
                "matchers": ['severity="page"'],
                "group_wait": "10s",
                "repeat_interval": "4h",
                "routes": [_same_on_hosts()],
            },
            _same_on_hosts(),
        ],
    }


def _same_on_hosts() -> dict[str, object]:
    """Return the route that makes one notification of the same miss on several hosts."""
    return {"matchers": ['alertname=~"Beffroi.+Missed"', f'target=~"{_OF_HOSTS}"'], "group_by": ["severity", "target"]}


def fleet_inhibitions() -> Iterator[dict[str, object]]:
    """Yield which alerts of a fleet's centre silence others: what it does not see any more, it cannot tell."""
    away = "BeffroiCentreGone|BeffroiCentreBlind"
    yield _silences([f'alertname=~"{away}"'], ['alertname=~"BeffroiFleet.+"'])
    yield _silences(['alertname="BeffroiCentreGone"'], ['alertname="BeffroiCentreBlind"'])
    yield _silences(['alertname="BeffroiFleetAgentRefused"'], ['alertname="BeffroiFleetAgentSilent"'], ["subject"])
    # The agent then refuses to go on behind what is not its own row.
    yield _silences(['alertname="BeffroiFleetRewritten"'], ['alertname="BeffroiFleetAgentRefused"'], ["subject"])


def inhibitions(inventory: Inventory, of_hosts: frozenset[str]) -> Iterator[dict[str, object]]:
    """Yield which alerts of an agent silence others: none of another program, agent or centre."""
    theirs = ['alertname=~"Beffroi.+"', f'alertname!~"{_NOT_THEIRS}"']
    yield _silences([f'alertname=~"{_AWAY}"'], theirs, [MONITOR])
    yield _silences(['alertname="BeffroiAgentGone"'], ['alertname="BeffroiAgentFrozen"'], [MONITOR])
    yield _silences(['alertname="BeffroiLedgerStill"'], [f'alertname=~"{_OF_LOOKS}"'], [MONITOR])
    same_subject = [MONITOR, "target", "subject", "beneficiary"]
    yield _silences(['alertname="BeffroiTargetUnproven"'], ['alertname="BeffroiDayUnproven"'], same_subject)
    unproven = 'alertname=~"BeffroiTargetUnproven|BeffroiDayUnproven"'
    yield _silences(['alertname=~"Beffroi.+Missed"'], [unproven], same_subject)
    yield _silences(
        ['alertname="BeffroiQuarterLost"'], ['alertname="BeffroiQuarterAtRisk"'], [MONITOR, "target", "subject"]
    )
    if of_hosts:
        silent = ['alertname="BeffroiHostSilent"']
        yield _silences(silent, [unproven, f'target=~"{_OF_HOSTS}"'], [MONITOR, "cause"])
        looks = f'subject=~"{any_of(sorted(of_hosts))}"'
        yield _silences(silent, ['alertname="BeffroiCollectorFailing"', looks], [MONITOR, "cause"])
    for host in inventory.hosts:
        logs = sorted({source.log for source in inventory.log_sources if source.host == host.id})
        if logs and of_hosts:
            yield _silences(
                ['alertname="BeffroiHostSilent"', f'subject="{host.id}"'],
                [unproven, f'target=~"{_OF_LOGS}"', f'cause=~"{any_of(logs)}"'],
                [MONITOR],
            )


def _silences(source: list[str], target: list[str], equal: Sequence[str] = ()) -> dict[str, object]:
    same = {"equal": [*equal]} if equal else {}
    return {"source_matchers": source, "target_matchers": target, **same}
