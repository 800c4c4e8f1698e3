"""What a bundle takes: 50 hosts of one beneficiary for a quarter, beside 20 others.

At most 5 MB however many others there are; `evidence verify` 5 s and 100 MB; `verify.sh` 60 s; a hostile one 5 s and
256 MB. Each host has eight targets; each of them has a day and a verdict a day, 75,000 in a quarter, which a ledger
keeps in some two thousand rows. A second bundle follows a quarter more, whose days it shows as digests.
"""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.accounting.timeline import Start, TimelineUpdate
from agent.config.load import load
from agent.core.model import Key, State, Verdict
from agent.core.period import Quarter, each_day
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger, VerdictRecord
from agent.publishing.edition_files import EVIDENCE
from agent.publishing.reports import ReportRequest, published
from tests.ledger.samples import HandClock
from tests.parts.checkout import HOME
from tests.report.year import CONFIGURATION, noon

pytestmark = [pytest.mark.programs, pytest.mark.timeout(900)]

Q4 = Quarter(2026, 4)
HOSTS, OTHERS = 50, 20
TARGETS = (
    "backup-rpo", "backup-offsite", "patching", "endpoint-protection", "log-collection", "log-retention",
    "strong-authentication", "network-segmentation",
)  # fmt: skip
LARGEST, LONGEST_VERIFY, LONGEST_SCRIPT = 5_000_000, 5, 60
MOST_MEMORY, MOST_HOSTILE_MEMORY = 100, 256

VERIFIED = """
import json, re, sys, time
from pathlib import Path
from agent.report.verifying import verify
begun = time.process_time()
found = verify(Path(sys.argv[1]))
# Not that of getrusage, which has the memory of the process that began this one.
memory = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps({"outcome": found.outcome.value, "rows": found.rows, "said": [*found.damage, *found.doubts][:3],
    "processor": time.process_time() - begun, "mb": memory / 1024}))
"""


def keys_of(beneficiary: str, hosts: int) -> Sequence[Key]:
    return [
        Key(target=target, subject=f"srv-{beneficiary}-{number:03d}", beneficiary=beneficiary)
        for target in TARGETS
        for number in range(hosts)
    ]


def judged(key: Key, now: datetime, number: int) -> VerdictRecord:
    seen = now - timedelta(seconds=11 + number)
    bad = number % 97 == now.day
    state, reason = (State.MISSED, Reason.TOO_OLD) if bad else (State.MET, Reason.WITHIN_LIMIT)
    verdict = Verdict(
        target=key.target, subject=key.subject, beneficiary=key.beneficiary, at=now, state=state, measured=state,
        day_state=state, reason=reason, unit="seconds", value=3600.5 + number, limit=86400.0, observed_at=seen,
        stands_until=seen + timedelta(hours=26), evidence=(f"r-{now.day * 40000 + number}",),
    )  # fmt: skip
    start = Start(at=seen, state=state, reason=reason)
    stretch = TimelineUpdate(covers_from=seen, starts=(start,), stands_until=verdict.stands_until)
    return VerdictRecord(verdict=verdict, stretch=stretch)


def lived(folder: Path, others: int, first: date = Q4.first) -> Path:
    """Return the bundle of a quarter in which each key was judged once a day; `first` is the first day that was."""
    path = folder / "beffroi.toml"
    path.write_text(CONFIGURATION.format(state=folder / "state"), encoding="utf-8")
    configuration = load(path, strict=False)
    clock = HandClock(noon(first - timedelta(days=2)))
    keys = [*keys_of("scota", HOSTS), *(key for number in range(others) for key in keys_of(f"other-{number}", 1))]
    with Ledger.open(folder / "state", clock=clock) as ledger:
        ledger.keep_load("d" * 64, {key: Days(starts=first) for key in keys}, configuration.targets)
        for day in each_day(first, Q4.last):
            clock.time = datetime.combine(day, time(0, 1), tzinfo=ZoneInfo("Europe/Paris"))
            ledger.keep_verdicts([judged(key, clock.time, number) for number, key in enumerate(keys)])
            clock.time += timedelta(days=1)
            rows = [row(key, day, clock.time, number) for number, key in enumerate(keys)]
            ledger.keep_days(rows)
            ledger.sign_heads(clock.time)
        clock.time = noon(date(2027, 1, 3))
        wish = ReportRequest(quarter=Q4, beneficiary="scota")
        with published(configuration, ledger, wish, clock.now()) as made:
            bundle = folder / "bundle.zip"
            bundle.write_bytes(made.content(EVIDENCE))
    return bundle


