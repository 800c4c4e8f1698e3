"""pgBackRest's own words about a configuration that it cannot take, which come on standard output."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.host import Output
from agent.core.inventory import Copy
from agent.hosts.local import LocalHost
from collectors.pgbackrest import LOOKS
from collectors.pgbackrest.program import PgBackRest

COPY = Copy(id="vault", backup="db", program=LOOKS, repository="pgbackrest:db-1:main", host="db-1", cluster="main")
DENIED = b"P00  ERROR: [041]: unable to open file '/etc/pgbackrest.conf' for read: [13] Permission denied\n"


def run_with(configuration: Path) -> PgBackRest:
    environment = {"PGBACKREST_CONFIG": str(configuration)}
    return PgBackRest(
        copy=COPY, host=LocalHost("db-1"), environment=environment, deadline=Deadline(timedelta(seconds=60))
    )


@pytest.mark.programs
@pytest.mark.parametrize(
    ("text", "said"), [(None, "unable to open missing file"), ("[global", "ini section should end with ]")]
)
def test_what_is_wrong_with_a_configuration_is_said(text: str | None, said: str, tmp_path: Path) -> None:
    configuration = tmp_path / "pgbackrest.conf"
    if text is not None:
        configuration.write_text(text)
    with pytest.raises(LookError) as refused:
        run_with(configuration).ask("info", "--output=json")
    assert refused.value.reason.value == "unreadable"
    assert said in refused.value.message, refused.value.message


def test_a_configuration_that_may_not_be_read_is_denied(tmp_path: Path) -> None:
    output = Output(stdout=DENIED, stderr=b"", status=41, duration=timedelta(seconds=1))
    found = run_with(tmp_path / "pgbackrest.conf").error(output)
    assert (found.reason.value, "put it in their group" in (found.hint or "")) == ("denied", True)
    assert "/etc/pgbackrest.conf" in found.message
