"""Where the folders of a restic repository are, read from its address as restic reads it. Pure."""

from agent.hosts.repository_folders import RepositoryFolders, sftp_folder

KINDS = ("data", "index", "keys", "snapshots")


def folder_place(address: str) -> RepositoryFolders | None:
    """Return where a local or sftp repository's folders are, read as restic reads it; None for another kind.

    Raises Unreadable where an sftp address names no host.
    """
    behind = sftp_folder(address)
    if behind is not None:
        return RepositoryFolders(kinds=KINDS, folder=behind[0], far=behind[1])
    if address.startswith("local:"):
        return RepositoryFolders(kinds=KINDS, folder=address.removeprefix("local:"))
    return RepositoryFolders(kinds=KINDS, folder=address) if address.startswith(("/", "./", "../")) else None
