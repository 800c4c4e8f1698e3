"""What the program says of machines whose clamd is sound, dead, mute or a liar: one configuration, one run."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.parts.clamd import Clamd, pretender, running_clamd, signatures
from tests.parts.program import Said, beffroi
from tests.parts.sshd import Sshd, free_port, running_sshd
from tests.parts.unprivileged import open_folder

pytestmark = [pytest.mark.programs, pytest.mark.network]

HEAD = """\
[agent]
state_directory = "{state}"
listen = ""
timeout = "4s"

[[beneficiary]]
id = "scota"
name = "SCOTA"
"""
HOST = """
[[host]]
id = "{id}"
collect = ["antivirus"]
antivirus = {{ socket = "{socket}", database = "{database}", realtime = {realtime} }}
"""
POST = """
[[host]]
id = "{id}"
collect = ["antivirus"]
antivirus = {{ export = "{export}" }}
"""
EXPORT = """
[[export]]
id = "{id}"
path = "{path}"
host = "Device"
date = "Updated"
"""
FAR = """transport = "ssh"
address = "{address}"
port = {port}
user = "{user}"
key_file = "{key_file}"
known_hosts = "{known_hosts}"
"""
VERSION = b"ClamAV 1.4.6/27001/Tue Nov 24 08:00:00 2026\0"

ANSWERS = {
    "sound": ("met", "within-limit"),
    "behind-ssh": ("met", "within-limit"),
    "without-real-time": ("missed", "not-engaged"),
    "dead": ("missed", "not-running"),
    "never-there": ("missed", "not-running"),
    "knows-nothing": ("missed", "not-detecting"),
    "calls-all-infected": ("missed", "not-detecting"),
    "undated": ("unproven", "unreadable"),
    "mute": ("unproven", "timed-out"),
    "garbage": ("unproven", "unreadable"),
    "hangs-up": ("unproven", "exited"),
    "down": ("unproven", "unreachable"),
    "only-in-a-console": ("met", "within-limit"),
    "old-in-a-console": ("missed", "outdated"),
    "unknown-to-a-console": ("missed", "absent"),
    "its-console-is-silent": ("unproven", "unreadable"),
}


def declare(folder: Path, stack: ExitStack) -> str:
    """Start everything, and return the configuration."""
    sound = stack.enter_context(running_clamd(folder / "sound"))
    dead = stack.enter_context(running_clamd(folder / "dead"))
    dead.stop()
    knows_nothing, undated = Clamd(folder / "knows-nothing"), Clamd(folder / "undated")
    for clamd in (knows_nothing, undated):
        clamd.database.mkdir(parents=True)
        stack.callback(clamd.stop)
    signatures(knows_nothing.database, 27001, knows=b"something else")
    (undated.database / "own.hdb").write_text("44d88612fea8a8f36de82e1278abb02f:68:Test.Signature\n")
    for clamd in (knows_nothing, undated):
        clamd.start()

    def pretending(name: str, version: bytes | None, stream: bytes = b"") -> Path:
        def answer(asked: bytes) -> bytes | None:
            return version if asked.startswith(b"zVERSION") else stream

        return stack.enter_context(pretender(folder / f"{name}.ctl", answer))

    sshd = stack.enter_context(running_sshd(folder / "sshd"))
    text = HEAD.format(state=folder / "state")
    text += host("sound", sound.socket, sound.database)
    text += host("behind-ssh", sound.socket, sound.database) + far(sshd, sshd.port)
    text += host("without-real-time", sound.socket, sound.database, realtime=True)
    text += host("dead", dead.socket, dead.database)
    text += host("never-there", folder / "nothing.ctl", folder)
    text += host("knows-nothing", knows_nothing.socket, knows_nothing.database)
    text += host("calls-all-infected", pretending("all", VERSION, b"stream: All FOUND\0"), folder)
    text += host("undated", undated.socket, undated.database)
    text += host("mute", pretending("mute", None), folder)
    text += host("garbage", pretending("garbage", b"\xff\x1b]0;x\x07\0"), folder)
    text += host("hangs-up", pretending("hangs-up", b""), folder)
    text += host("down", sound.socket, sound.database) + far(sshd, free_port())
    return text + consoles(folder)


def consoles(folder: Path) -> str:
    now = datetime.now(UTC)
    rows = {"only-in-a-console": now - timedelta(hours=2), "OLD-IN-A-CONSOLE": now - timedelta(days=5)}
    listed = "".join(f"{name},{at.isoformat()}\n" for name, at in rows.items())
    (folder / "edr.csv").write_text("Device,Updated\n" + listed)
    text = EXPORT.format(id="edr", path=folder / "edr.csv") + EXPORT.format(id="other", path=folder / "none.csv")
    for id in ("only-in-a-console", "old-in-a-console", "unknown-to-a-console"):
        text += POST.format(id=id, export="edr")
    return text + POST.format(id="its-console-is-silent", export="other")


def host(id: str, socket: Path, database: Path, *, realtime: bool = False) -> str:
    return HOST.format(id=id, socket=socket, database=database, realtime=str(realtime).lower())


def far(sshd: Sshd, port: int) -> str:
    return FAR.format(
        address=sshd.address, port=port, user=sshd.user, key_file=sshd.key_file, known_hosts=sshd.known_hosts
    )


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[Said, Said]]:
    """Return what the program said, as JSON and as lines."""
    with open_folder() as folder, ExitStack() as stack:
        configuration = folder / "beffroi.toml"
        configuration.write_text(declare(folder, stack))
        first = beffroi("check", "--json", "--config", configuration)
        yield first, beffroi("status", "--config", configuration)


@pytest.mark.parametrize("id", ANSWERS)
def test_each_clamd_gets_the_verdict_that_it_deserves(seen: tuple[Said, Said], id: str) -> None:
    assert seen[0].verdict("endpoint-protection", id) == ANSWERS[id]


def test_the_worst_decides_the_exit_code_and_every_line_is_whole(seen: tuple[Said, Said]) -> None:
    check, status = seen
    assert (check.code, status.code) == (1, 1)
    lines = [line.split("\t") for line in status.out.splitlines()]
    assert {len(fields) for fields in lines} == {5}
    assert "\x1b" not in status.out + check.out


def test_the_sentences_say_which_of_the_four_matters_it_is(seen: tuple[Said, Said]) -> None:
    said = {line.split("\t")[2]: line.split("\t")[4] for line in seen[1].out.splitlines()}
    assert "les signatures en mémoire datent de" in said["sound"]
    assert "détection éprouvée il y a" in said["sound"]
    assert "n'a pas distingué la chaîne d'essai EICAR" in said["knows-nothing"]
    assert "n'a pas de date" in said["undated"]
    assert "clamav n'a pas répondu à temps" in said["mute"]
    assert "à l'arrêt" in said["dead"]
    assert "ne connaît pas cette machine" in said["unknown-to-a-console"]
    assert "d'après l'export edr de sa console" in said["only-in-a-console"]
