"""What was agreed with the beneficiary: accepted risks, adapted objectives, exclusions; and the day each takes effect.

None acts before the civil day of its entry. An amendment is a value of its own (`entered_on`), which takes the place of
the one before from its day on (`superseded_on`; None: nothing does), so that it changes no earlier day either.

Sources: convention, article 5 (a target may be adapted once SCOTA has been informed) and article 5.2 (SCOTA formally
accepts a residual risk in its own perimeter).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import dropwhile
from zoneinfo import ZoneInfo

from agent.accounting.acknowledgements import Acknowledgement, silencing
from agent.core.inventory import Backup, Copy, DeclaredHost, Flow, Inventory, Item, LogSource, WebFilter
from agent.core.model import Key, State
from agent.core.period import ONE_DAY, PARIS, day_end, day_start

MUTUALISED = "mutualised"
# Behind the name of an agent of a fleet: all of its subjects.
EVERY_SUBJECT = "/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A residual risk that the beneficiary accepted, from `accepted_on` to `until`, both days included.

    `signatories` are those of the beneficiary who may accept; `perimeter` is the subject's own. `declared` False: the
    configuration no longer has the subject, so that nothing tells any more whose perimeter it is in.
    """

    id: str
    key: Key
    author: str
    accepted_by: str
    accepted_on: date
    until: date
    reason: str
    recommendation: str | None = None
    signatories: tuple[str, ...] = ()
    perimeter: str | None = None
    declared: bool = True
    entered_on: date = date.min
    superseded_on: date | None = None

    @property
    def in_force_from(self) -> date:
        """Return its first day: none lies before its entry."""
        return max(self.accepted_on, self.entered_on)

    @property
    def last_day(self) -> date:
        """Return the last day of this form of it: `until`, or the day before an amendment took its place."""
        return self.until if self.superseded_on is None else min(self.until, self.superseded_on - ONE_DAY)

    @property
    def has_effect(self) -> bool:
        """Return whether it makes a day accepted at all."""
        in_time = self.in_force_from <= self.until
        return in_time and self.signed and self.declared and not self.outside_article

    @property
    def outside_article(self) -> bool:
        """Return True where it is *hors de l'article 5.2*: only the provider answers for the mutualised perimeter."""
        return self.perimeter == MUTUALISED

    @property
    def signed(self) -> bool:
        """Return whether someone who may accept a risk did, other than its author."""
        return may_accept(self.accepted_by, self.author, self.signatories)

    def covers(self, key: Key, day: date) -> bool:
        """Return whether it is in force for exactly that target, subject and beneficiary on that day."""
        return self.key == key and self.in_force_from <= day <= self.last_day and self.has_effect


def _superseded(agreement: "Adaptation | Exclusion", day: date) -> bool:
    return agreement.superseded_on is not None and agreement.superseded_on <= day


def may_accept(accepted_by: str, author: str, signatories: Sequence[str]) -> bool:
    """Return whether a name may accept a risk that `author` enters: another, and a signatory where any is declared.

    A signatory is named in whole words, whatever stands beside (`Mme X, Présidente du SCOTA`): a deputy, someone who
    belongs to the signatory, or who signs for it, is none.
    """
    name = _plain(accepted_by)
    if not name or _same_person(name, _plain(author)):
        return False
    return not signatories or _names_one(accepted_by, {_plain(signatory) for signatory in signatories} - {""})


# How a person is addressed says nothing of who it is.
_TITLES = frozenset({"m", "m.", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "la", "le"})
# Beside a signatory, what says that someone else signs; and before one, what says that the name belongs to it.
_SOMEONE_ELSE = frozenset(
    {"pour", "p/o", "p.o.", "po", "par", "absent", "absente", "vice", "ex", "ancien", "ancienne", "délégation"}
    | {"suppléant", "suppléante", "adjoint", "adjointe", "délégué", "déléguée", "for", "on", "deputy", "former"}
)
_BELONGS_TO = frozenset({"de", "du", "des", "d'", "d’", "à", "au", "of"})
_WORD = re.compile(r"[^\s,;:()]+|[,;:()]")


def _names_one(accepted_by: str, signatories: Set[str]) -> bool:
    words = _WORD.findall(_plain(accepted_by))
    # «p/ la Présidente»: who signs for her.
    if not _SOMEONE_ELSE.isdisjoint(words) or any(word.startswith("p/") for word in words):
        return False
    return any(_holds(words, _WORD.findall(signatory)) for signatory in signatories)


