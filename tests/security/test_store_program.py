"""The key of a store is no shell: its program, behind a real sshd, answers two verbs for the folders of its line."""

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.restic.store.far import script
from tests.parts.repositories import open_folder
from tests.parts.sshd import SSH, Sshd, make_key, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]

MARK = "ab12"
FRAME = f"exec sh -c … {MARK} beffroi-store beffroi-store "
# Each takes two words, the second of which is the path: what stands before the last blank is the verb.
VERBS = (
    "sh", "eval", "digest", ".", "exec", "source", "files", "room", "refuse", "has", "command", "trap", "cd", "set",
    "-c", "--", "-", "", "list;id", "list\nid", "$IFS", "${IFS}id", "$(id)", "`id`", "*", "?ist", "[l]ist", "l*",
    "list|hash", "list)", "'list'", "\\list", "LIST", "/bin/sh", "hash\tid", "\x01list", "x" * 100_000,
)  # fmt: skip
PATHS = (
    "/", "/etc", "", "-", "--", ".", "..", "~", "$HOME", "*", "{allowed}/../..", "{allowed}/..", "{allowed}x",
    "{allowed}/../{name}x", "{allowed}*", "'{allowed}'/..", "{allowed}\n/etc", "$(touch {pwned})", "`touch {pwned}`",
    "{allowed}/'; touch {pwned}; '", "{allowed}/$(touch {pwned})", "/etc\n{allowed}", "-L {allowed}",
)  # fmt: skip


@dataclass
class Key:
    """Hold a key whose one command is the program, for one folder."""

    sshd: Sshd
    file: Path
    allowed: Path
    pwned: Path

    def ask(self, command: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """Send a command line and an input as anyone who holds the key may, with OpenSSH's own client."""
        argv = [*self.client(), self.sshd.alias, command]
        return subprocess.run(argv, input=said, capture_output=True, text=True, timeout=60, check=False)

    def client(self) -> list[str]:
        """Return the client; its questions share one connection."""
        shared = ["-o", "ControlMaster=auto", "-o", f"ControlPath={self.file}.control", "-o", "ControlPersist=60"]
        return [SSH, "-F", str(self.sshd.client_config), "-i", str(self.file), *shared]

    def injected(self) -> str:
        """Return an input that leaves a file behind wherever a shell reads it."""
        return f"touch {self.pwned}; id\n"

    def is_untouched(self) -> bool:
        """Return True while no injected command has run."""
        return not self.pwned.exists()


@pytest.fixture(scope="module")
def key() -> Iterator[Key]:
    """Yield the key, behind a real sshd."""
    with open_folder() as folder, running_sshd(folder / "sshd") as sshd:
        allowed = folder / "restic"
        (allowed / "data").mkdir(parents=True)
        (allowed / "config").write_bytes(b"config")
        (folder / "resticx").mkdir()
        (folder / "resticx" / "config").write_bytes(b"another")
        program = folder / "beffroi-store"
        program.write_text(script())
        program.chmod(0o755)
        file = make_key(folder / "key")
        line = f'restrict,command="{program} {allowed}" {public_key(file)}\n'
        (sshd.folder / "authorized_keys").write_text(line)
        made = Key(sshd=sshd, file=file, allowed=allowed, pwned=folder / "pwned")
        master = [*made.client(), "-f", "-N", sshd.alias]
        subprocess.run(master, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=None)
        yield made
        subprocess.run([*made.client(), "-O", "exit", sshd.alias], check=True, capture_output=True)


def test_the_two_verbs_are_answered(key: Key) -> None:
    name = f"data/ab/{hashlib.sha256(b'pack').hexdigest()}"
    assert key.ask(f"{FRAME}list - {key.allowed}").stdout.splitlines()[-1].startswith("end 1 6 0 ")
    assert key.ask(f"{FRAME}hash {key.allowed}", f"{name}\n").stdout.splitlines()[-1] == "end 0 0 1"


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: repr(verb)[:20])
def test_no_other_verb_runs_anything(key: Key, verb: str) -> None:
    for words in (f"{verb} {key.allowed}", f"{verb} - {key.allowed}", f"{verb} '{key.allowed}'"):
        answer = key.ask(f"{FRAME}{words}", key.injected())
        assert key.is_untouched()
        assert "uid=" not in answer.stdout + answer.stderr
        assert "\nrefused " in answer.stdout or answer.stdout == ""
        assert answer.returncode != 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("verb", ["list -", "hash"])
def test_no_path_outside_the_folder_is_answered_for(key: Key, verb: str, path: str) -> None:
    asked = path.format(allowed=key.allowed, name=key.allowed.name, pwned=key.pwned)
    answer = key.ask(f"{FRAME}{verb} {asked}", key.injected())
    assert key.is_untouched()
    assert "\nrefused " in answer.stdout
    assert answer.returncode != 0


@pytest.mark.parametrize("known", ["-n", "(", "!", "$(id)", "*", "zz", "A" * 64, "a" * 63, "a" * 100_000])
def test_a_digest_that_is_none_is_refused(key: Key, known: str) -> None:
    answer = key.ask(f"{FRAME}list {known} {key.allowed}", key.injected())
    assert key.is_untouched()
    assert "\nrefused " in answer.stdout or answer.stdout == ""


@pytest.mark.parametrize(
    "command",
    ["", "id", "sh", "beffroi-store list - /", "x beffroi-store beffroi-store sh /", "$(id) beffroi-store"],
)  # fmt: skip
def test_what_beffroi_does_not_frame_is_refused(key: Key, command: str) -> None:
    answer = key.ask(command, key.injected())
    assert key.is_untouched()
    assert "refused " in answer.stdout
    assert "uid=" not in answer.stdout


def test_names_to_hash_reach_no_option_and_no_file_outside(key: Key) -> None:
    outside = key.allowed.parent / "resticx" / "config"
    names = ("-", "--help", "../resticx/config", str(outside), "data/../../resticx/config", "$(id)", "config;id", "*/*")
    answer = key.ask(f"{FRAME}hash {key.allowed}", "".join(f"{name}\n" for name in names))
    assert answer.stdout.splitlines()[-1] == "end 0 0 0"
    assert hashlib.sha256(b"another").hexdigest() not in answer.stdout


def test_by_hand_it_takes_the_two_verbs_alone(key: Key) -> None:
    program = key.allowed.parent / "beffroi-store"
    for verb in VERBS:
        done = subprocess.run(
            [program, verb, "-", key.allowed],
            input=key.injected(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "refused " in done.stdout, verb[:20]
        assert done.returncode == 2
    assert key.is_untouched()
