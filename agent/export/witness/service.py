"""The one answer of a witness: POST /add-checkpoint (c2sp.org/tlog-witness)."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from agent.core.clock import Clock
from agent.export.http.request import HttpRequest
from agent.export.http.response import LINE, Response, line
from agent.export.witness.memory import WitnessMemory
from agent.proving.add_checkpoint import LARGEST_REQUEST, Judgement, judge_request
from agent.proving.cosignature import cosign
from agent.proving.signed_note import NoteKey, parse_note

LOGGER = logging.getLogger("beffroi.witness")
PATH = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"


@dataclass(slots=True, kw_only=True)
class Witness:
    """Cosign what continues a log; see agent.export.http.service.HttpService.

    `keys` are the logs' by origin, `key` and `sign` the witness's own.
    """

    keys: Mapping[str, Sequence[NoteKey]]
    memory: WitnessMemory
    key: NoteKey
    sign: Callable[[bytes], bytes]
    clock: Clock
    body_limit: int = LARGEST_REQUEST
    any_host: bool = True
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def language(self) -> str:
        """Return the language of a refusal."""
        return "en"

    def answer(self, request: HttpRequest, user: str | None) -> Response:
        """Return the answer to one request."""
        if request.path != PATH:
            return line(404, f"a witness answers POST {PATH} alone")
        if request.method != "POST":
            return line(405, "only POST is answered here", ("Allow", "POST"))
        # Judged, kept and cosigned as one: no other checkpoint of the log comes between.
        with self._lock:
            return self._judged(request.body)

    def _judged(self, body: bytes) -> Response:
        found = judge_request(body, self.keys, self.memory.seen)
        if found.status is HTTPStatus.CONFLICT and found.seen is not None:
            LOGGER.warning("%s: refused, %s", found.origin, found.why)
            return Response(status=409, content_type=SIZE_TYPE, body=f"{found.seen.size}\n".encode())
        if found.status is not HTTPStatus.OK or found.seen is None:
            if found.origin:
                LOGGER.warning("%s: refused, %s", found.origin, found.why)
            return line(found.status, found.why)
        return self._cosigned(found, body)

    def _cosigned(self, found: Judgement, body: bytes) -> Response:
        assert found.seen is not None
        try:
            self.memory.keep(found.origin, found.seen)
        except OSError as error:
            LOGGER.error("what is cosigned cannot be kept, so nothing is: %s", error.strerror)
            return line(503, "this cannot be kept at the moment")
        # The note is what follows the first empty line; it was parsed before.
        note = parse_note(body.partition(b"\n\n")[2])
        signature = cosign(note.text, self.key, self.sign, int(self.clock.now().timestamp()))
        LOGGER.info("%s: cosigned %d leaves", found.origin, found.seen.size)
        return Response(status=200, content_type=LINE, body=signature.line.encode())
