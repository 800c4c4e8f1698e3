"""A repository that borg 1.2 wrote, read by whichever borg is installed.

recorded/repository-1.2.9.tar.xz: borgbackup 1.2.9 of PyPI, built on Debian 13 with Python 3.11; `borg init -e
repokey-blake2`, passphrase `correct horse`, then twice `borg create --timestamp 2026-11-0…T02:00:00` of `srv/scota`,
below a machine named srv-1.
"""

import subprocess
from pathlib import Path

import pytest

from agent.core.facts.recovery_points import points_in
from tests.parts.borg_repositories import CHECK, LISTING, BorgSite
from tests.parts.unprivileged import open_folder

pytestmark = [pytest.mark.programs, pytest.mark.network]


def test_a_repository_of_borg_1_2_is_listed_and_read() -> None:
    with open_folder() as folder:
        recorded = Path(__file__).parent / "recorded" / "repository-1.2.9.tar.xz"
        subprocess.run(["tar", "--extract", "--file", recorded, "--directory", folder, "--no-same-owner"], check=True)
        site = BorgSite(folder=folder, source=Path("/srv/scota"))
        site.declare("files", str(folder / "repository"))
        points = points_in(site.observed(LISTING, "files"))
        assert [(one.tags, one.host, one.paths, one.files) for one in points] == [
            (("files-1",), "srv-1", ("/srv/scota",), 3),
            (("files-2",), "srv-1", ("/srv/scota",), 4),
        ]
        seen = site.observed(CHECK, "files")
        assert seen.one("verify.whole") is not None
        assert site.told("files")["backup-rpo"] == "missed too-old"
