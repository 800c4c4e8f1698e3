"""The keys of `[fleet]`: what a file may say, and what is refused with its line."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.config.load import load
from agent.core.errors import ConfigurationError

FILE = """\
[[beneficiary]]
id = "scota"

[fleet]
"""
SOUND = {
    "agent": '"arras-1"',
    "database": '"postgresql://pg.example:5432/beffroi"',
    "user": '"beffroi_arras_1"',
    "password_file": '"fleet.password"',
    "root_certificate": '"/etc/beffroi/pg-ca.pem"',
}
KEY = "SHA256:" + "a" * 43
CENTRE = f"""\
[[fleet.agent]]
id = "arras-1"
fingerprint = "{KEY}"

[[fleet.agent]]
id = "lens-1"
fingerprint = "{KEY.replace("a", "b")}"
evidence_age = "26h"
"""

_THIRD = f"""\
[[fleet.agent]]
id = "douai-1"
fingerprint = "{KEY.replace("a", "c")}"
hosts = ["a"]
"""


def written(folder: Path, more: str | None = "", **changed: str | None) -> Path:
    """Write a configuration whose keys are sound but for those that are given; None leaves one out."""
    path = folder / "beffroi.toml"
    keys = "".join(f"{name} = {value}\n" for name, value in {**SOUND, **changed}.items() if value is not None)
    path.write_text(f"{FILE}{keys}{more or ''}")
    return path


def mistakes(path: Path) -> str:
    """Return the mistakes of a file on one line."""
    with pytest.raises(ConfigurationError) as caught:
        load(path, strict=False)
    return " ".join(what for what, _ in caught.value.mistakes)


def test_an_agent_names_itself_its_database_and_its_role(tmp_path: Path) -> None:
    found = load(written(tmp_path), strict=False).fleet
    assert found is not None
    assert (found.agent, found.user, found.is_centre) == ("arras-1", "beffroi_arras_1", False)
    assert found.password_file == tmp_path / "fleet.password"


def _centre_with_a_folder(tmp_path: Path) -> Path:
    path = written(tmp_path, CENTRE, agent=None, role='"centre"')
    path.write_text(f'[agent]\nstate_directory = "/var/lib/beffroi-centre"\n{path.read_text()}')
    return path


def test_a_centre_has_a_state_directory_of_its_own(tmp_path: Path) -> None:
    wrong = mistakes(written(tmp_path, CENTRE, agent=None, role='"centre"'))
    assert "agent.state_directory: is missing, and the one of an agent would hold the centre's ledger" in wrong
    assert load(_centre_with_a_folder(tmp_path), strict=False).agent.state_directory == Path("/var/lib/beffroi-centre")
    assert load(written(tmp_path), strict=False).agent.state_directory == Path("/var/lib/beffroi")


def test_a_centre_names_its_agents_and_how_long_each_may_be_silent(tmp_path: Path) -> None:
    found = load(_centre_with_a_folder(tmp_path), strict=False).fleet
    assert found is not None
    assert found.is_centre
    assert [(one.id, one.evidence_age) for one in found.agents] == [
        ("arras-1", timedelta(hours=1)),
        ("lens-1", timedelta(hours=26)),
    ]


def test_a_file_without_the_table_has_no_fleet(tmp_path: Path) -> None:
    path = tmp_path / "beffroi.toml"
    path.write_text(FILE.partition("[fleet]")[0])
    assert load(path, strict=False).fleet is None


@pytest.mark.parametrize(
    "database",
    [
        "postgresql:///beffroi?host=/run/postgresql",
        "postgresql://127.0.0.1/beffroi",
        "postgresql://[::1]/b",
        "postgresql://[::1]:5433,localhost/b",
    ],
)
def test_a_socket_and_the_loopback_need_no_root_certificate(tmp_path: Path, database: str) -> None:
    assert load(written(tmp_path, database=f'"{database}"', root_certificate=None), strict=False).fleet is not None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"database": None}, "fleet.database: is missing"),
        ({"user": None}, "fleet.user: is missing"),
        ({"agent": None}, "fleet.agent: is missing"),
        ({"agent": '"a b"'}, "is not an id"),
        ({"root_certificate": None}, "anyone on the way could pose as the database"),
        ({"password_file": None}, "fleet.password_file: is missing"),
        (
            {
                "database": '"postgresql://localhost:5432/beffroi"',
                "password_file": None,
                "certificate_file": '"/etc/beffroi/c.crt"',
                "key_file": '"/etc/beffroi/c.key"',
                "root_certificate": None,
            },
            "any account here could pose as the database",
        ),
        ({"password_file": None, "certificate_file": '"/etc/beffroi/c.crt"'}, "fleet.key_file: is missing"),
        ({"database": '"postgresql://u:secret@pg.example/beffroi"'}, "holds a password"),
        ({"database": '"postgresql://u@pg.example/beffroi"'}, "holds a user"),
        ({"database": '"postgresql://pg.example/beffroi?sslmode=disable"'}, "has parameters"),
        ({"database": '"postgresql://pg.example/"'}, "is not a database"),
        ({"database": '"postgresql://pg-1.example,,pg-2.example/b"'}, "is not a database"),
        ({"database": '"postgresql://pg-1.example:0,pg-2.example/b"'}, "is not a database"),
        ({"database": '"postgresql://pg-1.example,pg-2.example:70000/b"'}, "is not a database"),
        ({"database": f'"postgresql://{",".join("abcdefghi")}/b"'}, "has 9 hosts, and 8 are the most"),
        ({"database": '"postgresql://a,b/b?host=/run/postgresql"'}, "has parameters"),
        ({"database": '"postgresql:///b?host=/run/postgresql,pg.example"'}, "has parameters"),
        (
            {"database": '"postgresql://localhost,pg-2.example/b"', "root_certificate": None},
            '"pg-2.example" is another machine',
        ),
        ({"database": '"postgresql:///beffroi"'}, "is not a database"),
        ({"database": '"mysql://pg.example/beffroi"'}, "is not a database"),
        ({"user": '"a b"'}, "is not a role"),
        ({"role": '"centre"'}, "is one agent's name, and this is the centre"),
    ],
)
def test_what_no_agent_of_a_fleet_can_say_is_refused(
    tmp_path: Path, changed: dict[str, str | None], words: str
) -> None:
    found = mistakes(written(tmp_path, **changed))
    assert words in found
    assert "secret" not in found


def test_a_demonstration_sends_nothing_to_a_fleet(tmp_path: Path) -> None:
    """Its places are believed, and the centre's reports could not say so."""
    found = mistakes(written(tmp_path, "[agent]\ndemonstration = true\n"))
    assert "agent.demonstration: is set, and nothing of it is told to the fleet" in found


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[[fleet.agent]]\nid = "arras-1"', "fingerprint: is missing"),
        (f"{CENTRE}{CENTRE}", "already the id of another agent"),
        (CENTRE.replace("26h", "27h"), "the longest silence of an agent"),
        (CENTRE.replace('evidence_age = "26h"', 'hosts = ["a"]') + _THIRD, "is declared already"),
        ('[[host]]\nid = "srv-1"', "is declared at the centre, which looks at nothing and sends nothing"),
        ('[alert]\nwebhook_file = "hook"', "is declared at the centre, which rings for nothing"),
    ],
)
def test_what_no_centre_can_say_is_refused(tmp_path: Path, more: str, words: str) -> None:
    assert words in mistakes(written(tmp_path, more, agent=None, role='"centre"'))


def test_agents_are_declared_at_the_centre_alone(tmp_path: Path) -> None:
    assert "holds agents, and only the centre has some" in mistakes(written(tmp_path, CENTRE, agent=None))


def test_the_files_of_a_fleet_are_looked_at_by_config_check(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(written(tmp_path), strict=True)
    found = " ".join(what for what, _ in caught.value.mistakes)
    assert "fleet.password_file: the file of this name is not there" in found
    assert "fleet.root_certificate" in found