def row(key: Key, day: date, now: datetime, number: int) -> DayRow:
    bad = number % 97 == day.day
    state, reason = (State.MISSED, Reason.TOO_OLD) if bad else (State.MET, Reason.WITHIN_LIMIT)
    return DayRow(key=key, day=day, state=state, measured=state, reason=reason, late=False, judged_at=now)


@pytest.fixture(scope="module", params=[Q4.first, date(2026, 7, 1)], ids=["a quarter", "a quarter before it"])
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield lived(tmp_path_factory.mktemp("fifty"), OTHERS, request.param)


def verified(path: Path) -> dict[str, object]:
    ran = subprocess.run(
        [sys.executable, "-c", VERIFIED, path], cwd=HOME, capture_output=True, text=True, check=True, timeout=600
    )
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def test_a_quarter_of_fifty_hosts_is_five_megabytes_at_most(bundle: Path) -> None:
    size = bundle.stat().st_size
    with zipfile.ZipFile(bundle) as archive:
        before = sum(name.startswith("before/") for name in archive.namelist())
    print(f"\n{HOSTS} hosts x {len(TARGETS)} targets x {len(list(Q4.days()))} days, {before} before: {size} bytes")
    assert size <= LARGEST


def test_it_is_verified_in_five_seconds_and_a_hundred_megabytes(bundle: Path) -> None:
    found = verified(bundle)
    print(f"\nevidence verify: {found}")
    assert (found["outcome"], found["said"]) == ("sound", [])
    assert isinstance(found["processor"], float) and isinstance(found["mb"], float)
    assert found["processor"] <= LONGEST_VERIFY
    assert found["mb"] <= MOST_MEMORY


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_its_script_takes_a_minute_at_most(bundle: Path, tmp_path: Path, shell: str) -> None:
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path)
    timed = f"{shell} {tmp_path}/verify.sh >/dev/null && times"
    ran = subprocess.run(["bash", "-c", timed], capture_output=True, text=True, check=True, timeout=600)
    spent = sum(int(part.split("m")[0]) * 60 + float(part.split("m")[1].rstrip("s")) for part in ran.stdout.split())
    print(f"\n{shell}: {spent:.1f} s of processor")
    assert spent <= LONGEST_SCRIPT


HOSTILE = {
    "zeros that grow a hundredfold": lambda: {f"days/{number}.txt": b"\0" * 4_000_000 for number in range(100)},
    "as many files as can be": lambda: {f"days/{number}": b"x" for number in range(60_000)},
    "lines without end": lambda: {"MANIFEST": b"a" * 60_000_000 + bytes(range(256)) * 20_000},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_bundle_takes_five_seconds_and_its_memory_at_most(tmp_path: Path, name: str) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in HOSTILE[name]().items():
            archive.writestr(one, content)
    (tmp_path / "hostile.zip").write_bytes(written.getvalue())
    found = verified(tmp_path / "hostile.zip")
    print(f"\n{name}: {found}")
    assert found["outcome"] == "damaged"
    assert isinstance(found["processor"], float) and isinstance(found["mb"], float)
    assert found["processor"] <= LONGEST_VERIFY
    assert found["mb"] <= MOST_HOSTILE_MEMORY
