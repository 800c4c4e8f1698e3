"""Backups that other programs leave in a folder or keep of a database: rsync, vzdump, pgBackRest and Barman.

Reads:  rsync's calls in units, cron and scripts; /etc/pve/jobs.cfg, vzdump.cron and storage.cfg, /etc/vzdump.conf;
        pgbackrest.conf and its conf.d; barman.conf and barman.d. Of passwords and connections nothing is kept.
Blind:  rsync's daemon modules, pools of Proxmox, and what a script works out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from configparser import Error, RawConfigParser
from dataclasses import dataclass
from pathlib import Path

from agent.config.initial.clues import settled
from agent.config.initial.units import Job, outside, text_of, within

FILES, PGBACKREST, BARMAN = "files", "pgbackrest", "barman"
_MOST = 50
# https://pgbackrest.org/configuration.html: the second is read where the first is not there.
_PGBACKREST = ("etc/pgbackrest/pgbackrest.conf", "etc/pgbackrest.conf")
_PGBACKREST_MORE = "etc/pgbackrest/conf.d/*.conf"
# barman(5).
_BARMAN = ("etc/barman.conf", "etc/barman/barman.conf")
# What says where the archives of a job lie: vzdump takes both from one place.
_PLACES = frozenset({"dumpdir", "storage"})
# Proxmox VE, «Backup and Restore»: what `compress` puts behind the name of an archive.
_ENDINGS = {"zstd": ".zst", "gzip": ".gz", "1": ".gz", "lzo": ".lzo"}
_ARCHIVES = {"qemu": ".vma", "lxc": ".tar"}
_REMOTE = re.compile(r"(?:[^@/:\s]+@)?(\[[^\]]+\]|[^/:\s]+):(?!:)(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherBackup:
    """A backup with one copy; `folder` is where its archives lie, and `server` whose folder that is (empty: here).

    `sets` are names and patterns of its archives, `dumps` what they hold, `keys` further keys of the copy. `lacking` is
    what the administrator has to fill in, `remarks` what they must know.
    """

    name: str
    origin: str
    program: str = FILES
    paths: tuple[str, ...] = ()
    dumps: tuple[str, ...] = ()
    folder: str = ""
    server: str = ""
    mirror: bool = False
    sets: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    lacking: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def other_backups(root: Path, scheduled: Iterable[Job]) -> Iterator[OtherBackup]:
    """Yield what these programs back up; `scheduled` are the jobs of units and cron."""
    for job in scheduled:
        if job.tool == "rsync":
            yield _rsync(job)
    yield from _vzdump(root)
    yield from _pgbackrest(root)
    yield from _barman(root)


def _rsync(job: Job) -> OtherBackup:
    """Return what one call of rsync mirrors: `PATH/` into the destination itself, else each under its own name."""
    destination, sources = job.clues.repository or "", job.clues.paths
    remote = _REMOTE.fullmatch(destination)
    server, folder = (remote[1].strip("[]"), remote[2]) if remote else ("", destination)
    folder = folder.rstrip("/") or "/"
    paths = tuple(path.rstrip("/") or "/" for path in sources)
    lacking = [] if folder.startswith("/") else ["the folder that it is kept in"]
    slashes = {path.endswith("/") for path in sources}
    if len(paths) == 1 and slashes == {False} and folder.startswith("/"):
        folder = f"{folder.rstrip('/')}/{paths[0].rpartition('/')[2]}"
    elif len(paths) > 1 and True in slashes:
        lacking.append("a [[backup]] for each path, since several are copied into one folder")
    return OtherBackup(
        name=job.name,
        origin=job.origin,
        paths=paths,
        folder=folder,
        server=server,
        mirror=True,
        lacking=tuple(lacking),
        remarks=("it is a mirror: a deletion reaches it at its next run",),
    )


def _vzdump(root: Path) -> Iterator[OtherBackup]:
    """Yield each job of Proxmox's with the guests that it names, or all that are defined here."""
    storages = {name: settings for _, name, settings in _sections(text_of(root / "etc/pve/storage.cfg"))}
    usual = dict(_colons(text_of(root / "etc/vzdump.conf")))
    file = root / "etc/pve/jobs.cfg"
    for kind, name, settings in _sections(text_of(file)):
        if kind == "vzdump" and settings.get("enabled", "1") != "0" and not _is_of_another_node(root, settings):
            yield _vzdump_job(root, name, outside(root, file), _with_usual(usual, settings), storages)
    file = root / "etc/pve/vzdump.cron"
    for number, line in enumerate(text_of(file).splitlines(), 1):
        words = line.split()
        if "vzdump" in words and not line.startswith("#"):
            settings = _with_usual(usual, _options(words[words.index("vzdump") + 1 :]))
            if not _is_of_another_node(root, settings):
                yield _vzdump_job(root, f"line-{number}", f"{outside(root, file)}, line {number}", settings, storages)


