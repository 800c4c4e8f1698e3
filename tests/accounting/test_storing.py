"""How long backups are kept and where their copies lie, as a load of the configuration says it."""

from dataclasses import replace

from agent.accounting.storing import CopyTerms, StoringTerms, copy_terms, storing_declared
from agent.core.inventory import Inventory
from agent.report.storing_said import REACHED_BY
from collectors.barman import LOOKS as BARMAN
from collectors.files import LOOKS as FILES
from collectors.pgbackrest import LOOKS as PGBACKREST
from tests.checks.backups import BACKUP, DAY, OFFSITE, ONSITE

ABROAD = replace(OFFSITE, repository="sftp:vault:/r", country="CH", transfer_basis="décision d'adéquation")
BARE = replace(ONSITE, site=None, country=None)


def test_what_is_declared_of_a_backup_and_its_copies_is_kept() -> None:
    kept = replace(BACKUP, retention=400 * DAY, copies=(ABROAD, BARE))
    earlier = replace(BACKUP, id="a", copies=())
    other = replace(BACKUP, id="b", beneficiary="other", copies=())
    terms = storing_declared(Inventory(backups=(kept, earlier, other)))
    assert terms == (
        StoringTerms(backup="b", beneficiary="other"),
        StoringTerms(backup="a", beneficiary="scota"),
        StoringTerms(
            backup="files",
            beneficiary="scota",
            retention=400 * DAY,
            copies=(
                CopyTerms(
                    subject="files/offsite",
                    site="cambrai",
                    country="CH",
                    transfer_basis="décision d'adéquation",
                    reached_by="sftp",
                ),
                CopyTerms(subject="files/near", reached_by="local"),
            ),
        ),
    )
    assert terms[2].copy("files/near") == terms[2].copies[1]
    assert terms[2].copy("files/none") is None


def test_a_copy_without_an_address_is_reached_by_its_program() -> None:
    clusters = (
        replace(OFFSITE, program=program, repository=f"{program.name}:vault:main", cluster="main")
        for program in (PGBACKREST, BARMAN)
    )
    folder = replace(OFFSITE, program=FILES, repository="store:nas:/volume1/veeam")
    assert [copy_terms(one).reached_by for one in (*clusters, folder)] == ["program", "program", "store"]
    assert {"program", "store"} <= REACHED_BY.keys()
