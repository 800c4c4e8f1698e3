"""Whether the agent's account could delete a copy: a rest-server is asked with a control, folders by their rights."""

import base64
import hashlib
import os
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Denied, HostKeyUnknown, LookError, TimedOut, Unreachable, Unreadable
from agent.core.facts.append_only import APPEND_ONLY, LOST
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap, Observation
from agent.core.reason import Reason
from collectors.restic import key_list
from collectors.restic.append_only import COLLECTOR, collect
from collectors.restic.folders import folder_place
from collectors.restic.rest_probe import may_delete, rest_place, status_in
from tests.collectors.restic.cases import Laboratory
from tests.collectors.restic.conftest import NOW, seen
from tests.faults.laboratory import restic_is_old
from tests.parts.ports import free_port
from tests.parts.repositories import NOBODY, REST_SERVERS, Repository, rest_server
from tests.parts.sshd import LOOPBACK, running_sshd
from tests.parts.web import certify

pytestmark = [pytest.mark.programs, pytest.mark.network]

Looks = Callable[..., Look]
Copies = Callable[..., Copy]
with_rest_server = pytest.mark.skipif(
    not any(shutil.which(one) for one in REST_SERVERS), reason="restic-rest-server is not installed"
)


def looked(copy: Copy, look: Look) -> Observation:
    """Return the result of a look, as it would be kept."""
    return seen(list(collect(copy, look)), "append_only", look.now)


def told(observation: Observation) -> object:
    """Return whether it is append-only; None: not told."""
    fact = observation.one(APPEND_ONLY)
    return None if fact is None else fact.value


def reasons(observation: Observation) -> list[Reason]:
    """Return the reasons of what could not be told."""
    return [gap.reason for gap in observation.gaps]


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return every file below a folder with its size and when it was written."""
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {str(path): (status.st_size, status.st_mtime_ns) for path, status in found.items()}


# rest-server itself


@with_rest_server
@pytest.mark.parametrize("held", [True, False])
def test_a_rest_server_tells_what_it_would_delete_and_nothing_is_touched(
    held: bool, laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    laboratory.duplicate(folder)
    before = files(folder / "repository")
    with rest_server(folder, options=("--append-only",) if held else ()) as address:
        found = looked(copy_at(f"{address}repository/"), look())
    assert told(found) is held
    assert found.gaps == ()
    assert files(folder / "repository") == before


@with_rest_server
def test_a_server_that_was_append_only_and_is_no_more_is_told_since_when(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    laboratory.duplicate(folder)
    port = free_port()
    with rest_server(folder, options=("--append-only",), port=port) as address:
        copy = copy_at(f"{address}repository/")
        held = looked(copy, look())
    with pytest.raises(Unreachable):
        list(collect(copy, look(previous=held, now=NOW + timedelta(hours=3))))
    with rest_server(folder, port=port):
        given_way = looked(copy, look(previous=held, now=NOW + timedelta(hours=6)))
        still = looked(copy, look(previous=given_way, now=NOW + timedelta(hours=12)))
    with rest_server(folder, options=("--append-only",), port=port):
        restored = looked(copy, look(previous=still, now=NOW + timedelta(hours=18)))
    assert held.one(LOST) is None
    for observation in (given_way, still):
        lost = observation.one(LOST)
        assert lost is not None
        assert (lost.value, lost.as_of) == (NOW, NOW + timedelta(hours=6))
    assert (told(restored), restored.one(LOST)) == (True, None)


@with_rest_server
@pytest.mark.parametrize("where", ["address", "environment"])
def test_the_account_of_the_address_or_of_the_environment_file_is_used_and_never_told(
    where: str, laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    laboratory.duplicate(folder)
    digest = base64.b64encode(hashlib.sha1(b"tell:tale", usedforsecurity=False).digest()).decode()
    with rest_server(folder, users=f"agent:{{SHA}}{digest}\n", options=("--append-only",)) as address:
        given = {"RESTIC_REST_USERNAME": "agent", "RESTIC_REST_PASSWORD": "tell:tale"}
        plain = f"{address}repository/"
        within = plain.replace("http://", "http://agent:tell%3Atale@")
        copy = copy_at(plain, environment=given) if where == "environment" else copy_at(within)
        found = looked(copy, look())
        refused = looked(copy_at(plain, environment={**given, "RESTIC_REST_PASSWORD": "wrong"}), look(previous=found))
    assert told(found) is True
    assert Reason.DENIED in reasons(refused)
    fact = refused.one(APPEND_ONLY)
    assert fact is not None, "what was known is carried on"
    for place in (copy, found, refused):
        assert "tale" not in repr(place).replace(copy.repository, "")


@with_rest_server
def test_a_server_behind_tls_is_asked_where_its_authority_is_known_and_only_there(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    laboratory.duplicate(folder)
    authority = certify(folder, "authority")
    server = certify(folder, "server", authority)
    options = ("--append-only", "--tls", "--tls-cert", str(server.certificate), "--tls-key", str(server.key))
    with rest_server(folder, options=options) as address:
        assert address.startswith("rest:https://")
        found = looked(
            copy_at(f"{address}repository/", environment={"RESTIC_CACERT": str(authority.certificate)}), look()
        )
        assert told(found) is True
        with pytest.raises(HostKeyUnknown):
            list(collect(copy_at(f"{address}repository/", environment={"X": "y"}), look()))
        broken = copy_at(f"{address}repository/", environment={"RESTIC_CACERT": str(folder / "nothing")})
        assert told(looked(broken, look())) is None


# Servers that are something else


@dataclass(slots=True)
class Pretender:
    """Answer as told, and remember what was asked."""

    port: int
    asked: list[bytes] = field(default_factory=list)


@contextmanager
def pretender(*answers: bytes) -> Iterator[Pretender]:
    """Run a server that gives these answers, one a connection, then the last one again and again."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        self = Pretender(port=listener.getsockname()[1])

        def serve() -> None:
            with suppress(OSError):
                for number in range(1000):
                    connection, _ = listener.accept()
                    with connection:
                        self.asked.append(connection.recv(65536))
                        connection.sendall(answers[min(number, len(answers) - 1)])

        threading.Thread(target=serve, daemon=True).start()
        yield self
        listener.shutdown(socket.SHUT_RDWR)


