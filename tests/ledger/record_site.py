"""Records the ledger of a small site as this version of the program writes it: `python -m tests.ledger.record_site`.

Real programs are looked at: restic, an sshd with a store behind it, a clamd, a tree of logs, a web filter, this
machine's accounts, clock, firewall and packages. What is damaged, lost or late is so on purpose. Beside the ledger
stands what this version says of it (tests.ledger.what_a_site_says). See tests/ledger/recorded/README.md.
"""

import gzip
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.ledger.keys import PUBLIC_NAME
from tests.ledger.what_a_site_says import told
from tests.parts.clamd import running_clamd
from tests.parts.filtering import PAGE, Filter, answer, saying, served
from tests.parts.ports import free_port
from tests.parts.program import beffroi, daemon
from tests.parts.repositories import flip_byte
from tests.parts.stores import store_host
from tests.parts.watched import Copy, Watched

RECORDED = Path(__file__).parent / "recorded"
# Where the site lay: the evidence in its ledger names these paths.
FOLDER = Path("/srv/recorded-site")
SAMPLE = 'sample = { reason = "contrôle hebdomadaire", author = "RSSI" }'

HOSTS = """
[[host]]
id = "vault"
transport = "ssh"
address = "{sshd.address}"
port = {sshd.port}
user = "{sshd.user}"
key_file = "{key}"
known_hosts = "{sshd.known_hosts}"
site = "cambrai"
collect = []

[[log]]
id = "central"
host = "srv-1"
kind = "files"
path = "{logs}/{{source}}/**"
sources = ["srv-1", "silent"]

[[flow]]
id = "required"
from = "srv-1"
to = "127.0.0.1:{site}"
expect = "open"

[[flow]]
id = "forbidden"
from = "srv-1"
to = "127.0.0.1:{site}"
expect = "blocked"

[[flow]]
id = "closed"
from = "srv-1"
to = "127.0.0.1:{dead}"
expect = "blocked"

[[web_filter]]
id = "malware"
from = "srv-1"
url = "http://blocked.test/"
control_url = "http://allowed.test/"
proxy = "http://127.0.0.1:{proxy}"
refused_as = ["text Accès refusé"]

[alert]
webhook = "http://127.0.0.1:{ear}/alerts"

[schedule]
backups = "20s"
"""
# How long the daemon looks, in seconds: each of its looks at least once.
SERVED = 90


def logs(folder: Path) -> Path:
    """Make a tree of one sender's logs, in which a day is missing."""
    own = folder / "srv-1"
    own.mkdir(parents=True)
    now = datetime.now(UTC).replace(microsecond=0)
    for days in (3, 2, 0):
        at = now - timedelta(days=days)
        lines = [f"{(at - timedelta(minutes=20 * turn)).isoformat()} srv-1 app: turn {turn}" for turn in range(60)]
        path = own / f"app-{at:%Y%m%d}.log"
        path.write_text("".join(f"{line}\n" for line in reversed(lines)))
        os.utime(path, (at.timestamp(), at.timestamp()))
    return folder


def run(*arguments: str | Path, configuration: Path) -> str:
    """Run one command, and say the result."""
    done = beffroi(*arguments, "--config", configuration)
    print(*arguments, done.code, done.err[-300:], sep=" | ", flush=True)
    return done.out


def record() -> None:
    """Make the site, look at it for a while, and write what its ledger holds."""
    site = Watched(FOLDER)
    site.source("files")
    site.declare("canaried", more=f'canary = "{site.source("canaried")}/.beffroi-canary"')
    with ExitStack() as stack:
        stores = stack.enter_context(store_host(FOLDER / "sshd"))
        clamd = stack.enter_context(running_clamd(FOLDER / "clamd"))
        refuse = saying(answer("200 OK", "<h1>Accès refusé</h1>".encode()))
        page = stack.enter_context(served(saying(answer("200 OK", PAGE))))
        proxy = stack.enter_context(served(Filter(refuse=refuse, site=page).talk))
        ear = stack.enter_context(served(saying(answer("200 OK", b"ok"))))
        site.make("canaried", timedelta(hours=40))
        late = site.make("late", timedelta(hours=50))
        site.declare("late")
        stored = site.make("stored", timedelta(hours=30), timedelta(minutes=10))
        stores.forced(stored)
        key = stores.sshd.folder / "forced-0"
        site.declare(
            "stored",
            Copy(repository=str(stored), more=f'store = {{ host = "vault", path = "{stored}" }}'),
            more=SAMPLE,
        )
        broken = site.make("broken", timedelta(hours=2))
        site.declare("broken")
        site.backups += HOSTS.format(
            sshd=stores.sshd,
            key=key,
            logs=logs(FOLDER / "logs"),
            site=page,
            dead=free_port(),
            proxy=proxy,
            ear=ear,
        )
        head = site.configuration
        text = head.read_text().replace(
            "collect = []",
            'collect = ["patches", "antivirus", "clock", "access", "network"]\n'
            f'antivirus = {{ product = "clamav", socket = "{clamd.socket}", database = "{clamd.database}" }}',
            1,
        )
        configuration = FOLDER / "site.toml"
        configuration.write_text(text)
        run("check", configuration=configuration)
        run("canary", "plant", "canaried", configuration=configuration)
        site.make("canaried", timedelta(minutes=1))
        flip_byte(max((broken / "data").rglob("*"), key=lambda one: one.stat().st_size if one.is_file() else 0), 60)
        run("verify", configuration=configuration)
        run("drill", "stored/offsite", "--reason", "essai", "--author", "RSSI", "--full", configuration=configuration)
        for arguments in entries():
            run("register", "add", *arguments, configuration=configuration)
        site.make("stored", timedelta(minutes=1))
        (next(one for one in (late / "data").rglob("*") if one.is_file())).unlink()
        with daemon(configuration, FOLDER / "log"):
            time.sleep(SERVED)
        run("check", configuration=configuration)
        run("ledger", "verify", configuration=configuration)
        keep(configuration)


def entries() -> Iterator[tuple[str, ...]]:
    """Yield what is entered in the registers: someone who left, and a change that was wanted."""
    now = datetime.now(UTC).replace(microsecond=0)
    left = (now - timedelta(hours=2)).isoformat()
    yield ("departure", f"left={left}", "person=Anne Dupont", "accounts=adupont", "author=RH")
    yield ("departure", f"left={left}", "person=Le Mandataire", "accounts=root", "author=RH")


def keep(configuration: Path) -> None:
    """Write the ledger as text, its key, its configuration, and what this version says of it."""
    RECORDED.mkdir(exist_ok=True)
    state = FOLDER / "state"
    with closing(sqlite3.connect(state / "ledger.sqlite")) as connection:
        text = "\n".join(connection.iterdump()) + "\n"
    with gzip.GzipFile(RECORDED / "site.sql.gz", "wb", mtime=0) as file:
        file.write(text.encode())
    shutil.copy(state / PUBLIC_NAME, RECORDED / "site.pub.pem")
    written = configuration.read_text().replace(str(state), "{state}")
    (RECORDED / "site.toml").write_text(written)
    at = datetime.now(UTC)
    said = {"at": at.isoformat(), **told(configuration, at)}
    with gzip.GzipFile(RECORDED / "site.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(said, sort_keys=True).encode())


if __name__ == "__main__":
    FOLDER.mkdir()
    record()
