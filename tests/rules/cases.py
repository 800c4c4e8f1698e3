"""Every case that the rules are held to: each alert heard when it must be, and not heard when it must not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from agent.core.alert_state import rings_after
from agent.core.convention import CLAUSES, CountingRule
from agent.core.duties.entries import DUTIES
from agent.core.duties.expected import Expected
from agent.core.model import Key, State, Target
from agent.rules.agent_alerts import failing_after, still_after
from agent.rules.alert import AGENT
from agent.rules.cases import APPEND, HEARTBEAT, INSTANCE, UP, Case, Heard, Series, alive, in_state, miss_of, series_of

HOUR = 60
DAY = 24 * HOUR
HOUR_LONG = timedelta(hours=1)
# Cases of days are told a sample each so many minutes, else they take minutes to run. What the silent agent was last
# heard to say is forgotten between two such samples, so that its cases are short ones.
LONG = 30


def long(minutes: int) -> Series:
    """Return the series of an agent that is well, a sample each LONG minutes."""
    ticking = f"0+{60 * LONG}x{minutes // LONG}"
    return {UP: f"1x{minutes // LONG}", HEARTBEAT: ticking, APPEND: ticking}


def cases(
    wanted: Sequence[Expected],
    targets: Mapping[str, Target],
    rhythms: Mapping[str, timedelta],
    of_hosts: frozenset[str],
) -> Iterator[Case]:
    """Yield every case of a configuration."""
    first = {one.key.target: one.key for one in reversed(wanted)}
    key = next(iter(first.values()))
    yield from _of_the_agent(key, targets, rhythms)
    yield from _of_collectors(rhythms, of_hosts)
    yield from _of_targets(first, targets)
    for id, one in first.items():
        grace = rings_after(id, targets)
        if grace is not None:
            yield from _of_grace(one, targets[id], grace)
    yield from _of_the_unproven(key)
    yield from _of_agreements(key, targets[key.target])
    yield from _of_the_quarter(first)
    yield from _of_what_is_not_shown(wanted)


def _of_the_agent(key: Key, targets: Mapping[str, Target], rhythms: Mapping[str, timedelta]) -> Iterator[Case]:
    gone = ("BeffroiAgentGone", "page", AGENT, INSTANCE)
    frozen = ("BeffroiAgentFrozen", "page", AGENT, INSTANCE)
    ledger = int((still_after(rhythms) + HOUR_LONG).total_seconds() // 60)
    yield Case(
        name="the watchdog rings when there is nothing else",
        series={},
        heard={0: [("BeffroiWatchdog", "none", AGENT, "watchdog")]},
        aside="BeffroiAgentGone|BeffroiSubjectUnwatched",
    )
    yield Case(name="an agent that is well is not heard", series=alive(HOUR), heard={1: [], HOUR: []})
    yield Case(
        name="a short restart is not heard, an agent that is gone is, within the hour",
        series=alive(HOUR + 10, gone_after=10),
        heard={5: [], 35: [], HOUR + 10: [gone]},
    )
    yield Case(
        name="an agent that falls and is started again and again is heard, three short restarts are not",
        series={**alive(4 * HOUR), UP: "1x20 0 1x10 0 1x10 0 1x60 " + "0x4 1x1 " * 18},
        heard={100: [], 105: [], 180: [gone], 190: [gone]},
    )
    yield Case(
        name="an agent that is gone for twenty minutes again and again is heard",
        series={**alive(4 * HOUR), UP: "0x19 1x3 " * 10},
        heard={150: [gone], 200: [gone]},
    )
    yield Case(
        name="an agent that falls again and again and answers most of the time is heard itself",
        series={**alive(3 * HOUR), UP: "0x2 1x4 " * 22, in_state(key, State.MISSED): "1x180"},
        heard={120: [miss_of(key, targets[key.target])], 170: [miss_of(key, targets[key.target])]},
    )
    yield Case(
        name="an agent that Prometheus does not even know is heard",
        series={},
        heard={HOUR: [("BeffroiAgentGone", "page", AGENT, "beffroi")]},
    )
    missed = miss_of(key, targets[key.target])
    state = {in_state(key, State.MISSED): "1x10 stale"}
    yield Case(
        name="a missed target stays missed while the agent is silent",
        series={**alive(2 * HOUR, gone_after=10), **state},
        heard={8: [missed], 20: [missed], 2 * HOUR: sorted([gone, missed])},
    )
    yield from _of_silence(key, missed, gone)
    yield Case(
        name="an agent that is back and does not report the miss has fixed it",
        series={UP: "1x60", HEARTBEAT: "0+60x10 stale _x8 1200+60x40", APPEND: "0+60x60", **state},
        heard={18: [missed], 40: []},
    )
    yield Case(
        name="a frozen agent is heard within two hours and a half",
        series={UP: "1x200", APPEND: "0+60x200", HEARTBEAT: "0+60x10 600x200"},
        heard={20: [], 90: [frozen]},
    )
    yield Case(
        name="a frozen agent that is killed is frozen until it is gone",
        series={UP: "1x100 0x50", APPEND: "0+60x100 stale", HEARTBEAT: "0+60x10 600x89 stale"},
        heard={90: [frozen], 120: [frozen], 140: sorted([frozen, gone])},
    )
    yield Case(
        name="a clock that is ahead is heard",
        series={UP: "1x60", APPEND: "0+60x60", HEARTBEAT: "900+60x60"},
        heard={30: [("BeffroiClockApart", "ticket", AGENT, INSTANCE)]},
    )
    yield Case(
        name="a clock that is behind is heard, and its agent is not called frozen",
        series={UP: "1x60", APPEND: "0+60x60", HEARTBEAT: "-2700+60x60"},
        heard={
            30: [("BeffroiClockApart", "ticket", AGENT, INSTANCE)],
            55: [("BeffroiClockApart", "ticket", AGENT, INSTANCE)],
        },
    )
    sound, room = (f'beffroi_ledger_{one}{{job="beffroi",instance="{INSTANCE}"}}' for one in ("sound", "free_bytes"))
    damaged = ("BeffroiLedgerDamaged", "ticket", AGENT, INSTANCE)
    yield Case(
        name="a ledger whose chain does not hold is heard",
        series={**alive(HOUR), sound: "1x20 0x40"},
        heard={15: [], 25: [damaged]},
    )
    yield Case(
        name="a ticket is not over because the agent is silent",
        series={**alive(HOUR, gone_after=10), sound: "0x10 stale"},
        heard={8: [damaged], 35: [damaged], 45: sorted([gone, damaged])},
    )
    refused = f'beffroi_configuration_refused{{job="beffroi",instance="{INSTANCE}"}}'
    yield Case(
        name="a configuration that is refused is heard, and no more once one is taken",
        series={**alive(HOUR), refused: "0x10 1x30 0x20"},
        heard={15: [], 30: [("BeffroiConfigurationRefused", "ticket", AGENT, INSTANCE)]},
    )
    witness = f'{{job="beffroi",instance="{INSTANCE}",witness="scota"}}'
    cosigned, refuses = (f"beffroi_witness_{one}{witness}" for one in ("cosigned_timestamp_seconds", "refused"))
    yield Case(
        name="a witness that refuses is a page, at once",
        series={**alive(HOUR), cosigned: "0x60", refuses: "0x20 1x40"},
        heard={15: [], 25: [("BeffroiWitnessRefuses", "page", AGENT, "scota")]},
    )
    yield Case(
        name="a witness that never cosigned is a ticket after two hours",
        series={**alive(3 * HOUR), refuses: "0x180"},
        heard={60: [], 150: [("BeffroiWitnessAway", "ticket", AGENT, "scota")]},
    )
    stamped = f'beffroi_timestamp_token_timestamp_seconds{{job="beffroi",instance="{INSTANCE}"}}'
    yield Case(
        name="timestamps that stopped two days ago are a ticket",
        series={**alive(3 * HOUR), stamped: "-200000x180"},
        heard={60: [], 150: [("BeffroiTimestampLate", "ticket", AGENT, INSTANCE)]},
    )
    yield Case(
        name="little room for the ledger is heard",
        series={**alive(3 * HOUR), room: f"{10**9}x20 {10**8}x160"},
        heard={60: [], 100: [("BeffroiLedgerLittleRoom", "ticket", AGENT, INSTANCE)]},
    )
    yield Case(
        name="a ledger that stands still is heard, within eight hours where looks are as frequent as by default",
        series={**long(DAY), APPEND: f"0x{DAY // LONG}"},
        heard={6 * HOUR: [], ledger: [("BeffroiLedgerStill", "ticket", AGENT, INSTANCE)]},
        interval=LONG,
    )


def _of_silence(key: Key, missed: Heard, gone: Heard) -> Iterator[Case]:
    """Yield: what no one sees any more is not mended, and what was silenced does not begin to ring."""
    silent = alive(HOUR, gone_after=10)
    unseen = {in_state(key, State.MISSED): "1x10 0x50", in_state(key, State.UNPROVEN): "0x10 1x20 0x30"}
    yield Case(
        name="a missed target stays missed while no run succeeds",
        series={**alive(HOUR), **unseen},
        heard={8: [missed], 28: [missed], 40: []},
    )
    excluded = series_of("beffroi_target_excluded_until_timestamp_seconds", key)
    for name, more, while_there in (
        (
            "a silenced target",
            {in_state(key, State.MISSED): "1x10 stale", excluded: "3600x10 stale"},
            [("BeffroiTargetHushed", "none", key.target, key.subject)],
        ),
        (
            "a target on course",
            {in_state(key, State.UNPROVEN): "1x10 stale", _reason(key, "on-course"): "1x10 stale"},
            [],
        ),
    ):
        yield Case(
            name=f"{name} is not heard because the agent is silent",
            series={**silent, **more},
            heard={8: while_there, 20: [], 50: [gone]},
        )


def _of_collectors(rhythms: Mapping[str, timedelta], of_hosts: frozenset[str]) -> Iterator[Case]:
    def look(kind: str, collector: str) -> str:
        return f'beffroi_collector_{kind}{{collector="{collector}",host="srv",instance="{INSTANCE}"}}'

    if rhythms:
        ages = [int(failing_after(rhythm).total_seconds() // 60) // LONG * LONG for rhythm in rhythms.values()]
        failing = [("BeffroiCollectorFailing", "ticket", AGENT, name) for name in sorted(rhythms)]
        samples = (max(ages) + 6 * HOUR) // LONG
        run = {look("last_run_timestamp_seconds", name): f"0+{60 * LONG}x{samples}" for name in rhythms}
        last = {look("last_success_timestamp_seconds", name): f"0x{samples}" for name in rhythms}
        yield Case(
            name="a collector that no longer succeeds raises an alert",
            series={**long(max(ages) + 6 * HOUR), **run, **last},
            heard={min(ages) // 2 // LONG * LONG: [], max(ages) + 3 * HOUR: failing},
            interval=LONG,
        )
        yield Case(
            name="what never succeeded is heard",
            series={**long(5 * HOUR), **run},
            heard={HOUR: [], 4 * HOUR: failing},
            interval=LONG,
        )
    for name in sorted(of_hosts)[:1]:
        yield Case(
            name="a host on which nothing succeeds is heard",
            series={**long(5 * HOUR), look("success", name): f"1x{HOUR // LONG} 0x{4 * HOUR // LONG}"},
            heard={HOUR: [], 4 * HOUR: [("BeffroiHostSilent", "ticket", AGENT, "srv")]},
            interval=LONG,
        )


def _reason(key: Key, reason: str) -> str:
    return series_of("beffroi_target_reason_info", key, reason=reason)


def _of_targets(first: Mapping[str, Key], targets: Mapping[str, Target]) -> Iterator[Case]:
    """Yield: missed is heard at once and no longer than it lasts; accepted, met and not applicable never are."""
    missed = {in_state(key, State.MISSED): "0x5 1x20 0x40" for key in first.values()}
    heard = [miss_of(key, targets[id]) for id, key in first.items()]
    yield Case(
        name="every target is heard while it is missed",
        series={**alive(HOUR), **missed},
        heard={4: [], 7: heard, 30: []},
    )
    for state in (State.MET, State.ACCEPTED, State.NOT_APPLICABLE):
        quiet = {**long(DAY), **{in_state(key, state): f"1x{DAY // LONG}" for key in first.values()}}
        yield Case(name=f"{state.value} is not heard", series=quiet, heard={DAY: []}, interval=LONG)


def _of_grace(key: Key, target: Target, grace: timedelta) -> Iterator[Case]:
    """Yield: within its grace a miss by age is not heard, beyond it or for another reason it is."""
    value = series_of("beffroi_target_value", key, unit="seconds")
    limit, heard = grace.total_seconds(), [miss_of(key, target)]
    for name, reason, age, expected in (
        ("within its grace is not heard", "too-old", limit, []),
        ("beyond its grace is heard", "too-old", limit + 60, heard),
        ("a miss for another reason raises an alert at any age", "damaged", limit, heard),
    ):
        told = {in_state(key, State.MISSED): "1x60", _reason(key, reason): "1x60", value: f"{age:.0f}x60"}
        yield Case(name=f"{key.target} {name}", series={**alive(HOUR), **told}, heard={30: expected})
    young = {
        in_state(key, State.MISSED): "1x10 stale",
        _reason(key, "too-old"): "1x10 stale",
        value: f"{limit:.0f}x10 stale",
    }
    yield Case(
        name=f"{key.target} within its grace is not heard because the agent is silent",
        series={**alive(HOUR, gone_after=10), **young},
        heard={8: [], 30: []},
    )


def _of_the_unproven(key: Key) -> Iterator[Case]:
    heard = [("BeffroiTargetUnproven", "ticket", key.target, key.subject)]
    unproven = {**long(DAY), in_state(key, State.UNPROVEN): f"1x{DAY // LONG}"}
    yield Case(
        name="what stays unproven is heard within the day",
        series=unproven,
        heard={HOUR: [], 13 * HOUR: heard},
        interval=LONG,
    )
    yield Case(
        name="a target on course raises no alert",
        series={**unproven, _reason(key, "on-course"): f"1x{DAY // LONG}"},
        heard={DAY: []},
        interval=LONG,
    )
    closed = series_of("beffroi_target_day_unproven_timestamp_seconds", key)
    day = [("BeffroiDayUnproven", "ticket", key.target, key.subject)]
    yield Case(
        name="a day that ended unproven is heard, for a day",
        series={**long(3 * DAY), closed: f"_x{DAY // LONG} {60 * DAY}x{2 * DAY // LONG}"},
        heard={DAY - LONG: [], DAY + HOUR: day, 2 * DAY + 2 * HOUR: []},
        interval=LONG,
    )
    yield Case(
        name="a day that late evidence shows is heard no longer",
        series={**alive(HOUR), closed: "0x10 stale"},
        heard={8: day, HOUR: []},
    )


def _of_agreements(key: Key, target: Target) -> Iterator[Case]:
    until = series_of("beffroi_target_accepted_until_timestamp_seconds", key)
    yield Case(
        name="an acceptance is heard two weeks before it ends",
        series={
            **long(2 * DAY),
            in_state(key, State.ACCEPTED): f"1x{2 * DAY // LONG}",
            until: f"{15 * 86400}x{2 * DAY // LONG}",
        },
        heard={HOUR: [], DAY + HOUR: [("BeffroiAcceptanceExpiring", "ticket", key.target, key.subject)]},
        interval=LONG,
    )
    excluded = series_of("beffroi_target_excluded_until_timestamp_seconds", key)
    yield Case(
        name="an agreed maintenance silences, says so, and ends with its window",
        series={**alive(HOUR), in_state(key, State.MISSED): "1x60", excluded: "1200x20 stale"},
        heard={10: [("BeffroiTargetHushed", "none", key.target, key.subject)], 30: [miss_of(key, target)]},
    )
    taken = series_of("beffroi_target_acknowledged_until_timestamp_seconds", key)
    yield Case(
        name="an alert that someone took in hand is silent, and rings again afterwards",
        series={**alive(HOUR), in_state(key, State.MISSED): "1x60", taken: "1200x20 stale"},
        heard={10: [], 30: [miss_of(key, target)]},
    )


def _of_the_quarter(first: Mapping[str, Key]) -> Iterator[Case]:
    counted = [key for key in first.values() if CLAUSES[key.target].counted is CountingRule.BY_DAY]
    if not counted:
        return
    key = counted[0]
    which = f'target="{key.target}",beneficiary="{key.beneficiary}"'
    lost = ("BeffroiQuarterLost", "ticket", key.target, key.beneficiary)
    at_risk = ("BeffroiQuarterAtRisk", "ticket", key.target, key.beneficiary)

    def quarter(objective: float, **days: int) -> Series:
        tallies = {
            f'beffroi_attainment_tally{{{which},state="{state}"}}': f"{days.get(state, 0)}x6"
            for state in ("met", "missed", "unproven", "accepted")
        }
        return {
            **long(3 * HOUR),
            "beffroi_quarter_length": "92x6",
            "beffroi_quarter_elapsed": f"{sum(days.values())}x6",
            f"beffroi_attainment_objective_ratio{{{which}}}": f"{objective}x6",
            **tallies,
        }

    for name, series, heard in (
        ("every day met is not heard", quarter(1, met=10), []),
        ("one day missed of all loses it", quarter(1, met=9, missed=1), [lost]),
        ("one day unproven of all puts it at risk", quarter(1, met=9, unproven=1), [at_risk]),
        ("an accepted day alone is not heard", quarter(1, met=9, accepted=1), []),
        ("9 days of 10 is too slow for 95 %, and can still be made up for", quarter(0.95, met=9, missed=1), [at_risk]),
        ("5 days missed of 92 lose 95 %", quarter(0.95, met=5, missed=5), [lost]),
        ("4 days missed of 92 do not lose 95 %", quarter(0.95, met=87, missed=4), []),
        ("the first day of a quarter says nothing", quarter(1), []),
    ):
        yield Case(name=f"quarter: {name}", series=series, heard={2 * HOUR: heard}, interval=LONG)


def _of_what_is_not_shown(wanted: Sequence[Expected]) -> Iterator[Case]:
    shown = {**alive(HOUR), **{in_state(one.key, State.MET): "1x60" for one in wanted}}
    all_shown = Case(name="every expected subject is shown", series=shown, heard={HOUR: []}, aside="BeffroiWatchdog")
    yield all_shown
    lacking = next(one.key for one in wanted if one.key.target not in DUTIES)
    heard = [("BeffroiSubjectUnwatched", "ticket", lacking.target, lacking.beneficiary)]
    series = {**shown, in_state(lacking, State.MET): "1x10 stale"}
    yield replace(all_shown, name="a subject that is not shown any more is heard", series=series, heard={HOUR: heard})