def status(*codes: int) -> tuple[bytes, ...]:
    """Return answers of these statuses."""
    return tuple(f"HTTP/1.1 {code} Whatever\r\nContent-Length: 0\r\n\r\n".encode() for code in codes)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (status(200, 404, 403), False),
        (status(200, 404, 200), True),
        (status(403), Denied),
        (status(401), Denied),
        (status(404), Unreadable),
        (status(200), Unreadable),
        (status(302), Unreadable),
        (status(405), Unreadable),
        (status(200, 404, 404), Unreadable),
        (status(200, 404, 401), Denied),
        (status(500), Unreachable),
        (status(200, 404, 503), Unreachable),
        ((b"",), Unreadable),
        ((b"SSH-2.0-OpenSSH_10.0\r\n",), Unreadable),
        ((b"HTTP/1.1 " + b"9" * 100_000,), Unreadable),
    ],
)
def test_only_all_answers_together_tell(answers: Sequence[bytes], expected: bool | type[LookError]) -> None:
    with pretender(*answers) as server:
        place = rest_place(f"rest:http://{LOOPBACK}:{server.port}/repository", {})
        assert place is not None
        deadline = Deadline(timedelta(seconds=20))
        if isinstance(expected, bool):
            assert may_delete(place, {}, deadline) is expected
        else:
            with pytest.raises(expected):
                may_delete(place, {}, deadline)
    assert 1 <= len(server.asked) <= 3
    asked = rb"DELETE /repository/(locks|data)/([0-9a-f]{64}|beffroi) HTTP/1.1\r\n"
    assert all(re.match(asked, one) for one in server.asked)


def test_a_name_is_never_used_twice(look: Looks, copy_at: Copies) -> None:
    with pretender(*status(500)) as server:
        for _ in range(5):
            with pytest.raises(Unreachable):
                list(collect(copy_at(f"rest:http://{LOOPBACK}:{server.port}/"), look()))
    assert len({one.split()[1] for one in server.asked}) == 5


def test_a_server_that_never_answers_costs_its_limit_and_is_no_answer(look: Looks, copy_at: Copies) -> None:
    with socket.create_server((LOOPBACK, 0)) as mute:
        copy = copy_at(f"rest:http://{LOOPBACK}:{mute.getsockname()[1]}/")
        with pytest.raises(TimedOut):
            list(collect(copy, look(timeout=timedelta(seconds=0.5))))
    with pytest.raises(Unreachable):
        list(collect(copy_at(f"rest:http://{LOOPBACK}:{free_port()}/"), look()))


