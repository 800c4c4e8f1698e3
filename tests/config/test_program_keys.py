"""The keys of a backup of files or of a database cluster, and what is refused for a program."""

from datetime import timedelta

import pytest

from tests.config.written import SOUND, told, understood

FILES = """\
[[backup]]
id = "vm"
program = "files"
host = "srv-1"
retention = "30d"
[[backup.copy]]
id = "nas"
site = "cambrai"
store = { host = "vault", path = "/volume1/veeam" }
sets = [{ id = "erp", match = "erp/*.vbk", limit = "8d" }, { id = "vib", match = "**/*.vib" }]
dated_by = "vzdump-%Y_%m_%d-%H_%M_%S"
settle = "20m"
"""
SETS = FILES[FILES.index("sets = ") : FILES.index("dated_by")]

REFUSED = {
    "no store": (
        'store = { host = "vault", path = "/volume1/veeam" }\n',
        "",
        "backup.copy.store",
        "copy of files needs",
    ),
    "no sets": (SETS, "", "backup.copy.sets", "nothing else says which files"),
    "sets that hold nothing": (SETS, "sets = []\n", "backup.copy.sets", "empty list"),
    "a repository": ('id = "nas"', 'id = "nas"\nrepository = "/r"', "backup.copy.repository", "nothing here can look"),
    "a password": ('id = "nas"', 'id = "nas"\npassword_file = "/p"', "backup.copy.password_file", "nothing here"),
    "a canary": ('program = "files"', 'program = "files"\ncanary = "/srv/x"', "backup.canary", "nothing here can look"),
    "samples": (
        'program = "files"',
        'program = "files"\nsample = { reason = "r", author = "a" }',
        "backup.sample",
        "nothing here restores",
    ),
    "a trial": ('program = "files"', 'program = "files"\ntry = ["/bin/true"]', "backup.try", "nothing here restores"),
    "a set twice": ('id = "vib"', 'id = "erp"', "backup.copy.sets.id", "already a set"),
    "a limit over the retention": ('"8d"', '"31d"', "backup.copy.sets.limit", "longer than the retention"),
    "a match of hidden names": ("erp/*.vbk", ".erp/*.vbk", "backup.copy.sets.match", "begins with a dot"),
    "a match from the root": ("erp/*.vbk", "/erp/*.vbk", "backup.copy.sets.match", "below the folder"),
    "a match upwards": ("erp/*.vbk", "../*.vbk", "backup.copy.sets.match", "below the folder"),
    "a date without a day": ("-%Y_%m_%d-", "-%Y_%m-", "backup.copy.dated_by", "shows no day"),
    "a date of no directive": ("%S", "%Q", "backup.copy.dated_by", "holds %Q"),
    "a store of no host": ('host = "vault"', 'host = "nas"', "backup.copy.store.host", "no host of this file"),
}


def test_a_folder_of_files_is_declared() -> None:
    (_, backup) = understood(SOUND + FILES).inventory.backups
    (copy,) = backup.copies
    assert (backup.program.name, backup.paths, backup.parts) == ("files", (), ("erp", "vib"))
    assert [(one.id, one.match, one.limit) for one in copy.sets] == [
        ("erp", "erp/*.vbk", timedelta(days=8)),
        ("vib", "**/*.vib", None),
    ]
    assert (copy.dated_by, copy.settle, copy.timezone) == (
        "vzdump-%Y_%m_%d-%H_%M_%S",
        timedelta(minutes=20),
        "Europe/Paris",
    )
    assert (copy.repository, copy.password_file, copy.daily) == ("store:vault:/volume1/veeam", None, True)
    assert backup.parts_of("vm/nas", daily=True) == ("vib",)


def test_what_is_left_out_is_the_time_and_a_quarter_of_an_hour() -> None:
    text = FILES.replace('dated_by = "vzdump-%Y_%m_%d-%H_%M_%S"\nsettle = "20m"\n', "")
    (copy,) = understood(SOUND + text).inventory.backups[1].copies
    assert (copy.dated_by, copy.settle) == ("mtime", timedelta(minutes=15))


def test_two_backups_in_one_folder_share_no_damage() -> None:
    other = FILES.replace('id = "vm"', 'id = "dumps"').replace("erp/*.vbk", "dumps/*.gz")
    _, vm, dumps = understood(SOUND + FILES + other).inventory.backups
    assert (vm.copies[0].repository, vm.copies[0].siblings) == (dumps.copies[0].repository, ())


@pytest.mark.parametrize("name", REFUSED)
def test_what_files_lack_or_cannot_have_is_said(name: str) -> None:
    old, new, key, words = REFUSED[name]
    assert old in FILES
    mistakes = told(SOUND + FILES.replace(old, new, 1))
    assert [one.key for one in mistakes] == [key], mistakes
    assert words in mistakes[0].what
    assert mistakes[0].hint


MIRROR = """\
[[backup]]
id = "share"
program = "files"
host = "srv-1"
paths = ["/srv/share", "/srv/homes/"]
[[backup.copy]]
id = "nas"
site = "cambrai"
store = { host = "vault", path = "/volume1/share" }
mirror = true
"""


