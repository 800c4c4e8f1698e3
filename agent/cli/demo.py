"""`beffroi demo`: demonstrate the program on this machine, with sound, late and damaged backups."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import LanguageOption
from agent.core.clock import SystemClock
from agent.core.convention import OFF_SITE, RECOVERY_POINT
from agent.core.errors import UsageError
from agent.hosts.local import LocalHost

# What each demonstration backup must come to; `demo` exits with 0 only when each did.
DESERVED = {
    (RECOVERY_POINT, "sound"): ("met", "within-limit"),
    (OFF_SITE, "sound/offsite"): ("met", "within-limit"),
    (RECOVERY_POINT, "late"): ("missed", "too-old"),
    (OFF_SITE, "late/offsite"): ("missed", "too-old"),
    (RECOVERY_POINT, "damaged"): ("missed", "damaged"),
    (OFF_SITE, "damaged/offsite"): ("missed", "damaged"),
}
LATE = timedelta(days=3)
STEP = timedelta(minutes=2)

CONFIGURATION = """\
# Written by `beffroi demo`; it lives as long as the demonstration.
[agent]
state_directory = "{state}"
listen = "{listen}"
language = "{language}"
demonstration = true

[convention]
reference = "Démonstration"
provider = "beffroi demo"

[[beneficiary]]
id = "demo"
name = "Démonstration"

[[host]]
id = "this-machine"
transport = "local"
site = "here"

[[log]]
id = "logs"
host = "this-machine"
kind = "{kind}"
path = "{logs}"
sources = ["{sender}"]
"""

# Where a machine keeps its own records: its journal, kept or not, else text files.
JOURNALS = (Path("/var/log/journal"), Path("/run/log/journal"))
TEXTS = "/var/log/**"

BACKUP = """
[[backup]]
id = "{name}"
beneficiary = "demo"
host = "this-machine"
paths = ["{source}"]

[[backup.copy]]
id = "offsite"
repository = "{repository}"
password_file = "{password_file}"
site = "elsewhere"
country = "FR"
"""


def register(app: typer.Typer) -> None:
    """Add `demo`."""

    @app.command()
    def demo(
        once: Annotated[bool, typer.Option("--once", help="Stop after the scorecard; serve nothing.")] = False,
        listen: Annotated[str, typer.Option(help="Address of the status page and /metrics.")] = "127.0.0.1:9588",
        language: LanguageOption = None,
    ) -> None:
        """Make sound, late and damaged backups; evaluate, verify, store, print and serve them."""
        from agent.cli.check import check_and_print
        from agent.cli.run import serve_until_stopped
        from agent.cli.verify import verify_copies

        if not once:
            refuse_taken(listen)
        with scratch() as folder:
            say(f"making three restic repositories in {folder}")
            configuration = make(folder, listen, language or "fr")
            say("looking at them, then verifying every byte of each copy")
            verify_copies(configuration, [], everything=True, budget=None)
            verdicts, _ = check_and_print(configuration)
            # Serving lasts until the demonstration is stopped, and a pipe would hold the scorecard until then.
            sys.stdout.flush()
            judged = {(one.target, one.subject): (one.measured.value, one.reason.value) for one in verdicts}
            wrong = [name for name, deserved in DESERVED.items() if judged.get(name) != deserved]
            for target, subject in wrong:
                came = judged.get((target, subject))
                say(f"{subject}: {target} is {came}, expected {DESERVED[target, subject]}")
            if not once:
                where = listen if listen.startswith("unix:") else f"http://{listen}/"
                say(f"the status page is at {where}; Ctrl-C ends the demonstration and removes what it made")
                serve_until_stopped(configuration)
        raise typer.Exit(70 if wrong else 0)


def say(line: str) -> None:
    """Print one line of diagnostics."""
    typer.echo(f"demo: {line}", err=True)


def refuse_taken(listen: str) -> None:
    """Raise UsageError where the pages could not be served there: it would be told after the backups alone."""
    from agent.export.http.listening import place_of

    place = place_of(listen)
    try:
        place.bind().close()
    except UsageError as error:
        raise UsageError(error.message, "choose another address with --listen, or end what uses it") from error


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder of this demonstration's own, and remove it whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="beffroi-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make(folder: Path, listen: str, language: str) -> Path:
    """Make the three repositories and the configuration that watches them; return the configuration's path."""
    password_file = folder / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(os.urandom(18).hex() + "\n")
    kind, logs, sender = own_logs()
    text = CONFIGURATION.format(
        state=folder / "state", listen=listen, language=language, kind=kind, logs=logs, sender=sender
    )
    now = SystemClock().now()
    for name, made_at in (("sound", now), ("late", now - LATE), ("damaged", now)):
        source, repository = folder / "sources" / name, folder / "elsewhere" / name
        fill(source, name)
        arguments = ("--repo", str(repository), "--password-file", str(password_file), "--no-cache", "--quiet")
        restic("init", *arguments)
        restic("backup", *arguments, "--time", local_time(made_at - STEP), str(source))
        if name == "damaged":
            flip_a_byte(repository)
        text += BACKUP.format(name=name, source=source, repository=repository, password_file=password_file)
    path = folder / "beffroi.toml"
    path.write_text(text)
    return path


def own_logs(journals: Sequence[Path] = JOURNALS) -> tuple[str, str, str]:
    """Return what this machine's own logs are: the kind, where they lie, and under which name it sends."""
    sender = socket.gethostname()
    for folder in journals:
        if any(folder.glob("*/*.journal")):
            return "journal", str(folder), sender
    return "files", TEXTS, sender


def restic(*arguments: str) -> None:
    """Run restic; raise a LookError where it is missing or fails."""
    LocalHost("this-machine").run("restic", *arguments, timeout=timedelta(minutes=2))


def local_time(instant: datetime) -> str:
    """Return an instant as `restic backup --time` wants it: this machine's civil time, to the second."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def fill(source: Path, name: str) -> None:
    """Write some files of every size that makes restic use both kinds of pack."""
    (source / "documents").mkdir(parents=True)
    for number in range(12):
        (source / "documents" / f"note-{number}.txt").write_text(f"{name} {number}\n" * 200)
    (source / "image.bin").write_bytes(os.urandom(3_000_000))


def flip_a_byte(repository: Path) -> None:
    """Damage the largest data file, in its middle, as a bad disk would: size and name stay."""
    pack = max((repository / "data").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    pack.chmod(0o600)
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 0xFF
    pack.write_bytes(content)
