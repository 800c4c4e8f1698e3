"""A time-stamp authority of its own (RFC 3161), by openssl: what it stamps leads to a certificate in its folder."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from agent.publishing.posting import PostAnswer
from agent.publishing.timestamps import Authority

CONFIGURATION = """\
[tsa]
default_tsa = main
[main]
serial = {folder}/serial
signer_cert = {folder}/tsa.crt
certs = {folder}/ca.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
MADE = (
    "req -x509 -newkey ed25519 -nodes -keyout ca.key -out ca.crt -days 100 -subj /CN=ca",
    "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=tsa",
    "x509 -req -in tsa.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile ext -days 90 -out tsa.crt",
)


@dataclass(frozen=True, slots=True)
class RealAuthority:
    """An authority in a folder, that stamps by openssl."""

    folder: Path

    @property
    def declared(self) -> Authority:
        """Return how it is declared."""
        return Authority(url="https://tsa.example/", ca_file=self.folder / "ca.crt")

    def post(self, address: str, body: bytes, content_type: str) -> PostAnswer:
        """Answer a query."""
        assert content_type == "application/timestamp-query"
        (self.folder / "query").write_bytes(body)
        openssl(self.folder, "ts -reply -config tsa.cnf -section main -queryfile query -out answer")
        return PostAnswer(status=200, content_type="application/timestamp-reply", body=self.answer())

    def answer(self) -> bytes:
        """Return what it answered last."""
        return (self.folder / "answer").read_bytes()


def openssl(folder: Path, words: str) -> None:
    """Run openssl in a folder."""
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True, timeout=60)


def made_authority(folder: Path) -> RealAuthority:
    """Return a new authority."""
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
    (folder / "serial").write_text("01\n")
    for words in MADE:
        openssl(folder, words)
    return RealAuthority(folder)
