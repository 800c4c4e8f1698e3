"""borg over ssh: what is read through `borg serve`, and what each fault of the way there gives."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.facts.recovery_points import points_in
from agent.core.model import Failure
from tests.parts.borg_repositories import CHECK, LISTING, BorgRepository, BorgSite
from tests.parts.sshd import ALIAS, Sshd, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.slow]


@pytest.fixture
def sshd(folder: Path) -> Iterator[Sshd]:
    """Return an sshd whose account has a shell."""
    with running_sshd(folder / "sshd") as running:
        yield running


def declare(site: BorgSite, sshd: Sshd, id: str, path: Path | str, more: str = "") -> None:
    """Declare a repository behind an sshd."""
    file = site.folder / f"{id}.env"
    file.touch(mode=0o600)
    file.write_text(f"BORG_RSH=ssh -F {shlex.quote(str(sshd.client_config))}\n{more}")
    keys = f'password_file = "{site.password_file}"\nenvironment_file = "{file}"'
    site.declare(id, f"ssh://{ALIAS}{path}", more=keys)


def reason(site: BorgSite, id: str) -> str:
    """Return the reason for which a look at a copy failed."""
    failed = site.look(only=(id,))[LISTING, id]
    assert isinstance(failed, Failure)
    return failed.reason.value


def test_a_repository_is_listed_and_read_over_ssh(site: BorgSite, repository: BorgRepository, sshd: Sshd) -> None:
    declare(site, sshd, "files", repository.folder)
    before = repository.state()
    assert len(points_in(site.observed(LISTING, "files"))) == 4
    seen = site.observed(CHECK, "files")
    assert seen.one("verify.whole") is not None
    assert site.told("files")["backup-offsite"] == "met within-limit"
    assert repository.state() == before


@pytest.mark.slow
def test_each_fault_of_the_way_has_its_reason(site: BorgSite, repository: BorgRepository, sshd: Sshd) -> None:
    declare(site, sshd, "files", repository.folder)
    declare(site, sshd, "absent", site.folder / "nothing")
    declare(site, sshd, "no-borg", repository.folder, "BORG_REMOTE_PATH=/nowhere/borg\n")
    assert reason(site, "no-borg") == "tool-missing"
    assert site.look(only=("absent",))
    assert site.told("absent")["backup-rpo"] == "missed absent"
    sshd.refuse_key()
    assert reason(site, "files") == "denied"
    sshd.accept_key()
    sshd.forget()
    assert reason(site, "files") == "host-key-unknown"
    sshd.know()
    sshd.stop()
    assert reason(site, "files") == "unreachable"


@pytest.mark.slow
def test_a_folder_that_is_not_served_is_denied(site: BorgSite, repository: BorgRepository, folder: Path) -> None:
    with running_sshd(folder / "forced", force=f"borg serve --restrict-to-path {folder}/other") as sshd:
        declare(site, sshd, "files", repository.folder)
        assert reason(site, "files") == "denied"
