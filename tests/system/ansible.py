"""The playbook of docs/fleet.md, played by Ansible on a machine where nothing is installed any more."""

import pathlib
import re
import shutil

from tests.system.inside import BEFFROI, CONFIGURATION, ran, shown, sure
from tests.system.site import DROP_IN

CHECKOUT = pathlib.Path.cwd()
FOLDER = pathlib.Path("/root/agents")


def ansible_installs_an_agent_once() -> None:
    """Nothing counts before it is said to begin; a second play changes nothing."""
    sure("apt-get", "install", "--yes", "--no-install-recommends", "ansible-core")
    FOLDER.mkdir(mode=0o700)
    shutil.copytree(CONFIGURATION.parent, FOLDER / "srv-1", symlinks=True)
    shutil.copy(CHECKOUT / "docs/examples/fleet/agents.yml", FOLDER)
    (FOLDER / "hosts.ini").write_text(
        "[agents]\nsrv-1 ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n"
    )
    carried = DROP_IN.read_text()
    sure(BEFFROI, "uninstall", "--purge", "--yes")
    DROP_IN.parent.mkdir(exist_ok=True)
    DROP_IN.write_text(carried)
    assert changed(play()) > 0
    assert shown("UnitFileState") == "disabled" and "fleet enrol" not in play()
    said = play("beffroi_begin=true")
    assert re.search(r"beffroi fleet enrol srv-1 --fingerprint SHA256:[A-Za-z0-9+/]{43}\b", play()), said
    assert shown("ActiveState") == "active"
    assert changed(play("beffroi_begin=true")) == 0
    assert (CONFIGURATION.stat().st_mode & 0o777, CONFIGURATION.group()) == (0o640, "beffroi")


def play(*given: str) -> str:
    """Return what Ansible says of a play that must succeed."""
    version = sure("git", "-C", str(CHECKOUT), "rev-parse", "HEAD").strip()
    more = " ".join((f"beffroi_source={CHECKOUT}", f"beffroi_version={version}", *given))
    done = ran("ansible-playbook", "--inventory", str(FOLDER / "hosts.ini"), str(FOLDER / "agents.yml"), "-e", more)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def changed(said: str) -> int:
    """Return how many things a play changed."""
    (number,) = re.findall(r"(?m)^srv-1 +: .*changed=(\d+)", said)
    return int(number)


STEPS = (ansible_installs_an_agent_once,)
