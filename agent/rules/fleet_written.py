"""What `beffroi rules` writes at a fleet's centre: its alerts, their tests, the scrape and the Alertmanager example."""

from collections.abc import Iterator

from agent.config.health_command import health_command
from agent.config.settings import Configuration
from agent.config.web_config import WebConfig
from agent.core.reason import Reason
from agent.rules.alert import AGENT
from agent.rules.alertmanager import alertmanager, fleet_inhibitions
from agent.rules.cases import HEARTBEAT, HOUR, UP, Case, Series
from agent.rules.fleet_alerts import CENTRE, fleet_alerts
from agent.rules.written import links_to, texts
from agent.wording.languages import Language

ASIDE = "BeffroiWatchdog"
_OTHER = "lens-1"


def fleet_files(
    configuration: Configuration, *, language: Language, runbooks: str | None, protection: WebConfig | None = None
) -> dict[str, str]:
    """Return each file's name and text; `runbooks` and `protection` as for an agent's (agent.rules.written)."""
    links = links_to(configuration.agent, protection, runbooks)
    rules = [alert.rule(language, links) for alert in fleet_alerts(health_command(configuration.agent))]
    example = alertmanager(configuration.alert, fleet_inhibitions())
    declared = () if configuration.fleet is None else configuration.fleet.agents
    agent = next((one.id for one in declared), "arras-1")
    return texts(configuration, protection, rules, tuple(fleet_cases(agent)), example)


def fleet_cases(agent: str) -> Iterator[Case]:
    """Yield the cases that prove the alerts, by one agent's name."""
    yield Case(
        name="none: the watchdog is heard when nothing else is",
        series={},
        heard={0: [("BeffroiWatchdog", "none", AGENT, "watchdog")]},
        aside="BeffroiCentreGone",
    )
    yield Case(
        name="page: a centre that is gone is heard within the hour",
        series={UP: f"1x10 0x{HOUR}"},
        heard={5: [], HOUR + 5: [("BeffroiCentreGone", "page", AGENT, CENTRE)]},
        aside=ASIDE,
    )
    yield Case(
        name="page: an agent that is silent is one page, whatever it watches",
        series={**_asking(40), **_state(agent, "silent", "0x5 1x15 0x20"), **_last_row(40)},
        heard={4: [], 12: [("BeffroiFleetAgentSilent", "page", AGENT, agent)]},
        aside=ASIDE,
    )
    yield Case(
        name="page: a database that is away is one page, and no agent's",
        series={**_asking(40), **_state(agent, "silent", "1x40"), **_state(_OTHER, "silent", "1x40")},
        heard={3: [], 20: [("BeffroiCentreBlind", "page", AGENT, CENTRE)]},
        aside=ASIDE,
    )
    yield Case(
        name="page: a past that was rewritten is heard at once, an agent that stays refused after five minutes",
        series={
            **_asking(20),
            **_last_row(20),
            **_state(agent, "refused", "0x2 1x2 0x2 1x12"),
            _reason(f"{agent}/srv-1", Reason.FORK, agent): "_x9 1x11",
            _reason(f"{_OTHER}/srv-1", Reason.FORK, _OTHER): "_x3 1x17",
        },
        heard={
            2: [],
            10: [("BeffroiFleetRewritten", "page", AGENT, _OTHER)],
            16: [
                ("BeffroiFleetAgentRefused", "page", AGENT, agent),
                ("BeffroiFleetRewritten", "page", AGENT, _OTHER),
            ],
        },
        aside=ASIDE,
    )
    yield Case(
        name="ticket: a host that no agent watches, and one that two watch, are heard after an hour",
        series={
            **_asking(HOUR + 20),
            **_last_row(HOUR + 20),
            _reason("srv-9", Reason.NO_AGENT, ""): f"1x{HOUR + 20}",
            _reason(f"{agent}/srv-8", Reason.DECLARED_TWICE, agent): f"1x{HOUR + 20}",
            _reason(f"{_OTHER}/srv-8", Reason.DECLARED_TWICE, _OTHER): f"1x{HOUR + 20}",
        },
        heard={
            30: [],
            HOUR + 5: [
                ("BeffroiFleetHostTwice", "ticket", AGENT, "srv-8"),
                ("BeffroiFleetHostUnwatched", "ticket", AGENT, "srv-9"),
            ],
        },
        aside=ASIDE,
    )


def _asking(minutes: int) -> Series:
    """Return the series of a centre that answers, and asks its database."""
    return {UP: f"1x{minutes}", HEARTBEAT: f"0+60x{minutes}"}


def _state(agent: str, state: str, values: str) -> Series:
    return {f'beffroi_agent_state{{agent="{agent}",state="{state}"}}': values}


def _last_row(minutes: int) -> Series:
    """Return the series of an agent that is well, by which the database is known to answer."""
    return {'beffroi_agent_last_row_timestamp_seconds{agent="bethune-1"}': f"0+60x{minutes}"}


def _reason(subject: str, reason: Reason, agent: str) -> str:
    key = f'target="patching",subject="{subject}",beneficiary="scota"'
    return f'beffroi_target_reason_info{{{key},reason="{reason.value}",agent="{agent}"}}'
