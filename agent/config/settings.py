"""A configuration as the program uses it: frozen values, every default filled in, every reference settled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from agent.config.schedule_keys import schedule_keys
from agent.core.inventory import Inventory
from agent.core.model import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The `[agent]` table."""

    state_directory: Path = Path("/var/lib/beffroi")
    listen: str = "127.0.0.1:9588"
    address: str | None = None
    web_config: Path | None = None
    insecure: bool = False
    readers: tuple[str, ...] = ()
    timeout: timedelta = timedelta(seconds=60)
    keep_readings: timedelta = timedelta(days=400)
    keep_personal: timedelta = timedelta(days=1100)
    timezone: str = "Europe/Paris"
    language: str = "fr"
    ledger: str = "sqlite"
    demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The `[schedule]` table: by each key how often, or at what time of day (`HH:MM`, in `[agent] timezone`)."""

    rhythms: Mapping[str, timedelta | str] = field(
        default_factory=lambda: {key.name: key.default for key in schedule_keys().values()}
    )
    verify_budget: int = 20 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """The `[convention]` table; `quotations` are its own sentences by target."""

    reference: str = ""
    provider: str = ""
    signed: date | None = None
    starts: date | None = None
    quotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Where and how alert mails go."""

    to: tuple[str, ...]
    smtp: str
    sender: str
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """The `[alert]` table."""

    mail: Mail | None = None
    mail_password_file: Path | None = None
    webhook: str | None = None
    webhook_file: Path | None = None
    heartbeat_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """The `[report]` table: what signs the PDF; both None: nothing does."""

    certificate_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessSettings:
    """A `[[evidence.witness]]`: who cosigns the agent's checkpoints; `origin` None: it knows the log by its own."""

    id: str
    url: str
    key_file: Path
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampSettings:
    """`timestamp` of `[evidence]`: who stamps the agent's checkpoints, and the authority of its tokens."""

    url: str
    ca_file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSettings:
    """The `[evidence]` table."""

    timestamp: TimestampSettings | None = None
    witnesses: tuple[WitnessSettings, ...] = ()


# How long an agent may be silent, unless the centre says otherwise.
AGENT_SILENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetAgent:
    """A `[[fleet.agent]]`: an agent as the centre expects it."""

    id: str
    fingerprint: str
    evidence_age: timedelta = AGENT_SILENCE
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSettings:
    """The `[fleet]` table. `agent` is an agent's own name, empty for the centre; `agents` are those of the centre."""

    database: str
    user: str
    agent: str = ""
    agents: tuple[FleetAgent, ...] = ()
    password_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    root_certificate: Path | None = None

    @property
    def is_centre(self) -> bool:
        """Return whether this configuration is the centre's."""
        return not self.agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything that a configuration file says.

    `targets` holds one entry for each target of the convention, in force before any adaptation.
    `digest` is the SHA-256 of the file's bytes, and of the inventory's that it names (see agent.config.digest).
    """

    path: Path
    digest: str
    agent: Agent = field(default_factory=Agent)
    schedule: Schedule = field(default_factory=Schedule)
    convention: Convention = field(default_factory=Convention)
    inventory: Inventory = field(default_factory=Inventory)
    alert: AlertSettings = field(default_factory=AlertSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    fleet: FleetSettings | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)
