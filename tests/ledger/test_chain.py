"""The chain's line and link: one form, and no field that can change unseen."""

from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from agent.ledger.chain import GENESIS, ChainRow, forge, line_of, link_of, sha256
from agent.ledger.heads import head_of

NAME = st.text(st.characters(codec="utf-8"), max_size=20)
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)
ROW = st.builds(
    forge,
    previous=DIGEST,
    sequence=st.integers(1, 2**62),
    instant=NAME,
    kind=NAME,
    beneficiary=NAME,
    payload_sha256=DIGEST,
)

# Made with printf and sha256sum; docs/ledger.md shows how.
FIRST_LINE = (
    "0000000000000000000000000000000000000000000000000000000000000000 1 2026-11-24T04:12:07.000000Z reading scota "
    "f21ed7fdfe36a953b5302a24ad9eb11db027ad466c7029184fb11e762db37e2b\n"
)
FIRST_LINK = "3b20672120d70292395545bffd5da35cbb06aab1691b5a9db2dd08e67c7bab65"
SECOND_LINE = (
    "3b20672120d70292395545bffd5da35cbb06aab1691b5a9db2dd08e67c7bab65 2 2026-11-24T04:12:08.000000Z head - "
    "68d68c7408e9b425adade132880d65a1632d80d94a069f332ce91c2e01835b9a\n"
)
SECOND_LINK = "7c3cd2673a20cdeb00d0389440460d96cab13fda20a9f47e9a8fdf98929e5926"
HEAD = "86f961f835101126ce729e3cec218a8556d2b73f72653ea783451ba15b1fba91"


def test_an_outsider_can_reckon_links_and_head_with_sha256sum_alone() -> None:
    first = forge(
        GENESIS,
        sequence=1,
        instant="2026-11-24T04:12:07.000000Z",
        kind="reading",
        beneficiary="scota",
        payload_sha256=sha256('{"salt":"00112233445566778899aabbccddeeff"}'),
    )
    second = forge(
        first.link,
        sequence=2,
        instant="2026-11-24T04:12:08.000000Z",
        kind="head",
        beneficiary="",
        payload_sha256=sha256('{"salt":"ffeeddccbbaa99887766554433221100"}'),
    )

    assert line_of(GENESIS, first) == FIRST_LINE
    assert first.link == FIRST_LINK
    assert line_of(first.link, second) == SECOND_LINE
    assert second.link == SECOND_LINK
    assert head_of(GENESIS, [FIRST_LINE, SECOND_LINE]) == HEAD


@given(ROW, st.sampled_from(["sequence", "instant", "kind", "beneficiary", "payload_sha256"]), st.data())
def test_any_change_to_any_field_changes_the_link(row: ChainRow, field: str, data: st.DataObject) -> None:
    value = data.draw(st.integers(1, 2**62) if field == "sequence" else NAME)
    assume(value != getattr(row, field))

    further: dict[str, Any] = {field: value}
    changed = replace(row, **further)

    assert link_of(GENESIS, changed) != link_of(GENESIS, row)


@given(ROW, DIGEST, DIGEST)
def test_a_row_after_another_one_has_another_link(row: ChainRow, one: str, other: str) -> None:
    assume(one != other)

    assert link_of(one, row) != link_of(other, row)


@given(ROW)
def test_a_row_is_one_line_of_six_fields_in_ascii_whatever_it_holds(row: ChainRow) -> None:
    line = line_of(GENESIS, row)

    assert line.isascii()
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert len(line[:-1].split(" ")) == 6


def test_nobody_in_particular_is_told_from_somebody_called_by_a_dash() -> None:
    nobody = forge(GENESIS, sequence=1, instant="i", kind="k", beneficiary="", payload_sha256="p")
    dash = forge(GENESIS, sequence=1, instant="i", kind="k", beneficiary="-", payload_sha256="p")

    assert nobody.link != dash.link
