"""A disk that can be filled to its last byte, and freed again. Needs root and the right to mount."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

MOUNT = "mount"


class Disk:
    """A small file system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room at all, for anyone."""
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
    """Return whether this user may mount: neither an ordinary user nor root in most containers may."""
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


class FailingDisk:
    """A real file system that turns read-only under anyone who writes to it, as ext4 does when its disk fails."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.folder = folder
        self._image = image

    def mount(self) -> None:
        """Mount it, writable again."""
        subprocess.run([MOUNT, "-o", "loop,errors=remount-ro", str(self._image), str(self.folder)], check=True)

    def unmount(self) -> None:
        """Take it away; what is open there stays so until it is closed."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def fail(self) -> None:
        """Let it fail now; files that are open for writing take nothing any more."""
        device = Path("/proc/self/mountinfo").read_text().split(f" {self.folder} ")[1].split(" - ext4 ")[1].split()[0]
        Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error").write_text("1")


@contextmanager
def failing_disk(folder: Path) -> Iterator[FailingDisk]:
    """Yield such a disk, mounted, and take it away again."""
    folder.mkdir()
    image = folder.with_name(f"{folder.name}.img")
    image.touch()
    os.truncate(image, 24 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True)
    disk = FailingDisk(image, folder)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()


def may_fail() -> bool:
    """Return whether a disk can be let fail here: loop devices, ext4, and a kernel that offers to."""
    return (
        may_mount()
        and Path("/dev/loop-control").exists()
        and Path("/sys/fs/ext4").is_dir()
        and bool(which("mkfs.ext4"))
    )
