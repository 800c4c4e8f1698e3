"""The result of asking for a page, and the facts that carry it to the rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.core.model import Fact, FactValue, Observation


class FetchOutcome(Enum):
    """How asking for a page ended; the words are those of the program that asks."""

    ANSWERED = "answered"
    RESET = "reset"  # the connection was cut instead of an answer
    REDIRECTS = "redirects"  # too many, or to something that is no page
    TIMED_OUT = "timed-out"
    UNRESOLVED = "unresolved"
    REFUSED = "refused"  # no one takes the connection
    UNREACHABLE = "unreachable"
    PROXY = "proxy"  # the proxy itself could not be used
    TLS = "tls"
    ERROR = "error"


class CertificateTrust(Enum):
    """What a page's certificate passed."""

    PUBLIC = "public"
    TRUSTED = "trusted"  # by this machine, which does not tell whose authorities are whose
    LOCAL = "local"  # by an authority that this machine alone was told to trust
    UNTRUSTED = "untrusted"


INTERCEPTED = (CertificateTrust.LOCAL, CertificateTrust.UNTRUSTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of a page: the last status, the form of refusal that was recognised, by which way it came."""

    end: FetchOutcome
    status: int | None = None
    refused_as: str | None = None
    proxy: str | None = None
    trust: CertificateTrust | None = None
    issuer: str | None = None

    @property
    def opened(self) -> bool:
        """Return whether the page came, as pages do."""
        return self.end is FetchOutcome.ANSWERED and self.refused_as is None and 200 <= (self.status or 0) < 300

    @property
    def intercepted(self) -> bool:
        """Return whether someone on the way answered in the server's name."""
        return self.trust in INTERCEPTED


TRIAL, CONTROL, SAME = "web.trial", "web.control", "web.same"


def facts_of(name: str, fetched: Fetched, subject: str, at: datetime) -> Iterator[Fact]:
    """Yield a fact for each thing that is known of a page, such as `web.trial.status`."""
    told: dict[str, FactValue | None] = {
        "end": fetched.end.value,
        "status": fetched.status,
        "refused_as": fetched.refused_as,
        "proxy": fetched.proxy,
        "trust": None if fetched.trust is None else fetched.trust.value,
        "issuer": fetched.issuer,
    }
    for what, value in told.items():
        if value is not None:
            yield Fact(name=f"{name}.{what}", subject=subject, value=value, as_of=at)


def fetched_in(seen: Observation, name: str) -> Fetched | None:
    """Return the page that a look kept under one name, or None."""
    kept = {fact.name.removeprefix(f"{name}."): fact.value for fact in seen.facts if fact.name.startswith(f"{name}.")}
    if "end" not in kept:
        return None
    status = kept.get("status")
    return Fetched(
        end=FetchOutcome(str(kept["end"])),
        status=status if isinstance(status, int) else None,
        refused_as=_text(kept.get("refused_as")),
        proxy=_text(kept.get("proxy")),
        trust=CertificateTrust(str(kept["trust"])) if "trust" in kept else None,
        issuer=_text(kept.get("issuer")),
    )


def _text(value: FactValue | None) -> str | None:
    return value if isinstance(value, str) else None
