"""From which machine a folder is mounted, as /proc/self/mountinfo says (proc(5)). Pure."""

import re
from dataclasses import dataclass

# Disks of other machines, by the type that the kernel calls them.
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "fuse.glusterfs", "glusterfs", "afs", "fuse.davfs", "ceph"}
)
# What may lie anywhere, and does not say where.
ELSEWHERE = frozenset({"9p", "virtiofs", "fuse.rclone", "fuse.s3fs", "fuse.ceph", "lustre"})
_ESCAPED = re.compile(r"\\([0-7]{3})")
# nas:/export · //nas/share · user@nas:/folder · [2001:db8::1]:/export · https://nas/folder
_SERVER = re.compile(r"(?:https?:)?//(?:[^/@]*@)?(\[[^\]]+\]|[^/:]+)|(?:[^@:/]*@)?(\[[^\]]+\]|[^/:,]+):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """The file system that a folder lies on: its type and its source."""

    kind: str
    source: str

    @property
    def server(self) -> str | None:
        """Return the machine that it is mounted from; None: it is this machine's, or does not say."""
        if self.kind not in NETWORK:
            return None
        found = _SERVER.match(self.source)
        return None if found is None else (found[1] or found[2]).strip("[]")

    @property
    def unknown(self) -> bool:
        """Return True where it may be any machine's."""
        if self.kind in NETWORK:
            return self.server is None
        return self.kind in ELSEWHERE or self.kind.startswith("fuse.") or self.kind == "autofs"


# 36 35 98:0 /mnt1 /mnt/parent rw,noatime master:1 - ext3 /dev/root rw,errors=continue
def mount_of(path: str, mountinfo: str) -> Mount | None:
    """Return the file system on which an absolute path without links lies; None where the table does not tell."""
    best: tuple[int, Mount] | None = None
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, words = before.split(" "), after.split(" ")
        if len(fields) < 6 or len(words) < 2:
            continue
        point = unescaped(fields[4])
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        # The same point again is mounted over the one before.
        if inside and (best is None or len(point) >= best[0]):
            best = len(point), Mount(kind=words[0], source=unescaped(words[1]))
    return None if best is None else best[1]


def unescaped(text: str) -> str:
    """Return a field of the table as it is: blanks stand there by their octal numbers."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)
