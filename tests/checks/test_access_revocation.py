"""access-revocation: the clock of a departure at its term, what closes it, what does not, and what stays as it was."""

from dataclasses import replace
from datetime import date

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.entries import Closing, RegisterEntry
from agent.core.inventory import Holder, Inventory
from agent.core.judging.check import Question
from agent.core.judging.departures import with_closings
from agent.core.model import Detail, Fact, Finding, Reading, State, Target, Verdict
from agent.core.reason import Reason
from agent.wording.detail import detail
from agent.wording.sentences import phrase
from checks.access_revocation import judge_departure
from tests.checks.departed import (
    FINGERPRINT,
    INVENTORY,
    account,
    departure,
    instant,
    key,
    look,
    right,
    unreachable,
    verdicts,
)
from tests.checks.entered import amended

LEFT = "2026-11-20T17:00+01:00"
OTHER = "SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


def told(verdict: Verdict) -> str:
    """Return a verdict's state and reason, as one text."""
    return f"{verdict.state.value} {verdict.reason.value}"


def clean(at: str, *, host: str = "srv-2") -> Reading:
    """Return a whole look that shows nothing of anyone but root."""
    return look(at, host=host)


def came_to(now: str, *readings: Reading, left: str = LEFT, **values: str) -> str:
    """Return what a departure comes to; srv-2 is seen clean an hour after it unless it is looked at by itself."""
    entry = departure(left, **values)
    return told(verdicts(now, entry, readings=readings)["departure-1"])


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (LEFT, "2026-11-21T17:00+01:00"),
        # 24 hours pass, whatever the clocks on the wall do.
        ("2026-03-28T12:00+01:00", "2026-03-29T13:00+02:00"),
        ("2026-10-24T12:00+02:00", "2026-10-25T11:00+01:00"),
    ],
)
def test_the_clock_of_an_open_right_the_minute_before_its_term_at_it_and_after(left: str, due: str) -> None:
    day, _t, time = due.partition("T")
    hour, minute, zone = int(time[:2]), int(time[3:5]), time[5:]
    before = f"{day}T{hour:02}:{minute - 1:02}{zone}" if minute else _earlier(day, hour, zone)
    after = f"{day}T{hour:02}:{minute + 1:02}{zone}"
    for at, expected in ((before, "met on-course"), (due, "met on-course"), (after, "missed right-remaining")):
        seen = (look(at, account("adupont")), clean(at))
        assert came_to(at, *seen, left=left) == expected


@pytest.mark.parametrize(
    ("seen_at", "state"),
    [
        ("2026-11-21T00:00+01:00", "met on-course"),
        ("2026-11-21T08:00+01:00", "unproven on-course"),  # who left at 18 h may keep it until 18 h
        ("2026-11-21T23:59+01:00", "unproven on-course"),
        ("2026-11-22T00:01+01:00", "missed right-remaining"),
    ],
)
def test_a_departure_of_a_day_is_missed_by_the_latest_of_its_hours(seen_at: str, state: str) -> None:
    seen = (look(seen_at, account("adupont")), clean(seen_at))
    assert came_to(seen_at, *seen, left="2026-11-20") == state


@pytest.mark.parametrize(
    ("gone_at", "state"),
    [
        ("2026-11-20T23:00+01:00", "met within-limit"),
        ("2026-11-21T08:00+01:00", "unproven incomplete"),
    ],
)
def test_a_departure_of_a_day_is_met_by_the_earliest_of_its_hours(gone_at: str, state: str) -> None:
    assert came_to("2026-11-23T00:00+01:00", clean(gone_at, host="srv-1"), clean(gone_at), left="2026-11-20") == state


def _earlier(day: str, hour: int, zone: str) -> str:
    return f"{day}T{hour - 1:02}:59{zone}" if hour else f"{day[:-2]}{int(day[-2:]) - 1:02}T23:59{zone}"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-21T16:59+01:00", "met within-limit"),
        ("2026-11-21T17:00+01:00", "met within-limit"),
        # Nothing was seen after the term, so that no one can say when it went.
        ("2026-11-21T17:01+01:00", "unproven incomplete"),
    ],
)
def test_the_first_whole_look_that_shows_nothing_is_what_counts(at: str, expected: str) -> None:
    assert came_to("2026-11-24T12:00+01:00", look(at), clean("2026-11-20T18:00+01:00")) == expected


