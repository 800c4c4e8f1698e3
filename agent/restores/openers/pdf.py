"""PDF: its end is there, and names where the list of its objects begins, which is there as well.

Source: ISO 32000-1, 7.5: `%PDF-` at the beginning, `startxref`, an offset and `%%EOF` at the end; the offset leads to
the word `xref` or, from PDF 1.5 on, to a stream's object.
"""

import os
import re

from agent.restores.openers.opener import HEAD_BYTES, BrokenFile, Budget, Opener

# What writers leave behind the end; readers look for the end that far back.
TAIL_BYTES = 4096
_END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_LIST = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")


def _opens(path: bytes, budget: Budget) -> None:
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        shift = file.read(HEAD_BYTES).find(b"%PDF-")
        file.seek(max(0, size - TAIL_BYTES))
        found = _END.findall(file.read(TAIL_BYTES))
        if not found:
            raise BrokenFile("it has no end")
        # A few writers count from the beginning of the file, whatever stands before its first line.
        places = {int(found[-1]), int(found[-1]) + max(0, shift)}
        if not any(_LIST.match(_read_at(file.fileno(), place)) for place in places if place < size):
            raise BrokenFile("the list of its objects is not where its end says")


def _read_at(descriptor: int, place: int) -> bytes:
    return os.pread(descriptor, 64, place)


OPENER = Opener(kind="pdf", knows=lambda head, suffix: b"%PDF-" in head, opens=_opens)
