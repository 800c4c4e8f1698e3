"""What stands in a host's place in an inventory: a name, a range of names, a port behind it.

    web[01:10].example    db-[a:f]    vault:2222    rack[1:9:2]-[a:b]

Source: Ansible's user guide, «How to build your inventory», «Adding ranges of hosts».
"""

import re
import string
from itertools import product

from agent.config.ansible.listing import MOST_HOSTS

_NAMED = re.compile(r"((?:[^\[\]:\s]|\[[^\[\]\s]*\])+)(?::([0-9]{1,5}))?")
_RANGE = re.compile(r"\[([^\[\]]*)\]")


def expand(written: str) -> tuple[tuple[str, ...], int | None]:
    """Return the hosts that are meant, and their port; raise ValueError, in words, for anything else."""
    matched = _NAMED.fullmatch(written)
    if matched is None:
        raise ValueError("is no host's name, with a range or a port or without")
    port = None if matched[2] is None else int(matched[2])
    if port is not None and not 1 <= port <= 65535:
        raise ValueError(f"names the port {port}, which there is not")
    # Text and ranges take turns, a text first.
    parts = _RANGE.split(matched[1])
    choices = [_range(part) if place % 2 else (part,) for place, part in enumerate(parts)]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MOST_HOSTS:
        raise ValueError(f"means {total} hosts, and {MOST_HOSTS} are the most")
    return tuple("".join(chosen) for chosen in product(*choices)), port


def _range(written: str) -> tuple[str, ...]:
    first, colon, rest = written.partition(":")
    last, stepped, step = rest.partition(":")
    if not colon or not last or (stepped and not re.fullmatch(r"[1-9][0-9]{0,5}", step)):
        raise ValueError(f'holds "[{written[:40]}]", which is no range such as [01:10], [a:f] or [1:9:2]')
    stride = int(step) if stepped else 1
    letters = string.ascii_letters
    if len(first) == len(last) == 1 and first in letters and last in letters:
        begin, end = letters.index(first), letters.index(last)
        found = tuple(letters[place] for place in range(begin, end + 1, stride))
    else:
        found = _numbers(first or "0", last, stride, written)
    if not found:
        raise ValueError(f'holds "[{written[:40]}]", which ends before it begins')
    return found


def _numbers(first: str, last: str, stride: int, written: str) -> tuple[str, ...]:
    if not re.fullmatch(r"[0-9]{1,9}", first) or not re.fullmatch(r"[0-9]{1,9}", last):
        raise ValueError(f'holds "[{written[:40]}]", which is no range such as [01:10], [a:f] or [1:9:2]')
    padded = len(first) if len(first) > 1 and first.startswith("0") else 0
    if padded and padded != len(last):
        raise ValueError(f'holds "[{written[:40]}]", whose ends are not of one length')
    numbers = range(int(first), int(last) + 1, stride)
    if len(numbers) > MOST_HOSTS:
        raise ValueError(f"means {len(numbers)} hosts, and {MOST_HOSTS} are the most")
    return tuple(str(number).zfill(padded) for number in numbers)
