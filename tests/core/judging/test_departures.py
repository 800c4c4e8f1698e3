"""Departures: by what someone is known, from which look on nothing is left, and what a verdict proves of it."""

from dataclasses import replace

import pytest

from agent.core.duties.entries import Closing
from agent.core.facts.access import ACCOUNT, SeenAccount
from agent.core.judging.departures import (
    Leaver,
    RemainingAccess,
    accounts_of,
    digest_of,
    knows,
    leaver_of,
    left_in,
    marks_in,
    proof_in,
    remembering,
    rights_in,
    with_closings,
)
from agent.core.model import DetailValue, Fact, Finding, Gap, Observation, State, Verdict
from agent.core.reason import Reason
from tests.checks.departed import FINGERPRINT, NOW, account, departure, instant, key, look, right
from tests.verdicts import verdict

LEFT = "2026-11-20T17:00+01:00"
AT = "2026-11-21T09:00+01:00"
ANNE = Leaver(accounts=frozenset({"adupont"}))


def numbered(name: str, number: int) -> Fact:
    """Return the fact of an account with a number."""
    return Fact(name=ACCOUNT, subject=f"srv-1/{name}", value=SeenAccount(uid=number), as_of=NOW)


def test_somebody_is_known_by_what_was_entered() -> None:
    entry = departure(LEFT, accounts="ADupont anne", keys=f"{FINGERPRINT} SHA256:b")
    assert leaver_of(entry, ()) == Leaver(
        accounts=frozenset({"adupont", "anne"}), keys=frozenset({FINGERPRINT, "SHA256:b"})
    )
    nobody = replace(entry, values={"left": LEFT, "author": "RH"})
    assert leaver_of(nobody, ()) == Leaver(accounts=frozenset())


@pytest.mark.parametrize("typed", ["adupont, Anne", "adupont,anne", "adupont;anne", "adupont ; anne,"])
def test_a_comma_between_two_accounts_is_of_neither(typed: str) -> None:
    assert accounts_of(departure(LEFT, accounts=typed)) == {"adupont", "anne"}


def test_the_keys_and_numbers_of_all_their_accounts_are_theirs() -> None:
    seen = look(AT, numbered("adupont", 1001), numbered("anne", 1002), numbered("zoe", 1003), key("Adupont"))
    words = Fact(name=ACCOUNT, subject="srv-1/adupont", value="uid 7", as_of=NOW)
    entry = departure(LEFT, accounts="adupont anne")
    looks = ((seen,), (look(AT, words, key("zoe", "SHA256:c")),))
    found = leaver_of(entry, (marks_in(some, accounts_of(entry)) for some in looks))
    assert found == Leaver(
        accounts=frozenset({"adupont", "anne"}),
        keys=frozenset({FINGERPRINT}),
        numbers=frozenset({"1001", "1002"}),
    )


def test_the_number_of_root_is_nobody_s() -> None:
    found = leaver_of(departure(LEFT), (marks_in((look(AT, numbered("adupont", 0)),), ANNE.accounts),))
    assert found.numbers == frozenset()


def test_every_right_is_named_with_whose_it_is() -> None:
    known = Leaver(accounts=frozenset({"adupont"}), keys=frozenset({FINGERPRINT}), numbers=frozenset({"1001"}))
    seen = look(
        AT, account("ADupont"), account("zoe"), key("zoe"), key("zoe", "SHA256:c"), key("adupont", "SHA256:d"),
        right("adupont", "cron"), right("uid:1001", "process 7"), right("zoe", "cron"),
    )  # fmt: skip
    assert rights_in(seen, known) == (
        "account ADupont",
        f"key {FINGERPRINT} (zoe)",
        "key SHA256:d (adupont)",
        "cron (adupont)",
        "process 7 (uid:1001)",
    )


def test_an_expired_account_or_one_whose_expiry_is_not_told_is_no_right() -> None:
    assert rights_in(look(AT, account("adupont", "expired")), ANNE) == ()
    assert rights_in(look(AT, account("adupont"), gap="shadow"), ANNE) == ()
    odd = Gap(subject="site/srv-1/shadow", reason=Reason.DENIED, detail="refused")
    assert rights_in(replace(look(AT, account("adupont")), gaps=(odd,)), ANNE) == ()
    words = Fact(name=ACCOUNT, subject="srv-1/adupont", value="uid 7", as_of=NOW)
    assert rights_in(look(AT, words), ANNE) == ("account adupont",)


def test_somebody_is_known_where_any_trace_of_them_was_seen() -> None:
    assert knows(look(AT, account("ADupont", "expired")), ANNE)
    assert knows(look(AT, key("adupont")), ANNE)
    assert not knows(look(AT, account("zoe")), ANNE)


