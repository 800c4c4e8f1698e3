"""The keys of `[[evidence.witness]]`: what a file may say, and what is refused with its line."""

from pathlib import Path

import pytest

from agent.config.load import load
from agent.core.errors import ConfigurationError

FILE = """\
[[beneficiary]]
id = "scota"

[[perimeter]]
id = "internet"
exposed = true

[[evidence.witness]]
id = "lens"
url = "{url}"
key_file = "witness.pub"
{more}
"""


def written(folder: Path, url: str = "https://temoin.lens.example/", more: str = "") -> Path:
    """Write a configuration, and the witness's key beside it."""
    path = folder / "beffroi.toml"
    path.write_text(FILE.format(url=url, more=more))
    (folder / "witness.pub").write_text("lens+0+key\n")
    return path


def test_a_witness_is_read_and_its_key_lies_beside_the_configuration(tmp_path: Path) -> None:
    (one,) = load(written(tmp_path, more='origin = "sigsum.org/v1/tree/ab"'), strict=False).evidence.witnesses
    assert (one.id, one.url, one.origin) == ("lens", "https://temoin.lens.example/", "sigsum.org/v1/tree/ab")
    assert one.key_file == tmp_path / "witness.pub"


def test_a_timestamp_names_its_authority(tmp_path: Path) -> None:
    more = '[evidence]\ntimestamp = { url = "https://tsa.example/", ca_file = "tsa.pem" }\n[[evidence.witness]]'
    path = written(tmp_path)
    path.write_text(path.read_text().replace("[[evidence.witness]]", more))
    found = load(path, strict=False).evidence.timestamp
    assert found is not None
    assert (found.url, found.ca_file) == ("https://tsa.example/", tmp_path / "tsa.pem")


def test_a_file_without_the_table_has_no_witness(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text().partition("[[evidence.witness]]")[0])
    found = load(path, strict=False).evidence
    assert (found.witnesses, found.timestamp) == ((), None)


@pytest.mark.parametrize(
    ("url", "more", "words"),
    [
        ("http://temoin.lens.example/", "", "not an https:// address"),
        ("https://agent:secret@temoin.lens.example/", "", "holds a password"),
        ("https://temoin.lens.example/", 'origin = "a b"', "not the origin of a log"),
        ("https://temoin.lens.example/", 'origin = "a+b"', "not the origin of a log"),
        (
            "https://temoin.lens.example/",
            '[[evidence.witness]]\nid = "lens"\nurl = "https://other.example/"\nkey_file = "witness.pub"',
            "already the id of another witness",
        ),
    ],
)
def test_what_no_witness_can_be_is_refused(tmp_path: Path, url: str, more: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(written(tmp_path, url, more), strict=False)
    assert words in " ".join(what for what, _ in caught.value.mistakes)


def test_a_key_file_that_is_not_there_is_a_mistake_for_config_check(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "witness.pub").unlink()
    with pytest.raises(ConfigurationError) as caught:
        load(path, strict=True)
    assert any("the file of this name is not there" in what for what, _ in caught.value.mistakes)
