"""The digest in a written text: its own, and no other text's."""

import pytest

from agent.core.text_digest import BLANK, is_as_written, sealed

TEXT = f"# written by a program: {BLANK}\nrules: []\n"


def test_a_text_is_as_written_until_any_byte_of_it_changes() -> None:
    content = sealed(TEXT).encode()
    assert is_as_written(content)
    changed = [content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in range(len(content))]
    assert not [one for one in (*changed, content + b"\n", content[:-1]) if is_as_written(one)]


@pytest.mark.parametrize("text", ["", "rules: []\n", TEXT, TEXT.replace(BLANK, "sha256:00")])
def test_a_text_without_its_digest_is_not_as_written(text: str) -> None:
    assert not is_as_written(text.encode())


def test_a_digest_that_the_text_quotes_further_down_is_left_alone() -> None:
    text = sealed(f"{TEXT}# {BLANK}\n")
    assert text.endswith(f"# {BLANK}\n")
    assert is_as_written(text.encode())
