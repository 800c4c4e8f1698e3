"""The key of a store is no shell: its program, behind a real sshd, answers five verbs for the folders of its line."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.hosts.store_program import script
from tests.parts.repositories import open_folder
from tests.parts.sshd import SSH, Sshd, make_key, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]

MARK = "ab12"
PACK = hashlib.sha256(b"pack").hexdigest()
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
    """A key whose one command is the program, for one folder."""

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
        lay_links(folder, allowed)
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


def lay_links(folder: Path, allowed: Path) -> None:
    """Lay repositories below the allowed folder, whose links lead out of it or stay inside."""
    outside = folder / "outside"
    (outside / "repository" / "data" / "00").mkdir(parents=True)
    (outside / "repository" / "config").write_bytes(b"elsewhere")
    (outside / "repository" / "data" / "00" / PACK).write_bytes(b"pack")
    for name in ("sound", "linked", "odd"):
        (allowed / name / "data" / "00").mkdir(parents=True)
        (allowed / name / "config").write_bytes(b"config")
    (allowed / "sound" / "data" / "00" / PACK).write_bytes(b"pack")
    (allowed / "inward").symlink_to(allowed / "sound")
    (allowed / "outward").symlink_to(outside)
    (allowed / "nowhere").symlink_to(outside / "nothing")
    (allowed / "linked" / "config").unlink()
    (allowed / "linked" / "config").symlink_to(outside / "repository" / "config")
    for name in ("index", "keys", "snapshots", "locks"):
        (allowed / "linked" / name).symlink_to(outside / "repository" / "data" / "00")
    (allowed / "linked" / "data" / "ab").symlink_to(outside / "repository" / "data" / "00")
    (allowed / "odd" / "data" / "00" / "ab").symlink_to("/dev/zero")
    (allowed / "odd" / "data" / "00" / "ac").symlink_to(outside / "repository" / "config")
    (allowed / "odd" / "data" / "00" / "ad").mkdir()
    os.mkfifo(allowed / "odd" / "data" / "00" / "ae")


def test_the_verbs_are_answered(key: Key) -> None:
    name = f"data/ab/{hashlib.sha256(b'pack').hexdigest()}"
    last = key.ask(f"{FRAME}list - {key.allowed}").stdout.splitlines()[-1]
    assert last.startswith("end 1 6 0 ")
    assert key.ask(f"{FRAME}hash {key.allowed}", f"{name}\n").stdout.splitlines()[-1] == "end 0 0 1"
    sound = f"data/00/{PACK}"
    for verb in ("tree", "whole"):
        listed = key.ask(f"{FRAME}{verb} - {key.allowed}/sound").stdout
        assert f" {sound}\n" in listed
        assert "\nx 0\nn 2 10 1\nc 0\nend " in listed
    hashed = key.ask(f"{FRAME}sums {key.allowed}/sound", f"{sound}\n").stdout.splitlines()
    assert hashed[-2:] == [f"{PACK}  ./{sound}", "end 1"]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: repr(verb)[:20])
def test_no_other_verb_runs_anything(key: Key, verb: str) -> None:
    for words in (f"{verb} {key.allowed}", f"{verb} - {key.allowed}", f"{verb} '{key.allowed}'"):
        answer = key.ask(f"{FRAME}{words}", key.injected())
        assert key.is_untouched()
        assert "uid=" not in answer.stdout + answer.stderr
        assert "\nrefused " in answer.stdout or answer.stdout == ""
        assert answer.returncode != 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("verb", ["list -", "hash", "tree -", "whole -", "sums"])
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


@pytest.mark.parametrize("verb", ["list -", "hash", "tree -", "whole -", "sums"])
@pytest.mark.parametrize(
    "path", ["outward", "outward/", "outward/repository", "outward//repository", "outward/nothing", "nowhere"]
)
def test_a_link_that_leads_out_of_the_folder_is_refused(key: Key, verb: str, path: str) -> None:
    answer = key.ask(f"{FRAME}{verb} {key.allowed}/{path}", f"data/00/{PACK}\n")
    assert answer.stdout.splitlines()[-1] == "refused no path that is allowed"
    assert answer.returncode == 2


def test_a_link_that_stays_inside_the_folder_is_answered_for(key: Key) -> None:
    listed = key.ask(f"{FRAME}list - {key.allowed}/inward").stdout
    assert f"config {hashlib.sha256(b'config').hexdigest()}\n" in listed
    assert listed.splitlines()[-1].startswith("end 2 10 0 ")
    hashed = key.ask(f"{FRAME}hash {key.allowed}/inward", f"data/00/{PACK}\n").stdout
    assert hashed.splitlines()[-1] == "end 1 0 0"


def test_a_link_within_a_repository_is_told_and_not_followed(key: Key) -> None:
    listed = key.ask(f"{FRAME}list - {key.allowed}/linked").stdout
    assert hashlib.sha256(b"elsewhere").hexdigest() not in listed
    assert PACK not in listed
    assert "\nlock " not in listed
    errors = [line.split(":")[0] for line in listed.splitlines() if line.startswith("e ")]
    assert errors == ["e config", "e index", "e keys", "e snapshots", "e locks"]
    names = (f"index/{PACK}", f"data/ab/{PACK}")
    hashed = key.ask(f"{FRAME}hash {key.allowed}/linked", "".join(f"{name}\n" for name in names)).stdout
    assert hashed.splitlines()[-3:] == [*(f"unread unreadable {name}" for name in names), "end 0 0 2"]


def test_a_tree_shows_and_hashes_nothing_behind_a_link(key: Key) -> None:
    listed = key.ask(f"{FRAME}whole - {key.allowed}/linked").stdout
    assert [line for line in listed.splitlines() if line.startswith("f ")] == []
    names = (
        "config",
        f"index/{PACK}",
        f"data/ab/{PACK}",
        f"../sound/data/00/{PACK}",
        f"data/../../sound/data/00/{PACK}",
    )
    hashed = key.ask(f"{FRAME}sums {key.allowed}/linked", "".join(f"{name}\n" for name in names)).stdout
    assert sorted(hashed.splitlines()[-6:-1]) == sorted(f"unread unreadable {name}" for name in names)
    assert hashed.splitlines()[-1] == "end 5"


def test_names_to_sum_reach_no_option_and_no_device(key: Key) -> None:
    outside = key.allowed.parent / "resticx" / "config"
    names = (
        "-",
        "--help",
        "../resticx/config",
        str(outside),
        "$(id)",
        "config;id",
        "*/*",
        "./config",
        "",
        "data/00/ab",
    )
    odd = [f"data/00/{name}" for name in ("ab", "ac", "ad", "ae")]
    answer = key.ask(f"{FRAME}sums {key.allowed}/odd", "".join(f"{name}\n" for name in (*names, *odd))).stdout
    lines = answer.splitlines()
    assert [line for line in lines if len(line.split(" ")[0]) == 64] == []
    assert (sum(line.startswith("unread ") for line in lines), lines[-1]) == (14, "end 14")


def test_only_regular_files_are_hashed(key: Key) -> None:
    names = [f"data/00/{name}" for name in ("ab", "ac", "ad", "ae")]
    answer = key.ask(f"{FRAME}hash {key.allowed}/odd", "".join(f"{name}\n" for name in names)).stdout
    assert sorted(line for line in answer.splitlines() if line.startswith(("unread ", "bad "))) == [
        f"unread unreadable {name}" for name in names
    ]
    assert answer.splitlines()[-1] == "end 0 0 4"


def test_a_file_without_end_is_left_after_a_while(key: Key, tmp_path: Path) -> None:
    program = tmp_path / "beffroi-store"
    program.write_text(script().replace("PATIENCE=3600", "PATIENCE=4"))
    (tmp_path / "data" / "00").mkdir(parents=True)
    with (tmp_path / "data" / "00" / "ab").open("wb") as file:
        file.truncate(2**42)
    done = subprocess.run(
        ["sh", program, "hash", tmp_path], input="data/00/ab\n", capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines()[-1] == "end 0 0 0"


def test_the_folder_of_the_key_may_be_a_link_itself(key: Key, tmp_path: Path) -> None:
    linked = tmp_path / "restic"
    linked.symlink_to(key.allowed)
    said = f"{FRAME}list - {linked}/sound"
    done = subprocess.run(
        ["sh", key.allowed.parent / "beffroi-store", linked],
        env={**os.environ, "SSH_ORIGINAL_COMMAND": said},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines()[-1].startswith("end 2 10 0 ")


def test_by_hand_it_takes_its_verbs_alone(key: Key) -> None:
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
