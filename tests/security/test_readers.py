"""A name sees what `readers` give it and nothing else, on every route, and a misspelt one sees nothing."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.cli.run import taken_anew
from agent.core.errors import UsageError
from agent.core.model import Detail, Finding, State
from agent.core.reason import Reason
from agent.evaluation.session import open_session
from agent.export.http.server import HttpServer
from agent.export.snapshot import CurrentVerdict
from tests.config.written import told
from tests.export.samples import NOW, OTHER, SCOTA, snapshot, verdict
from tests.parts.web import HASH, PASSWORD, Answer, StillSite, get, port_of

pytestmark = pytest.mark.network

# Every address of another beneficiary's data, and how one may be written otherwise.
ROUTES = (
    *("/", "/metrics", "/healthz", "/api/verdicts", "/?beneficiary=other", "/api/verdicts?beneficiary=other"),
    *("/target/backup-rpo", "/target/backup-rpo.json", "/target/backup-rpo/secret-place"),
    *("/target/backup-rpo/secret-place.json", "/target/backup-rpo/secret-place?beneficiary=other&language=en"),
    *("//metrics", "/%6detrics", "/Metrics", "/./metrics", "/target/../metrics", "http://localhost/metrics"),
    *("/metrics/", "/metrics%00", "/metrics;x", "/metrics?beneficiary=scota", "/metrics?beneficiary=other", "*"),
    *(
        "/?beneficiary=scota&beneficiary=other",
        "/?beneficiary=other&beneficiary=scota",
        "/?beneficiary=",
        "/?BENEFICIARY=other",
    ),
    *(
        "/?beneficiary=scota,other",
        "/?beneficiary[]=other",
        "/?beneficiary=scota%00other",
        "/?beneficiary=%6fther",
        "/?;beneficiary=other",
    ),
    *(
        "/api/verdicts?beneficiary=scota&beneficiary=other",
        "/api/verdicts/",
        "/api/verdicts.json",
        "/api/../metrics",
        "/api%2fverdicts",
    ),
    *(
        "/target/backup-rpo/",
        "/target/backup-rpo/.json",
        "/target/backup-rpo/secret-place/",
        "/target/backup-rpo/secret%2dplace",
    ),
    *(
        "/host/secret-place",
        "/host/secret-place?beneficiary=other",
        "/?host=secret-place",
        "/runbook/backup-rpo-missed",
    ),
    *("/target/backup-rpo/secret-place%20.json", "/target/backup-rpo/Secret-Place", "/target//backup-rpo/secret-place"),
    *(
        "/target/backup-rpo/files/../secret-place",
        "/target/backup-rpo.json?beneficiary=other",
        "http://localhost/target/backup-rpo/secret-place",
    ),
)
SECRETS = (b"secret-place", b"Syndicat des eaux", b'"other"', OTHER.name.encode())


def as_user(port: int, name: str, target: str) -> Answer:
    """Ask under a name, with its right password."""
    token = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
    return get(port, target, f"Authorization: Basic {token}")


def web_file(folder: Path, *names: str) -> Path:
    """Write a web configuration that knows some names."""
    file = folder / "web.yml"
    file.write_text("basic_auth_users:\n" + "".join(f"  {name}: {HASH}\n" for name in names))
    return file


def two_beneficiaries(**readers: frozenset[str]) -> StillSite:
    """Return a site that shows SCOTA's and another's backup."""
    standings = (
        CurrentVerdict(verdict=verdict("backup-rpo", "files")),
        CurrentVerdict(verdict=verdict("backup-rpo", "secret-place", beneficiary="other")),
    )
    # What is wrong with the agent may name anyone's machines: workers that are late, a configuration that is refused.
    ill = snapshot(fault="past twice its deadline: backups on secret-place")
    shown = replace(ill, beneficiaries=(SCOTA, OTHER), standings=standings)
    limited = {name: one for name, one in readers.items() if one}
    return StillSite(shown=shown, limited=limited, unlimited=frozenset(readers.keys() - limited.keys()))


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Serve to SCOTA's reader, to who is on call, and to a name that the configuration misspelt."""
    site = two_beneficiaries(scota=frozenset({"scota"}), oncall=frozenset())
    with HttpServer("127.0.0.1:0", site, web_config=web_file(tmp_path, "scota", "oncall", "Scota")) as server:
        yield port_of(server)


