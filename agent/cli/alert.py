"""`beffroi alert`: show whether an alert would reach a receiver; silence one that someone has taken in hand."""

from typing import Annotated

import typer

from agent.cli.completing import beginning, targets
from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup


def register(app: typer.Typer) -> None:
    """Add `alert test`."""
    group = typer.Typer(cls=CommandGroup, no_args_is_help=True, help="Try the alerts, and acknowledge one.")
    app.add_typer(group, name="alert")

    @group.callback()
    def _alert() -> None:
        """Try the alerts, and acknowledge one."""

    @group.command("acknowledge")
    def acknowledge_alert(
        target: Annotated[str, typer.Argument(help="The id of its target.", autocompletion=beginning(targets))],
        subject: Annotated[str, typer.Argument(help="The subject, as `beffroi status` names it.")],
        until: Annotated[str, typer.Option(metavar="WHEN", help="A duration (4h) or an instant, at most 72 h ahead.")],
        author: Annotated[str, typer.Option(metavar="NAME", help="Who takes it in hand.")],
        reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why, or what is being done.")] = None,
        config: ConfigOption = None,
    ) -> None:
        """Silence the alert on a verdict until an instant; a worse state rings at once."""
        from agent.cli.acknowledging import acknowledged

        typer.echo(acknowledged(configuration_path(config), (target, subject), until, author, reason))

    @group.command("test")
    def test(
        receiver: Annotated[
            str | None, typer.Option(metavar="NAME", help="Only this one: mail or webhook. Default: all.")
        ] = None,
        config: ConfigOption = None,
    ) -> None:
        """Send a test message to each receiver of [alert]; exit 1 if one does not accept it."""
        from agent.alert.message import of_test
        from agent.alert.outbox import Delivery
        from agent.alert.sending import Receivers, Undelivered
        from agent.cli.printing import chosen_language
        from agent.config.of_agent import load_of_agent
        from agent.core.clock import SystemClock
        from agent.core.errors import UsageError
        from agent.evaluation.identity import take_identity

        configuration = load_of_agent(configuration_path(config))
        take_identity(configuration.agent.state_directory, writing=False)
        language = chosen_language(None, configuration)
        receivers = Receivers(alert=configuration.alert, language=language)
        if not receivers.names():
            raise UsageError("no receiver is configured", "set mail or webhook_file in [alert]")
        if receiver is not None and receiver not in receivers.names():
            raise UsageError(f"no receiver is named {receiver!r}", f"configured: {', '.join(receivers.names())}")
        refused = False
        for name in receivers.names() if receiver is None else (receiver,):
            message = of_test(language)
            delivery = Delivery(id=0, receiver=name, made_at=SystemClock().now(), message=message, repeat=False)
            try:
                in_vain = receivers.send(delivery)
                refused = refused or in_vain > 0
                some = f", but refused for {in_vain} of the addresses" if in_vain else ""
                typer.echo(f"{name}: delivered{some}", err=in_vain > 0)
            except Undelivered as error:
                refused = True
                typer.echo(f"{name}: not delivered: {error}", err=True)
                typer.echo("hint: compare [alert] with what that receiver asks for", err=True)
        raise typer.Exit(1 if refused else 0)
