"""Everything that this program raises on purpose.

BeffroiError                 a line saying what and where, a hint saying how to mend; exit code
├── UsageError           2   what was asked cannot be done as asked
│   ├── ConfigurationError   the mistakes of a configuration file, all of them
│   │   └── EntryRefused         the mistakes of a register's entry, all of them
│   ├── NoLedger             nothing was ever kept here
│   └── NotAllowed           this user may not
├── Stopped            130   this program is ending, and so is everything that it started
├── LedgerError         70   the ledger cannot be read or written
│   ├── LedgerDamaged        its chain does not hold; `ledger verify` alone ends with 1 for it
│   └── LedgerFull           no space, or a read-only disk: what was judged is not kept
└── LookError            3   a look did not succeed; becomes a Failure with its `reason`
    ├── ToolMissing          tool-missing
    ├── Denied               denied
    ├── TimedOut             timed-out
    ├── Exited               exited: an answer that no one here understands
    ├── Unreachable          unreachable
    ├── HostKeyUnknown       host-key-unknown
    ├── HostKeyChanged       host-key-changed
    ├── Unreadable           unreadable: present, and not what it should be
    │   ├── Missing              a file is not there, where the caller makes no more of that
    │   └── Damaged              a point's own tree is bad: a restore of it was tried and cannot succeed
    ├── NoRoom               no-room
    ├── Locked               locked
    ├── WrongPassword        wrong-password
    └── WrongRepository      wrong-repository
"""

from collections.abc import Sequence

from agent.core.reason import Reason


class BeffroiError(Exception):
    """What went wrong, in one line, and how to mend it, in another."""

    exit_code = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(BeffroiError):
    """Raised where what was asked cannot be done as asked."""

    exit_code = 2


class ConfigurationError(UsageError):
    """Every mistake of a configuration file, each a (line, hint) pair ready to print."""

    def __init__(self, mistakes: Sequence[tuple[str, str]]) -> None:
        super().__init__(mistakes[0][0], mistakes[0][1])
        self.mistakes = tuple(mistakes)


class EntryRefused(ConfigurationError):
    """Every mistake of a register's entry, each a (line, hint) pair ready to print."""


class NoLedger(UsageError):
    """Raised where nothing was ever kept here."""


class NotAllowed(UsageError):
    """Raised where this user may not do this."""


class Stopped(BeffroiError):
    """Raised where this program is ending: no look, hence neither an observation nor a failure."""

    exit_code = 130


class LedgerError(BeffroiError):
    """Raised where the ledger cannot be read or written."""


class LedgerDamaged(LedgerError):
    """Raised where the ledger's chain does not hold."""


class LedgerFull(LedgerError):
    """Raised where nothing can be kept at the moment: no space, or a read-only disk."""


class LookError(BeffroiError):
    """Raised where a look did not succeed; `said` is what a program had said on standard error by then."""

    exit_code = 3
    reason = Reason.EXITED
    said: bytes = b""

    @property
    def detail(self) -> str:
        """Return what is kept of it. A refusal includes its hint, for later readers."""
        return f"{self.message}; {self.hint}" if self.reason is Reason.DENIED and self.hint else self.message


def look_error(reason: Reason, message: str, hint: str = "") -> LookError:
    """Return the error that stands for a reason; Exited where none does."""
    kinds = {kind.reason: kind for kind in LookError.__subclasses__()}
    return kinds.get(reason, Exited)(message, hint)


class ToolMissing(LookError):
    """Raised where a program is not installed, or is too old to be of use."""

    reason = Reason.TOOL_MISSING


class Denied(LookError):
    """Raised where permission was refused."""

    reason = Reason.DENIED


class TimedOut(LookError):
    """Raised where a deadline passed."""

    reason = Reason.TIMED_OUT


class Exited(LookError):
    """Raised where a program ended in a way that no one here understands."""

    reason = Reason.EXITED


class Unreachable(LookError):
    """Raised where a host or a service did not answer."""

    reason = Reason.UNREACHABLE


class HostKeyUnknown(LookError):
    """Report that a host's key or certificate is in no file of known ones."""

    reason = Reason.HOST_KEY_UNKNOWN


class HostKeyChanged(LookError):
    """Report that a host shows another key than the one known, or a revoked one."""

    reason = Reason.HOST_KEY_CHANGED


class Unreadable(LookError):
    """Raised where something is present and is not what it should be."""

    reason = Reason.UNREADABLE


class Missing(Unreadable):
    """Raised where a file is not there; a look for which that is an observation catches it."""


class Damaged(Unreadable):
    """Raised where what a point holds cannot even be listed, since its copy is damaged; nothing hindered the look."""


class NoRoom(LookError):
    """Raised where what is to be restored would not fit."""

    reason = Reason.NO_ROOM


class Locked(LookError):
    """Raised where someone else holds a lock."""

    reason = Reason.LOCKED


class ClockDoubtful(LookError):
    """A clock on which the look rests is wrong."""

    reason = Reason.CLOCK_DOUBTFUL


class WrongPassword(LookError):
    """Raised where the password opens nothing."""

    reason = Reason.WRONG_PASSWORD


class WrongRepository(LookError):
    """Raised where another repository answers than the one pinned."""

    reason = Reason.WRONG_REPOSITORY
