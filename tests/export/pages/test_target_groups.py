"""The targets of the status page: what stands alike is gathered, and nothing is lost by it."""

from dataclasses import replace

from agent.core.model import State
from agent.export.pages.addresses import PageLinks
from agent.export.pages.page_filter import EVERYTHING, PageFilter
from agent.export.pages.status_page import render
from agent.export.pages.target_groups import TargetGroup, target_groups
from agent.export.snapshot import Snapshot
from tests.export.fleet import fleet
from tests.export.samples import OTHER, SCOTA
from tests.parts.markup import words

LINKS = PageLinks()


def group_of(target: str, shown: Snapshot, chosen: PageFilter = EVERYTHING) -> TargetGroup:
    """Return one target's group."""
    return next(group for group in target_groups(shown, LINKS, chosen) if group.id == target)


def test_what_stands_alike_is_one_fold_under_what_was_found() -> None:
    causes = group_of("endpoint-protection", fleet(14, SCOTA)).causes
    assert [one.mark.id for one in causes] == ["missed", "met"]
    assert causes[0].text is not None
    assert causes[0].text.startswith("antivirus arrêté sur srv-")
    assert sum(len(one.rows) + len(one.others) + one.more for one in causes) == 14


def test_a_few_subjects_are_rows_that_are_not_folded() -> None:
    missed, met = group_of("endpoint-protection", fleet(3, SCOTA)).causes
    assert (missed.mark.id, missed.text, len(missed.rows)) == ("missed", None, 2)
    assert met.text is not None and len(met.rows) == 1


def test_a_target_that_is_met_is_one_line_of_a_long_page() -> None:
    assert group_of("strong-authentication", fleet(14)).compact
    assert not group_of("endpoint-protection", fleet(14)).compact
    assert group_of("strong-authentication", fleet(1)).compact


def test_a_target_that_is_met_is_unfolded_on_a_short_page() -> None:
    shown = fleet(1, SCOTA)
    few = replace(shown, standings=tuple(one for one in shown.standings if "auth" in one.key.target))
    assert not group_of("strong-authentication", few).compact


def test_two_beneficiaries_quarters_are_told_apart_and_not_added() -> None:
    quarters = group_of("patching", fleet(2)).quarters
    assert [(one.whose, one.text) for one in quarters] == [
        (SCOTA.name, "47 atteints sur 54 jours (87 %)"),
        (OTHER.name, "47 atteints sur 54 jours (87 %)"),
    ]
    assert [one.whose for one in group_of("patching", fleet(2, SCOTA)).quarters] == [""]
    assert "108" not in words(render(fleet(2), LINKS))


def test_a_filtered_state_leaves_its_causes_and_the_targets_own_state() -> None:
    group = group_of("endpoint-protection", fleet(14), PageFilter(state=State.MET))
    assert {one.mark.id for one in group.causes} == {"met"}
    assert group.mark.id == "missed"


def test_a_page_of_500_hosts_stays_small_and_counts_what_it_leaves_out() -> None:
    shown = fleet(500)
    page = render(shown, LINKS)
    assert len(page.encode()) <= 200_000
    groups = target_groups(shown, LINKS, EVERYTHING)
    counted = sum(len(one.rows) + len(one.others) + one.more for group in groups for one in group.causes)
    assert counted == len(shown.standings)
