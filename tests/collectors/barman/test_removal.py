"""Whether a base backup is being removed, by what Barman answers meanwhile; and by Barman itself as it removes one."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.deadline import Deadline
from agent.core.host import Command, Host, Output
from agent.hosts.local import LocalHost
from collectors.barman import removal
from collectors.barman.program import Barman
from collectors.barman.removal import is_removed
from tests.collectors.barman.test_faults import planted_copy
from tests.collectors.barman.test_verify import COPY, NEW, OLD
from tests.parts.archived_clusters import BarmanServer
from tests.parts.processes import wait_until
from tests.parts.unprivileged import open_folder

MINUTE = timedelta(minutes=1)


@dataclass
class Vault(Host):
    """A host whose Barman has so many files of a backup, one look after another; None: it lists it no more."""

    id: str = "vault"
    files: Sequence[int | None] = ()
    marked: bool = False
    asked: list[int | None] = field(default_factory=list)

    def execute(self, command: Command) -> Output:
        said: object = ""
        if "list-backups" in command.argv:
            self.asked.append(self.files[min(len(self.asked), len(self.files) - 1)])
            ids = [NEW, *([OLD] if self.asked[-1] is not None else [])]
            said = {"pg": [{"backup_id": id, "status": "DONE"} for id in ids]}
        elif "wal" in command.argv:
            said = {"_INFO": [f"/srv/pg/wals/{1:016X}/{1:024X}"]}
        elif "list-files" in command.argv:
            said = {"_INFO": [f"/srv/pg/base/{OLD}/data/{number}" for number in range(self.asked[-1] or 0)]}
        elif command.argv[0] == "find" and self.marked:
            return Output(status=0, stdout=b"/srv/pg/meta/mark\n", stderr=b"", duration=timedelta(0))
        elif command.argv[0] == "find":
            return Output(status=1, stdout=b"", stderr=b"No such file or directory", duration=timedelta(0))
        return Output(status=0, stdout=json.dumps(said).encode(), stderr=b"", duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        raise AssertionError(path)


@pytest.mark.parametrize(
    ("vault", "removed"),
    [
        (Vault(files=[5]), False),
        (Vault(files=[5, 4]), True),
        (Vault(files=[None]), True),
        (Vault(files=[0, 0, None]), True),
        (Vault(files=[0]), False),  # its data is lost, and it stays listed
        (Vault(files=[5], marked=True), True),
    ],
    ids=["kept", "fewer files", "off the list", "off the list soon", "lost its data", "marked"],
)
def test_a_backup_is_removed_where_barman_takes_it_away(
    vault: Vault, removed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "PAUSE", timedelta(0))
    assert is_removed(Barman(copy=COPY, host=vault, environment={}, deadline=Deadline(MINUTE)), OLD) is removed


@dataclass
class MarkedVault(Vault):
    """A host that keeps its marks in a folder here."""

    folder: Path = Path("/nonexistent")

    def execute(self, command: Command) -> Output:
        if command.argv[0] == "find":
            return LocalHost("here").execute(command)
        if "wal" in command.argv:
            said = {"_INFO": [f"{self.folder}/wals/{1:016X}/{1:024X}"]}
            return Output(status=0, stdout=json.dumps(said).encode(), stderr=b"", duration=timedelta(0))
        return super().execute(command)


@pytest.mark.programs
@pytest.mark.parametrize("name", [f"meta/{OLD}-delete_this", f"base/{OLD}/annotations/delete_this"])
def test_the_mark_of_a_removal_that_was_cut_short_excuses_no_damage(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`barman delete` was killed: the backup lacks files, is listed as done, which no retention takes up again."""
    monkeypatch.setattr(removal, "PAUSE", timedelta(0))
    mark = tmp_path / name
    mark.parent.mkdir(parents=True)
    mark.touch()
    vault = MarkedVault(files=[5], folder=tmp_path)
    program = Barman(copy=COPY, host=vault, environment={}, deadline=Deadline(MINUTE))
    assert is_removed(program, OLD)
    yesterday = time.time() - timedelta(days=1).total_seconds()
    os.utime(mark, (yesterday, yesterday))
    assert not is_removed(program, OLD)


@pytest.mark.programs
@pytest.mark.network
@pytest.mark.slow
def test_barman_is_seen_to_remove_a_backup_before_it_takes_it_off_its_list(kept: BarmanServer) -> None:
    with open_folder() as folder:
        planted = planted_copy(kept, folder / "planted")
        held, begun = folder / "held", planted.folder / "begun"
        held.touch()
        with planted.configuration.open("a") as file:
            file.write(f"pre_delete_script = sh -c 'touch {begun}; while [ -e {held} ]; do sleep 0.1; done'\n")
        program = Barman(
            copy=COPY, host=LocalHost("here"), environment=planted.environment, deadline=Deadline(timedelta(minutes=5))
        )
        id = planted.newest.name
        assert not is_removed(program, id)
        (planted.newest / "data/base/1/1255").unlink()
        assert not is_removed(program, id)  # damage
        command = ("barman", "-c", str(planted.configuration), "delete", "pg", id)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as deleting:
            try:
                assert wait_until(lambda: begun.exists() or deleting.poll() is not None)
                assert is_removed(program, id)
            finally:
                held.unlink()
            assert deleting.wait(60) == 0
        assert is_removed(program, id)