def test_a_mirror_is_declared() -> None:
    (_, backup) = understood(SOUND + MIRROR).inventory.backups
    (copy,) = backup.copies
    assert (copy.mirror, copy.sets, copy.parts) == (True, (), ("/srv/share", "/srv/homes/"))


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('paths = ["/srv/share", "/srv/homes/"]\n', "", "backup.paths", "a mirror is compared with them"),
        ('"/srv/homes/"', '"/home/share"', "backup.paths", "one last name twice"),
        ('"/srv/homes/"', '"/"', "backup.paths", "one last name twice"),
        ("mirror = true", f"mirror = true\n{SETS}", "backup.copy.sets", "this copy is a mirror"),
        ("mirror = true", 'mirror = true\ndated_by = "%Y%m%d"', "backup.copy.dated_by", "this copy is a mirror"),
        ("mirror = true", "mirror = false", "backup.copy.sets", "nothing else says which files"),
    ],
)
def test_what_a_mirror_lacks_or_cannot_have_is_said(old: str, new: str, key: str, words: str) -> None:
    assert old in MIRROR
    (mistake,) = told(SOUND + MIRROR.replace(old, new, 1))
    assert (mistake.key, words in mistake.what) == (key, True), mistake


@pytest.mark.parametrize(
    "line", ["mirror = true", 'sets = [{ id = "a", match = "*" }]', 'dated_by = "mtime"', 'settle = "1h"']
)
def test_what_is_of_files_alone_is_refused_for_another_program(line: str) -> None:
    (mistake,) = told(SOUND + line + "\n")
    assert mistake.key == f"backup.copy.{line.split(' ')[0]}"
    assert "nothing here can look at it in a copy of restic" in mistake.what


CLUSTER = """\
[[backup]]
id = "shop"
program = "pgbackrest"
host = "srv-1"
[[backup.copy]]
id = "vault"
stanza = "main"
host = "vault"
site = "cambrai"
"""


def test_a_database_cluster_is_declared_by_its_stanza_and_its_server() -> None:
    second = CLUSTER[CLUSTER.index("[[backup.copy]]") :].replace('id = "vault"', 'id = "s3"\nrepository = "repo2"')
    (_, backup) = understood(SOUND + CLUSTER + second).inventory.backups
    vault, other = backup.copies
    assert (vault.parts, vault.asked_at, vault.kept_at) == (("main",), "vault", "vault")
    assert backup.parts == backup.parts_of("shop/vault", daily=True) == ("main",)
    assert (vault.repository, other.repository) == ("pgbackrest:vault:main", "pgbackrest:vault:main:repo2")
    text = CLUSTER.replace('"pgbackrest"', '"barman"').replace("stanza", "server").replace('host = "vault"\n', "")
    (copy,) = understood(SOUND + text).inventory.backups[1].copies
    assert (copy.cluster, copy.asked_at, copy.kept_at) == ("main", "srv-1", "")


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('stanza = "main"\n', "", "backup.copy.stanza", "a copy of pgbackrest needs it"),
        ('stanza = "main"', 'stanza = "main"\nserver = "pg"', "backup.copy.server", "nothing here can look at it"),
        ('host = "vault"', 'host = "nas"', "backup.copy.host", "no host of this file"),
        (
            'program = "pgbackrest"',
            'program = "pgbackrest"\ntry = ["/bin/true"]',
            "backup.try",
            "nothing here restores",
        ),
    ],
)
def test_what_a_cluster_lacks_or_cannot_have_is_said(old: str, new: str, key: str, words: str) -> None:
    assert old in CLUSTER
    (mistake,) = told(SOUND + CLUSTER.replace(old, new, 1))
    assert (mistake.key, words in mistake.what) == (key, True), mistake


def addressed(program: str, address: str) -> str:
    """Return a configuration whose copy is that program's, at that address."""
    text = SOUND.replace("paths = ", f'program = "{program}"\npaths = ', 1)
    return text.replace("sftp:beffroi@vault:/srv/restic/files", address, 1)


@pytest.mark.parametrize(
    ("program", "address"),
    [
        ("restic", "srv/backup"),
        ("restic", "s4:https://store/bucket"),
        ("restic", "vault:/srv/restic"),
        ("borg", "srv/borg"),
    ],
)
def test_an_address_taken_for_a_folder_below_is_a_mistake(program: str, address: str) -> None:
    (mistake,) = told(addressed(program, address))
    assert (mistake.key, "neither an absolute path" in mistake.what) == ("backup.copy.repository", True), mistake


@pytest.mark.parametrize(
    ("program", "address"),
    [
        ("restic", "local:/srv/backup"),
        ("restic", "s3:https://store/bucket"),
        ("borg", "borg@vault:srv/borg"),
        ("borg", "file:///srv/borg"),
    ],
)
def test_an_address_that_its_program_knows_is_taken(program: str, address: str) -> None:
    (backup,) = understood(addressed(program, address)).inventory.backups
    assert backup.copies[0].repository == address


def test_an_address_with_a_password_is_not_shown_for_its_form() -> None:
    (mistake,) = told(addressed("restic", "s4:me:secret@store/b"))
    assert "secret" not in f"{mistake.what} {mistake.hint}"
