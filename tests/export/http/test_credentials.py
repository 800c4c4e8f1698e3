"""Passwords: what is remembered, and what each answer costs."""

import base64
from collections.abc import Iterator

import bcrypt
import pytest

from agent.export.http.credentials import REMEMBERED, Credentials
from tests.parts.web import HASH, PASSWORD

USERS = {"prometheus": HASH.encode()}


def authorization(name: str, password: str) -> str:
    """Return the value of the field."""
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Note every hash that a password is really checked against."""
    noted: list[bytes] = []
    really = bcrypt.checkpw

    def checkpw(password: bytes, hashed_password: bytes) -> bool:
        noted.append(hashed_password)
        return really(password, hashed_password)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    yield noted


def test_a_right_password_is_hashed_once(hashed: list[bytes]) -> None:
    """A scrape a minute costs one hash a day, not 1,440."""
    credentials = Credentials()
    assert [credentials.user(authorization("prometheus", PASSWORD), USERS) for _ in range(5)] == ["prometheus"] * 5
    assert len(hashed) == 1


def test_an_unknown_name_costs_the_same_as_a_wrong_password(hashed: list[bytes]) -> None:
    """Each is one hash of the same cost, again and again, so that time tells no one which names there are."""
    credentials = Credentials()
    for _ in range(2):
        assert credentials.user(authorization("prometheus", "wrong"), USERS) is None
        assert credentials.user(authorization("nobody", PASSWORD), USERS) is None
    assert [known[:7] for known in hashed] == [HASH.encode()[:7]] * 4


def test_no_name_is_told_by_the_cost_of_its_hash(hashed: list[bytes]) -> None:
    """Known and cheap, known and dear, or unknown: as many rounds of bcrypt are spent on each."""
    users = {
        name: bcrypt.hashpw(b"right", bcrypt.gensalt(cost)) for name, cost in (("cheap", 4), ("middle", 5), ("dear", 7))
    }
    spent = []
    for name, password in (("cheap", "x"), ("middle", "x"), ("dear", "x"), ("nobody", "x"), ("cheap", "right")):
        hashed.clear()
        assert Credentials().user(authorization(name, password), users) == (name if password == "right" else None)
        spent.append(sum(2 ** int(known[4:6]) for known in hashed))
    assert spent == [2**7] * 5


def test_what_is_remembered_ends_with_its_hash() -> None:
    """A new hash for the same name forgets the old password."""
    credentials = Credentials()
    assert credentials.user(authorization("prometheus", PASSWORD), USERS) == "prometheus"
    renewed = {"prometheus": bcrypt.hashpw(b"another", bcrypt.gensalt(4))}
    assert credentials.user(authorization("prometheus", PASSWORD), renewed) is None
    assert credentials.user(authorization("prometheus", "another"), renewed) == "prometheus"


def test_what_is_remembered_is_no_password() -> None:
    """Neither the password nor anything that could be guessed from it lies in memory for long."""
    credentials = Credentials()
    credentials.user(authorization("prometheus", PASSWORD), USERS)
    kept = repr(vars(credentials))
    assert PASSWORD not in kept
    assert base64.b64encode(PASSWORD.encode()).decode() not in kept


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many right passwords push the oldest out."""
    monkeypatch.setattr(bcrypt, "checkpw", lambda password, known: True)
    credentials = Credentials()
    users = {f"user-{number}": HASH.encode() for number in range(REMEMBERED + 20)}
    for name in users:
        assert credentials.user(authorization(name, "x"), users) == name
    assert len(credentials._right) == REMEMBERED


def test_two_pairs_that_join_to_the_same_text_are_two() -> None:
    """The colon's place counts."""
    credentials = Credentials()
    assert credentials.user(authorization("prometheus", PASSWORD), USERS) == "prometheus"
    assert credentials.user(authorization("prometheu", f"s{PASSWORD}"), USERS) is None
