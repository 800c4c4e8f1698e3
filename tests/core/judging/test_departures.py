"""Departures: by what someone is known, from which look on nothing is left, and what a verdict proves of it."""

from dataclasses import replace

import pytest

from agent.core.duties.entries import Closing
from agent.core.facts.access import ACCOUNT, SeenAccount
from agent.core.judging.check import SuccessfulLook
from agent.core.judging.departures import (
    Leaver,
    RemainingAccess,
    course_of,
    digest_of,
    given_back,
    knows,
    leaver_of,
    left_in,
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


def test_the_keys_and_numbers_of_all_their_accounts_are_theirs() -> None:
    seen = look(AT, numbered("adupont", 1001), numbered("anne", 1002), numbered("zoe", 1003), key("Adupont"))
    words = Fact(name=ACCOUNT, subject="srv-1/adupont", value="uid 7", as_of=NOW)
    found = leaver_of(departure(LEFT, accounts="adupont anne"), (seen, look(AT, words, key("zoe", "SHA256:c"))))
    assert found == Leaver(
        accounts=frozenset({"adupont", "anne"}),
        keys=frozenset({FINGERPRINT}),
        numbers=frozenset({"1001", "1002"}),
    )


def test_the_number_of_root_is_nobody_s() -> None:
    found = leaver_of(departure(LEFT), (look(AT, numbered("adupont", 0)),))
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


def looked(*looks: Observation) -> dict[str, tuple[SuccessfulLook, ...]]:
    """Return looks by their hosts, numbered as evidence in their order."""
    found: dict[str, tuple[SuccessfulLook, ...]] = {}
    for number, one in enumerate(looks, start=1):
        found[one.host] = (*found.get(one.host, ()), SuccessfulLook(look=one, evidence=f"r-{number}"))
    return found


DUE = instant("2026-11-21T17:00+01:00")


def test_a_look_of_the_very_moment_of_the_departure_counts() -> None:
    course = course_of(looked(look(LEFT)), ANNE, instant(LEFT), DUE)
    assert (course.closed, course.states, course.evidence) == (
        instant(LEFT),
        {"srv-1": RemainingAccess.NOTHING},
        {"srv-1": "r-1"},
    )
    before = course_of(looked(look("2026-11-20T16:59:59+01:00")), ANNE, instant(LEFT), DUE)
    assert (before.closed, before.states, before.rights) == (None, {"srv-1": RemainingAccess.UNTOLD}, {})


def test_a_right_is_late_after_the_term_and_not_at_it() -> None:
    def late(at: str) -> object:
        return course_of(looked(look(at, account("adupont"))), ANNE, instant(LEFT), DUE).seen_late

    assert late("2026-11-21T17:00+01:00") is None
    assert late("2026-11-21T17:00:01+01:00") == instant("2026-11-21T17:00:01+01:00")


def test_the_first_late_look_is_kept_and_the_last_closing_counts() -> None:
    days = ("22", "23", "24")
    seen = [look(f"2026-11-{day}T09:00+01:00", *facts) for day, facts in zip(
        days, ((account("adupont"),), (account("adupont"), key("adupont")), ()), strict=True
    )]  # fmt: skip
    course = course_of(looked(*seen), ANNE, instant(LEFT), DUE)
    assert (course.seen_late, course.closed) == (seen[0].begun, seen[2].ended)
    open_ = course_of(looked(*seen[:2]), ANNE, instant(LEFT), DUE)
    assert (open_.closed, open_.rights) == (
        None,
        {"srv-1": ("account adupont", f"key {FINGERPRINT} (adupont)")},
    )


def test_a_case_is_closed_by_the_look_after_which_no_host_shows_anything() -> None:
    one, two = look(AT), look("2026-11-21T10:00+01:00", host="srv-2")
    last = look("2026-11-21T11:00+01:00")
    course = course_of(looked(one, two, last), ANNE, instant(LEFT), DUE)
    assert (course.closed, course.evidence) == (two.ended, {"srv-1": "r-1", "srv-2": "r-2"})
    assert course_of({**looked(one), "srv-2": ()}, ANNE, instant(LEFT), DUE).closed is None


def test_a_right_is_given_back_by_a_newest_look_after_the_closing() -> None:
    early, newest = look("2026-11-20T20:00+01:00", account("adupont")), look(AT, right("adupont", "sudo"))
    seen = {**looked(early, newest), "srv-2": ()}
    assert given_back(seen, ANNE, instant("2026-11-20T21:00+01:00")) == {"srv-1": ("sudo (adupont)",)}
    assert given_back(seen, ANNE, instant(AT)) == {}
    assert given_back(looked(newest, look("2026-11-21T10:00+01:00")), ANNE, instant(LEFT)) == {}


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
    assert remembering(closed, replace(ENTRY, seen_late=True)) == closed
    assert remembering(nothing, replace(ENTRY, register="incident", seen_late=True)) == nothing


def test_a_verdict_proves_its_revision_its_closing_and_what_was_seen() -> None:
    about: dict[str, DetailValue] = {"revision": "r", "closed": "c", "seen_late": 1, "never_seen": 2, "other": 3}
    for said, proven in ((about, ("r", "c", 1, 2)), ({}, (None, None, None, None))):
        one = verdict("access-revocation", "d-1", State.MET, Reason.WITHIN_LIMIT, about=said)
        assert proof_in(one.about) == proven
