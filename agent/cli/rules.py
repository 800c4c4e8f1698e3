"""`beffroi rules`: write rules for Prometheus and Alertmanager from the configuration."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, ForceOption, LanguageOption, configuration_path

if TYPE_CHECKING:
    from agent.config.settings import Configuration

# Measured with promtool 2.53 on an idle core: seconds at least, and characters of tests that take one more.
SECONDS_AT_LEAST, CHARACTERS_A_SECOND = 2, 300_000

# Each stands in every file of rules of its kind, and in none of the other.
AGENT_GONE, CENTRE_GONE = "BeffroiAgentGone", "BeffroiCentreGone"

RunbooksOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Where the runbooks are read elsewhere. Default: the agent serves them."),
]


def register(app: typer.Typer) -> None:
    """Add `rules`."""

    @app.command()
    def rules(
        output: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to; created if missing.")],
        runbooks: RunbooksOption = None,
        force: ForceOption = False,
        config: ConfigOption = None,
        language: LanguageOption = None,
    ) -> None:
        """Write Prometheus rules, their tests and an Alertmanager example, from the configuration's targets."""
        from agent.cli.printing import chosen_language
        from agent.cli.writing import write_all
        from agent.config.load import load
        from agent.config.web_config import load as load_web_config
        from agent.evaluation.identity import give_up_root
        from agent.rules.fleet_written import fleet_files
        from agent.rules.written import HEAD, TESTS, files

        configuration = load(configuration_path(config), strict=False)
        give_up_root(configuration.agent.state_directory)
        web_config = configuration.agent.web_config
        protection = None if web_config is None else load_web_config(web_config)
        chosen = chosen_language(language, configuration)
        if configuration.fleet is not None and configuration.fleet.is_centre:
            texts = fleet_files(configuration, language=chosen, runbooks=runbooks, protection=protection)
        else:
            rhythms, of_hosts = looks(configuration)
            texts = files(
                configuration,
                language=chosen,
                runbooks=runbooks,
                rhythms=rhythms,
                of_hosts=of_hosts,
                protection=protection,
            )
        require_same_kind(output, texts)
        write_all(output, texts, mark=HEAD, force=force, say=typer.echo)
        typer.echo(f"note: promtool test rules {TESTS} proves them in about {seconds(texts[TESTS])} s", err=True)


def require_same_kind(folder: Path, texts: Mapping[str, str]) -> None:
    """Raise UsageError where a folder holds the rules of a centre and these are an agent's, or the other way round."""
    from agent.cli.writing import content_of
    from agent.core.errors import UsageError
    from agent.core.files import shown
    from agent.rules.written import RULES

    found = b""
    with suppress(OSError):  # writing there tells it
        found = content_of(folder / RULES) or b""
    for ours, theirs in ((AGENT_GONE, CENTRE_GONE), (CENTRE_GONE, AGENT_GONE)):
        if ours in texts[RULES] and ours.encode() not in found and theirs.encode() in found:
            raise UsageError(
                f"{shown(folder / RULES)} holds {theirs}: an agent's rules do not replace a centre's, nor these those",
                "name another folder with --output",
            )


def looks(configuration: "Configuration") -> tuple[dict[str, timedelta], frozenset[str]]:
    """Return how often each collector looks that has something to look at, and those whose subject is a host."""
    from agent.core.inventory import DeclaredHost
    from agent.evaluation.registry import find
    from agent.evaluation.tasks import tasks_of

    rhythms: dict[str, timedelta] = {}
    of_hosts = set()
    for task in tasks_of(find(configuration.inventory), configuration.inventory):
        rhythm = configuration.schedule.rhythms[task.collector.schedule]
        rhythms[task.collector.name] = rhythm if isinstance(rhythm, timedelta) else timedelta(days=1)
        if task.collector.looks_at is DeclaredHost:
            of_hosts.add(task.collector.name)
    return rhythms, frozenset(of_hosts)


def seconds(tests: str) -> int:
    """Return about how long `promtool test rules` takes on an idle machine."""
    return SECONDS_AT_LEAST + len(tests) // CHARACTERS_A_SECOND