def test_a_look_before_the_departure_closes_nothing() -> None:
    assert came_to(LEFT, look("2026-11-20T16:59+01:00"), clean("2026-11-20T16:59+01:00")) == "met on-course"
    assert came_to("2026-11-22T08:00+01:00", look("2026-11-20T16:59+01:00"), clean("2026-11-20T18:00+01:00")) == (
        "unproven stale-evidence"
    )


@pytest.mark.parametrize(
    ("facts", "remains"),
    [
        ((account("adupont", "locked"),), True),
        ((account("adupont", "expired"),), False),
        ((account("adupont", "expired"), key("adupont")), True),
        ((key("root"),), True),
        ((key("root", OTHER),), False),
        ((account("bmartin"), key("bmartin", OTHER)), False),
        ((right("adupont", "sudo"),), True),
        ((right("adupont", "session"),), True),
        ((right("adupont", "cron /var/spool/cron/crontabs/adupont"),), True),
        ((right("adupont", "at"),), True),
        ((right("adupont", "linger"),), True),
        ((right("adupont", "unit /etc/systemd/system/x.service"),), True),
        ((right("bmartin", "session"),), False),
    ],
)
def test_every_kind_of_right_keeps_the_case_open(facts: tuple[Fact, ...], remains: bool) -> None:
    seen = look("2026-11-20T20:00+01:00", *facts), clean("2026-11-20T20:00+01:00")
    now = "2026-11-20T21:00+01:00"
    assert came_to(now, *seen, keys=FINGERPRINT) == ("met on-course" if remains else "met within-limit")


def test_a_key_that_opened_their_account_is_theirs_wherever_it_lies_afterwards() -> None:
    before = look("2026-11-20T16:00+01:00", account("adupont"), key("adupont"))
    after = look("2026-11-20T20:00+01:00"), look("2026-11-20T20:00+01:00", key("root", host="srv-2"), host="srv-2")
    verdict = verdicts("2026-11-20T21:00+01:00", departure(LEFT), readings=(before, *after))["departure-1"]
    assert (told(verdict), verdict.about["host"], verdict.about["right"]) == (
        "met on-course",
        "srv-2",
        f"key {FINGERPRINT} (root)",
    )


def test_a_process_that_outlives_its_account_is_known_by_its_number() -> None:
    before = look("2026-11-20T16:00+01:00", account("adupont"))
    after = look("2026-11-20T20:00+01:00", right("uid:1000", "session")), clean("2026-11-20T20:00+01:00")
    assert came_to("2026-11-22T21:00+01:00", before, *after) == "unproven stale-evidence"


@pytest.mark.parametrize("part", ["accounts", "directory", "shadow", "sudo", "sshd", "keys", "hidden-keys", "traces"])
def test_a_part_that_was_not_looked_at_closes_nothing(part: str) -> None:
    seen = look("2026-11-21T10:00+01:00", gap=part), clean("2026-11-21T10:00+01:00")
    assert came_to("2026-11-21T12:00+01:00", *seen) == "met on-course"
    assert came_to("2026-11-22T12:00+01:00", *seen) == "unproven denied"


def test_an_account_whose_expiry_cannot_be_read_is_not_said_to_be_open() -> None:
    seen = look("2026-11-22T10:00+01:00", account("adupont"), gap="shadow"), clean("2026-11-22T10:00+01:00")
    assert came_to("2026-11-22T12:00+01:00", *seen) == "unproven denied"


def test_a_host_that_cannot_be_reached_keeps_the_case_open() -> None:
    seen = look("2026-11-20T20:00+01:00"), unreachable("2026-11-20T20:00+01:00", host="srv-2")
    assert came_to("2026-11-21T17:00+01:00", *seen) == "met on-course"
    verdict = verdicts("2026-11-21T17:01+01:00", departure(LEFT), readings=seen)["departure-1"]
    assert (told(verdict), verdict.about["untold"]) == ("unproven unreachable", "srv-2")