@pytest.mark.parametrize("target", ROUTES)
def test_a_name_in_no_list_sees_nothing_at_any_address(port: int, target: str) -> None:
    answer = as_user(port, "Scota", target)
    assert answer.status in (403, 404)
    assert len(answer.body.splitlines()) == 1
    assert as_user(port, "oncall", "/metrics").status == 200


@pytest.mark.parametrize("target", ROUTES)
def test_a_reader_sees_no_other_beneficiary_at_any_address(port: int, target: str) -> None:
    answer = as_user(port, "scota", target)
    assert not any(secret in answer.body for secret in SECRETS)
    assert answer.status == 200 or len(answer.body.splitlines()) == 1 or answer.status == 404


DEPARTURES = (
    {"host": "secret-place", "right": "account secret-person", "rights": 2, "remaining": "secret-place: account b"},
    {"host": "srv-1", "right": "account a", "rights": 2, "remaining": "srv-1: account a; secret-place: account b"},
    {"untold": "secret-place", "untold_hosts": 1, "part": "accounts", "said": "/home/secret-person: denied"},
    {"untold": "srv-1", "untold_hosts": 2, "part": "accounts", "said": "/home/secret-person: denied"},
    {"closed": NOW, "given_back": 1, "back_on": "secret-place", "right_back": "account secret-person"},
)


@pytest.mark.parametrize("about", DEPARTURES)
def test_a_departure_names_no_machine_of_another_to_a_reader(tmp_path: Path, about: Detail) -> None:
    """What is left of someone is looked for on every machine, and who is no one's is told of each."""
    about = {"entry": "departure-1", "due": NOW, "opened": NOW, **about}
    orphans = Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        about={"on_host": "secret-place", "local_people": 1, "orphan_accounts": 1, "orphans": "secret-person"},
    )
    departed = verdict("access-revocation", "scota", State.MISSED, Reason.RIGHT_REMAINING, about=about, rest=(orphans,))
    site = two_beneficiaries(scota=frozenset({"scota"}), oncall=frozenset())
    shown = replace(
        site.shown,
        hosts={"srv-1": ("scota", "other"), "secret-place": ("other",)},
        standings=(*site.shown.standings, CurrentVerdict(verdict=departed)),
    )
    site = replace(site, shown=shown)
    with HttpServer("127.0.0.1:0", site, web_config=web_file(tmp_path, "scota", "oncall")) as server:
        for target in (
            "/",
            "/api/verdicts",
            *(f"/target/access-revocation{end}" for end in ("", "/scota", "/scota.json")),
        ):
            answer = as_user(port_of(server), "scota", target)
            assert answer.status == 200
            assert b"secret-p" not in answer.body
        assert b"secret-p" in as_user(port_of(server), "oncall", "/api/verdicts").body


@pytest.mark.parametrize("target", ["/", "/metrics", "/healthz", "/api/verdicts", "/target/backup-rpo.json"])
def test_an_agents_reader_sees_everything(port: int, target: str) -> None:
    answer = as_user(port, "oncall", target)
    assert answer.status == 200
    assert target == "/healthz" or b"secret-place" in answer.body


@pytest.mark.parametrize("target", ["/", "/metrics", "/healthz", "/api/verdicts", "/target/backup-rpo.json"])
def test_readers_without_passwords_show_nothing_to_anyone(target: str) -> None:
    """A web configuration that lost its names opens nothing."""
    with HttpServer("127.0.0.1:0", two_beneficiaries(scota=frozenset({"scota"}))) as server:
        answer = get(port_of(server), target)
    assert (answer.status, answer.body) == (403, b"this name is in no list of readers\n")


