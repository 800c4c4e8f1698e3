"""Trees of log files as collectors write them, dated back as far as a test needs."""

import bz2
import gzip
import lzma
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.host import Host
from agent.core.inventory import Inventory, Log, LogSource, Marker
from agent.core.manifest import Manifest, ManifestChange
from agent.core.model import Fact, Gap, Observation
from agent.hosts.local import LocalHost
from collectors.logs.collect import COLLECTOR
from collectors.logs.remembered import load, save

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def zstd(content: bytes) -> bytes:
    """Return some bytes as the real zstd packs them."""
    return subprocess.run(["zstd", "-qc"], input=content, capture_output=True, check=True).stdout


PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "": lambda content: content,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
    ".zst": zstd,
}


def rfc3339(at: datetime, host: str, number: int) -> str:
    """Return a line as rsyslog's own file format has it."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}+00:00 {host} app[{number}]: message {number}\n"


def rfc3164(at: datetime, host: str, number: int) -> str:
    """Return a line as the traditional file format has it, without a year."""
    return f"{at:%b} {at.day:2d} {at:%H:%M:%S} {host} app[{number}]: message {number}\n"


def lines(begin: datetime, host: str, form: Callable[[datetime, str, int], str] = rfc3339, number: int = 8) -> str:
    """Return a day's lines, every three hours from a beginning on, up to the present."""
    moments = (begin + timedelta(hours=24 / number * step) for step in range(number))
    return "".join(form(at, host, step) for step, at in enumerate(moments) if at <= NOW)


def write(path: Path, text: str | bytes, written: datetime) -> Path:
    """Write a file, packed as its name says, last written at that time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode() if isinstance(text, str) else text
    path.write_bytes(PACKED[path.suffix if path.suffix in PACKED else ""](content))
    os.utime(path, (written.timestamp(), written.timestamp()))
    return path


@dataclass(slots=True)
class LogTree:
    """A folder of logs and the collector's own folder, looked at as often as a test likes."""

    folder: Path
    sources: tuple[str, ...] = ("fw-1",)
    path: str = "{source}/**"
    timezone: str = "UTC"
    kind: str = "files"
    host: Host = field(default_factory=lambda: LocalHost("srv-1"))
    manifest: Manifest = field(default_factory=Manifest)
    timeout: timedelta = timedelta(seconds=60)
    marker: Marker | None = None
    previous: Observation | None = None

    @property
    def root(self) -> Path:
        """Return where the logs lie."""
        return self.folder / "central"

    def fill(
        self, source: str, days: Iterable[int], *, packed: str = ".gz", form: Callable[..., str] = rfc3339
    ) -> None:
        """Write a file a day, as rsyslog's dynamic names make them; all but today's are packed."""
        for ago in days:
            begin = (NOW - ago * DAY).replace(hour=0)
            name = f"{begin:%Y/%m/%d}.log{packed if ago else ''}"
            text = lines(begin, source, form)
            write(self.root / source / name, text, min(begin + timedelta(hours=21), NOW))

    @property
    def log(self) -> Log:
        """Return the place as it is declared."""
        path = self.path if self.path.startswith("/") else f"{self.root}/{self.path}"
        sources = tuple(
            LogSource(
                id=id, log="central", host=self.host.id, kind=self.kind, path=path, timezone=self.timezone,
                marker=self.marker if id == 'srv-1' else None,
                beneficiaries=("scota",),
            )
            for id in self.sources
        )  # fmt: skip
        return Inventory(log_sources=sources).logs[0]

    def look(self, now: datetime = NOW) -> Observation:
        """Look once. Raises a LookError."""
        cache = self.folder / "cache"
        cache.mkdir(exist_ok=True)
        look = Look(
            now=now,
            here=self.host if isinstance(self.host, LocalHost) else LocalHost("here"),
            host=lambda id: self.host,
            timeout=self.timeout,
            folder=cache,
            manifest=lambda: self.manifest,
            previous=self.previous,
        )
        seen = tuple(COLLECTOR.collect(self.log, look))
        self.previous = Observation(
            collector="logs",
            host=self.host.id,
            subject="central",
            begun=now,
            ended=now,
            facts=tuple(one for one in seen if isinstance(one, Fact)),
            gaps=tuple(one for one in seen if isinstance(one, Gap)),
            manifest=next((one for one in seen if isinstance(one, ManifestChange)), ManifestChange()),
        )
        return self.previous

    def on_another_device(self) -> None:
        """Let all that was read have lain on a file system that is not in the tree."""
        cache = self.folder / "cache"
        save(cache, {path: replace(one, node=f"0:{one.node.partition(':')[2]}") for path, one in load(cache).items()})
