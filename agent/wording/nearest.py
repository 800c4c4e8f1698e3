"""Find the names that someone may have meant."""

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return the known names that look like `name`, the likest first; those that contain it count as well."""
    import difflib  # only a mistyped name needs it, and starting the program must stay quick

    candidates = sorted(set(known))
    alike = difflib.get_close_matches(name, candidates, n=most, cutoff=0.6)
    containing = [candidate for candidate in candidates if len(name) >= 3 and name in candidate]
    return tuple(dict.fromkeys([*alike, *containing]))[:most]
