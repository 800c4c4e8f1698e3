"""What the convention asks, as a page shows it: its words, how it is measured, the objective in force."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.convention import CLAUSES
from agent.export.pages.shown import bound
from agent.export.pages.verdict_details import ObjectiveInForce
from agent.export.snapshot import Snapshot
from agent.wording.detail_pages import detail_page_words
from agent.wording.entries import NOT_MEASURED
from agent.wording.inert import inert, quoted
from agent.wording.languages import Language
from agent.wording.quantities import duration, share
from agent.wording.sentences import REMARK
from agent.wording.targets.every import TARGETS


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementView:
    """What is asked: a title, our summary or the convention's own words, and labelled lines."""

    title: str
    heading: str
    says: str
    quotation: str
    lines: tuple[tuple[str, str], ...]


def asked_view(
    target: str, objectives: Sequence[ObjectiveInForce], snapshot: Snapshot, language: Language
) -> RequirementView:
    """Return what is asked of a target; several objectives where its beneficiaries agreed on different ones."""
    words, said = detail_page_words(language), TARGETS.get(target)
    lines = [
        (
            words.objective,
            REMARK.of(language).join(dict.fromkeys(in_force(target, one, language) for one in objectives)),
        )
    ]
    shares = dict.fromkeys(share(float(one.attainment), language) for one in objectives)
    if target in CLAUSES:
        lines.append((words.attainment, ", ".join(shares)))
    if said is not None:
        lines.append((words.how_measured, said.measured.of(language)))
    if said is not None and said.unmeasured is not None:
        lines.append((NOT_MEASURED.of(language), said.unmeasured.of(language)))
    promised = snapshot.targets.get(target)
    if promised is not None:
        lines.append((words.evidence_age, duration(promised.evidence_age, language)))
    quotation = quoted(snapshot.convention.quotations.get(target, ""))
    return RequirementView(
        title=title_of(target, language),
        heading=words.quoted.format(article=CLAUSES[target].article) if quotation else words.asked,
        says="" if said is None else said.says.of(language),
        quotation=quotation,
        lines=tuple(lines),
    )


def in_force(target: str, objective: ObjectiveInForce, language: Language) -> str:
    """Return an objective, and the entry that adapted it where one did."""
    words = detail_page_words(language)
    said = bound(target, objective.limit, objective.unit, language)
    return said if objective.adaptation is None else f"{said} ({words.adapted} {inert(objective.adaptation)})"


def title_of(target: str, language: Language) -> str:
    """Return a target's title; what an older version judged may be no target of this one."""
    said = TARGETS.get(target)
    return inert(target) if said is None else said.title.of(language)
