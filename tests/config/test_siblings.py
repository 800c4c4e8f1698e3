"""Copies that are kept in one repository, by its address or its id."""

from dataclasses import replace

from agent.config.siblings import with_siblings
from agent.core.inventory import Backup, Copy
from tests.checks.backups import BACKUP, OFFSITE


def backup(name: str, *copies: Copy) -> Backup:
    """Return a backup with some copies."""
    return replace(BACKUP, id=name, copies=tuple(replace(copy, backup=name) for copy in copies))


def siblings(*backups: Backup) -> dict[str, tuple[str, ...]]:
    """Return the siblings of each copy."""
    return {copy.subject: copy.siblings for one in with_siblings(backups) for copy in one.copies}


def test_copies_at_one_address_are_siblings() -> None:
    here, there = replace(OFFSITE, repository="sftp:vault:/r/"), replace(OFFSITE, repository="sftp:vault:/r")
    other = replace(OFFSITE, id="other", repository="sftp:vault:/r2")
    found = siblings(backup("files", here, other), backup("mails", there))
    assert found == {"files/offsite": ("mails/offsite",), "files/other": (), "mails/offsite": ("files/offsite",)}


def test_copies_of_one_declared_id_are_siblings_at_whatever_address() -> None:
    here = replace(OFFSITE, repository="sftp:vault:/r", repository_id="5B1C")
    there = replace(OFFSITE, repository="rest:https://vault/r", repository_id="5b1c")
    assert siblings(backup("files", here), backup("mails", there)) == {
        "files/offsite": ("mails/offsite",),
        "mails/offsite": ("files/offsite",),
    }
