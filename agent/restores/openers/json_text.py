"""JSON: parsed to its end."""

import json
import os

from agent.restores.openers.opener import BrokenFile, Budget, Inconclusive, Opener

SUFFIXES = frozenset({".json", ".geojson"})
# It is held in memory whole, in which it takes up to twenty times its size.
BYTES_AT_MOST = 32 * 1024 * 1024


def _opens(path: bytes, budget: Budget) -> None:
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > BYTES_AT_MOST:
            raise Inconclusive("it is larger than is parsed")
        budget.spend(size)
        text = file.read(BYTES_AT_MOST + 1)
    try:
        # A number of a million digits takes minutes to become one: they stay as they are written.
        json.loads(text, parse_int=str, parse_float=str)
    except RecursionError as error:
        raise Inconclusive("it is nested more deeply than is parsed") from error
    except ValueError as error:
        raise BrokenFile("it is no JSON to its end") from error


OPENER = Opener(kind="json", knows=lambda head, suffix: suffix in SUFFIXES, opens=_opens)
