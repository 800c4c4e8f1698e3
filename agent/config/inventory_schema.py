"""The keys of everything that a file declares: beneficiaries, hosts, backups, logs, perimeters, flows, web filters."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from agent.config.declaring import DeclaredTable, default, key, needed
from agent.config.forms import (
    Absolute,
    Address,
    Country,
    Day,
    Destination,
    Dump,
    Duration,
    Fingerprint,
    Grace,
    Held,
    Id,
    Match,
    Page,
    Refusal,
    SecretFile,
    Sender,
    Text,
    ValueForm,
)
from agent.config.programs import DEFAULT
from agent.config.schedule_keys import collect_words
from agent.core.convention import RECOVERY_POINT

# The words are known only once the collectors are listed.
if TYPE_CHECKING:
    CollectWord = str
else:
    CollectWord = Literal[collect_words()]


class BeneficiaryTable(DeclaredTable):
    """A body for which the service is run. At least one is needed."""

    id: Id = needed("Its name in metrics, files and registers.", '"scota"')
    name: Text | None = key("Its name in reports.", '"Syndicat Mixte du SCOT de l\'Arrageois"', "the id")
    signatories: list[Text] = key(
        "Who may accept a risk: where given, `accepted_by` names one in whole words.",
        '["Présidente du SCOTA"]',
        "anyone but the author",
        [],
    )
    readers: list[Text] = key(
        "Basic-authentication names that see this beneficiary's pages only, and no `/metrics`; `web_config` must know "
        "them.",
        '["scota"]',
        "none",
        [],
    )
    mail: list[Address] = key(
        "Receives each month's chain heads and the report.", '["direction@scota.example"]', "nobody", []
    )


class AntivirusTable(DeclaredTable):
    """Where a host's protection is found."""

    product: Literal["clamav", "defender", "wazuh"] | None = key("What protects it.", '"clamav"', "found")
    socket: Absolute | None = key("The daemon's socket.", '"/run/clamav/clamd.ctl"', "found")
    database: Absolute | None = key("The folder of the signatures.", '"/var/lib/clamav"', "found")
    realtime: bool = default(False, "Protection on access is expected too.", "false")
    export: Text | None = key("The console export that describes it; the host itself is not queried.", '"edr"')
    name: Text | None = key("The host's name in that console; case is ignored.", '"PC-SCOTA-01"', "its id")


class ExportTable(DeclaredTable):
    """A file that a console or an identity provider drops on this machine, a row for each machine or account."""

    id: Id = needed("Its name, for `export` of `[host.antivirus]`, `[host.updates]` or `[[door]]`.", '"edr"')
    path: Absolute = needed("Where the console drops it.", '"/srv/exports/edr.csv"')
    format: Literal["csv", "json"] = default("csv", "A table with a header, or a list of objects.", '"csv"')
    fact: Literal["protection", "updates", "second-factor"] = default(
        "protection",
        "What it tells of: the protection of machines, their updates (WSUS, a scanner), or the second factor of "
        "accounts (Entra ID's registration details, or the columns `account second_factor date`).",
        '"protection"',
    )
    host: Text | None = key("The column that names the machine; needed but for accounts.", '"Device name"')
    date: Text | None = key(
        "The column that dates its signatures, its sensor's last contact, or the report of its updates; needed but for "
        "accounts.",
        '"Signature date"',
    )
    running: Text | None = key("Of protection: whether it is on.", '"Protection status"', "not shown")
    oldest: Text | None = key(
        "Of updates, and needed for them: the day on which the oldest that waits came out; empty where none does.",
        '"Oldest missing"',
    )
    waiting: Text | None = key("Of updates: how many wait.", '"Needed"', "each row with such a day is one")
    campaign: Text | None = key("Of updates: when the last ones were installed.", '"Last install"', "not shown")
    restart: Text | None = key("Of updates: whether a restart is owed, or since when.", '"Pending reboot"', "not shown")
    supported: Text | None = key("Of updates: the last day of its system's support.", '"End of support"', "not shown")
    date_format: Text | None = key("How dates are written (strptime).", '"%d/%m/%Y %H:%M"', "ISO 8601")
    separator: Annotated[str, Field(min_length=1, max_length=1), ValueForm("one character")] = default(
        ",", "What stands between columns of CSV.", '","'
    )


class UpdatesTable(DeclaredTable):
    """Where a console tells of a host's updates, in place of the host."""

    export: Text = needed("The console export that describes them; the host itself is not queried.", '"wsus"')
    name: Text | None = key("The host's name in that console; case is ignored.", '"PC-SCOTA-01"', "its id")


