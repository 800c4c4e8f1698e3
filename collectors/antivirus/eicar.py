"""The trial that proves detection: the EICAR test string through clamd's own stream, never as a file.

The string is made when it is used, so that neither this program nor its package holds it. A harmless stream is tried
beside it: what calls everything infected proves nothing.
"""

import logging
from datetime import timedelta

from agent.core.errors import Unreadable
from agent.core.host import Host
from collectors.antivirus.clamd import ask

log = logging.getLogger("beffroi.antivirus")

HARMLESS = b"beffroi: a harmless stream\n"
# eicar.org, «Anti Malware Testfile»: 68 bytes, told here in halves of every other byte.
_EVEN = b"XOP@P4PX4P)C)}ECRSADR-NIIU-ETFL!HH"
_ODD = b"5!%A[\\Z5(^7C7$IA-TNADATVRSTS-IE$+*"


def trial_string() -> bytes:
    """Return the EICAR test string."""
    return bytes(byte for pair in zip(_EVEN, _ODD, strict=True) for byte in pair)


def stream(content: bytes) -> bytes:
    """Return what makes clamd scan some bytes: chunks behind their length, the last one empty (clamd(8))."""
    return b"zINSTREAM\0" + len(content).to_bytes(4, "big") + content + bytes(4)


def detects(host: Host, socket: str, timeout: timedelta) -> bool:
    """Return whether clamd recognises the test string, and nothing in a harmless stream. Raises what `ask` raises."""
    log.warning("sending the EICAR test string to clamd on %s: its detection is a test and no attack", host.id)
    recognised = _verdict(ask(host, socket, stream(trial_string()), timeout))
    return recognised and not _verdict(ask(host, socket, stream(HARMLESS), timeout))


# stream: Eicar-Signature FOUND
# stream: OK
# INSTREAM size limit exceeded. ERROR
def _verdict(answer: str) -> bool:
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return True
    if answer == "stream: OK":
        return False
    raise Unreadable(f"clamd's answer to a stream is not understood: {answer[:80]!r}")
