"""Two backups in one repository: what is known to be damaged there counts for both."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.parts.program import Said, beffroi
from tests.parts.repositories import flip_byte
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

SOUND = {("met", "within-limit")}


def states(said: Said) -> dict[str, tuple[str, str]]:
    """Return what is said of both backups and of their copies."""
    found = {name: said.verdict("backup-rpo", name) for name in ("files", "mails")}
    return found | {f"{name}/offsite": said.verdict("backup-offsite", f"{name}/offsite") for name in found}


def test_damage_that_a_look_at_one_backup_finds_is_known_of_the_other(tmp_path: Path) -> None:
    site = Watched(tmp_path)
    repository = str(site.repository("files"))
    for name in ("files", "mails"):
        site.declare(name, Copy(repository=repository))
    site.make("files", timedelta(minutes=20))
    before = set(Path(repository, "data").rglob("*"))
    site.make("mails", timedelta(minutes=10), into="files")
    assert beffroi("verify", "--all", "--config", site.configuration).code == 0
    sound = shutil.copytree(repository, tmp_path / "sound")
    pack = max((one for one in set(Path(repository, "data").rglob("*")) - before if one.is_file()), key=size)
    flip_byte(pack, 100)
    assert set(states(check(site)).values()) == SOUND
    assert beffroi("verify", "files", "--all", "--config", site.configuration).code == 1
    check(site)
    assert states(check(site)) == {
        "files": ("met", "within-limit"),
        "mails": ("missed", "damaged"),
        "files/offsite": ("missed", "damaged"),
        "mails/offsite": ("missed", "damaged"),
    }
    shutil.rmtree(repository)
    shutil.copytree(sound, repository)
    assert beffroi("verify", "--all", "--config", site.configuration).code == 0
    assert set(states(check(site)).values()) == SOUND


def check(site: Watched) -> Said:
    """Look at everything once."""
    return beffroi("check", "--json", "--config", site.configuration)


def size(file: Path) -> int:
    """Return how many bytes a file has."""
    return file.stat().st_size