def _holds(words: Sequence[str], signatory: Sequence[str]) -> bool:
    for start in range(len(words) - len(signatory) + 1):
        before = list(dropwhile(_TITLES.__contains__, reversed(words[:start])))
        if words[start : start + len(signatory)] == signatory and not (before and before[0] in _BELONGS_TO):
            return True
    return False


# What is said beside a name: a body in parentheses; what may follow it: a comma, a dash between spaces.
_BESIDE = re.compile(r"\([^()]*\)?")
_FOLLOWS = re.compile(r"\s*[,;/:]|\s+[-–—]\s")


def _same_person(one: str, other: str) -> bool:
    """Return whether two names are one, but for what follows them: a body in parentheses, a function after a comma."""
    short, long = sorted((_BESIDE.sub("", one).strip(), _BESIDE.sub("", other).strip()), key=len)
    return short == long or (bool(short) and long.startswith(short) and _FOLLOWS.match(long, len(short)) is not None)


def _plain(name: str) -> str:
    # Without what no reader sees, such as a space of no width: a name is not another one by that.
    seen = "".join(letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) != "Cf")
    said = seen.casefold().split()
    return " ".join(dropwhile(_TITLES.__contains__, said))


def acceptance_in_force(acceptances: Iterable[Acceptance], key: Key, day: date) -> Acceptance | None:
    """Return the first acceptance that covers a key on a day, or None."""
    return next((acceptance for acceptance in acceptances if acceptance.covers(key, day)), None)


def perimeter_of(item: Item, inventory: Inventory) -> str | None:
    """Return whose perimeter an item is in: its own word, else that of the host where it lives; None: not declared."""
    match item:
        case DeclaredHost():
            return _of_host(item)
        case Backup():
            return item.perimeter or inventory.host(item.host).perimeter
        case Copy():
            return perimeter_of(inventory.backup(item.backup), inventory)
        case LogSource():
            return _of_host(inventory.host(item.host))
        case Flow() | WebFilter():
            return _of_host(inventory.host(item.from_host))
        case _:
            return None


