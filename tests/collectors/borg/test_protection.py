"""Where a borg copy lies, whether it could be deleted from, and the canary in its newest archive."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.facts.append_only import APPEND_ONLY
from agent.core.facts.canary import GARBLED, PLANTED, Canary, compose
from agent.core.places import CopyMachine, seen_machine
from tests.parts.borg_repositories import HOUR, BorgRepository, BorgSite

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def plain(site: BorgSite) -> Iterator[BorgRepository]:
    """Return an empty repository without encryption."""
    yield BorgRepository(folder=site.folder / "plain", base=site.folder / "base").init("none")


def test_a_repository_on_the_source_s_machine_is_not_off_site(site: BorgSite, repository: BorgRepository) -> None:
    site.demonstration = False
    site.declare("files", str(repository.folder))
    assert seen_machine(site.observed("borg_place", "files")) is CopyMachine.SAME
    assert site.told("files")["backup-rpo"] == "missed not-offsite"


def test_an_account_that_may_write_may_delete(site: BorgSite, repository: BorgRepository) -> None:
    site.declare("files", str(repository.folder))
    (fact,) = site.observed("borg_append_only", "files").named(APPEND_ONLY)
    assert fact.value is False


@pytest.mark.slow
def test_the_canary_s_own_date_counts(site: BorgSite, plain: BorgRepository) -> None:
    source = site.folder / "source"
    source.mkdir()
    planted = datetime.now(UTC) - 40 * HOUR
    (source / ".canary").write_bytes(compose(Canary(planted=planted, nonce="5f" * 16)))
    (source / "letter.txt").write_text("lettre")
    plain.create("one", source, age=HOUR)
    site.declare("files", str(plain.folder), more="", source=str(source), backup=f'canary = "{source}/.canary"')
    site.look("borg_archives")
    seen = site.observed("borg_canary", "files")
    assert [fact.as_of for fact in seen.named(PLANTED)] == [planted.replace(microsecond=0)]
    assert site.told("files")["backup-rpo"] == "missed too-old"
    (source / ".canary").write_text("encrypted")
    plain.create("two", source, age=timedelta(0))
    assert len(site.observed("borg_canary", "files").named(GARBLED)) == 1
