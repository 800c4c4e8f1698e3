"""Link the manual page and the completion of bash, zsh and fish to where those programs look."""

from collections.abc import Iterator
from pathlib import Path

from agent.installation.places import Places
from agent.installation.release import SHELL_IN_RELEASE, Say

# Below /usr/local/share: man-db, bash-completion, zsh and fish search there of their own accord.
SHARED = "usr/local/share"
FILES = {
    "beffroi.1": "man/man1/beffroi.1",
    "beffroi.bash": "bash-completion/completions/beffroi",
    "_beffroi": "zsh/site-functions/_beffroi",
    "beffroi.fish": "fish/vendor_completions.d/beffroi.fish",
}


def link(places: Places, say: Say) -> None:
    """Link every file that nothing stands in the place of; what an administrator put there stays."""
    made = []
    for place, target in _links(places):
        if place.is_symlink() or place.exists():
            continue
        place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        place.symlink_to(target)
        made.append(str(place))
    if made:
        say(f"manual page and completion: {', '.join(made)}")


def unlink(places: Places) -> None:
    """Remove the links that lead to the installed program; folders and others' files stay."""
    for place, target in _links(places):
        if place.is_symlink() and place.readlink() == target:
            place.unlink()


def _links(places: Places) -> Iterator[tuple[Path, Path]]:
    for name, place in FILES.items():
        yield places.root / SHARED / place, places.current / SHELL_IN_RELEASE / name
