"""The command line: discover the commands beside this module."""

from collections.abc import Sequence

import typer

from agent.cli.alert import register as add_alert
from agent.cli.audit import register as add_audit
from agent.cli.canary import register as add_canary
from agent.cli.check import register as add_check
from agent.cli.config import register as add_config
from agent.cli.dashboards import register as add_dashboards
from agent.cli.demo import register as add_demo
from agent.cli.drill import register as add_drill
from agent.cli.evidence import register as add_evidence
from agent.cli.explain import register as add_explain
from agent.cli.fleet import register as add_fleet
from agent.cli.init import register as add_init
from agent.cli.install import register as add_install
from agent.cli.ledger import register as add_ledger
from agent.cli.register import register as add_register
from agent.cli.reload import register as add_reload
from agent.cli.report import register as add_report
from agent.cli.retire import register as add_retire
from agent.cli.rules import register as add_rules
from agent.cli.run import register as add_run
from agent.cli.status import register as add_status
from agent.cli.summaries import CommandGroup
from agent.cli.verify import register as add_verify
from agent.cli.witness import register as add_witness

app = typer.Typer(
    name="beffroi",
    cls=CommandGroup,
    help="Checks each security target of a convention for real, and says how far it is met.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
# In the order in which `--help` shows them.
for add in (
    add_init,
    add_config,
    add_check,
    add_status,
    add_run,
    add_reload,
    add_verify,
    add_canary,
    add_drill,
    add_audit,
    add_register,
    add_retire,
    add_report,
    add_evidence,
    add_witness,
    add_ledger,
    add_fleet,
    add_install,
    add_alert,
    add_rules,
    add_dashboards,
    add_explain,
    add_demo,
):
    add(app)

# Options that may stand before or after the command's name.
ANYWHERE = ("--config", "--language")


def normalise(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with `--config FILE` and `--language L` moved from before the command's name to the end."""
    moved: list[str] = []
    rest = list(arguments)
    while rest and rest[0].split("=", 1)[0] in ANYWHERE:
        taken = 1 if "=" in rest[0] else 2
        moved += rest[:taken]
        rest = rest[taken:]
    if "--" in rest:
        at = rest.index("--")
        return rest[:at] + moved + rest[at:]
    return rest + moved
