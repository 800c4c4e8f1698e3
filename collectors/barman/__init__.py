"""Barman: base backups of a PostgreSQL cluster and its archived WAL, through the program's own JSON."""

from agent.core.inventory import Copy, ProgramLooks

LOOKS = ProgramLooks(
    name="barman",
    listing="barman_catalogue",
    verification="barman_verify",
    place="barman_place",
    needs=("server",),
    takes=("host", "environment_file", "repository_id"),
    databases="postgresql",
    sourced=False,
    restores=False,
    started=True,
)


def made_with_barman(copy: Copy) -> bool:
    """Return whether a copy is this program's: no collector of this folder looks at another's."""
    return copy.program.name == LOOKS.name
