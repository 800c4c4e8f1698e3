"""What an archive holds, counted as borg lists it, and what its command line lets one guess."""

import pytest

from collectors.borg.contents import ArchiveContents, named_paths
from collectors.borg.entries import BorgEntry

PATHS = ("/srv/scota",)


def contents(*paths: str, asked: tuple[str, ...] = PATHS) -> ArchiveContents:
    """Count entries: of a folder where the path ends with a slash, else of a file."""
    heard = ArchiveContents(paths=asked)
    for path in paths:
        kind = "d" if path.endswith("/") else "-"
        heard.count(BorgEntry(kind, "drwxr-xr-x", 0, 0, 1, False, "", path.rstrip("/").encode()))
    return heard


def test_a_folder_that_the_archive_has_empty_is_no_path_of_it() -> None:
    # A mount below `/` with --one-file-system, or --exclude '/srv/vol/*'.
    heard = contents("srv/scota/", "srv/scota/a", "srv/vol/", "home/")
    assert heard.tops == ("/srv/scota",)


def test_an_empty_path_that_is_asked_about_is_told() -> None:
    assert contents("srv/scota/", "home/", "home/x").tops == ("/srv/scota", "/home")
    assert contents("srv/").tops == ("/srv",)


def test_an_archive_of_the_whole_machine_has_one_path() -> None:
    heard = contents("./", "srv/", "srv/scota/", "srv/scota/a", "home/", asked=("/",))
    assert (heard.tops, heard.below) == (("/",), {"/": 1})


def test_entries_out_of_order_are_counted_under_their_top() -> None:
    heard = contents("srv/", "home/", "srv/scota/a", "homes/x", "home/y", asked=("/home",))
    assert (heard.tops, heard.files, heard.below) == (("/srv", "/home", "/homes/x"), 3, {"/home": 1})


def test_files_without_a_byte_are_nothing_below_a_path() -> None:
    """Of a hard link, borg tells no size."""
    heard = ArchiveContents(paths=("/srv", "/var", "/home"))
    for path, size, same_as in ((b"srv/dump.sql", 0, b""), (b"var/link", 0, b"etc/file"), (b"home/a", 1, b"")):
        heard.count(BorgEntry("-", "-rw-r--r--", 0, 0, size, False, "", path, same_as))
    assert (heard.files, heard.below) == (3, {"/var": 1, "/home": 1})


@pytest.mark.parametrize(
    ("words", "guessed"),
    [
        (("/srv/scota", "--exclude", "/srv/vol"), ("/srv/scota",)),
        (("/srv/", "-e", "/home"), ("/srv",)),
        (("--exclude", "/srv/scota/tmp", "/"), ("/srv/scota/tmp", "/")),
        (("/home",), ()),
    ],
)
def test_what_a_command_line_names_beside_what_is_asked_is_no_guess(
    words: tuple[str, ...], guessed: tuple[str, ...]
) -> None:
    assert named_paths(("borg", "create", "/r::a", *words), PATHS) == guessed
