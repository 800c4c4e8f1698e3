"""Hold files of a mirror that are drawn at random to the same files of the live source, by their digests."""

import secrets
from dataclasses import dataclass

from agent.core.collecting.collector import Look
from agent.core.errors import LookError
from agent.core.inventory import Copy
from collectors.files.answers import FolderFile
from collectors.files.hashing import DigestRun
from collectors.files.mirror import arrived, prefix_of, set_of, source_of
from collectors.files.remote import RemoteFolder
from collectors.files.sets import Archive

# How many files of each path, and how large each may be: the source is hashed where people work.
DRAWN, LARGEST = 50, 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFiles:
    """How many drawn files hold what the source holds, and the ids of those that hold something else."""

    same: int = 0
    differing: frozenset[str] = frozenset()


def drawn_beside(copy: Copy, look: Look, run: DigestRun) -> DrawnFiles:
    """Return how files of a mirror stand to the live ones of the same size and date.

    Nothing is shown where the source cannot be read: that is told by the list of the mirror.
    """
    same, differing = 0, set[str]()
    for path in copy.paths:
        read = [one for id, one in run.read.items() if one.set == set_of(copy, path) and id not in run.changed]
        try:
            found = _of_path(copy, path, read, look, run)
        except LookError:
            continue
        same += found.same
        differing |= found.differing
    return DrawnFiles(same=same, differing=frozenset(differing))


def _of_path(copy: Copy, path: str, read: list[Archive], look: Look, run: DigestRun) -> DrawnFiles:
    source, prefix = source_of(copy, path, look), prefix_of(copy, path)
    live = {file.path: file for file in source.tree(look.timeout).files}
    both = [(one, live.get(one.file.path[len(prefix) :])) for one in read]
    pairs = [(one, file) for one, file in both if file is not None and arrived(file, one.file) and file.size <= LARGEST]
    drawn = secrets.SystemRandom().sample(pairs, min(DRAWN, len(pairs)))
    if not drawn:
        return DrawnFiles()
    digests = source.sums([file for _, file in drawn]).digests
    known = [(one, file, digests[file.path]) for one, file in drawn if file.path in digests]
    suspect = [(one, file) for one, file, digest in known if digest != run.digests[one.id]]
    differing = _confirmed(copy, suspect, source, look) if suspect else frozenset[str]()
    return DrawnFiles(same=len(known) - len(suspect), differing=differing)


def _confirmed(
    copy: Copy, suspect: list[tuple[Archive, FolderFile]], source: RemoteFolder, look: Look
) -> frozenset[str]:
    """Return the ids of files that differ at a second look as well, and that neither side has touched meanwhile."""
    far = RemoteFolder.of(copy, look)
    here = {file.path: file for file in far.tree(look.timeout).files}
    live = {file.path: file for file in source.tree(look.timeout).files}
    still = [
        (one, file) for one, file in suspect if here.get(one.file.path) == one.file and live.get(file.path) == file
    ]
    if not still:
        return frozenset()
    ours, theirs = far.sums([one.file for one, _ in still]), source.sums([file for _, file in still])
    return frozenset(
        one.id
        for one, file in still
        if one.file.path in ours.digests
        and file.path in theirs.digests
        and ours.digests[one.file.path] != theirs.digests[file.path]
    )
