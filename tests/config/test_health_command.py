"""The command that asks the agent for its health, for each way to listen."""

from pathlib import Path

import pytest

from agent.config.health_command import SAMPLE, health_command
from agent.config.settings import Agent


@pytest.mark.parametrize(
    ("agent", "command"),
    [
        (Agent(), SAMPLE),
        (Agent(listen="0.0.0.0:9600"), "curl -s http://127.0.0.1:9600/healthz"),
        (Agent(listen="[::1]:9600"), "curl -s http://[::1]:9600/healthz"),
        (Agent(listen=""), "systemctl status beffroi.service"),
        (Agent(listen="unix:/run/b/http.sock"), "sudo curl -s --unix-socket /run/b/http.sock http://localhost/healthz"),
        (Agent(address="https://beffroi.example/"), "curl -s https://beffroi.example/healthz"),
    ],
)
def test_the_command_goes_where_the_agent_listens(agent: Agent, command: str) -> None:
    assert health_command(agent) == command


@pytest.mark.parametrize(
    ("written", "scheme"), [("tls_server_config:\n", "-sk https"), ("basic_auth_users:\n", "-s http")]
)
def test_the_scheme_is_that_of_the_web_configuration(tmp_path: Path, written: str, scheme: str) -> None:
    path = tmp_path / "web.yml"
    path.write_text(written)
    assert health_command(Agent(web_config=path)) == f"curl {scheme}://127.0.0.1:9588/healthz"
