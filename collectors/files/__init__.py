"""Archives and images that another program leaves in a folder, file by file."""

from agent.core.inventory import Copy, ProgramLooks

LOOKS = ProgramLooks(
    name="files",
    listing="file_sets",
    verification="file_digests",
    store_verification="file_digests",
    place="file_place",
    needs=("store",),
    takes=("sets", "mirror", "dated_by", "settle"),
    sourced=False,
    restores=False,
    whole_files=True,
)


def made_of_files(copy: Copy) -> bool:
    """Return whether a copy is this program's: no collector of this folder looks at another's."""
    return copy.program.name == LOOKS.name
