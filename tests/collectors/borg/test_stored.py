"""Segments of borg, checked on the host that holds them without the key."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from agent.core.collecting.collector import Look
from agent.core.errors import Unreadable
from agent.core.facts.verification import Damage, damage_in
from agent.core.inventory import Copy, Store
from agent.hosts.local import LocalHost
from collectors.borg.store_check import checked_where_it_lies
from tests.parts.borg_repositories import LISTING, BorgRepository, BorgSite

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.slow]

STORED = "borg_store_check"
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def declare(site: BorgSite, repository: BorgRepository) -> None:
    """Declare a copy whose store is the agent's own machine."""
    more = f'password_file = "{site.password_file}"\nstore = {{ host = "srv-1", path = "{repository.folder}" }}'
    site.declare("files", str(repository.folder), more=more)


def test_segments_are_checked_where_they_lie_without_the_key(site: BorgSite, repository: BorgRepository) -> None:
    declare(site, repository)
    before = repository.state()
    seen = site.observed(STORED, "files")
    assert seen.one("verify.whole") is not None
    (check,) = [one.command for one in seen.evidence if "beffroi-borg check" in one.command]
    assert check == f"sh -c … beffroi-borg check {repository.folder}"
    assert repository.state() == before
    site.look(LISTING)
    assert site.told("files")["backup-offsite"] == "met within-limit"

    segment = repository.segments()[0]
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    name = str(segment.relative_to(repository.folder))
    found = dict(damage_in(site.observed(STORED, "files")))
    assert Damage(file=name, reason="damaged") in found
    assert site.told("files")["backup-offsite"] == "missed damaged"


def test_segments_that_lie_elsewhere_prove_nothing(repository: BorgRepository, tmp_path: Path) -> None:
    """All of them may be on another disk, behind one link. A copy that is read over SSH is looked at here alone."""
    store = Store(host="srv-1", path=str(repository.folder))
    copy = cast("Copy", SimpleNamespace(subject="files/vault"))
    host = LocalHost("srv-1")
    look = Look(now=NOW, here=host, host=lambda id: host, timeout=timedelta(seconds=60), folder=tmp_path)
    whole = checked_where_it_lies(copy, store, look)
    data = repository.folder / "data"
    shutil.move(data, tmp_path / "data")
    data.symlink_to(tmp_path / "data")
    assert checked_where_it_lies(copy, store, look) == whole
    segment = repository.segments()[0]
    shutil.move(segment, tmp_path / "segment")
    segment.symlink_to(tmp_path / "segment")
    with pytest.raises(Unreadable, match="links among its segments"):
        checked_where_it_lies(copy, store, look)


@pytest.mark.slow
def test_a_store_that_has_no_repository_is_absent(site: BorgSite, repository: BorgRepository) -> None:
    declare(site, repository)
    site.look(LISTING, STORED)
    shutil.rmtree(repository.folder)
    present = site.observed(STORED, "files").one("repository.present")
    assert present is not None
    assert present.value is False
    site.look(LISTING)
    assert site.told("files")["backup-offsite"] == "missed absent"