def _of_host(host: DeclaredHost) -> str | None:
    # What several bodies share is the own perimeter of none of them, unless it is declared (article 5.2).
    return host.perimeter or (MUTUALISED if len(set(host.beneficiaries)) > 1 else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """An objective adapted for a target, for one subject or (None) for all of them; `AGENT/*` are all of one agent's.

    `limit` is in the target's own unit; None for either figure: not adapted.
    """

    id: str
    target: str
    beneficiary: str
    subject: str | None = None
    informed_on: date | None = None
    effective_on: date
    limit: float | None = None
    attainment: Fraction | None = None
    reason: str
    author: str
    entered_on: date = date.min
    superseded_on: date | None = None

    @property
    def in_force_from(self) -> date | None:
        """Return its first day: the latest of its effect, its entry and SCOTA being informed; None: without effect."""
        return None if self.informed_on is None else max(self.effective_on, self.informed_on, self.entered_on)

    def covers(self, key: Key, day: date) -> bool:
        """Return whether it is in force for a key on a day."""
        begun = self.in_force_from is not None and self.in_force_from <= day
        about = (self.target, self.beneficiary) == (key.target, key.beneficiary)
        return begun and about and is_about(self.subject, key.subject) and not _superseded(self, day)


def is_about(named: str | None, subject: str) -> bool:
    """Return whether what was agreed for some subjects is about one; None: for all of them."""
    if named is None or named == subject:
        return True
    return named.endswith(EVERY_SUBJECT) and subject.startswith(named.removesuffix("*"))


def limit_in_force(limit: float | None, adaptations: Sequence[Adaptation], key: Key, day: date) -> float | None:
    """Return the objective of a day: the configured one, unless an adaptation says otherwise."""
    chosen = limit_set_by(adaptations, key, day)
    return limit if chosen is None else chosen.limit


def attainment_in_force(attainment: Fraction, adaptations: Sequence[Adaptation], key: Key, day: date) -> Fraction:
    """Return the share of days to be met, as it is in force on a day."""
    chosen = share_set_by(adaptations, key, day)
    return attainment if chosen is None or chosen.attainment is None else chosen.attainment


def limit_set_by(adaptations: Iterable[Adaptation], key: Key, day: date) -> Adaptation | None:
    """Return the adaptation whose limit is in force for a key on a day, or None."""
    return _chosen([entry for entry in adaptations if entry.limit is not None], key, day)


def share_set_by(adaptations: Iterable[Adaptation], key: Key, day: date) -> Adaptation | None:
    """Return the adaptation whose share of days to be met is in force for a key on a day, or None."""
    return _chosen([entry for entry in adaptations if entry.attainment is not None], key, day)


def _chosen(adaptations: Iterable[Adaptation], key: Key, day: date) -> Adaptation | None:
    # One for the very subject comes before one for all; of two alike the later one counts, then the one entered later.
    covering = [entry for entry in adaptations if entry.covers(key, day)]
    ranked = sorted(covering, key=lambda entry: (_nearness(entry.subject), entry.in_force_from or date.min))
    return ranked[-1] if ranked else None


def _nearness(subject: str | None) -> int:
    return 0 if subject is None else 1 if subject.endswith(EVERY_SUBJECT) else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """An agreed maintenance, from `begins` to `ends` (not included)."""

    id: str
    key: Key
    begins: datetime
    ends: datetime
    reason: str
    author: str
    entered_on: date = date.min
    superseded_on: date | None = None

    def silences(self, key: Key, now: datetime) -> bool:
        """Return True where an alert about a key is silenced now; only the last revision counts."""
        return self.superseded_on is None and self.key == key and self.begins <= now < self.ends

    def covers(self, key: Key, day: date, zone: ZoneInfo = PARIS) -> bool:
        """Return whether a whole civil day of a key is excluded; a part of a day excludes nothing from a rate."""
        whole = self.begins <= day_start(day, zone) and day_end(day, zone) <= self.ends
        return self.key == key and whole and self.entered_on <= day and not _superseded(self, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    """Everything that was agreed, in the order in which it was entered; each rule above says what is in force."""

    acceptances: tuple[Acceptance, ...] = ()
    adaptations: tuple[Adaptation, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()

    @property
    def latest(self) -> "Agreements":
        """Return the last revision of each, as a table shows them."""
        return Agreements(
            acceptances=tuple(one for one in self.acceptances if one.superseded_on is None),
            adaptations=tuple(one for one in self.adaptations if one.superseded_on is None),
            exclusions=tuple(one for one in self.exclusions if one.superseded_on is None),
            acknowledgements=self.acknowledgements,
        )

    def acceptance(self, key: Key, day: date) -> Acceptance | None:
        """Return the acceptance in force for a key on a day, or None."""
        return acceptance_in_force(self.acceptances, key, day)

    def accepted_until(self, key: Key, day: date) -> date | None:
        """Return the last day of the acceptances in force for a key on a day, or None: a renewal counts already."""
        return max((one.until for one in self.acceptances if one.covers(key, day)), default=None)

    def limit(self, limit: float | None, key: Key, day: date) -> float | None:
        """Return the objective in force for a key on a day, `limit` being the configured one."""
        return limit_in_force(limit, self.adaptations, key, day)

    def attainment(self, attainment: Fraction, key: Key, day: date) -> Fraction:
        """Return the share of days to be met in force for a key on a day, `attainment` being the configured one."""
        return attainment_in_force(attainment, self.adaptations, key, day)

    def adaptation(self, key: Key, day: date) -> Adaptation | None:
        """Return the adaptation in force for a key on a day, the most particular one, or None."""
        return _chosen(self.adaptations, key, day)

    def silenced(self, key: Key, now: datetime) -> Exclusion | None:
        """Return the exclusion that silences a key's alert at the moment, or None."""
        return next((exclusion for exclusion in self.exclusions if exclusion.silences(key, now)), None)

    def acknowledged(self, key: Key, state: State, now: datetime) -> Acknowledgement | None:
        """Return the acknowledgement that silences the alert on a state of a key at the moment, or None."""
        return silencing(self.acknowledgements, key, state, now)

    def excluded(self, key: Key, day: date, zone: ZoneInfo = PARIS) -> Exclusion | None:
        """Return the exclusion that takes a whole day of a key out of the rate with exclusions, or None."""
        return next((exclusion for exclusion in self.exclusions if exclusion.covers(key, day, zone)), None)
