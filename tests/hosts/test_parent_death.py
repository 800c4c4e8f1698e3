"""What is started behind a word that does not work would never be started at all."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.hosts.parent_death import WORDS, dying_with_us
from tests.parts.executable import executable

pytestmark = pytest.mark.programs


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    dying_with_us.cache_clear()
    yield
    dying_with_us.cache_clear()


def test_programs_end_with_us_where_setpriv_works() -> None:
    assert dying_with_us() == WORDS


@pytest.mark.parametrize("says", ["echo 'setpriv: activate capabilities: Operation not permitted' >&2; exit 127", None])
def test_they_are_started_all_the_same_where_it_does_not(
    says: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the sandbox of the service, where no sample came back because of it."""
    if says is None:
        (tmp_path / "empty").mkdir()
        monkeypatch.setenv("PATH", f"{tmp_path}/empty")
    else:
        executable(tmp_path / "setpriv", says)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert dying_with_us() == ()
