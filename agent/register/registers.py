"""The registers that are kept beside the measures: one table of their keys, and what each key holds."""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from agent.core.duties.entries import AWARENESS, RECOVERY_TESTS


class Kind(Enum):
    """What a value is, by the form in which it is written."""

    INSTANT = "an instant with its zone (2026-11-24T10:00+01:00), or a date (2026-11-24)"
    YES_NO = "yes or no"
    RESULT = "ok or failed"
    DURATION = "a duration such as 90m, 24h or 2d"
    RATIO = "a ratio such as 98 %"
    LIMIT = "the target's figure: a duration (30h), a ratio (98 %), a size (2TB) or a number"
    FILE = "a file, whose SHA-256 is kept"
    MONTH = "a month such as 2026-10"
    FINGERPRINTS = "SHA256:… fingerprints of keys, with spaces between"
    TARGET = "a target of the convention"
    SUBJECT = "a subject of the configuration"
    BACKUP = "a backup of the configuration"
    PERIMETER = "a perimeter of the configuration"
    BENEFICIARY = "a beneficiary of the configuration"
    TEXT = "some words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key of a register. `happened`: it dates what has happened, so that it cannot lie ahead."""

    key: str
    kind: Kind
    required: bool = True
    happened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A rule that one date of an entry cannot come before another; `strict`: nor at the same instant."""

    earlier: str
    later: str
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Declare one register. `month_of` is the key whose month `none=YYYY-MM` signs as empty; None: it cannot be signed.

    `one_of`: at least one of these keys is needed. `by_command` alone enters here; None: `beffroi register` does.
    """

    name: str
    fields: tuple[Field, ...]
    orders: tuple[Order, ...] = ()
    month_of: str | None = None
    one_of: tuple[str, ...] = ()
    by_command: str | None = None

    def field(self, key: str) -> Field | None:
        """Return one key's declaration, or None."""
        return next((field for field in self.fields if field.key == key), None)


def needed(key: str, kind: Kind = Kind.TEXT, *, happened: bool = False) -> Field:
    """Return a key that every entry of its register has."""
    return Field(key=key, kind=kind, happened=happened)


def optional(key: str, kind: Kind = Kind.TEXT, *, happened: bool = False) -> Field:
    """Return a key that an entry may have."""
    return Field(key=key, kind=kind, required=False, happened=happened)


# Every entry says who writes it, and for which beneficiary (left out where only one can be meant).
AUTHOR = needed("author")
BENEFICIARY = optional("beneficiary", Kind.BENEFICIARY)
NONE = optional("none", Kind.MONTH)
EVIDENCE = optional("evidence", Kind.FILE)
PERFORMED = needed("performed", Kind.INSTANT, happened=True)
TARGET = needed("target", Kind.TARGET)
SUBJECT = needed("subject", Kind.SUBJECT)


def past(key: str) -> Field:
    """Return an optional date of what has happened."""
    return optional(key, Kind.INSTANT, happened=True)


def _register(
    name: str,
    *fields: Field,
    orders: tuple[Order, ...] = (),
    month_of: str | None = None,
    one_of: tuple[str, ...] = (),
    by_command: str | None = None,
) -> Register:
    signed = (NONE,) if month_of is not None else ()
    return Register(
        name=name,
        fields=(*fields, AUTHOR, BENEFICIARY, *signed),
        orders=orders,
        month_of=month_of,
        one_of=one_of,
        by_command=by_command,
    )


def _after(earlier: str, *later: str) -> tuple[Order, ...]:
    return tuple(Order(earlier=earlier, later=key) for key in later)


# The beneficiary's acknowledgement of what was agreed: who gave it, and when.
_ACKNOWLEDGED = (optional("acknowledged_by"), past("acknowledged_on"))

_DETECTED = needed("detected", Kind.INSTANT, happened=True)

