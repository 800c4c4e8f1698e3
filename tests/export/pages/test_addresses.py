"""Where each page is: an address leads to exactly what it was made for, whatever the name holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.export.pages.addresses import PageLinks, asked, of_subject, of_target

NAMES = st.text(min_size=1)


@pytest.mark.parametrize(
    ("subject", "path"),
    [
        ("files", "/target/backup-rpo/files"),
        ("files/offsite", "/target/backup-rpo/files/offsite"),
        ("central/fe80::1", "/target/backup-rpo/central/fe80%3A%3A1"),
        ("a b?c#d", "/target/backup-rpo/a%20b%3Fc%23d"),
        ("données", "/target/backup-rpo/donn%C3%A9es"),
        ("x.json", "/target/backup-rpo/x%2Ejson"),
        ('"><script>', "/target/backup-rpo/%22%3E%3Cscript%3E"),
        ("\x00\u202e", "/target/backup-rpo/%00%E2%80%AE"),
    ],
)
def test_a_subject_has_a_readable_address(subject: str, path: str) -> None:
    """Slashes stay, everything else that is not unreserved is encoded."""
    assert of_subject("backup-rpo", subject) == path


@given(NAMES, NAMES, st.booleans())
def test_an_address_leads_to_its_own_target_and_subject(target: str, subject: str, json: bool) -> None:
    """Made and read again, as page and as JSON; it is ASCII and holds nothing that ends a path."""
    path = of_subject(target, subject)
    assert path.isascii()
    assert not set(path) & set(' ?#\\"<>\r\n')
    found = asked(f"{path}.json" if json else path)
    assert found is not None
    assert found.is_target(target)
    assert found.is_subject(subject)
    assert found.json is json


@given(NAMES, NAMES)
def test_two_subjects_never_share_an_address(one: str, other: str) -> None:
    """Nor does the page of one that ends in `.json` have the address of another's JSON."""
    pages = {of_subject("t", one), of_subject("t", other)}
    assert len(pages) == len({one, other})
    assert not pages & {f"{of_subject('t', one)}.json", f"{of_subject('t', other)}.json"}


@given(st.text())
def test_any_path_is_read_or_is_no_address(path: str) -> None:
    """Nothing raises, however it is encoded."""
    found = asked(f"/target/{path}".encode("ascii", "backslashreplace").decode())
    assert found is not None
    assert asked(path if not path.startswith("/target/") else "") is None


@pytest.mark.parametrize("path", ["/", "/target", "/targets/x", "//target/x", "/Target/x", "target/x", ""])
def test_other_paths_are_no_addresses_of_targets(path: str) -> None:
    """Exactly this beginning, in these letters."""
    assert asked(path) is None


def test_a_trailing_slash_is_another_name() -> None:
    """One page, one address: what is asked for with a slash behind it is a subject without a name."""
    found = asked("/target/backup-rpo/")
    assert found is not None
    assert found.subject == b""
    assert not found.is_subject("files")


def test_links_keep_the_language_and_the_beneficiary_that_were_asked_for() -> None:
    """And add nothing where nothing was asked for."""
    chosen = PageLinks(language="en", beneficiary="a&b")
    assert chosen.home() == "/?language=en&beneficiary=a%26b"
    assert chosen.subject("t", "s", ".json") == "/target/t/s.json?language=en&beneficiary=a%26b"
    assert PageLinks().target("t") == of_target("t") == "/target/t"
