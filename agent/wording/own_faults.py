"""The agent's own troubles, in one line each: English in the log and for tools, on a page in its language.

What a program or a library said stands at the end (`quoted`) and is quoted as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from agent.fleet.agent_standing import AgentState
from agent.wording.fleet_agents import STATES
from agent.wording.languages import Language, Words

NOT_TICKED = Words(fr="la boucle des contrôles n'a pas encore tourné", en="the loop has not ticked yet")
STOPPED = Words(
    fr="la boucle des contrôles ne tourne plus depuis {seconds} s", en="the loop has not ticked for {seconds} s"
)
OVERDUE = Words(fr="contrôles au-delà du double de leur délai : {quoted}", en="past twice its deadline: {quoted}")
NOT_APPENDED = Words(
    fr="le registre des preuves n'a pas pu être complété : {quoted}", en="the ledger was not appended to: {quoted}"
)
DAMAGED = Words(fr="le registre des preuves est endommagé : {quoted}", en="the ledger is damaged: {quoted}")
WITNESS = Words(
    fr="le témoin {name} refuse le registre de ce logiciel : {quoted}",
    en="the witness {name} refuses this agent's log: {quoted}",
)
REFUSED = Words(
    fr="la nouvelle configuration est refusée, la précédente reste en vigueur : {quoted}",
    en="the changed configuration is refused, the one before is in force: {quoted}",
)
LITTLE_ROOM = Words(
    fr="il ne reste que {mebibytes} Mio d'espace libre pour le registre des preuves",
    en="only {mebibytes} MiB of free space for the ledger",
)
OUT_OF_DATE = Words(
    fr="verdicts restés périmés jusqu'à cinq minutes : {number} ; chaque verdict est désormais jugé à chaque tour,"
    " jusqu'au prochain démarrage : merci de le signaler",
    en="verdicts out of date for up to five minutes: {number}; every verdict is judged at each round until the"
    " next start: please report this",
)
UNMAILED = Words(
    fr="un courriel destiné à un bénéficiaire n'a pas pu être remis depuis le {since} UTC",
    en="a mail to a beneficiary could not be delivered since {since} UTC",
)
KEPT_FROM_OTHERS = Words(
    fr="les personnes qui exploitent le logiciel voient de quoi il s'agit",
    en="the persons who run the agent see what is wrong",
)
CENTRE_KEEPS_NOTHING = Words(
    fr="le centre n'enregistre plus rien : {quoted}", en="the centre keeps nothing any more: {quoted}"
)
DATABASE_AWAY = Words(
    fr="la base de données du parc ne répond pas : {quoted}", en="the fleet's database cannot be asked: {quoted}"
)
# Why it does not.
NOT_ASKED = Words(fr="elle n'a pas encore été interrogée", en="it was not asked yet")
NO_ANSWER = Words(fr="aucune réponse depuis {seconds} s", en="no answer for {seconds} s")
NO_AGENT = Words(fr="aucun logiciel de mesure n'est déclaré ni admis", en="no agent is declared or admitted")
AGENT_STANDS = Words(fr="le logiciel de mesure {name} : {state}", en="the agent {name} is {state}")
AGENT_STANDS_SO = Words(
    fr="le logiciel de mesure {name} : {state} ({quoted})", en="the agent {name} is {state} ({quoted})"
)
NO_REPLICA = Words(
    fr="le registre de {name} n'est pas encore copié ici : beffroi run, avec cette configuration, le copie",
    en="no copy of the ledger of {name} is here: beffroi run, with this configuration, fills it",
)

FAULTS = (
    NOT_TICKED, STOPPED, OVERDUE, NOT_APPENDED, DAMAGED, WITNESS, REFUSED, LITTLE_ROOM, OUT_OF_DATE, UNMAILED,
    KEPT_FROM_OTHERS, CENTRE_KEEPS_NOTHING, DATABASE_AWAY, NO_AGENT, AGENT_STANDS_SO, AGENT_STANDS, NO_REPLICA,
    NOT_ASKED, NO_ANSWER,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPart:
    """A piece of a trouble's line: the program's own words in a language, or what was quoted within them."""

    text: str
    is_quoted: bool = False


def fault_parts(fault: str, language: Language) -> tuple[FaultPart, ...]:
    """Return a trouble's line, which is English, in the language of a page; several stand one after another."""
    whole = _translated(fault, language)
    if whole is not None:
        return whole
    parts: list[FaultPart] = []
    for one in fault.split("; "):
        parts += [FaultPart(text=" ; " if language == "fr" else "; ")] if parts else []
        parts += _translated(one, language) or (FaultPart(text=one, is_quoted=True),)
    return tuple(parts)


def _translated(line: str, language: Language) -> tuple[FaultPart, ...] | None:
    for words in FAULTS:
        found = _pattern(words.en).fullmatch(line)
        if found is not None:
            return tuple(_filled(words.of(language), found.groupdict(), language))
    return None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # What is quoted at the end of a line may hold anything, else no semicolon, as a name, a number or an instant.
    escaped = re.escape(text).replace(r"\{state\}", f"(?P<state>{'|'.join(one.value for one in AgentState)})")
    escaped = re.sub(r"\\\{quoted\\\}$", "(?P<quoted>.*)", escaped)
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^;]+?)", escaped), re.DOTALL)


def _filled(text: str, values: dict[str, str], language: Language) -> Iterator[FaultPart]:
    if "state" in values:
        values["state"] = STATES[AgentState(values["state"])].of(language)
    before, quoted, after = text.partition("{quoted}")
    yield FaultPart(text=before.format(**values))
    if quoted:
        yield from _translated(values["quoted"], language) or (FaultPart(text=values["quoted"], is_quoted=True),)
    if after:
        yield FaultPart(text=after)
