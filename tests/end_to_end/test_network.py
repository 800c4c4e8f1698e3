"""Flows and a web filter on the loopback, through the whole program: tried, judged, kept, told."""

from pathlib import Path

import pytest

from tests.parts.filtering import PAGE, Filter, answer, saying, served
from tests.parts.ports import free_port
from tests.parts.program import beffroi

pytestmark = [pytest.mark.programs, pytest.mark.network]

CONFIGURATION = """
[agent]
state_directory = "{state}"
listen = ""
[[beneficiary]]
id = "scota"
[[host]]
id = "srv-1"
collect = []
[[flow]]
id = "required"
from = "srv-1"
to = "127.0.0.1:{port}"
expect = "open"
[[flow]]
id = "closed"
from = "srv-1"
to = "127.0.0.1:{dead}"
expect = "blocked"
[[flow]]
id = "forbidden"
from = "srv-1"
to = "127.0.0.1:{port}"
expect = "blocked"
[[flow]]
id = "lost"
from = "srv-1"
to = "127.0.0.1:{dead}"
expect = "open"
[[flow]]
id = "unnamed"
from = "srv-1"
to = "nowhere.invalid:22"
expect = "blocked"
[[web_filter]]
id = "malware"
from = "srv-1"
url = "http://blocked.test/"
control_url = "http://allowed.test/"
proxy = "http://127.0.0.1:{proxy}"
refused_as = ["text Accès refusé"]
"""


def test_flows_and_a_web_filter_are_tried_judged_kept_and_told(tmp_path: Path) -> None:
    refuse = saying(answer("200 OK", "<h1>Accès refusé</h1>".encode()))
    with served(saying(answer("200 OK", PAGE))) as site, served(Filter(refuse=refuse, site=site).talk) as proxy:
        path = tmp_path / "beffroi.toml"
        path.write_text(CONFIGURATION.format(state=tmp_path / "state", port=site, dead=free_port(), proxy=proxy))
        (tmp_path / "state").mkdir()
        options = ("--config", path)
        done = beffroi(*options, "check", "--target", "network-segmentation", "--target", "web-filtering", "--json")
    assert done.code == 1, done.err
    assert {subject: found["reason"] for (_, subject), found in done.verdicts.items()} == {
        "required": "within-limit",
        "closed": "within-limit",
        "forbidden": "flow-open",
        "lost": "flow-blocked",
        "unnamed": "unreachable",
        "malware": "within-limit",
    }
    assert done.verdicts["network-segmentation", "unnamed"]["state"] == "unproven"
    kept = beffroi(*options, "status", "malware")
    assert "Filtrage web, malware : l'adresse d'essai est refusée par le mandataire" in kept.out
