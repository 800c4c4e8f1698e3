"""Which reason the words of restic and ssh name."""

import pytest

from agent.core.reason import Reason
from collectors.restic.faults import reason_in


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("unable to read root certificate: open /etc/beffroi/ca.pem: no such file or directory", "unreadable"),
        ('cannot parse root certificate from "/etc/beffroi/ca.pem"', "unreadable"),
        ('Head "https://s3/b/config": tls: failed to verify certificate: x509: certificate signed by …', "unknown"),
    ],
)
def test_an_authority_that_is_not_trusted_or_none_is_no_miss(said: str, reason: str) -> None:
    assert reason_in(f"Fatal: {said}\n") is Reason({"unknown": "host-key-unknown"}.get(reason, reason))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("subprocess ssh: No ED25519 host key is known for vault and you have requested strict checking.\n", "unknown"),
        ("subprocess ssh: @ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n", "changed"),
        ("subprocess ssh: @ WARNING: REVOKED HOST KEY DETECTED! @\n", "changed"),
        ("", "changed"),
    ],
)
def test_an_unknown_and_a_changed_host_key_are_two_reasons(said: str, reason: str) -> None:
    text = f"{said}subprocess ssh: Host key verification failed.\n"
    assert reason_in(text) is Reason(f"host-key-{reason}")
