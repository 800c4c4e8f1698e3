"""web-filtering: a page that opened is missed, a refusal counts only beside a control page that opened."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.facts.web_pages import CONTROL, SAME, TRIAL, CertificateTrust, Fetched, FetchOutcome, facts_of
from agent.core.inventory import Inventory, WebFilter
from agent.core.judging.check import Need, Question
from agent.core.model import Fact, Finding, Observation, State, Target
from agent.core.reason import Reason
from checks.web_filtering import CHECK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CATEGORY = WebFilter(
    id="malware",
    from_host="pc-1",
    url="https://trial.invalid/",
    control_url="https://control.invalid/",
    refused_as=("status 403",),
)
OPENED = Fetched(end=FetchOutcome.ANSWERED, status=200)
REFUSED = Fetched(end=FetchOutcome.ANSWERED, status=403, refused_as="status 403")
UNREACHABLE = Fetched(end=FetchOutcome.UNREACHABLE)


def findings(trial: Fetched | None, control: Fetched | None = OPENED, *, same: bool = False) -> tuple[Finding, ...]:
    """Return what the rule makes of what came of the two pages; `same`: both answers had the same bytes."""
    facts: list[Fact] = []
    for name, fetched in ((TRIAL, trial), (CONTROL, control)):
        facts += facts_of(name, fetched, "malware", NOW) if fetched is not None else ()
    if same:
        facts.append(Fact(name=SAME, subject="malware", value=True, as_of=NOW))
    seen = Observation(collector="web_filter", host="pc-1", subject="malware", begun=NOW, ended=NOW, facts=tuple(facts))
    target = Target(id="web-filtering", unit="ratio", limit=1.0, evidence_age=timedelta(hours=26))
    question = Question(item=CATEGORY, inventory=Inventory(), target=target, now=NOW, first_seen=NOW)
    (need,) = CHECK.needs(question)
    assert need == Need(collector="web_filter", subject="malware")
    return tuple(CHECK.judge(need, seen, question))


def met(**about: str | float | int) -> tuple[Finding, ...]:
    """Return the one finding of a category that is filtered."""
    return (Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=1.0, about=about),)


def missed(**about: str | float | int) -> tuple[Finding, ...]:
    """Return the one finding of a category whose page opened."""
    return (Finding(state=State.MISSED, reason=Reason.NOT_FILTERED, value=0.0, about=about),)


def unproven(reason: Reason, **about: str | float | int) -> tuple[Finding, ...]:
    """Return the one finding of a category that could not be judged."""
    return (Finding(state=State.UNPROVEN, reason=reason, about=about),)


@pytest.mark.parametrize("control", [OPENED, REFUSED, UNREACHABLE])
def test_a_page_that_opened_is_missed_whatever_the_control_says(control: Fetched) -> None:
    assert findings(OPENED, control) == missed(status="200")


def test_a_refusal_beside_a_control_that_opened_is_met() -> None:
    assert findings(REFUSED) == met(refused_status="403")


@pytest.mark.parametrize(
    ("form", "about"),
    [("status 403", {"refused_status": "403"}), ("location http://a b", {"refused_location": "http://a b"})],
)
def test_the_form_of_refusal_is_said_with_all_that_follows_its_kind(form: str, about: dict[str, str]) -> None:
    assert findings(Fetched(end=FetchOutcome.ANSWERED, status=302, refused_as=form)) == met(**about)


def test_a_form_of_refusal_of_one_word_is_said_as_such() -> None:
    assert findings(Fetched(end=FetchOutcome.RESET, refused_as="reset")) == met(refused_reset=1)


@pytest.mark.parametrize(
    ("control", "about"),
    [
        (UNREACHABLE, {"control_ended_unreachable": 1}),
        (Fetched(end=FetchOutcome.TIMED_OUT), {"control_ended_timed_out": 1}),
        (Fetched(end=FetchOutcome.ANSWERED, status=503), {"control_status": "503"}),
        (REFUSED, {"control_refused_status": "403"}),
    ],
)
def test_a_refusal_beside_a_control_that_did_not_open_proves_nothing(
    control: Fetched, about: dict[str, str | int]
) -> None:
    assert findings(REFUSED, control) == unproven(Reason.NO_CONTROL, refused_status="403", **about)


@pytest.mark.parametrize(("trial", "about"), [(OPENED, {"status": "200"}), (REFUSED, {"refused_status": "403"})])
def test_the_same_answer_for_both_pages_proves_nothing(trial: Fetched, about: dict[str, str]) -> None:
    """A captive portal answers every address alike."""
    assert findings(trial, same=True) == unproven(Reason.NO_CONTROL, same=1, **about)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (FetchOutcome.TIMED_OUT, Reason.TIMED_OUT),
        (FetchOutcome.UNRESOLVED, Reason.UNREACHABLE),
        (FetchOutcome.REFUSED, Reason.UNREACHABLE),
        (FetchOutcome.UNREACHABLE, Reason.UNREACHABLE),
        (FetchOutcome.PROXY, Reason.UNREACHABLE),
        (FetchOutcome.RESET, Reason.EXITED),
        (FetchOutcome.REDIRECTS, Reason.EXITED),
        (FetchOutcome.TLS, Reason.EXITED),
        (FetchOutcome.ERROR, Reason.EXITED),
    ],
)
def test_a_page_that_neither_opened_nor_was_refused_says_why(end: FetchOutcome, reason: Reason) -> None:
    name = f"ended_{end.value.replace('-', '_')}"
    assert findings(Fetched(end=end)) == unproven(reason, **{name: 1})


@pytest.mark.parametrize(("status", "opened"), [(199, False), (200, True), (299, True), (300, False), (404, False)])
def test_only_a_status_of_success_is_a_page_that_opened(status: int, opened: bool) -> None:
    found = findings(Fetched(end=FetchOutcome.ANSWERED, status=status))
    assert found == (missed(status=str(status)) if opened else unproven(Reason.EXITED, status=str(status)))


def test_an_answer_without_a_status_is_said_as_an_answer() -> None:
    assert findings(Fetched(end=FetchOutcome.ANSWERED)) == unproven(Reason.EXITED, ended_answered=1)


def test_a_status_before_the_connection_was_cut_is_not_the_answer() -> None:
    assert findings(Fetched(end=FetchOutcome.RESET, status=200)) == unproven(Reason.EXITED, ended_reset=1)


@pytest.mark.parametrize("trust", [CertificateTrust.LOCAL, CertificateTrust.UNTRUSTED])
@pytest.mark.parametrize("intercepted", ["trial", "control"])
def test_who_answered_in_the_servers_name_is_said(trust: CertificateTrust, intercepted: str) -> None:
    plain = {"trial": REFUSED, "control": OPENED}
    page = plain[intercepted]
    pages = plain | {
        intercepted: Fetched(
            end=page.end, status=page.status, refused_as=page.refused_as, trust=trust, issuer="CN=proxy"
        )
    }
    assert findings(pages["trial"], pages["control"]) == met(refused_status="403", issuer="CN=proxy")


def test_an_issuer_without_a_name_is_said_as_a_question_mark() -> None:
    page = Fetched(end=FetchOutcome.ANSWERED, status=200, trust=CertificateTrust.LOCAL)
    assert findings(page) == missed(status="200", issuer="?")


@pytest.mark.parametrize("trust", [CertificateTrust.PUBLIC, CertificateTrust.TRUSTED, None])
def test_the_issuer_of_a_page_that_was_not_intercepted_is_not_said(trust: CertificateTrust | None) -> None:
    assert findings(Fetched(end=FetchOutcome.ANSWERED, status=200, trust=trust, issuer="CN=ca")) == missed(status="200")


def test_the_proxy_of_the_trial_is_said() -> None:
    page = Fetched(end=FetchOutcome.ANSWERED, status=200, proxy="http://proxy.invalid:3128")
    assert findings(page) == missed(status="200", proxy="http://proxy.invalid:3128")
    assert findings(REFUSED, page) == met(refused_status="403")


@pytest.mark.parametrize(("trial", "control"), [(None, OPENED), (REFUSED, None), (None, None)])
def test_a_look_without_both_pages_says_nothing(trial: Fetched | None, control: Fetched | None) -> None:
    assert findings(trial, control) == ()