class HolderTable(DeclaredTable):
    """Someone who holds accounts and keys at present; with any, what no one holds is listed."""

    id: Id = needed("How the person is called here.", '"adupont"')
    accounts: list[Text] = key("Their accounts, on any host.", '["adupont"]', "none", [])
    keys: list[Fingerprint] = key(
        "Their keys.", '["SHA256:uNiVztksCsDhcc0u9e8BrwILCCQZYZRjWLpO4Bqz1nY"]', "those in their own accounts", []
    )


class DoorTable(DeclaredTable):
    """A way in that no sshd shows (VPN, bastion, web console, hypervisor): unproven until an export tells of it."""

    id: Id = needed("Its name; the path is `door:` and it.", '"vpn"')
    hosts: Annotated[list[Text], Field(min_length=1)] = needed("The hosts that it leads to.", '["srv-1"]')
    accounts: Annotated[list[Text], Field(min_length=1)] = needed(
        "Who comes in by it, as the export names them.", '["direction@scota.example"]'
    )
    export: Text | None = key("The export that lists their second factor.", '"entra"', "nothing tells")
    required_by: Text | None = key(
        "What asks for that factor at each sign-in: having one is not having to show it.",
        '"accès conditionnel CA-01, pour tous"',
        "not declared: unproven unless the export states it",
    )


class UnbackedTable(DeclaredTable):
    """What a host holds and no backup has to hold."""

    what: Held = needed(
        "What: a path (`*` and `?` stay within a folder, `/**` at the end is the folder and all that is below it), or "
        "`postgresql:NAME`, `mariadb:NAME`, `libvirt:NAME`, `proxmox:ID`, `container:NAME`.",
        '"/var/cache/**"',
    )
    reason: Text = needed("Why; the report prints it.", '"se reconstitue"')


class HostTable(DeclaredTable):
    """A machine that is watched, or that only answers for a store (`collect = []`)."""

    id: Id = needed("Its name; the subject of its verdicts.", '"srv-1"')
    transport: Literal["local", "ssh"] = default("local", "This machine, or one reached by SSH.", '"local"')
    address: Text | None = key("Its name or address, or a `Host` of ssh_config; needed for SSH.", '"vault.example"')
    port: Annotated[int, Field(ge=1, le=65535)] | None = key("Its SSH port.", "22", "OpenSSH's configuration, else 22")
    user: Text | None = key("The account used there.", '"beffroi"', "OpenSSH's configuration")
    key_file: SecretFile | None = key("The private key used.", '"/etc/beffroi/srv-2.key"', "OpenSSH's configuration")
    key_password_file: SecretFile | None = key(
        "The file that holds that key's passphrase.", '"/etc/beffroi/srv-2.password"', "the key has none"
    )
    agent_socket: Absolute | None = key(
        "The ssh-agent that holds further keys; never that of `SSH_AUTH_SOCK`.", '"/run/beffroi/agent.sock"', "none"
    )
    known_hosts: Text | None = key("The host keys trusted.", '"/etc/beffroi/known_hosts"', "OpenSSH's configuration")
    keep_connection: bool = default(False, "Its SSH connection stays open between rounds.", "false")
    site: Text | None = key("Its site; decides which copies are off site.", '"arras"', "not declared")
    provider: Text | None = key(
        "Who runs that place; a copy of the same provider is not off site.", '"hébergeur"', "not declared"
    )
    beneficiaries: list[Text] | None = key("For whom it works.", '["scota"]', "all of them")
    perimeter: Literal["mutualised", "own"] | None = key(
        "Shared, or the beneficiary's own.", '"mutualised"', "not declared"
    )
    collect: list[CollectWord] | None = key(
        "Collectors run on it; `[]` expects nothing of it.",
        '["patches", "antivirus"]',
        "what applies to the machine",
    )
    antivirus: AntivirusTable | None = key("Where its protection is found.", '{ product = "clamav" }', "found")
    updates: UpdatesTable | None = key("Where its updates are read.", '{ export = "wsus" }', "the host is asked")
    administrators: list[Text] | None = key(
        "Its administrator accounts.", '["root", "adupont"]', "found (uid 0, sudo, adm…)"
    )
    authorities: list[Fingerprint] = key(
        "Authorities of SSH certificates that ask for a second factor before they sign.",
        '["SHA256:uNiVztksCsDhcc0u9e8BrwILCCQZYZRjWLpO4Bqz1nY"]',
        "none does",
        [],
    )
    coverage: bool = default(False, "What it holds is looked for, and must be in the paths of its backups.", "false")
    unbacked: list[UnbackedTable] = key(
        "What of that no backup has to hold; for `coverage = true`.",
        '[{ what = "/var/cache/**", reason = "se reconstitue" }]',
        "nothing",
        [],
    )
    starts: Day | None = key("The first day on which it is expected.", "2026-01-01", "the day of its first load")
    ends: Day | None = key("The last day on which it is expected.", "2026-12-31", "never")


