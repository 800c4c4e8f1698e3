"""What a verification of a stanza keeps of earlier ones, with a pgBackRest that answers as it was recorded."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.verification import DAMAGE, Damage, damage_in
from agent.core.host import Command, Host, Output
from agent.core.inventory import Copy
from agent.core.model import Fact, Observation
from collectors.pgbackrest import LOOKS
from collectors.pgbackrest.verify import collect
from tests.collectors.pgbackrest.test_results import FULL, REFUSED, SOUND, invalid
from tests.parts.kept_look import kept_look

NOW = datetime(2026, 12, 2, 3, 30, tzinfo=UTC)
COPY = Copy(
    id="vault",
    backup="db",
    program=LOOKS,
    repository="pgbackrest:db-1:main",
    cluster="main",
    host="db-1",
    snapshot_host="db-1",
    asked_at="vault",
)


def info(label: str) -> object:
    """Return what `info` says of one backup."""
    return {
        "label": label,
        "archive": {"start": f"{1:08X}{0:08X}{3:08X}", "stop": f"{1:08X}{0:08X}{3:08X}"},
        "lsn": {"start": "0/3000028", "stop": "0/3000100"},
        "timestamp": {"start": 1796136700, "stop": 1796136729},
        "info": {"size": 4096, "repository": {"delta": 1000}},
        "database": {"id": 1, "repo-key": 1},
    }


@dataclass
class Vault(Host):
    """A host whose pgBackRest knows one stanza; `verifies` are the next answers to `verify`."""

    id: str = "vault"
    verifies: list[tuple[str, str]] = field(default_factory=list)

    def execute(self, command: Command) -> Output:
        said, told = "pgBackRest 2.55.1\n", ""
        if "info" in command.argv:
            stanza = {
                "name": "main",
                "repo": [{"key": 1, "status": {"code": 0, "message": "ok"}}],
                "db": [{"id": 1, "system-id": 7, "repo-key": 1}],
                "backup": [info(FULL)],
                "archive": [],
            }
            said = json.dumps([stanza])
        elif "verify" in command.argv:
            said, told = self.verifies.pop(0)
        return Output(status=0, stdout=said.encode(), stderr=told.encode(), duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        raise AssertionError(path)


def looked(vault: Vault, previous: Observation | None, now: datetime, budget: int | None = None) -> Observation:
    """Return one look at the stanza."""
    look = Look(
        now=now,
        here=vault,
        host=lambda id: vault,
        timeout=timedelta(minutes=1),
        folder=Path("/nonexistent"),
        previous=previous,
        budget=budget,
    )
    return kept_look(LOOKS.verification, COPY.subject, collect(COPY, look), now, COPY.host)


@pytest.mark.parametrize("budget", [None, 10], ids=["everything", "a-share"])
def test_damage_stands_where_its_backup_could_not_be_read_again(budget: int | None) -> None:
    sound = SOUND.replace("966", "965")
    damaged = (invalid(FULL), f"INFO: invalid checksum '{FULL}/pg_data/base/1/1255.gz'\n")
    unread = (invalid(FULL), f"INFO: invalid result {FULL}/pg_data/base/1/1247.gz: {REFUSED}\n")
    vault = Vault(verifies=[(sound, ""), damaged, unread, (sound, "")])
    seen: Observation | None = None
    known = []
    for day in range(4):
        seen = looked(vault, seen, NOW + timedelta(days=day), budget)
        known.append([damage.file for damage, _ in damage_in(seen)])
    assert known == [[], [f"snapshots/{FULL}"], [f"snapshots/{FULL}"], []]


def test_a_damaged_segment_is_forgotten_once_it_precedes_every_backup() -> None:
    segments = [f"wal/{1:08X}{0:08X}{number:08X}" for number in (2, 5)]
    damage = (Damage(file=name, reason="damaged") for name in segments)
    facts = tuple(Fact(name=DAMAGE, subject=COPY.subject, value=one, as_of=NOW) for one in damage)
    seen = Observation(
        collector=LOOKS.verification, host=COPY.host, subject=COPY.subject, begun=NOW, ended=NOW, facts=facts
    )
    for day in (1, 2):
        seen = looked(Vault(verifies=[(SOUND, "")]), seen, NOW + timedelta(days=day), budget=10)
        assert [one.file for one, _ in damage_in(seen)] == segments[1:]


NO_BACKUP_SEEN = "stanza: main\nstatus: ok\n  archiveId: 17-1, total WAL checked: 7, total valid WAL: 7\n"
NO_SUCH_SET = f"stanza: main\nstatus: error\n  backup set {FULL} is not valid\n"


@pytest.mark.parametrize(("budget", "said"), [(None, NO_BACKUP_SEEN), (10, NO_SUCH_SET)], ids=["everything", "a-share"])
def test_a_backup_that_is_listed_and_whose_folder_is_gone_is_damaged(budget: int | None, said: str) -> None:
    # pgBackRest 2.55: info lists it, and verify passes over it with a status of ok.
    seen = looked(Vault(verifies=[(said, "")]), None, NOW, budget)
    assert [damage for damage, _ in damage_in(seen)] == [Damage(file=f"snapshots/{FULL}", reason="absent")]
    assert seen.one("verify.sound") is None