def test_a_right_that_was_seen_after_the_term_stays_missed_whatever_comes_later() -> None:
    seen = look("2026-11-21T18:00+01:00", account("adupont")), clean("2026-11-20T20:00+01:00")
    assert came_to("2026-11-21T19:00+01:00", *seen) == "missed right-remaining"
    gone = (*seen, unreachable("2026-11-22T10:00+01:00"))
    assert came_to("2026-11-24T12:00+01:00", *gone) == "missed right-remaining"
    closed = (*seen, look("2026-11-22T10:00+01:00"))
    assert came_to("2026-11-24T12:00+01:00", *closed) == "missed overdue"


def test_a_host_that_was_watched_and_is_declared_no_more_keeps_the_case_open() -> None:
    seen = look("2026-11-20T20:00+01:00"), clean("2026-11-20T20:00+01:00")
    once = frozenset({"srv-9"})
    verdict = verdicts("2026-11-22T12:00+01:00", departure(LEFT), readings=seen, once=once)["departure-1"]
    assert told(verdict) == "unproven no-longer-declared"


def test_a_departure_announced_ahead_opens_its_clock_when_it_comes() -> None:
    seen = look("2026-11-20T10:00+01:00"), clean("2026-11-20T10:00+01:00")
    verdict = verdicts("2026-11-20T12:00+01:00", departure(LEFT), readings=seen)["departure-1"]
    assert (told(verdict), verdict.value) == ("met on-course", 0.0)


def test_what_was_proven_once_stays_although_the_account_comes_back() -> None:
    seen = look("2026-11-20T20:00+01:00"), clean("2026-11-20T20:00+01:00")
    entry = departure(LEFT)
    first = verdicts("2026-11-20T21:00+01:00", entry, readings=seen)["departure-1"]
    again = (look("2026-11-24T10:00+01:00", account("adupont")),)
    later = verdicts("2026-11-24T12:00+01:00", entry, readings=again, standing=(first,))["departure-1"]
    assert (told(later), later.value) == ("met within-limit", 3 * 3600.0)
    assert later.value == first.value


def test_a_right_that_is_back_after_the_closing_is_told_beside_the_delay() -> None:
    seen = look("2026-11-20T20:00+01:00"), clean("2026-11-20T20:00+01:00")
    entry = departure(LEFT)
    first = verdicts("2026-11-20T21:00+01:00", entry, readings=seen)["departure-1"]
    assert "given_back" not in first.about
    again = (*seen, look("2026-11-24T10:00+01:00", account("adupont"), right("adupont", "sudo")))
    later = verdicts("2026-11-24T12:00+01:00", entry, readings=again, standing=(first,))["departure-1"]
    assert (told(later), later.value, later.evidence) == ("met within-limit", first.value, first.evidence)
    assert "given_back=2" in detail(later) and "right_back=account adupont" in detail(later)
    assert phrase(later, "fr").endswith("; un droit est revenu depuis sur srv-1 : compte adupont (en tout : 2)")
    assert phrase(later, "en").endswith("; a right is back since then on srv-1: account adupont (in all: 2)")
    gone = (*again, look("2026-11-24T14:00+01:00"))
    last = verdicts("2026-11-24T15:00+01:00", entry, readings=gone, standing=(later,))["departure-1"]
    assert ("given_back" in last.about, last.value) == (False, first.value)


@pytest.mark.parametrize(
    ("back", "now", "expected"),
    [
        # Entered late, or judged for the first time: what the newest look shows is what remains.
        ("2026-11-21T10:00+01:00", "2026-11-21T12:00+01:00", "met on-course"),
        ("2026-11-22T10:00+01:00", "2026-11-22T12:00+01:00", "missed right-remaining"),
    ],
)
def test_a_right_in_the_newest_look_keeps_the_case_open(back: str, now: str, expected: str) -> None:
    seen = look("2026-11-20T20:00+01:00"), clean("2026-11-20T20:00+01:00"), look(back, account("adupont"))
    verdict = verdicts(now, departure(LEFT), readings=seen)["departure-1"]
    assert (told(verdict), verdict.about["remaining"]) == (expected, "srv-1: account adupont")


