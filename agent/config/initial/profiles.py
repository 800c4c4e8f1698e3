"""The configuration files of resticprofile and autorestic, read for the repositories and sources that they name.

Reads:  profiles.{toml,conf,yaml,yml,json} and .autorestic.yml where their documentation says that they are looked for,
        and where a unit or a cron line names them.
Blind:  HCL; what a template works out. Of secrets only the presence is seen.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import yaml

from agent.config.initial.clues import Clues, settled
from agent.config.initial.units import Job, outside, text_of, within
from agent.config.shallow_yaml import ShallowLoader

# https://creativeprojects.github.io/resticprofile/configuration/path/, the folders of Linux.
_FOLDERS = (
    "root/.config/resticprofile",
    "etc/xdg/resticprofile",
    "usr/local/etc",
    "usr/local/etc/restic",
    "usr/local/etc/resticprofile",
    "etc",
    "etc/restic",
    "etc/resticprofile",
    "opt/local/etc",
    "opt/local/etc/restic",
    "opt/local/etc/resticprofile",
    "root",
)
_ENDINGS = (".toml", ".conf", ".yaml", ".yml", ".json")
_NO_PROFILES = frozenset({"version", "global", "groups", "includes", "mixins", "schedules"})
# https://autorestic.vercel.app/config
_AUTORESTIC = ("root/.autorestic.yml", "root/.config/autorestic/.autorestic.yml", "etc/autorestic/.autorestic.yml")

Tree = Mapping[str, object]


def profile_jobs(root: Path, named: frozenset[str]) -> Iterator[Job]:
    """Yield what each profile and location backs up; `named` are the configuration files that scheduled jobs name."""
    files = [root / folder / f"profiles{ending}" for folder in _FOLDERS for ending in _ENDINGS]
    files += [root / path for path in _AUTORESTIC] + [within(root, path) for path in sorted(named)]
    for file in dict.fromkeys(files):
        tree = tree_of(file)
        if "backends" in tree and "locations" in tree:
            yield from _locations(root, file, tree)
        else:
            yield from _profiles(root, file, tree)


def tree_of(file: Path) -> Tree:
    """Return what a file of JSON, YAML or TOML holds, by its name's ending; nothing for any other content."""
    text = text_of(file)
    try:
        if file.suffix == ".json":
            tree: object = json.loads(text or "{}")
        elif file.suffix in (".yaml", ".yml"):
            tree = yaml.load(text, Loader=ShallowLoader)
        else:
            tree = tomllib.loads(text)
    except (ValueError, RecursionError, yaml.YAMLError):
        return {}
    return table_in(tree)


def table_in(value: object) -> Tree:
    """Return a value where it is a table, with its textual keys; else an empty one."""
    return {key: inner for key, inner in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def text_at(table: Tree, key: str) -> str | None:
    """Return the text that stands at a key; None for any other value, and for one that a program works out."""
    value = table.get(key)
    return value if isinstance(value, str) and settled(value) else None


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(text for text in listed if isinstance(text, str))


def paths_in(value: object) -> tuple[str, ...]:
    """Return absolute paths, none where one of them is no such path."""
    paths = _texts(value)
    if not all(settled(path) and path.startswith("/") for path in paths):
        return ()
    return tuple(path.rstrip("/") or "/" for path in paths)


def _profiles(root: Path, file: Path, tree: Tree) -> Iterator[Job]:
    profiles = table_in(tree.get("profiles")) if str(tree.get("version", "1")) == "2" else tree
    for name in profiles:
        if name in _NO_PROFILES and profiles is tree:
            continue
        profile = _inherited(profiles, name)
        backup = table_in(profile.get("backup"))
        if "source" not in backup:
            continue
        names = frozenset(table_in(profile.get("env"))) | ({"RESTIC_PASSWORD"} if "password" in profile else set())
        password_file = text_at(profile, "password-file")
        yield Job(
            name=name,
            origin=f"{outside(root, file)}, profile {name}",
            tool="resticprofile",
            clues=Clues(
                repository=text_at(profile, "repository"),
                repository_file=_beside(root, file, text_at(profile, "repository-file")),
                password_file=_beside(root, file, password_file),
                paths=paths_in(backup["source"]),
                names=names,
            ),
        )


def _inherited(profiles: Tree, name: str, depth: int = 0) -> Tree:
    profile = table_in(profiles.get(name))
    parent = profile.get("inherit")
    if not isinstance(parent, str) or depth > 8:
        return profile
    above = _inherited(profiles, parent, depth + 1)
    both = {
        key: {**table_in(above[key]), **table_in(profile[key])}
        for key in ("backup", "env")
        if key in above and key in profile
    }
    return {**above, **profile, **both}


def _beside(root: Path, file: Path, path: str | None) -> str | None:
    if path is None:
        return None
    return path if path.startswith("/") else str(PurePosixPath(outside(root, file)).parent / path)


def _locations(root: Path, file: Path, tree: Tree) -> Iterator[Job]:
    backends = table_in(tree.get("backends"))
    for name, location in table_in(tree.get("locations")).items():
        told = table_in(location)
        for backend in _texts(told.get("to")):
            store = table_in(backends.get(backend))
            names = frozenset(table_in(store.get("env"))) | {"RESTIC_PASSWORD"}
            yield Job(
                name=name,
                origin=f"{outside(root, file)}, location {name} to {backend}",
                tool="autorestic",
                clues=Clues(repository=_address(store), paths=paths_in(told.get("from")), names=names),
            )


def _address(store: Tree) -> str | None:
    kind, path = text_at(store, "type"), text_at(store, "path")
    if kind is None or path is None:
        return None
    if kind == "local":
        return path if path.startswith("/") else None
    return f"{kind}:{path}"
