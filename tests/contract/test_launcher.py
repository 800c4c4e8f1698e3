"""./beffroi on machines that lack this or that: a small checkout, and only the programs that it is given."""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.parts.checkout import HOME

pytestmark = pytest.mark.programs

# What the launcher and pip may use; restic, ssh and apt-get are each test's own.
TOOLS = (
    "sh",
    "dash",
    "dirname",
    "readlink",
    "sha256sum",
    "cat",
    "mktemp",
    "rm",
    "mv",
    "flock",
    "tail",
    "uname",
    "find",
)

FAKE_APT = """\
#!/bin/sh
echo "$*" >>"{log}"
[ ! -e "{broken}" ] || {{ echo 'E: Unable to fetch some archives' >&2; exit 100; }}
case $* in *install*) /bin/ln -s /bin/true "{tools}/restic" ;; esac
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that has a checkout and a few programs."""

    checkout: Path
    tools: Path
    apt_log: Path
    apt_broken: Path

    def start(self, *arguments: str, launcher: Path | None = None, cwd: str = "/") -> subprocess.CompletedProcess[str]:
        """Run the launcher to its end."""
        process = self.begin(*arguments, launcher=launcher, cwd=cwd)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def begin(self, *arguments: str, launcher: Path | None = None, cwd: str = "/") -> subprocess.Popen[str]:
        """Start the launcher, with only this machine's programs."""
        return subprocess.Popen(
            [launcher or self.checkout / "beffroi", *arguments],
            cwd=cwd,
            env={
                "PATH": str(self.tools),
                "HOME": str(self.checkout),
                "TMPDIR": str(self.checkout.parent),
                # Root by the machine's own `id`, asked by sudo of the user who runs these tests.
                "SUDO_UID": str(os.getuid()),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def apt_calls(self) -> int:
        """Return how often apt-get has been run."""
        return len(self.apt_log.read_text().splitlines()) if self.apt_log.exists() else 0

    def lock(self, text: str) -> None:
        """Change what the lock says."""
        (self.checkout / "requirements/runtime.txt").write_text(text)


def make_program(path: Path, text: str) -> None:
    """Write a program."""
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Give a machine that is root's, where apt-get works and restic is missing."""
    return made(tmp_path)


def made(tmp_path: Path) -> Machine:
    """Make such a machine in a folder."""
    checkout, tools = tmp_path / "check out", tmp_path / "tools"
    for folder in (checkout / "requirements", checkout / "agent/core", tools):
        folder.mkdir(parents=True)
    for name in ("beffroi", "requirements/set-up.sh", "agent/__init__.py", "agent/__main__.py"):
        shutil.copy2(HOME / name, checkout / name)
    for name in ("__init__", "errors", "reason", "version"):
        shutil.copy2(HOME / f"agent/core/{name}.py", checkout / "agent/core")
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or f"/usr/bin/{name}")
    machine = Machine(checkout=checkout, tools=tools, apt_log=tmp_path / "apt.log", apt_broken=tmp_path / "apt.broken")
    machine.lock("")
    make_program(tools / "id", "#!/bin/sh\necho 0\n")
    make_program(tools / "ssh", "#!/bin/sh\n")
    make_program(tools / "apt-get", FAKE_APT.format(log=machine.apt_log, broken=machine.apt_broken, tools=tools))
    return machine


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStart:
    """A machine after its first start: what that said, and which files of the temporary folder are new."""

    machine: Machine
    said: subprocess.CompletedProcess[str]
    new: set[Path]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """Return the first start of a machine; a virtual environment takes seconds to make."""
    machine = made(tmp_path_factory.mktemp("first"))
    (machine.checkout / "agent/not_asked_for.py").write_text("ANSWER = 42\n")
    before = set(machine.checkout.parent.iterdir())
    said = machine.start("--version")
    return FirstStart(machine=machine, said=said, new=set(machine.checkout.parent.iterdir()) - before)


def test_the_first_start_sets_up(first: FirstStart) -> None:
    assert first.said.returncode == 0, first.said.stderr
    assert first.said.stdout.startswith("beffroi ")
    assert "installing the Debian packages restic" in first.said.stderr
    calls = first.machine.apt_log.read_text().splitlines()
    assert [("update" in one, " install " in one) for one in calls] == [(True, False), (False, True)]


def test_no_later_start_sets_up(first: FirstStart, tmp_path: Path) -> None:
    machine, calls = first.machine, first.machine.apt_calls()
    second = machine.start("--version")
    assert (second.stdout, second.stderr) == (first.said.stdout, "")

    link = tmp_path / "link"
    link.symlink_to(machine.checkout / "beffroi")
    by_link = machine.start("--version", launcher=link, cwd=str(tmp_path))
    assert (by_link.returncode, by_link.stdout, by_link.stderr) == (0, first.said.stdout, "")

    restic = machine.tools / "restic"
    restic.rename(tmp_path / "restic")
    without_restic = machine.start("--version")
    (tmp_path / "restic").rename(restic)
    assert (without_restic.returncode, without_restic.stderr) == (0, "")
    assert machine.apt_calls() == calls


@pytest.mark.slow
def test_the_first_start_keeps_the_program_compiled_for_those_who_may_not_write_there(first: FirstStart) -> None:
    assert len(list(first.machine.checkout.glob("agent/__pycache__/not_asked_for.*.pyc"))) == 1


@pytest.mark.slow
def test_nothing_is_left_behind_in_the_temporary_folder(first: FirstStart) -> None:
    assert first.new == {first.machine.apt_log}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a file away")
def test_root_does_not_run_the_libraries_of_another_user(first: FirstStart) -> None:
    machine, settings = first.machine, first.machine.checkout / ".venv/pyvenv.cfg"
    owner, root = settings.stat().st_uid, (machine.tools / "id").read_text()
    os.chown(settings, 65534, 65534)
    assert machine.start("--version").returncode == 2
    make_program(machine.tools / "id", "#!/bin/sh\necho 1000\n")
    as_user = machine.start("--version")
    os.chown(settings, owner, -1)
    make_program(machine.tools / "id", root)
    assert as_user.returncode == 0
    assert machine.start("--version").returncode == 0


@pytest.mark.slow
def test_a_changed_lock_makes_the_environment_anew_and_runs_no_apt_get(first: FirstStart, tmp_path: Path) -> None:
    machine, calls = first.machine, first.machine.apt_calls()
    restic = machine.tools / "restic"
    restic.rename(tmp_path / "restic")
    machine.lock("# another one\n")
    again = machine.start("--version")
    (tmp_path / "restic").rename(restic)
    assert again.returncode == 0
    assert "making" in again.stderr
    assert machine.start("--version").stderr == ""
    assert machine.apt_calls() == calls


@pytest.mark.slow
def test_a_set_up_that_was_interrupted_is_done_again(machine: Machine) -> None:
    begun = machine.begin("--version")
    deadline = time.monotonic() + 60
    while not (machine.checkout / ".venv").exists() and begun.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(begun.pid, signal.SIGKILL)
    begun.communicate(timeout=60)
    assert not (machine.checkout / ".venv/beffroi-stamp").exists()

    again = machine.start("--version")
    assert again.returncode == 0, again.stderr
    assert "making" in again.stderr
    assert machine.start("--version").stderr == ""


@pytest.mark.slow
def test_two_first_starts_at_once_set_up_once(machine: Machine) -> None:
    begun = [machine.begin("--version") for _ in range(3)]
    ended = [process.communicate(timeout=120) for process in begun]
    assert [process.returncode for process in begun] == [0, 0, 0]
    assert len({out for out, _ in ended}) == 1
    assert sum("making" in err for _, err in ended) == 1
    assert machine.apt_calls() == 2


def test_without_root_it_says_exactly_what_to_install(machine: Machine) -> None:
    make_program(machine.tools / "id", "#!/bin/sh\necho 1000\n")
    (machine.tools / "ssh").unlink()
    refused = machine.start("demo")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.splitlines() == [
        "these Debian packages are missing: restic openssh-client",
        "hint: as root: apt-get update && apt-get install restic openssh-client",
    ]
    assert machine.apt_calls() == 0
    assert not (machine.checkout / ".venv").exists()


@pytest.mark.slow
def test_without_root_and_with_everything_there_it_sets_up(machine: Machine) -> None:
    make_program(machine.tools / "id", "#!/bin/sh\necho 1000\n")
    make_program(machine.tools / "restic", "#!/bin/sh\n")
    assert machine.start("--version").returncode == 0
    assert machine.apt_calls() == 0


@pytest.mark.slow
def test_a_failing_apt_get_is_shown_and_tried_again_by_the_next_start(machine: Machine) -> None:
    machine.apt_broken.touch()
    refused = machine.start("--version")
    assert refused.returncode == 2
    assert "E: Unable to fetch some archives\napt-get update failed\nhint: " in refused.stderr
    machine.apt_broken.unlink()
    assert machine.start("--version").returncode == 0


def test_a_distribution_with_another_hash_is_refused(machine: Machine, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path)
    machine.lock(f"thing @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n")
    refused = machine.start("--version")
    assert refused.returncode == 2
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert "hint: " in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--wheels", "{}"), id="apart"),
        pytest.param(("--wheels={}",), id="together", marks=pytest.mark.slow),
    ],
)
def test_a_directory_of_wheels_is_all_that_a_first_start_needs(
    words: tuple[str, ...], machine: Machine, tmp_path: Path
) -> None:
    digest = hashlib.sha256(make_wheel(tmp_path).read_bytes()).hexdigest()
    machine.lock(f"thing==1.0 --hash=sha256:{digest}\n")
    said = machine.start("install", *(word.format(tmp_path) for word in words))
    assert "making" in said.stderr and "cannot install" not in said.stderr
    assert list((machine.checkout / ".venv").rglob("thing.py"))


