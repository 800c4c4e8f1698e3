"""A disk that can be filled to its last byte, and freed again. Needs root and the right to mount."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOUNT = "mount"


class Disk:
    """Hold a small file system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room at all, for anybody."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (65536, 4096, 512, 1):
                while True:
                    try:
                        ballast.write(b"x" * size)
                    except OSError:
                        break

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink()


def may_mount() -> bool:
    """Tell whether this user may mount: neither an ordinary user nor root in most containers may."""
    if os.geteuid() != 0:
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@contextmanager
def small_disk(folder: Path, size: str = "8m", *, owner: int = 0) -> Iterator[Disk]:
    """Yield a new file system of that size, and take it away again."""
    folder.mkdir()
    options = f"size={size},mode=0750,uid={owner},gid={owner}"
    subprocess.run([MOUNT, "-t", "tmpfs", "-o", options, "none", str(folder)], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