class EachTable(DeclaredTable):
    """What holds for each host of the inventory, before what `[[host]]` says of it and over Ansible's variables."""

    user: Text | None = key("The account used there.", '"beffroi"', "Ansible's")
    key_file: SecretFile | None = key("The private key used.", '"/etc/beffroi/hosts.key"', "Ansible's")
    key_password_file: SecretFile | None = key(
        "The file that holds that key's passphrase.", '"/etc/beffroi/hosts.password"', "the key has none"
    )
    agent_socket: Absolute | None = key("The ssh-agent that holds further keys.", '"/run/beffroi/agent.sock"', "none")
    known_hosts: Text | None = key("The host keys trusted.", '"/etc/beffroi/known_hosts"', "OpenSSH's configuration")
    keep_connection: bool | None = key("Their SSH connections stay open between rounds.", "true", "they are closed")
    site: Text | None = key("Where they stand.", '"arras"', "not declared")
    provider: Text | None = key("Who runs that place.", '"hébergeur"', "not declared")
    beneficiaries: list[Text] | None = key("For whom they work.", '["scota"]', "all of them")
    perimeter: Literal["mutualised", "own"] | None = key(
        "Shared, or the beneficiary's own.", '"mutualised"', "not declared"
    )
    collect: list[CollectWord] | None = key("What is looked at.", '["patches", "clock"]', "what applies to the machine")


class InventoryTable(DeclaredTable):
    """Where else hosts are listed, read at a start and a reload. One that is a `[[host]]` too is completed by it."""

    ansible: Text | None = key(
        "An inventory of Ansible, INI or YAML, with the `group_vars` and `host_vars` beside it; "
        "a relative name lies beside the configuration.",
        '"hosts.ini"',
        "none",
    )
    left_out: list[Text] = key(
        "Groups and hosts of it that are not watched; `check` names them.", '["switches"]', "none", [], alias="except"
    )
    ignore: list[Text] = key(
        "Variables of it that are settled otherwise, such as a jump host.", '["ansible_ssh_common_args"]', "none", []
    )
    each: EachTable | None = key(
        "What holds for each of them.", '{ user = "beffroi" }', "Ansible's variables alone", alias="host"
    )


class StoreTable(DeclaredTable):
    """Where a repository's files can be hashed without its key."""

    host: Text = needed("The host that holds them.", '"vault"')
    path: Absolute = needed("Their folder there.", '"/srv/restic/files"')


class SetTable(DeclaredTable):
    """One series of files in a folder, each of which is a recovery point: it needs a recent one."""

    id: Id = needed("Its name in verdicts and pages.", '"erp"')
    match: Match = needed(
        "Which files: their path below `store.path`. `*` and `?` stay within a folder, `**/` is any folders; a file is "
        "of the first set that it matches.",
        '"erp/*.vbk"',
    )
    limit: Duration | None = key(
        f"An age limit of its own, within the retention; such a set does not count for `{RECOVERY_POINT}`.",
        '"8d"',
        "that of the copy",
    )


