"""The settings with which a restored cluster is started and asked, in place of all of its own. Pure.

Those on a server's command line stand above every file of its own, those that a client brings above what a database or
a role was given (`ALTER DATABASE … SET`).
"""

import shlex
from collections.abc import Iterator, Mapping
from datetime import timedelta

from agent.restores.clusters.harmless import ClusterFolder

PORT = 5432
_MEGABYTE = 1024 * 1024
# What would run a command, load a library, open a connection or write outside; empty or off in every version.
_FOREIGN = {
    "archive_mode": "off",
    "archive_command": "",
    "archive_cleanup_command": "",
    "recovery_end_command": "",
    "shared_preload_libraries": "",
    "session_preload_libraries": "",
    "local_preload_libraries": "",
    "dynamic_library_path": "$libdir",
    "primary_conninfo": "",
    "primary_slot_name": "",
    "ssl": "off",
    "ssl_passphrase_command": "",
    "external_pid_file": "",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "unix_socket_group": "",
    "bonjour": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
    "max_logical_replication_workers": "0",
    "max_worker_processes": "0",
    "max_replication_slots": "0",
    "max_wal_senders": "0",
}
# A copy that is thrown away: nothing of it needs to outlive the machine, and nothing of it tends itself.
_FLEETING = {
    "autovacuum": "off",
    "autovacuum_freeze_max_age": "2000000000",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "replica",
    "hot_standby": "off",
    "max_connections": "10",
    "superuser_reserved_connections": "2",
    "shared_buffers": "64MB",
    "max_wal_size": "4GB",
    "huge_pages": "off",
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "restart_after_crash": "off",
    "zero_damaged_pages": "off",
    "ignore_checksum_failure": "off",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_min_messages": "warning",
    "log_statement": "none",
    "cluster_name": "beffroi-drill",
    "recovery_target": "",
    "recovery_target_name": "",
    "recovery_target_time": "",
    "recovery_target_xid": "",
    "recovery_target_lsn": "",
    "recovery_target_action": "promote",
}
_SINCE = {
    14: {"client_connection_check_interval": "1s", "recovery_init_sync_method": "fsync"},
    15: {"archive_library": ""},
    17: {"event_triggers": "off", "summarize_wal": "off"},
    18: {"io_method": "sync"},
}
# What a client brings: planner and session, so that a count reads every page of the table and nothing else.
_OF_CLIENT = {
    "role": "none",
    "default_transaction_read_only": "on",
    "search_path": "pg_catalog",
    "session_preload_libraries": "",
    "local_preload_libraries": "",
    "row_security": "off",
    "lock_timeout": "10000",
    "enable_indexscan": "off",
    "enable_indexonlyscan": "off",
    "enable_bitmapscan": "off",
    "max_parallel_workers_per_gather": "0",
    "zero_damaged_pages": "off",
    "ignore_checksum_failure": "off",
    "jit": "off",
    "log_min_messages": "error",
}
_OF_CLIENT_SINCE = {14: {"client_connection_check_interval": "1000"}, 17: {"event_triggers": "off"}}


def server_words(folder: ClusterFolder, major: int, *, timeline: str, segment: int, prepared: int) -> Iterator[str]:
    """Yield the arguments of the server.

    `timeline` is the last one to replay, `segment` how large a segment is in bytes, `prepared` how many prepared
    transactions the cluster may hold, which recovery has to take up.
    """
    own = {
        "config_file": str(folder.settings / "postgresql.conf"),
        "hba_file": str(folder.settings / "pg_hba.conf"),
        "ident_file": str(folder.settings / "pg_ident.conf"),
        "unix_socket_directories": str(folder.socket),
        "port": str(PORT),
        "restore_command": restore_command(folder),
        "recovery_target_timeline": timeline,
        "max_prepared_transactions": str(prepared),
        "min_wal_size": f"{max(80, 2 * segment // _MEGABYTE)}MB",
    }
    yield from ("-D", str(folder.data))
    for name, value in {**_FOREIGN, **_FLEETING, **_known_to(major, _SINCE), **own}.items():
        yield from ("-c", f"{name}={value}")


def restore_command(folder: ClusterFolder) -> str:
    """Return the command that hands the server a segment; the server puts the names of its own making into it."""
    return f'cp -- {shlex.quote(f"{folder.wal}/").replace("%", "%%")}"%f" "%p"'


def write_settings(folder: ClusterFolder) -> None:
    """Write the files that the server reads in place of its own: no setting, and every role by this socket alone."""
    (folder.settings / "postgresql.conf").write_text("")
    (folder.settings / "pg_hba.conf").write_text("local all all trust\n")
    (folder.settings / "pg_ident.conf").write_text("")


def client_environment(folder: ClusterFolder, major: int, role: str, timeout: timedelta) -> dict[str, str]:
    """Return the variables with which psql reaches the server and asks of it as a role; names are bytes as they are."""
    limit = {"statement_timeout": str(max(1000, int(timeout.total_seconds() * 1000)))}
    settings = {**_OF_CLIENT, **_known_to(major, _OF_CLIENT_SINCE), **limit}
    return {
        "PGHOST": str(folder.socket),
        "PGPORT": str(PORT),
        "PGUSER": role,
        "PGCONNECT_TIMEOUT": "30",
        "PGCLIENTENCODING": "SQL_ASCII",
        "PGAPPNAME": "beffroi",
        "PGSSLMODE": "disable",
        "PGGSSENCMODE": "disable",
        "PGPASSFILE": "/dev/null",
        "PGSERVICEFILE": "/dev/null",
        "PSQL_HISTORY": "/dev/null",
        "PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }


def _known_to(major: int, settings: Mapping[int, Mapping[str, str]]) -> dict[str, str]:
    """Return the settings that a version has, of those that came with some versions."""
    return {name: value for since, some in settings.items() if major >= since for name, value in some.items()}
