"""Paths of the installed program and their owners."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The root folder under which everything is laid, and the user that the service runs as."""

    root: Path = Path("/")
    user: str = "beffroi"

    @property
    def home(self) -> Path:
        """Return the program's own folder, root's and readable by all."""
        return self.root / "opt/beffroi"

    @property
    def releases(self) -> Path:
        """Return where each release has a virtual environment of its own."""
        return self.home / "releases"

    @property
    def current(self) -> Path:
        """Return the link that says which release is in use; it is replaced in one step."""
        return self.home / "current"

    @property
    def program(self) -> Path:
        """Return what the units start."""
        return self.home / "bin/beffroi"

    @property
    def command(self) -> Path:
        """Return the link to the program on everyone's PATH."""
        return self.root / "usr/local/bin/beffroi"

    @property
    def units(self) -> Path:
        """Return where the units of this machine's administrator lie."""
        return self.root / "etc/systemd/system"

    @property
    def sysusers(self) -> Path:
        """Return what declares the user."""
        return self.root / "etc/sysusers.d/beffroi.conf"

    @property
    def tmpfiles(self) -> Path:
        """Return what declares the folders."""
        return self.root / "etc/tmpfiles.d/beffroi.conf"

    @property
    def configuration(self) -> Path:
        """Return the configuration that the service reads."""
        return self.root / "etc/beffroi/beffroi.toml"

    @property
    def state(self) -> Path:
        """Return the state directory, the only one that the service may write in."""
        return self.root / "var/lib/beffroi"

    @property
    def centre(self) -> Path:
        """Return the configuration of a fleet's centre, where this machine has one."""
        return self.root / "etc/beffroi/centre.toml"

    @property
    def centre_state(self) -> Path:
        """Return the state directory of the centre."""
        return self.root / "var/lib/beffroi-centre"

    @property
    def heads(self) -> Path:
        """Return where root keeps the signed heads; the service cannot write there."""
        return self.root / "var/lib/beffroi-heads"

    @property
    def runtime(self) -> Path:
        """Return the folder of the service's Unix socket, which systemd makes."""
        return self.root / "run/beffroi"

    @property
    def stamps(self) -> Path:
        """Return where systemd keeps when persistent timers last ran."""
        return self.root / "var/lib/systemd/timers"
