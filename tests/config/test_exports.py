"""Exports of a console: declared once, and named by the machines that only it sees."""

import pytest

from agent.config.load import understand
from agent.core.inventory import Columns, Export
from tests.config.written import PLACE, SOUND, told

EXPORT = """
[[export]]
id = "edr"
path = "/srv/exports/edr.csv"
host = "Poste"
date = "Signatures"
separator = ";"
date_format = "%d/%m/%Y %H:%M"
"""
POST = """
[[host]]
id = "pc-1"
collect = ["antivirus"]
antivirus = { export = "edr", name = "PC-SCOTA-01" }
"""


def test_a_post_that_only_a_console_sees_names_its_export() -> None:
    inventory = understand((SOUND + EXPORT + POST).encode(), PLACE, strict=False).inventory
    protection = inventory.host("pc-1").antivirus
    assert protection.name == "PC-SCOTA-01"
    assert protection.export == Export(
        id="edr",
        path="/srv/exports/edr.csv",
        format="csv",
        host="Poste",
        date="Signatures",
        date_format="%d/%m/%Y %H:%M",
        separator=";",
        timezone="Europe/Paris",
    )


def test_an_export_that_is_not_declared_is_a_mistake_with_the_nearest_one() -> None:
    (mistake,) = told(SOUND + EXPORT + POST.replace('export = "edr"', 'export = "edt"'))
    assert mistake.what == '"edt" is no export of this file'
    assert '"edr"' in mistake.hint


def test_two_exports_of_one_id_are_a_mistake() -> None:
    (mistake,) = told(SOUND + EXPORT + EXPORT + POST)
    assert mistake.what.startswith('"edr" is already the id of another export')


SECOND = """
[[export]]
id = "entra"
path = "/srv/exports/entra.csv"
fact = "second-factor"
[[door]]
id = "vpn"
hosts = ["srv-1"]
accounts = ["direction@scota.example"]
export = "entra"
required_by = "CA-01"
"""


def test_a_door_leads_to_its_hosts_with_the_export_that_tells_of_it() -> None:
    (door,) = understand((SOUND + SECOND).encode(), PLACE, strict=False).inventory.host("srv-1").doors
    assert (door.id, door.accounts, door.required_by) == ("vpn", ("direction@scota.example",), "CA-01")
    assert door.export is not None
    assert door.export.fact == "second-factor"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (SECOND.replace('hosts = ["srv-1"]', 'hosts = ["srv-0"]'), '"srv-0" is no host of this file'),
        (SECOND.replace('export = "entra"', 'export = "entre"'), '"entre" is no export of this file'),
        (SECOND.replace('fact = "second-factor"\n', ""), "names an export of machines, not of accounts"),
        (SECOND.replace("direction@", "la direction@"), "holds a space"),
        (SECOND + POST.replace('"edr"', '"entra"'), "names an export of accounts, not of machines"),
        (EXPORT.replace('date = "Signatures"\n', "") + POST, "is missing"),
    ],
)
def test_what_does_not_fit_between_doors_and_exports_is_a_mistake(text: str, what: str) -> None:
    assert any(what in mistake.what for mistake in told(SOUND + text))


UPDATES = """
[[export]]
id = "wsus"
path = "/srv/exports/wsus.csv"
fact = "updates"
host = "Computer"
date = "Last report"
oldest = "Oldest missing"
waiting = "Needed"
"""
WATCHED = '[[host]]\nid = "pc-1"\ncollect = ["patches"]\nupdates = { export = "wsus", name = "PC-1" }\n'


def test_updates_that_only_a_console_sees_name_its_export_and_columns() -> None:
    inventory = understand((SOUND + UPDATES + WATCHED).encode(), PLACE, strict=False).inventory
    updates = inventory.host("pc-1").updates
    assert updates.name == "PC-1"
    assert updates.export is not None
    assert updates.export.columns == Columns(oldest="Oldest missing", waiting="Needed")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('oldest = "Oldest missing"\n', "", "is missing, and an export of updates has no column without a name"),
        ('date = "Last report"\n', "", "is missing, and an export of updates"),
        ('export = "wsus"', 'export = "wsos"', '"wsos" is no export of this file'),
        ('fact = "updates"\n', "", '"Oldest missing" is for an export of updates alone'),
    ],
)
def test_an_export_of_updates_that_lacks_or_has_too_much_is_a_mistake(old: str, new: str, what: str) -> None:
    assert any(mistake.what.startswith(what) for mistake in told((SOUND + UPDATES + WATCHED).replace(old, new)))


def test_an_export_of_a_protection_tells_nothing_of_updates() -> None:
    (mistake,) = told(SOUND + EXPORT + WATCHED.replace("wsus", "edr"))
    assert mistake.what == '"edr" names an export of protection, not of updates'