def test_a_server_does_not_start_with_a_reader_that_nothing_knows(tmp_path: Path) -> None:
    file = web_file(tmp_path, "scota")
    for web_config, names in ((file, {"Scota"}), (None, {"scota"})):
        with pytest.raises(UsageError, match=r'readers: "[Ss]cota" cannot prove its name'):
            HttpServer("127.0.0.1:0", StillSite(), web_config=web_config, readers=frozenset(names))


AGENT = '[agent]\nlisten = "127.0.0.1:0"\nstate_directory = "{folder}/state"\n'
SCOTAS = '[[beneficiary]]\nid = "scota"\nreaders = ["{reader}"]\n[[host]]\nid = "srv-1"\ncollect = []\n'


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Return what writes a configuration below a folder."""

    def written(text: str) -> Path:
        file = tmp_path / "beffroi.toml"
        file.write_text(text.replace("{folder}", str(tmp_path)))
        file.chmod(0o640)
        return file

    return written


@pytest.mark.parametrize(
    ("more", "reader", "key", "what"),
    [
        ("", "scota", "beneficiary.readers", '"scota" cannot prove its name: there is no basic authentication'),
        ("readers = ['oncall']\n", "x", "agent.readers", '"oncall" cannot prove its name'),
        ("web_config = '{web}'\n", "Scota", "beneficiary.readers", '"Scota" is no name of "'),
        ("web_config = '{web}'\nreaders = ['oncal']\n", "scota", "agent.readers", '"oncal" is no name of "'),
        (
            "web_config = '{web}'\nreaders = ['scota']\n",
            "scota",
            "beneficiary.readers",
            '"scota" is in [agent] readers',
        ),
    ],
)
def test_a_reader_that_nothing_proves_is_a_mistake(tmp_path: Path, more: str, reader: str, key: str, what: str) -> None:
    web = str(web_file(tmp_path, "scota", "oncall"))
    text = (AGENT + more + SCOTAS).replace("{reader}", reader).replace("{web}", web).replace("{folder}", str(tmp_path))
    mistakes = told(text, strict=True)
    assert (key, True) in [(one.key, one.what.startswith(what)) for one in mistakes]


def test_a_misspelt_readers_hint_names_the_one_that_is_known(tmp_path: Path) -> None:
    text = (AGENT + f"web_config = '{web_file(tmp_path, 'scota')}'\n" + SCOTAS).replace("{reader}", "Scota")
    text = text.replace("{folder}", str(tmp_path))
    assert [one.hint for one in told(text, strict=True)] == ['did you mean "scota"?']


def test_config_check_names_the_mistakes_of_the_web_configuration(tmp_path: Path) -> None:
    file = web_file(tmp_path, "scota")
    file.write_text("basic_auth_users:\n  scota: plain\n")
    text = (AGENT + f"web_config = '{file}'\n" + SCOTAS).replace("{reader}", "scota")
    text = text.replace("{folder}", str(tmp_path))
    assert [(one.line, one.key) for one in told(text, strict=True, place=file)] == [(2, "basic_auth_users")]


def test_a_reload_takes_readers_and_web_configuration(tmp_path: Path, write: Callable[[str], Path]) -> None:
    """What a reload brings in is in force at the next request; what it could not hold, it refuses whole."""
    path = write(AGENT + SCOTAS.replace('readers = ["{reader}"]\n', ""))
    with open_session(path) as session, HttpServer("127.0.0.1:0", two_beneficiaries()) as server:
        port = port_of(server)
        assert get(port, "/metrics").status == 200
        write(AGENT + f"web_config = '{web_file(tmp_path, 'scota')}'\n" + SCOTAS.replace("{reader}", "Scota"))
        with pytest.raises(UsageError, match=re.escape('readers: "Scota" cannot prove its name')):
            taken_anew(session, path, server)
        assert session.ledger is not None
        assert len(session.ledger.loads()) == 1
        assert get(port, "/metrics").status == 200

        write(AGENT + f"web_config = '{web_file(tmp_path, 'scota')}'\n" + SCOTAS.replace("{reader}", "scota"))
        taken_anew(session, path, server).close()
        assert get(port, "/metrics").status == 401
        assert as_user(port, "scota", "/metrics").status == 200
