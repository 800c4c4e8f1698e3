"""The daemon asks hosts behind SSH over one connection each, and lets go of it when it has asked."""

import re
from pathlib import Path

import pytest

from agent.core.clock import SystemClock
from agent.ledger.ledger import Ledger
from tests.parts.ports import free_port
from tests.parts.processes import wait_until
from tests.parts.program import daemon
from tests.parts.sshd import Sshd, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]

ADDRESSES = tuple(f"127.0.7.{number}" for number in range(1, 5))
LOOKS = {(look, f"h{number}") for number in range(len(ADDRESSES)) for look in ("antivirus", "clock")}


def configured(folder: Path, sshd: Sshd, *, keep: bool) -> Path:
    """Write a configuration of four hosts, which are all this machine."""
    (folder / "known_hosts").write_text(
        "".join(f"[{address}]:{sshd.port} {public_key(sshd.host_key)}\n" for address in ADDRESSES)
    )
    hosts = "".join(
        f'[[host]]\nid = "h{number}"\ntransport = "ssh"\naddress = "{address}"\nport = {sshd.port}\n'
        f'user = "{sshd.user}"\nkey_file = "{sshd.key_file}"\nknown_hosts = "{folder}/known_hosts"\n'
        f'collect = ["antivirus", "clock"]\nkeep_connection = {str(keep).lower()}\n'
        for number, address in enumerate(ADDRESSES)
    )
    file = folder / "beffroi.toml"
    file.write_text(
        f'[agent]\nstate_directory = "{folder}/state"\nlisten = "127.0.0.1:{free_port()}"\n'
        f'[[beneficiary]]\nid = "scota"\n[schedule]\nantivirus = "5s"\nclock = "5s"\n{hosts}'
    )
    return file


def looked_at(folder: Path) -> set[tuple[str, str]]:
    with Ledger.open(folder / "state", clock=SystemClock(), readonly=True) as ledger:
        return {(one.collector, one.subject) for one in ledger.runs()}


@pytest.mark.parametrize("keep", [False, True])
def test_each_round_takes_one_connection_a_host_or_keeps_the_first(tmp_path: Path, keep: bool) -> None:
    with running_sshd(tmp_path / "sshd", listen="0.0.0.0") as sshd:
        file, log = configured(tmp_path, sshd, keep=keep), tmp_path / "log"

        def said(words: str) -> int:
            return len(re.findall(words, sshd.log.read_text()))

        def rounds() -> int:
            return log.read_text().count("look collector=clock host=h0 ")

        with daemon(file, log) as process:
            assert wait_until(lambda: rounds() >= 3, step=0.1), log.read_text()
            assert looked_at(tmp_path) >= LOOKS
            if keep:
                assert said("Accepted publickey") == len(ADDRESSES)
            else:
                assert wait_until(lambda: said("Accepted publickey") >= 2 * len(ADDRESSES), step=0.1)
                assert wait_until(lambda: said("Disconnected|Connection closed") >= len(ADDRESSES), step=0.1)
            assert process.poll() is None
        assert "Traceback" not in log.read_text()
