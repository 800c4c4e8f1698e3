"""A folder behind the forced command of a real sshd: what cannot be seen is no miss, and what can be seen counts."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.facts.installed_programs import STORE
from agent.core.model import Observation
from agent.core.reason import Reason
from agent.hosts.store_program import script
from tests.parts.folders import DAY, DIGESTS, HOUR, LISTING, FolderSite, archive, dated
from tests.parts.stores import store_host
from tests.parts.unprivileged import open_folder

pytestmark = [pytest.mark.programs, pytest.mark.network]

NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups" if os.geteuid() == 0 else ""
HOST = """
[[host]]
id = "nas"
transport = "ssh"
address = "{host.address}"
port = {host.port}
user = "{host.user}"
key_file = "{key}"
known_hosts = "{host.known_hosts}"
site = "cambrai"
collect = []
"""


class Nas(FolderSite):
    """A site whose folders lie on a host that answers by the store program alone, as no user in particular."""

    program: Path

    def answers(self, text: str) -> None:
        """Have another program answer."""
        self.program.write_text(text)


@pytest.fixture
def nas() -> Iterator[Nas]:
    """Give a host with one folder of eight daily archives, which was looked at and read."""
    with open_folder() as folder, store_host(folder / "sshd") as stores:
        stores.sshd.folder.chmod(0o755)
        site = Nas(folder, store="nas")
        stores.forced(folder / "nas", before=NOBODY)
        site.hosts = HOST.format(host=stores.sshd, key=stores.sshd.folder / "forced-0")
        site.program = stores.sshd.folder / "beffroi-store-0"
        vm = site.declare("vm", sets='{ id = "vm", match = "**/*.vbk" }', backup='retention = "30d"')
        for number in range(8):
            archive(vm / f"vm-{number}.vbk", age=HOUR + number * DAY)
        archive(vm / "old" / "vm-old.vbk", age=20 * DAY)
        for collector in (LISTING, DIGESTS):
            one = site.look(collector)[collector, "vm"]
            assert isinstance(one, Observation), one
        yield site


def folder_of(site: FolderSite) -> Path:
    """Return the folder of the backup."""
    return site.folder / "nas" / "vm"


def test_a_folder_is_looked_at_through_the_forced_command(nas: Nas) -> None:
    assert nas.verdicts()["vm"] == ("met", "met")
    seen = nas.observed(LISTING, "vm")
    assert [one.command.split(" ")[0] for one in seen.evidence] == ["beffroi-store"]
    assert seen.named("program.outdated") == ()


def test_a_list_that_is_cut_leaves_everything_unproven(nas: Nas) -> None:
    nas.answers(script().partition("case $verb in # never")[0] + '"$verb" | head -n 5\n')
    for collector in (LISTING, DIGESTS):
        assert nas.failed(collector, "vm").reason is Reason.UNREADABLE
    assert nas.verdicts()["vm"][0] == "unproven unreadable"
    nas.answers(script())
    nas.look(LISTING)
    assert nas.verdicts()["vm"] == ("met", "met")


def test_a_file_that_may_not_be_read_is_named_as_denied(nas: Nas) -> None:
    archive(folder_of(nas) / "vm-new.vbk", age=HOUR / 2).chmod(0)
    seen = nas.observed(DIGESTS, "vm")
    assert [(gap.reason, gap.detail.partition(" ")[0]) for gap in seen.gaps] == [(Reason.DENIED, "vm-new.vbk")]
    nas.look(LISTING)
    # That it is there shows, and that the others are sound; what it holds does not.
    assert nas.verdicts()["vm"] == ("met", "unproven on-course")


def test_a_folder_below_that_may_not_be_listed_loses_nothing(nas: Nas) -> None:
    (folder_of(nas) / "old").chmod(0)
    for _ in range(2):
        seen = nas.observed(LISTING, "vm")
        assert [gap.reason for gap in seen.gaps] == [Reason.DENIED]
        assert seen.named("backup.point.gone") == ()
        assert nas.verdicts()["vm"] == ("met", "met")
    nas.observed(DIGESTS, "vm")
    (folder_of(nas) / "old").chmod(0o755)
    nas.look(LISTING)
    assert nas.verdicts()["vm"] == ("met", "met")


def test_a_folder_that_may_not_be_listed_hides_nothing_beside_it(nas: Nas) -> None:
    archive(folder_of(nas) / "old" / "vm-old.vbk", age=2 * DAY)
    (folder_of(nas) / "lost+found").mkdir()
    nas.look(LISTING, DIGESTS, LISTING)
    assert nas.verdicts()["vm"] == ("met", "met")
    for denied in ("old", "lost+found"):
        (folder_of(nas) / denied).chmod(0)
    (folder_of(nas) / "vm-5.vbk").unlink()
    nas.look(LISTING, DIGESTS, LISTING)
    for denied in ("old", "lost+found"):
        (folder_of(nas) / denied).chmod(0o755)
    assert nas.verdicts()["vm"] == ("met", "missed vanished")
    assert nas.kept()["backup-offsite", "vm/nas"].about["points"] == 1


def test_a_newer_file_may_be_in_a_denied_folder(nas: Nas) -> None:
    (folder_of(nas) / "vm-0.vbk").unlink()
    (folder_of(nas) / "old").chmod(0)
    nas.look(LISTING)
    # What was seen outside of that folder is gone all the same.
    assert nas.verdicts()["vm"] == ("unproven denied", "missed vanished")


def test_the_whole_folder_denied_is_unproven_and_absent_is_missed(nas: Nas) -> None:
    folder_of(nas).chmod(0)
    assert nas.failed(LISTING, "vm").reason is Reason.DENIED
    assert nas.verdicts()["vm"] == ("unproven denied", "unproven denied")
    folder_of(nas).chmod(0o755)
    folder_of(nas).rename(nas.folder / "nas" / "elsewhere")
    nas.look(LISTING)
    assert nas.verdicts()["vm"] == ("missed absent", "missed absent")
    (nas.folder / "nas" / "elsewhere").rename(folder_of(nas))
    nas.look(LISTING)
    assert nas.verdicts()["vm"] == ("met", "met")


@pytest.mark.parametrize("apart", [-7200, 7200])
def test_a_wrong_clock_of_the_host_dates_nothing(nas: Nas, apart: int) -> None:
    nas.answers(script().replace("$(date +%s)", f"$(($(date +%s) + {apart}))"))
    failed = nas.failed(LISTING, "vm")
    side = "ahead of" if apart > 0 else "behind"
    assert (failed.reason, side in failed.detail) == (Reason.CLOCK_DOUBTFUL, True)
    assert nas.verdicts()["vm"][0] == "unproven clock-doubtful"


def test_an_older_program_is_told_to_be_renewed(nas: Nas) -> None:
    nas.answers(script().replace(f"VERSION={STORE.version}", "VERSION=4"))
    assert [fact.value for fact in nas.observed(LISTING, "vm").named("program.outdated")] == ["beffroi-store"]
    refusing = script().replace("'list '*' '* | 'tree '*' '* | 'whole '*' '*)", "'list '*' '*)")
    nas.answers(refusing.replace("lists and hashes files", "lists and hashes repositories"))
    failed = nas.failed(LISTING, "vm")
    assert (failed.reason, "too old to list a folder" in failed.detail) == (Reason.TOOL_MISSING, True)


def test_a_host_that_is_down_is_unproven(nas: Nas) -> None:
    nas.hosts = nas.hosts.replace("\nport = ", "\nport = 1 # ")
    assert nas.failed(LISTING, "vm").reason is Reason.UNREACHABLE
    assert nas.verdicts()["vm"][0] == "unproven unreachable"


def test_a_dump_that_is_written_over_counts_as_it_was_until_it_settles(nas: Nas) -> None:
    dump = archive(nas.declare("dump") / "erp.vbk", age=2 * HOUR)
    nas.look(LISTING)
    assert nas.verdicts()["dump"][0] == "met"
    nas.settle_for("dump", "15m")
    archive(dump, age=0 * DAY, size=100)
    (point,) = (fact.value for fact in nas.observed(LISTING, "dump").named("backup.point"))
    assert nas.verdicts()["dump"][0] == "met"
    nas.settle_for("dump", "0s")
    nas.backups = nas.backups.replace('settle = "15m"  # of dump', 'settle = "0s"')
    (other,) = (fact.value for fact in nas.observed(LISTING, "dump").named("backup.point"))
    assert point != other


def test_files_that_just_arrived_are_no_empty_folder(nas: Nas) -> None:
    archive(nas.declare("dump") / "erp.vbk", age=2 * HOUR)
    nas.settle_for("dump", "15m")
    for collector in (LISTING, DIGESTS):
        nas.look(collector)
    assert nas.verdicts()["dump"] == ("unproven on-course", "unproven on-course")
    nas.settle_for("dump", "0s")
    nas.backups = nas.backups.replace('settle = "15m"  # of dump', 'settle = "0s"')
    nas.look(LISTING)
    assert nas.verdicts()["dump"][0] == "met"


def test_new_files_in_place_of_those_that_were_judged_are_a_miss(nas: Nas) -> None:
    dump = archive(nas.declare("dump") / "erp.vbk", age=2 * HOUR)
    nas.look(LISTING)
    nas.settle_for("dump", "15m")
    dump.unlink()
    archive(dump.with_name("other.vbk"), age=0 * DAY, size=100)
    nas.look(LISTING)
    assert nas.verdicts()["dump"][0] == "missed empty"


def test_points_fall_out_of_the_list_and_are_not_gone(nas: Nas) -> None:
    many = nas.declare("many", backup='retention = "30d"')
    for number in range(150):
        archive(many / f"vm-{number}.vbk", age=HOUR + number * HOUR, size=10)
    seen = nas.observed(LISTING, "many")
    assert len(seen.named("backup.point")) == 100
    for number in range(3):
        archive(many / f"vm-new-{number}.vbk", age=HOUR / (number + 2), size=10)
    seen = nas.observed(LISTING, "many")
    assert (len(seen.named("backup.point")), seen.named("backup.point.gone")) == (100, ())
    oldest = min(fact.as_of for fact in seen.named("backup.point"))
    assert seen.ended - oldest > 149 * HOUR


def test_a_file_that_was_only_touched_is_as_it_was(nas: Nas) -> None:
    dated(folder_of(nas) / "vm-3.vbk", 2 * DAY)
    for collector in (LISTING, DIGESTS, LISTING):
        nas.look(collector)
    assert nas.verdicts()["vm"] == ("met", "met")