def test_the_delay_runs_to_the_look_after_which_no_right_was_seen() -> None:
    seen = look("2026-11-20T18:00+01:00"), clean("2026-11-20T18:00+01:00")
    back = look("2026-11-20T20:00+01:00", account("adupont")), look("2026-11-20T23:00+01:00")
    after = look("2026-11-21T08:00+01:00"), look("2026-11-21T09:00+01:00", gap="keys")
    verdict = verdicts("2026-11-21T10:00+01:00", departure(LEFT), readings=(*seen, *back, *after))["departure-1"]
    assert (told(verdict), verdict.value) == ("met within-limit", 6 * 3600.0)


def test_a_revision_that_names_another_account_opens_the_case_again() -> None:
    seen = look("2026-11-20T20:00+01:00", account("adm-dupont")), clean("2026-11-20T20:00+01:00")
    first = verdicts("2026-11-20T21:00+01:00", departure(LEFT), readings=seen)["departure-1"]
    amended = departure(LEFT, accounts="adupont adm-dupont")
    later = verdicts("2026-11-20T22:00+01:00", amended, readings=seen, standing=(first,))["departure-1"]
    assert (told(first), told(later)) == ("met within-limit", "met on-course")


def test_a_closed_departure_leaves_the_scorecard_a_month_later_and_an_open_one_never() -> None:
    seen = look("2026-11-20T20:00+01:00"), clean("2026-11-20T20:00+01:00")
    entry = departure(LEFT)
    first = verdicts("2026-11-20T21:00+01:00", entry, readings=seen)["departure-1"]
    assert "departure-1" in verdicts("2026-12-19T12:00+01:00", entry, standing=(first,))
    assert "departure-1" not in verdicts("2026-12-20T12:00+01:00", entry, standing=(first,))
    assert "departure-1" in verdicts("2028-12-20T12:00+01:00", entry)


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-12-07T23:59+01:00", "not-applicable not-expected"), ("2026-12-08T00:00+01:00", "unproven incomplete")],
)
def test_a_month_without_a_departure_is_signed_or_unproven(now: str, expected: str) -> None:
    october = replace(departure(LEFT), id="departure-9", values={"none": "2026-10", "author": "RH"})
    assert told(verdicts(now, october)["scota"]) == expected
    november = replace(october, values={"none": "2026-11", "author": "RH"})
    assert told(verdicts(now, november)["scota"]) == "not-applicable not-expected"


def test_the_beneficiary_s_verdict_is_that_of_its_open_departure() -> None:
    seen = look("2026-11-22T10:00+01:00", account("adupont")), clean("2026-11-22T10:00+01:00")
    assert told(verdicts("2026-11-22T12:00+01:00", departure(LEFT), readings=seen)["scota"]) == (
        "missed right-remaining"
    )


def test_what_nobody_holds_is_told_beside_the_months(monkeypatch: pytest.MonkeyPatch) -> None:
    holders = (Holder(id="anne", accounts=("adupont",)),)
    monkeypatch.setattr("tests.checks.departed.INVENTORY", replace(INVENTORY, holders=holders))
    facts = account("adupont", "shell /bin/bash"), account("bmartin", "shell /bin/bash"), key("root", OTHER)
    seen = look("2026-11-24T11:00+01:00", *facts), clean("2026-11-24T11:00+01:00")
    october = replace(departure(LEFT), id="departure-9", values={"none": "2026-10", "author": "RH"})
    verdict = verdicts("2026-11-24T12:00+01:00", october, readings=seen)["scota"]
    assert told(verdict) == "not-applicable not-expected"
    abouts = [finding.about for finding in verdict.rest]
    assert [(about["on_host"], about["local_people"], about.get("orphans")) for about in abouts] == [
        ("srv-1", 2, f"bmartin, {OTHER} (root)"),
        ("srv-2", 0, None),
    ]


