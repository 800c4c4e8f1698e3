"""Exports of a console: declared once, and named by the machines that only it sees."""

from agent.config.load import understand
from agent.core.inventory import Export
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
