"""A bundle whose days were signed daily, and cosigned by a witness with a key and a clock of the test's."""

import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.core.period import Quarter
from agent.ledger import signed_log
from agent.ledger.attestations import Attestation
from agent.ledger.keys import PRIVATE_NAME, PUBLIC_NAME, signer
from agent.proving.attested_days import COSIGNATURE
from agent.proving.checkpoint import Checkpoint, sign_checkpoint
from agent.proving.cosignature import COSIGNATURE as KIND
from agent.proving.cosignature import cosign
from agent.proving.day_log import log_tree
from agent.proving.signed_note import NoteKey
from agent.publishing.edition_files import EVIDENCE, PAGE
from agent.publishing.pdf_pages import PdfMaker
from agent.publishing.reports import ReportRequest, published
from tests.report.year import Year, year

NAME = "beffroi-scota-2026-Q4-evidence.zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWitness:
    """A witness whose key follows from a number."""

    private: Ed25519PrivateKey

    @classmethod
    def make(cls, seed: int = 7) -> "OwnWitness":
        """Return one."""
        return cls(private=Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))

    @property
    def key(self) -> NoteKey:
        """Return its verifier key."""
        return NoteKey(name="epci.example/w", public=self.private.public_key().public_bytes_raw(), kind=KIND)

    def attest(self, filled: Year, size: int, at: datetime, origin: str | None = None) -> Attestation:
        """Return its cosignature of the log's first leaves."""
        own, root = signer(filled.configuration.agent.state_directory), log_tree(filled.ledger.ask(signed_log.leaves))
        log = NoteKey(name=origin or own.note_key.name, public=own.note_key.public)
        note = sign_checkpoint(Checkpoint(origin=log.name, size=size, root=root.root_at(size)), log, own.sign_bytes)
        line = cosign(note.text, self.key, self.private.sign, int(at.timestamp()))
        content = str(note.with_signatures([line]))
        return Attestation(source=COSIGNATURE, by="epci", key=str(self.key), size=size, at=at, content=content)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedBundle:
    """A bundle in a folder, its files, and the state directory beside it."""

    path: Path
    files: Mapping[str, bytes]
    state: Path
    sizes: tuple[int, ...]
    leaves: tuple[str, ...]


def attested_bundle(
    folder: Path,
    attest: Callable[[Year, int, datetime], Attestation | None],
    first: date = date(2026, 12, 24),
    stolen: Path | None = None,
) -> AttestedBundle:
    """Return the bundle of some days of December; `attest` is asked of each checkpoint: its size, its instant.

    `stolen`: the state directory whose key the ledger is signed with, as someone would who has it.
    """
    with pytest.MonkeyPatch.context() as patch:
        if stolen is not None:
            patch.setattr("agent.ledger.store.make_key", lambda directory: _copy_key(stolen, directory))
        return _attested_bundle(folder, attest, first)


def _copy_key(stolen: Path, directory: Path) -> None:
    for name in (PUBLIC_NAME, PRIVATE_NAME):
        shutil.copy2(stolen / name, directory / name)


def _attested_bundle(
    folder: Path, attest: Callable[[Year, int, datetime], Attestation | None], first: date
) -> AttestedBundle:
    with year(folder, first=first, loaded=first, daily=True) as filled:
        shown = filled.ledger.ask(signed_log.checkpoints)
        for one in shown:
            found = attest(filled, one.size, one.signed_at)
            if found is not None:
                filled.ledger.keep_attestation(found)
        leaves = filled.ledger.ask(signed_log.leaves)
        pdf = PdfMaker(pages=(PAGE,), make=lambda page, attached, last: b"%PDF-1.7 " + page.read_bytes()[:9])
        wish = ReportRequest(quarter=Quarter(2026, 4), beneficiary="scota", pdf=pdf)
        with published(filled.configuration, filled.ledger, wish, filled.clock.now()) as made:
            (folder / NAME).write_bytes(made.content(EVIDENCE))
            for file in made.folder.iterdir():
                (folder / f"kept-{file.name}").write_bytes(file.read_bytes())
    with zipfile.ZipFile(folder / NAME) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return AttestedBundle(
        path=folder / NAME,
        files=files,
        state=folder / "state",
        sizes=tuple(one.size for one in shown),
        leaves=leaves,
    )