_REGISTERS = (
    _register(
        "incident",
        _DETECTED, needed("title"), needed("major", Kind.YES_NO), past("declared"), past("qualified"), past("reported"),
        optional("delay_reason"), optional("personal_data", Kind.YES_NO), EVIDENCE,
        orders=_after("detected", "declared", "qualified", "reported"),
        month_of="detected",
    ),
    _register(
        "breach",
        _DETECTED, needed("title"), needed("cnil_due", Kind.YES_NO), past("controller_informed"), past("dpo_informed"),
        past("cnil_notified"), past("persons_informed"), optional("decision"), optional("delay_reason"), EVIDENCE,
        orders=_after("detected", "dpo_informed", "cnil_notified", "persons_informed"),
        month_of="detected",
    ),
    _register("scan", PERFORMED, needed("perimeter", Kind.PERIMETER), needed("by"), optional("findings"), EVIDENCE),
    _register("pentest", PERFORMED, needed("perimeter", Kind.PERIMETER), needed("by"), optional("findings"), EVIDENCE),
    _register(
        RECOVERY_TESTS,
        PERFORMED, needed("backup", Kind.BACKUP), needed("duration", Kind.DURATION),
        needed("recovery_point", Kind.INSTANT, happened=True), needed("result", Kind.RESULT), EVIDENCE,
        orders=_after("recovery_point", "performed"),
    ),
    _register(
        "departure",
        needed("left", Kind.INSTANT), needed("person"), needed("accounts"), optional("keys", Kind.FINGERPRINTS),
        month_of="left",
    ),
    _register(
        "acceptance",
        TARGET, SUBJECT, needed("accepted_by"), needed("accepted_on", Kind.INSTANT, happened=True),
        needed("until", Kind.INSTANT), needed("reason"), optional("recommendation"), *_ACKNOWLEDGED, EVIDENCE,
        orders=_after("accepted_on", "until"),
    ),
    _register(
        "adaptation",
        TARGET, needed("informed_on", Kind.INSTANT, happened=True), needed("effective_on", Kind.INSTANT),
        needed("reason"), optional("limit", Kind.LIMIT), optional("attainment", Kind.RATIO),
        optional("subject", Kind.SUBJECT), *_ACKNOWLEDGED, EVIDENCE,
        one_of=("limit", "attainment"),
    ),
    _register(
        "exclusion",
        TARGET, SUBJECT, needed("from", Kind.INSTANT), needed("to", Kind.INSTANT), needed("reason"), *_ACKNOWLEDGED,
        EVIDENCE,
        orders=(Order(earlier="from", later="to", strict=True),),
    ),
    _register(
        "plan", TARGET, SUBJECT, needed("action"), needed("owner"), needed("due", Kind.INSTANT), past("done"),
        optional("cause"),
    ),
    _register("audit", PERFORMED, needed("by"), EVIDENCE),
    _register(AWARENESS, PERFORMED, needed("by"), EVIDENCE),
    _register("restore", PERFORMED, needed("backup", Kind.BACKUP), needed("reason")),
    _register(
        "retirement",
        needed("kind"), needed("subject"), optional("on", Kind.INSTANT), optional("mistake", Kind.YES_NO),
        needed("reason"), by_command="beffroi retire KIND ID --reason TEXT --author NAME",
    ),
    _register(
        "acknowledgement",
        TARGET, SUBJECT, needed("state"), needed("until", Kind.INSTANT), optional("reason"),
        by_command="beffroi alert acknowledge TARGET SUBJECT --until WHEN --author NAME",
    ),
    _register(
        "audit-draw",
        PERFORMED, needed("backup", Kind.BACKUP), needed("copy"), needed("seed"), needed("draws"),
        optional("bytes_read"), optional("outcome"), EVIDENCE,
        by_command="beffroi audit BACKUP/COPY --seed HEX --by NAME",
    ),
    _register("change", needed("backup", Kind.BACKUP), needed("reason"), past("on")),
)  # fmt: skip

REGISTERS = MappingProxyType({register.name: register for register in _REGISTERS})
