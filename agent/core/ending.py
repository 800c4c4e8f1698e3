"""What a program is started behind so that it ends when we do, even where we are killed and can end nothing."""

import shutil


def dying_with_us() -> tuple[str, ...]:
    """Return the words to put before a program's own; none where the machine has no setpriv."""
    return ("setpriv", "--pdeathsig", "KILL", "--") if shutil.which("setpriv") else ()
