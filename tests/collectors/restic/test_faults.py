"""Which reason the words of restic and ssh name."""

import pytest

from agent.core.reason import Reason
from collectors.restic.faults import reason_in


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
