"""borg 1.2 and 1.4, through its own JSON."""

from agent.core.inventory import Copy, ProgramLooks

LOOKS = ProgramLooks(
    name="borg",
    listing="borg_archives",
    verification="borg_check",
    store_verification="borg_store_check",
    canary="borg_canary",
    protection="borg_append_only",
    place="borg_place",
    command="borg",
    package="borgbackup",
    needs=("repository",),
    takes=("password_file", "environment_file", "repository_id", "store"),
)


def made_with_borg(copy: Copy) -> bool:
    """Return whether a copy is this program's: no collector of this folder looks at another's."""
    return copy.program.name == LOOKS.name