def test_the_looks_that_settle_a_departure_are_its_evidence_and_stay_so() -> None:
    seen = look("2026-11-20T20:00+01:00", account("adupont")), clean("2026-11-20T20:00+01:00")
    first = verdicts("2026-11-20T21:00+01:00", departure(LEFT), readings=seen)["departure-1"]
    assert (first.evidence, first.about["remaining"]) == (("departure-1", "r-1", "r-2"), "srv-1: account adupont")
    closed = verdicts("2026-11-20T23:00+01:00", departure(LEFT), readings=(*seen, look("2026-11-20T22:00+01:00")))
    assert closed["departure-1"].evidence == ("departure-1", "r-3", "r-2")
    later = verdicts("2026-11-24T12:00+01:00", departure(LEFT), standing=(closed["departure-1"],))
    assert later["departure-1"].evidence == ("departure-1", "r-3", "r-2")


@pytest.mark.parametrize(
    ("before", "never"),
    [((), True), ((account("adupont", "expired"),), False), ((account("ADupont"),), False), ((key("root"),), False)],
)
def test_names_that_no_host_ever_showed_are_said_to_be_so(before: tuple[Fact, ...], never: bool) -> None:
    seen = look("2026-11-20T10:00+01:00", *before), look("2026-11-20T20:00+01:00"), clean("2026-11-20T20:00+01:00")
    entry = departure(LEFT, keys=FINGERPRINT)
    first = verdicts("2026-11-20T21:00+01:00", entry, readings=seen)["departure-1"]
    assert (told(first), "never_seen" in first.about) == ("met within-limit", never)
    later = verdicts("2026-11-24T12:00+01:00", entry, standing=(first,))["departure-1"]
    assert ("never_seen" in later.about) is never


def test_a_case_that_stays_open_for_long_is_judged_by_what_was_kept_and_by_the_newest_looks() -> None:
    """Else a host that is never seen again costs every turn all the looks since."""
    entry = departure(LEFT)
    late = look("2026-12-10T10:00+01:00", account("adupont")), clean("2026-11-20T20:00+01:00")
    missed = verdicts("2026-12-10T12:00+01:00", entry, readings=late)["departure-1"]
    assert told(missed) == "missed right-remaining"
    gone = (*late, look("2026-12-20T10:00+01:00"), clean("2026-12-20T10:00+01:00"))
    assert told(verdicts("2026-12-20T12:00+01:00", entry, readings=gone)["departure-1"]) == "unproven incomplete"
    kept = verdicts("2026-12-20T12:00+01:00", entry, readings=gone, standing=(missed,))["departure-1"]
    assert told(kept) == "missed overdue"
    after = verdicts("2026-12-21T12:00+01:00", entry, standing=(kept,))["departure-1"]
    assert (told(after), after.about["closed"]) == ("missed overdue", instant("2026-12-20T09:00:00+00:00"))


def test_an_amended_departure_keeps_what_was_seen_late() -> None:
    entry = departure(LEFT)
    late = "2026-11-23T10:00+01:00"
    seen = verdicts(late, entry, readings=(look(late, account("adupont")), clean(late)))["departure-1"]
    changed = replace(entry, values={**entry.values, "left": "2026-11-23T09:00+01:00"})
    (kept,) = with_closings((changed,), (seen,))
    assert kept.seen_late
    after = "2026-11-23T12:00+01:00"
    again = verdicts(after, kept, readings=(clean(after, host="srv-1"), clean(after)))["departure-1"]
    assert told(again) == "missed overdue"


# What is said of a departure, whole, as the sentences are made of it.

DUE = instant("2026-11-21T16:00:00+00:00")
OPENED = instant(LEFT)
OPEN: Detail = {"entry": "departure-1", "opened": OPENED, "due": DUE, "revision": "b5ecba60ffe3"}
DAY: Detail = {"entry": "departure-1", "opened": date(2026, 11, 20), "revision": "932825211598", "hosts": 2}
UNTOLD = {"untold": "srv-1", "untold_hosts": 2}


def said(now: str, *readings: Reading, left: str = LEFT, entry: RegisterEntry | None = None) -> Verdict:
    """Return the verdict on a departure."""
    return verdicts(now, departure(left) if entry is None else entry, readings=readings)["departure-1"]


