"""The runbooks that are installed, and the site's own names in their commands."""

import re

import pytest

from agent.core.convention import CLAUSES
from agent.core.model import Key
from agent.wording.languages import LANGUAGES, Language
from agent.wording.runbooks import runbook, runbook_link, runbook_names, runbooks_of, site_ids
from tests.parts.of_each import of_each


def key(target: str, subject: str) -> Key:
    return Key(target=target, subject=subject, beneficiary="ville")


def test_every_target_has_its_runbook() -> None:
    for target in CLAUSES:
        assert runbooks_of(target) == (f"{target}-missed",)
        assert runbook(f"{target}-missed")


def test_a_reason_leads_to_the_runbooks_that_treat_it() -> None:
    assert "endpoint-protection-missed" in runbooks_of("not-running")
    assert runbooks_of("met") == ()


@pytest.mark.parametrize("name", ["", "..", "../operating", "backup-rpo", "watchdog.md", "x" * 300, "a\x00b"])
def test_no_other_file_is_ever_read(name: str) -> None:
    assert runbook(name) is None


def test_commands_name_subjects_of_this_site() -> None:
    keys = [key("backup-rpo", "compta"), key("endpoint-protection", "app01"), key("endpoint-protection", "app02")]
    ids = site_ids("endpoint-protection-missed", keys)
    text = runbook("endpoint-protection-missed", ids) or ""
    assert "status app01" in text
    assert "srv-1" not in text
    assert ids["files"] == "compta"


def test_a_name_that_a_shell_would_act_upon_is_put_into_no_command() -> None:
    assert "srv-1" not in site_ids("patching-missed", [key("patching", "a;reboot"), key("patching", "$(id)")])


def test_a_link_leads_to_the_agent_or_names_the_command() -> None:
    assert runbook_link("watchdog", "https://b.example/") == "https://b.example/runbook/watchdog"
    assert runbook_link("watchdog", None) == "beffroi explain watchdog"
    assert "watchdog" in runbook_names()


@of_each(runbook_names())
def test_both_languages_give_the_same_commands_and_codes(name: str) -> None:
    french, english = (runbook(name, language=language) or "" for language in LANGUAGES)
    fences = [re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for text in (french, english)]
    assert fences[0] == fences[1] != []
    spans = [set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))) for text in (french, english)]
    assert spans[0] == spans[1]
    assert "## Confirmer" in french and "## Mend" in english


def test_the_health_is_asked_for_where_this_agent_listens() -> None:
    health = "sudo curl -s --unix-socket /run/beffroi/http.sock http://localhost/healthz"
    for name in ("agent-frozen", "agent-gone", "ledger-still"):
        text = runbook(name, language="en", health=health) or ""
        assert health in text
        assert "9588" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", runbook_names())
def test_a_command_of_a_runbook_can_be_pasted_as_it_is(name: str, language: Language) -> None:
    """Its user is named, what it must say is in it, and no word waits to be replaced."""
    text = runbook(name, language=language) or ""
    fences = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    commands = [line for fence in fences for line in fence.splitlines()]
    commands += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for command in commands:
        if re.match(r"beffroi (?!explain\b)", command):
            pytest.fail(f"without sudo: {command}")
        if re.match(r"(sudo )?beffroi ", command):
            assert not re.search(r"…|\b(DATE|NOM|ID|TEXTE|MOTIF|DIR)\b", command), command
        if "register add" in command and "=" in command:
            assert "author=" in command and "beneficiary=" in command, command
