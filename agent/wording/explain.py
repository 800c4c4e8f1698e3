"""Explain a name: a target, a reason code, a collector or a metric."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from agent.core.convention import CLAUSES, BetterSide, Clause
from agent.core.model import State
from agent.core.reason import Reason
from agent.wording.languages import Language, Words
from agent.wording.nearest import nearest
from agent.wording.phrases.general import NOT_SHOWN
from agent.wording.quantities import duration, quantity
from agent.wording.reasons.every import REASONS
from agent.wording.runbooks import runbook, runbook_names
from agent.wording.states import STATES, state_symbol, state_word
from agent.wording.targets.every import TARGETS

TARGET = Words(fr="objectif", en="target")
REASON = Words(fr="code de motif", en="reason code")
STATE = Words(fr="état", en="state")
COLLECTOR = Words(fr="collecteur", en="collector")
METRIC = Words(fr="métrique", en="metric")
GUIDE = Words(fr="guide", en="guide")
REGISTER = Words(fr="registre", en="register")
RUNBOOK = Words(fr="fiche d'astreinte", en="runbook")

SAYS = Words(fr="Promis", en="Promised")
MEASURED = Words(fr="Mesuré", en="Measured")
UNMEASURED = Words(fr="Non mesuré", en="Not measured")
OBJECTIVE = Words(fr="Objectif chiffré", en="Objective")
EVIDENCE = Words(fr="Preuve valable", en="Evidence holds")
MEANS = Words(fr="Sens", en="Means")
WHY = Words(fr="Pourquoi", en="Why")
MEND = Words(fr="Remède", en="Mend")
STATES_GIVEN = Words(fr="État", en="State")

AT_MOST, AT_LEAST = (
    Words(fr="{limit} au plus", en="at most {limit}"),
    Words(fr="{limit} au moins", en="at least {limit}"),
)
NO_FIGURE = Words(fr="aucun chiffre dans le texte", en="no figure in the text")
NO_GUIDE: Mapping[str, str] = MappingProxyType({})

COLON = Words(fr=" : ", en=": ")
LONG = Words(fr="{age} après le dernier contrôle réussi", en="for {age} after the last look that succeeded")

# convention, «Verdicts»
STATE_MEANINGS = {
    State.MET: Words(
        fr="Une preuve fraîche et datée montre que l'objectif est tenu.",
        en="Fresh, dated evidence shows that the objective holds.",
    ),
    State.MISSED: Words(
        fr="Une preuve fraîche et datée montre que l'objectif n'est pas tenu.",
        en="Fresh, dated evidence shows that the objective does not hold.",
    ),
    State.UNPROVEN: Words(
        fr="Rien ne montre ni l'un ni l'autre : contrôle impossible, refusé, trop ancien, ou horloge douteuse.",
        en="Nothing shows either: a look was impossible, refused or too long ago, or the clock is doubtful.",
    ),
    State.ACCEPTED: Words(
        fr="Non atteint ou non démontré, et couvert par une acceptation de risque signée et en vigueur.",
        en="Missed or unproven, and covered by a signed risk acceptance that is in force.",
    ),
    State.NOT_APPLICABLE: Words(
        fr="L'inventaire dit, avec sa raison, que l'objectif ne s'applique pas.",
        en="The inventory says, with its reason, that the target does not apply.",
    ),
}


def explain(
    name: str,
    language: Language,
    *,
    collectors: Mapping[str, str],
    metrics: Mapping[str, str],
    guides: Mapping[str, str] = NO_GUIDE,
    registers: Mapping[str, str] = NO_GUIDE,
    runbooks: Callable[[str], str | None] = runbook,
) -> str | None:
    """Return what a name means, why it counts and how to mend it, ready to print; None for an unknown name.

    `collectors` maps each collector's name to its module's docstring, `metrics` each metric's name to its description,
    `guides` what is set up outside this program to its steps, `registers` each register's name to its keys,
    `runbooks` returns the text of a runbook, or None.
    """
    if name in TARGETS:
        return _target(CLAUSES[name], language)
    if name in {reason.value for reason in Reason}:
        return _reason(Reason(name), language)
    if name in {state.value for state in State}:
        return _state(State(name), language)
    if name in collectors:
        return _page(name, COLLECTOR, inspect.cleandoc(collectors[name]).splitlines(), language)
    if name in metrics:
        return _page(name, METRIC, metrics[name].splitlines(), language)
    if name in guides:
        return _page(name, GUIDE, guides[name].splitlines(), language)
    if name in registers:
        return _page(name, REGISTER, registers[name].splitlines(), language)
    text = runbooks(name)
    return None if text is None else _page(name, RUNBOOK, text.rstrip().splitlines(), language)


def listing(
    language: Language,
    *,
    collectors: Iterable[str],
    metrics: Iterable[str],
    guides: Iterable[str],
    registers: Iterable[str],
) -> str:
    """Return the names of all that can be explained, kind by kind; targets and reasons with what they are called."""
    parts = [
        (TARGET, [f"{id}  {words.title.of(language)}" for id, words in TARGETS.items()]),
        (REASON, [f"{reason.value}  {REASONS[reason].short.of(language)}" for reason in Reason]),
        (STATE, [f"{state.value}  {state_word(state, language)}" for state in STATES]),
        (COLLECTOR, sorted(collectors)),
        (METRIC, sorted(metrics)),
        (REGISTER, list(registers)),
        (GUIDE, sorted(guides)),
        (RUNBOOK, list(runbook_names())),
    ]
    return "\n\n".join("\n".join([kind.of(language), *(f"  {name}" for name in names)]) for kind, names in parts)


def known_names(
    *, collectors: Iterable[str], metrics: Iterable[str], guides: Iterable[str] = (), registers: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return every name that can be explained, in the order of their kinds."""
    return (
        *TARGETS,
        *(state.value for state in STATES),
        *(reason.value for reason in Reason),
        *sorted(collectors),
        *sorted(metrics),
        *sorted(guides),
        *registers,
        *runbook_names(),
    )


