"""Two files in what is backed up that once deleted the agent's signing key, restored by an exercise and by a sample."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.facts.restore_samples import sampled_in
from tests.end_to_end.test_samples import SAMPLE, back_up, seen
from tests.parts.journals_of_databases import interrupted, name_super_journal
from tests.parts.program import beffroi
from tests.parts.unprivileged import open_folder
from tests.parts.watched import Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def site() -> Iterator[Watched]:
    """Return a site whose one backup holds a database with a journal that names the agent's key, and nothing else."""
    with open_folder() as folder:
        own = Watched(folder)
        source = own.source("files")
        own.declare("files", more=SAMPLE)
        own.make("files")
        for path in source.iterdir():
            path.unlink()
        name_super_journal(interrupted(source / "data.sqlite"), key_of(own))
        back_up(own)
        beffroi("check", "--backup", "files", "--config", own.configuration)
        assert key_of(own).exists()
        yield own


def key_of(site: Watched) -> Path:
    """Return the path of the agent's signing key."""
    return site.folder / "state" / "signing-key.pem"


def test_an_exercise_leaves_the_agent_s_key_where_it_is(site: Watched) -> None:
    before = key_of(site).read_bytes()
    said = beffroi(
        "drill", "files", "--full", "--reason", "essai", "--author", "RSSI", "--json", "--config", site.configuration
    )
    told = json.loads(said.out)
    assert (told["outcome"], told["files_restored"]) == ("ok", 2)
    assert key_of(site).read_bytes() == before


def test_a_sample_leaves_the_agent_s_key_where_it_is(site: Watched) -> None:
    before = key_of(site).read_bytes()
    outcomes = {(one.kind, one.opening, one.result) for one in sampled_in(seen(site))}
    assert ("sqlite", "not-told", "same") in outcomes
    assert key_of(site).read_bytes() == before
