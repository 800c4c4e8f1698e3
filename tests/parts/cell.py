"""A machine in a folder: real accounts, real files, and the programs of this one, in namespaces of their own.

The folder becomes the root of whatever is run in it; `/usr` is this machine's, `/proc` shows only what runs there.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from agent.core.host import Command, Host, Output

# Made anew for each program; $0 is the root, the rest is what runs there.
ENTER = (
    'mount --rbind /usr "$0/usr" && mount --bind /dev/null "$0/dev/null" && mount -t proc proc "$0/proc" '
    '&& exec chroot "$0" "$@"'
)
# Without root's rights a user namespace lends them, where one account alone can own anything.
LENT = () if os.geteuid() == 0 else ("--map-root-user",)
UNSHARE = ("unshare", *LENT, "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
FOLDERS = ("usr", "dev", "proc", "etc/ssh", "etc/pam.d", "run/sshd", "root", "home", "tmp", "var/spool/cron/crontabs")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
HASH = "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g."


@dataclass(frozen=True, slots=True)
class Cell:
    """One machine's root; `inside` leads into namespaces that stand, else each program gets some of its own."""

    root: Path
    inside: tuple[str, ...] = ()

    def make(self) -> None:
        """Make a machine with root alone, no one's keys, and Debian's own PAM files."""
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        for name, target in LINKS.items():
            if Path("/", target).exists():
                (self.root / name).symlink_to(target)
        (self.root / "dev/null").touch()
        for name in ("login.defs", "ld.so.cache"):
            shutil.copy(Path("/etc", name), self.root / "etc" / name)
        # Some modules refuse a session where their files are missing, as pam_limits of Debian 12 does.
        for name in ("pam.d", "security"):
            shutil.copytree(Path("/etc", name), self.root / "etc" / name, dirs_exist_ok=True)
        (self.root / "etc/alternatives").mkdir()
        for link in Path("/etc/alternatives").iterdir():
            if link.is_symlink() and link.readlink().parent.name in ("bin", "sbin"):  # most are pages of manuals
                (self.root / "etc/alternatives" / link.name).symlink_to(link.readlink())
        self.write("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n")
        self.write("/etc/group", "root:x:0:\nsudo:x:27:\nadm:x:4:\ndocker:x:999:\n")
        self.write("/etc/shadow", f"root:{HASH}:20000:0:99999:7:::\nsshd:!:20000::::::\n", mode=0o600)
        self.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n")
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/host_key")
        self.policy("")

    def policy(self, *lines: str) -> None:
        """Write sshd's configuration."""
        text = "\n".join(("HostKey /etc/ssh/host_key", "UsePAM yes", *lines, ""))
        self.write("/etc/ssh/sshd_config", text)

    def write(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """Write a file below the root."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def account(self, name: str, *, password: bool = True, groups: str = "") -> None:
        """Make a real account, with its home."""
        more = ("-G", groups) if groups else ()
        self.run("useradd", "-M", "-d", f"/home/{name}", "-s", "/bin/bash", *more, name)
        (self.root / "home" / name / ".ssh").mkdir(parents=True)
        if password:
            self.run("usermod", "-p", HASH, name)

    def key(self, name: str, *, kind: str = "ed25519") -> str:
        """Make a key and return its line."""
        path = f"/tmp/{name}"
        self.run("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", f"{name}@example", "-f", path)
        return (self.root / f"tmp/{name}.pub").read_text()

    def fingerprint(self, line: str) -> str:
        """Return the fingerprint of a key as ssh-keygen tells it."""
        self.write("/tmp/one.pub", line)
        return self.run("ssh-keygen", "-l", "-f", "/tmp/one.pub").split()[1]

    def run(self, *argv: str) -> str:
        """Run a program there and return what it says."""
        command = (*self.anew, *argv)
        if self.inside:
            command = (*self.inside, "env", f"PATH={PATH}", *argv)
        said = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return said.stdout

    @property
    def anew(self) -> tuple[str, ...]:
        """Return how a program there is started in namespaces of its own."""
        return (*UNSHARE, "env", f"PATH={PATH}", "sh", "-c", ENTER, str(self.root))

    @contextmanager
    def standing(self) -> Iterator["Cell"]:
        """Keep one set of namespaces for all that runs there, and end what is left in it.

        To make one takes 11 ms of processor for each program. A process that sleeps is the first of its processes.
        """
        kept = (*self.anew, "sh", "-c", "echo && exec sleep infinity")
        with subprocess.Popen(kept, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as outside:
            try:
                assert outside.stdout is not None
                assert outside.stdout.readline() == b"\n"
                (first,) = Path(f"/proc/{outside.pid}/task/{outside.pid}/children").read_text().split()
                lent = ("--user", "--preserve-credentials") if LENT else ()
                yield replace(self, inside=("nsenter", "-t", first, *lent, "--mount", "--pid", "--root", "--wd=/"))
            finally:
                outside.kill()  # and with it, by --kill-child, all of them

    @property
    def doorway(self) -> str:
        """Return a command line for sshd's ForceCommand that leads into the machine."""
        return f'{shlex.join((*self.anew, "sh", "-c"))} "$SSH_ORIGINAL_COMMAND"'


@dataclass(unsafe_hash=True)
class CellHost(Host):
    """Reach a machine in a folder as collectors reach any."""

    inner: Host
    cell: Cell
    before: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.id = self.inner.id

    def execute(self, command: Command) -> Output:
        """Run a program there, as the argument of `before` where there is one."""
        argv = (*UNSHARE, "sh", "-c", ENTER, str(self.cell.root), *self.before, *command.argv)
        if self.cell.inside and not self.before:  # which may start or mount something that is to end with it
            argv = (*self.cell.inside, *command.argv)
        return self.inner.execute(replace(command, argv=argv, environment={"PATH": PATH, **command.environment}))

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file there."""
        return self.inner.read(f"{self.cell.root}{path}", limit=limit)


def refusal() -> str | None:
    """Return why this kernel makes no such machine; None: it does."""
    command = (*UNSHARE, "sh", "-c", "mount -t proc proc /proc && mount --bind /dev/null /dev/null")
    tried = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return None if tried.returncode == 0 else f"no namespaces here: {tried.stderr.strip()[-120:]}"
