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
    # borg's manual, «Repository URLs»: a host's name before a colon, else a folder.
    addresses=r"/|ssh://|file:///|[^/:]+:",
    example="ssh://beffroi@vault/srv/borg",
)


def made_with_borg(copy: Copy) -> bool:
    """Return whether a copy is this program's: no collector of this folder looks at another's."""
    return copy.program.name == LOOKS.name
