"""What is known to go wrong elsewhere, each with the test that holds it here: who renames one renames it here too.

Named are public threads of the tools that administrators of Debian use, and what was found by trying them.
"""

import re

from tests.parts.checkout import HOME
from tests.parts.of_each import of_each

PEERS = {
    # security updates
    "monitoring-plugins#1145, #1886: a fix that comes by another pocket than the security suite": (
        "test_fixes_are_counted_over_version_tables_with_held_pinned_kept_back_and_superseded_ones"
    ),
    "monitoring-plugins#1063: nobody reads Date and Valid-Until of the index": (
        "test_a_dead_source_shows_by_the_date_that_was_signed_though_apt_reports_success"
    ),
    "monitoring-plugins#1974: suites with a dash in their name": (
        "test_the_signed_index_is_the_security_suite_of_its_release_and_names_the_list"
    ),
    "monitoring-plugins, by trial: a package that is called security": (
        "test_a_package_called_security_with_an_update_from_stable_is_no_security_update"
    ),
    "node-exporter textfile #180, #183, #193: stamps and caches that are touched when nothing was fetched": (
        "test_a_dead_source_shows_by_the_date_that_was_signed_though_apt_reports_success"
    ),
    "Checkmk mk_apt: no output reads as no updates": (
        "test_lists_that_were_emptied_show_nothing_and_lose_nothing_that_was_known"
    ),
    "PatchMon#640: nothing for days, then sixty after an update by hand": (
        "test_a_list_that_is_not_the_one_signed_is_unreadable"
    ),
    "PatchMon#598: a host that speaks Spanish has no updates": "test_a_program_gets_the_fixed_locale_and_what_is_added",
    "Lynis#576, #1625, #1761: no security repository found where sources are deb822": (
        "test_sources_in_the_form_of_deb822_are_sources"
    ),
    "by trial: history.log has blocks for dry runs": "test_a_dry_run_in_history_log_is_no_campaign",
    "by trial: needrestart ends with success and says nothing to an ordinary user": (
        "test_what_an_ordinary_user_gets_is_no_machine_without_stale_services"
    ),
    "by trial: kernels are packages of their own names": (
        "test_a_newer_kernel_waits_even_where_no_metapackage_would_bring_it"
    ),
    "by trial: no pending fix of a pinned package is shown by anybody": (
        "test_what_keeps_fixes_from_coming_is_counted_and_lessens_nothing"
    ),
    # protection
    "check_clamd: PONG is OK": "test_a_base_that_does_not_know_the_test_string_detects_nothing",
    "clamd, by trial: RELOADING is answered, the load fails, the old base stays": (
        "test_a_newer_file_that_is_not_loaded_does_not_make_what_is_loaded_younger"
    ),
    "clamav exporters: the date in VERSION is read as if in the reader's zone": (
        "test_in_whatever_zone_clamd_lives_its_base_is_told_to_the_second_by_the_file"
    ),
    "Cisco-Talos/clamav#916: VERSION without a daily base": "test_a_version_without_a_base_is_one_without_a_date",
    "fc-nixos#2222: the daily base pauses for days": "test_from_two_days_on_the_age_is_told_as_a_warning",
    "alexverboon/MDATP#3, glpi-agent: healthy and not protecting": (
        "test_a_defender_that_calls_itself_healthy_may_still_not_protect"
    ),
    "mdatp on macOS: definitions of 1970": "test_definitions_that_never_came_have_no_date",
    "Wazuh#34302: an agent that was killed": "test_a_wazuh_agent_that_left_its_state_behind_is_not",
    # machines behind SSH
    "sshd_config(5), MaxStartups: connections dropped at random read as dead hosts": (
        "test_many_hosts_behind_one_jump_host_do_not_crowd_its_door"
    ),
}


@of_each(PEERS)
def test_what_goes_wrong_elsewhere_has_a_test_of_that_name_here(failure: str) -> None:
    assert re.fullmatch(r"test_[a-z0-9_]+", PEERS[failure])
    named = re.compile(rf"^def {PEERS[failure]}\(", re.MULTILINE)
    assert [file for file in (HOME / "tests").rglob("test_*.py") if named.search(file.read_text())]
