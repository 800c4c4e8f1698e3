"""Looks at accounts, and what the rules make of a departure by them."""

from datetime import UTC, datetime, timedelta

from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry, by_beneficiary
from agent.core.duties.expected import Expected, expected_entries
from agent.core.facts.access import ACCOUNT, KEY, RIGHT, AuthorizedKey, SeenAccount
from agent.core.inventory import Beneficiary, DeclaredHost, Inventory
from agent.core.judging.check import SuccessfulLook
from agent.core.judging.departures import TARGET, with_closings
from agent.core.model import Fact, Failure, Gap, Key, Observation, Reading, Target, Verdict
from agent.core.period import day_of
from agent.core.reason import Reason
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from checks.access_revocation import CHECK

HOSTS = ("srv-1", "srv-2")
INVENTORY = Inventory(
    beneficiaries=(Beneficiary(id="scota", name="SCOTA"),),
    hosts=(*(DeclaredHost(id=id, beneficiaries=("scota",)) for id in HOSTS), DeclaredHost(id="vault", collect=())),
)
FINGERPRINT = "SHA256:uNiVztksCsDhcc0u9e8BrwILCCQZYZRjWLpO4Bqz1nY"


def instant(text: str) -> datetime:
    """Return an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def departure(left: str, *, accounts: str = "adupont", **values: str) -> RegisterEntry:
    """Return a departure as it was entered."""
    return RegisterEntry(
        id="departure-1",
        register="departure",
        beneficiary="scota",
        values={"left": left, "person": "Anne Dupont", "accounts": accounts, "author": "RH", **values},
        received_at=instant("2026-10-01T08:00+02:00"),
    )


def account(name: str, *marks: str, host: str = "srv-1") -> Fact:
    """Return the fact of an account."""
    shell = next((mark.removeprefix("shell ") for mark in marks if mark.startswith("shell ")), "")
    seen = SeenAccount(uid=1000, shell=shell, expired="expired" in marks, locked="locked" in marks)
    return Fact(name=ACCOUNT, subject=f"{host}/{name}", value=seen, as_of=NOW)


def key(name: str, fingerprint: str = FINGERPRINT, *, host: str = "srv-1") -> Fact:
    """Return the fact of a key."""
    opens = AuthorizedKey(fingerprint=fingerprint, kind="ssh-ed25519", path=f"/home/{name}/.ssh/authorized_keys")
    return Fact(name=KEY, subject=f"{host}/{name}", value=opens, as_of=NOW)


def right(name: str, what: str, *, host: str = "srv-1") -> Fact:
    """Return the fact of another right."""
    return Fact(name=RIGHT, subject=f"{host}/{name}", value=what, as_of=NOW)


NOW = instant("2026-11-24T12:00+01:00")


def look(at: str, *facts: Fact, host: str = "srv-1", gap: str | None = None) -> Observation:
    """Return a look at a host that took a second; one root account is always there."""
    begun = instant(at)
    gaps = () if gap is None else (Gap(subject=f"{host}/{gap}", reason=Reason.DENIED, detail="refused"),)
    return Observation(
        collector="access",
        host=host,
        subject=host,
        begun=begun,
        ended=begun,
        facts=(Fact(name=ACCOUNT, subject=f"{host}/root", value=SeenAccount(uid=0), as_of=begun), *facts),
        gaps=gaps,
    )


def unreachable(at: str, *, host: str = "srv-1") -> Failure:
    """Return a look that did not succeed."""
    begun = instant(at)
    return Failure(
        collector="access",
        host=host,
        subject=host,
        begun=begun,
        ended=begun + timedelta(seconds=1),
        reason=Reason.UNREACHABLE,
        detail="no answer",
    )


def _newest(readings: tuple[Reading, ...], subject: str, at: datetime) -> Reading | None:
    own = [one for one in readings if isinstance(one, Observation) and one.subject == subject and one.ended <= at]
    return own[-1] if own else None


def verdicts(
    now: str,
    *entries: RegisterEntry,
    readings: tuple[Reading, ...] = (),
    once: frozenset[str] = frozenset(),
    standing: tuple[Verdict, ...] = (),
) -> dict[str, Verdict]:
    """Return the verdicts on departures at an instant, by subject; `once` are hosts that were watched before."""
    at = instant(now)
    clause = CLAUSES[TARGET]
    known = with_closings(entries, standing)

    def newest(collector: str, subject: str) -> NewestLooks | None:
        own = [one for one in readings if one.subject == subject and one.ended <= at]
        return (
            None if not own else NewestLooks(reading=own[-1], evidence_id="r-1", observation=None, observation_id=None)
        )

    bench = EvaluationContext(
        inventory=INVENTORY,
        readings=newest,
        now=at,
        entries=by_beneficiary(known),
        looks=lambda collector, subject, since, until: tuple(
            SuccessfulLook(look=one, evidence=f"r-{number}")
            for number, one in enumerate(readings, start=1)
            if isinstance(one, Observation)
            and one.subject == subject
            and since <= one.ended <= at
            and (one.ended <= until or one is _newest(readings, subject, at))
        ),
        hosts=lambda since: frozenset(HOSTS) | once,
    )
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    mine = Expected(
        key=Key(target=TARGET, subject="scota", beneficiary="scota"), item=INVENTORY.beneficiaries[0], starts=None
    )
    wanted = (mine, *expected_entries(known, INVENTORY, day_of(at)))
    since = instant("2026-11-01T00:00+01:00")
    return {one.key.subject: judge(one, CHECK, target, at, bench, since) for one in wanted}
