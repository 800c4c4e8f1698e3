"""Where the folders of a restic repository are, read from its address as restic reads it. Pure."""

from urllib.parse import unquote, urlsplit

from agent.hosts.repository_folders import RepositoryFolders
from agent.hosts.ssh.probe import sftp_place

KINDS = ("data", "index", "keys", "snapshots")


def folder_place(address: str) -> RepositoryFolders | None:
    """Return where a local or sftp repository's folders are, read as restic reads it; None for another kind.

    Raises Unreadable where an sftp address names no host.
    """
    far = sftp_place(address)
    if far is not None:
        url = address.startswith("sftp://")
        folder = unquote(urlsplit(address).path)[1:] if url else address.removeprefix("sftp:").partition(":")[2]
        return RepositoryFolders(kinds=KINDS, folder=folder or ".", far=far)
    if address.startswith("local:"):
        return RepositoryFolders(kinds=KINDS, folder=address.removeprefix("local:"))
    return RepositoryFolders(kinds=KINDS, folder=address) if address.startswith(("/", "./", "../")) else None
