"""The files that `beffroi rules` writes: rules, their tests, and the Alertmanager example, as one text each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

import yaml

from agent.config.health_command import health_command
from agent.config.settings import Agent, Configuration
from agent.config.web_config import WebConfig
from agent.core.alert_state import rings_after
from agent.core.duties.expected import Expected, expected
from agent.core.text_digest import BLANK
from agent.rules.agent_alerts import agent_alerts
from agent.rules.alert import Alert
from agent.rules.alertmanager import alertmanager, inhibitions
from agent.rules.cases import Case, cases
from agent.rules.quarter_alerts import quarter_alerts
from agent.rules.recording import recording_rules
from agent.rules.scraping import ADVICE, TO_FILL_IN, address, credentials, readers_of_all, scraping, targets
from agent.rules.target_alerts import target_alerts
from agent.wording.languages import Language
from agent.wording.runbooks import runbook_link

RULES, TESTS = "beffroi.rules.yml", "beffroi.tests.yml"
ALERTMANAGER = "beffroi-alertmanager.yml"
PROMETHEUS, BY_FILE, TARGETS = "beffroi-prometheus.yml", "beffroi-prometheus-by-file.yml", "beffroi.targets.yml"
HEAD = "# Written by beffroi rules from its configuration"


def alerts(
    wanted: Sequence[Expected],
    configuration: Configuration,
    rhythms: Mapping[str, timedelta],
    of_hosts: frozenset[str],
) -> Iterator[Alert]:
    """Yield every alert of a configuration."""
    yield from agent_alerts(rhythms, of_hosts, health_command(configuration.agent))
    yield from target_alerts(wanted, configuration.targets)
    yield from quarter_alerts(tuple(dict.fromkeys(one.key.target for one in wanted)))


def files(
    configuration: Configuration,
    *,
    language: Language,
    runbooks: str | None,
    rhythms: Mapping[str, timedelta],
    of_hosts: frozenset[str],
    protection: WebConfig | None = None,
) -> dict[str, str]:
    """Return each file's name and text.

    `rhythms` is how often each collector that has something to look at does, `of_hosts` those whose subject is a host.
    `runbooks` is the address of a folder of the runbooks elsewhere; None: the agent serves them.
    `protection` is how the agent's own server is protected.
    """
    wanted = expected(configuration.inventory, configuration.convention.starts)
    every = alerts(wanted, configuration, rhythms, of_hosts)
    # One group, since rules of one are evaluated in their order and groups are not: each finds what it rests on.
    targets_of = dict.fromkeys(one.key.target for one in wanted)
    graces = {id: grace for id in targets_of if (grace := rings_after(id, configuration.targets)) is not None}
    links = links_to(configuration.agent, protection, runbooks)
    rules = [*recording_rules(graces), *(alert.rule(language, links) for alert in every)]
    example = alertmanager(configuration.alert, inhibitions(configuration.inventory, of_hosts))
    return texts(configuration, protection, rules, cases(wanted, configuration.targets), example)


def texts(
    configuration: Configuration,
    protection: WebConfig | None,
    rules: Sequence[Mapping[str, object]],
    chosen: Iterable[Case],
    example: Mapping[str, object],
) -> dict[str, str]:
    """Return each file's name and text: of some rules, the cases that prove them, and the Alertmanager example."""
    names = readers_of_all(configuration.agent, configuration.inventory)
    asked = {} if protection is None else credentials(configuration.agent, protection, names)
    name = "" if configuration.fleet is None else configuration.fleet.agent
    advice = (*ADVICE, *(TO_FILL_IN if asked else ()))
    return {
        RULES: _text({"groups": [{"name": "beffroi", "rules": [*rules]}]}),
        TESTS: tests_of(chosen),
        PROMETHEUS: _text(scraping(configuration.agent, RULES, asked, name=name), *advice),
        BY_FILE: _text(scraping(configuration.agent, RULES, asked, TARGETS, name), *advice),
        TARGETS: _text(targets(configuration.agent)),
        ALERTMANAGER: _text(example, "# An example: replace the addresses at example before use."),
    }


def links_to(agent: Agent, protection: WebConfig | None, elsewhere: str | None) -> Callable[[str], str]:
    """Return what says where a runbook is read: elsewhere, at the agent's address, else by the command."""
    if elsewhere is not None:
        return lambda name: f"{elsewhere.rstrip('/')}/{name}.md"
    listened = address(agent)
    scheme = "http" if protection is None or protection.tls is None else "https"
    served = agent.address or (None if listened is None else f"{scheme}://{listened}")
    return lambda name: runbook_link(name, served)


def tests_of(chosen: Iterable[Case], interval: int = 1) -> str:
    """Return the text of the tests of some cases whose samples are `interval` minutes apart."""
    written = [case.written() for case in chosen]
    return _text({"rule_files": [RULES], "evaluation_interval": f"{interval}m", "tests": written})


def _text(document: object, *more: str) -> str:
    dumped = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)
    head = f"{HEAD}; kept by a later run where it was edited since: {BLANK}"
    return "\n".join([head, *more, dumped])
