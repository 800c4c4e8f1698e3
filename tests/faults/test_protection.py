"""A copy that could not be deleted, and now can be: told by the next check, until it is as before."""

import shutil
from collections.abc import Iterator, Mapping

import pytest

from tests.faults.laboratory import laboratory
from tests.parts.ports import free_port
from tests.parts.program import Said, beffroi
from tests.parts.repositories import REST_SERVERS, rest_server

pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.skipif(
        not any(shutil.which(one) for one in REST_SERVERS), reason="restic-rest-server is not installed"
    ),
]

APPEND_ONLY = ("--append-only",)
ASKED = ("--target", "backup-offsite")


@pytest.fixture(scope="module")
def said() -> Iterator[Mapping[str, Said]]:
    with laboratory(timeout="10s") as lab:
        lab.take("files")
        port = free_port()
        lab.declare_one("files", repository=f"rest:http://127.0.0.1:{port}/files/")
        lab.take("promised")
        promise = 'immutable = "30d"'
        lab.declare_one("promised", more=promise, repository=f"rest:http://127.0.0.1:{port}/promised/")
        configuration = lab.watched.configuration
        kept = lab.watched.folder / "elsewhere"
        outcomes = {}
        with rest_server(kept, options=APPEND_ONLY, port=port):
            beffroi("verify", "--all", "--config", configuration)
            outcomes["held"] = beffroi("check", "--json", *ASKED, "--config", configuration)
        outcomes["down"] = beffroi("check", "--json", *ASKED, "--config", configuration)
        with rest_server(kept, port=port):
            outcomes["lost"] = beffroi("check", "--json", *ASKED, "--config", configuration)
            outcomes["line"] = beffroi("status", "files/offsite", "--config", configuration)
        with rest_server(kept, options=APPEND_ONLY, port=port):
            outcomes["restored"] = beffroi("check", "--json", *ASKED, "--config", configuration)
        yield outcomes


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("held", ("met", "within-limit")),
        ("down", ("unproven", "unreachable")),
        ("lost", ("unproven", "protection-lost")),
        ("restored", ("met", "within-limit")),
    ],
)
def test_a_protection_that_is_lost_counts_until_it_is_back(
    moment: str, answer: tuple[str, str], said: Mapping[str, Said]
) -> None:
    assert said[moment].verdict("backup-offsite", "files/offsite") == answer


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("held", ("met", "within-limit")),
        ("down", ("unproven", "unreachable")),
        ("lost", ("missed", "not-immutable")),
        ("restored", ("met", "within-limit")),
    ],
)
def test_a_promise_that_a_rest_server_does_not_hold_is_missed(
    moment: str, answer: tuple[str, str], said: Mapping[str, Said]
) -> None:
    assert said[moment].verdict("backup-offsite", "promised/offsite") == answer


def test_what_the_account_may_do_and_how_many_keys_there_are_is_told(said: Mapping[str, Said]) -> None:
    for moment, word in (("held", "yes"), ("lost", "no")):
        detail = said[moment].verdicts["backup-offsite", "files/offsite"]["detail"]
        assert f"append_only={word}, keys=1, newest_key=" in detail


def test_it_is_said_in_one_sentence(said: Mapping[str, Said]) -> None:
    assert "le compte du logiciel de mesure peut désormais effacer cette copie" in said["line"].out
