"""Programs of ours on other machines: what runs there has a version, an old one is named, and root's takes no word."""

import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.explain import explanation
from agent.cli.verify import line, renewals
from agent.core.facts.installed_programs import OUTDATED, ROOT, STORE, outdated_in, renewal
from agent.core.facts.verification import STORE_OUTDATED
from agent.core.inventory import Backup, DeclaredHost, Inventory
from agent.core.model import Fact, Observation
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.hosts import root_requests
from agent.hosts.store_program import script
from agent.wording.detail import detail
from agent.wording.sentences import phrase
from collectors.restic import LOOKS as RESTIC
from tests.evaluation.test_evaluate import NOW, TARGET, WANTED, check, observation
from tests.parts.executable import executable
from tests.parts.repositories import Repository, make_repository, make_source, open_folder
from tests.parts.sshd import running_sshd
from tests.parts.stores import StoreHost, StoreWatch, store_host

pytestmark = [pytest.mark.programs, pytest.mark.network]
OLD = script().replace("printf 'beffroi-store 1\\nversion %s\\n' \"$VERSION\"", "printf 'beffroi-store 1\\n'")
VAULT = DeclaredHost(id="vault", transport="ssh", address="vault.example", port=2222)


@pytest.fixture(scope="module")
def stores() -> Iterator[StoreHost]:
    """Yield a store host behind a real sshd."""
    with open_folder() as folder, store_host(folder / "sshd") as host:
        yield host


@pytest.fixture(scope="module")
def repository() -> Iterator[Repository]:
    """Yield a repository of one point."""
    with open_folder() as folder:
        made = make_repository(folder / "repository")
        made.backup(make_source(folder / "source"), datetime.now(UTC) - timedelta(hours=1))
        yield made


def test_the_programs_state_the_version_that_the_agent_expects() -> None:
    assert f"\nVERSION={STORE.version}\n" in script()
    assert f'echo "beffroi-root {ROOT.version}"' in root_requests.script()


def test_the_old_program_of_these_tests_states_no_version() -> None:
    assert script() != OLD


@pytest.mark.parametrize("old", [True, False])
def test_an_old_store_program_is_a_remark(stores: StoreHost, repository: Repository, tmp_path: Path, old: bool) -> None:
    door = stores.forced(repository.folder, text=OLD if old else None)
    watch = StoreWatch(repository=repository, host=door, folder=tmp_path)
    assert (STORE_OUTDATED in watch.verify().remarks) is old
    listed = watch.observe("store_listing")
    assert [program for _host, program in outdated_in(listed.facts)] == ([STORE] if old else [])


def test_a_script_that_is_sent_along_is_never_outdated(
    stores: StoreHost, repository: Repository, tmp_path: Path
) -> None:
    watch = StoreWatch(repository=repository, host=stores.shell(), folder=tmp_path)
    assert STORE_OUTDATED not in watch.verify().remarks


def test_a_verdict_that_rests_on_an_old_program_gives_the_command_once() -> None:
    fact = Fact(name=OUTDATED, subject="vault", value=STORE.name, as_of=NOW)
    seen: Observation = replace(observation(), facts=(fact,))
    known = NewestLooks(reading=seen, evidence_id="r-1", observation=seen, observation_id="r-1")
    twice = replace(check(), needs=lambda question: check().needs(question) * 2)
    bench = EvaluationContext(inventory=Inventory(hosts=(VAULT,)), readings=lambda collector, subject: known, now=NOW)
    verdict = judge(WANTED, twice, TARGET, NOW, bench)
    assert verdict.state.value == "met"
    assert detail(verdict).count(renewal(STORE, VAULT)) == 1
    assert "beffroi-store installé sur vault est périmé" in phrase(verdict, "fr")
    assert "beffroi-store installed on vault is outdated" in phrase(verdict, "en")


def test_verify_names_an_old_store_program_with_its_command(
    stores: StoreHost, repository: Repository, tmp_path: Path
) -> None:
    watch = StoreWatch(
        repository=repository, host=stores.forced(repository.folder, text=OLD), folder=tmp_path / "watch"
    )
    done = watch.verify()
    backup = Backup(
        program=RESTIC,
        id="files",
        beneficiary="scota",
        host="srv-1",
        paths=(),
        snapshot_host="srv-1",
        copies=(watch.copy,),
    )
    inventory = Inventory(hosts=(VAULT,), backups=(backup,))
    assert line(done).endswith("; store-outdated")
    assert list(renewals([done, done], inventory)) == [
        f"hint: beffroi-store on vault is outdated; renew it with: {renewal(STORE, VAULT)}"
    ]


@pytest.mark.parametrize("name", ["store", "ssh"])
def test_the_command_that_renews_a_program_does(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = replace({"store": STORE, "ssh": ROOT}[name], path=str(tmp_path / "laid"))
    executable(tmp_path / "laid", "echo old")
    executable(tmp_path / "bin" / "beffroi", f"exec cat {tmp_path}/printed")
    (tmp_path / "printed").write_text(explanation(name, "fr"))
    with running_sshd(tmp_path / "sshd") as sshd:
        host = DeclaredHost(id="vault", transport="ssh", address=sshd.address, port=sshd.port)
        command = renewal(program, host).replace("root@", f"{sshd.user}@")
        path = f"{tmp_path}/bin:{sshd.environment()['PATH']}"
        subprocess.run(["sh", "-c", command], check=True, env={**os.environ, "PATH": path}, timeout=60)
    expected = {"store": script(), "ssh": root_requests.program()}[name]
    assert Path(program.path).read_text().rstrip() == expected.rstrip()
    assert Path(program.path).stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("address", ["vault; reboot", "$(reboot)", "-oProxyCommand=reboot"])
def test_an_address_stays_one_word_of_the_command(address: str) -> None:
    command = renewal(STORE, replace(VAULT, address=address))
    assert f"root@{address}" in shlex.split(command)


def test_on_the_agents_own_machine_the_installation_renews_them() -> None:
    here = DeclaredHost(id="srv-1")
    assert renewal(ROOT, here) == "sudo beffroi install"
    assert renewal(STORE, here).endswith(f"| sudo tee {STORE.path} >/dev/null")


REQUESTS = (
    "", "sh", "eval", ".", "id", "servers", "scan", "tell", "places", "sudo_rules", "-c", "--help", "$IFS", "*", "p*",
    "processes;id", "processes id", " processes", "sudo rules", "$(id)", "`id`", "PROCESSES", "x" * 100_000, "\tkeys",
)  # fmt: skip


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return root's program as it is installed."""
    laid = tmp_path / "beffroi-root"
    laid.write_text(root_requests.program())
    laid.chmod(0o755)
    return laid


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: repr(one)[:20])
def test_the_program_of_root_answers_its_list_alone(program: Path, request_: str, tmp_path: Path) -> None:
    said = f"{request_}\ntouch {tmp_path}/pwned\n"
    done = subprocess.run([program], input=said, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert not (tmp_path / "pwned").exists()


def test_the_program_of_root_takes_no_argument(program: Path, tmp_path: Path) -> None:
    """Its text takes one where it is sent along: the folder that stands for /proc."""
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "maps").symlink_to("/etc/shadow")
    for arguments in ([str(tmp_path)], [""], ["processes"], ["-c", "id"]):
        done = subprocess.run(
            [program, *arguments], input="processes\n", capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")


def test_the_line_for_sudo_allows_no_argument_and_the_key_no_other_command() -> None:
    for name in ("ssh", "network"):
        assert f'NOPASSWD: {ROOT.path} ""' in explanation(name, "en")
    assert f'restrict,command="{STORE.path} ' in explanation("store", "en")