# Folders, here and behind ssh


def find_as_nobody(folder: Path) -> dict[str, str]:
    """Return a PATH whose `find` gives up being root; as it is where the tests do not run as root."""
    if os.geteuid() != 0:
        return {"PATH": os.environ.get("PATH", os.defpath)}
    wrapper = folder / "programs" / "find"
    wrapper.parent.mkdir(exist_ok=True)
    drop = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups"
    wrapper.write_text(f'#!/bin/sh\nexec {drop} {shutil.which("find")} "$@"\n')
    wrapper.chmod(0o755)
    return {"PATH": f"{wrapper.parent}:{os.environ.get('PATH', os.defpath)}"}


def close(repository: Repository, mode: int) -> None:
    """Give every folder of a repository these rights."""
    for path in (repository.folder, *repository.folder.rglob("*")):
        if path.is_dir():
            path.chmod(mode)


@pytest.mark.parametrize("prefix", ["", "local:"])
def test_folders_that_may_not_be_written_to_hold_what_is_in_them(
    prefix: str, laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    copy = copy_at(f"{prefix}{repository.folder}", environment=find_as_nobody(folder))
    before = files(repository.folder)
    close(repository, 0o555)
    assert told(looked(copy, look())) is True
    next(path for path in (repository.folder / "data").iterdir() if path.is_dir()).chmod(0o777)
    assert told(looked(copy, look())) is False
    close(repository, 0o755)
    (repository.folder / "snapshots").chmod(0o777)
    assert told(looked(copy, look())) is False
    assert files(repository.folder) == before


def test_a_read_only_mount_of_this_process_shows_no_protection(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the service, whose sandbox mounts everything read-only: the command of an administrator sees otherwise."""
    repository = laboratory.duplicate(folder)
    copy = copy_at(repository.folder, environment=find_as_nobody(folder))
    close(repository, 0o555)
    held = looked(copy, look())
    with monkeypatch.context() as patched:
        patched.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
        sealed = looked(copy, look(previous=held))
    assert (told(sealed), reasons(sealed)[0]) == (None, Reason.UNREADABLE)
    close(repository, 0o777)
    by_hand = looked(copy, look(previous=sealed))
    assert (told(by_hand), by_hand.one(LOST)) == (False, None)


def test_folders_that_do_not_tell_prove_nothing(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    copy = copy_at(repository.folder, environment=find_as_nobody(folder))
    close(repository, 0o1777)
    sticky = looked(copy, look())
    close(repository, 0o555)
    if os.geteuid() == 0:
        (repository.folder / "data").chmod(0o700)
        closed = looked(copy, look())
        assert (told(closed), reasons(closed)[0]) == (None, Reason.DENIED)
    (repository.folder / "data").chmod(0o755)
    close(repository, 0o755)
    shutil.rmtree(repository.folder / "index")
    gone = looked(copy, look())
    for observation in (sticky, gone):
        assert (told(observation), reasons(observation)[0]) == (None, Reason.UNREADABLE)


@pytest.mark.parametrize("mode", [0o555, 0o777])
def test_an_account_behind_ssh_is_asked_on_its_own_side(
    mode: int, laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    close(repository, mode)
    path = find_as_nobody(folder)["PATH"]
    with running_sshd(folder / "sshd", force=f'cd /; PATH="{path}" sh -c "$SSH_ORIGINAL_COMMAND"') as sshd:
        address = f"sftp://{LOOPBACK}:{sshd.port}/{repository.folder}"
        found = looked(copy_at(address, environment=sshd.environment()), look())
        assert told(found) is (mode == 0o555)
        sshd.refuse_key()
        refused = looked(copy_at(address, environment=sshd.environment()), look(previous=found))
        assert Reason.DENIED in reasons(refused)


def test_an_account_that_knows_sftp_alone_does_not_tell(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    with running_sshd(folder / "sshd", force="internal-sftp") as sshd:
        address = f"sftp://{LOOPBACK}:{sshd.port}/{repository.folder}"
        found = looked(copy_at(address, environment=sshd.environment()), look())
    assert (told(found), reasons(found)) == (None, [Reason.UNREADABLE])
    assert "sftp alone" in found.gaps[0].detail


# Keys


def test_every_key_is_told_with_its_age_and_without_its_owner(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    for path in (repository.folder, repository.folder / "keys"):
        path.chmod(0o755)
    (folder / "second").write_text("another horse\n")
    repository.run("key", "add", "--new-password-file", str(folder / "second"), "--user", "adupont")
    found = looked(copy_at(repository.folder), look())
    keys = found.named("repository.key")
    told_of = [] if restic_is_old() else [name[:8] for name in repository.names("keys")]
    assert sorted(str(key.value) for key in keys) == told_of
    assert all(timedelta(0) <= datetime.now(UTC) - key.as_of < timedelta(days=1) for key in keys)
    assert "adupont" not in repr(found.facts)
    assert repository.locks() == []


def test_where_the_keys_may_not_be_listed_the_rest_is_told(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    password = folder / "wrong"
    password.write_text("wrong horse\n")
    found = looked(copy_at(laboratory.sound.folder, password_file=password), look())
    assert told(found) is not None
    assert reasons(found) == ([] if restic_is_old() else [Reason.WRONG_PASSWORD])


def test_no_repository_is_nothing_told(folder: Path, look: Looks, copy_at: Copies) -> None:
    found = looked(copy_at(folder / "nowhere"), look())
    # An old restic is not asked for keys, since it would write a lock.
    keys = [] if restic_is_old() else [Reason.ABSENT]
    assert (told(found), reasons(found)) == (None, [Reason.UNREADABLE, *keys])


# Pure parts


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("rest:http://h:8000/a", ("h", 8000, "/a/", False, None)),
        ("rest:https://h/", ("h", 443, "/", True, None)),
        ("rest:https://u%40x:p@[::1]:1/a/b/", ("::1", 1, "/a/b/", True, "u@x")),
        ("rest:http://h/with space", ("h", 80, "/with%20space/", False, None)),
        ("rest:http+unix:///run/rest.sock:/a", None),
        ("s3:https://h/b", None),
    ],
)
def test_where_a_rest_server_is_is_read_as_restic_reads_it(address: str, expected: object) -> None:
    place = rest_place(address, {})
    assert expected == (None if place is None else (place.host, place.port, place.path, place.secure, place.user))


@pytest.mark.parametrize(
    ("address", "folder", "far"),
    [
        ("/srv/restic", "/srv/restic", None),
        ("local:/srv/restic", "/srv/restic", None),
        ("local:restic", "restic", None),
        ("sftp:me@vault:/srv/restic", "/srv/restic", "vault"),
        ("sftp:vault:restic", "restic", "vault"),
        ("sftp://me@vault:22//srv/a%20b", "/srv/a b", "vault"),
        ("sftp://vault/restic", "restic", "vault"),
    ],
)
def test_where_folders_are_is_read_as_restic_reads_it(address: str, folder: str, far: str | None) -> None:
    place = folder_place(address)
    assert place is not None
    assert (place.folder, place.far and place.far.host) == (folder, far)


def test_other_stores_are_not_looked_at(copy_at: Copies) -> None:
    assert COLLECTOR.applies(copy_at("/srv/restic"))
    assert not COLLECTOR.applies(copy_at("s3:https://objects.example/scota"))
    assert folder_place("b2:bucket:path") is None


@given(st.binary(max_size=200))
def test_no_bytes_break_a_status_or_a_list_of_keys(said: bytes) -> None:
    with suppress(Unreadable):
        assert 0 <= status_in(said, "h") <= 999
    with suppress(Unreadable):
        assert all(len(id) == 8 for id, _ in key_list.parse(said, "files/offsite"))


@given(st.text(max_size=80))
def test_no_address_breaks_anything(rest: str) -> None:
    for address in (f"rest:http://{rest}", f"sftp://{rest}", f"sftp:{rest}", rest):
        with suppress(LookError):
            rest_place(address, {})
            folder_place(address)


def test_facts_and_gaps_are_all_that_a_look_yields(laboratory: Laboratory, look: Looks, copy_at: Copies) -> None:
    assert all(isinstance(thing, Fact | Gap) for thing in collect(copy_at(laboratory.sound.folder), look()))
