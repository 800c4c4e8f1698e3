"""What nft -j list ruleset asks of a header's field, and of the flags of TCP as bits (libnftables-json(5))."""

from collections.abc import Mapping

from collectors.network import conditions
from collectors.network.traffic import EVERYTHING, NOTHING, UNKNOWN, Match, opposite


def listed(value: object) -> list[object]:
    """Return a list; raises TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def payload(left: object) -> Mapping[str, object]:
    """Return which header and which field is asked about; nothing where none is."""
    found = left.get("payload") if isinstance(left, dict) else None
    return found if isinstance(found, dict) else {}


def bits(value: object) -> object:
    """Return the bits of an expression such as {"|": ["syn", {"|": ["ack", "fin"]}]}, as a list."""
    if not isinstance(value, dict) or "|" not in value:
        return value
    found: list[object] = []
    for one in listed(value["|"]):
        inner = bits(one)
        found += inner if isinstance(inner, list) else [inner]
    return found


def looked_at(left: object) -> tuple[str, ...] | None:
    """Return which flags of TCP are looked at; none where all are, None where something else is asked."""
    masked = left.get("&") if isinstance(left, dict) else None
    asked, mask = masked if isinstance(masked, list) and len(masked) == 2 else (left, ())
    if payload(asked).get("protocol") != "tcp" or payload(asked).get("field") != "flags":
        return None
    held = bits(mask)
    return tuple(str(one) for one in (held if isinstance(held, list | tuple) else [held]))


def matches(left: object, operation: str, right: object) -> Match:
    """Return what a question about flags holds for: with a mask, as any of some bits, or as none of them."""
    held = bits(right)
    wanted = {str(one) for one in (held if isinstance(held, list) else [held])}
    mask = looked_at(left) or ()
    if mask and operation in ("==", "!=") and wanted <= conditions.FLAGS | {"0"}:
        found = conditions.flags(mask, wanted - {"0"})
        return opposite(found) if operation == "!=" else found
    if not mask and operation in ("in", "!") and wanted <= conditions.FLAGS - conditions.OPEN_TO_CHOICE:
        found = EVERYTHING if conditions.OPENS in wanted else NOTHING
        return opposite(found) if operation == "!" else found
    return UNKNOWN
