"""Column widths of a printed table, by the length of its texts."""

import re

from agent.report.columns import PAGE, shared_out, with_columns
from agent.report.figures import Report
from agent.report.page import render

STATE = '<span class="state missed"><svg class="icon"></svg><span>non atteint</span></span>'


def table(*rows: tuple[str, ...]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table aria-label="x"><tbody>{body}</tbody></table>'


def shares(page: str) -> list[float]:
    return [float(share) for share in re.findall(r'<col style="width:([0-9.]+)%">', with_columns(page))]


def test_longer_texts_get_more_room_and_all_of_it_is_given() -> None:
    short, long = shares(table(("92", "une cause longuement racontée, " * 9), ("3", "—")))
    assert short < long
    assert abs(short + long - 100) < 0.2


def test_one_long_text_among_short_ones_takes_little_room() -> None:
    every = [("une phrase de la même longueur partout " * 3, "court")] * 9
    alone, among = shares(table(*every, ("une phrase", "une phrase bien plus longue " * 5))), shares(table(*every))
    assert among[0] > alone[0] > alone[1] > among[1]


def test_a_sentence_under_a_title_is_a_line_of_its_own() -> None:
    title, said = "Sauvegarde quotidienne", "89 jours sur 92"
    heading = f'<th scope="row"><a href="#x">{title}</a><span class="says">{said}</span></th>'
    rows = f"<table><tbody><tr>{heading}<td>{title}</td></tr></tbody></table>"
    heading_share, cell_share = shares(rows)
    assert heading_share < 1.3 * cell_share


def test_the_word_of_a_state_has_room_for_all_of_it() -> None:
    texts = ("longue explication " * 20,) * 4
    state, *_ = shares(table((STATE, *texts)))
    assert state * PAGE / 100 >= len("non atteint") + 3


def test_a_name_is_not_taken_to_break_before_a_figure() -> None:
    """`vm-01` stays in a line, `base-files` may go on in the next one."""
    texts = ("longue explication " * 20,) * 3
    kept, broken = (shares(table((name, *texts)))[0] for name in ("vm-0123456789", "base-filesabc"))
    assert kept > broken


def test_short_columns_share_what_is_left_as_their_texts_do() -> None:
    assert list(shared_out([(2, 10), (2, 30)])) == [25.0, 75.0]


def test_columns_that_need_more_than_there_is_keep_their_share() -> None:
    assert list(shared_out([(100, 100), (100, 300)])) == [50.0, 50.0]


def test_a_table_of_uneven_rows_is_left_as_it_is() -> None:
    uneven = table(("a", "b"), ("c",))
    assert with_columns(uneven) == uneven


def test_every_table_of_a_report_has_its_columns(report: Report) -> None:
    page = with_columns(render(report))
    for found in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert found.count("<col ") == len(re.findall(r"<th scope=\"col\"", found))


def test_a_short_name_has_room_for_all_of_it() -> None:
    texts = ("longue explication " * 20,) * 4
    broken = table(("guests-to-admin", *texts))
    kept, apart = (shares(page)[0] for page in (broken.replace("<td>guests", '<td class="name">guests'), broken))
    assert kept * PAGE / 100 >= len("guests-to-admin") > apart * PAGE / 100


def test_a_short_name_of_the_report_stays_on_a_line(report: Report) -> None:
    page = render(report)
    assert '<th scope="row" class="name"><bdi>guests-to-admin</bdi></th>' in page
    assert '<td class="name">guests-to-admin</td>' in page
    assert '<td class="name">—</td>' not in page
