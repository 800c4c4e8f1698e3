"""Accounts and keys that no one holds, by one look."""

import pytest

from agent.core.facts.access import ACCOUNT, SeenAccount
from agent.core.inventory import Holder
from agent.core.judging.holders import orphans_in
from agent.core.model import Fact
from tests.checks.departed import FINGERPRINT, NOW, account, key, look

OTHER = "SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
ANNE = Holder(id="anne", accounts=("adupont",))
SEEN = look(
    "2026-11-24T10:00+01:00",
    account("adupont", "shell /bin/bash"),
    account("bmartin", "shell /bin/bash"),
    account("backup", "shell /usr/sbin/nologin"),
    account("gone", "shell /bin/bash", "expired"),
    key("adupont"),
    key("root", OTHER),
)


def test_what_no_holder_has_is_nobody_s() -> None:
    found = orphans_in(SEEN, (ANNE,), frozenset())
    assert (found.accounts, found.keys, found.people) == (("bmartin",), (f"{OTHER} (root)",), 2)


def test_a_key_counts_wherever_it_lies() -> None:
    own = Holder(id="root", keys=(OTHER,))
    assert orphans_in(SEEN, (ANNE, own), frozenset()).keys == ()
    assert orphans_in(SEEN, (own,), frozenset()).keys == (f"{FINGERPRINT} (adupont)",)


def test_without_holders_nobody_can_tell_and_those_who_left_are_told_all_the_same() -> None:
    found = orphans_in(SEEN, (), frozenset())
    assert (found.accounts, found.keys) == ((), ())
    assert orphans_in(SEEN, (), frozenset({"bmartin"})).accounts == ("bmartin",)


def test_an_account_of_somebody_who_left_is_nobody_s_no_matter_who_declares_it() -> None:
    found = orphans_in(SEEN, (ANNE,), frozenset({"adupont"}))
    assert (found.accounts, FINGERPRINT in found.keys[-1]) == (("adupont", "bmartin"), True)


def test_an_account_without_a_number_or_a_shell_is_no_person_or_is_one() -> None:
    bare = Fact(name=ACCOUNT, subject="srv-1/bare", value=frozenset({"uid 1000"}), as_of=NOW)
    words = Fact(name=ACCOUNT, subject="srv-1/words", value="uid 1000", as_of=NOW)
    found = orphans_in(look("2026-11-24T10:00+01:00", bare, words, account("zoe")), (ANNE,), frozenset())
    assert (found.accounts, found.people) == (("zoe",), 1)


@pytest.mark.parametrize(("number", "person"), [(999, False), (1000, True), (60000, True), (60001, False)])
def test_a_person_s_account_has_a_number_of_people(number: int, person: bool) -> None:
    fact = Fact(name=ACCOUNT, subject="srv-1/zoe", value=SeenAccount(uid=number), as_of=NOW)
    assert orphans_in(look("2026-11-24T10:00+01:00", fact), (ANNE,), frozenset()).people == int(person)
