"""Hold files of a mirror to the same files of the live source, by their digests: some that are drawn at random, and
those that are known to be bad, of which nothing else shows that they were mended.
"""

import secrets
from collections.abc import Collection
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
    """The ids of the files that hold what the source holds, and of those that hold something else."""

    same: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()


def drawn_beside(copy: Copy, look: Look, run: DigestRun, bad: Collection[str]) -> DrawnFiles:
    """Return how files of a mirror stand to the live ones of the same size and date; `bad` are ids of damaged ones.

    Nothing is shown where the source cannot be read: that is told by the list of the mirror.
    """
    same, differing = set[str](), set[str]()
    for path in copy.paths:
        read = [one for one in run.read.values() if one.set == set_of(copy, path)]
        try:
            found = _of_path(copy, path, read, look, run, {*bad, *run.changed})
        except LookError:
            continue
        same |= found.same
        differing |= found.differing
    return DrawnFiles(same=frozenset(same), differing=frozenset(differing))


def _of_path(
    copy: Copy, path: str, read: list[Archive], look: Look, run: DigestRun, bad: Collection[str]
) -> DrawnFiles:
    source, prefix = source_of(copy, path, look), prefix_of(copy, path)
    live = {file.path: file for file in source.tree(look.timeout).files}
    both = [(one, live.get(one.file.path[len(prefix) :])) for one in read]
    pairs = [(one, file) for one, file in both if file is not None and arrived(file, one.file) and file.size <= LARGEST]
    suspects, others = ([pair for pair in pairs if (pair[0].id in bad) is is_bad] for is_bad in (True, False))
    drawn = [one for part in (suspects, others) for one in secrets.SystemRandom().sample(part, min(DRAWN, len(part)))]
    if not drawn:
        return DrawnFiles()
    digests = source.sums([file for _, file in drawn]).digests
    known = [(one, file, digests[file.path]) for one, file in drawn if file.path in digests]
    suspect = [(one, file) for one, file, digest in known if digest != run.digests[one.id]]
    differing = _confirmed(copy, suspect, source, look) if suspect else frozenset[str]()
    same = frozenset(one.id for one, _, digest in known if digest == run.digests[one.id])
    return DrawnFiles(same=same, differing=differing)


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
