import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.hosts.ssh.command import answer, remote_command

MARK = "0123456789abcdef"


def over_there(argv: list[str], environment: dict[str, str] | None = None, shell: str = "sh") -> tuple[int, bytes]:
    command = remote_command(argv, environment or {}, MARK)
    done = subprocess.run([shell, "-c", command], capture_output=True, check=False)
    said = answer(done.stdout, done.stderr, MARK)
    assert said is not None
    assert said.found
    return done.returncode, said.stdout


@pytest.mark.programs
@pytest.mark.parametrize("shell", ["sh", "bash"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=5))
def test_whatever_a_word_holds_it_stays_one_word_and_nothing_in_it_is_run(shell: str, words: list[str]) -> None:
    status, said = over_there(["printf", "%s\\0", *words], shell=shell)
    assert status == 0
    assert said == b"".join(word.encode() + b"\0" for word in words or [""])


@pytest.mark.programs
def test_variables_reach_the_program_beside_the_fixed_locale() -> None:
    _, said = over_there(["env"], {"A": "b c'\"$HOME"})
    assert {b"A=b c'\"$HOME", b"LC_ALL=C"} <= set(said.split(b"\n"))


def test_noise_before_the_mark_is_dropped_on_both_outputs_and_none_after_it() -> None:
    said = answer(
        f"Welcome!\n{MARK} no\n\n{MARK} 4711 1\nsaid\n{MARK} 1 0\n".encode(), f"warning\n\n{MARK}\nerr\n".encode(), MARK
    )
    assert said is not None
    assert (said.group, said.found) == (4711, True)
    assert said.stdout == f"said\n{MARK} 1 0\n".encode()
    assert said.stderr == b"err\n"


@given(st.binary(), st.binary())
def test_without_the_mark_nothing_was_started(stdout: bytes, stderr: bytes) -> None:
    assert answer(stdout, stderr, MARK) is None
