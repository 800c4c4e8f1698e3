"""What an agent of a fleet agreed keeps its reach at the centre: its own subjects, and no other's."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from agent.accounting.agreements import Adaptation, Agreements, limit_in_force
from agent.core.model import Key
from agent.queries.fleet_names import CentreNames
from agent.report.build import build
from agent.report.figures import CountedAgent
from agent.report.material import Material
from agent.report.page import render
from tests.report.conftest import material
from tests.report.test_grounds import said

__all__ = ["material"]

DAY = date(2026, 11, 10)
ADAPTATION = Adaptation(
    id="adaptation-1",
    target="backup-rpo",
    beneficiary="scota",
    informed_on=DAY,
    effective_on=DAY,
    limit=40.0,
    attainment=Fraction(9, 10),
    reason="accord",
    author="RSSI",
)
NAMES = CentreNames(agent="arras-1", whole=frozenset())


def key(subject: str) -> Key:
    """Return a key of the centre's."""
    return Key(target="backup-rpo", subject=subject, beneficiary="scota")


def test_a_limit_that_an_agent_adapted_is_one_for_its_own_subjects() -> None:
    (one,) = NAMES.agreements(Agreements(adaptations=(ADAPTATION,))).adaptations
    assert (one.id, one.subject, one.attainment) == ("arras-1/adaptation-1", "arras-1/*", None)
    limits = {name: limit_in_force(24.0, [one], key(name), DAY) for name in ("arras-1/files", "arras-10/files", "")}
    assert limits == {"arras-1/files": 40.0, "arras-10/files": 24.0, "": 24.0}


def test_the_limit_of_the_very_subject_comes_before_that_of_its_agent() -> None:
    own = Adaptation(
        id="a", target="backup-rpo", beneficiary="scota", subject="arras-1/files", informed_on=date(2026, 10, 1),
        effective_on=date(2026, 10, 1), limit=30.0, reason="x", author="y",
    )  # fmt: skip
    (every,) = NAMES.agreements(Agreements(adaptations=(ADAPTATION,))).adaptations
    assert limit_in_force(24.0, [own, every], key("arras-1/files"), DAY) == 30.0


def test_a_limit_of_one_agent_s_is_printed_in_the_fleet_s_report(material: Material) -> None:
    """The days were judged by it: they are not said to have met the objective of the others."""
    (one,) = NAMES.agreements(Agreements(adaptations=(ADAPTATION,))).adaptations
    agreed = Agreements(adaptations=(one,))
    (found,) = [
        one for one in build(agreed_at_the_centre(material, agreed), None).targets if one.target == "backup-rpo"
    ]
    assert [(each.subject, each.limit) for each in found.objectives] == [
        *((None, 86400.0), ("arras-1/*", 86400.0), ("arras-1/*", 40.0))
    ]
    assert found.limit_of("arras-1/files") == 40.0
    assert found.limit_of("lens-1/files") == 86400.0


def agreed_at_the_centre(material: Material, agreed: Agreements) -> Material:
    """Return the material of a report of a centre where so much was agreed."""
    return replace(material, agreements=agreed, agents=(CountedAgent(agent="arras-1", proof=material.proof),))


def test_a_public_page_names_no_agent(material: Material) -> None:
    """Not even before the ids of its entries, which the page asks to be acknowledged."""
    entries = tuple(NAMES.entry(one) for one in material.entries)
    proof = CountedAgent(agent="arras-1", proof=material.proof)
    found = build(
        replace(material, entries=entries, agreements=NAMES.agreements(material.agreements), agents=(proof,)), 1
    )
    for language in ("fr", "en"):
        assert "arras-1/acceptance-1" in render(found, language=language)
        public = render(found, public=True, language=language)
        assert "arras-1" not in public
        assert "agent-1/acceptance-1" in public


def test_the_alert_path_of_an_agent_is_counted_as_no_source(material: Material) -> None:
    names = CentreNames(agent="arras-1", whole=frozenset())
    kept = {names.key(of): days for of, days in material.kept.items()}
    loads = [
        replace(one, declared={names.key(of): days for of, days in one.declared.items()}) for one in material.loads
    ]
    agents = (CountedAgent(agent="arras-1", proof=material.proof),)
    at_centre = replace(material, kept=kept, loads=loads, agents=agents, hosts=())
    assert "2 sources de journaux, 2 machines et la chaîne d'alerte." in said(at_centre, "log-collection")