def _is_of_another_node(root: Path, settings: Mapping[str, str]) -> bool:
    """Return whether a job, of which the whole cluster has the file, is another node's or has guests there alone."""
    here, named = _own_node(root), set(_named_guests(settings))
    return settings.get("node", here) != here != "" or (bool(named) and named <= _guests_elsewhere(root))


def _named_guests(settings: Mapping[str, str]) -> list[str]:
    return [one.strip() for one in settings.get("vmid", "").split(",") if one.strip().isdecimal()]


def _own_node(root: Path) -> str:
    """Return this node's name, as the folder that Proxmox calls its own leads to it; empty where there is none."""
    try:
        return (root / "etc/pve/local").readlink().name
    except OSError:
        return ""


def _guests_elsewhere(root: Path) -> frozenset[str]:
    """Return the guests that other nodes of the cluster have."""
    own = _own_node(root)
    files = [file for kind in ("qemu-server", "lxc") for file in (root / "etc/pve/nodes").glob(f"*/{kind}/*.conf")]
    return frozenset(file.stem for file in files if own and file.parts[-3] != own)


def _with_usual(usual: Mapping[str, str], own: Mapping[str, str]) -> Mapping[str, str]:
    """Return a job's settings; one that names its folder or its storage takes neither from vzdump.conf."""
    left_out = _PLACES if own.keys() & _PLACES else frozenset[str]()
    return {**{key: value for key, value in usual.items() if key not in left_out}, **own}


def _options(words: list[str]) -> Mapping[str, str]:
    """Return the options of vzdump's command line; the guests that it names stand under `vmid`."""
    found: dict[str, str] = {}
    guests: list[str] = []
    for place, word in enumerate(words):
        option, equals, value = word.removeprefix("--").partition("=")
        if word.startswith("--"):
            found[option] = value if equals else next(iter(words[place + 1 :]), "")
        elif word.isdecimal() and (place == 0 or not words[place - 1].startswith("--")):
            guests.append(word)
    return {**found, **({"vmid": ",".join(guests)} if guests else {})}


def _vzdump_job(
    root: Path, name: str, origin: str, settings: Mapping[str, str], storages: Mapping[str, Mapping[str, str]]
) -> OtherBackup:
    defined = {
        file.stem: kind
        for kind, folder in (("qemu", "qemu-server"), ("lxc", "lxc"))
        for file in sorted((root / "etc/pve" / folder).glob("*.conf"))[:_MOST]
    }
    out = {one.strip() for one in settings.get("exclude", "").split(",")}
    away = _guests_elsewhere(root)
    named = [one for one in _named_guests(settings) if one not in away]
    guests = named[:_MOST] or [one for one in defined if settings.get("all") == "1" and one not in out]
    ending = _ENDINGS.get(settings.get("compress", "0"), "")
    kinds = {guest: defined.get(guest, "qemu") for guest in guests}
    folder, lacking = _dump_folder(settings, storages)
    remarks = [f"its schedule is {settings['schedule']}"] if settled(settings.get("schedule", "")) else []
    if remarks:
        remarks[0] += ": give its sets a limit of their own where that is not every day"
    return OtherBackup(
        name=f"vzdump-{name}".removesuffix("-"),
        origin=origin,
        dumps=tuple(f"proxmox:{guest}" for guest in guests),
        folder=folder,
        sets=tuple(
            (f"guest-{guest}", f"vzdump-{kind}-{guest}-*{_ARCHIVES[kind]}{ending}") for guest, kind in kinds.items()
        ),
        lacking=(*lacking, *(() if guests else ("its guests, a set for each",))),
        remarks=tuple(remarks),
    )


