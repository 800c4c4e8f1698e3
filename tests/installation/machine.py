"""A machine to install on: a root folder, a small program in a checkout, and a systemd played by a script.

The played systemd really starts what the release in use starts, once: it is active where that ends with 0.
"""

import grp
import hashlib
import os
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent.installation import begin, install, uninstall
from agent.installation.places import Places

SYSTEMCTL = """\
#!/bin/sh
echo "$*" >>"{root}/asked"
state="{root}/service"
case $1 in
    restart) if "{root}/opt/beffroi/bin/beffroi" run; then echo active >"$state"; else rm -f "$state"; exit 1; fi ;;
    stop) rm -f "$state" ;;
    enable) for unit; do :; done; touch "{root}/enabled-$unit" ;;
    disable)
        for unit; do :; done
        rm -f "{root}/enabled-$unit"
        case "$*" in *--now*) [ "$unit" != beffroi.service ] || rm -f "$state" ;; esac ;;
    is-enabled) if [ -e "{root}/enabled-$2" ]; then echo enabled; else echo disabled; exit 1; fi ;;
    cat) cat "{root}/etc/systemd/system/$2" ;;
    show)
        echo "ActiveState=$(cat "$state" 2>/dev/null || echo inactive)"
        echo "MainPID=7"
        [ ! -e "$state" ] || echo "StatusText=$(cat "{root}/status" 2>/dev/null || echo watching)" ;;
esac
"""
# What the played service would see at one look: one verdict that is shown, one that is not.
LOOKED = """\
{"verdicts": [
 {"target": "patching", "subject": "srv-1", "state": "missed", "reason": "updates-pending"},
 {"target": "strong-authentication", "subject": "srv-1", "state": "unproven", "reason": "denied"}]}
"""
MAIN = """\
import os, sys
words = sys.argv[1:]
if words[:1] == ["check"]:
    print({looked!r})
    print("Watched by nothing: /data", file=sys.stderr)
    sys.exit(1)
if words[:1] == ["config"] and os.path.exists({refused!r}):
    print("beffroi.toml:3: backup.copy.password_file: may not be read by this user", file=sys.stderr)
    sys.exit(2)
sys.exit({code} if words == ["run"] else 0)
"""
SYSTEMD_RUN = """\
#!/bin/sh
echo "$*" >>"{root}/ran"
while [ "${{1#--}}" != "$1" ]; do shift; done
exec "$@"
"""


@dataclass(slots=True, kw_only=True)
class Machine:
    """A root folder, a checkout whose program may be changed, and what each step said."""

    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def places(self) -> Places:
        return Places(root=self.folder / "root", user=grp.getgrgid(os.getegid()).gr_name)

    @property
    def source(self) -> Path:
        return self.folder / "checkout"

    @property
    def wheels(self) -> Path:
        return self.folder / "wheels"

    def program_ends_with(self, code: int) -> None:
        """Make the checkout another version, whose daemon ends with this code."""
        text = MAIN.format(code=code, looked=LOOKED, refused=str(self.folder / "refused"))
        (self.source / "agent/__main__.py").write_text(text)

    def install(self) -> str:
        """Install the checkout, and begin where it has not begun; return what was said."""
        return self._told(self._install_and_begin)

    def only_install(self) -> str:
        """Install the checkout; return what was said."""
        return self._told(self._install)

    def begin(self, confirm: Callable[[], None] = lambda: None) -> str:
        """Begin; return what was said."""
        return self._told(lambda: begin.begin(self.places, self.said.append, confirm))

    def _install_and_begin(self) -> None:
        self._install()
        begin.begin(self.places, self.said.append, lambda: None)

    def _install(self) -> None:
        install.install(self.places, self.source, self.wheels, self.said.append)

    def uninstall(self, *, purge: bool = False) -> str:
        """Uninstall; return what was said."""
        return self._told(lambda: uninstall.uninstall(self.places, self.said.append, purge=purge))

    def _told(self, work: Callable[[], None]) -> str:
        self.said.clear()
        work()
        return "\n".join(self.said)

    def asked(self) -> list[str]:
        """Return what systemctl was asked since the last time that this was called."""
        path = self.folder / "root/asked"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return [line for line in lines if not line.startswith(("show", "is-enabled", "cat"))]

    def is_running(self) -> bool:
        """Return whether the played service is active."""
        return (self.folder / "root/service").exists()

    def releases(self) -> list[str]:
        """Return the names of the releases that lie there."""
        return sorted(path.name for path in self.places.releases.iterdir())

    def answers(self) -> int:
        """Return the exit code of the installed program's daemon."""
        return subprocess.run([self.places.command, "run"], check=False, timeout=60).returncode


def made(folder: Path, tools: Path) -> Machine:
    """Return a machine on which nothing is installed."""
    machine = Machine(folder=folder)
    for name in ("root/run/systemd/system", "root/etc/beffroi", "root/etc/systemd/system", "root/var/lib/beffroi"):
        (folder / name).mkdir(parents=True)
    packages = ("checkout/agent", "checkout/collectors", "checkout/checks", "checkout/docs/shell")
    for name in (*packages, "checkout/dashboards", "checkout/docs/runbooks", "checkout/systemd", "wheels"):
        (folder / name).mkdir(parents=True)
    for name in ("agent", "collectors", "checks"):
        (machine.source / name / "__init__.py").touch()
    (machine.source / "dashboards/beffroi-agent.json").write_text("{}\n")
    (machine.source / "docs/runbooks/watchdog.md").write_text("# Veille\n")
    (machine.source / "docs/shell/beffroi.1").write_text(".TH BEFFROI 1\n")
    for name, text in (
        ("beffroi.service", "[Service]\nExecStart=/opt/beffroi/bin/beffroi run\n"),
        ("beffroi.sysusers.conf", "u beffroi -\n"),
        ("beffroi.tmpfiles.conf", "d /var/lib/beffroi\n"),
    ):
        (machine.source / "systemd" / name).write_text(text)
    machine.program_ends_with(0)
    (machine.source / "requirements").mkdir()
    wheel = wheel_in(machine.wheels)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (machine.source / "requirements/runtime.txt").write_text(f"thing==1.0 --hash=sha256:{digest}\n")
    machine.places.configuration.write_text(CONFIGURATION)
    for name, script in (
        ("systemctl", SYSTEMCTL.format(root=machine.places.root)),
        ("systemd-run", SYSTEMD_RUN.format(root=machine.places.root)),
        ("systemd-sysusers", "#!/bin/sh\n"),
        ("systemd-tmpfiles", "#!/bin/sh\n"),
        ("journalctl", "#!/bin/sh\necho its last words\n"),
        ("userdel", "#!/bin/sh\nexit 6\n"),
        ("groupdel", "#!/bin/sh\nexit 6\n"),
    ):
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    return machine


CONFIGURATION = """\
[agent]
state_directory = "/var/lib/beffroi"
[[beneficiary]]
id = "scota"
name = "SCOTA"
[[host]]
id = "srv-1"
transport = "local"
"""


def wheel_in(folder: Path) -> Path:
    """Write the smallest distribution that pip installs."""
    wheel = folder / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("thing.py", "")
        file.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        file.writestr("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("thing-1.0.dist-info/RECORD", "")
    return wheel