@pytest.mark.parametrize(
    ("seen", "left"),
    [
        (look(AT, account("adupont")), RemainingAccess.RIGHTS),
        (look(AT, account("adupont"), gap="keys"), RemainingAccess.RIGHTS),
        (look(AT, gap="keys"), RemainingAccess.UNTOLD),
        (look(AT, gap="elsewhere"), RemainingAccess.NOTHING),
        (look(AT), RemainingAccess.NOTHING),
    ],
)
def test_a_look_shows_rights_nothing_or_does_not_tell(seen: Observation, left: RemainingAccess) -> None:
    assert left_in(seen, ANNE) is left


def test_a_revision_that_asks_for_something_else_has_another_digest() -> None:
    first = departure(LEFT, keys=FINGERPRINT)
    others = [departure(AT, keys=FINGERPRINT), departure(LEFT), departure(LEFT, accounts="x", keys=FINGERPRINT)]
    digests = {digest_of(one) for one in (first, *others)}
    assert len(digests) == 4
    assert digest_of(departure(LEFT, keys=FINGERPRINT, note="x")) == digest_of(first)
    assert digest_of(departure(LEFT)) == "b5ecba60ffe3"


ENTRY = departure(LEFT)


def kept(**about: DetailValue) -> Verdict:
    """Return a verdict on the departure, as it stood before."""
    return verdict(
        "access-revocation", "departure-1", State.MET, Reason.WITHIN_LIMIT, about=about,
        evidence=("departure-1", "r-1", "r-2"),
    )  # fmt: skip


def test_a_departure_that_was_closed_stays_so_with_what_proved_it() -> None:
    revision = digest_of(ENTRY)
    closed = kept(revision=revision, closed=instant("2026-11-21T08:00:00+00:00"), seen_late=1, never_seen=1)
    (found,) = with_closings((ENTRY,), (closed,))
    assert found == replace(
        ENTRY,
        closing=Closing(at=instant(AT), seen_late=True, never_seen=True, evidence=("r-1", "r-2")),
    )
    (plain,) = with_closings((ENTRY,), (kept(revision=revision, closed=instant("2026-11-21T08:00:00+00:00")),))
    assert plain.closing == Closing(at=instant(AT), seen_late=False, never_seen=False, evidence=("r-1", "r-2"))


@pytest.mark.parametrize("revision", ["other", digest_of(ENTRY)])
def test_what_was_seen_late_stays_so_whatever_was_amended(revision: str) -> None:
    assert with_closings((ENTRY,), (kept(revision=revision, seen_late=1),)) == (replace(ENTRY, seen_late=True),)
    assert with_closings((ENTRY,), (kept(revision=revision),)) == (ENTRY,)


def test_only_a_verdict_on_the_departure_itself_proves_anything() -> None:
    late = kept(revision=digest_of(ENTRY), seen_late=1)
    other = replace(ENTRY, register="incident")
    assert with_closings((ENTRY,), (replace(late, target="backup-rpo"),)) == (ENTRY,)
    assert with_closings((ENTRY,), (replace(late, subject="departure-2"),)) == (ENTRY,)
    assert with_closings((ENTRY,), (kept(seen_late=1),)) == (ENTRY,)
    assert with_closings((other,), (late,)) == (other,)


def test_a_finding_that_shows_nothing_holds_what_was_proven() -> None:
    nothing = Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL)
    assert remembering(nothing, ENTRY) == nothing
    late = remembering(nothing, replace(ENTRY, seen_late=True))
    assert late.about == {"revision": digest_of(ENTRY), "seen_late": 1}
    closing = Closing(at=instant(AT), seen_late=True, never_seen=True, evidence=("r-1",))
    closed = remembering(nothing, replace(ENTRY, closing=closing))
    assert closed.about == {"revision": digest_of(ENTRY), "seen_late": 1, "closed": instant(AT), "never_seen": 1}
    assert closed.evidence == (ENTRY.id, "r-1")
    in_time = replace(closing, seen_late=False, never_seen=False)
    assert remembering(nothing, replace(ENTRY, closing=in_time)).about == {
        "revision": digest_of(ENTRY),
        "closed": instant(AT),
    }
    assert remembering(closed, replace(ENTRY, closing=in_time)) == closed
    told = replace(nothing, about={"revision": "another"})
    assert remembering(told, replace(ENTRY, seen_late=True)) == told
    assert remembering(nothing, replace(ENTRY, register="incident", seen_late=True)) == nothing


def test_a_verdict_proves_its_revision_its_closing_and_what_was_seen() -> None:
    about: dict[str, DetailValue] = {"revision": "r", "closed": "c", "seen_late": 1, "never_seen": 2, "other": 3}
    for said, proven in ((about, ("r", "c", 1, 2)), ({}, (None, None, None, None))):
        one = verdict("access-revocation", "d-1", State.MET, Reason.WITHIN_LIMIT, about=said)
        assert proof_in(one.about) == proven