def _dump_folder(settings: Mapping[str, str], storages: Mapping[str, Mapping[str, str]]) -> tuple[str, tuple[str, ...]]:
    """Return where a job's archives lie (Proxmox VE, «Storage»), and what of that is not known."""
    if settled(folder := settings.get("dumpdir", "")):
        return folder, ()
    name = settings.get("storage", "local")
    storage = storages.get(name, {})
    if storage.get(".type") == "pbs":
        return "", ("another way to look at it, since a Proxmox Backup Server holds no archives",)
    usual = "/var/lib/vz" if name == "local" else f"/mnt/pve/{name}"
    path = storage.get("path", usual)
    return (f"{path.rstrip('/')}/dump", ()) if settled(path) and path.startswith("/") else ("", ("its folder",))


def _sections(text: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Yield the sections of one of Proxmox's files: type, name and settings, the type once more as `.type`."""
    kind, name, settings = "", "", dict[str, str]()
    for line in (*text.splitlines(), "end:"):
        if line.startswith("#") or not line.strip():
            continue
        if line[:1] in " \t":
            key, _, value = line.strip().partition(" ")
            settings[key] = value.strip()
            continue
        if kind:
            yield kind, name, {**settings, ".type": kind}
        kind, _, name = line.partition(":")
        name, settings = name.strip(), {}


def _colons(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            yield key.strip(), value.strip()


def _pgbackrest(root: Path) -> Iterator[OtherBackup]:
    """Yield each stanza, with the data folder of its cluster where that is here."""
    main = next((root / path for path in _PGBACKREST if text_of(root / path)), None)
    files = [main] if main is not None else []
    merged: dict[str, dict[str, str]] = {}
    origins: dict[str, str] = {}
    for file in (*files, *sorted(root.glob(_PGBACKREST_MORE))[:_MOST]):
        for name, settings in _ini(file).items():
            merged.setdefault(name, {}).update(settings)
            origins.setdefault(name, outside(root, file))
    for name, settings in merged.items():
        if name == "global" or name.startswith("global:") or ":" in name or not settled(name):
            continue
        data = settings.get("pg1-path", "")
        elsewhere = settings.get("pg1-host", "")
        yield OtherBackup(
            name=f"pgbackrest-{name}",
            origin=f"{origins[name]}, stanza {name}",
            program=PGBACKREST,
            paths=(data,) if settled(data) and data.startswith("/") and not elsewhere else (),
            keys=(("stanza", name),),
            lacking=(f"the host of {elsewhere}",) if settled(elsewhere) else (),
        )


def _barman(root: Path) -> Iterator[OtherBackup]:
    """Yield each server that Barman backs up and that is active."""
    main = next((root / path for path in _BARMAN if text_of(root / path)), None)
    if main is None:
        return
    settings = _ini(main)
    more = settings.get("barman", {}).get("configuration_files_directory", "/etc/barman.d")
    found = sorted(within(root, more).glob("*.conf"))[:_MOST] if settled(more) else []
    for file in (main, *found):
        for name, own in _ini(file).items():
            if name == "barman" or not settled(name) or own.get("active", "true").lower() in ("false", "off", "no"):
                continue
            yield OtherBackup(
                name=f"barman-{name}",
                origin=f"{outside(root, file)}, server {name}",
                program=BARMAN,
                keys=(("server", name),),
                lacking=("the host whose databases it backs up",),
            )


def _ini(file: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the sections of a file, with the settings whose values stand as they are; none where it is odd."""
    parser = RawConfigParser(strict=False, allow_no_value=True, default_section="\0", comment_prefixes=("#", ";"))
    try:
        parser.read_string(text_of(file))
    except Error:
        return {}
    return {
        name: {key: value for key, value in parser[name].items() if value is not None and settled(value)}
        for name in parser.sections()
    }