class CopyTable(DeclaredTable):
    """A repository that holds a backup, or a folder of files that another program leaves (`program = "files"`)."""

    id: Id = needed("Its name; its subject is `backup/copy`.", '"offsite"')
    repository: Text | None = key(
        "Anything restic or borg accepts, without a password in it; needed for both. Of pgBackRest, which of several.",
        '"sftp:beffroi@vault:/srv/restic"',
    )
    password_file: SecretFile | None = key(
        "The file that holds its password; needed for restic, and for borg unless the repository has no encryption.",
        '"/etc/beffroi/files.password"',
    )
    environment_file: SecretFile | None = key(
        "`AWS_…`, `RESTIC_CACERT`, `RESTIC_REST_…`, `B2_…`, `BORG_RSH`, `PGHOST`…: given to that backup program only.",
        '"/etc/beffroi/archive.env"',
        "none",
    )
    site: Text | None = key("Where it stands; needed unless `offsite` is stated.", '"cambrai"')
    provider: Text | None = key("Who runs that place.", '"objets.example"', "not declared")
    country: Country | None = key("The country in which it stands.", '"FR"', "not declared, which is judged so")
    offsite: bool | None = key(
        "It stands elsewhere than the source.", "true", "true when the sites differ, and the providers where declared"
    )
    transfer_basis: Text | None = key("Outside the EEA: the documented guarantee.", '"décision d\'adéquation"', "none")
    limit: Duration | None = key(
        f"An age limit of its own, within the retention; such a copy does not count for `{RECOVERY_POINT}`.",
        '"7d"',
        f"that of `{RECOVERY_POINT}`",
    )
    immutable: Duration | None = key(
        "How long each of its files is promised to be protected from deletion, from its writing: proven by the "
        "object lock "
        "of S3, a REST server that only appends, or attributes of files.",
        '"30d"',
        "not promised",
    )
    stanza: Text | None = key("The stanza; needed for pgBackRest, and for nothing else.", '"main"')
    server: Text | None = key("What Barman calls the server; needed for Barman, and for nothing else.", '"pg"')
    host: Text | None = key(
        "The host where pgBackRest or Barman is run, as a rule that of its repository.", '"vault"', "the backup's"
    )
    repository_id: Text | None = key(
        "The repository's id; another one is `wrong-repository`.", '"5b1c…"', "pinned at first sight"
    )
    store: StoreTable | None = key(
        "Where its files can be hashed without the key; needed for files, whose folder it is.",
        '{ host = "vault", path = "/srv/restic/files" }',
        "nowhere",
    )
    sets: list[SetTable] = key(
        "The series of files that are expected, at least one unless it is a mirror; for files alone.",
        '[{ id = "erp", match = "erp/*.vbk", limit = "8d" }, { id = "erp-increments", match = "erp/*.vib" }]',
        "none",
        [],
    )
    mirror: bool = default(
        False,
        "The folder is a mirror of `paths`, compared with the live source by size, date and drawn digests; for files "
        "alone. Of one path it is laid out as by `rsync -a PATH/ DEST/`, of several each under its own last name.",
        "false",
    )
    dated_by: Text | None = key(
        "What dates a file: `mtime`, or how a date stands in its name (strptime), in `[agent] timezone`; one that "
        "shows no hour is as old as its day's midnight.",
        '"vzdump-qemu-101-%Y_%m_%d-%H_%M_%S"',
        '`"mtime"`',
    )
    settle: Grace | None = key("A file is judged once nothing has changed in it for so long.", '"15m"', '`"15m"`')


class SampleTable(DeclaredTable):
    """The standing reason of sample restores."""

    reason: Text = needed("Why samples are restored.", '"contrôle hebdomadaire de restaurabilité"')
    author: Text = needed("Who decided so.", '"RSSI"')


class BackupTable(DeclaredTable):
    """A protected source and the copies that are expected of it."""

    id: Id = needed("Its name; the subject of its verdicts.", '"files"')
    beneficiary: Text | None = key("Whose data it is.", '"scota"', "the only beneficiary")
    program: Text = default(DEFAULT, "The backup program: one for which collectors exist.", '"restic"')
    host: Text = needed("The host on which the source lives.", '"srv-1"')
    paths: list[Absolute] = key(
        "Paths backed up: each needs a recent recovery point; one of `/srv` covers `/srv/scota`. Needed but for files "
        "that are no mirror, whose sets need one.",
        '["/srv/scota"]',
        "none",
        [],
    )
    snapshot_host: Text | None = key(
        "The host named in snapshots.", '"srv-1"', "the machine's own name (local), else the host's id"
    )
    retention: Duration | None = key("No recovery point is kept longer.", '"400d"', "not declared")
    thinned_after: Duration | None = key(
        "Points older than this may be thinned (`--keep-weekly` and the like).", '"7d"', "the retention"
    )
    canary: Absolute | None = key("The file that `canary plant` dates.", '"/srv/scota/.beffroi-canary"', "none")
    sample: SampleTable | None = key(
        "The reason for which samples are restored.", '{ reason = "…", author = "RSSI" }', "no samples"
    )
    dumps: list[Dump] = key(
        "What its recovery points hold as a dump: databases, guests and volumes of its host, as `coverage` names them.",
        '["postgresql:shop"]',
        "nothing",
        [],
    )
    kit: list[Absolute] = key(
        "What a restore needs first (passwords, keys, packages, catalogue): files of its host, looked for in a copy "
        "that opens without them.",
        '["/etc/beffroi/files.password"]',
        "nothing",
        [],
    )
    tries: list[Text] = key(
        "Command that a full drill runs on the restored data: a program and its arguments; `{restored}` is the folder.",
        '["/usr/local/bin/try-files", "{restored}"]',
        "nothing",
        [],
        alias="try",
    )
    try_timeout: Duration = default(timedelta(minutes=15), "How long that may take.", '"15m"')
    perimeter: Literal["mutualised", "own"] | None = key(
        "Shared, or the beneficiary's own.", '"mutualised"', "not declared"
    )
    starts: Day | None = key("The first day on which it is expected.", "2026-01-01", "the host's")
    ends: Day | None = key("The last day on which it is expected.", "2026-12-31", "the host's")
    # `copy` is a method of every pydantic model.
    copies: Annotated[list[CopyTable], Field(min_length=1)] = needed(
        "The repositories that hold it.", "[[backup.copy]]", alias="copy"
    )


