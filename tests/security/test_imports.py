"""Files that people hand in (inventories, exports, registers): none is run, waited for, or read without bound."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.config import web_config
from agent.config.ansible.read import read_inventory
from agent.config.initial.discover import discover
from agent.config.load import load
from agent.core.errors import BeffroiError
from agent.core.facts.console_exports import read_rows
from agent.core.inventory import Export
from agent.hosts.local import LocalHost
from agent.register.csv_file import read_content, read_table
from agent.register.reading import digest_of
from tests.config.ansible.written import configured, hosts, refused
from tests.parts.checkout import HOME

MEMORY = 256 * 1024**2


def export(path: Path) -> object:
    wish = Export(id="x", path=str(path), fact="protection", host="host", date="seen", format="csv")
    return read_rows(LocalHost("srv-1"), wish)


READERS: dict[str, Callable[[Path], object]] = {
    "configuration": lambda path: load(path, strict=False),
    "inventory": read_inventory,
    "register": lambda path: read_table(read_content(path)),
    "evidence": lambda path: digest_of(str(path)),
    "export": export,
}


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Return what is no file that could be read whole, by what it is."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    (tmp_path / "loop").symlink_to("loop")
    yield {
        **{name: tmp_path / name for name in ("pipe", "folder", "sparse", "loop")},
        **{name: Path("/dev") / name for name in ("zero", "random", "full", "tty")},
        "kernel": Path("/proc/kmsg"),
    }


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("what", ["pipe", "folder", "sparse", "loop", "zero", "random", "full", "tty"])
def test_what_is_no_file_of_a_size_is_refused_at_once(odd: dict[str, Path], name: str, what: str) -> None:
    with pytest.raises(BeffroiError):
        READERS[name](odd[what])


TAGS = (
    '!!python/object/apply:os.system ["touch {made}"]',
    "!!python/object/new:os.system [touch {made}]",
    "!!python/object/apply:subprocess.check_output [[touch, '{made}']]",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!python/tuple [1, 2]",
    "!vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          6162",
    '!unsafe \'{{{{ lookup("pipe", "touch {made}") }}}}\'',
    "\"{{{{ lookup('pipe', 'touch {made}') }}}}\"",
)


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("place", ["address", "value", "host", "top"])
def test_no_tag_of_an_inventory_is_obeyed(tmp_path: Path, tag: str, place: str) -> None:
    made = tmp_path / "made"
    told = tag.format(made=made)
    text = {
        "address": f"all:\n  hosts:\n    a:\n      ansible_host: {told}\n",
        "value": f"all:\n  hosts:\n    a:\n      other: {told}\n",
        "host": f"all:\n  hosts:\n    a: {told}\n",
        "top": f"{told}\n",
    }[place]
    if place == "value":
        assert list(hosts(tmp_path, text, name="hosts.yml")) == ["a"]
    else:
        assert refused(tmp_path, text, name="hosts.yml")
    assert not made.exists()


@pytest.mark.parametrize("tag", TAGS[:6])
def test_no_tag_of_another_yaml_file_is_obeyed(tmp_path: Path, tag: str) -> None:
    made = tmp_path / "made"
    file = tmp_path / "etc" / "resticprofile" / "profiles.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"default:\n  repository: {tag.format(made=made)}\n  backup:\n    source: [/srv]\n")
    assert discover(tmp_path, "srv-1").repositories == ()
    web = tmp_path / "web.yml"
    web.write_text(f"basic_auth_users:\n  a: {tag.format(made=made)}\n")
    with pytest.raises(BeffroiError):
        web_config.load(web)
    assert not made.exists()


BOMBS: dict[str, str] = {
    "aliases": "a: &a [x]\n"
    + "".join(
        f"{two}: &{two} [{', '.join([f'*{one}'] * 9)}]\n" for one, two in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "merges": "a: &a {x: y}\n"
    + "".join(
        f"{two}: &{two}\n  <<: [{', '.join([f'*{one}'] * 9)}]\n"
        for one, two in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "brackets": "a: " + "[" * 100_000,
    "braces": "a: " + "{a: " * 50_000,
    "keys": "? " * 50_000,
    "sequences": "- " * 50_000,
    "range": "all: {hosts: {'h[1:100000000]': }}\n",
    "ranges": "all: {hosts: {'h[1:9999]-[1:9999]-[1:9999]': }}\n",
    "many ranges": "all: {hosts: {" + ", ".join(f"'h{one}-[1:19999]': " for one in range(2000)) + "}}\n",
    "groups of one range": "".join(f"g{one}: {{hosts: {{'h[1:19999]': }}}}\n" for one in range(2000)),
    "letters": "all: {hosts: {'" + "[a:z]" * 40 + "': }}\n",
    "a number": "all: {hosts: {'h[1:" + "9" * 10_000 + "]': }}\n",
}


# Each in a process of its own, which may take little memory and little time, forked from one that has imported all.
READ_EACH = """
import os, resource, sys
from pathlib import Path
from agent.config.ansible.read import read_inventory
from agent.config.initial.discover import discover
from agent.config.web_config import load

PROFILES, memory = "etc/resticprofile/profiles.yaml", int(sys.argv[2])
FORMS = {
    "inventory": lambda folder: read_inventory(folder / PROFILES),
    "profiles": lambda folder: discover(folder, "srv-1"),
    "web": lambda folder: load(folder / PROFILES),
}
for folder in Path(sys.argv[1]).iterdir():
    for form, read in FORMS.items():
        said = os.open(folder / form, os.O_WRONLY | os.O_CREAT)
        child = os.fork()
        if not child:
            os.dup2(said, 2)
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
            read(folder)
            os._exit(0)
        os.write(said, b"\\n%d" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        os.close(said)
"""


@pytest.fixture(scope="module")
def exploded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Have each bomb read in each form; return a folder of each with what was said and the code at the end."""
    place = tmp_path_factory.mktemp("bombs")
    for name, bomb in BOMBS.items():
        folder = place / name / "etc" / "resticprofile"
        folder.mkdir(parents=True)
        (folder / "profiles.yaml").write_text(bomb)
    subprocess.run([sys.executable, "-c", READ_EACH, place, str(MEMORY)], cwd=HOME, check=True, timeout=280)
    return place


@pytest.mark.programs
@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("form", ["inventory", "profiles", "web"])
def test_no_bomb_goes_off(exploded: Path, form: str, name: str) -> None:
    *said, code = (line for line in (exploded / name / form).read_text().splitlines() if line)
    assert code == "0" or said[-1].startswith("agent.core.errors."), (code, said[-3:])


def test_a_program_in_an_inventory_s_place_is_not_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with pytest.raises(BeffroiError):
        configured(tmp_path, f"#!/bin/sh\ntouch {made}\necho '{{}}'\n", name="hosts")
    assert not made.exists()
    (tmp_path / "hosts").chmod(0o755)
    with pytest.raises(BeffroiError):
        load(tmp_path / "beffroi.toml", strict=True)
    assert not made.exists()
