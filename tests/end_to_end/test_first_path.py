"""One configuration, real repositories: a verdict in the ledger, on the scorecard, in the metrics and on the page."""

import json
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from tests.parts.program import beffroi, daemon, fetched
from tests.parts.watched import Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    site = Watched(tmp_path)
    site.declare("files")
    site.make("files", timedelta(minutes=10))
    return site


def test_a_sound_backup_is_met_once_it_has_been_verified_and_kept_as_such(watched: Watched) -> None:
    configuration = watched.configuration
    first = beffroi("check", "--json", "--config", configuration)
    assert first.verdict("backup-rpo", "files") == ("met", "within-limit")
    assert first.verdict("backup-offsite", "files/offsite") == ("unproven", "not-run")
    assert first.code == 3

    verified = beffroi("verify", "--json", "--config", configuration)
    (copy,) = json.loads(verified.out)["copies"]
    assert (verified.code, copy["outcome"], copy["depth"]) == (0, "sound", "hashed")
    assert copy["bytes_verified"] == copy["bytes_stored"] > 0

    second = beffroi("check", "--json", "--config", configuration, "--backup", "files")
    assert second.verdict("backup-offsite", "files/offsite") == ("met", "within-limit")
    known = beffroi("status", "files", "--json", "--config", configuration)
    assert known.verdict("backup-rpo", "files") == ("met", "within-limit")
    walked = beffroi("ledger", "verify", "--config", configuration)
    assert walked.code == 0


def test_status_knows_nothing_and_makes_nothing_before_the_first_check(watched: Watched) -> None:
    said = beffroi("status", "--json", "--config", watched.configuration)
    assert said.verdict("backup-rpo", "files") == ("unproven", "not-run")
    assert said.code == 3
    assert not (watched.folder / "state").exists()


def test_a_check_that_is_not_to_be_kept_leaves_no_trace(watched: Watched) -> None:
    said = beffroi("check", "--no-store", "--json", "--config", watched.configuration)
    assert said.verdict("backup-rpo", "files") == ("met", "within-limit")
    assert not (watched.folder / "state").exists()


def test_a_check_that_keeps_nothing_knows_which_repository_is_meant(watched: Watched) -> None:
    beffroi("check", "--target", "backup-rpo", "--config", watched.configuration)
    before = sorted(watched.folder.glob("state/ledger*"))
    watched.repository("files").rename(watched.folder / "first")
    watched.make("files", timedelta(minutes=5))
    said = beffroi("check", "--no-store", "--target", "backup-rpo", "--json", "--config", watched.configuration)
    assert said.verdict("backup-rpo", "files") == ("unproven", "wrong-repository")
    assert sorted(watched.folder.glob("state/ledger*")) == before


def test_a_copy_on_this_machine_is_not_off_site_whatever_is_declared(watched: Watched) -> None:
    watched.demonstration = False
    said = beffroi("check", "--json", "--target", "backup-rpo", "--config", watched.configuration)
    assert said.verdict("backup-rpo", "files") == ("missed", "not-offsite")
    said = beffroi("check", "--json", "--target", "backup-offsite", "--config", watched.configuration)
    assert said.verdict("backup-offsite", "files/offsite") == ("missed", "not-offsite")


def test_the_demonstration_gets_what_each_backup_deserves() -> None:
    said = beffroi("demo", "--once", "--language", "en")
    assert (said.code, "deserved" in said.err) == (0, False), said.err
    assert "Demonstration: the site of each copy is taken on trust." in said.err


def test_a_demonstration_says_so_and_publishes_nothing(watched: Watched) -> None:
    said = beffroi("check", "--config", watched.configuration)
    assert "Démonstration" in said.err
    made = beffroi("report", "--quarter", "2026-Q1", "--output", watched.folder, "--config", watched.configuration)
    assert made.code == 2
    assert "a demonstration publishes no edition of 2026-Q1" in made.err


def test_a_verification_says_what_it_read_and_what_of_it_is_sound(watched: Watched) -> None:
    content = bytearray(watched.pack("files").read_bytes())
    content[len(content) // 2] ^= 0xFF
    watched.pack("files").chmod(0o600)
    watched.pack("files").write_bytes(content)
    packs = len(list(watched.repository("files").glob("data/*/*")))
    said = beffroi("verify", "--config", watched.configuration)
    assert said.code == 1
    assert f"\t{packs} files, " in said.out
    assert f", {packs - 1} files and " in said.out


def test_lines_are_verdicts_worst_first_with_five_fields_each(watched: Watched) -> None:
    said = beffroi("--config", watched.configuration, "check")
    lines = [line.split("\t") for line in said.out.splitlines()]
    assert {len(fields) for fields in lines} == {5}
    states = [fields[0] for fields in lines]
    assert states == sorted(states, key=["missed", "unproven", "accepted", "met", "not-applicable"].index)
    assert ["met", "backup-rpo", "files", "within-limit"] in [fields[:4] for fields in lines]


def test_narrowing_narrows_the_answer_its_summary_and_the_exit_code(watched: Watched) -> None:
    said = beffroi("check", "--target", "backup-rpo", "--json", "--config", watched.configuration)
    assert list(said.verdicts) == [("backup-rpo", "files")]
    assert json.loads(said.out)["summary"] == {
        "met": 1,
        "missed": 0,
        "unproven": 0,
        "accepted": 0,
        "not-applicable": 0,
    }
    assert said.code == 0


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("check", "--target", "backup-rpp"), "backup-rpo"),
        (("check", "--backup", "file"), "files"),
        (("check", "--host", "srv1"), "srv-1"),
        (("status", "fils"), "files"),
        (("verify", "files/offsight"), "files/offsite"),
        (("status", "--beneficiary", "skota"), "scota"),
    ],
)
def test_a_name_that_nothing_bears_is_refused_with_the_nearest_one(
    arguments: tuple[str, ...], near: str, watched: Watched
) -> None:
    said = beffroi(*arguments, "--config", watched.configuration)
    assert (said.code, said.out) == (2, "")
    message, hint = said.err.splitlines()
    assert message.startswith("unknown ")
    assert near in hint


def test_the_daemon_does_what_is_due_serves_it_and_ends_on_a_word(watched: Watched) -> None:
    base = f"http://127.0.0.1:{watched.port}"
    log = watched.folder / "log"
    with daemon(watched.configuration, log) as process:
        assert fetched(f"{base}/healthz").strip() == "ok"
        state = 'beffroi_target_state{target="backup-rpo",subject="files",beneficiary="scota",state="met"} 1'
        wait_for(base, state)
        offsite = (
            'beffroi_target_state{target="backup-offsite",subject="files/offsite",beneficiary="scota",state="met"} 1'
        )
        wait_for(base, offsite)
        answered = {one["target"]: one["state"] for one in json.loads(fetched(f"{base}/api/verdicts"))["verdicts"]}
        assert answered["backup-rpo"] == "met"
        assert "Sauvegarde" in fetched(f"{base}/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert "Traceback" not in log.read_text()


def wait_for(base: str, line: str) -> None:
    import time

    end = time.monotonic() + 60
    while line not in fetched(f"{base}/metrics").splitlines():
        assert time.monotonic() < end, f"never came: {line}"
        time.sleep(0.2)
