"""A published bundle of a simulated year, and what a reader does with it: verify, unpack, run the script."""

import base64
import io
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.core.period import Quarter
from agent.ledger.keys import signer
from agent.publishing.reports import ReportRequest, published
from agent.report import bundle
from agent.report.archive import ArchiveWriter
from agent.report.verifying import Verified, verify
from tests.report.year import Year, noon

Files = dict[str, bytes]
SHELLS = {"dash": ["dash"], "bash": ["bash"], "busybox": ["busybox", "sh"]}
# For a part of the script: all of it runs in each at `test_verify_sh_finds_it_sound_in_any_shell`.
EACH_SHELL = ("dash", "busybox", pytest.param("bash", marks=pytest.mark.slow))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A bundle of a real ledger, its files, and the state directory that it came from."""

    path: Path
    files: Mapping[str, bytes]
    state: Path
    csv: bytes


def redeclare(filled: Year) -> None:
    """Let a later load leave a subject out, so that the table rests on two loads."""
    (load,) = filled.ledger.loads()
    fewer = {key: days for key, days in load.declared.items() if key.subject != "malware"}
    filled.clock.time = noon(date(2027, 1, 7)) + timedelta(hours=1)
    filled.ledger.keep_load("e" * 64, fewer, load.targets)
    filled.clock.time = noon(date(2027, 1, 8))


def publish(filled: Year) -> dict[str, bytes]:
    wish = ReportRequest(quarter=Quarter(2026, 4), beneficiary="scota")
    with published(filled.configuration, filled.ledger, wish, filled.clock.now()) as made:
        return {file.name: file.read_bytes() for file in made.folder.iterdir()}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of some files, in the order given."""
    written = io.BytesIO()
    writer = ArchiveWriter(written)
    for name, content in files.items():
        writer.add(name, [content])
    writer.close()
    return written.getvalue()


def resigned(files: Mapping[str, bytes], key: Path) -> Files:
    """Return files with a manifest made anew, signed with the key of a directory."""
    rest = {name: content for name, content in files.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}
    rest[bundle.KEY] = (key / "signing-key.pub.pem").read_bytes()
    writer = ArchiveWriter(io.BytesIO())
    for name, content in rest.items():
        writer.add(name, [content])
    manifest = "".join(f"{digest}  {name}\n" for name, digest in sorted(writer.digests.items()))
    return rest | {
        bundle.MANIFEST: manifest.encode(),
        bundle.SIGNATURE: base64.b64decode(signer(key).sign(manifest)),
    }


def check(files: Mapping[str, bytes], tmp_path: Path, fingerprint: str | None = None) -> Verified:
    path = tmp_path / "tampered.zip"
    path.write_bytes(packed(files))
    return verify(path, fingerprint)


def unpack(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def run_script(
    folder: Path, shell: str = "dash", *documents: str, failing: tuple[str, str] | None = None
) -> tuple[int, list[str]]:
    """Run a bundle's verify.sh in a shell, busybox with its own programs alone; return its exit code and lines.

    `failing`: a program, and a part of the arguments with which it fails and says nothing.
    """
    path = "/usr/bin:/bin"
    if shell == "busybox":
        own = folder.parent / "busybox"
        own.mkdir(exist_ok=True)
        for name in subprocess.run(["busybox", "--list"], capture_output=True, text=True, check=True).stdout.split():
            (own / name).unlink(missing_ok=True)
            (own / name).symlink_to("/usr/bin/busybox")
        (own / "openssl").unlink(missing_ok=True)
        (own / "openssl").symlink_to("/usr/bin/openssl")
        path = str(own)
    if failing is not None:
        program = folder.parent / "failing" / failing[0]
        program.parent.mkdir()
        real = shutil.which(failing[0], path=path)
        program.write_text(f"#!/bin/sh\ncase $* in *'{failing[1]}'*) exit 2 ;; esac\nexec {real} \"$@\"\n")
        program.chmod(0o755)
        path = f"{program.parent}:{path}"
    argv = ["/usr/bin/busybox", "sh"] if shell == "busybox" else [f"/bin/{shell}"]
    ran = subprocess.run(
        [*argv, str(folder / "verify.sh"), *documents],
        capture_output=True, text=True, check=False, timeout=120, env={"PATH": path}, cwd=folder.parent,
    )  # fmt: skip
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.splitlines()