def meant(
    name: str,
    *,
    collectors: Iterable[str],
    metrics: Iterable[str],
    guides: Iterable[str] = (),
    registers: Iterable[str] = (),
) -> tuple[str, ...]:
    """Return the names nearest to an unknown one."""
    return nearest(name, known_names(collectors=collectors, metrics=metrics, guides=guides, registers=registers))


def _target(clause: Clause, language: Language) -> str:
    words = TARGETS[clause.id]
    lines = [
        words.title.of(language),
        "",
        _field(SAYS, words.says.of(language), language),
        _field(MEASURED, words.measured.of(language), language),
        *([] if words.unmeasured is None else [_field(UNMEASURED, words.unmeasured.of(language), language)]),
        _field(OBJECTIVE, _objective(clause, language), language),
        _field(EVIDENCE, LONG.of(language).format(age=duration(clause.evidence_age, language)), language),
        _field(MEND, words.mend.of(language), language),
    ]
    return _page(clause.id, TARGET, lines, language)


def _objective(clause: Clause, language: Language) -> str:
    if clause.limit is None:
        return NO_FIGURE.of(language)
    bound = AT_LEAST if clause.better is BetterSide.HIGHER else AT_MOST
    return bound.of(language).format(limit=quantity(clause.limit, clause.unit, language))


def _reason(reason: Reason, language: Language) -> str:
    words = REASONS[reason]
    states = (State.UNPROVEN,) if reason in NOT_SHOWN else STATES_OF.get(reason, (State.MISSED,))
    lines = [
        words.short.of(language),
        "",
        _field(MEANS, words.means.of(language), language),
        _field(WHY, words.why.of(language), language),
        _field(MEND, words.mend.of(language), language),
        _field(STATES_GIVEN, ", ".join(state_word(state, language) for state in states), language),
        *_own_words(reason, language),
    ]
    return _page(reason.value, REASON, lines, language)


def _own_words(reason: Reason, language: Language) -> Iterator[str]:
    """Yield, target by target, what the reason means and how to mend it where the target has words of its own."""
    for target, words in TARGETS.items():
        own = words.reasons.get(reason)
        if own is not None:
            yield from ("", f"{target}{COLON.of(language)}{own.short.of(language)}")
            yield _field(MEANS, own.means.of(language), language)
            yield _field(MEND, own.mend.of(language), language)


STATES_OF = {
    Reason.WITHIN_LIMIT: (State.MET,),
    Reason.ON_COURSE: (State.MET, State.UNPROVEN),
    Reason.NOT_EXPECTED: (State.NOT_APPLICABLE,),
    Reason.RETIRED: (State.NOT_APPLICABLE,),
    Reason.OUTDATED: (State.MISSED, State.UNPROVEN),
    Reason.IN_FUTURE: (State.MISSED, State.UNPROVEN),
}


def _state(state: State, language: Language) -> str:
    lines = [f"{state_symbol(state)} {state_word(state, language)}", "", STATE_MEANINGS[state].of(language)]
    return _page(state.value, STATE, lines, language)


def _field(label: Words, text: str, language: Language) -> str:
    width = 18 if language == "fr" else 16
    return f"{label.of(language):<{width}}{text}"


def _page(name: str, kind: Words, lines: Iterable[str], language: Language) -> str:
    return "\n".join([f"{name} ({kind.of(language)})", "", *lines])
