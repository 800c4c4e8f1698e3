"""A key that a real sshd takes is seen, or its file is a gap: however its line is written."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.hosts.root_requests import END, HEAD, program
from collectors.access import keys
from collectors.access.keys import Keys
from tests.parts.executable import executable
from tests.parts.sshd import SSHD, Sshd, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]

# <T> and <B> are the type and the bytes of the client's key, <H> is the first part of <B>, <R> the rest.
SEEN = {
    "plain": b"<T> <B> me",
    "no comment": b"<T> <B>",
    "no line end": b"# first\n<T> <B>",
    "blanks before": b" \t <T> <B> me",
    "blanks between": b"<T> \t  <B> me",
    "carriage return": b"<T> <B> me\r",
    "form feed before the bytes": b"<T> \f<B> me",
    "vertical tab in the bytes": b"<T> <H>\v<R> me",
    "carriage return in the bytes": b"<T> <H>\r<R> me",
    "several of them": b"<T> \v\f\r<H>\f\f\v<R>\r",
    "zero byte behind the bytes": b"<T> <B>\0 junk",
    "options": b"restrict,pty <T> <B>",
    "options in capitals": b"RESTRICT,Pty <T> <B>",
    "options and many blanks": b"restrict \t <T>   <B>",
    "a blank in quotes": b'environment="A=b c" <T> <B>',
    "an escaped quote": b'environment="A=b \\" c" <T> <B>',
    "a key within quotes": b'environment="A=ssh-rsa AAAAB3Nz" <T> <B>',
    "an expiry in the comment": b'<T> <B> me expiry-time="20200101"',
    "an expiry within quotes": b'environment="A=expiry-time=\\"20200101\\"" <T> <B>',
    "an expiry to come": b'expiry-time="29990101Z" <T> <B>',
    "an empty line before": b"\r\n \t\n#x\n<T> <B>",
}
GAP = {
    "a very long line": b'environment="A=' + b"x" * 70_000 + b'" <T> <B>',
    "a zero byte at first": b"\0<T> <B>",
    "bytes that are none": b"<T> <B>! me",
    "a blank in the bytes": b"<T> <H> <R> me",
    "another type": b"ssh-rsa <B> me",
    "no key": b"hello world",
    "an open quote": b'environment="A=b <T> <B>',
    "a mark of byte order": b"\xef\xbb\xbf<T> <B>",
}
NOTHING = {"a comment": b"# <T> <B>", "a comment behind blanks": b"\t # <T> <B>", "empty": b"\n\n \r\n"}


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    # A newer sshd shuts out who fails too often, as this test means to.
    patient = ("PerSourcePenalties no",) if b"persourcepenalties" in Path(SSHD).read_bytes() else ()
    with running_sshd(tmp_path_factory.mktemp("sshd"), more=("PermitUserEnvironment yes", *patient)) as started:
        yield started


@pytest.fixture(scope="module")
def seen(sshd: Sshd, tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Return what one look sees of every line, each the file of an account of its own."""
    folder = tmp_path_factory.mktemp("homes")
    told = []
    for number, line in enumerate((*SEEN.values(), *GAP.values(), *NOTHING.values())):
        home = folder / str(number)
        (home / ".ssh").mkdir(parents=True)
        (home / ".ssh/authorized_keys").write_bytes(filled(line, sshd))
        told.append(f"u{number}:x:{number}:{number}::{home}:/bin/sh")
    executable(folder / "getent", "cat <<'end'\n" + "\n".join(told) + "\nend")
    text = program().replace("PATH=/usr/sbin:", f"PATH={folder}:/usr/sbin:")
    said = subprocess.run(["/bin/sh", "-c", text], input=b"keys\n", check=True, capture_output=True, timeout=120)
    found = keys.parse(said.stdout.removeprefix(HEAD).removesuffix(END), "srv-1")
    # What another sshd of this machine names is not this test's.
    return replace(found, cut=())


def filled(line: bytes, sshd: Sshd) -> bytes:
    """Return a line with the client's key in it."""
    type_, blob = public_key(sshd.key_file).encode().split()
    for name, word in ((b"<T>", type_), (b"<B>", blob), (b"<H>", blob[:30]), (b"<R>", blob[30:])):
        line = line.replace(name, word)
    return line


def keys_of(folder: Path, home: Path) -> str:
    """Return what root's program says of the files of one account's keys."""
    executable(folder / "getent", f"echo anne:x:1:1::{home}:/bin/sh")
    text = program().replace("PATH=/usr/sbin:", f"PATH={folder}:/usr/sbin:")
    done = subprocess.run(
        ["/bin/sh", "-c", text], input="keys\n", text=True, check=True, capture_output=True, timeout=60
    )
    return "".join(line for line in done.stdout.splitlines(keepends=True) if f"{home}/" in line)


