"""A real sshd's answers, real accounts, real PAM files and sudo's own reader, in a machine made for the test."""

import pytest

from agent.core.facts.access import ADMINISTRATOR, RIGHT
from tests.collectors.access.conftest import LookAt
from tests.parts.cell import Cell

pytestmark = pytest.mark.programs


def test_a_password_alone_is_seen_for_everybody_and_for_root_where_it_is_let_in(cell: Cell, look: LookAt) -> None:
    cell.policy("PermitRootLogin yes")
    seen = look()
    assert seen.gaps == {}
    assert {account for account, _path in seen.ways} == {"root", "adupont", "bmartin"}
    assert seen.alternatives("adupont") == {"password"}
    assert seen.alternatives("root") == {"password"}


def test_administrators_are_found_by_number_group_and_rule(cell: Cell, look: LookAt) -> None:
    cell.run("useradd", "-M", "-o", "-u", "0", "toor")
    cell.account("cdurand")
    cell.write("/etc/sudoers", "%sudo ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n", mode=0o440)
    cell.write("/etc/sudoers.d/people", "User_Alias OPS = cdurand\nOPS ALL=(ALL) /bin/systemctl\n", mode=0o440)
    seen = look()
    assert seen.gaps == {}
    found = {fact.subject.partition("/")[2]: fact.value for fact in seen.observation.named(ADMINISTRATOR)}
    assert found == {
        "root": frozenset({"uid 0"}),
        "toor": frozenset({"uid 0"}),
        "adupont": frozenset({"group sudo", "sudo"}),
        "cdurand": frozenset({"sudo"}),
    }


def test_a_rule_of_sudo_means_names_in_other_letters_too(cell: Cell, look: LookAt) -> None:
    """A real sudo granted all of it, as it does by default."""
    cell.run("groupadd", "ops")
    cell.account("cdurand", groups="ops")
    cell.write("/etc/sudoers", "BMartin ALL=(ALL) ALL\n%OPS ALL=(ALL) ALL\nGone ALL=(ALL) ALL\n", mode=0o440)
    seen = look()
    assert seen.values(ADMINISTRATOR, "bmartin") == seen.values(ADMINISTRATOR, "cdurand") == {frozenset({"sudo"})}
    told = {fact.subject.partition("/")[2] for fact in seen.observation.named(RIGHT) if fact.value == "sudo"}
    assert told == {"bmartin", "Gone"}


def test_one_match_block_is_enough_to_let_a_password_in(cell: Cell, look: LookAt) -> None:
    cell.policy("PasswordAuthentication no", "KbdInteractiveAuthentication no", "Match Address 10.0.0.0/8,!10.9.0.0/16",
                "PasswordAuthentication yes")  # fmt: skip
    cell.write("/home/adupont/.ssh/authorized_keys", cell.key("one"))
    seen = look()
    assert seen.alternatives("adupont", "sshd@*") == {"key"}
    assert seen.alternatives("adupont", "sshd@10.0.0.0/8") == {"key", "password"}
    assert seen.alternatives("adupont", "sshd@10.9.0.0/16") == {"key"}
    assert seen.alternatives("bmartin", "sshd@*") == set()


def test_accounts_whom_the_same_patterns_name_are_asked_about_once(cell: Cell, look: LookAt) -> None:
    """Else a policy by group on a machine of three hundred accounts takes longer than a look may."""
    cell.policy("PasswordAuthentication no", "KbdInteractiveAuthentication no", "Match Group sudo User *p*,!z*",
                "PasswordAuthentication yes")  # fmt: skip
    for name in ("cdurand", "zpetit"):
        cell.account(name, groups="sudo")
    seen = look()
    assert {account for account, _path in seen.ways} == {"adupont"}