def make_wheel(folder: Path) -> Path:
    """Write the smallest distribution that pip installs."""
    wheel = folder / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("thing.py", "")
        file.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        file.writestr("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("thing-1.0.dist-info/RECORD", "")
    return wheel


@pytest.mark.parametrize("place", ["beffroi", "agent/core", "requirements/set-up.sh", "."])
def test_root_does_not_run_what_everybody_may_write(machine: Machine, place: str) -> None:
    path = machine.checkout / place
    path.chmod(path.stat().st_mode | 0o002)
    said = machine.start("--version")
    first, hint = said.stderr.splitlines()
    assert (said.returncode, said.stdout) == (2, "")
    assert first == f"root does not run this checkout: another user owns or may change {path}"
    assert hint.startswith("hint: ")
    assert not (machine.checkout / ".venv").exists()


def test_root_does_not_run_what_lies_in_a_folder_that_everybody_may_write(first: FirstStart) -> None:
    parent = first.machine.checkout.parent
    before = parent.stat().st_mode
    parent.chmod(0o777)
    assert first.machine.start("--version").returncode == 2
    parent.chmod(0o1777)
    assert first.machine.start("--version").returncode == 0
    parent.chmod(before)


@pytest.mark.parametrize("name", ["beffroi", "tests/run", ".ci/run"])
def test_what_is_started_can_be(name: str) -> None:
    assert (HOME / name).stat().st_mode & stat.S_IXUSR


def test_without_a_program_that_makes_machines_the_installation_s_tests_say_so_and_set_up_nothing() -> None:
    said = subprocess.run([HOME / "tests/run", "--system"], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0
    assert said.stdout.startswith("skipped, no bare machine")
    assert said.stderr == ""
