"""Witnesses as processes of their own: ours, and Debian's sigsum-witness as a foreign counterpart.

sigsum-witness serves one log, whose origin follows from its key, and registers its path in a form that Go knew before
1.22 (GODEBUG).
"""

import hashlib
import http.client
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from agent.proving.add_checkpoint import CheckpointRequest
from agent.proving.checkpoint import Checkpoint, sign_checkpoint
from agent.proving.cosignature import parse_witness_key
from agent.proving.merkle import MerkleTree, leaf_hash
from agent.proving.signed_note import NoteKey, SignedNote
from tests.parts.ports import free_port
from tests.parts.processes import wait_until
from tests.parts.program import PATIENCE, Process, beffroi, begun, environment
from tests.parts.sshd import LOOPBACK

OURS, SIGSUM = "beffroi", "sigsum"
KINDS = (OURS, SIGSUM) if shutil.which("sigsum-witness") else (OURS,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log with a key of its own, under the origin that sigsum gives it."""

    private: Ed25519PrivateKey

    @classmethod
    def make(cls, seed: int = 1) -> "Log":
        """Return a log whose key follows from a number."""
        return cls(private=Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))

    @property
    def key(self) -> NoteKey:
        """Return the log's verifier key."""
        public = self.private.public_key().public_bytes_raw()
        return NoteKey(name=f"sigsum.org/v1/tree/{hashlib.sha256(public).hexdigest()}", public=public)

    def note(self, tree: MerkleTree, origin: str | None = None) -> SignedNote:
        """Return the signed checkpoint of a tree."""
        key = NoteKey(name=origin or self.key.name, public=self.key.public)
        return sign_checkpoint(Checkpoint(origin=key.name, size=tree.size, root=tree.root), key, self.private.sign)

    def request(self, tree: MerkleTree, old: int) -> bytes:
        """Return the body that submits a tree after one of its older sizes."""
        proof = tree.consistency(old) if 0 < old <= tree.size else ()
        return CheckpointRequest(old_size=old, proof=proof, note=self.note(tree)).body


def tree(size: int, flavour: str = "") -> MerkleTree:
    """Return a tree of so many leaves; another flavour has other leaves."""
    return MerkleTree.of(leaf_hash(f"{flavour}{number}".encode()) for number in range(size))


@dataclass(slots=True, kw_only=True)
class RunningWitness:
    """One witness that runs; `key` is its verifier key."""

    kind: str
    folder: Path
    port: int
    key: NoteKey
    process: Process | None = None

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://{LOOPBACK}:{self.port}/"

    def post(self, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, bytes]:
        """Return status, content type and body of the answer."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request("POST", path, body)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        finally:
            connection.close()

    def start(self, log_files: Sequence[Path]) -> None:
        """Start it, and wait until it answers."""
        if self.kind == OURS:
            logs = [word for path in log_files for word in ("--log", str(path))]
            own = ["--listen", f"{LOOPBACK}:{self.port}", "--state", str(self.folder / "state")]
            self.process = begun(("witness", *own, *logs), self.folder / "log")
        else:
            own = ["-k", str(self.folder / "key"), "--log-key", str(self.folder / "log.pub")]
            argv = ["sigsum-witness", *own, "--state-file", str(self.folder / "state"), f"{LOOPBACK}:{self.port}"]
            with (self.folder / "log").open("ab") as said:
                self.process = subprocess.Popen(argv, env=environment({"GODEBUG": "httpmuxgo121=0"}), stderr=said)
        assert wait_until(self._answers), (self.folder / "log").read_text()

    def stop(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            return self.post(b"")[0] == 400
        except OSError:
            time.sleep(0.05)
            return False


@contextmanager
def running_witness(kind: str, folder: Path, log: Log, *files: Path) -> Iterator[RunningWitness]:
    """Run a witness of a log."""
    folder.mkdir(parents=True, exist_ok=True)
    key_file = folder / "log.key"
    key_file.write_text(f"{log.key}\n")
    found = RunningWitness(kind=kind, folder=folder, port=free_port(), key=_made(kind, folder, log))
    try:
        found.start([key_file, *files])
        yield found
    finally:
        found.stop()


def _made(kind: str, folder: Path, log: Log) -> NoteKey:
    if kind == OURS:
        said = beffroi("witness", "--state", folder / "state", "--print-key")
        assert said.code == 0, said.err
        return parse_witness_key(said.out)
    (folder / "log.pub").write_bytes(
        log.private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b"\n"
    )
    subprocess.run(["sigsum-key", "generate", "-o", "key"], cwd=folder, check=True, timeout=60)
    # Its key's name, as it writes it below a checkpoint, is the hash of the key.
    hashed = subprocess.run(
        ["sigsum-key", "to-hash", "-k", "key.pub"], cwd=folder, check=True, capture_output=True, timeout=60
    ).stdout.decode()
    name = f"sigsum.org/v1/witness/{hashed.strip()}"
    argv = ["sigsum-key", "to-vkey", "-k", str(folder / "key.pub"), "-t", "cosignature/v1", "-n", name]
    printed = subprocess.run(argv, check=True, capture_output=True, timeout=60)
    return parse_witness_key(printed.stdout.decode())
