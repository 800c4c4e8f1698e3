"""The settings in force for a restored cluster: what could run, load or connect is set back by the command line."""

from datetime import timedelta
from pathlib import Path

from agent.restores.clusters.harmless import ClusterFolder
from agent.restores.clusters.settings import client_environment, server_words

FOLDER = ClusterFolder(root=Path("/var/lib/it's 100%/scratch/1"))


def settings(major: int, segment: int = 1 << 24) -> dict[str, str]:
    """Return the settings of a server's command line."""
    words = list(server_words(FOLDER, major, timeline="1", segment=segment, prepared=5))
    assert words[:2] == ["-D", f"{FOLDER.data}"]
    assert set(words[2::2]) == {"-c"}
    return dict(word.split("=", 1) for word in words[3::2])


def test_every_command_library_and_way_out_is_empty_or_off() -> None:
    found = settings(17)
    empty = {
        *("archive_command", "archive_cleanup_command", "recovery_end_command", "archive_library"),
        *("shared_preload_libraries", "session_preload_libraries", "local_preload_libraries"),
        *("listen_addresses", "primary_conninfo", "primary_slot_name", "ssl_passphrase_command"),
    }
    assert {name for name, value in found.items() if not value} >= empty
    off = ("archive_mode", "ssl", "logging_collector", "event_triggers", "autovacuum", "jit", "hot_standby")
    assert [found[name] for name in off] == ["off"] * len(off)
    none = ("max_logical_replication_workers", "max_worker_processes", "max_wal_senders", "max_replication_slots")
    assert [found[name] for name in none] == ["0"] * len(none)
    own = ("config_file", "hba_file", "ident_file", "unix_socket_directories")
    assert all(found[name].startswith(f"{FOLDER.root}/") for name in own)


def test_a_setting_that_a_version_does_not_know_is_left_out() -> None:
    assert {"archive_library", "event_triggers", "client_connection_check_interval"}.isdisjoint(settings(13))
    assert "event_triggers" not in settings(16)
    assert settings(18)["io_method"] == "sync"


def test_the_restore_command_survives_any_folder() -> None:
    assert settings(15)["restore_command"] == """cp -- '/var/lib/it'"'"'s 100%%/scratch/1/wal/'"%f" "%p\""""


def test_large_segments_are_given_room() -> None:
    assert settings(15)["min_wal_size"] == "80MB"
    assert settings(15, 1 << 30)["min_wal_size"] == "2048MB"


def test_a_client_overrides_what_a_database_or_a_role_was_given() -> None:
    found = client_environment(FOLDER, 17, "postgres", timedelta(seconds=7))
    for words in ("role=none", "session_preload_libraries= ", "event_triggers=off", "default_transaction_read_only=on"):
        assert words in found["PGOPTIONS"]
    assert "statement_timeout=7000" in found["PGOPTIONS"]
    assert "event_triggers" not in client_environment(FOLDER, 15, "postgres", timedelta(seconds=7))["PGOPTIONS"]
