"""What a repository showed under a former name is known under the present one, as far as it was bad."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.core.facts.verification import Damage, Slice
from agent.core.judging.anomaly_record import ANOMALY
from agent.core.judging.carried_over import carried_over, repository_in
from agent.core.judging.sighting import SIGHTED
from agent.core.manifest import ManifestChange
from agent.core.model import Evidence, Gap, Observation
from agent.core.reason import Reason
from tests.checks.backups import DAY, HOUR, NOW, look, point

SUBJECT = "files/away"
COMMAND = Evidence(command="true", status=0, duration=HOUR, output_sha256="ab" * 32)
BAD: list[tuple[str, object, datetime]] = [
    ("verify.damage", Damage(file="data/ab", reason="damaged"), NOW),
    ("store.missing", "data/cd", NOW),
    ("store.altered", "config", NOW),
    ("sample.failed", "incomplete 12 34", NOW),
    (ANOMALY, "{}", NOW),
    (SIGHTED, "ab" * 32, NOW),
    ("backup.point.gone", point(DAY, 1), NOW),
]
GOOD: list[tuple[str, object, datetime]] = [
    ("verify.sound", "hashed", NOW),
    ("verify.whole", True, NOW),
    ("verify.slice", Slice(number=1, of=10), NOW),
    ("backup.point.tree_there", "ab" * 32, NOW),
]


def under_the_new_name(own: Observation | None, *former: Observation) -> Observation:
    """Return what is known of the repository under the new name."""
    found = carried_over(own, former, SUBJECT)
    assert found is not None
    return found


def test_what_was_bad_is_carried_over_and_what_was_good_is_not() -> None:
    found = under_the_new_name(None, look(more=[*BAD, *GOOD]))
    assert [(fact.name, fact.value, fact.as_of) for fact in found.facts] == BAD
    assert {found.subject, *(fact.subject for fact in found.facts)} == {SUBJECT}


def test_the_newest_of_several_former_looks_is_carried_over() -> None:
    newest = look(more=BAD[:1])
    assert under_the_new_name(None, look(ended=NOW - DAY), newest, look(ended=NOW - HOUR)).named("verify.damage")


@pytest.mark.parametrize("later", [0 * HOUR, HOUR])
def test_a_look_under_the_own_name_that_is_as_new_knows_better(later: timedelta) -> None:
    assert carried_over(look(ended=NOW + later), [look(more=BAD)], SUBJECT) is None


def test_without_a_former_name_nothing_is_carried_over() -> None:
    assert carried_over(None, [], SUBJECT) is None
    assert carried_over(look(), [], SUBJECT) is None


def test_an_older_look_under_the_own_name_keeps_what_it_showed_besides() -> None:
    own = replace(
        look(more=[*GOOD, ("verify.damage", Damage(file="data/old", reason="damaged"), NOW - DAY)]), subject=SUBJECT
    )
    found = under_the_new_name(replace(own, ended=NOW - DAY), look(more=BAD[:1]))
    assert [fact.value for fact in found.named("verify.damage")] == [Damage(file="data/ab", reason="damaged")]
    assert found.named("verify.sound") and found.ended == NOW


def test_a_repository_is_known_by_its_id_however_it_is_written() -> None:
    assert repository_in(look(more=[("repository.id", "AB" * 32, NOW)])) == "ab" * 32
    assert repository_in(look()) is None
    assert repository_in(None) is None


def test_only_what_is_of_the_repository_changes_its_subject() -> None:
    former = look(more=BAD[:1])
    other = replace(former.facts[-1], subject="files/offsite/index")
    found = under_the_new_name(None, replace(former, facts=(*former.facts, other)))
    assert [fact.subject for fact in found.named("verify.damage")] == [SUBJECT, "files/offsite/index"]


def test_what_a_former_look_lacked_or_published_is_not_the_present_one_s() -> None:
    gap = Gap(subject="files/offsite", reason=Reason.DENIED, detail="refused")
    former = replace(look(more=BAD[:1], gaps=(gap,)), evidence=(COMMAND,), manifest=ManifestChange(missing=("x",)))
    found = under_the_new_name(None, former)
    assert (found.gaps, found.evidence, found.manifest) == ((), (), ManifestChange())
