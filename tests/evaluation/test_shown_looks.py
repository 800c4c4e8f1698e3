"""What is shown of a look that several beneficiaries share: one's own part, and nothing of the others'."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.core.duties.expected import expected
from agent.core.errors import LedgerDamaged
from agent.core.inventory import Backup, Copy, DeclaredHost, Inventory, LogSource, ProgramLooks
from agent.core.model import Fact, State
from agent.core.points import Point
from agent.evaluation import shown_looks
from agent.evaluation.shown_looks import part_of
from agent.ledger import encode
from agent.ledger.fields import parse
from agent.ledger.kept_types import FACT
from agent.ledger.seen_items import SEEN_ITEMS, SeenItems, items_of
from tests.evaluation.test_round import DAY, START, world
from tests.ledger.samples import asked

AT = datetime(2026, 11, 2, tzinfo=UTC)
PROGRAM = ProgramLooks(name="restic", listing="restic_snapshots", verification="restic_check")
COPY = Copy(
    id="offsite",
    backup="files",
    program=PROGRAM,
    repository="sftp:joe:secret@vault:/srv",
    password_file=Path("/secret"),
    siblings=("files/other", "theirs/offsite"),
    offsite=True,
)
FILES = Backup(
    id="files",
    beneficiary="scota",
    program=PROGRAM,
    host="srv-1",
    paths=("/srv",),
    snapshot_host="srv-1",
    copies=(COPY,),
)
THEIRS = replace(FILES, id="theirs", beneficiary="eaux", copies=(replace(COPY, backup="theirs"),))
SOURCES = tuple(
    LogSource(id=id, log="central", host="srv-1", kind="files", path="/var/log/secret", beneficiaries=(owner, "all"))
    for id, owner in (("fw", "scota"), ("vpn", "eaux"))
)
INVENTORY = Inventory(backups=(FILES, THEIRS), log_sources=SOURCES)


def fact(name: str, subject: str, value: object) -> str:
    return encode.canonical(FACT.encode(Fact(name=name, subject=subject, value=value, as_of=AT)))  # type: ignore[arg-type]  # any value that is kept


def point(id: str, host: str) -> str:
    return fact("backup.point", "files/offsite", Point(id=id, time=AT, host=host, paths=("/srv",)))


def own() -> SeenItems:
    return items_of(INVENTORY, {}, "scota")


def test_other_machines_points_in_a_shared_repository_are_not_shown() -> None:
    lines = [
        fact("repository.present", "files/offsite", value=True),
        point("ours", "srv-1"),
        point("theirs", "srv-9"),
        fact("backup.point.holds_files", "files/offsite", "theirs"),
        fact("backup.point.holds_files", "files/offsite", "ours"),
    ]
    _, shown = part_of(own())(("restic_snapshots", "files/offsite"), {}, lines)
    assert list(shown) == [lines[0], lines[1], lines[4]]


def test_a_host_of_others_is_shown_as_where_a_backup_lies_and_as_nothing_more() -> None:
    host = DeclaredHost(id="srv-1", address="10.0.0.1", site="arras", beneficiaries=("eaux",), administrators=("anne",))
    shown = items_of(replace(INVENTORY, hosts=(host,)), {}, "scota")
    assert shown.hosts == (DeclaredHost(id="srv-1", site="arras", collect=()),)
    keys = {(one.key.subject, one.key.beneficiary) for one in expected(shown.inventory, None)}
    assert ("files", "scota") in keys and "srv-1" not in {subject for subject, _ in keys}


def test_a_backup_whose_host_an_earlier_release_left_out_is_derived_from_nothing() -> None:
    before = replace(items_of(INVENTORY, {}, "scota"), hosts=())
    assert {one.key.subject for one in expected(before.inventory, None)}.isdisjoint({"files", "files/offsite"})


def test_other_sources_of_a_log_place_are_not_shown() -> None:
    lines = [
        fact("log.newest", "central/fw", "x"),
        fact("log.newest", "central/vpn", "x"),
        fact("log.free", "central", 5),
        fact("log.stranger", "central", "unknown-sender"),
    ]
    gaps = [{"subject": "central/fw"}, {"subject": "central/vpn"}]
    look, shown = part_of(own())(("logs", "central"), {"gaps": gaps}, lines)
    assert (list(shown), look["gaps"]) == ([lines[0], lines[2]], gaps[:1])


def test_what_is_declared_is_shown_without_addresses_and_without_others() -> None:
    text = encode.canonical(SEEN_ITEMS.encode(own()))
    assert not [
        word
        for word in ("secret", "joe", "vault", "eaux", "theirs", "vpn", "all")
        if f'"{word}' in text or f":{word}" in text
    ]
    (backup,) = own().backups
    assert (backup.copies[0].repository, backup.copies[0].siblings) == ("sftp:", ("files/other",))
    assert SEEN_ITEMS.decode(parse(text)) == own()


def test_what_an_earlier_release_declared_may_lack_what_came_since() -> None:
    kept = SEEN_ITEMS.encode(own())
    (backup,) = kept["backups"]
    del backup["kit"], backup["copies"][0]["siblings"]
    (read,) = SEEN_ITEMS.decode(parse(encode.canonical(kept))).backups
    assert read == replace(own().backups[0], copies=(replace(own().backups[0].copies[0], siblings=()),))


def test_what_was_seen_is_kept_once_a_utc_day_and_whole_once_a_quarter(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        held.look()
        assert not seen_rows(tmp_path)
        for hours in (20, 24, 28, 48):
            held.clock.instant = START + hours * DAY / 24
            held.look()
        held.clock.instant = START + 62 * DAY
        held.look()
        assert held.ledger.verify().outcome.value == "sound"
    assert [(at[5:13], '"whole":true' in text) for at, text in seen_rows(tmp_path)] == [
        ("11-03T01", True),
        ("11-04T05", False),
        ("01-03T05", True),
    ]


def test_damage_of_a_look_costs_no_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*asked: object) -> None:
        raise LedgerDamaged("the facts of reading r-7 are gone")

    with world(tmp_path) as held:
        held.look()
        monkeypatch.setattr(shown_looks, "looks_in", damaged)
        held.clock.instant = START + DAY
        assert held.look().day_state is State.MET
        assert [head.day for head in held.ledger.heads()] == ["2026-11-02"]
        monkeypatch.undo()
        held.clock.instant = START + 2 * DAY
        held.ledger.seen_on = ""
        held.look()
    assert [at[5:10] for at, _ in seen_rows(tmp_path)] == ["11-04"]


def seen_rows(folder: Path) -> list[tuple[str, str]]:
    return asked(
        folder / "state",
        "SELECT instant, text FROM chain JOIN payload USING (sequence) WHERE kind = 'seen' ORDER BY sequence",
    )
