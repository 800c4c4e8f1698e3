"""Commits have the form that CONTRIBUTING.md gives them."""

import re
import subprocess

import pytest

from tests.parts.checkout import HOME

# Commits up to this one were written before the form was agreed.
BEFORE = "c790763"
SUBJECT = re.compile(r"[a-z][a-z0-9/_ ,-]*: \S.{2,}")


def subjects() -> list[str]:
    """Return the subjects of the commits since the form was agreed; none if this is no repository with its history."""
    argv = ["git", "log", "--format=%s", "--no-merges", f"{BEFORE}..HEAD"]
    ran = subprocess.run(argv, cwd=HOME, capture_output=True, text=True, check=False, timeout=60)
    return ran.stdout.splitlines()


@pytest.mark.programs
def test_every_commit_says_its_area_and_what_it_does() -> None:
    assert [subject for subject in subjects() if not SUBJECT.fullmatch(subject) or len(subject) > 72] == []


@pytest.mark.parametrize("wrong", ["x", "Fix the report", "report: ", "report:fix"])
def test_a_subject_of_another_form_is_seen(wrong: str) -> None:
    assert not SUBJECT.fullmatch(wrong)