def lets_in(sshd: Sshd, line: bytes) -> bool:
    """Return whether the client comes in where this is all that its account's file holds."""
    (sshd.folder / "authorized_keys").write_bytes(filled(line, sshd))
    command = ("ssh", "-F", str(sshd.client_config), "-o", "BatchMode=yes", sshd.alias, "true")
    return subprocess.run(command, check=False, capture_output=True, timeout=60).returncode != 255


def shown(seen: Keys, name: str) -> tuple[int, int]:
    """Return how many keys and how many gaps a look sees of one line."""
    number = [*SEEN, *GAP, *NOTHING].index(name)
    own = [path for path in {one.path for one in seen.found} | set(seen.paths) if f"/{number}/.ssh/" in path]
    found = seen.within({f"u{number}": own}, "srv-1", ())
    return len(found.found), len(found.gaps)


@pytest.mark.parametrize("name", SEEN)
def test_a_line_that_lets_somebody_in_is_seen(sshd: Sshd, seen: Keys, name: str) -> None:
    assert lets_in(sshd, SEEN[name])
    assert shown(seen, name) == (1, 0)


@pytest.mark.parametrize("name", GAP)
def test_a_line_that_is_not_understood_is_a_gap(sshd: Sshd, seen: Keys, name: str) -> None:
    assert lets_in(sshd, GAP[name]) is (name == "a very long line")
    assert shown(seen, name) == (0, 1)


@pytest.mark.parametrize("name", NOTHING)
def test_a_line_that_says_nothing_is_nothing(sshd: Sshd, seen: Keys, name: str) -> None:
    assert not lets_in(sshd, NOTHING[name])
    assert shown(seen, name) == (0, 0)


def test_an_expiry_is_read_from_the_options_alone(sshd: Sshd, seen: Keys) -> None:
    numbers = [number for number, name in enumerate(SEEN) if "an expiry" in name]
    expires = {one.account: one.expires for one in seen.found}
    assert [expires[f"u{number}"] is None for number in numbers] == [True, True, False]


@pytest.mark.parametrize(
    ("options", "verified"), [("verify-required", True), ("verify-required,no-verify-required", False)]
)
def test_the_last_word_on_verification_counts(tmp_path: Path, options: str, verified: bool) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/authorized_keys").write_text(f"{options} ssh-ed25519 AAAAC3Nz\n")
    (line,) = keys_of(tmp_path, tmp_path).splitlines()
    assert ("verify-required" in line.split("\t")[4]) is verified


KERNELS = (
    "/proc/kmsg",
    "/proc/sys/kernel/hostname",
    "/proc/self/environ",
    "/sys/kernel/mm/transparent_hugepage/enabled",
)


@pytest.mark.parametrize("place", KERNELS)
def test_a_file_of_the_kernel_is_not_read_in_place_of_keys(tmp_path: Path, place: str) -> None:
    (tmp_path / "hop").symlink_to(place)
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/authorized_keys").symlink_to(tmp_path / "hop")
    said = keys_of(tmp_path, tmp_path)
    assert said == f"odd\t{tmp_path}/.ssh/authorized_keys\tis of the kernel, or cannot be looked at\n"


def test_a_link_that_is_turned_to_the_kernel_meanwhile_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / ".ssh/authorized_keys"
    file.parent.mkdir()
    file.write_text("ssh-ed25519 AAAAC3Nz\n")
    # The last look at the file by its name; what comes after has it open.
    turn = f'[ "$1 $5" != "-f {file}" ] || ln -sf /proc/version {file}'
    executable(tmp_path / "stat", f'real=$(/usr/bin/stat "$@"); code=$?\n{turn}\necho "$real"; exit $code')
    assert keys_of(tmp_path, tmp_path) == f"odd\t{file}\tcannot be read whole: permission denied or too large\n"
    assert file.is_symlink()


def test_linked_homes_and_files_of_keys_are_read_as_before(sshd: Sshd, tmp_path: Path) -> None:
    home = tmp_path / "disk/anne"
    (home / ".ssh").mkdir(parents=True)
    (home / "dotfiles").write_bytes(filled(b"<T> <B>", sshd))
    (home / ".ssh/authorized_keys").symlink_to("../dotfiles")
    (tmp_path / "anne").symlink_to(home)
    said = keys_of(tmp_path, tmp_path / "anne")
    assert said.startswith("key\t") and "\todd\t" not in said