def test_rights_that_remain_are_named_host_by_host() -> None:
    at = "2026-11-22T09:00+01:00"
    one, two = account("adupont"), account("adupont", host="srv-2")
    verdict = said("2026-11-22T10:00+01:00", look(at, one, right("adupont", "cron")), look(at, two, host="srv-2"))
    assert verdict.about == {
        **OPEN,
        "hosts": 2,
        "host": "srv-1",
        "right": "account adupont",
        "rights": 3,
        "remaining": "srv-1: account adupont; srv-1: cron (adupont); srv-2: account adupont",
        "seen_late": 1,
    }
    assert verdict.value == 41 * 3600.0


def test_of_many_rights_five_are_named_and_all_are_counted() -> None:
    at = "2026-11-21T09:00+01:00"
    keys = (key("adupont", f"{OTHER[:-2]}{number:02}") for number in range(12))
    about = said("2026-11-21T10:00+01:00", look(at, *keys), clean(at)).about
    assert (about["rights"], str(about["remaining"]).count("; ")) == (12, 4)


def test_hosts_that_do_not_tell_are_counted_and_one_is_named() -> None:
    at = "2026-11-21T09:00+01:00"
    hindered = said("2026-11-21T10:00+01:00", look(at, gap="keys"), look(at, gap="keys", host="srv-2"))
    assert hindered.about == {**OPEN, "hosts": 2, **UNTOLD}
    assert said("2026-11-21T10:00+01:00").about == {**OPEN, "hosts": 2, **UNTOLD}


def test_what_keeps_a_host_from_telling_is_named_once_the_term_is_over() -> None:
    at = "2026-11-22T09:00+01:00"
    hindered = said("2026-11-22T10:00+01:00", look(at, gap="hidden-keys"), clean(at))
    assert hindered.state is State.UNPROVEN
    why = {"part": "hidden-keys", "said": "refused"}
    assert hindered.about == {**OPEN, "hosts": 2, "untold": "srv-1", "untold_hosts": 1, **why}


def test_a_departure_that_is_closed_says_when_and_how_sure_it_is() -> None:
    at = "2026-11-21T09:00+01:00"
    verdict = said("2026-11-21T10:00+01:00", look(at), clean(at))
    assert (verdict.value, verdict.about) == (
        57600.0,
        {**OPEN, "hosts": 2, "closed": instant("2026-11-21T08:00:00+00:00"), "never_seen": 1},
    )
    late = look("2026-11-22T09:00+01:00", account("adupont")), clean("2026-11-22T09:00+01:00")
    gone = look("2026-11-23T09:00+01:00"), clean("2026-11-23T09:00+01:00")
    verdict = said("2026-11-23T10:00+01:00", *late, *gone)
    closed = {**OPEN, "hosts": 2, "closed": instant("2026-11-23T08:00:00+00:00")}
    assert (told(verdict), verdict.about) == ("missed overdue", {**closed, "seen_late": 1})
    early = look("2026-11-20T17:30+01:00", account("adupont")), clean("2026-11-22T09:00+01:00")
    verdict = said("2026-11-23T10:00+01:00", *early, *gone)
    assert (told(verdict), verdict.about) == ("unproven incomplete", closed)


def test_the_term_of_a_departure_of_a_day_is_said_as_a_day() -> None:
    running = said("2026-11-20T12:00+01:00", left="2026-11-20")
    assert running.about == {**DAY, "due": date(2026, 11, 20), **UNTOLD}
    assert running.stands_until == instant("2026-11-21T00:00+01:00")
    unknown = said("2026-11-21T10:00+01:00", left="2026-11-20")
    assert (told(unknown), unknown.about) == ("unproven on-course", {**DAY, "due": date(2026, 11, 21), **UNTOLD})
    late = said("2026-11-23T10:00+01:00", left="2026-11-20")
    assert (told(late), late.about) == ("unproven not-run", {**DAY, "due": date(2026, 11, 21), **UNTOLD})


def test_what_stands_of_an_open_departure_stands_until_its_term() -> None:
    at = "2026-11-21T09:00+01:00"
    running = said("2026-11-21T10:00+01:00", look(at, account("adupont")), clean(at))
    assert running.stands_until == DUE


