"""`beffroi explain`: describe a target, reason code, collector or metric, why it counts and how to fix it."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.completing import beginning, explained
from agent.cli.options import LanguageOption, configuration_path
from agent.wording.languages import Language, Words

if TYPE_CHECKING:
    from agent.config.settings import Configuration
    from agent.core.collecting.collector import Collector
    from agent.export.catalogue import Metric


GUIDES = ("store", "ssh", "network")
# More runbooks than this on one reason are named, not printed.
MOST_PRINTED = 2
RUNBOOKS = Words(fr="Fiches : ", en="Runbooks: ")


def register(app: typer.Typer) -> None:
    """Add `explain`."""

    @app.command()
    def explain(
        name: Annotated[
            str | None,
            typer.Argument(
                help="A target, reason code, state, collector, metric, register, runbook, guide "
                "or key of the configuration. Default: list their names.",
                autocompletion=beginning(explained),
            ),
        ] = None,
        ansible: Annotated[
            bool, typer.Option("--ansible", help="Of `ssh` and `store`: print a playbook that does it on every host.")
        ] = False,
        language: LanguageOption = None,
    ) -> None:
        """Explain a target, collector, metric or reason code: what, why, how to fix it."""
        if ansible:
            typer.echo(playbook(name or "", language))
        else:
            typer.echo(listing(language) if name is None else explanation(name, language))


def explanation(name: str, language: str | None) -> str:
    """Return the text on one name; raise UsageError with the nearest names for an unknown one."""
    from agent.config.keys import explained_key
    from agent.core.errors import UsageError
    from agent.evaluation.registry import find
    from agent.export.catalogue import METRICS
    from agent.hosts import root_requests
    from agent.hosts.store_program import script
    from agent.wording import explain
    from agent.wording.guides import network_guide, ssh_guide, store_guide
    from agent.wording.runbooks import runbooks_of

    own = own_configuration()
    chosen = chosen_of(language, own)
    guides = {
        "store": store_guide(script(), chosen),
        "ssh": ssh_guide(root_requests.program(), chosen),
        "network": network_guide(root_requests.program(), chosen),
    }
    registry = find()
    collectors = {
        name: f"{text.rstrip()}\n{looks(registry.collectors[name])}" for name, text in registry.documents.items()
    }
    metrics = {metric.name: described(metric) for metric in METRICS.values()}
    known = registers()
    page_of = partial(own_runbook, own=own, language=chosen)
    text = explain.explain(
        name, chosen, collectors=collectors, metrics=metrics, guides=guides, registers=known, runbooks=page_of
    )
    if text is None and (keys := "\n\n".join(explained_key(name))):
        return f"{keys}\n\ndocs/configuration.md has every key."
    if text is None:
        near = explain.meant(name, collectors=collectors, metrics=metrics, guides=guides, registers=known)
        hint = f"did you mean {', '.join(near)}?" if near else "a target, reason code, state, collector or metric"
        raise UsageError(f"nothing is named {name!r}", hint)
    pages = runbooks_of(name)
    if len(pages) > MOST_PRINTED:
        return f"{text}\n\n{RUNBOOKS.of(chosen)}{', '.join(f'beffroi explain {page}' for page in pages)}"
    return "\n\n".join([text, *((page_of(page) or "").rstrip() for page in pages if page != name)])


def own_configuration() -> "Configuration | None":
    """Return this site's configuration; None where it cannot be read from here, since nothing here depends on it."""
    from agent.config.load import load
    from agent.core.errors import BeffroiError

    try:
        return load(configuration_path(None), strict=False)
    except BeffroiError:
        return None


def chosen_of(language: str | None, own: "Configuration | None") -> Language:
    """Return the language that is asked for, else the site's own, else French."""
    return "en" if (language or (own is not None and own.agent.language)) == "en" else "fr"


def own_runbook(page: str, *, own: "Configuration | None", language: Language) -> str | None:
    """Return a runbook with this site's names and address in its commands; None for an unknown name."""
    from agent.config.health_command import health_command
    from agent.core.duties.expected import expected
    from agent.wording.runbooks import runbook, site_ids

    if own is None:
        return runbook(page, language=language)
    ids = site_ids(page, (one.key for one in expected(own.inventory, own.convention.starts)))
    return runbook(page, ids, language=language, health=health_command(own.agent))


def listing(language: str | None) -> str:
    """Return the names of everything that can be explained, kind by kind, in one language."""
    from agent.evaluation.registry import find
    from agent.export.catalogue import METRICS
    from agent.wording import explain

    chosen = chosen_of(language, own_configuration())
    metrics = [metric.name for metric in METRICS.values()]
    return explain.listing(chosen, collectors=find().documents, metrics=metrics, guides=GUIDES, registers=registers())


def registers() -> dict[str, str]:
    """Return what each register takes: its keys, optional ones in brackets, and the command that enters one."""
    from agent.register.registers import REGISTERS

    found = {}
    for one in REGISTERS.values():
        keys = " ".join(f"{field.key}=…" for field in one.fields if field.required)
        kinds = [f"{field.key}: {field.kind.value}{'' if field.required else ' (*)'}" for field in one.fields]
        found[one.name] = "\n".join([one.by_command or f"sudo beffroi register add {one.name} {keys}", *kinds])
    return found


def playbook(name: str, language: str | None) -> str:
    """Return the playbook of a guide; raise UsageError for a name that has none."""
    from agent.core.errors import UsageError
    from agent.hosts import root_requests
    from agent.hosts.store_program import script
    from agent.wording.playbooks import ssh_playbook, store_playbook

    chosen: Language = "en" if language == "en" else "fr"
    if name == "ssh":
        return ssh_playbook(root_requests.program(), chosen)
    if name == "store":
        return store_playbook(script(), chosen)
    raise UsageError(f"there is no playbook for {name!r}", "beffroi explain ssh --ansible, or store")


def looks(collector: "Collector[Any]") -> str:
    """Return how often a collector looks, and what leaves a host out of it."""
    from agent.config.schedule_keys import schedule_keys
    from agent.config.values import write_rhythm

    default = schedule_keys()[collector.schedule].default
    how = f"every {write_rhythm(default)}" if isinstance(default, timedelta) else f"at {default}"
    word = collector.collect_word
    left_out = "" if word is None else f"; a host whose collect leaves {word} out is not looked at"
    if word is not None and schedule_keys()[collector.schedule].own_key:
        left_out = f"; a host without {word} = true is not looked at"
    return f"Looks:  {how}, unless [schedule] {collector.schedule} says otherwise{left_out}"


def described(metric: "Metric") -> str:
    """Return what the catalogue says of a metric, one matter a line."""
    lines = [metric.help]
    if metric.labels:
        lines.append(f"labels: {', '.join(metric.labels)}")
    if metric.unit:
        lines.append(f"unit: {metric.unit}")
    return "\n".join(lines)
