"""An authority's answer in the hands of others: what it says beside its signed token decides nothing."""

from pathlib import Path

import pytest

from agent.publishing.posting import PostAnswer
from agent.publishing.timestamps import hold_to_authority
from tests.parts.authorities import RealAuthority
from tests.publishing.test_timestamps import HERE, NOTE, authority, stamped

__all__ = ["authority"]

pytestmark = [pytest.mark.programs]

SEQUENCE, UTF8_STRING = 0x30, 0x0C
FORGED = b"granted\nTime stamp: Jan  1 00:00:00 2020 GMT"


def der(tag: int, content: bytes) -> bytes:
    """Return a value in DER."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def inside(content: bytes) -> tuple[bytes, bytes]:
    """Return the content of the first value in DER, and what follows it."""
    size, start = content[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(content[2:start], "big")
    return content[start : start + size], content[start + size :]


def with_words(answer: bytes, words: bytes) -> bytes:
    """Return an answer (RFC 3161, TimeStampResp) whose status says some words beside its number."""
    status, token = inside(inside(answer)[0])
    number = status[:3]
    return der(SEQUENCE, der(SEQUENCE, number + der(SEQUENCE, der(UTF8_STRING, words))) + token)


def test_a_time_that_no_authority_signed_is_not_believed(authority: RealAuthority, tmp_path: Path) -> None:
    answer, at = stamped(authority, tmp_path)
    forged = with_words(answer, FORGED)
    assert hold_to_authority(HERE, tmp_path, NOTE, forged, authority.declared.ca_file) == at

    def carried(address: str, body: bytes, content_type: str) -> PostAnswer:
        told = authority.post(address, body, content_type)
        return PostAnswer(status=200, content_type=told.content_type, body=with_words(told.body, FORGED))

    assert stamped(authority, tmp_path, carried)[1] >= at
