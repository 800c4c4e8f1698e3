"""Words of a store, a host or a client that make a regular expression search for ever.

`re` lets no other thread run meanwhile: one text whose cost grows with the square of its length freezes the daemon, and
its watchdog ends it. Each text is read by a process of its own, which may take little time of the processor.
"""

import resource
import subprocess
import sys

import pytest

from agent.core.ownership import HOME

# Measured: three at most; before, from 40 s to hours.
SECONDS = 20
CASES = {
    "a field of a request": """
        from agent.export.http.request import RequestRefused, parse
        for _ in range(10):
            try:
                parse(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nA: " + b" " * 16_000 + b"\\0")
            except RequestRefused:
                pass
    """,
    "ssh: a connection that closes": """
        from agent.hosts.ssh.probe import judge
        judge("vault", 255, b"Connection to " * 75_000)
    """,
    "ssh: a banner": """
        from agent.hosts.ssh.probe import judge
        judge("vault", 255, b"banner exchange: " * 60_000)
    """,
    "files: a path that a set's pattern does not match": """
        import re
        from agent.core.globs import path_expression
        for match, word in (("erp/*-*.vbk", "-"), ("erp/*-*-*_*.vbk", "-_"), ("**/erp*/**/a*/*.vbk", "erp/a/")):
            re.fullmatch(path_expression(match), "erp/" + word * 300_000)
    """,
    "logs: a path that a place's pattern does not match": """
        from collectors.logs.pattern import Pattern
        for path, word in (("/l/{source}*/*-*-*.log", "-"), ("/l/**/{source}-*_*/*.log", "web-_/")):
            pattern = Pattern(path=path, sources=("web", "db"))
            pattern.source_of("/l/web/" + word * 200_000), pattern.stranger_of("/l/web/" + word * 200_000)
    """,
    "restic: a program": """
        from collectors.restic.faults import reason_in
        reason_in("exec: " * 170_000)
    """,
    "restic: a host's key": """
        from collectors.restic.faults import reason_in
        reason_in("host key for " * 80_000)
    """,
    "restic: a config": """
        from collectors.restic.faults import reason_in
        reason_in("unable to open config file: " * 40_000)
    """,
    "restic: a quote that never ends": """
        from collectors.restic.faults import reason_in
        reason_in('\\\\"' * 500_000)
    """,
    "restic: a snapshot that is damaged": """
        from datetime import timedelta
        from agent.core.host import Output
        from collectors.restic.damage import judge
        said = b"error: " + b"<snapshot/aaaaaaaa>: " * 50_000
        judge(Output(stdout=b"", stderr=said, status=1, duration=timedelta(0)), ())
    """,
    "restic: a restore": """
        from datetime import timedelta
        from agent.core.host import Output
        from collectors.restic.restore import outcome, tree_is_bad
        for words in (b"blob ", b"tree ", b"pack a ", b"Load(<data/a>", b"unexpected content in file "):
            said = Output(stdout=b"", stderr=words * 100_000, status=1, duration=timedelta(0))
            tree_is_bad(said, on_disk=True)
            outcome(said)
            outcome(Output(stdout=b"", stderr=b"error: /" + words * 100_000, status=1, duration=timedelta(0)))
    """,
    "PAM: brackets": """
        from agent.core.errors import Unreadable
        from collectors.access.pam import stack_of
        try:
            stack_of("sshd", lambda path: "auth required " + "[ " * 100_000)
        except Unreadable:
            pass
    """,
    "nsswitch.conf: brackets": """
        from collectors.access.accounts import directory_of
        class Hostile:
            def read(self, path, *, limit):
                return b"passwd: " + b"[" * (limit - 8)
        directory_of(Hostile())
    """,
    "sshd: a pattern": """
        from agent.hosts.ssh.patterns import matches
        matches("*a" * 500_000, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    """,
    "nft: tables without end": """
        import json
        from collectors.network.nftables import parse
        from collectors.network.traffic import Probe
        tables = [{"table": {"family": "inet", "name": f"t{number}"}} for number in range(40_000)]
        parse(json.dumps({"nftables": tables}), Probe("eth0", 4, "tcp"))
    """,
    "iptables: words without end": """
        from agent.core.errors import Unreadable
        from collectors.network.iptables import parse
        from collectors.network.traffic import Probe
        try:
            parse("*filter\\n:INPUT DROP\\n-A INPUT " + "--comment x " * 300_000, Probe("eth0", 4, "tcp"))
        except Unreadable:
            pass
    """,
    "sshd: a Match without end": """
        from collectors.access.origins import conditions_in
        conditions_in([["User", "bob"] * 1_000_000])
    """,
    "sshd: many addresses": """
        from collectors.access.addresses import classes
        found = list(classes([f"{number}.{255 - number}.{number}.{255 - number}" for number in range(256)] ))
        assert len(found) == 257
        for number in range(6):
            list(classes([f"{one}.{255 - one}.{number}.{one}" for one in range(256)]))
    """,
    "a database server: a refusal": """
        from agent.hosts.cluster_source import _REFUSED
        from agent.restores.clusters.questions import _NO_ROLE
        from collectors.holdings.databases import REFUSED
        for refusal in (REFUSED, _REFUSED, _NO_ROLE):
            assert refusal.search(b'psql: error: FATAL:  the role of\\nERROR:  role "x" does not exist\\n')
            refusal.search(b"role " * 200_000)
            refusal.search(b"role x does not exis" * 50_000)
    """,
    "barman: a manifest, and a list of files": """
        from collectors.barman.restores import _BEFORE_DATA
        from collectors.barman.verify import _NO_MANIFEST
        said = "could not open file /x: No, could not open file '/b/data/backup_manifest': No such file"
        assert _NO_MANIFEST.search(said)[1] == "/b/data"
        _NO_MANIFEST.search("could not open file /" * 50_000)
        _NO_MANIFEST.search("could not open file /" + "/backup_manifest" * 60_000)
        _BEFORE_DATA.match("/data/abcd" * 100_000 + "\\n/\\n/")
    """,
    "a kernel's release": """
        from collectors.patches.kernel import _flavour
        _flavour("6.1.0" + "-a" * 500_000 + ".")
    """,
}


@pytest.mark.programs
@pytest.mark.parametrize("name", CASES)
def test_no_words_of_others_are_searched_for_ever(name: str) -> None:
    """In a process of its own, which may take little time of the processor."""
    code = "\n".join(line.removeprefix("        ") for line in CASES[name].splitlines())

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-300:] or f"ended by signal {-ran.returncode}"
