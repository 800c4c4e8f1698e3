"""Hold the configuration to the convention: no key loosens an objective or gives up its evidence."""

import shlex
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from agent.config.keys import nearest
from agent.config.mistakes import Mistake, shown
from agent.config.positions import Path
from agent.config.tables import TomlTable
from agent.config.values import read_limit, read_ratio, write_duration, write_limit, write_ratio
from agent.core.convention import CLAUSES, RECOVERY_POINT, Clause
from agent.core.durations import read_duration
from agent.core.promised import LONGEST_ALLOWANCE, is_looser, longest_evidence_age

# «Every day, unless an adaptation says otherwise» (convention, «Quarter»).
PROMISED_RATE = Fraction(1)
# A quarter and the one in which its report is made: what it counts must still be there.
LEAST_KEPT = timedelta(days=184)


def broken_promises(file: TomlTable) -> Iterator[Mistake]:
    """Yield what is wrong with a file's targets, with how long evidence is kept, and with what is quoted."""
    yield from _kept(file)
    yield from _quoted(file)
    targets = file.table("targets")
    for id in targets.values if targets is not None else ():
        target = (targets or file).table(id)
        if target is None:
            continue
        clause = CLAUSES.get(id)
        if clause is None:
            yield _no_target(target.path, id)
        else:
            yield from _limit(clause, target)
            yield from _attainment(clause, target)
            yield from _allowance(clause, target)
            yield from _evidence_age(clause, target)
            yield from _of_some_targets_only(clause, target)


def _quoted(file: TomlTable) -> Iterator[Mistake]:
    convention = file.table("convention")
    quotations = None if convention is None else convention.table("quotations")
    if quotations is not None:
        yield from (_no_target(quotations.at(id), id) for id in quotations.values if id not in CLAUSES)


def _no_target(path: Path, id: str) -> Mistake:
    near = nearest(id, CLAUSES)
    hint = f"did you mean {near}?" if near else f"targets: {', '.join(CLAUSES)}"
    return Mistake(path=path, what="is no target of the convention", hint=hint)


def _limit(clause: Clause, target: TomlTable) -> Iterator[Mistake]:
    value, path = target.values.get("limit"), target.at("limit")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return
    if clause.limit is None:
        hint = "leave it out" if clause.set_in is None else f"set {clause.set_in}"
        yield Mistake(
            path=path, what=f"{shown(value)} is no limit: the convention sets no figure for {clause.id}", hint=hint
        )
        return
    promised = write_limit(clause.limit, clause.unit)
    try:
        limit = read_limit(value, clause.unit)
    except ValueError as error:
        yield Mistake(path=path, what=f"{shown(value)} {error}", hint=f'the convention\'s is "{promised}"')
        return
    if is_looser(clause, limit):
        yield Mistake(
            path=path,
            what=f'{shown(value)} is looser than the convention\'s "{promised}"',
            hint=_adaptation(clause, f"limit={shlex.quote(str(value))}"),
        )


def _attainment(clause: Clause, target: TomlTable) -> Iterator[Mistake]:
    ratio, promised = target.read("attainment", read_ratio), write_ratio(PROMISED_RATE)
    if ratio is not None and ratio < PROMISED_RATE:
        yield Mistake(
            path=target.at("attainment"),
            what=f'{shown(target.text("attainment"))} is looser than the convention\'s "{promised}"',
            hint=_adaptation(clause, f"attainment={shlex.quote(write_ratio(ratio))}"),
        )


def _allowance(clause: Clause, target: TomlTable) -> Iterator[Mistake]:
    allowance = target.read("run_allowance", read_duration)
    if allowance is not None and clause.run_allowance and allowance > LONGEST_ALLOWANCE:
        limit = timedelta(seconds=clause.limit or 0) + allowance - LONGEST_ALLOWANCE
        yield Mistake(
            path=target.at("run_allowance"),
            what=f'{shown(target.text("run_allowance"))} is looser than "{write_duration(LONGEST_ALLOWANCE)}", '
            "the longest run allowance",
            hint=_adaptation(clause, f"limit={write_duration(limit)}"),
        )


def _evidence_age(clause: Clause, target: TomlTable) -> Iterator[Mistake]:
    age, longest = target.read("evidence_age", read_duration), longest_evidence_age(clause)
    if age is not None and age > longest:
        yield Mistake(
            path=target.at("evidence_age"),
            what=f'{shown(target.text("evidence_age"))} is looser than "{write_duration(longest)}", '
            f"the longest evidence age of {clause.id}",
            hint=f"look more often; or {_adaptation(clause, 'limit=LIMIT')}",
        )


def _kept(file: TomlTable) -> Iterator[Mistake]:
    agent, least = file.table("agent") or TomlTable(path=("agent",), values={}), write_duration(LEAST_KEPT)
    for key in ("keep_readings", "keep_personal"):
        kept = agent.read(key, read_duration)
        if kept is not None and kept < LEAST_KEPT:
            yield Mistake(
                path=agent.at(key),
                what=f'{shown(agent.text(key))} is shorter than "{least}": '
                "the report of a quarter would find its evidence erased",
                hint=f'keep a quarter until the end of the next: {key} = "{least}" at least',
            )


def _adaptation(clause: Clause, change: str) -> str:
    return (
        "once the beneficiary is informed, beffroi register add adaptation "
        f"target={clause.id} {change} informed_on=DATE effective_on=DATE reason=TEXT author=NAME"
    )


def _of_some_targets_only(clause: Clause, target: TomlTable) -> Iterator[Mistake]:
    if "run_allowance" in target.values and not clause.run_allowance:
        yield Mistake(
            path=target.at("run_allowance"),
            what=f"{shown(target.values['run_allowance'])} is without effect: {clause.id} has none of its own",
            hint=f"leave it out; it is set in [targets.{RECOVERY_POINT}] only",
        )
    if "alert_after" in target.values and not clause.by_age:
        ages = ", ".join(other.id for other in CLAUSES.values() if other.by_age)
        yield Mistake(
            path=target.at("alert_after"),
            what=f"{shown(target.values['alert_after'])} is without effect: {clause.id} is not judged by age",
            hint=f"leave it out; it is for {ages}",
        )
