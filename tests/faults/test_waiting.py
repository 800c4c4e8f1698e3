"""Whatever never answers costs its own deadline, and nothing else: not the others, not the night, not a process."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults import making
from tests.faults.laboratory import Laboratory, laboratory, restic_is_old
from tests.faults.table import MET, SOUND, Answer, unproven
from tests.parts.ports import free_port
from tests.parts.processes import no_process_left
from tests.parts.program import Said, beffroi
from tests.parts.sshd import LOOPBACK, silent_server

pytestmark = [pytest.mark.programs, pytest.mark.network]

TIMEOUT = "6s"

POINTS: dict[str, Answer] = {
    "sound": MET,
    # restic tries again for a quarter of an hour, and says why each time.
    "no-folder": unproven("unreadable"),
    "closed-port": unproven("unreachable"),
    "closed-snapshots": unproven("denied"),
    # A point counts once its tree was seen to be there, which takes its pack.
    "closed-data": unproven("denied"),
    "closed-pack": MET,
    "mute-ssh": unproven("unreachable"),
    "mute-http": unproven("timed-out"),
    "hung": unproven("timed-out"),
    "deaf": unproven("timed-out"),
    "slow": unproven("timed-out"),
}
VERIFIED: dict[str, Answer] = {
    "sound": SOUND,
    "mute-ssh": unproven("unreachable"),
    "mute-http": unproven("timed-out"),
}
if not restic_is_old():  # which tries to read a refused pack again for 43 s; what it says then is recorded
    VERIFIED["closed-pack"] = unproven("denied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the program said of backups of which only one answers."""

    check: Said
    verify: Said


def declare(lab: Laboratory, port: int) -> None:
    making.sound(lab, "sound")
    making.no_folder(lab, "no-folder")
    making.closed("snapshots")(lab, "closed-snapshots")
    making.closed("data")(lab, "closed-data")
    making.closed("pack")(lab, "closed-pack")
    lab.declare_one("closed-port", repository=f"rest:http://{LOOPBACK}:{free_port()}/")
    lab.declare_one("mute-ssh", repository=f"sftp://{LOOPBACK}:{port}//srv")
    lab.declare_one("mute-http", repository=f"rest:http://{LOOPBACK}:{port}/")
    lab.declare_with_restic("hung", '[ "$1" = version ] && exec "$RESTIC" version\nexec sleep 1000')
    lab.declare_with_restic("deaf", "trap '' TERM INT HUP\n[ \"$1\" = version ] || sleep 1000\n" + making.REAL)
    lab.declare_with_restic("slow", "while [ \"$1\" != version ]; do echo '[]'; sleep 0.1; done\n" + making.REAL)


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    with laboratory(TIMEOUT) as lab, silent_server() as port, no_process_left() as mark:
        declare(lab, port)
        configuration = lab.watched.configuration
        check = beffroi("check", "--json", "--config", configuration, extra=mark)
        verify = beffroi("verify", "--json", "--config", configuration, *VERIFIED, extra=mark)
        yield Seen(check=check, verify=verify)


@pytest.mark.parametrize("name", POINTS)
def test_what_does_not_answer_is_unproven_for_the_reason_that_is_known(name: str, seen: Seen) -> None:
    assert seen.check.verdict("backup-rpo", name) == POINTS[name]


@pytest.mark.parametrize("name", VERIFIED)
def test_a_verification_waits_no_longer_for_a_mute_store_than_a_look_does(name: str, seen: Seen) -> None:
    copy = next(one for one in json.loads(seen.verify.out)["copies"] if one["backup"] == name)
    assert (copy["outcome"], copy["reason"]) == VERIFIED[name]
    assert [bad["reason"] for bad in copy["damage"]] == (["denied"] if name == "closed-pack" else [])


def test_the_exit_code_says_that_something_is_unproven_and_nothing_missed(seen: Seen) -> None:
    assert (seen.check.code, seen.verify.code) == (3, 3)
