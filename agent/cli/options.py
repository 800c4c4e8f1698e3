"""The options that several commands share; each may stand before the command's name too (agent.cli.app)."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

DEFAULT_CONFIGURATION = Path("/etc/beffroi/beffroi.toml")
VARIABLE = "BEFFROI_CONFIG"

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        # Reading it says better why it cannot be read, and what to do.
        readable=False,
        help=f"The configuration; left out: ${VARIABLE}, else {DEFAULT_CONFIGURATION}.",
        show_default=False,
    ),
]

LanguageOption = Annotated[
    Literal["fr", "en"] | None,
    typer.Option("--language", help="Language of the texts. Default: the configuration's.", show_default=False),
]

ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace files of an earlier run that were edited since.", show_default=False)
]


def configuration_path(explicit: Path | None) -> Path:
    """Return the configuration file to use: the one given, else `$BEFFROI_CONFIG`, else the default."""
    if explicit is not None:
        return explicit
    return Path(os.environ.get(VARIABLE) or DEFAULT_CONFIGURATION)
