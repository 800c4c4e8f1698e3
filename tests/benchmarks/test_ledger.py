"""What keeping the readings of 800 hosts takes, what it adds to the ledger, and what a scrape waits for it."""

import random
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.timeline import Start, TimelineUpdate
from agent.core.model import Key, Observation, State, Verdict
from agent.core.reason import Reason
from agent.ledger.ledger import ChainOutcome, Ledger, VerdictRecord
from tests.ledger.samples import HandClock, day_row, open_ledger
from tests.parts.checkout import HOME
from tests.parts.full_ledger import NOW
from tests.parts.kept import keep_reading
from tests.parts.many_looks import HOSTS, looks_at
from tests.parts.web import get

QUARTER_HOUR = timedelta(minutes=15)
# What is asked: processor seconds of 4,000 readings; milliseconds of a scrape meanwhile.
KEEPING, SCRAPE = 3.0, 50.0
SINGLY = 200
# Hosts, and the looks of each a month in the rhythms of `[schedule]`; bytes that a month may add in all, and that the
# looks may; how many looks come together, and how often each is looked at here; days that are kept.
FLEET, MONTHLY, GROWTH, LOOKS_GROWTH, DAYS = 1000, 6840, 300e6, 240e6, 6
TOGETHER, GROWING = 40, 8


def spent(ledger: Ledger, looks: Sequence[Observation], *, singly: bool = False) -> float:
    """Return the processor seconds of keeping some readings."""
    began = time.process_time()
    if singly:
        for look in looks:
            keep_reading(ledger, look)
    else:
        assert all(isinstance(kept, str) for kept in ledger.keep_readings(looks))
    return time.process_time() - began


def size(folder: Path, ledger: Ledger) -> int:
    ledger.checkpoint()
    return (folder / "ledger.sqlite").stat().st_size


