"""What the written scrape configuration shows a protected agent: placeholders, and never a secret."""

import ssl

import pytest

from agent.config.settings import Agent
from agent.config.web_config import WebConfig
from agent.core.inventory import Beneficiary, Inventory
from agent.rules.alertmanager import MONITOR
from agent.rules.scraping import credentials, readers_of_all, scraping

USERS = {"oncall": b"$2b$hash", "alpha": b"$2b$hash"}
CHECKED = {"ca_file": "/etc/prometheus/beffroi-ca.pem"}


def server(*, client: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED if client else ssl.CERT_NONE
    return context


def test_tls_names_the_authority_and_the_agents_own_name() -> None:
    assert credentials(Agent(), WebConfig(tls=server()), ()) == {"scheme": "https", "tls_config": CHECKED}
    named = credentials(Agent(address="https://beffroi.example:8443/"), WebConfig(tls=server()), ())
    assert named["tls_config"] == {**CHECKED, "server_name": "beffroi.example"}


def test_a_certificate_of_the_client_is_named_where_it_is_required() -> None:
    asked = credentials(Agent(), WebConfig(tls=server(client=True)), ())
    files = {"cert_file": "/etc/prometheus/beffroi-client.pem", "key_file": "/etc/prometheus/beffroi-client.key"}
    assert asked["tls_config"] == {**CHECKED, **files}


@pytest.mark.parametrize(("readers", "name"), [((), "alpha"), (("oncall",), "oncall"), (("gone", "oncall"), "oncall")])
def test_the_name_shown_is_one_that_sees_everything(readers: tuple[str, ...], name: str) -> None:
    asked = credentials(Agent(), WebConfig(users=USERS), readers)
    assert asked == {"basic_auth": {"username": name, "password_file": "/etc/prometheus/beffroi.password"}}


def test_a_reader_of_one_beneficiary_alone_does_not_see_everything() -> None:
    inventory = Inventory(beneficiaries=(Beneficiary(id="scota", name="SCOTA", readers=("paul", "oncall")),))
    assert readers_of_all(Agent(readers=("oncall", "duty")), inventory) == ("duty",)


def test_the_credentials_stand_in_the_job_and_no_hash_does() -> None:
    asked = credentials(Agent(), WebConfig(users=USERS, tls=server()), ())
    jobs = scraping(Agent(), "beffroi.rules.yml", asked)["scrape_configs"]
    assert isinstance(jobs, list)
    (job,) = jobs
    assert {"scheme", "tls_config", "basic_auth", "static_configs"} <= job.keys()
    assert "hash" not in str(job)


def test_an_agent_of_a_fleet_is_told_from_others_by_an_external_label() -> None:
    assert "external_labels" not in str(scraping(Agent(), "beffroi.rules.yml", {}))
    told = scraping(Agent(), "beffroi.rules.yml", {}, name="arras-1")["global"]
    assert isinstance(told, dict)
    assert told["external_labels"] == {MONITOR: "arras-1"}
