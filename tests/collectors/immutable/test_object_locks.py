"""What is kept of the locks that a store told, from one look to the next."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.hosts.object_store.retention import COMPLIANCE, ObjectLock
from collectors.immutable.object_locks import BELIEVED, LockAnswer, remember_answers, remembered_answers

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ANSWERS = {
    ("config", "null"): LockAnswer(lock=ObjectLock(mode=COMPLIANCE, until=NOW + timedelta(days=30)), asked=NOW),
    ("data/aa", "v1"): LockAnswer(lock=ObjectLock(), asked=NOW),
}


def test_an_answer_is_believed_for_a_week_and_of_its_own_bucket_alone(tmp_path: Path) -> None:
    file = tmp_path / "locks.json"
    remember_answers(file, "s3.example/scota/", ANSWERS)
    assert remembered_answers(file, "s3.example/scota/", NOW + BELIEVED) == ANSWERS
    assert remembered_answers(file, "s3.example/scota/", NOW + BELIEVED + timedelta(seconds=1)) == {}
    assert remembered_answers(file, "s3.elsewhere.example/scota/", NOW) == {}


def test_a_file_of_another_form_is_no_answer(tmp_path: Path) -> None:
    file = tmp_path / "locks.json"
    for content in ("", "[]", '{"of": "a"}', '{"of": "a", "rows": [[1]]}', '[["config", "", "", "", "2026-11-30"]]'):
        file.write_text(content)
        assert remembered_answers(file, "a", NOW) == {}
