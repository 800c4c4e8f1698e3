"""The files that `beffroi rules` writes: rules, their tests, and the Alertmanager example, as one text each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import yaml

from agent.config.settings import Configuration
from agent.core.duties.expected import Expected, expected
from agent.core.ringing import rings_after
from agent.core.text_digest import BLANK
from agent.rules.agent_alerts import agent_alerts
from agent.rules.alert import Alert
from agent.rules.alertmanager import alertmanager
from agent.rules.cases import LONG, Case, cases
from agent.rules.quarter_alerts import quarter_alerts
from agent.rules.recording import recording_rules
from agent.rules.scraping import ADVICE, scraping, targets
from agent.rules.target_alerts import target_alerts
from agent.wording.languages import Language

RULES, TESTS, LONG_TESTS = "beffroi.rules.yml", "beffroi.tests.yml", "beffroi.long-tests.yml"
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
    yield from agent_alerts(rhythms, of_hosts)
    yield from target_alerts(wanted, configuration.targets)
    yield from quarter_alerts(tuple(dict.fromkeys(one.key.target for one in wanted)))


def files(
    configuration: Configuration,
    *,
    language: Language,
    runbooks: str,
    rhythms: Mapping[str, timedelta],
    of_hosts: frozenset[str],
) -> dict[str, str]:
    """Return each file's name and text.

    `rhythms` is how often each collector that has something to look at does, `of_hosts` those whose subject is a host.
    `runbooks` is the address of the folder of the runbooks.
    """
    wanted = expected(configuration.inventory, configuration.convention.starts)
    every = alerts(wanted, configuration, rhythms, of_hosts)
    # One group, since rules of one are evaluated in their order and groups are not: each finds what it rests on.
    targets_of = dict.fromkeys(one.key.target for one in wanted)
    graces = {id: grace for id in targets_of if (grace := rings_after(id, configuration.targets)) is not None}
    rules = [*recording_rules(graces), *(alert.rule(language, runbooks) for alert in every)]
    every_case = tuple(cases(wanted, configuration.targets, rhythms, of_hosts))
    example = alertmanager(configuration.inventory, configuration.alert, of_hosts)
    return {
        RULES: _text({"groups": [{"name": "beffroi", "rules": rules}]}),
        TESTS: _tests([case for case in every_case if case.interval == 1], 1),
        LONG_TESTS: _tests([case for case in every_case if case.interval == LONG], LONG),
        PROMETHEUS: _text(scraping(configuration.agent, RULES), *ADVICE),
        BY_FILE: _text(scraping(configuration.agent, RULES, TARGETS), *ADVICE),
        TARGETS: _text(targets(configuration.agent)),
        ALERTMANAGER: _text(example, "# An example: replace the addresses at example before use."),
    }


def _tests(chosen: Sequence[Case], interval: int) -> str:
    written = [case.written() for case in chosen]
    return _text({"rule_files": [RULES], "evaluation_interval": f"{interval}m", "tests": written})


def _text(document: object, *more: str) -> str:
    dumped = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)
    head = f"{HEAD}; kept by a later run where it was edited since: {BLANK}"
    return "\n".join([head, *more, dumped])