def test_an_amended_departure_says_what_was_entered_first() -> None:
    at = "2026-11-21T09:00+01:00"
    entry = amended(departure("2026-11-19T17:00+01:00"), "2026-11-20T09:00+01:00", left=LEFT)
    about = said("2026-11-21T10:00+01:00", look(at, account("adupont")), clean(at), entry=entry).about
    assert about == {
        **OPEN,
        "first_opened": instant("2026-11-19T17:00+01:00"),
        "amended": date(2026, 11, 20),
        "hosts": 2,
        "host": "srv-1",
        "right": "account adupont",
        "rights": 1,
        "remaining": "srv-1: account adupont",
    }


def orphans_at(now: str, *entries: RegisterEntry) -> Detail:
    """Return what is told of srv-1's accounts beside the months."""
    at = "2026-11-24T11:00+01:00"
    facts = account("adupont", "shell /bin/bash"), account("bmartin", "shell /bin/bash"), key("root", OTHER)
    verdict = verdicts(now, *entries, readings=(look(at, *facts), clean(at)))["scota"]
    return next(one.about for one in verdict.rest if one.about.get("on_host") == "srv-1")


def test_what_nobody_holds_is_counted_by_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    holders = (Holder(id="anne", accounts=("adupont",)),)
    monkeypatch.setattr("tests.checks.departed.INVENTORY", replace(INVENTORY, holders=holders))
    signed = replace(departure(LEFT), id="departure-9", values={"none": "2026-10", "author": "RH"})
    assert orphans_at("2026-11-24T12:00+01:00", signed) == {
        "on_host": "srv-1",
        "local_people": 2,
        "orphan_accounts": 1,
        "orphan_keys": 1,
        "orphans": f"bmartin, {OTHER} (root)",
    }


def test_who_left_holds_nothing_any_more_from_that_moment_on(monkeypatch: pytest.MonkeyPatch) -> None:
    holders = (Holder(id="anne", accounts=("adupont", "bmartin", "XXXX"), keys=(OTHER,)),)
    monkeypatch.setattr("tests.checks.departed.INVENTORY", replace(INVENTORY, holders=holders))
    now = "2026-11-24T12:00+01:00"
    for left, orphans in (("2026-11-24T12:00+01:00", 1), ("2026-11-24T12:00:01+01:00", None)):
        entry = departure(left, accounts="adupont")
        assert orphans_at(now, entry).get("orphan_accounts") == orphans
    assert "orphan_accounts" not in orphans_at(now, replace(departure(LEFT), values={"left": LEFT, "author": "RH"}))


def asked(entry: RegisterEntry, now: str, *, hosts: bool = True, later: float = 86400.0) -> Finding:
    """Return what the rule makes of a departure that no look was made of; `later`: the limit from 21 November on."""
    clause = CLAUSES["access-revocation"]
    question = Question(
        item=entry,
        inventory=INVENTORY if hosts else Inventory(),
        target=Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age),
        now=instant(now),
        first_seen=instant("2026-10-01T00:00+02:00"),
        entries=(entry,),
        objective=lambda target, day: 86400.0 if day < date(2026, 11, 21) else later,
    )
    return judge_departure(entry, question)


def test_a_departure_where_no_host_is_watched_says_so() -> None:
    assert asked(departure(LEFT), "2026-11-21T10:00+01:00", hosts=False) == Finding(
        state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about=OPEN, evidence=("departure-1",)
    )


def test_a_term_that_is_over_lets_nothing_stand() -> None:
    assert asked(departure(LEFT), "2026-11-21T10:00+01:00").stands_until == DUE
    assert asked(departure(LEFT), "2026-11-21T18:00+01:00").stands_until is None


def test_a_departure_closed_at_once_took_no_time() -> None:
    closed = replace(departure(LEFT), closing=Closing(at=instant(LEFT)))
    assert asked(closed, "2026-11-24T10:00+01:00").value == 0.0


def test_a_departure_is_held_to_the_limit_of_the_day_on_which_it_was_closed() -> None:
    closed = replace(departure(LEFT), closing=Closing(at=instant("2026-11-20T20:00+01:00")))
    assert asked(closed, "2026-11-24T10:00+01:00", later=172800.0).about["due"] == DUE
    assert asked(departure(LEFT), "2026-11-24T10:00+01:00", later=172800.0).about["due"] != DUE
