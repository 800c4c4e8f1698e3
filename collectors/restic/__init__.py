"""restic, through its own JSON."""

from agent.core.inventory import Copy, ProgramLooks

LOOKS = ProgramLooks(
    name="restic",
    listing="restic_snapshots",
    verification="restic_check",
    store_listing="store_listing",
    store_verification="store_hash",
    canary="canary",
    protection="append_only",
    place="copy_place",
    command="restic",
    # restic's documentation, «Preparing a new repository»; it takes any other word for a folder below its own.
    addresses=r"/|local:/|(?:sftp|rest|s3|swift|b2|azure|gs|rclone):",
    example="sftp:beffroi@vault:/srv/restic",
)


def made_with_restic(copy: Copy) -> bool:
    """Return whether a copy is this program's: no collector of this folder looks at another's."""
    return copy.program.name == LOOKS.name
