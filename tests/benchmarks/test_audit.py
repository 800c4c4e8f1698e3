"""What an audit of 460 draws takes over sftp at ten megabytes a second, of two repositories of 2 GiB.

One holds files of a quarter of a gibibyte that nothing compresses, so that blobs are as large as restic makes them; the
other files of 64 kiB, as shares and mail spools have them. A real sshd, whose sftp-server answers through a brake.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.parts.checkout import HOME
from tests.parts.program import environment
from tests.parts.sshd import running_sshd
from tests.parts.unprivileged import open_folder
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(3600)]

GIB, KIB = 1 << 30, 1 << 10
CONTENT = 2 * GIB
SIZES = {"large files": GIB // 4, "small files": 64 * KIB}
RATE = 10_000_000
MOST_READ, LONGEST = 500_000_000, 600
SEED = "5eed" * 8
SFTP_SERVER = "/usr/lib/openssh/sftp-server"

BRAKE = """#!{python}
import os, subprocess, sys, time
server = subprocess.Popen([{server!r}], stdin=0, stdout=subprocess.PIPE)
begun, given = time.monotonic(), 0
try:
    while piece := os.read(server.stdout.fileno(), 1 << 16):
        rest = piece
        while rest:
            rest = rest[os.write(1, rest):]
        given += len(piece)
        time.sleep(max(0.0, given / {rate} - (time.monotonic() - begun)))
finally:
    with open({told!r}, "a") as told:
        print(given, file=told)
"""


@pytest.fixture(params=SIZES)
def site(request: pytest.FixtureRequest) -> Iterator[Watched]:
    """Return a site with a backup of files of one size."""
    with open_folder() as folder:
        made = Watched(folder)
        source, size = made.source("files"), SIZES[request.param]
        for number in range(CONTENT // size):
            held = source / f"{number // 1000}"
            held.mkdir(exist_ok=True)
            (held / f"{number}").write_bytes(os.urandom(size))
        made.make("files")
        # Longer than a test may take elsewhere.
        stored = ["--repo", str(made.repository("files")), "--password-file", str(made.password_file), "--no-cache"]
        argv = ["restic", *stored, "backup", "--quiet", "--host", "srv-1", str(source)]
        subprocess.run(argv, check=True, timeout=1200)
        shutil.rmtree(source)
        source.mkdir()
        yield made


def test_an_audit_over_a_slow_line_reads_little_and_ends(site: Watched, request: pytest.FixtureRequest) -> None:
    given = site.folder / "given"
    brake = site.folder / "brake"
    brake.write_text(BRAKE.format(python=sys.executable, server=SFTP_SERVER, rate=RATE, told=str(given)))
    brake.chmod(brake.stat().st_mode | stat.S_IXUSR)
    with running_sshd(site.folder / "sshd", sftp=str(brake)) as sshd:
        file = site.folder / "environment"
        file.touch(mode=0o600)
        file.write_text("".join(f"{key}={value}\n" for key, value in sshd.environment().items()))
        copy = Copy(repository=f"sftp:{sshd.alias}:{site.repository('files')}", more=f'environment_file = "{file}"')
        site.declare("far", copy, source=site.source("files"))
        asked = ("--seed", SEED, "--by", "SCOTA", "--json", "--config", str(site.configuration))
        begun = time.monotonic()
        said = subprocess.run(
            [sys.executable, "-P", "-m", "agent", "audit", "far/offsite", *asked],
            cwd=HOME,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        spent = time.monotonic() - begun
    told = json.loads(said.stdout)
    sent = sum(int(line) for line in re.findall(r"\d+", given.read_text()))
    name = request.node.callspec.params["site"]
    print(f"\n{name}: {told['bytes_read']} bytes of draws, {sent} sent by the server, {spent:.0f} s at {RATE} bytes/s")
    assert (said.returncode, told["outcome"], told["draws"]) == (0, "sound", 460)
    assert spent <= LONGEST
    # A blob is authenticated whole or not at all, and those of large files are two megabytes on average.
    assert sent <= MOST_READ or name == "large files"
