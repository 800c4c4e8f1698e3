"""A signed archive of Debian packages and machines that use it, made with apt's own tools below a folder.

Needs apt-utils, gpg, dpkg. Nothing of this machine's own packages, lists or logs is touched: apt and dpkg are told
another root.
"""

import os
import shutil
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from agent.core.host import Command, Host, Output

ARCHITECTURE = "amd64"
SECURITY = "trixie-security"
STABLE = "trixie"
HEADS = {
    STABLE: ("Debian", "Debian", "stable", STABLE),
    SECURITY: ("Debian", "Debian-Security", "stable-security", SECURITY),
}
OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian\n'
SUPPORT = (
    "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
    "13,Trixie,trixie,2023-06-10,2025-08-09,{eol},{eol},2035-06-30\n"
)
CHANGELOG = "{name} ({version}) stable; urgency=medium\n\n  * Made.\n\n -- Maker <maker@example.org>  {date}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One package to make; `depends` as in a control file."""

    name: str
    version: str
    depends: str = ""
    marker: str = ""


def run(*argv: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> bytes:
    """Run a program that must succeed and return what it said."""
    ran = subprocess.run(argv, cwd=cwd, env={**os.environ, "LC_ALL": "C", **(environment or {})}, capture_output=True)
    assert ran.returncode == 0, (argv, ran.stdout[-2000:], ran.stderr[-2000:])
    return ran.stdout


class Archive:
    """A folder with suites whose indexes are signed by a key of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keyring = folder / "key.gpg"
        self._home = folder / "gnupg"
        self._home.mkdir(mode=0o700)
        self._gpg("--quick-gen-key", "Archive of a test <archive@example.org>", "ed25519", "sign", "never")
        self.keyring.write_bytes(self._gpg("--export"))
        self._lists: dict[str, tuple[Made, ...]] = {}

    def publish(self, suite: str, packages: Collection[Made], *, date: datetime, valid: timedelta | None) -> None:
        """Put packages into a suite and sign it as of a date."""
        if self._lists.get(suite) != tuple(packages):
            self._fill(suite, packages)
            self._lists[suite] = tuple(packages)
        self.sign(suite, date=date, valid=valid)

    def sign(
        self, suite: str, *, date: datetime, valid: timedelta | None, unnamed: str = "", without_all: bool = False
    ) -> None:
        """Sign a suite as of a date; `valid` None: with no end; `unnamed`: an architecture left out of Architectures.

        `without_all`: as Debian's main archive says that each architecture's list holds what is for all.
        """
        place = self.folder / "dists" / suite
        for name in ("InRelease", "Release"):
            (place / name).unlink(missing_ok=True)
        origin, label, archive, codename = HEADS[suite]
        head = f"Origin: {origin}\nLabel: {label}\nSuite: {archive}\nCodename: {codename}\nDate: {_rfc(date)}\n"
        if valid is not None:
            head += f"Valid-Until: {_rfc(date + valid)}\n"
        architectures = {one.name.removeprefix("binary-") for one in (place / "main").glob("binary-*")} - {unnamed}
        components = sorted(one.name for one in place.iterdir() if one.is_dir())
        if without_all:
            head += "No-Support-for-Architecture-all: Packages\n"
        head += f"Architectures: {' '.join(sorted(architectures))}\nComponents: {' '.join(components)}\n"
        sums = run("apt-ftparchive", "-o", "APT::FTPArchive::MD5=no", "-o", "APT::FTPArchive::SHA1=no", "release", ".",
                   cwd=place).decode()  # fmt: skip
        (place / "Release").write_text(head + sums[sums.index("SHA256:") :])
        self._gpg("--clearsign", "--output", str(place / "InRelease"), str(place / "Release"))

    def deb(self, made: Made) -> Path:
        """Return the file of a package, built at its first use."""
        file = self.folder / "pool" / f"{made.name}_{made.version}{made.marker}_{ARCHITECTURE}.deb"
        if not file.exists():
            tree = self.folder / "build" / file.stem
            (tree / "DEBIAN").mkdir(parents=True)
            depends = f"Depends: {made.depends}\n" if made.depends else ""
            (tree / "DEBIAN" / "control").write_text(
                f"Package: {made.name}\nVersion: {made.version}\nArchitecture: {ARCHITECTURE}\n{depends}"
                f"Maintainer: Maker <maker@example.org>\nDescription: made by a test {made.marker}\n"
            )
            file.parent.mkdir(exist_ok=True)
            run("dpkg-deb", "-Znone", "--root-owner-group", "--build", str(tree), str(file))
        return file

    def put_apart(self, suite: str, component: str, name: str) -> None:
        """Put one package of a suite into another component; the suite is to be signed again."""
        main = self.folder / "dists" / suite / "main" / f"binary-{ARCHITECTURE}" / "Packages"
        stanzas = main.read_text().rstrip("\n").split("\n\n")
        apart = [one for one in stanzas if one.startswith(f"Package: {name}\n")]
        into = self.folder / "dists" / suite / component / f"binary-{ARCHITECTURE}"
        into.mkdir(parents=True)
        (into / "Packages").write_text("".join(f"{one}\n\n" for one in apart))
        main.write_text("".join(f"{one}\n\n" for one in stanzas if one not in apart))
        self._lists.pop(suite)

    def offer_also(self, suite: str, architecture: str) -> None:
        """Offer what a suite holds for another architecture as well; the suite is to be signed again."""
        main = self.folder / "dists" / suite / "main"
        said = (main / f"binary-{ARCHITECTURE}" / "Packages").read_text()
        (main / f"binary-{architecture}").mkdir()
        other = said.replace(f"Architecture: {ARCHITECTURE}\n", f"Architecture: {architecture}\n")
        (main / f"binary-{architecture}" / "Packages").write_text(other)
        self._lists.pop(suite)

    def _fill(self, suite: str, packages: Collection[Made]) -> None:
        place = self.folder / "dists" / suite
        shutil.rmtree(place, ignore_errors=True)
        into = place / "main" / f"binary-{ARCHITECTURE}"
        into.mkdir(parents=True)
        pool = self.folder / "pool" / suite
        shutil.rmtree(pool, ignore_errors=True)
        pool.mkdir(parents=True)
        for made in packages:
            shutil.copy(self.deb(made), pool)
        said = run("apt-ftparchive", "packages", f"pool/{suite}", cwd=self.folder)
        (into / "Packages").write_bytes(said)

    def _gpg(self, *arguments: str) -> bytes:
        return run("gpg", "--batch", "--yes", "--passphrase", "", "--homedir", str(self._home), *arguments)


class Machine:
    """A root of its own for apt and dpkg, as a Debian 13 has it."""

    def __init__(self, root: Path, archive: Archive, suites: Collection[str] = (STABLE, SECURITY)) -> None:
        self.root = root
        self.archive = archive
        for folder in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "var/lib/apt/lists/partial", "var/log/apt",
                       "var/cache/apt/archives/partial", "var/lib/dpkg/info", "var/lib/dpkg/updates",
                       "usr/share/distro-info", "usr/share/doc"):  # fmt: skip
            (root / folder).mkdir(parents=True, exist_ok=True)
        self.status.touch()
        (root / "etc/os-release").write_text(OS_RELEASE)
        self.supported_until("2030-06-30")
        self.configuration.write_text(
            f'Dir "{root}/";\nDir::State::status "{self.status}";\nAPT::Architecture "{ARCHITECTURE}";\n'
            f'APT::Architectures {{ "{ARCHITECTURE}"; }};\nAPT::Sandbox::User "";\nAcquire::Languages "none";\n'
            'Acquire::Check-Valid-Until "false";\nAcquire::Check-Date "false";\nAcquire::Retries "0";\n'
        )
        self.sources(suites)

    @property
    def status(self) -> Path:
        """Return dpkg's own list of what is installed."""
        return self.root / "var/lib/dpkg/status"

    @property
    def configuration(self) -> Path:
        """Return the file that tells apt which root is meant."""
        return self.root / "etc/apt/apt.conf"

    @property
    def lists(self) -> Path:
        """Return where apt keeps what it fetched."""
        return self.root / "var/lib/apt/lists"

    @property
    def environment(self) -> dict[str, str]:
        """Return what tells apt and dpkg-query which root is meant."""
        return {"APT_CONFIG": str(self.configuration), "DPKG_ADMINDIR": str(self.root / "var/lib/dpkg")}

    def sources(self, suites: Collection[str], where: str | None = None) -> None:
        """Use these suites of the archive, or of another place."""
        place = where or f"copy:{self.archive.folder}"
        lines = (f"deb [signed-by={self.archive.keyring}] {place} {suite} main\n" for suite in suites)
        (self.root / "etc/apt/sources.list").write_text("".join(lines))

    def lose_network(self) -> None:
        """Have what was fetched come from a server that is not there."""
        gone = str(self.archive.folder).replace("_", "%5f").replace("/", "_")
        for file in self.lists.glob(f"{gone}_*"):
            file.rename(file.with_name(f"127.0.0.1:9{file.name.removeprefix(gone)}"))
        self.sources((STABLE, SECURITY), "http://127.0.0.1:9")

    def update(self) -> None:
        """Fetch the lists, as an administrator does; it exits with 0 even where nothing could be fetched."""
        run("apt-get", "-qq", "update", environment=self.environment)

    def install(self, *packages: Made) -> None:
        """Install packages with the real dpkg, which writes its log below the root."""
        files = [str(self.archive.deb(made)) for made in packages]
        run("dpkg", f"--root={self.root}", f"--log={self.log}", "--force-depends", "--force-bad-path",
            "--force-not-root", "--force-downgrade", "--install", *files)  # fmt: skip

    def hold(self, name: str) -> None:
        """Tell dpkg to leave a package as it is."""
        select = f"printf '{name} hold\\n' | dpkg --root={self.root} --set-selections"
        run("sh", "-c", select)

    def pin(self, name: str, version: str) -> None:
        """Tell apt to stay with a version."""
        text = f"Package: {name}\nPin: version {version}\nPin-Priority: 1001\n"
        (self.root / "etc/apt/preferences.d" / name).write_text(text)

    @property
    def log(self) -> Path:
        """Return dpkg's log."""
        return self.root / "var/log/dpkg.log"

    def supported_until(self, day: str) -> None:
        """Say in distro-info's table when the support of this release ends."""
        (self.root / "usr/share/distro-info/debian.csv").write_text(SUPPORT.format(eol=day))

    def run_kernel(self, release: str, banner: str, *, booted: datetime) -> None:
        """Give the machine a /proc of its own with this kernel and one process, systemd."""
        proc = self.root / "proc"
        shutil.rmtree(proc, ignore_errors=True)
        (proc / "sys/kernel").mkdir(parents=True, exist_ok=True)
        (proc / "sys/kernel/osrelease").write_text(f"{release}\n")
        (proc / "version").write_text(f"{banner}\n")
        (proc / "stat").write_text(f"cpu  1 2 3\nbtime {int(booted.timestamp())}\n")
        (proc / "self/ns").mkdir(parents=True, exist_ok=True)
        self._namespace("self", "pid:[1]")
        self.run_process(1, "systemd", ())

    def run_process(self, pid: int, name: str, deleted: Collection[str], *, namespace: str = "pid:[1]") -> None:
        """Add a process, started with the machine, that runs code of deleted files."""
        place = self.root / "proc" / str(pid)
        (place / "ns").mkdir(parents=True)
        self._namespace(str(pid), namespace)
        (place / "comm").write_text(f"{name}\n")
        (place / "stat").write_text(f"{pid} ({name}) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 30 1 1\n")
        lines = (f"7f1c-7f1d r-xp 00026000 fe:00 1311   {file} (deleted)\n" for file in deleted)
        (place / "maps").write_text("5500-5501 r-xp 00000000 fe:00 12   /usr/bin/x\n" + "".join(lines))

    def _namespace(self, process: str, name: str) -> None:
        """Put a process into a namespace, which is told by its number, as an inode is."""
        made = self.root / f"namespace-{name}"
        made.touch()
        (self.root / "proc" / process / "ns/pid").hardlink_to(made)

    def files(self) -> dict[str, tuple[int, int]]:
        """Return every file below the root with its size and time, so that a write shows."""
        found = (path for path in self.root.rglob("*"))
        return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in found}


@dataclass(unsafe_hash=True)
class RootedHost(Host):
    """Reach another host as if a folder there were its root: paths are led below it, apt and dpkg are told of it."""

    inner: Host
    machine: Machine

    def __post_init__(self) -> None:
        self.id = self.inner.id

    def execute(self, command: Command) -> Output:
        argv = tuple(self._below(argument) for argument in command.argv)
        environment = {**self.machine.environment, **command.environment}
        return self.inner.execute(replace(command, argv=argv, environment=environment))

    def read(self, path: str, *, limit: int) -> bytes:
        return self.inner.read(self._below(path), limit=limit)

    def _below(self, path: str) -> str:
        if path.startswith(("/etc/", "/var/log/", "/usr/share/")):
            return f"{self.machine.root}{path}"
        if path.startswith("/proc") and (self.machine.root / "proc").exists():
            return f"{self.machine.root}{path}"
        return path


def _rfc(date: datetime) -> str:
    return format_datetime(date.astimezone(UTC)).replace("+0000", "UTC")
