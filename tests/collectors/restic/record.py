"""Record what a version of restic says to every fault: `python -m tests.collectors.restic.record [RESTIC]`.

Writes `recorded/VERSION/CASE.out`, `.err` and `.toml` (command, exit code, version, day, and whether its time was up).
The temporary folder's name is replaced by `/lab`; nothing else is changed. Run it as root, so that what may not be read
is recorded as another user sees it.
"""

import os
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from agent.core.deadline import Deadline
from agent.core.errors import TimedOut
from agent.core.host import Command
from agent.hosts.run import run_program
from agent.hosts.ssh.probe import sftp_place
from collectors.restic.sftp import command_option
from tests.collectors.restic.cases import CASES, PATIENCE, Ask, Case, made, make_laboratory
from tests.parts.repositories import open_folder

RECORDED = Path(__file__).parent / "recorded"


def main(program: str = "restic") -> None:
    """Record every case with one restic."""
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    version = said.split()[1]
    with open_folder() as folder:
        laboratory = make_laboratory(folder, program)
        for case in CASES.values():
            own = folder / "cases" / case.name
            own.mkdir(parents=True)
            with made(case, laboratory, own) as ask:
                _record(case, ask, program, version, folder)


def _record(case: Case, ask: Ask, program: str, version: str, folder: Path) -> None:
    argv = [program, *ask.arguments, "--repo", ask.address, "--password-file", str(ask.password_file), "--no-cache"]
    place = sftp_place(ask.address)
    if place is not None:
        argv += ["--option", command_option(place, Deadline(PATIENCE))]
    if ask.nobody:
        argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *argv]
    late = False
    try:
        output = run_program(Command(argv=tuple(argv), timeout=PATIENCE * 3, environment=ask.environment))
        status, stdout, stderr = output.status, output.stdout, output.stderr
    except TimedOut as error:
        late, status, stdout, stderr = True, 1, b"", error.said
    base = RECORDED / version / case.name
    base.parent.mkdir(parents=True, exist_ok=True)
    lab = os.fsencode(folder)
    base.with_suffix(".out").write_bytes(stdout.replace(lab, b"/lab"))
    base.with_suffix(".err").write_bytes(stderr.replace(lab, b"/lab"))
    command = " ".join(argv).replace(str(folder), "/lab").replace("\\", "\\\\").replace('"', '\\"')
    about = (
        f'command = "{command}"\nversion = "{version}"\nstatus = {status}\n'
        f"late = {str(late).lower()}\nday = {datetime.now(UTC).date()}\n"
    )
    tomllib.loads(about)
    base.with_suffix(".toml").write_text(about)
    print(f"{version} {case.name}: {status}{' (late)' if late else ''}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
