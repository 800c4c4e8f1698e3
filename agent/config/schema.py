"""Every key of the configuration file: its form, its default and the sentence that docs/configuration.md prints.

The models only say what each key may hold by itself; what must hold between keys is in `agreement`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model

from agent.config import settings
from agent.config.declaring import DeclaredTable, default, key, needed
from agent.config.fleet_schema import FleetTable
from agent.config.forms import (
    Absolute,
    Address,
    Day,
    Duration,
    Grace,
    Id,
    Limit,
    Listen,
    Origin,
    OwnAddress,
    PublicFile,
    Ratio,
    Relay,
    Rhythm,
    SecretFile,
    Size,
    Text,
    Webhook,
    Zone,
)
from agent.config.inventory_schema import (
    BackupTable,
    BeneficiaryTable,
    DoorTable,
    ExportTable,
    FlowTable,
    HolderTable,
    HostTable,
    InventoryTable,
    LogTable,
    PerimeterTable,
    WebFilterTable,
)
from agent.config.schedule_keys import schedule_keys
from agent.config.values import write_rhythm
from agent.core.convention import CLAUSES, RECOVERY_POINT, REVIEW, Clause

_AGENT = settings.Agent()
_SCHEDULE = settings.Schedule()


class AgentTable(DeclaredTable):
    """The agent itself."""

    state_directory: Absolute = default(str(_AGENT.state_directory), "Ledger, keys and caches.", '"/var/lib/beffroi"')
    listen: Listen = default(
        _AGENT.listen,
        "Where the status page and `/metrics` are served: an address and a port, or a Unix socket of the group "
        '`beffroi`, `"unix:/run/beffroi/http.sock"`; `""` serves nothing.',
        '"127.0.0.1:9588"',
    )
    address: OwnAddress | None = key(
        "Under which address people and scrapers reach that: a request for a host that is neither this, nor listened "
        "on, nor the loopback, is refused.",
        '"https://beffroi.example"',
        "none",
    )
    web_config: Absolute | None = key(
        "TLS, basic authentication and client certificates, in the form of exporter-toolkit's web configuration.",
        '"/etc/beffroi/web.yml"',
        "none",
    )
    insecure: bool = default(False, "Plain HTTP off loopback is wanted.", "false")
    readers: list[Text] = key(
        "Basic-authentication names that see everything, `/metrics` included. As soon as any `readers` are declared, "
        "here or in a `[[beneficiary]]`, a name in no list sees nothing.",
        '["oncall"]',
        "every name of `web_config` sees everything, unless a `[[beneficiary]]` has `readers`",
        [],
    )
    timeout: Duration = default(_AGENT.timeout, "What one mute host, repository or program may cost.", '"60s"')
    keep_readings: Duration = default(
        _AGENT.keep_readings,
        "How long the payloads of readings are kept, `184d` at least; their digests stay.",
        '"400d"',
    )
    keep_personal: Duration = default(
        _AGENT.keep_personal,
        "How long the payloads of registers are kept, `184d` at least; their digests stay.",
        '"1100d"',
    )
    timezone: Zone = default(
        _AGENT.timezone,
        "Zone of `[schedule]` and of log lines without one. Days are always counted in Europe/Paris.",
        '"Europe/Paris"',
    )
    language: Literal["fr", "en"] = default(
        "fr",
        "Of what people read: scorecard, status page, alerts; with `en` a quarter's report is in English, too.",
        '"fr"',
    )
    ledger: Literal["sqlite"] = default("sqlite", "The kind of ledger.", '"sqlite"')
    demonstration: bool = default(
        False,
        "Believe the `site` of every copy, even on its source's own machine, for trials; every page, scorecard and "
        "report then says *démonstration*, and `install` and published editions refuse it.",
        "false",
    )


class BudgetTable(DeclaredTable):
    """How often each thing is looked at, or at what time of day. A start does what is due."""

    verify_budget: Size = default(_SCHEDULE.verify_budget, "How much one verification may read.", '"20GiB"')


def _schedule_table() -> type[BudgetTable]:
    """Return the table with the keys that collectors declare."""
    keys: dict[str, Any] = {
        name: (Rhythm, default(one.default, one.description, f'"{write_rhythm(one.default)}"'))
        for name, one in schedule_keys().items()
    }
    return create_model("ScheduleTable", __base__=BudgetTable, __doc__=BudgetTable.__doc__, **keys)


# The keys are known only once the collectors are listed.
if TYPE_CHECKING:
    ScheduleTable = BudgetTable
else:
    ScheduleTable = _schedule_table()


class ConventionTable(DeclaredTable):
    """The convention whose targets are measured. The whole table may be left out."""

    reference: Text = key("The act by which it was adopted.", '"Délibération n° 588 du 24 septembre 2025"', standing="")
    provider: Text = key("Who runs the service.", '"Communauté Urbaine d\'Arras, DIITUN"', standing="")
    signed: Day | None = key(
        "The day of its signature, from which it is in force.", "2025-12-15", f"`{REVIEW}` is unproven"
    )
    starts: Day | None = key("The first day measured.", "2026-01-01", "the day of the first load")
    quotations: dict[str, Text] = key(
        "The convention's own sentences, by target, word for word: report and pages print each as a quotation with its "
        "article, instead of a summary.",
        '{ patching = "Les mises à jour de sécurité sont appliquées chaque mois." }',
        "each target's summary, called one",
        {},
    )


class MailTable(DeclaredTable):
    """Where and how alert mails go."""

    to: Annotated[list[Address], Field(min_length=1)] = needed("Who receives them.", '["astreinte@example.fr"]')
    smtp: Relay = needed("The relay, without a password in it.", '"smtp://relay.example:25"')
    sender: Address = needed("Who sends them.", '"beffroi@example.fr"', alias="from")
    user: Text | None = key("The account at the relay.", '"beffroi"', "none")


class AlertTable(DeclaredTable):
    """Alerts beside Prometheus, for sites without it."""

    mail: MailTable | None = key("By mail.", '{ to = ["a@b.fr"], smtp = "smtp://relay", from = "c@b.fr" }', "no mail")
    mail_password_file: SecretFile | None = key(
        "The relay's password, where it asks for one.", '"/etc/beffroi/mail.password"', "none"
    )
    webhook: Webhook | None = key("Where changes are posted; the address is a secret.", '"https://…"', "nowhere")
    webhook_file: SecretFile | None = key(
        "The file that holds the webhook's address.", '"/etc/beffroi/webhook"', "none"
    )
    heartbeat_file: SecretFile | None = key(
        "The file that holds an address called while checks are done; its silence rings elsewhere.",
        '"/etc/beffroi/heartbeat"',
        "none",
    )


class SigningTable(DeclaredTable):
    """What signs the report as a PDF. Both keys or none."""

    certificate_file: Absolute | None = key(
        "The signer's certificate, those of its authorities after it.", '"/etc/beffroi/seal.crt"', "not signed"
    )
    key_file: SecretFile | None = key("Its private key, without a passphrase.", '"/etc/beffroi/seal.key"', "not signed")


class WitnessTable(DeclaredTable):
    """A witness that cosigns the agent's checkpoints (C2SP tlog-witness), run by another body."""

    id: Id = needed("Its name in metrics and logs.", '"scota"')
    url: Webhook = needed("Its address; `/add-checkpoint` is put behind it.", '"https://temoin.scota.example/"')
    key_file: PublicFile = needed(
        "The file of its verifier key, as `beffroi witness --print-key` prints it.", '"witness.pub"'
    )
    origin: Origin | None = key(
        "The origin under which it knows the agent's log, where that is another.",
        '"sigsum.org/v1/tree/…"',
        "the log's own",
    )


