"""Which reason the words of restic and ssh name."""

import pytest

from agent.core.reason import Reason
from collectors.restic.faults import error_of, fault_of, reason_in


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


AGAIN = "Stat(<config/>) returned error, retrying after 1m23.45616728s: "


@pytest.mark.parametrize(
    ("said", "reason", "hint"),
    [
        (
            "Fatal: unable to open repository at s3:http://s/b: s3.getCredentials: no credentials found.",
            "denied",
            "AWS",
        ),
        (
            f"{AGAIN}Stat: The request signature we calculated does not match the signature you provided.",
            "denied",
            "AWS",
        ),
        (f"{AGAIN}Stat: The specified bucket does not exist", "unreadable", "the address"),
        (f"{AGAIN}Head: http: server gave HTTP response to HTTPS client", "unreachable", "http:// there"),
        ("Resolving password failed: Readfile: open /p: permission denied", "denied", "read the password_file"),
        ("Fatal: unable to open config file: permission denied", "denied", "read the repository"),
    ],
)
def test_a_mistake_of_the_configuration_is_told_with_its_own_hint(said: str, reason: str, hint: str) -> None:
    error = error_of(fault_of(status=1, stderr=said.encode(), version=(0, 18, 0)), "files/offsite")
    assert (error.reason, hint in error.hint) == (Reason(reason), True), error
    assert "retrying" not in error.message
