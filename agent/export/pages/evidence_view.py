"""What a verdict rests on as a page shows it: each look or entry, when, how deep, and the row that seals it."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.model import Evidence
from agent.core.reason import Reason
from agent.export.pages.shown import StateMark
from agent.export.pages.verdict_details import EvidenceDetail, LedgerRow, ReadingDetail
from agent.wording.detail_pages import DEPTHS, DetailPageWords, detail_page_words
from agent.wording.in_french import quoted
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.quantities import duration, instant
from agent.wording.reasons.every import reason_words

# A page shows the first commands of a look, and says how many there were; its JSON has them all.
COMMANDS = 20
# How many of the things that a look could not see.
GAPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """One command as it was run, and the result."""

    command: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """One evidence: what it is, labelled lines about it, what was run, its row.

    `run` says how many commands there were, of which `commands` may be only the first.
    """

    id: str
    title: str
    outcome: StateMark | None
    lines: tuple[tuple[str, str], ...]
    run: str
    commands: tuple[CommandRow, ...]
    row: LedgerRow | None


def proof_view(proof: EvidenceDetail, language: Language) -> ProofView:
    """Return what a page shows of one evidence."""
    words = detail_page_words(language)
    look = proof.look
    if look is None:
        title = f"{words.entry}{words.colon}{inert(proof.register)}" if proof.register is not None else words.gone
        entered = () if proof.entered_at is None else ((words.from_to, instant(proof.entered_at, language)),)
        return ProofView(
            id=inert(proof.evidence), title=title, outcome=None, lines=entered, run="", commands=(), row=proof.row
        )
    done = (
        StateMark(id="met", word=words.succeeded)
        if look.reason is None
        else StateMark(id="unproven", word=words.failed)
    )
    return ProofView(
        id=inert(proof.evidence),
        title=f"{inert(look.collector)}, {inert(look.subject)}",
        outcome=done,
        lines=tuple(_lines(look, words, language)),
        run=f"{len(look.commands)} {words.commands[len(look.commands) > 1]}",
        commands=tuple(_command(one, words, language) for one in look.commands[:COMMANDS]),
        row=proof.row,
    )


def _lines(look: ReadingDetail, words: DetailPageWords, language: Language) -> Iterator[tuple[str, str]]:
    lasted = duration(look.ended - look.begun, language)
    yield words.from_to, f"{instant(look.ended, language)} ({lasted})"
    yield words.host, inert(look.host)
    if look.reason is not None:
        yield words.reason, _reason(look.reason, look.detail, language)
    if look.depth is not None:
        yield words.depth, DEPTHS[language].get(look.depth, inert(look.depth))
    if look.facts is not None:
        yield words.seen, f"{look.facts} {words.facts[look.facts > 1]}"
    for gap in look.gaps[:GAPS]:
        yield words.not_seen, _reason(gap.reason, gap.detail, language)
    if look.gaps[GAPS:]:
        yield words.not_seen, words.more.format(more=len(look.gaps) - GAPS)


def _reason(reason: Reason, detail: str, language: Language) -> str:
    told = inert(detail, 300)
    said = "" if not told else quoted(told) if language == "fr" else f" ({told})"
    return f"{reason_words(reason, language)}{said}"


def _command(one: Evidence, words: DetailPageWords, language: Language) -> CommandRow:
    parts = [inert(one.tool_version)] if one.tool_version else []
    if one.status is not None:
        parts.append(f"{words.exit_status} {one.status}")
    return CommandRow(
        command=inert(one.command, 400),
        said=", ".join([*parts, duration(one.duration, language)]),
    )