def test_keeping_four_thousand_readings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """First looks, looks that saw the same, looks of which each saw one fact change; and some of them one by one."""
    clock = HandClock(NOW)
    seconds, grown = {}, {}
    with open_ledger(tmp_path, clock) as ledger:
        for name, moved in {"first": False, "unchanged": False, "one fact changed": True}.items():
            clock.time += QUARTER_HOUR
            before = size(tmp_path, ledger)
            seconds[name] = spent(ledger, looks_at(HOSTS, clock.time, moved=moved))
            grown[name] = (size(tmp_path, ledger) - before) / (5 * HOSTS)
        clock.time += QUARTER_HOUR
        singly = spent(ledger, looks_at(SINGLY // 5, clock.time, moved=True), singly=True) / SINGLY
        assert ledger.verify().outcome is ChainOutcome.SOUND
    with capsys.disabled():
        print(f"\n{5 * HOSTS} readings of {HOSTS} hosts, processor; bytes that each adds")
        for name, took in seconds.items():
            print(f"  {name:20} {took:6.2f} s   {grown[name]:7.0f}")
        ratio = 5 * HOSTS * singly / seconds["one fact changed"]
        print(f"  one by one, each {1000 * singly:.2f} ms: {ratio:.1f} x together")
    assert max(seconds.values()) <= KEEPING


def shuffled(looks: Sequence[list[Observation]], dice: random.Random) -> list[list[Observation]]:
    return dice.sample(looks, len(looks))


def at_random(look: Observation, now: datetime, dice: random.Random) -> Observation:
    """Return a look that saw the same, at a moment of the seconds before, with times as those of a network."""
    took = timedelta(microseconds=dice.randrange(300_000, 3_000_000))
    ended = now - timedelta(microseconds=dice.randrange(3_000_000))
    return replace(
        look,
        begun=ended - took,
        ended=ended,
        facts=tuple(replace(fact, as_of=ended) for fact in look.facts),
        evidence=tuple(
            replace(one, duration=took - timedelta(microseconds=dice.randrange(3_000, 90_000))) for one in look.evidence
        ),
    )


def test_growth_by_looks_that_saw_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A thousand hosts, two looks each that come back together, 20 looks at a time, in an order that varies."""
    clock, dice = HandClock(NOW), random.Random(16)
    looks = [look for look in looks_at(FLEET, NOW) if look.collector in ("clock", "antivirus")]
    pairs = [looks[begin : begin + 2] for begin in range(0, len(looks), 2)]
    grown, seconds = 0, 0.0
    with open_ledger(tmp_path, clock) as ledger:
        for number in range(GROWING + 2):
            if number == 2:
                grown, seconds = size(tmp_path, ledger), time.process_time()
            order = [pair for first in range(0, len(pairs), 40) for pair in shuffled(pairs[first : first + 40], dice)]
            for begin in range(0, len(pairs), TOGETHER // 2):
                clock.time += QUARTER_HOUR * TOGETHER / len(looks)
                some = order[begin : begin + TOGETHER // 2]
                ledger.keep_readings([at_random(look, clock.time, dice) for pair in some for look in pair])
        seconds = time.process_time() - seconds
        each = (size(tmp_path, ledger) - grown) / (GROWING * len(looks))
        assert ledger.verify().outcome is ChainOutcome.SOUND
    with capsys.disabled():
        cost = f"{each:.1f} bytes, {1000 * seconds / GROWING / len(looks):.2f} ms"
        print(f"\na look that saw the same, {TOGETHER} together: {cost}")
        print(f"  {FLEET} hosts, {MONTHLY} looks each a month: {each * FLEET * MONTHLY / 1e6:.0f} MB")
    assert each * FLEET * MONTHLY <= LOOKS_GROWTH


def judged(key: Key, at: datetime, dice: random.Random) -> VerdictRecord:
    """Return a verdict that says the same at each instant, with figures and evidence of its own."""
    seen = at - timedelta(microseconds=dice.randrange(900_000_000))
    given = Verdict(
        target=key.target,
        subject=key.subject,
        beneficiary=key.beneficiary,
        at=at,
        state=State.MET,
        measured=State.MET,
        day_state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        unit="seconds",
        value=(at - seen).total_seconds(),
        limit=345_600.0,
        observed_at=seen,
        stands_until=seen + timedelta(hours=26),
        about={"product": "clamav", "loaded": seen},
        evidence=(f"r-{dice.randrange(1000) + 10_000}.{dice.randrange(TOGETHER) + 1}",),
    )
    start = Start(at=at, state=State.MET, reason=Reason.WITHIN_LIMIT)
    stretch = TimelineUpdate(covers_from=at, starts=(start,), stands_until=given.stands_until)
    return VerdictRecord(verdict=given, stretch=stretch)


def test_growth_by_verdicts_and_days_that_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A thousand hosts with four targets, of 20 beneficiaries: a fifth of all is judged each minute after midnight."""
    clock, dice = HandClock(NOW), random.Random(16)
    keys = [
        Key(target=target, subject=f"srv-{host}", beneficiary=f"town-{host % 20}")
        for target in ("endpoint-protection", "log-collection", "patching", "strong-authentication")
        for host in range(FLEET)
    ]
    order, grown = dice.sample(keys, len(keys)), 0
    with open_ledger(tmp_path, clock) as ledger:
        for number in range(DAYS + 2):
            if number == 2:
                grown = size(tmp_path, ledger)
            clock.time += timedelta(days=1)
            for first in range(0, len(order), len(order) // 5):
                clock.time += timedelta(minutes=1)
                ledger.keep_verdicts([judged(key, clock.time, dice) for key in order[first : first + len(order) // 5]])
            for first in range(0, len(keys), 500):
                ledger.keep_days([day_row(clock.time.date(), key=key) for key in keys[first : first + 500]])
        each = (size(tmp_path, ledger) - grown) / (DAYS * len(keys))
        assert ledger.verify().outcome is ChainOutcome.SOUND
    with capsys.disabled():
        print(f"\na verdict and a day that say the same: {each:.0f} bytes")
        print(f"  {FLEET} hosts with four targets each: {each * len(keys) * 30 / 1e6:.0f} MB a month")
    assert each * len(keys) * 30 <= GROWTH - LOOKS_GROWTH


@contextmanager
def serving(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """Run the program that serves and keeps, in a process of its own."""
    argv = [sys.executable, "-m", "tests.parts.many_looks", str(folder)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HOME) as process:
        try:
            yield process
        finally:
            process.kill()


def scrapes(port: int, process: "subprocess.Popen[str]") -> list[float]:
    """Return how many milliseconds each scrape took while 4,000 readings came in."""
    assert process.stdin is not None
    assert process.stdout is not None
    lasted: list[float] = []
    process.stdin.write("keep\n")
    process.stdin.flush()
    done = False
    while not done:
        began = time.perf_counter()
        assert get(port, "/metrics").status == 200
        lasted.append((time.perf_counter() - began) * 1000)
        done = bool(select.select([process.stdout.fileno()], [], [], 0)[0])
    assert process.stdout.readline() == "kept\n"
    return sorted(lasted)


@pytest.mark.network
@pytest.mark.programs
def test_a_scrape_while_four_thousand_readings_come_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The calmest of three rounds: what else a machine does shows in some, what the work itself takes in all."""
    with serving(tmp_path) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        series = sum(not line.startswith(b"#") for line in get(port, "/metrics").body.splitlines())
        rounds = [scrapes(port, process) for _ in range(3)]
    calmest = min(rounds, key=lambda lasted: lasted[len(lasted) * 99 // 100])
    median, worst = calmest[len(calmest) // 2], calmest[len(calmest) * 99 // 100]
    with capsys.disabled():
        print(f"\n{len(calmest)} scrapes of {series} series while 4,000 readings came in: {median:.1f}, {worst:.1f} ms")
    assert worst <= SCRAPE
