"""docs/commands.md says what `--help` says, and every command and option has a sentence."""

from agent.cli.reference import commands, render
from tests.parts.checkout import HOME
from tests.parts.of_each import of_each

COMMANDS = dict(commands())


def test_the_document_is_what_the_program_says_of_itself() -> None:
    found = (HOME / "docs" / "commands.md").read_text()
    assert found == render(), "python -m agent.cli.reference > docs/commands.md"


@of_each(COMMANDS)
def test_every_command_and_option_has_a_sentence(name: str) -> None:
    command = COMMANDS[name]
    texts = {name: command.help, **{parameter.name: parameter.help for parameter in command.params}}
    assert {one: text for one, text in texts.items() if not (text or "").rstrip().endswith((".", "…"))} == {}


@of_each(COMMANDS)
def test_every_command_is_told_in_the_administrators_documents(name: str) -> None:
    texts = "".join((HOME / "docs" / file).read_text() for file in ("operating.md", "guide-administrateur.md"))
    assert f"beffroi {name}" in texts or f"`{name}" in texts
