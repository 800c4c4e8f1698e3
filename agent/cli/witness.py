"""`beffroi witness`: a C2SP witness for the logs of others."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.export.witness.service import Witness
    from agent.proving.signed_note import NoteKey

LARGEST_KEY = 64 * 1024


def register(app: typer.Typer) -> None:
    """Add `witness`."""

    @app.command()
    def witness(
        state: Annotated[Path, typer.Option(metavar="DIR", help="Folder of its key and of what it has cosigned.")],
        listen: Annotated[
            str | None, typer.Option(metavar="ADDRESS", help="Address and port, such as 127.0.0.1:9590.")
        ] = None,
        log: Annotated[
            list[Path] | None,
            typer.Option(
                metavar="KEYFILE",
                help="A log's verifier key, or an agent's signing-key.pub.pem; repeatable.",
            ),
        ] = None,
        name: Annotated[
            str | None, typer.Option(metavar="NAME", help="Name of its key. Default: made of the key's fingerprint.")
        ] = None,
        web_config: Annotated[
            Path | None, typer.Option(metavar="FILE", help="TLS and passwords, as [agent] web_config.")
        ] = None,
        print_key: Annotated[
            bool, typer.Option("--print-key", help="Print its verifier key and serve nothing.")
        ] = False,
    ) -> None:
        """Cosign the checkpoints of some logs, each only if it continues the one before."""
        from agent.core.errors import UsageError

        if print_key:
            typer.echo(str(own_key(state, name)))
            return
        if listen is None or not log:
            missing = "--listen" if listen is None else "--log"
            raise UsageError(
                f"{missing} is missing", "write: beffroi witness --listen ADDRESS --state DIR --log KEYFILE"
            )
        serve_witness(state, listen, log_keys(log), name=name, web_config=web_config)


def serve_witness(
    state: Path, listen: str, keys: "Mapping[str, list[NoteKey]]", *, name: str | None, web_config: Path | None
) -> None:
    """Serve until SIGTERM or SIGINT. Raises UsageError."""
    import logging
    import signal
    from contextlib import ExitStack

    from agent.cli.logs import log_to_standard_error
    from agent.core.errors import ConfigurationError, UsageError
    from agent.export.http.server import ServiceServer
    from agent.export.witness.memory import held_alone

    own_key(state, name)
    log_to_standard_error()
    # Blocked first, in the threads to come as well: a signal waits for sigwait.
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with ExitStack() as stack:
        stack.enter_context(held_alone(state))
        service = opened(state, keys, name)
        try:
            server = ServiceServer(listen, service, web_config=web_config)
        except ConfigurationError:
            raise
        except UsageError as error:
            hint = (
                "give --web-config with tls_server_config, or listen on 127.0.0.1" if web_config is None else error.hint
            )
            raise UsageError(error.message, hint) from error
        stack.enter_context(server)
        for place in server.places:
            logging.getLogger("beffroi").info("witness %s on %s", service.key.name, place)
        signal.sigwait(signals)


def opened(state: Path, keys: "Mapping[str, list[NoteKey]]", name: str | None) -> "Witness":
    """Return the witness of a folder. Raises UsageError, LedgerError."""
    from agent.core.clock import SystemClock
    from agent.export.witness.memory import WitnessMemory
    from agent.export.witness.service import Witness
    from agent.ledger.keys import signer

    sign = signer(state).sign_bytes
    return Witness(keys=keys, memory=WitnessMemory(state), key=own_key(state, name), sign=sign, clock=SystemClock())


def own_key(state: Path, name: str | None) -> "NoteKey":
    """Return the witness's own verifier key; make it, and an empty memory before it, where the folder has neither.

    Raises UsageError, LedgerError.
    """
    import os

    from agent.core.errors import UsageError
    from agent.core.files import shown
    from agent.export.witness.memory import NAME, write_seen
    from agent.ledger.keys import has_key, make_key, signer
    from agent.proving.checkpoint import origin_of
    from agent.proving.cosignature import COSIGNATURE
    from agent.proving.signed_note import NoteKey, is_name

    if name is not None and not is_name(name):
        raise UsageError(f"--name: {name[:60]!r} is no name", "write one without spaces and +, such as temoin.example")
    try:
        state.mkdir(mode=0o700, exist_ok=True)
        if not has_key(state):
            if (state / NAME).exists():
                raise UsageError(f"{shown(state)} has lost its key", "bring it back, or name an empty folder")
            write_seen(state / NAME, {})
            make_key(state)
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        raise UsageError(f"cannot write into {shown(state)}: {why}", "name a folder that you may write in") from error
    own = signer(state)
    public = own.note_key.public
    called = name or origin_of(own.fingerprint).replace("beffroi/", "beffroi-witness/", 1)
    return NoteKey(name=called, public=public, kind=COSIGNATURE)


def log_keys(files: list[Path]) -> "dict[str, list[NoteKey]]":
    """Return the keys in some files by their logs' origins. Raises UsageError for a file that holds none."""
    found: dict[str, list[NoteKey]] = {}
    for path in files:
        key = _log_key(path)
        found.setdefault(key.name, []).append(key)
    return found


def _log_key(path: Path) -> "NoteKey":
    from agent.core.errors import LedgerDamaged, LookError, UsageError
    from agent.core.files import read_file, shown
    from agent.ledger.keys import verifier_of
    from agent.proving.signed_note import ED25519, NotANote, parse_key

    hint = "give a file with one verifier key (NAME+NUMBER+BASE64), or an agent's signing-key.pub.pem"
    try:
        content = read_file(path, limit=LARGEST_KEY)
        if content.startswith(b"-----BEGIN"):
            return verifier_of(content, shown(path)).note_key
        key = parse_key(content.decode().strip())
    except (LookError, LedgerDamaged, NotANote) as error:
        raise UsageError(f"--log {shown(path)}: {error.message}", error.hint or hint) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--log {shown(path)}: not a text", hint) from error
    if key.kind != ED25519:
        raise UsageError(f"--log {shown(path)}: the key of {key.name} signs no checkpoints", hint)
    return key