class TimestampTable(DeclaredTable):
    """A time-stamp authority (RFC 3161), which stamps each day's checkpoint."""

    url: Webhook = needed("Its address.", '"https://tsa.example/"')
    ca_file: PublicFile = needed("The certificate of the authority of its tokens.", '"tsa.pem"')


class EvidenceTable(DeclaredTable):
    """Who else attests the agent's log."""

    timestamp: TimestampTable | None = key(
        "The time-stamp authority.", '{ url = "https://tsa.example/", ca_file = "tsa.pem" }', "no timestamp"
    )
    witness: list[WitnessTable] = key("Its witnesses.", "[[evidence.witness]]", "no witness", [])


def _those(like: Callable[[Clause], bool]) -> str:
    *most, last = (f"`{clause.id}`" for clause in CLAUSES.values() if like(clause))
    return f"{', '.join(most)} and {last}" if most else last


class TargetTable(DeclaredTable):
    """What is stricter than the convention for one target, and how its alert behaves. Every key is optional."""

    limit: Limit | None = key(
        "The objective; never looser than the convention's.", '"24h"', "the convention's objective"
    )
    alert_after: Grace | None = key(
        "Grace period of the alert only; only for targets judged by age.",
        '"26h"',
        f"the limit and `run_allowance` for {_those(lambda one: one.of_points)}, else no grace",
    )
    evidence_age: Duration | None = key(
        "How old the last successful look may be: at most `26h`, or twice the default where that is longer.",
        '"6h"',
        "the convention's default",
    )
    severity: Literal["page", "ticket"] | None = key(
        "Severity of the alert for a miss; an unproven target is always a ticket.",
        '"page"',
        f"page for {_those(lambda one: one.page)}, else ticket",
    )
    run_allowance: Grace | None = key(
        f"Set for `{RECOVERY_POINT}`; of days only, its copies' too: the time in which the next point is made, at most "
        "`6h`.",
        '"2h"',
        '`"2h"`',
    )
    attainment: Ratio | None = key("The rate a quarter must reach.", '"100 %"', '`"100 %"`')


class ConfigurationFile(DeclaredTable):
    """The whole file."""

    agent: AgentTable = AgentTable()
    schedule: ScheduleTable = Field(default_factory=ScheduleTable)
    convention: ConventionTable = ConventionTable()
    beneficiary: list[BeneficiaryTable] = Field(default_factory=list)
    inventory: InventoryTable = InventoryTable()
    host: list[HostTable] = Field(default_factory=list)
    export: list[ExportTable] = Field(default_factory=list)
    door: list[DoorTable] = Field(default_factory=list)
    holder: list[HolderTable] = Field(default_factory=list)
    backup: list[BackupTable] = Field(default_factory=list)
    log: list[LogTable] = Field(default_factory=list)
    perimeter: list[PerimeterTable] = Field(default_factory=list)
    flow: list[FlowTable] = Field(default_factory=list)
    web_filter: list[WebFilterTable] = Field(default_factory=list)
    alert: AlertTable = AlertTable()
    report: SigningTable = SigningTable()
    evidence: EvidenceTable = EvidenceTable()
    fleet: FleetTable = FleetTable()
    targets: dict[str, TargetTable] = Field(default_factory=dict)
