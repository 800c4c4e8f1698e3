"""The playbooks say what the guides say, and Ansible does it once against a real sshd."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.cli.explain import explanation, playbook
from agent.cli.invocation import invoke
from agent.cli.reference import commands
from agent.core.errors import UsageError
from tests.parts import cell
from tests.parts.ports import free_port
from tests.parts.processes import end, wait_until
from tests.parts.sshd import LOOPBACK, make_key, public_key

GUIDES = ("ssh", "store")
# A machine of cells shares /usr with this one: what is laid below /usr/local there must not lie here.
_SHARED = 'mount --rbind /usr "$0/usr" && '
ENTER = cell.ENTER.replace(_SHARED, _SHARED + 'mount --bind "$0/own" "$0/usr/local" && ')


class Loader(yaml.SafeLoader):
    """Reads a playbook as Ansible does: `!unsafe` is text in which nothing is replaced."""


Loader.add_constructor("!unsafe", lambda loader, node: str(node.value))


def plays(guide: str, language: str = "en") -> list[Any]:
    read: list[Any] = yaml.load(playbook(guide, language), Loader)
    return read


def tasks(guide: str) -> dict[str, Any]:
    """Return what each task is given, by the module and its name."""
    return {
        f"{module} {task['name']}": given
        for play in plays(guide)
        for task in play["tasks"]
        for module, given in task.items()
        if module.startswith("ansible.")
    }


@pytest.mark.parametrize("guide", GUIDES)
def test_a_playbook_lays_the_very_program_that_the_guide_prints(guide: str) -> None:
    text = explanation(guide, "en")
    assert (
        tasks(guide)["ansible.builtin.copy Lay the program"]["content"].rstrip()
        == text[text.index("\n#!") + 1 :].rstrip()
    )
    assert "content: !unsafe |" in playbook(guide, "en")


@pytest.mark.parametrize("guide", GUIDES)
def test_a_playbook_says_what_its_guide_says(guide: str) -> None:
    given, text = tasks(guide), explanation(guide, "en")
    program = given["ansible.builtin.copy Lay the program"]
    account = given["ansible.builtin.user Make the account"]
    line = given["ansible.builtin.lineinfile Let the agent's key in"]["line"]
    assert f"--create-home --shell {account['shell']} {account['name']}\n" in text
    assert f"> {program['dest']}\n" in text and f"chmod {program['mode']} {program['dest']}\n" in text
    said = line.replace("{{ beffroi_from }}", "AGENT").replace("{{ beffroi_store }}", "/srv/restic")
    assert said.partition(" {{")[0] in text
    if guide == "ssh":
        sudo = given["ansible.builtin.copy Let the account run the program as root, without an argument"]
        assert sudo["content"].strip() in text and f"visudo -f {sudo['dest']}" in text
        assert plays(guide)[0]["vars"]["beffroi_key"] in text


@pytest.mark.parametrize("guide", GUIDES)
def test_a_playbook_takes_ansible_s_own_modules_and_holds_no_secret(guide: str) -> None:
    assert all(name.startswith("ansible.builtin.") for name in tasks(guide))
    assert not {"PRIVATE KEY", "ssh-ed25519 AAAA"} & set(playbook(guide, "en").split("\n"))
    assert plays(guide, "fr") == plays(guide, "en")


def test_the_command_prints_a_playbook_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["explain", "ssh", "--ansible", "--language", "en"]) == 0
    assert capsys.readouterr().out == playbook("ssh", "en") + "\n"


AGENTS = Path(__file__).parents[2] / "docs/examples/fleet/agents.yml"


def test_the_playbook_of_agents_runs_only_commands_that_exist() -> None:
    (play,) = yaml.safe_load(AGENTS.read_text(encoding="utf-8"))
    assert all(any(key.startswith("ansible.builtin.") for key in task) for task in play["tasks"])
    called = [task["ansible.builtin.command"]["argv"] for task in play["tasks"] if "ansible.builtin.command" in task]
    known = {name for name, _ in commands()}
    ours = [" ".join(word for word in rest if not word.startswith("-")) for program, *rest in called]
    assert ours == ["install", "config check", "begin", "reload"]
    assert set(ours) <= known


@pytest.mark.programs
def test_ansible_understands_the_playbook_of_agents(tmp_path: Path) -> None:
    program = shutil.which("ansible-playbook")
    if program is None:
        pytest.skip("Ansible is not installed")
    (tmp_path / "hosts.ini").write_text("[agents]\nsrv-1\n")
    command = [program, "--syntax-check", "--inventory", str(tmp_path / "hosts.ini"), str(AGENTS)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_another_name_has_no_playbook() -> None:
    with pytest.raises(UsageError, match="no playbook for 'patching'"):
        playbook("patching", "en")


class Site:
    """A watched machine with a real sshd, and the agent's files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.cell = cell.Cell(folder / "root")
        self.cell.make()
        for name in ("own/bin", "own/sbin", "etc/sudoers.d"):
            (self.cell.root / name).mkdir(parents=True)
        key = public_key(make_key(folder / "root_key"))
        self.cell.write("/root/.ssh/authorized_keys", f"{key}\n", mode=0o600)
        self.cell.write("/etc/sudoers", "@includedir /etc/sudoers.d\n", mode=0o440)
        self.cell.write("/etc/ssh/ssh_host_ed25519_key.pub", (self.cell.root / "etc/ssh/host_key.pub").read_text())
        lines = ("HostKey /etc/ssh/host_key", f"Port {self.port}", f"ListenAddress {LOOPBACK}", "UsePAM no")
        self.cell.write(
            "/etc/ssh/sshd_config", "\n".join((*lines, "StrictModes no", "Subsystem sftp internal-sftp", ""))
        )

    @contextmanager
    def sshd(self) -> Iterator[None]:
        command = (*cell.UNSHARE, "env", f"PATH={cell.PATH}", "sh", "-c", ENTER, str(self.cell.root))
        log = (self.folder / "sshd.log").open("wb")
        with (
            log,
            subprocess.Popen((*command, "/usr/sbin/sshd", "-D", "-e"), stdin=-3, stdout=log, stderr=log) as process,
        ):
            try:
                assert wait_until(lambda: "Server listening" in (self.folder / "sshd.log").read_text())
                yield
            finally:
                end(process.pid)

    def play(self, guide: str) -> dict[str, int]:
        """Play a guide's playbook; return how many things changed on each machine."""
        (self.folder / "play.yml").write_text(playbook(guide, "en"))
        inventory = f"srv-1 ansible_host={LOOPBACK} ansible_port={self.port} ansible_user=root "
        inventory += (
            f"ansible_ssh_private_key_file={self.folder}/root_key ansible_python_interpreter=/usr/bin/python3\n"
        )
        (self.folder / "hosts.ini").write_text(inventory)
        assert ENTER != cell.ENTER
        given = {"beffroi_from": LOOPBACK, "beffroi_key": f"{self.folder}/agent.key", "beffroi_group": "root"}
        given |= {"beffroi_known_hosts": f"{self.folder}/known_hosts", "beffroi_store": "/srv/restic"}
        extra = json.dumps(given | {"ansible_become": False})
        program = shutil.which("ansible-playbook")
        assert program is not None
        played = subprocess.run(
            [program, "--inventory", self.folder / "hosts.ini", self.folder / "play.yml", "--extra-vars", extra],
            env=os.environ
            | {"ANSIBLE_HOST_KEY_CHECKING": "False", "ANSIBLE_TIMEOUT": "120", "HOME": str(self.folder)}
            # The name of a shared connection's socket would be longer than a socket's may be; a cell has no terminals.
            | {"ANSIBLE_SSH_ARGS": "-o ControlMaster=no", "ANSIBLE_SSH_USETTY": "False"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert played.returncode == 0, (played.stdout[-3000:], played.stderr[-2000:])
        return {name: int(changed) for name, changed in re.findall(r"(?m)^(\S+) +: .*changed=(\d+)", played.stdout)}

    def ask(self, user: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command there with the agent's key and the agent's known_hosts alone."""
        # OpenSSH's client, root here, wants its own key closed to its group, which is how the service reads it.
        shutil.copy(self.folder / "agent.key", self.folder / "own.key")
        (self.folder / "own.key").chmod(0o600)
        options = ("-o", f"UserKnownHostsFile={self.folder}/known_hosts", "-o", "StrictHostKeyChecking=yes")
        more = ("-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-i", f"{self.folder}/own.key")
        return subprocess.run(
            ["ssh", "-F", "/dev/null", *options, *more, "-p", str(self.port), f"{user}@{LOOPBACK}", *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


REFUSED = cell.refusal() or (None if shutil.which("ansible-playbook") else "ansible-playbook is not installed here")


@pytest.mark.programs
@pytest.mark.network
@pytest.mark.skipif(REFUSED is not None, reason=REFUSED or "")
# That both say what their guides say is shown above; each is played twice, for 9 s of processor.
@pytest.mark.parametrize("guide", ["ssh", pytest.param("store", marks=pytest.mark.slow)])
def test_ansible_sets_up_a_host_once_and_the_agent_gets_in(guide: str, tmp_path: Path) -> None:
    site = Site(tmp_path)
    with site.sshd():
        first, second = site.play(guide), site.play(guide)
        assert first["srv-1"] > 4
        assert second == {"srv-1": 0, "localhost": 0}
        if guide == "ssh":
            assert site.ask("beffroi", "id", "-un").stdout == "beffroi\n"
            assert '/usr/local/sbin/beffroi-root ""' in site.ask("beffroi", "sudo", "-n", "-l").stdout
        else:
            said = site.ask("beffroi-store", "id", "-un")
            assert said.stdout != "beffroi-store\n" and said.returncode != 255, said.stderr
    assert (tmp_path / "agent.key").stat().st_mode & 0o777 == 0o640
