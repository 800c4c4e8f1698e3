"""Commands as a document prints them, typed by an administrator who may use sudo, on a terminal."""

import os
import pathlib
import pty
import re
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence

DOCUMENT = pathlib.Path("docs/moving.md")
JUDGED = (0, 1, 3)
Done = subprocess.CompletedProcess[str]


def blocks(heading: str) -> list[list[str]]:
    """Return the commands of each block of a section."""
    (section,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", DOCUMENT.read_text(), re.M | re.S)
    found = re.findall(r"^ *```sh\n(.*?)^ *```$", section, re.M | re.S)
    return [[line.strip() for line in block.splitlines()] for block in found]


def typed(line: str, answers: Sequence[str] = ()) -> Done:
    """Return what a line of the shell did that an administrator typed on a terminal, who answers what it asks there."""
    terminal, ours = pty.openpty()
    who = ("setpriv", "--reuid=manager", "--regid=manager", "--init-groups", "env", "HOME=/home/manager")
    command = ("setsid", "--ctty", "--wait", *who, "bash", "-c", line)
    with subprocess.Popen(command, stdin=ours, stdout=subprocess.PIPE, stderr=ours) as shell:
        os.close(ours)
        asked = bytearray()
        answering = threading.Thread(target=answer, args=(terminal, answers, asked))
        answering.start()
        try:
            said, _ = shell.communicate(timeout=300)
        finally:
            shell.kill()
            answering.join(timeout=60)
            os.close(terminal)
    return Done(command, shell.returncode, said.decode(), asked.decode())


def answer(terminal: int, answers: Sequence[str], asked: bytearray) -> None:
    """Answer each question on a terminal until no program has it open any more; keep what was printed."""
    left, answered = list(answers), 0
    while True:
        try:
            asked += os.read(terminal, 65536)
        except OSError:  # no one has it open
            return
        # The end of a line that answers a question is no question: what came too early would be thrown away.
        if left and asked[answered:].rstrip().endswith(b":"):
            answered = len(asked)
            os.write(terminal, f"{left.pop(0)}\n".encode())


def as_written(
    commands: list[str],
    answers: Mapping[str, Sequence[str]] | None = None,
    changed: Mapping[str, str] | None = None,
    by_hand: Mapping[str, Callable[[], None]] | None = None,
) -> list[str]:
    """Type a block; return what each command printed on both channels.

    `answers` are by a word of the command, `changed` are names that the document leaves to its reader, `by_hand` is
    what a line that is a comment asks for, by its first words. A look may find what is not met; all else succeeds.
    """
    said = []
    hands = dict(by_hand or {})
    for line in commands:
        if line.startswith("#"):
            (hand,) = [words for words in hands if line.startswith(f"# {words}")]
            hands.pop(hand)()
            continue
        for old, new in (changed or {}).items():
            line = line.replace(old, new)
        done = typed(line, [one for part, words in (answers or {}).items() if part in line for one in words])
        wanted = JUDGED if "beffroi check" in line else (0,)
        assert done.returncode in wanted, (line, done)
        said.append(done.stdout + done.stderr)
    assert not hands, hands
    return said