class SourceTable(DeclaredTable):
    """A machine that is expected to send its logs, where its name alone does not say all."""

    id: Sender = needed("The name under which it sends.", '"fw-1"')
    starts: Day | None = key("The first day on which it is expected.", "2026-03-01", "its first sight")
    ends: Day | None = key("The last day on which it is expected.", "2026-12-31", "never")


class MarkerTable(DeclaredTable):
    """A message that is sent through a machine's own syslog every eight hours, and looked for among its records."""

    host: Text = needed("The declared host that sends it.", '"srv-1"')
    source: Sender | None = key("The sender under which it must arrive.", '"srv-1"', "the host")
    socket: Absolute = default("/dev/log", "Where its syslog listens.", '"/dev/log"')


def _source(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


class LogTable(DeclaredTable):
    """A place where logs are collected."""

    id: Id = needed("Its name; a source's subject is `log/source`.", '"central"')
    host: Text = needed("The host that keeps them.", '"srv-1"')
    kind: Literal["files", "journal"] = needed("A tree of text or .gz, or a systemd journal.", '"files"')
    path: Absolute | None = key(
        "Where: `{source}` names the sending machine in a tree; a journal's folder.",
        '"/var/log/central/{source}/**"',
        "`/var/log/journal` for a journal",
    )
    sources: Annotated[
        list[Annotated[SourceTable, BeforeValidator(_source), ValueForm("name, or table of `id`, `starts`, `ends`")]],
        Field(min_length=1),
    ] = needed("The expected senders.", '["srv-1", { id = "fw-1", starts = 2026-03-01 }]')
    marker: MarkerTable | None = key("Tries the path of the logs.", '{ host = "srv-1" }', "not tried")


class PerimeterTable(DeclaredTable):
    """A perimeter for scans and penetration tests."""

    id: Id = needed("Its name; the subject of its verdicts.", '"internet"')
    exposed: bool = default(False, "A penetration test is due.", "false")
    beneficiary: Text | None = key("Whose it is.", '"scota"', "the only beneficiary")


class FlowTable(DeclaredTable):
    """A network flow that must pass, or must not."""

    id: Id = needed("Its name; the subject of its verdicts.", '"guests-to-admin"')
    source: Text = needed("The host that tries.", '"srv-1"', alias="from")
    to: Destination = needed("Address and port that it tries to reach.", '"192.0.2.9:22"')
    protocol: Literal["tcp", "udp"] = default("tcp", "How it tries.", '"tcp"')
    expect: Literal["blocked", "open"] = needed("What must come of it.", '"blocked"')


class WebFilterTable(DeclaredTable):
    """A category of addresses that must be refused."""

    id: Id = needed("The category; the subject of its verdicts.", '"malware"')
    source: Text = needed("The host that tries.", '"srv-1"', alias="from")
    url: Page = needed("The address that must be refused.", '"http://blocked.example/"')
    control_url: Page = needed("One that must pass, else nothing is proven.", '"http://allowed.example/"')
    refused_as: Annotated[list[Refusal], Field(min_length=1)] = needed(
        "How the filter refuses.", '["status 403", "text Accès refusé", "reset"]'
    )
    proxy: Page | None = key(
        "The proxy to use.", '"http://proxy.example:3128"', "what the machine shows everyone there, else none"
    )
