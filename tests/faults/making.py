"""How each fault of one backup is made for real: a repository, a declaration, and what is wrong with one of them."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.faults.laboratory import EARLIER, OLD, RECENT, Laboratory, Make
from tests.parts.repositories import as_nobody, cut_short, flip_byte, hold_exclusively, make_repository
from tests.parts.watched import Copy

# Terminal escapes, markup, separators of every format that is written, a right-to-left override, a line separator.
HOSTILE = "\x1b[31mred\x1b]0;title\x07\t<script>alert(1)</script>\r\n\"';`$(reboot)`,=1+1\u202e\u2028|{}"

REAL = 'exec "$RESTIC" "$@"'
ON_LISTING = 'case "$1" in snapshots) {does} ;; esac\n' + REAL
NOISE = "head -c 300000 /dev/zero | tr '\\0' x"


def sound(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare(name)


# What is not there, or not what was promised


def no_repository(lab: Laboratory, name: str) -> None:
    lab.declare(name)


def no_point(lab: Laboratory, name: str) -> None:
    lab.take(name, bare=True)
    lab.declare(name)


def another_machine(lab: Laboratory, name: str) -> None:
    lab.made(name, RECENT, host="srv-2")
    lab.declare(name)


def another_path(lab: Laboratory, name: str) -> None:
    lab.made(name, RECENT, source=lab.watched.source("elsewhere"))
    lab.declare(name)


def ahead(lab: Laboratory, name: str) -> None:
    lab.made(name, -timedelta(days=1))
    lab.declare(name)


def old(lab: Laboratory, name: str) -> None:
    lab.made(name, OLD)
    lab.declare(name)


def empty_source(lab: Laboratory, name: str) -> None:
    source = lab.watched.folder / "unmounted"
    source.mkdir()
    lab.made(name, RECENT, source=source)
    lab.declare(name, source=source)


def shrunk(lab: Laboratory, name: str) -> None:
    source = lab.watched.source(name)
    for number in range(10):
        (source / f"{number}.txt").write_text("text\n")
    repository = lab.made(name, *(timedelta(hours=hours) for hours in range(8, 1, -1)), source=source)
    for number in range(10):
        (source / f"{number}.txt").unlink()
    repository.backup(source, datetime.now(UTC) - RECENT)
    lab.declare(name, source=source)


# Copies beside each other, and where they stand


def two_copies(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.made(f"{name}-stale", OLD)
    fresh, stale = (str(lab.watched.repository(each)) for each in (name, f"{name}-stale"))
    lab.declare(name, Copy(repository=fresh), Copy(id="stale", repository=stale, site="geneve"))


def fresh_at_home(lab: Laboratory, name: str) -> None:
    lab.made(name, OLD)
    lab.take(f"{name}-home")
    stale, home = (str(lab.watched.repository(each)) for each in (name, f"{name}-home"))
    lab.declare(name, Copy(repository=stale), Copy(id="home", repository=home, site="arras"))


def same_site(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, site="arras")


def declared_at_home(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, more="offsite = false")


def outside(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, country="CH")


def outside_with_a_basis(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, country="CH", more='transfer_basis = "décision d\'adéquation"')


def no_country(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, country=None)


def limit_of_its_own(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, more='limit = "7d"')


# What keeps it from being opened


def wrong_password(lab: Laboratory, name: str) -> None:
    lab.take(name)
    password = lab.watched.folder / "wrong-password"
    password.touch(mode=0o600)
    password.write_text("wrong horse\n")
    lab.declare_one(name, password_file=password)


def no_password_file(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, password_file=lab.watched.folder / "nothing-here")


def no_environment_file(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, more=f'environment_file = "{lab.watched.folder / "nothing-here"}"')


def password_in_the_environment(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, more=lab.environment_file(name, {"RESTIC_PASSWORD": "tell-tale-heart"}))


def locked(lab: Laboratory, name: str) -> None:
    hold_exclusively(lab.take(name))
    lab.declare(name)


def another_id(lab: Laboratory, name: str) -> None:
    lab.take(name)
    lab.declare_one(name, more=f'repository_id = "{"5b1c" * 16}"')


def no_folder(lab: Laboratory, name: str) -> None:
    lab.watched.repository(name).write_text("a file\n")
    lab.declare(name)


def closed(*below: str) -> Make:
    def make(lab: Laboratory, name: str) -> None:
        repository = lab.take(name)
        (repository.packs()[0] if below == ("pack",) else repository.folder.joinpath(*below)).chmod(0)
        nobody = as_nobody(lab.watched.folder / "programs" / name)
        more = lab.environment_file(name, nobody) if nobody else ""
        lab.declare_one(name, password_file=lab.open_password_file(), more=more)

    return make


# What befalls restic itself


def with_restic(script: str) -> Make:
    return lambda lab, name: lab.declare_with_restic(name, script)


def on_listing(does: str) -> Make:
    """Let the real restic do everything but the list of points."""
    return with_restic(ON_LISTING.replace("{does}", does))


def no_restic(lab: Laboratory, name: str) -> None:
    lab.take(name)
    empty = lab.watched.folder / "programs" / name
    empty.mkdir()
    lab.declare_one(name, more=lab.environment_file(name, {"PATH": str(empty)}))


def endless(lab: Laboratory, name: str) -> None:
    """Declare a sound backup whose restic can be made to say the same for ever."""
    trigger = lab.watched.folder / "without-end"
    on_listing(f'[ -e "{trigger}" ] && exec yes "[]"')(lab, name)


def without_end(lab: Laboratory, name: str) -> None:
    (lab.watched.folder / "without-end").touch()


def hostile_words(lab: Laboratory, name: str) -> None:
    words = lab.watched.folder / "hostile-words"
    words.write_text(f"Fatal: {HOSTILE}\n")
    on_listing(f'cat "{words}" >&2; exit 1')(lab, name)


def hostile_names(lab: Laboratory, name: str) -> None:
    repository = lab.take(name)
    folder = lab.watched.folder / HOSTILE.replace("/", "")
    folder.mkdir()
    (folder / "file").write_text("text\n")
    repository.backup(folder, datetime.now(UTC), host=HOSTILE, tags=(HOSTILE.replace(",", ""),))
    lab.declare(name)


def only_hostile_names(lab: Laboratory, name: str) -> None:
    repository = lab.take(name, bare=True)
    repository.backup(lab.watched.folder / HOSTILE.replace("/", ""), datetime.now(UTC), host=HOSTILE)
    lab.declare(name)


# Damage


def damaged(break_it: Callable[[Path], None], kind: str) -> Make:
    def make(lab: Laboratory, name: str) -> None:
        repository = lab.take(name)
        break_it(repository.packs()[0] if kind == "data" else repository.file(kind))
        lab.declare(name)

    return make


def flip(path: Path) -> None:
    flip_byte(path, 60)


def cut(path: Path) -> None:
    cut_short(path, 100)


def lose(path: Path) -> None:
    path.unlink()


def flip_config(lab: Laboratory, name: str) -> None:
    flip_byte(lab.take(name).folder / "config", 60)
    lab.declare(name)


def flip_newest(lab: Laboratory, name: str) -> None:
    repository = lab.made(name, EARLIER)
    newest = repository.backup(lab.source, datetime.now(UTC) - RECENT)
    flip_byte(repository.folder / "snapshots" / newest, 60)
    lab.declare(name)


# What happens between two checks


def two_points(lab: Laboratory, name: str) -> None:
    lab.made(name, EARLIER, RECENT)
    lab.declare(name)


def kept_for_two_days(lab: Laboratory, name: str) -> None:
    lab.made(name, OLD, RECENT)
    lab.declare(name, more='retention = "2d"')


def forget(which: str) -> Make:
    def then(lab: Laboratory, name: str) -> None:
        repository = lab.there(name)
        points = sorted((point["time"], point["id"]) for point in json.loads(repository.run("snapshots", "--json")))
        for _, id in {"newest": points[-1:], "oldest": points[:1], "all": points}[which]:
            repository.run("forget", "--quiet", id)

    return then


def remove(lab: Laboratory, name: str) -> None:
    shutil.rmtree(lab.watched.repository(name))


def replace(lab: Laboratory, name: str) -> None:
    remove(lab, name)
    other = make_repository(lab.watched.repository(name))
    other.backup(lab.source, datetime.now(UTC) - RECENT)


def tag(lab: Laboratory, name: str) -> None:
    lab.there(name).run("tag", "--quiet", "--set", "kept")


def forget_password(lab: Laboratory, name: str) -> None:
    """Change the password of the repository: the old one opens nothing any more."""
    repository = lab.there(name)
    other = lab.watched.folder / "other-password"
    other.write_text("another horse\n")
    repository.run("key", "passwd", "--new-password-file", str(other))
